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
from tests.support.orders import BOND, OrderDesk, check_fills, filled_of, order_details, slices_of

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


def fairness(desk):
    day = desk.clock.now.date().isoformat()
    return desk.get("reports/fairness", date_from=day, date_to=day)


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
    ready = desk.client.get("/health/ready").get_json()
    assert (ready["ready"], ready["different_orders"], ready["different_face"]) == (True, 1, 500)
    lines = desk.get("reports/allocation-history")["lines"]
    told = {(x["filled_quantity"], x["principal"]) for x in lines if x["allocation_state"] == "DIFFERENT"}
    assert told == {(None, None)}
    assert fairness(desk)["not_known"] == 1
    (record,) = desk.audited(order_id, "ALLOCATION_DIFFERENT")
    assert (record["before"]["allocations"], record["after"]["booked"]) == (OURS, BOOKED | {"B": 500})
    desk.wire.edits.clear()
    shown = desk.order_shown(order_id)
    assert (shown["allocation_state"], filled_of(shown)) == ("OF_RECORD", BOOKED)
    assert {a["79"]: int(a["80"]) for a in fix(desk, order_id).allocs} == BOOKED
    ready = desk.client.get("/health/ready").get_json()
    assert (ready["different_orders"], ready["different_face"]) == (0, 0)
    lines = desk.get("reports/allocation-history")["lines"]
    told = {x["account_id"]: x["filled_quantity"] for x in lines if x["allocation_state"] == "OF_RECORD"}
    assert told == BOOKED
    report = fairness(desk)
    assert (report["not_known"], {a["account_id"]: a["filled_quantity"] for a in report["accounts"]}) == (
        0,
        BOOKED,
    )


# --- relatives ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["Canceled", "Expired", "Rejected"])
def test_the_watch_takes_over_what_was_booked_of_an_order_that_ended_at_aladdin(desk, word):
    # R12.6
    order_id = first_fill(desk)
    edited(desk, orderStatus=word)
    desk.services.jobs.do("watch")
    kept = desk.kept(order_id)
    assert ({a: x for a, x in kept.allocated.items() if x}, kept.row.allocation_state) == (
        BOOKED,
        "OF_RECORD",
    )


def test_a_preview_takes_over_an_end_that_nobody_has_seen(desk):
    # R4.6
    order_id = first_fill(desk)
    (posted,) = desk.services.aladdin.orders.orders([order_id])
    desk.services.aladdin.orders.cancel_order(order_id, "at Aladdin", touch_count=posted.touch_count)
    assert desk.kept(order_id).row.allocation_state == "PROVISIONAL"
    assert most(desk, "SELL") == {a: HELD[a] - BOOKED[a] for a in HELD}
    assert desk.kept(order_id).row.allocation_state == "OF_RECORD"


def test_an_order_that_aladdin_stops_showing_reserves_what_it_was_last_seen_not_to_count(desk):
    # R4.6
    """The simulator still counts the live order in full, 3,000 of B, so nothing is left of B anyway."""
    order_id = first_fill(desk)

    def forget(answer):
        answer["orders"] = []

    desk.wire.edits[FILTER] = forget
    found = desk.preview(BOND, groups=["GOLDEN"], **request("SELL", 1_000), status=200)
    (warning,) = [w for w in found["warnings"] if w["type"] == "ALLOCATION_DIFFERENT"]
    assert (warning["account_id"], warning["details"]["reserved_quantity"]) == ("B", 1_000)
    assert desk.order_shown(order_id)["status"] == "UNREPORTED"


def test_an_order_made_as_small_as_what_is_booked_is_over_and_of_record(desk):
    # R11.2, R12.6
    order_id = first_fill(desk)
    edited(desk, orderStatus="Booked", face=FILLED, orderDetails=booked_whole)
    shown = desk.order_shown(order_id)
    assert (shown["quantity"], slices_of(shown)) == (FILLED, BOOKED)
    assert (filled_of(shown), shown["allocation_state"]) == (BOOKED, "OF_RECORD")


def booked_whole(shown):
    """The vendor's details with each slice as large as what is booked of it."""
    return [detail | {"quantity": detail["quantityBooked"]} for detail in shown["orderDetails"]]


def booking(**faces):
    """The vendor's details with these bookings."""

    def details(shown):
        return [
            detail | {"quantityBooked": faces.get(detail["portfolioReference"]["portfolioTicker"], 0)}
            for detail in shown["orderDetails"]
        ]

    return details


