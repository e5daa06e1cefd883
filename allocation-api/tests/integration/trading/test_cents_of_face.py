"""Positions with cents of face through the whole desk: preview, commit, Aladdin, fills, reports."""

from __future__ import annotations

import copy
import json
from decimal import Decimal

import pytest

from tests.support.desk import GOLDEN_BOOK
from tests.support.fix_reader import read
from tests.support.orders import BOND, OrderDesk

HELD = {"ACC001": 491.76, "ACC002": 12_000, "ACC003": 3_000.5}
EVERYTHING = 15_492.26
SALE = {"order": {"side": "SELL"}, "parameters": {"base_metric": "POSITION"}}


def book_file(folder):
    given = copy.deepcopy(json.loads(GOLDEN_BOOK.read_text()))
    for row in given["accounts"]:
        face = HELD.get(row["account_id"])
        row["positions"] = [{"cusip": BOND, "face": face}] if face else []
    file = folder / "book.json"
    file.write_text(json.dumps(given))
    return file


@pytest.fixture
def desk(tmp_path):
    return OrderDesk(tmp_path, scenario=book_file(tmp_path), ALADDIN_POSITIONS_CACHE_SECONDS="0")


def taken(found):
    return {a["account_id"]: a["allocated_quantity"] for a in found["allocations"] if a["allocated_quantity"]}


def sale(desk, quantity, **more):
    return desk.preview(BOND, quantity, groups=["GOLDEN"], **SALE, **more)


def test_whole_positions_are_sold_whole_whatever_their_cents(desk):
    # R1.1, R3.4
    found = sale(desk, EVERYTHING)
    assert taken(found) == HELD
    assert (found["order"]["total_quantity"], found["summary"]["unallocated"]) == (EVERYTHING, 0)
    assert found["warnings"] == []
    allocation = f"allocations/{found['allocation_id']}"
    (order_id,) = desk.post(f"{allocation}/commit")["aladdin_order_ids"]

    name, body = next(call for call in desk.wire.calls if call[0] == "/order:post")
    sent = json.loads(body, parse_float=Decimal)["order"]
    assert (name, Decimal(sent["face"])) == ("/order:post", Decimal("15492.26"))
    slices = {
        d["portfolioReference"]["portfolioTicker"]: Decimal(d["quantity"]) for d in sent["orderDetails"]
    }
    assert slices == {"ACC001": Decimal("491.76"), "ACC002": Decimal(12_000), "ACC003": Decimal("3000.5")}

    desk.clock.pass_by(1_000)
    order = desk.get(f"orders/{order_id}")
    assert (order["status"], order["quantity"], order["filled_quantity"]) == (
        "Booked",
        EVERYTHING,
        EVERYTHING,
    )
    assert {s["account_id"]: s["filled_quantity"] for s in order["slices"]} == HELD
    assert desk.get(allocation)["summary"]["total_allocated"] == EVERYTHING
    (listed,) = desk.get("allocations")["allocations"]
    assert (listed["quantity"], listed["total_allocated"], listed["unallocated"]) == (
        EVERYTHING,
        EVERYTHING,
        0,
    )
    assert desk.post(f"{allocation}/replay")["identical"]
    lines = desk.get("reports/allocation-history")["lines"]
    assert {line["account_id"]: line["allocated_quantity"] for line in lines} == {**HELD, "ACC004": 0}
    message = desk.client.get(f"/v1/{allocation}/fix", headers=desk.headers)
    told = {part["79"]: Decimal(part["80"]) for part in read(message.data).allocs}
    assert told == slices


def test_an_order_in_whole_units_sends_what_it_places_to_the_cent(desk):
    """15,500 are 7.74 more than there is."""
    found = sale(desk, 15_500)
    assert taken(found) == HELD
    assert found["summary"]["unallocated"] == 7.74
    answer = desk.post(f"allocations/{found['allocation_id']}/commit", {"override_warnings": True})
    (order_id,) = answer["aladdin_order_ids"]
    assert {a["account_id"]: a["allocated_quantity"] for a in answer["allocations"]} == HELD
    assert desk.get(f"orders/{order_id}")["quantity"] == EVERYTHING


@pytest.mark.parametrize("quantity", [15_492.25, 8_000_000.1, 491.765])
def test_other_fractions_are_refused_with_the_positions_that_there_are(desk, quantity):
    # R1.1
    refused = sale(desk, quantity, status=422)
    (error,) = refused["errors"]
    assert error["field"] == "order.quantity"
    assert error["message"] == (
        "A whole number is expected, unless the order takes positions with cents of face whole; those held "
        "are 491.76, 3,000.5."
    )


@pytest.mark.parametrize(
    ("quantity", "side", "words"),
    [
        (491.76, "BUY", "A whole number from 1 to 1,000,000,000,000 is expected."),
        (491.76001, "SELL", "A number with at most four decimals is expected."),
        (0, "SELL", "A whole number from 1 to 1,000,000,000,000 is expected."),
        (-0.5, "SELL", "A whole number from 1 to 1,000,000,000,000 is expected."),
    ],
)
def test_a_quantity_that_no_sale_could_have_is_refused_by_its_form(desk, quantity, side, words):
    # R1.1
    refused = desk.preview(BOND, quantity, groups=["GOLDEN"], status=422, order={"side": side})
    assert [(e["field"], e["message"]) for e in refused["errors"]] == [("order.quantity", words)]


