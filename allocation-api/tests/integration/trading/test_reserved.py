"""What is filled here and not counted at Aladdin is neither sold nor spent again until both agree."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from tests.support.bookings import (
    BOOKED,
    FILL_SECONDS,
    FILTER,
    HELD,
    OURS,
    booked_of,
    booking,
    cancel_at_aladdin,
    edited,
    first_fill,
    fix,
    most,
    record_desk,
    request,
)
from tests.support.orders import BOND, filled_of


@pytest.fixture
def desk(tmp_path):
    return record_desk(tmp_path)


def half_booked(shown):
    """The vendor's details with half of the booking of B missing, as while it is still at work."""
    return [
        detail | ({"quantityBooked": 500} if detail["portfolioReference"]["portfolioTicker"] == "B" else {})
        for detail in shown["orderDetails"]
    ]


def fairness(desk):
    day = desk.clock.business_date.isoformat()
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
    assert [o["order_id"] for o in desk.get("orders", allocation_state="DIFFERENT")["orders"]] == [order_id]
    assert desk.get("orders", allocation_state="OF_RECORD")["orders"] == []
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


def test_a_preview_takes_over_an_end_that_nobody_has_seen(desk):
    # R4.6
    order_id = first_fill(desk)
    cancel_at_aladdin(desk, order_id)
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
    desk.services.periodic.do("watch")
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


def untold(shown):
    """The vendor's details without what is booked by account."""
    return [{k: v for k, v in d.items() if k != "quantityBooked"} for d in shown["orderDetails"]]


def test_a_booking_that_is_not_told_by_account_reserves_all_that_is_filled_here_that_day(desk):
    # R4.6, R12.6
    order_id = first_fill(desk)
    edited(desk, orderDetails=untold)
    desk.cancel(order_id)
    shown = desk.order_shown(order_id)
    assert (shown["allocation_state"], set(booked_of(shown).values())) == ("DIFFERENT", {None})
    assert "does not say for whom" in fix(desk, order_id, status=409)["detail"]
    # The simulator counts its own booking in the positions; ours stays reserved beside it, whole.
    assert most(desk, "SELL") == {a: max(0, HELD[a] - BOOKED[a] - OURS[a]) for a in HELD}


def test_another_bond_and_the_other_side_are_not_concerned(desk):
    # R4.6
    order_id = first_fill(desk)
    edited(desk, orderDetails=half_booked)
    desk.cancel(order_id)
    found = desk.preview(BOND, groups=["GOLDEN"], **request("BUY"))
    assert [w for w in found["warnings"] if w["type"] == "ALLOCATION_DIFFERENT"] == []


def test_an_order_does_not_grow_into_what_another_reserves(desk):
    # R4.6, R11.3
    """Of B's 3,000 the simulator counts 1,000 of either sale; 500 of the first are not told as booked."""
    first = first_fill(desk)
    desk.cancel(first)
    assert filled_of(desk.order_shown(first)) == BOOKED
    only_b = {"parameters": {"base_metric": "CUSTOM", "base_amounts": {"B": 1}}, "order": {"side": "SELL"}}
    found = desk.preview(BOND, 1_000, groups=["GOLDEN"], **only_b)
    answer = desk.post(f"allocations/{found['allocation_id']}/commit", {"override_warnings": True})
    (second,) = answer["aladdin_order_ids"]
    edited(
        desk, orderDetails=lambda shown: half_booked(shown) if shown["id"] == first else shown["orderDetails"]
    )
    desk.services.periodic.do("watch")
    refused = desk.change(second, 2_000, status=409)
    assert refused["code"] == "BOOK_CHANGED"
    desk.wire.edits.clear()
    desk.services.periodic.do("watch")
    desk.change(second, 2_000)