def test_a_booking_that_breaks_lot_slice_and_cap_is_the_truth_all_the_same(desk):
    # R12.6
    """B is booked 3,500.5 of a slice of 3,000, all that it could take at the preview, A the rest."""
    order_id = first_fill(desk)
    odd = {"A": 7_499.5, "B": 3_500.5}
    edited(desk, orderStatus="Canceled", orderDetails=booking(**odd))
    shown = desk.order_shown(order_id)
    assert ({a: x for a, x in filled_of(shown).items() if x}, shown["allocation_state"]) == (odd, "OF_RECORD")
    broken = {(w["account_id"], w["type"]) for w in shown["warnings"]}
    assert broken == {("A", "OFF_LOT"), ("B", "OFF_LOT"), ("B", "OVER_SLICE"), ("B", "OVER_CAPACITY")}
    (record,) = desk.audited(order_id, "ALLOCATION_TAKEN_OVER")
    assert record["after"]["warnings"] == [w["message"] for w in shown["warnings"]]
    assert {a["79"]: float(a["80"]) for a in fix(desk, order_id).allocs} == odd


def test_an_account_that_aladdin_booked_without_a_slice_gets_what_is_booked(desk):
    # R12.6
    order_id = first_fill(desk)
    extra = [*order_details(HELD, BOOKED | {"A": 5_000}), *order_details({"Z": 0}, {"Z": 1_000})]
    edited(desk, orderStatus="Expired", orderDetails=extra)
    shown = desk.order_shown(order_id)
    assert filled_of(shown) == BOOKED | {"A": 5_000, "Z": 1_000}
    assert {w["type"] for w in shown["warnings"] if w["account_id"] == "Z"} == {"OVER_SLICE"}


def test_a_booking_by_strategy_adds_up_to_the_account(desk):
    # R12.6
    """Two details of one account, as with two strategies: what is booked of both is the account's."""
    order_id = first_fill(desk)
    split = [*order_details(HELD, BOOKED | {"A": 2_500}), *order_details({"A": 0}, {"A": 3_500})]
    edited(desk, orderStatus="Canceled", orderDetails=split)
    assert filled_of(desk.order_shown(order_id)) == BOOKED


def test_a_booking_corrected_after_the_end_is_taken_over_again(desk):
    # R12.6
    order_id = first_fill(desk)
    desk.cancel(order_id)
    assert filled_of(desk.order_shown(order_id)) == BOOKED
    moved = BOOKED | {"A": 5_000, "C": 2_000}
    edited(desk, orderDetails=booking(**moved))
    desk.services.jobs.do("watch")
    shown = desk.order_shown(order_id)
    assert (filled_of(shown), shown["allocation_state"]) == (moved, "OF_RECORD")
    assert [f["kind"] for f in desk.fills(order_id)["fills"]] == ["CALCULATED", "BOOKED", "BOOKED"]
    check_fills(desk.fills(order_id), HELD)


def test_a_commit_is_checked_against_what_is_reserved_by_then(desk):
    # R4.6, R10.3
    """Between preview and commit Aladdin takes the booking of B back: its 1,000 stay reserved."""
    order_id = first_fill(desk)
    desk.cancel(order_id)
    assert filled_of(desk.order_shown(order_id)) == BOOKED
    weights = {"base_metric": "CUSTOM", "base_amounts": {"B": 1}}
    found = desk.preview(BOND, 2_000, groups=["GOLDEN"], order={"side": "SELL"}, parameters=weights)
    assert {
        a["account_id"]: a["allocated_quantity"] for a in found["allocations"] if a["allocated_quantity"]
    } == {"B": 2_000}
    edited(desk, orderDetails=booking(**BOOKED | {"B": 0}))
    desk.services.jobs.do("watch")
    body = {"override_warnings": True}
    refused = desk.post(f"allocations/{found['allocation_id']}/commit", body, status=409)
    assert (refused["code"], refused["accounts"][0]["max_quantity"]) == ("BOOK_CHANGED", 1_000)


def test_carried_to_the_end_no_account_sells_more_than_it_held(desk):
    # R4.6
    sold = dict.fromkeys(HELD, 0)
    order_id = first_fill(desk)
    desk.cancel(order_id)
    for _ in range(8):
        for account, face in filled_of(desk.order_shown(order_id)).items():
            sold[account] += face
        left = 25_000 - sum(sold.values())
        if not left:
            break
        found = desk.preview(BOND, groups=["GOLDEN"], **request("SELL", left))
        body = {"override_warnings": True}
        answer = desk.post(f"allocations/{found['allocation_id']}/commit", body)
        (order_id,) = answer["aladdin_order_ids"]
        for _ in range(2 * FILL_SECONDS):
            desk.clock.pass_by(1)
            if desk.order_shown(order_id)["filled_quantity"]:
                break
        if desk.order_shown(order_id)["status"] != "Booked":
            desk.cancel(order_id)
    assert sold == HELD
