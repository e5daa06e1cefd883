"""The list of orders: filtered by a bond's CUSIP or ISIN, and by Aladdin's status in any case."""

from __future__ import annotations

import pytest

from app.core.security import Permission
from tests.support.orders import FILL_SECONDS, OrderDesk
from tests.support.users import add_user


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    desk = OrderDesk(tmp_path_factory.mktemp("orders"))
    return desk, desk.order()


def with_status(desk, status):
    return [o["order_id"] for o in desk.call("GET", "orders", query_string={"status": status})["orders"]]


@pytest.mark.parametrize("security_id", ["912828YW4", "US912828YW42", "us-912828-yw-42"])
def test_by_either_id_of_the_bond(listed, security_id):
    desk, order_id = listed
    assert [o["order_id"] for o in desk.get("orders", security_id=security_id)["orders"]] == [order_id]
    assert desk.get("orders", security_id="037833100")["orders"] == []


@pytest.mark.parametrize("write", [str, str.lower, str.upper])
def test_by_status_in_any_case(listed, write):
    desk, order_id = listed
    status = desk.order_shown(order_id)["status"]
    assert with_status(desk, write(status)) == [order_id]
    assert with_status(desk, "Booked" if status != "Booked" else "Open") == []


@pytest.fixture(scope="module")
def blotter(tmp_path_factory):
    """Three orders by two users: a purchase that is over, a sale and a purchase that work."""
    desk = OrderDesk(tmp_path_factory.mktemp("blotter"), fill_seconds=3_600)
    over = desk.order(1_000_000)
    desk.call("DELETE", f"orders/{over}", json={"reason": "Not wanted"})
    sale = desk.order(400_000, order={"side": "SELL"})
    add_user(desk.services, "another", "correct horse battery staple", permissions=Permission)
    desk.token = desk.login("another", "correct horse battery staple")["access_token"]
    bought = desk.order(500_000)
    desk.token = desk.login()["access_token"]
    return desk, {over: "over", sale: "sale", bought: "bought"}


def named(blotter, **query):
    desk, names = blotter
    return [names[o["order_id"]] for o in desk.get("orders", **query)["orders"]]


@pytest.mark.parametrize("recorded", ["true", "false"])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["bought", "sale", "over"]),
        ({"open": "true"}, ["bought", "sale"]),
        ({"open": "false"}, ["over"]),
        ({"side": "SELL"}, ["sale"]),
        ({"side": "BUY", "open": "true"}, ["bought"]),
        ({"username": "another"}, ["bought"]),
        ({"username": "nobody"}, []),
        ({"group_id": "GOLDEN"}, ["bought", "sale", "over"]),
        ({"group_id": "NONE"}, []),
        ({"account_id": "ACC004", "open": "true"}, ["bought"]),  # it holds nothing that it could sell
        ({"date_from": "2000-01-01", "date_to": "2000-01-02"}, []),
    ],
    ids=str,
)
def test_by_what_a_blotter_asks_for(blotter, query, found, recorded):
    assert named(blotter, **query, recorded=recorded) == found


def test_by_days_of_the_desk(blotter):
    desk, _ = blotter
    today = f"{desk.clock.business_date}"
    assert named(blotter, date_from=today, date_to=today) == ["bought", "sale", "over"]
    refused = desk.get("orders", status=422, date_from="2026-02-01", date_to="2026-01-31")
    assert [e["field"] for e in refused["errors"]] == ["date_to"]


def test_a_row_says_what_the_order_came_from(blotter):
    desk, _ = blotter
    row = desk.get("orders", limit=1)["orders"][0]
    assert row["security_description"] == "US Treasury 2.5 05/31/2031"
    assert row["portfolio_groups"] == ["GOLDEN"]
    assert row["allocation_status"] == "SUBMITTED"
    assert row["previewed_quantity"] == 500_000


def test_without_slices_a_row_is_else_the_same(blotter):
    desk, _ = blotter
    whole, lean = (desk.get("orders", slices=said)["orders"] for said in ("true", "false"))
    assert sum(s["quantity"] for s in whole[0]["slices"]) == 500_000
    assert lean == [{**order, "slices": []} for order in whole]


def test_what_is_recorded_asks_aladdin_for_nothing(blotter):
    desk, _ = blotter
    live = desk.get("orders", slices="false")["orders"]
    before = len(desk.wire.paths)
    recorded = desk.get("orders", slices="false", recorded="true")["orders"]
    assert len(desk.wire.paths) == before
    assert [o["touch_count"] for o in recorded] == [None, None, None]
    assert [{**o, "touch_count": None} for o in live] == recorded


def test_a_blotter_that_has_not_changed_is_not_sent_again(blotter):
    desk, _ = blotter
    query = {"limit": 1_000, "slices": "false", "recorded": "true"}
    first = desk.client.get("/v1/orders", headers=desk.headers, query_string=query)
    headers = {**desk.headers, "If-None-Match": first.headers["ETag"]}
    again = desk.client.get("/v1/orders", headers=headers, query_string=query)
    assert (again.status_code, again.data) == (304, b"")


def test_a_long_page_is_only_of_what_is_recorded(blotter):
    desk, _ = blotter
    desk.get("orders", limit=200)
    refused = desk.get("orders", status=422, limit=201)
    assert refused["errors"] == [
        {
            "field": "limit",
            "message": "A whole number from 1 to 200 is expected; with recorded=true up to 1,000.",
        }
    ]
    desk.get("orders", limit=1_000, recorded="true")
    desk.get("orders", status=422, limit=1_001, recorded="true")


def test_an_order_that_ends_as_it_is_read_is_no_longer_open(tmp_path):
    desk = OrderDesk(tmp_path)
    order_id = desk.order()
    desk.clock.pass_by(FILL_SECONDS)
    assert desk.get("orders", open="true")["orders"] == []
    assert [o["order_id"] for o in desk.get("orders", open="false")["orders"]] == [order_id]


def test_allocations_by_side_and_by_an_account_that_gets_some(blotter):
    desk, _ = blotter
    assert {a["side"] for a in desk.get("allocations", side="SELL")["allocations"]} == {"SELL"}
    assert len(desk.get("allocations", account_id="ACC004")["allocations"]) == 2
    assert len(desk.get("allocations", account_id="ACC001")["allocations"]) == 3
    assert desk.get("allocations", account_id="NONE")["allocations"] == []
