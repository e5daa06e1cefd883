"""Every fault that the simulator offers, on every kind of call, over a real socket.

Requests are counted at the server: no order is sent twice, reads recover or fail with the right error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from aladdin_simulator.front.fault_kinds import KINDS
from aladdin_simulator.wire import operations as names
from app.services.aladdin.errors import (
    OrderOutcomeUnknown,
    VendorDenied,
    VendorError,
    VendorLoginFailed,
    VendorLoginRefused,
    VendorThrottled,
)
from app.services.aladdin.mapping.batches import BatchState
from app.services.domain.block_order import BlockOrder, PostedOrder, Slice
from app.services.domain.book import AsOf, AssetFault
from tests.e2e.fault_ways import HITS, WAYS, name_of, ways_of
from tests.e2e.vendor_client import ATTEMPTS, BOND, CALL_SECONDS, GROUP, Vendor, connected, new_block

pytestmark = pytest.mark.slow

IMPATIENT = 1.5
"""Seconds for a call that is to run out of time."""

UNKNOWN_BOND = "999999AA3"


def seconds_of(way):
    return IMPATIENT if way.slow else CALL_SECONDS


# --- reads --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Read:
    """A read, and whether it is tried with what takes seconds as well."""

    operation: str
    ask: Callable[[Vendor], object]
    slow: bool = True


READS = (
    Read(names.GET_POSITIONS, lambda vendor: vendor.book.positions([GROUP], AsOf.SOD)),
    Read(names.GET_ANALYTICS, lambda vendor: vendor.book.analytics([BOND, UNKNOWN_BOND]), slow=False),
    Read(names.GET_MASTER, lambda vendor: vendor.book.securities([BOND, UNKNOWN_BOND]), slow=False),
    Read(names.GET_MEMBERS, lambda vendor: vendor.book.group_members([GROUP]), slow=False),
    Read(names.FILTER_ORDERS, lambda vendor: vendor.orders.orders_of_groups([GROUP])),
)


def cases(calls):
    return [
        pytest.param(kind, way, call, id=f"{name_of(kind, way)} {call.operation}")
        for call in calls
        for kind, way in ways_of(call.operation)
        if call.slow or not way.slow
    ]


@pytest.fixture(scope="module")
def _an_order(process):
    """Searches have something to find."""
    with connected(process) as vendor:
        vendor.orders.post_order(new_block())


@pytest.mark.usefixtures("_an_order")
@pytest.mark.parametrize(("kind", "way", "read"), cases(READS))
def test_a_read_that_is_hit_once(simulator, kind, way, read):
    with connected(simulator, seconds=seconds_of(way)) as vendor:
        plain = read.ask(vendor)
        simulator.put(way.fault(kind, read.operation, patience=IMPATIENT, times=1))
        simulator.client.delete("/simulator/requests")
        if way.reads is None or way.repeated or way.renews:
            assert (read.ask(vendor) == plain) is not way.alters
        else:
            with pytest.raises(VendorError) as raised:
                read.ask(vendor)
            assert type(raised.value) is way.reads
    sent = 2 if way.repeated or way.renews else 1
    assert simulator.received().get(names.TOKEN, 0) == way.renews
    assert simulator.settled(read.operation)["received"] == sent
    assert len(vendor.pauses.slept) == way.repeated
    assert all(pause >= (way.retry_after or 0) for pause in vendor.pauses.slept)


@pytest.mark.parametrize(
    ("kind", "way", "read"),
    [
        case
        for case in cases(READS)
        if case.values[1].reads and not (case.values[1].slow and case.values[2] is not READS[0])
    ],
)
def test_a_read_that_is_hit_each_time(simulator, kind, way, read):
    simulator.put(way.fault(kind, read.operation, patience=IMPATIENT))
    with (
        connected(simulator, seconds=seconds_of(way)) as vendor,
        pytest.raises(VendorError) as raised,
    ):
        read.ask(vendor)
    error = raised.value
    assert (type(error), error.retryable) == (way.reads, way.repeated)
    assert error.extra["operation"] == read.operation.rpartition("_")[2]
    assert getattr(error, "retry_after", None) == way.retry_after
    sent = 2 if way.renews else ATTEMPTS if way.repeated else 1
    assert simulator.settled(read.operation)["received"] == sent
    assert simulator.received()[names.TOKEN] == (2 if way.renews else 1)


def test_a_retry_after_that_is_a_date_is_waited_for(simulator):
    until = datetime.now(UTC) + timedelta(seconds=25)
    stated = format_datetime(until, usegmt=True)
    simulator.put(
        {
            "operation": names.GET_POSITIONS,
            "kind": "status",
            "status": 429,
            "retry_after": stated,
            "times": 1,
        }
    )
    with connected(simulator) as vendor:
        vendor.book.positions([GROUP], AsOf.SOD)
    (pause,) = vendor.pauses.slept
    assert 0 < pause <= 26
    assert simulator.received()[names.GET_POSITIONS] == 2


def test_a_vendor_who_asks_for_more_time_than_there_is_patience_is_not_asked_again(simulator):
    simulator.put({"operation": names.GET_POSITIONS, "kind": "status", "status": 429, "retry_after": 900})
    with connected(simulator) as vendor, pytest.raises(VendorThrottled) as raised:
        vendor.book.positions([GROUP], AsOf.SOD)
    assert raised.value.retry_after == 900
    assert vendor.pauses.slept == []
    assert simulator.received()[names.GET_POSITIONS] == 1


def test_of_a_read_in_several_calls_only_the_one_that_failed_is_repeated(simulator):
    ids = [BOND, *(f"{n:09d}" for n in range(450))]
    simulator.put({"operation": names.GET_ANALYTICS, "kind": "cut_body", "times": 1, "after": 1})
    with connected(simulator) as vendor:
        found = vendor.book.analytics(ids)
    assert list(found) == ids
    assert [name for name, answer in found.items() if not isinstance(answer, AssetFault)] == [BOND]
    assert simulator.received()[names.GET_ANALYTICS] == 3 + 1


@pytest.mark.parametrize(("kind", "code"), [("missing_ids", "NOT_ANSWERED"), ("item_faults", "INTERNAL")])
@pytest.mark.parametrize("operation", [names.GET_ANALYTICS, names.GET_MASTER])
def test_an_id_that_fails_by_itself_leaves_the_others_alone(simulator, kind, code, operation):
    simulator.put({"operation": operation, "kind": kind, "ids": [UNKNOWN_BOND, BOND]})
    read = next(read for read in READS if read.operation == operation)
    with connected(simulator) as vendor:
        found = read.ask(vendor)
        assert found[BOND].code == code
        simulator.put({"operation": operation, "kind": kind, "ids": [UNKNOWN_BOND]})
        assert not isinstance(read.ask(vendor)[BOND], AssetFault)


def test_stale_dates_are_told(simulator):
    with connected(simulator) as vendor:
        fresh = vendor.book.positions([GROUP], AsOf.SOD)[0].reference_date
        simulator.put({"operation": "*", "kind": "stale_risk_date", "days": 4})
        assert vendor.book.positions([GROUP], AsOf.SOD)[0].reference_date == fresh - timedelta(days=4)
        assert vendor.book.analytics([BOND])[BOND].risk_date == fresh - timedelta(days=4)


# --- writes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Write:
    """A write of `size` orders: what is sent before, and what the test watches."""

    name: str
    operation: str
    prepare: Callable[[Vendor], object]
    send: Callable[[Vendor, object], Sequence[PostedOrder]]
    status: str = "Open"
    size: int = 1
    slow: bool = True


def orders_of(outcomes):
    assert {outcome.state for outcome in outcomes} == {BatchState.DONE}
    return [outcome.order for outcome in outcomes]


def two_blocks(_vendor) -> list[BlockOrder]:
    return [new_block(), new_block()]


def two_orders(vendor) -> list[str]:
    return [vendor.orders.post_order(new_block()).order_id for _ in range(2)]


def smaller(order: PostedOrder) -> list[Slice]:
    return [Slice(part.account_id, part.face / 2) for part in order.slices]


WRITES = (
    Write(
        "post",
        names.POST_ORDER,
        lambda _: new_block(),
        lambda vendor, block: [vendor.orders.post_order(block)],
    ),
    Write(
        "modify",
        names.POST_ORDER,
        lambda vendor: vendor.orders.post_order(new_block()),
        lambda vendor, order: [
            vendor.orders.modify_order(order.order_id, slices=smaller(order), touch_count=order.touch_count)
        ],
        slow=False,
    ),
    Write(
        "cancel",
        names.CANCEL_ORDER,
        lambda vendor: vendor.orders.post_order(new_block()).order_id,
        lambda vendor, order_id: [vendor.orders.cancel_order(order_id, "withdrawn")],
        status="Canceled",
    ),
    Write(
        "batch post",
        names.BATCH_POST,
        two_blocks,
        lambda vendor, blocks: orders_of(vendor.orders.post_batch(blocks)),
        size=2,
    ),
    Write(
        "batch cancel",
        names.BATCH_CANCEL,
        two_orders,
        lambda vendor, ids: orders_of(vendor.orders.cancel_batch(ids, "withdrawn")),
        status="Canceled",
        size=2,
        slow=False,
    ),
)


def write_cases():
    return [
        pytest.param(*case.values, id=f"{name_of(*case.values[:2])} {case.values[2].name}")
        for case in cases(WRITES)
    ]


@pytest.mark.parametrize(("kind", "way", "write"), write_cases())
def test_a_write_is_sent_once(simulator, kind, way, write):
    """Were it repeated after its fault, the server would have counted two."""
    wanted = way.error_of(write.operation)
    with connected(simulator, seconds=seconds_of(way)) as vendor:
        prepared = write.prepare(vendor)
        before = len(simulator.orders())
        simulator.client.delete("/simulator/requests")
        simulator.put(way.fault(kind, write.operation, patience=IMPATIENT, times=1))
        if wanted is None:
            status = "Compl Pending" if kind == "compliance_timeout" else write.status
            assert {order.status for order in write.send(vendor, prepared)} == {status}
        else:
            with pytest.raises(VendorError) as raised:
                write.send(vendor, prepared)
            assert type(raised.value) is wanted
    count = simulator.settled(write.operation)
    # A token is checked before a request is read: what was refused with a 401 was no order.
    assert count["received"] == (2 if way.renews else 1)
    assert count["orders_taken"] == (write.size if way.taken else 0)
    is_new = write.name in {"post", "batch post"}
    assert len(simulator.orders()) - before == (count["orders_taken"] if is_new else 0)
    assert vendor.pauses.slept == []


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.name)
def test_a_write_whose_every_token_is_refused_is_given_up(simulator, write):
    with connected(simulator) as vendor:
        prepared = write.prepare(vendor)
        vendor.book.node(GROUP)
        simulator.client.delete("/simulator/requests")
        simulator.put({"operation": write.operation, "kind": "expired_token"})
        with pytest.raises(VendorDenied):
            write.send(vendor, prepared)
    count = simulator.settled(write.operation)
    assert (count["received"], count["orders_taken"]) == (2, 0)
    assert simulator.received()[names.TOKEN] == 1


LOOKS = {kind: way for kind, way in ways_of(names.GET_LONG_RUNNING) if not way.slow}
"""One way of each kind: every look takes the simulator a second."""


@pytest.mark.parametrize(("kind", "way"), LOOKS.items(), ids=LOOKS)
def test_a_look_at_a_batch_that_is_hit_once(simulator, kind, way):
    """Looks are reads and recover as those do; what says that the batch failed leaves its orders open."""
    blocks = two_blocks(None)
    simulator.put(way.fault(kind, names.GET_LONG_RUNNING, times=1))
    is_final = kind == "item_error"
    with connected(simulator) as vendor:
        if is_final:
            with pytest.raises(OrderOutcomeUnknown) as raised:
                vendor.orders.post_batch(blocks)
            assert raised.value.extra["operation_id"]
        else:
            assert len(orders_of(vendor.orders.post_batch(blocks))) == 2
        assert all(vendor.orders.order_by_external_id(block.external_id) for block in blocks)
    count = simulator.settled(names.BATCH_POST)
    assert (count["received"], count["orders_taken"]) == (1, 2)
    looks = simulator.settled(names.GET_LONG_RUNNING)["received"]
    assert looks == 1 if is_final else looks >= 2


# --- the login ----------------------------------------------------------------------------------------------


def login_cases():
    return [
        pytest.param(kind, way, id=name_of(kind, way)) for kind, way in ways_of(names.TOKEN) if not way.slow
    ]


@pytest.mark.parametrize(("kind", "way"), login_cases())
def test_a_login_that_is_hit_once(simulator, kind, way):
    """A read repeats it, unless it was refused; an order is not even sent."""
    simulator.put(way.fault(kind, names.TOKEN, times=1))
    with connected(simulator) as vendor:
        if way.logins is VendorLoginRefused:
            with pytest.raises(VendorLoginRefused):
                vendor.book.positions([GROUP], AsOf.SOD)
        else:
            assert vendor.book.positions([GROUP], AsOf.SOD)
    received = simulator.received()
    assert received.get(names.GET_POSITIONS, 0) == (way.logins is not VendorLoginRefused)
    assert received[names.TOKEN] == (2 if way.logins is VendorLoginFailed else 1)
    assert all(pause >= (way.retry_after or 0) for pause in vendor.pauses.slept)


@pytest.mark.parametrize(("kind", "way"), [case for case in login_cases() if case.values[1].logins])
def test_an_order_without_a_login_is_never_sent(simulator, kind, way):
    simulator.put(way.fault(kind, names.TOKEN))
    with connected(simulator) as vendor, pytest.raises(way.logins):
        vendor.orders.post_order(new_block())
    assert simulator.received() == {names.TOKEN: 1}


# --- nothing is left out ------------------------------------------------------------------------------------


def test_every_kind_of_fault_is_tried():
    tried = {case.values[0] for case in (*cases(READS), *write_cases())}
    assert tried == set(KINDS) == set(WAYS) == set(HITS)