def test_a_position_that_was_sold_meanwhile_is_named_with_what_can_be_had(desk):
    # R10.3
    """The first order takes 491.76 whole; the second was previewed with it."""
    found = sale(desk, EVERYTHING)
    custom = {"base_metric": "CUSTOM", "base_amounts": {"ACC001": 1}}
    first = desk.preview(BOND, 491.76, groups=["GOLDEN"], order={"side": "SELL"}, parameters=custom)
    assert taken(first) == {"ACC001": 491.76}
    desk.post(f"allocations/{first['allocation_id']}/commit")
    refused = desk.post(f"allocations/{found['allocation_id']}/commit", status=409)
    assert refused["code"] == "BOOK_CHANGED"
    assert "those held are 3,000.5" in refused["detail"]


def test_what_an_account_can_take_now_is_a_tradable_amount(desk):
    # R10.3
    """After 2,000 of 12,000 are sold, 10,000 are left of them for the order that took them all."""
    found = sale(desk, 15_000)
    custom = {"base_metric": "CUSTOM", "base_amounts": {"ACC002": 1}}
    first = desk.preview(BOND, 2_000, groups=["GOLDEN"], order={"side": "SELL"}, parameters=custom)
    desk.post(f"allocations/{first['allocation_id']}/commit")
    refused = desk.post(
        f"allocations/{found['allocation_id']}/commit", {"override_warnings": True}, status=409
    )
    changed = {a["account_id"]: a["max_quantity"] for a in refused["accounts"] if not a["feasible"]}
    assert changed == {"ACC002": 10_000}
    assert (refused["total"], refused["max_total"]) == (taken_total(found), 13_492.26)


def taken_total(found):
    return found["summary"]["total_allocated"]


def test_an_order_with_cents_shrinks_and_keeps_the_positions_that_go_whole(desk):
    # R11.1
    """14,492.26 less the .26 of 491.76 and 3,000.5 are 11,000 in lots of the other 12,000."""
    found = sale(desk, EVERYTHING)
    (order_id,) = desk.post(f"allocations/{found['allocation_id']}/commit")["aladdin_order_ids"]
    smaller = {"quantity": 14_492.26, "comment": ""}
    assert desk.call("PUT", f"orders/{order_id}", json=smaller)["status"] == "SUCCESS"
    order = desk.get(f"orders/{order_id}")
    assert order["quantity"] == 14_492.26
    assert {s["account_id"]: s["quantity"] for s in order["slices"]} == {**HELD, "ACC002": 11_000}
    whole = {"quantity": 14_492, "comment": ""}
    refused = desk.call("PUT", f"orders/{order_id}", status=422, json=whole)
    assert refused["errors"][0]["field"] == "quantity"


def test_a_growth_of_an_order_with_cents_that_is_refused_tells_them(desk):
    # R11.3
    """90,000 are 75,507.74 more than 14,492.26; what can be had more is the 1,000 of ACC002 that stayed."""
    found = sale(desk, EVERYTHING)
    (order_id,) = desk.post(f"allocations/{found['allocation_id']}/commit")["aladdin_order_ids"]
    desk.call("PUT", f"orders/{order_id}", json={"quantity": 14_492.26, "comment": ""})
    refused = desk.call("PUT", f"orders/{order_id}", status=409, json={"quantity": 90_000, "comment": ""})
    assert (refused["total"], refused["additional"]) == (90_000, 75_507.74)
    assert (refused["max_total"], refused["max_additional"]) == (EVERYTHING, 1_000)


def test_an_order_grows_to_whole_positions_with_their_cents(desk):
    # R3.4, R11.3
    """6,000 of 12,000 and 2,000 of 3,000.5 are on sale; the rest of both is 6,000 and 1,000.5."""
    found = sale(desk, 8_000)
    body = {"override_warnings": True}
    (order_id,) = desk.post(f"allocations/{found['allocation_id']}/commit", body)["aladdin_order_ids"]
    before = {s["account_id"]: s["quantity"] for s in desk.get(f"orders/{order_id}")["slices"]}
    assert before == {"ACC002": 6_000, "ACC003": 2_000}
    most = desk.call("PUT", f"orders/{order_id}", status=409, json={"quantity": 90_000, "comment": ""})
    assert (most["max_total"], most["max_additional"]) == (15_000.5, 7_000.5)
    larger = {"quantity": 15_000.5, "comment": ""}
    assert desk.call("PUT", f"orders/{order_id}", json=larger)["status"] == "SUCCESS"
    after = {s["account_id"]: s["quantity"] for s in desk.get(f"orders/{order_id}")["slices"]}
    assert after == {"ACC002": 12_000, "ACC003": 3_000.5}
