"""One truth about who got what: what Aladdin has booked, once an order is over.

The book is made so that our split and the simulator's differ. A holds 10,000, B to F 3,000 each, so a sale
of all 25,000 has these slices. The first step of the simulator's order 90014 with seed 3 fills 64 %: in
whole lots of each slice, 6,000 of A (6,400) and 1,000 of each other (1,920), so 11,000. By R12.1 the shares
of 11,000 are 4,400 and 1,320: in lots 4,000 and 1,000. Of the 2,000 left, A's fifth lot is due at 12,500
and the others' second at 16,667, of these B's by its id. So we say 5,000, 2,000 and four times 1,000.
"""

from __future__ import annotations

import copy
import json
import math
from decimal import Decimal

import pytest

from tests.support.desk import GOLDEN_BOOK
from tests.support.fix_reader import read
from tests.support.orders import BOND, OrderDesk, check_fills, filled_of, slices_of

HELD = {"A": 10_000, **dict.fromkeys("BCDEF", 3_000)}
OURS = {"A": 5_000, "B": 2_000, **dict.fromkeys("CDEF", 1_000)}
BOOKED = {"A": 6_000, **dict.fromkeys("BCDEF", 1_000)}
FILLED = 11_000
ORDER_ID, SEED, FILL_SECONDS = 90_014, 3, 20
FIRST_FILL_SECONDS = 10
"""The first step is 499 thousandths of the 20 seconds after the entry, the second 649."""

FILTER = "/orders:filter"


def book_file(folder, **bond):
    given = copy.deepcopy(json.loads(GOLDEN_BOOK.read_text()))
    given["groups"][0]["accounts"] = list(HELD)
    given["accounts"] = [
        {
            "account_id": account,
            "account_name": f"Account {account}",
            "nav": 2 * face,
            "cash": face,
            "currency": "USD",
            "restrictions": [],
            "benchmark": {"spread_duration": 4},
            "positions": [{"cusip": BOND, "face": face}],
        }
        for account, face in HELD.items()
    ]
    given["securities"][0] |= {"price": 100, **bond}
    file = folder / "book.json"
    file.write_text(json.dumps(given))
    return file


@pytest.fixture
def desk(tmp_path):
    return OrderDesk(
        tmp_path,
        scenario=book_file(tmp_path),
        fill_seconds=FILL_SECONDS,
        seed=SEED,
        first_order_id=ORDER_ID,
        ALADDIN_POSITIONS_CACHE_SECONDS="0",
    )


def request(side, quantity=25_000):
    return {"quantity": quantity, "order": {"side": side}, "parameters": {"base_metric": "NAV"}}


def first_fill(desk, side="SELL"):
    """Commit an order of 25,000, and see its first fill; return the order's id."""
    found = desk.preview(BOND, groups=["GOLDEN"], **request(side))
    assert {a["account_id"]: a["allocated_quantity"] for a in found["allocations"]} == HELD
    answer = desk.post(f"allocations/{found['allocation_id']}/commit", {"override_warnings": True})
    (order_id,) = answer["aladdin_order_ids"]
    assert slices_of(desk.order_shown(order_id)) == HELD
    desk.clock.pass_by(FIRST_FILL_SECONDS)
    shown = desk.order_shown(order_id)
    assert shown["filled_quantity"] == FILLED
    return order_id


def booked_of(shown):
    return {s["account_id"]: s["booked_quantity"] for s in shown["slices"]}


def most(desk, side, quantity=25_000):
    """The face that each account could take now, by a new preview."""
    found = desk.preview(BOND, groups=["GOLDEN"], **request(side, quantity))
    return {a["account_id"]: a["max_quantity"] for a in found["allocations"]}


def test_while_an_order_works_its_split_is_provisional(desk):
    # R12.6
    shown = desk.order_shown(first_fill(desk))
    assert (filled_of(shown), booked_of(shown)) == (OURS, BOOKED)
    assert shown["allocation_state"] == "PROVISIONAL"
    assert {
        s["account_id"]: s["difference_quantity"] for s in shown["slices"] if s["difference_quantity"]
    } == {
        "A": -1_000,
        "B": 1_000,
    }


