"""What one account is owed, and the account itself, on the golden book with two nested groups."""

from __future__ import annotations

import json

import pytest

from app.core.security import Permission
from tests.support.desk import GOLDEN_BOOK
from tests.support.orders import OrderDesk
from tests.support.users import add_user

BOND = "912828YW4"
PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """8,000,000 by minimum dispersion over all four: 6,985,000 to ACC002, 1,015,000 to ACC004."""
    folder = tmp_path_factory.mktemp("ledger")
    book = json.loads(GOLDEN_BOOK.read_text())
    (group,) = book["groups"]
    book["groups"] = [
        {**group, "group_id": "ALL", "group_name": "All", "accounts": ["EAST", "ACC003", "ACC004"]},
        {**group, "group_id": "EAST", "group_name": "East", "accounts": ["ACC001", "ACC002"]},
    ]
    path = folder / "book.json"
    path.write_text(json.dumps(book))
    made = OrderDesk(folder, scenario=path, fill_seconds=3_600)
    for groups, quantity, method in ((["ALL"], 8_000_000, "MIN_DISPERSION"), (["EAST"], 10_000, "PRO_RATA")):
        found = made.preview(BOND, quantity, groups=groups, method=method)
        made.post(f"allocations/{found['allocation_id']}/commit", {"override_warnings": True})
        made.clock.pass_by(1)
    return made


@pytest.fixture(scope="module")
def east(desk):
    """Headers of a user who sees one of the groups."""
    add_user(desk.services, "of-east", PASSWORD, permissions=Permission, groups=["EAST"])
    return {"Authorization": f"Bearer {desk.login('of-east', PASSWORD)['access_token']}"}


def test_balances_are_by_ledger_with_the_greatest_of_each(desk):
    # R15.2: by NAV ACC001 is entitled to 8,000,000 x 100/380, ACC002 to 8,000,000 x 150/380 and got 6,985,000
    found = desk.get("accounts/ACC001/ledger")
    every, east = found["balances"]
    assert (every["scope"], every["side"], east["scope"]) == ("ALL", "BUY", "EAST")
    assert every["balance"] == 2_105_263.1579
    assert every["pieces"] == pytest.approx(2_105.2631579, abs=1e-9)
    assert every["bound"] == 3_827_105.2632
    assert every["bound_pieces"] == pytest.approx(3_827.1052632, abs=1e-9)
    assert every["as_of"] == found["business_date"] == "2026-06-30"  # the book's
    # 10,000 in lots by NAV 100 : 150 are exactly what both are entitled to
    assert (east["balance"], east["bound"]) == (0, 0)
    assert desk.get("accounts/ACC002/ledger")["balances"][0]["balance"] == -3_827_105.2632


def test_entries_are_newest_first(desk):
    found = desk.get("accounts/ACC002/ledger")["entries"]
    assert [(e["scope"], e["kind"], e["entitled_quantity"], e["received_quantity"]) for e in found] == [
        ("EAST", "CREDIT", 6_000, 6_000),
        ("ALL", "CREDIT", 3_157_894.7368, 6_985_000),
    ]
    assert found[1]["amount"] == -3_827_105.2632
    assert found[1]["policy_id"] == "default"
    assert {e["order_id"] for e in found} == {o["order_id"] for o in desk.get("orders")["orders"]}
    assert desk.get("accounts/ACC002/ledger", limit=1)["entries"] == found[:1]


def test_an_account_that_nothing_knows_is_not_found(desk):
    desk.get("accounts/NONE/ledger", status=404)
    desk.get("accounts/ALL/ledger", status=404)


def test_ledgers_of_groups_out_of_sight_are_not_shown(desk, east):
    seen = desk.call("GET", "accounts/ACC001/ledger", headers=east)
    assert [b["scope"] for b in seen["balances"]] == ["EAST"]
    assert {e["scope"] for e in seen["entries"]} == {"EAST"}
    desk.call("GET", "accounts/ACC003/ledger", headers=east, status=404)


def test_an_account_is_the_row_of_its_groups_with_these_groups(desk):
    shown = desk.get("accounts/ACC001")
    groups = shown.pop("portfolio_groups")
    assert groups == [
        {"group_id": "ALL", "group_name": "All"},
        {"group_id": "EAST", "group_name": "East"},
    ]
    for group in ("ALL", "EAST"):
        listed = desk.get(f"portfolio-groups/{group}/accounts")["accounts"]
        assert shown == next(a for a in listed if a["account_id"] == "ACC001")
    assert [g["group_id"] for g in desk.get("accounts/ACC003")["portfolio_groups"]] == ["ALL"]
    for unknown in ("NONE", "EAST"):
        desk.get(f"accounts/{unknown}", status=404)


def test_an_account_shows_the_groups_that_its_reader_sees(desk, east):
    shown = desk.call("GET", "accounts/ACC002", headers=east)
    assert [g["group_id"] for g in shown["portfolio_groups"]] == ["EAST"]
    desk.call("GET", "accounts/ACC004", headers=east, status=404)


def test_working_orders_and_recent_allocations_of_an_account_are_lists_with_its_id(desk):
    orders = desk.get("orders", account_id="ACC004", open="true")["orders"]
    assert [o["portfolio_groups"] for o in orders] == [["ALL"]]
    assert len(desk.get("orders", account_id="ACC002", open="true")["orders"]) == 2
    allocations = desk.get("allocations", account_id="ACC002", limit=10)["allocations"]
    assert [a["portfolio_groups"] for a in allocations] == [["EAST"], ["ALL"]]
