"""The background job `watch`: what Aladdin shows of our orders is recorded without a request."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from app.models import AllocationRow, OrderFillRow, OrderRow
from app.services.trading.orders.watch import WATCH_AFTER_FINAL
from tests.support.orders import FILL_SECONDS, OrderDesk

FILTER = "/orders:filter"


@pytest.fixture
def desk(tmp_path):
    return OrderDesk(tmp_path)


def kept(desk):
    """What is kept of all orders, without asking the vendor."""
    with desk.services.database.read() as session:
        return {row.order_id: row for row in session.scalars(select(OrderRow))}


def watch(desk):
    desk.services.periodic.do("watch")


def asked(desk):
    """The orders that a watch asks for."""
    desk.wire.calls.clear()
    watch(desk)
    searches = [json.loads(body)["query"] for name, body in desk.wire.calls if name == FILTER]
    return {order_id for query in searches for order_id in query["orderIdCriterion"]["ids"]}


def test_all_live_orders_are_looked_at_in_one_call(desk):
    orders = [desk.order(380_000) for _ in range(3)]
    desk.clock.pass_by(FILL_SECONDS)
    before = desk.wire.count(FILTER)
    watch(desk)
    assert desk.wire.count(FILTER) == before + 1
    assert {kept(desk)[o].status for o in orders} == {"Booked"}
    assert {kept(desk)[o].filled_quantity for o in orders} == {Decimal(380_000)}
    assert {kept(desk)[o].fill_count for o in orders} == {1}


def test_a_final_order_is_looked_at_for_another_day(desk):
    order_id = desk.order()
    desk.clock.pass_by(FILL_SECONDS)
    assert order_id in asked(desk)
    assert order_id in asked(desk)
    desk.clock.now += WATCH_AFTER_FINAL + timedelta(seconds=1)
    assert order_id not in asked(desk)


def test_an_order_that_cannot_be_recorded_does_not_stop_the_others(desk):
    broken, sound = desk.order(380_000), desk.order(380_000)
    with desk.services.database.write() as session:
        taken = {"at": desk.clock(), "quantity": 1, "filled_quantity": 1, "average_price": 1}
        session.add(OrderFillRow(order_id=broken, sequence=1, **taken))
    desk.clock.pass_by(FILL_SECONDS)
    with capture_logs() as logs:
        watch(desk)
    assert [line["order_id"] for line in logs if line["log_level"] == "error"] == [broken]
    assert (kept(desk)[broken].status, kept(desk)[broken].fill_count) == ("Open", 0)
    assert (kept(desk)[sound].status, kept(desk)[sound].fill_count) == ("Booked", 1)
    assert desk.audited(broken, "FILL_RECORDED") == []


@pytest.mark.parametrize(
    ("odd", "face", "price"),
    [
        ({"averagePrice": 98.123456789012345}, 19_000, 98.123456789),
        ({"fillAmount": 19_000.00004}, 19_000, 98.5),
        ({"face": 380_000.0000000005}, 19_000, 98.5),
        ({"orderStatus": "x" * 100}, 19_000, 98.5),
        ({"averagePrice": 1e-12}, 0, None),
        ({"averagePrice": 1e19}, 0, None),
        ({"fillAmount": 1e25}, None, None),
        ({"fillAmount": 1e17}, 0, None),
        ({"face": 1e17}, 0, None),
    ],
)
def test_odd_numbers_of_one_order_are_rounded_or_refused_and_stop_no_other(tmp_path, odd, face, price):
    desk = OrderDesk(tmp_path, fill_seconds=0)
    strange, sound = desk.order(380_000), desk.order(380_000)

    def edit(answer):
        for order in answer["orders"]:
            order |= {"fillAmount": 19_000, "averagePrice": 98.5, **(odd if order["id"] == strange else {})}

    desk.wire.edits[FILTER] = edit
    watch(desk)
    shown = {o["order_id"]: o for o in desk.get("orders")["orders"]}
    assert sum(s["filled_quantity"] for s in shown[sound]["slices"]) == 19_000
    filled = [s["filled_quantity"] for s in shown[strange]["slices"]]
    assert filled == [None] * len(filled) if face is None else sum(filled) == face
    assert [f["average_price"] for f in desk.fills(strange)["fills"]] == ([price] if face else [])
    if face:
        assert (shown[strange]["filled_quantity"], shown[strange]["average_price"]) == (face, price)
    assert len(shown[strange]["status"]) <= 32


def test_a_preview_that_cannot_be_read_stops_no_other_order(desk):
    broken, sound = desk.order(380_000), desk.order(380_000)
    with desk.services.database.write() as session:
        mine = AllocationRow.id == kept(desk)[broken].allocation_id
        session.execute(update(AllocationRow).where(mine).values(snapshot="{}"))
    desk.clock.pass_by(FILL_SECONDS)
    watch(desk)
    watch(desk)
    assert (kept(desk)[broken].status, kept(desk)[broken].fill_count) == ("Booked", 0)
    assert (kept(desk)[sound].status, kept(desk)[sound].fill_count) == ("Booked", 1)
    (record,) = desk.audited(broken, "FILL_UNALLOCATED")
    assert "preview cannot be read" in record["after"]["message"]
    assert len(desk.get("orders")["orders"]) == 2


def test_a_vendor_that_does_not_answer_is_told_of_once(tmp_path):
    desk = OrderDesk(tmp_path, LOG_LEVEL="INFO", ALADDIN_READ_ATTEMPTS="1")
    order_id = desk.order()
    desk.clock.pass_by(FILL_SECONDS)
    desk.wire.faults[FILTER] = "unreached"
    with capture_logs() as logs:
        for _ in range(3):
            watch(desk)
        desk.wire.faults.clear()
        watch(desk)
    said = [(line["log_level"], line["event"]) for line in logs if "order sync" in line["event"]]
    assert said == [("warning", "order sync is failing"), ("info", "order sync works again")]
    assert kept(desk)[order_id].status == "Booked"


def test_an_order_that_aladdin_no_longer_shows_keeps_its_fills(desk):
    order_id = desk.partly_filled()
    watch(desk)
    filled = kept(desk)[order_id].filled_quantity
    assert filled > 0

    def edit(answer):
        answer["orders"] = []

    desk.wire.edits[FILTER] = edit
    watch(desk)
    shown = desk.order_shown(order_id)
    assert (shown["status"], shown["filled_quantity"]) == ("UNREPORTED", filled)
    assert (shown["touch_count"], len(desk.fills(order_id)["fills"])) == (None, 1)


def test_an_order_cancelled_at_aladdin_cancels_its_allocation(desk):
    order_id = desk.order()
    desk.wire.order = {"orderStatus": "Canceled"}
    watch(desk)
    desk.wire.order = {}
    allocation_id = kept(desk)[order_id].allocation_id
    assert desk.get(f"allocations/{allocation_id}")["status"] == "CANCELLED"


def test_two_processes_that_watch_record_every_fill_once(desk, tmp_path):
    other = OrderDesk(tmp_path, beside=desk)
    order_id = desk.order()
    for one in (desk, other) * 8:
        desk.clock.pass_by(FILL_SECONDS / 16)
        watch(one)
    fills = desk.fills(order_id)["fills"]
    assert [f["sequence"] for f in fills] == list(range(1, len(fills) + 1))
    assert sum(f["quantity"] for f in fills) == 3_800_000
    assert len(desk.audited(order_id, "FILL_RECORDED")) == len(fills)


def test_a_list_asks_for_the_orders_of_its_page_alone(desk):
    orders = [desk.order(380_000) for _ in range(3)]
    desk.clock.pass_by(FILL_SECONDS)
    desk.wire.calls.clear()
    shown = desk.get("orders", limit=1)["orders"]
    asked = [json.loads(body)["query"]["orderIdCriterion"]["ids"] for _, body in desk.wire.calls]
    assert asked == [[shown[0]["order_id"]]]
    assert shown[0]["status"] == "Booked"
    assert sorted(k.status for k in kept(desk).values()) == ["Booked", "Open", "Open"]
    # Of those that were open when they were last seen, none is any more.
    assert desk.call("GET", "orders?status=Open")["orders"] == []
    assert {o["order_id"] for o in desk.call("GET", "orders?status=Booked")["orders"]} == set(orders)


def test_an_older_read_of_aladdin_is_not_mixed_with_what_was_recorded_since(tmp_path):
    desk = OrderDesk(tmp_path, ALADDIN_ORDERS_CACHE_SECONDS="60")
    order_id = desk.order(380_000)
    assert desk.get(f"orders/{order_id}")["filled_quantity"] == 0
    desk.clock.pass_by(FILL_SECONDS)
    watch(desk)
    (listed,) = desk.get("orders")["orders"]
    for shown in (listed, desk.get(f"orders/{order_id}")):
        assert (shown["status"], shown["allocation_state"]) == ("Booked", "OF_RECORD")
        assert shown["filled_quantity"] == sum(each["filled_quantity"] for each in shown["slices"]) == 380_000
        assert shown["average_price"] is not None
        assert {each["difference_quantity"] for each in shown["slices"]} == {0}
