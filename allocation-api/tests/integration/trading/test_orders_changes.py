"""Orders are changed and cancelled as they were seen, and never below what is filled."""

from __future__ import annotations

import json

import pytest

from tests.support.orders import FILL_SECONDS, LOT, OrderDesk, check_fills, filled_of, slices_of
from tests.support.saga import Killed

POST, CANCEL, FILTER = "/order:post", "/order:cancel", "/orders:filter"


@pytest.fixture
def desk(tmp_path):
    return OrderDesk(tmp_path)


@pytest.fixture
def quiet(tmp_path):
    """A desk whose orders fill only by what the test lets the vendor say."""
    return OrderDesk(tmp_path, fill_seconds=0)


def touched_between(desk, order_id):
    """Let somebody else touch the order between our read and our second look just before the write."""
    seen = []

    def edit(answer):
        seen.append(answer)
        for order in answer["orders"]:
            order["touchCount"] += len(seen) - 1

    desk.wire.edits[FILTER] = edit
    return seen


def test_a_change_after_a_partial_fill_keeps_the_fills_and_fills_the_new_slices(desk):
    order_id = desk.partly_filled()
    before = desk.order_shown(order_id)
    quantity = (before["filled_quantity"] + 3_800_000) // 2 // LOT * LOT
    desk.change(order_id, quantity)
    after = desk.order_shown(order_id)
    assert sum(slices_of(after).values()) == after["quantity"] == quantity
    assert filled_of(after) == filled_of(before)
    for part in after["slices"]:
        assert part["quantity"] >= max(part["filled_quantity"], part["booked_quantity"])
        share = slices_of(before)[part["account_id"]] * quantity / 3_800_000
        assert abs(part["quantity"] - share) <= LOT
    desk.clock.pass_by(FILL_SECONDS)
    assert filled_of(desk.order_shown(order_id)) == slices_of(after)
    assert check_fills(desk.fills(order_id), slices_of(after)) == slices_of(after)


def test_an_order_shrinks_to_what_is_filled_whoever_counted_more(desk):
    """Aladdin books to the lot below, we allocate to the lot: nobody loses either."""
    order_id = desk.partly_filled()
    shown = desk.order_shown(order_id)
    least = sum(max(s["filled_quantity"], s["booked_quantity"]) for s in shown["slices"])
    refused = desk.change(order_id, shown["filled_quantity"] - LOT, status=409)
    assert "is filled" in refused["detail"]
    if least > shown["filled_quantity"]:
        assert desk.change(order_id, shown["filled_quantity"], status=409)["min_quantity"] == least
    desk.change(order_id, least)
    assert slices_of(desk.order_shown(order_id)) == {
        s["account_id"]: max(s["filled_quantity"], s["booked_quantity"]) for s in shown["slices"]
    }


def test_slices_that_are_filled_beyond_their_share_stay_and_the_others_give(quiet):
    order_id = quiet.order()
    booked = {"ACC001": 900_000, "ACC002": 0, "ACC003": 0, "ACC004": 0}

    def edit(answer):
        for order in answer["orders"]:
            order.update(fillAmount=900_000, averagePrice=98.5)
            for detail in order["orderDetails"]:
                detail["quantityBooked"] = booked[detail["portfolioReference"]["portfolioTicker"]]

    quiet.wire.edits[FILTER] = edit
    quiet.change(order_id, 1_900_000)
    sent = {
        d["portfolioReference"]["portfolioTicker"]: d["quantity"]
        for d in quiet.wire.last_order()["orderDetails"]
    }
    # What is left over the 900,000 goes 150 : 80 : 50, but never below our own allocation of the fill.
    assert sent == {"ACC001": 900_000, "ACC002": 536_000, "ACC003": 286_000, "ACC004": 178_000}


def test_the_slices_kept_are_those_of_the_change_with_its_audit_record(quiet):
    order_id = quiet.order()
    done = quiet.change(order_id, 1_900_000)
    record = quiet.get(f"audit/{done['audit_id']}")
    assert record["after"]["slices"] == slices_of(quiet.order_shown(order_id))
    assert record["before"]["touch_count"] + 1 == record["after"]["touch_count"]
    assert quiet.audited(order_id, "ORDER_CHANGED") == []


@pytest.mark.parametrize("way", ["change", "cancel"])
def test_what_the_caller_saw_must_still_be_so(quiet, way):
    # R11.4
    order_id = quiet.order()
    seen = quiet.order_shown(order_id)["touch_count"]
    quiet.change(order_id, 1_900_000, touch_count=seen)
    now = quiet.order_shown(order_id)["touch_count"]
    assert now > seen
    act = getattr(quiet, way)
    with_quantity = (order_id, 950_000) if way == "change" else (order_id,)
    refused = act(*with_quantity, status=409, touch_count=seen)
    assert (refused["code"], refused["touch_count"]) == ("CONFLICT", now)
    assert quiet.order_shown(order_id)["quantity"] == 1_900_000
    assert act(*with_quantity, touch_count=now)["status"] == "SUCCESS"


