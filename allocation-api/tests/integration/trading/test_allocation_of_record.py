"""One truth about who got what: what Aladdin has booked, once an order is over."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from app.models import OrderRow
from tests.support.bookings import (
    BOOKED,
    FILL_SECONDS,
    FILLED,
    FILTER,
    FIRST_FILL_SECONDS,
    HELD,
    ORDER_ID,
    OURS,
    book_file,
    booked_of,
    booked_whole,
    booking,
    cancel_at_aladdin,
    edited,
    first_fill,
    fix,
    most,
    record_desk,
    request,
)
from tests.support.fix_reader import read
from tests.support.orders import BOND, OrderDesk, check_fills, filled_of, order_details, slices_of

POST = "/order:post"


@pytest.fixture
def desk(tmp_path):
    return record_desk(tmp_path)


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


@pytest.mark.parametrize("word", ["Canceled", "Expired", "Rejected"])
def test_the_watch_takes_over_what_was_booked_of_an_order_that_ended_at_aladdin(desk, word):
    # R12.6
    order_id = first_fill(desk)
    edited(desk, orderStatus=word)
    desk.services.periodic.do("watch")
    kept = desk.kept(order_id)
    assert ({a: x for a, x in kept.allocated.items() if x}, kept.row.allocation_state) == (
        BOOKED,
        "OF_RECORD",
    )


def test_an_order_made_as_small_as_what_is_booked_is_over_and_of_record(desk):
    # R11.2, R12.6
    order_id = first_fill(desk)
    edited(desk, orderStatus="Booked", face=FILLED, orderDetails=booked_whole)
    shown = desk.order_shown(order_id)
    assert (shown["quantity"], slices_of(shown)) == (FILLED, BOOKED)
    assert (filled_of(shown), shown["allocation_state"]) == (BOOKED, "OF_RECORD")


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
    said = {w["message"].removeprefix("3,500.5 face booked for B ") for w in shown["warnings"]}
    assert said == {
        "7,499.5 face booked for A is no multiple of 1,000",
        "is no multiple of 1,000",
        "is more than its slice of 3,000",
        "is more than the 3,000 that it could take at the preview",
    }
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
    desk.services.periodic.do("watch")
    shown = desk.order_shown(order_id)
    assert (filled_of(shown), shown["allocation_state"]) == (moved, "OF_RECORD")
    assert [f["kind"] for f in desk.fills(order_id)["fills"]] == ["CALCULATED", "BOOKED", "BOOKED"]
    check_fills(desk.fills(order_id), HELD)


def test_its_messages_are_preliminary_until_then(desk):
    order_id = first_fill(desk)
    assert fix(desk, order_id).body["626"] == "2"
    desk.cancel(order_id)
    message = fix(desk, order_id)
    assert message.body["626"] == "1"
    assert {a["79"]: int(a["80"]) for a in message.allocs} == BOOKED


def test_a_message_takes_over_an_end_that_nobody_has_seen(desk):
    order_id = first_fill(desk)
    allocation_id = desk.order_shown(order_id)["allocation_id"]
    cancel_at_aladdin(desk, order_id)
    answer = desk.app.test_client().get(f"/v1/allocations/{allocation_id}/fix", headers=desk.headers)
    assert {a["79"]: int(a["80"]) for a in read(answer.data).allocs} == BOOKED


def test_two_processes_take_over_once(desk, tmp_path):
    """Both have read what is recorded before either takes over."""
    other = OrderDesk(tmp_path, scenario=book_file(tmp_path), beside=desk)
    order_id = first_fill(desk)
    cancel_at_aladdin(desk, order_id)
    (posted,) = desk.services.aladdin.orders.orders([order_id])
    kept = [(d.ledger(), d.kept(order_id)) for d in (desk, other)]
    for ledger, mine in kept:
        ledger.sync(mine, posted)
    assert [f["kind"] for f in desk.fills(order_id)["fills"]] == ["CALCULATED", "BOOKED"]
    assert len(desk.audited(order_id, "ALLOCATION_TAKEN_OVER")) == 1
    assert desk.get("audit/verify")["whole"] is True


def test_a_commit_that_recovery_finds_is_of_record_once_it_is_over(tmp_path):
    # R10.7, R12.6
    """The answer is lost; the order fills in part and is cancelled at Aladdin before anybody looks."""
    desk = record_desk(tmp_path)
    found = desk.preview(BOND, groups=["GOLDEN"], **request("SELL"))
    desk.wire.faults |= {POST: "lost", FILTER: "away"}
    commit = f"allocations/{found['allocation_id']}/commit"
    desk.post(commit, {"override_warnings": True}, status=503)
    desk.wire.faults.clear()
    desk.clock.pass_by(FIRST_FILL_SECONDS)
    cancel_at_aladdin(desk, str(ORDER_ID))
    desk.clock.pass_by(600)
    desk.services.periodic.do("settle")
    desk.services.periodic.do("watch")
    shown = desk.order_shown(str(ORDER_ID))
    assert (shown["status"], shown["allocation_state"]) == ("Canceled", "OF_RECORD")
    assert filled_of(shown) == BOOKED
    assert [f["kind"] for f in desk.fills(str(ORDER_ID))["fills"]] == ["BOOKED"]
    assert desk.get(f"allocations/{found['allocation_id']}")["status"] == "CANCELLED"


def test_a_price_corrected_after_the_end_is_the_price_of_record(desk):
    # R12.4, R12.6
    order_id = first_fill(desk)
    desk.cancel(order_id)
    edited(desk, averagePrice=99.5)
    desk.services.periodic.do("watch")
    last = desk.fills(order_id)["fills"][-1]
    assert (last["kind"], last["quantity"], last["average_price"]) == ("BOOKED", 0, 99.5)
    # 6,000 and 1,000 at 99.5.
    assert {a["principal"] for a in last["allocations"]} == {5_970, 995}


def test_an_order_filled_in_full_differs_while_its_booking_is_incomplete(desk):
    # R12.6
    order_id = first_fill(desk)
    desk.clock.pass_by(FILL_SECONDS)
    edited(desk, orderStatus="Active", orderDetails=booking(**HELD | {"F": 0}))
    shown = desk.order_shown(order_id)
    assert (shown["filled_quantity"], shown["allocation_state"]) == (25_000, "DIFFERENT")
    assert {
        s["account_id"]: s["difference_quantity"] for s in shown["slices"] if s["difference_quantity"]
    } == {"F": 3_000}
    refusal = fix(desk, order_id, status=409)
    assert refusal["booked_quantity"] == 22_000
    assert "has 25,000 face filled, and Aladdin has booked 22,000 for its accounts" in refusal["detail"]
    desk.wire.edits.clear()
    assert desk.order_shown(order_id)["allocation_state"] == "OF_RECORD"
    assert {a["79"]: int(a["80"]) for a in fix(desk, order_id).allocs} == HELD


def test_an_order_that_ends_without_a_fill_leaves_nothing_to_differ(desk):
    # R12.6
    found = desk.preview(BOND, groups=["GOLDEN"], **request("SELL"))
    commit = f"allocations/{found['allocation_id']}/commit"
    (order_id,) = desk.post(commit, {"override_warnings": True})["aladdin_order_ids"]
    desk.cancel(order_id)
    shown = desk.order_shown(order_id)
    assert (shown["allocation_state"], desk.fills(order_id)["fills"]) == ("OF_RECORD", [])


def test_an_order_from_before_bookings_were_kept_is_taken_over_by_the_watch(desk):
    # R12.6
    """It was cancelled long ago, our split is all that is recorded, and Aladdin still shows it."""
    order_id = first_fill(desk)
    cancel_at_aladdin(desk, order_id)
    old = {"status": "Canceled", "updated_at": desk.clock() - timedelta(days=30), "booked": None}
    with desk.services.database.write() as session:
        session.execute(update(OrderRow).values(**old))
    desk.services.periodic.do("watch")
    kept = desk.kept(order_id)
    assert ({a: x for a, x in kept.allocated.items() if x}, kept.row.allocation_state) == (
        BOOKED,
        "OF_RECORD",
    )


def test_fills_of_slices_with_cents_are_whole_lots_and_whole_odd_slices(desk):
    # R12.1, R12.3
    """Aladdin changes the slices to 491.76 of A, which is one odd position, and 2,000 of B."""
    order_id = first_fill(desk)
    slices = {"A": 491.76, "B": 2_000}
    for filled, booked in ((1_000, {"B": 1_000}), (1_491.76, {"A": 491.76, "B": 1_000})):
        details = order_details(slices, booked)
        edited(desk, face=2_491.76, fillAmount=filled, averagePrice=100, orderDetails=details)
        shown = desk.order_shown(order_id)
        assert slices_of(shown) | {"C": 0} == slices | {"C": 0}
        assert sum(filled_of(shown).values()) == pytest.approx(filled)
    edited(
        desk,
        face=2_491.76,
        fillAmount=2_491.76,
        averagePrice=100,
        orderStatus="Booked",
        orderDetails=order_details(slices, slices),
    )
    shown = desk.order_shown(order_id)
    assert (filled_of(shown), shown["allocation_state"]) == (slices, "OF_RECORD")
    last = desk.fills(order_id)["fills"][-1]
    money = {a["account_id"]: a["principal"] for a in last["allocations"] if a["filled_quantity"]}
    assert money == slices