@pytest.mark.parametrize("side", ["SELL", "BUY"])
def test_a_cancelled_order_is_allocated_as_aladdin_booked_it(desk, side):
    # R12.6
    order_id = first_fill(desk, side)
    desk.cancel(order_id)
    now = most(desk, side)
    shown = desk.order_shown(order_id)
    # What a sale leaves of the position; what a purchase leaves of the cash buys as much face at 100.
    rate = 1 if side == "SELL" else Decimal(str(shown["average_price"])) / 100
    assert now == {account: math.floor(HELD[account] - BOOKED[account] * rate) for account in HELD}
    assert (filled_of(shown), shown["allocation_state"]) == (BOOKED, "OF_RECORD")
    steps = desk.fills(order_id)["fills"]
    assert [(f["kind"], f["quantity"]) for f in steps] == [("CALCULATED", FILLED), ("BOOKED", 0)]
    assert check_fills(desk.fills(order_id), HELD) == BOOKED
    (record,) = desk.audited(order_id, "ALLOCATION_TAKEN_OVER")
    assert (record["before"]["allocations"], record["after"]["allocations"]) == (OURS, BOOKED)


def edited(desk, **order):
    """Let the vendor show every order with these fields, which may be functions of what it shows."""

    def edit(answer):
        for shown in answer["orders"]:
            shown |= {name: new(shown) if callable(new) else new for name, new in order.items()}

    desk.wire.edits[FILTER] = edit


def half_booked(shown):
    """The vendor's details with half of the booking of B missing, as while it is still at work."""
    return [
        detail | ({"quantityBooked": 500} if detail["portfolioReference"]["portfolioTicker"] == "B" else {})
        for detail in shown["orderDetails"]
    ]


def fix(desk, order_id, status=200):
    allocation_id = desk.order_shown(order_id)["allocation_id"]
    answer = desk.app.test_client().get(f"/v1/allocations/{allocation_id}/fix", headers=desk.headers)
    assert answer.status_code == status, answer.text
    return read(answer.data) if status == 200 else answer.get_json()


@pytest.mark.parametrize("side", ["SELL", "BUY"])
def test_until_both_agree_the_greater_of_ours_and_theirs_is_reserved(desk, side):
    # R4.6
    order_id = first_fill(desk, side)
    edited(desk, orderDetails=half_booked)
    desk.cancel(order_id)
    shown = desk.order_shown(order_id)
    assert (shown["allocation_state"], filled_of(shown), booked_of(shown)) == (
        "DIFFERENT",
        OURS,
        BOOKED | {"B": 500},
    )
    found = desk.preview(BOND, groups=["GOLDEN"], **request(side))
    rate = 1 if side == "SELL" else Decimal(str(shown["average_price"])) / 100
    # The simulator's position of B is without the 1,000 that it has booked; of our 2,000 it tells 500.
    left = {a: math.floor(HELD[a] - (BOOKED[a] + (1_500 if a == "B" else 0)) * rate) for a in HELD}
    assert {a["account_id"]: a["max_quantity"] for a in found["allocations"]} == left
    (warning,) = [w for w in found["warnings"] if w["type"] == "ALLOCATION_DIFFERENT"]
    assert (warning["account_id"], warning["details"]["order_id"]) == ("B", order_id)
    assert (warning["details"]["filled_quantity"], warning["details"]["booked_quantity"]) == (2_000, 500)
    assert desk.post(f"allocations/{found['allocation_id']}/replay")["identical"] is True
    refused = fix(desk, order_id, status=409)
    assert (refused["code"], refused["filled_quantity"], refused["booked_quantity"]) == (
        "ALLOCATION_DIFFERENT",
        11_000,
        10_500,
    )
    (record,) = desk.audited(order_id, "ALLOCATION_DIFFERENT")
    assert (record["before"]["allocations"], record["after"]["booked"]) == (OURS, BOOKED | {"B": 500})
    desk.wire.edits.clear()
    shown = desk.order_shown(order_id)
    assert (shown["allocation_state"], filled_of(shown)) == ("OF_RECORD", BOOKED)
    assert {a["79"]: int(a["80"]) for a in fix(desk, order_id).allocs} == BOOKED