@pytest.mark.parametrize(("way", "write"), [("change", POST), ("cancel", CANCEL)])
def test_a_touch_between_reading_and_writing_stops_the_change(quiet, way, write):
    # R11.4
    order_id = quiet.order()
    sent = quiet.wire.count(write)
    seen = touched_between(quiet, order_id)
    with_quantity = (order_id, 950_000) if way == "change" else (order_id,)
    refused = getattr(quiet, way)(*with_quantity, status=409)
    assert (refused["code"], refused["touch_count"]) == ("CONFLICT", 2)
    assert (len(seen), quiet.wire.count(write)) == (2, sent)
    action = "MODIFY_REFUSED" if way == "change" else "CANCEL_REFUSED"
    assert "touch count" in quiet.audited(order_id, action)[0]["after"]["message"]


@pytest.mark.parametrize("count", [-1, 1.5, "1", True])
def test_a_touch_count_is_a_whole_number(quiet, count):
    refused = quiet.cancel("1", status=422, touch_count=count)
    assert [e["field"] for e in refused["errors"]] == ["touch_count"]


def test_a_cancelled_order_keeps_what_is_filled(desk):
    # R11.5
    order_id = desk.partly_filled()
    filled = desk.order_shown(order_id)["filled_quantity"]
    assert desk.cancel(order_id)["status"] == "SUCCESS"
    desk.clock.pass_by(FILL_SECONDS)
    shown = desk.order_shown(order_id)
    assert (shown["status"], shown["filled_quantity"]) == ("Canceled", filled)
    assert sum(filled_of(shown).values()) == filled
    assert desk.get(f"allocations/{shown['allocation_id']}")["status"] == "CANCELLED"


def test_a_fill_that_came_with_the_cancellation_is_recorded_afterwards(quiet):
    order_id = quiet.order()
    quiet.cancel(order_id)
    quiet.wire.order = {"fillAmount": 380_000, "averagePrice": 98.5}
    quiet.services.periodic.do("watch")
    quiet.wire.order = {}
    record = quiet.audited(order_id, "FILL_RECORDED")[0]
    assert (record["before"]["status"], record["after"]["filled_quantity"]) == ("Canceled", 380_000)


def test_the_order_that_is_sent_back_has_the_whole_new_quantity(quiet):
    order_id = quiet.order()
    quiet.change(order_id, 1_000_000)
    sent = json.loads([body for name, body in quiet.wire.calls if name == POST][-1])["order"]
    assert sum(d["quantity"] for d in sent["orderDetails"]) == sent["face"] == 1_000_000


# --- who it was ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "write", "wanted"),
    [
        (
            "change",
            POST,
            {
                "comment": "changed",
                "quantity": 1_900_000,
                "slices": {"ACC001": 500_000, "ACC002": 750_000, "ACC003": 400_000, "ACC004": 250_000},
            },
        ),
        ("cancel", CANCEL, {"comment": "withdrawn"}),
    ],
)
def test_a_process_that_ends_in_a_change_has_told_whose_it_is(quiet, way, write, wanted):
    """The vendor has made the change; nothing ran after that."""
    order_id = quiet.order()
    before = quiet.order_shown(order_id)
    sent = quiet.wire.count(write)

    def killed(_answer):
        raise Killed

    quiet.wire.edits[write] = killed
    with pytest.raises(Killed):
        getattr(quiet, way)(*((order_id, 1_900_000) if way == "change" else (order_id,)))
    quiet.wire.edits.clear()
    assert quiet.wire.count(write) == sent + 1
    action = "MODIFY" if way == "change" else "CANCEL"
    assert quiet.audited(order_id, action) == []
    (record,) = quiet.audited(order_id, f"{action}_INTENDED")
    assert record["username"] == "demo_user"
    assert record["after"] == wanted
    assert record["before"]["quantity"] == 3_800_000
    assert record["before"]["touch_count"] == before["touch_count"]
    shown = quiet.order_shown(order_id)
    assert (shown["quantity"], shown["status"]) == (
        (1_900_000, "Open") if way == "change" else (3_800_000, "Canceled")
    )


def test_a_change_that_is_not_sent_was_not_intended(quiet):
    order_id = quiet.order()
    quiet.change(order_id, 1_900_001, status=422)
    quiet.change(order_id, 1_900_000, touch_count=77, status=409)
    quiet.cancel(order_id, touch_count=77, status=409)
    assert quiet.audited(order_id, "MODIFY_INTENDED") == quiet.audited(order_id, "CANCEL_INTENDED") == []
    quiet.change(order_id, 1_900_000)
    quiet.cancel(order_id)
    trail = sorted(quiet.get("audit", entity_id=order_id)["audit_records"], key=lambda r: r["sequence"])
    assert [a for a in (r["action"] for r in trail) if a.startswith(("MODIFY", "CANCEL"))] == [
        "MODIFY_REFUSED",
        "CANCEL_REFUSED",
        "MODIFY_INTENDED",
        "MODIFY",
        "CANCEL_INTENDED",
        "CANCEL",
    ]
