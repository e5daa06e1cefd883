"""Orders posted and cancelled in batches: the operation is waited for, and every item has its own end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.core.errors import InvalidRequest
from app.services.aladdin.errors import (
    OrderOutcomeUnknown,
    VendorDenied,
    VendorError,
    VendorNotFound,
    VendorRejected,
    VendorThrottled,
    VendorUnreached,
)
from app.services.aladdin.long_running import LongRunning
from app.services.aladdin.mapping.batches import BatchOutcome, BatchState
from app.services.aladdin.vendor_orders import MAX_CANCELS_PER_BATCH, MAX_ORDERS_PER_BATCH, VendorOrders
from tests.unit.aladdin.fake_vendor import BATCH_CANCEL, BATCH_POST, LONG_RUNNING, FakeVendor
from tests.unit.aladdin.order_samples import ORDER

FIRST, SECOND = replace(ORDER, external_id="E-1"), replace(ORDER, external_id="E-2")
OPERATION = LONG_RUNNING.format("op-1")
RUNNING = {"id": "op-1", "done": False}
DONE, REFUSED, UNKNOWN = BatchState.DONE, BatchState.REFUSED, BatchState.UNKNOWN


class Waiting:
    """Time that passes only by waiting for it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def orders(self, vendor: FakeVendor, time_limit: float = 300.0) -> VendorOrders:
        waiting = LongRunning(vendor.wire(), time_limit=time_limit, clock=lambda: self.now, sleep=self.sleep)
        return vendor.orders(long_running=waiting)


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


def ended(*results: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"id": "op-1", "done": True, "response": {"@type": "X", "results": list(results)}, **more}


def posted(external_id: str | None, order_id: str | None = "90001") -> dict[str, Any]:
    reference = {"externalOrderReference": {"accountCode": "12345", "externalId1": external_id}}
    return {
        "output": {"order": {"id": order_id, "orderStatus": "Open", **(reference if external_id else {})}}
    }


def failed(code: int, message: str = "no") -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def cancelled(order_id: str) -> dict[str, Any]:
    return {"output": {"id": order_id, "orderStatus": "Canceled"}}


def states(outcomes: tuple[BatchOutcome, ...]) -> dict[str, BatchState]:
    return {outcome.item_id: outcome.state for outcome in outcomes}


def post_two(waiting: Waiting, vendor: FakeVendor, *results: dict[str, Any]) -> tuple[BatchOutcome, ...]:
    vendor.answers(BATCH_POST, RUNNING)
    vendor.answers(OPERATION, ended(*results))
    return waiting.orders(vendor).post_batch([FIRST, SECOND])


# --- the way of a batch -------------------------------------------------------------------------------------


def test_a_batch_goes_out_once_and_is_asked_for_until_it_is_done(
    vendor: FakeVendor, waiting: Waiting
) -> None:
    vendor.answers(BATCH_POST, RUNNING)
    vendor.answers(OPERATION, *[RUNNING] * 5, ended(posted("E-2", "90002"), posted("E-1")))
    outcomes = waiting.orders(vendor).post_batch([FIRST, SECOND])
    assert [(o.item_id, o.order.order_id if o.order else None, o.state) for o in outcomes] == [
        ("E-1", "90001", DONE),
        ("E-2", "90002", DONE),
    ]
    assert waiting.waits == [1, 2, 4, 8, 10, 10]
    (body,) = vendor.bodies(BATCH_POST)
    assert [order["externalOrderReference"]["externalId1"] for order in body["orders"]] == ["E-1", "E-2"]
    assert body["postOrderConfig"] == {
        "whatIf": False,
        "runCompliance": True,
        "complianceTimeout": "20s",
    }


def test_a_batch_that_is_done_at_once_is_not_asked_for(vendor: FakeVendor, waiting: Waiting) -> None:
    vendor.answers(BATCH_POST, ended(posted("E-1"), posted("E-2", "90002")))
    assert states(waiting.orders(vendor).post_batch([FIRST, SECOND])) == {"E-1": DONE, "E-2": DONE}
    assert len(vendor.requests) == 1
    assert waiting.waits == []


def test_an_operation_id_with_slashes_is_quoted(vendor: FakeVendor, waiting: Waiting) -> None:
    vendor.answers(BATCH_POST, {"id": "operations/some/unique id"})
    vendor.answers(LONG_RUNNING.format("operations%2Fsome%2Funique%20id"), ended(posted("E-1")))
    assert states(waiting.orders(vendor).post_batch([FIRST])) == {"E-1": DONE}


def test_a_batch_of_cancellations(vendor: FakeVendor, waiting: Waiting) -> None:
    vendor.answers(BATCH_CANCEL, RUNNING)
    vendor.answers(OPERATION, ended(failed(9, "filled"), cancelled("90001")))
    outcomes = waiting.orders(vendor).cancel_batch(["90001", "90002"], "PM withdrew")
    assert states(outcomes) == {"90001": DONE, "90002": REFUSED}
    assert "filled" in str(outcomes[1].error)
    comment = [{"orderCommentKey": "General", "orderCommentValue": "PM withdrew"}]
    requests = [{"orderId": i, "orderComments": comment} for i in ("90001", "90002")]
    assert vendor.bodies(BATCH_CANCEL) == [{"requests": requests}]


@pytest.mark.parametrize(
    ("send", "field"),
    [
        (lambda orders: orders.post_batch([]), "orders"),
        (
            lambda orders: orders.post_batch(
                [replace(ORDER, external_id=f"E-{n}") for n in range(MAX_ORDERS_PER_BATCH + 1)]
            ),
            "orders",
        ),
        (lambda orders: orders.post_batch([FIRST, FIRST]), "orders"),
        (lambda orders: orders.cancel_batch([], ""), "order_ids"),
        (
            lambda orders: orders.cancel_batch([str(n) for n in range(MAX_CANCELS_PER_BATCH + 1)], ""),
            "order_ids",
        ),
        (lambda orders: orders.cancel_batch(["1", "1"], ""), "order_ids"),
    ],
)
def test_a_batch_of_the_wrong_size_or_with_doubles_is_refused_by_its_field(
    vendor: FakeVendor, send: Callable[[VendorOrders], object], field: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        send(vendor.orders())
    assert [error.field for error in caught.value.errors] == [field]
    assert vendor.requests == []


# --- items --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "error"), [(3, VendorRejected), (5, VendorNotFound), (7, VendorDenied), (8, VendorThrottled)]
)
def test_an_error_beside_the_other_order_belongs_to_the_one_that_is_missing(
    vendor: FakeVendor, waiting: Waiting, code: int, error: type[VendorError]
) -> None:
    first, second = post_two(waiting, vendor, failed(code, "unknown ticker"), posted("E-1"))
    assert (first.state, second.state) == (DONE, REFUSED)
    assert type(second.error) is error
    assert "unknown ticker" in str(second.error)


def test_an_ambiguous_error_leaves_its_item_unknown(vendor: FakeVendor, waiting: Waiting) -> None:
    first, second = post_two(waiting, vendor, posted("E-2"), failed(14, "away"))
    assert (first.state, second.state) == (UNKNOWN, DONE)
    assert isinstance(first.error, OrderOutcomeUnknown)
    assert first.error.extra["operation_id"] == "op-1"


def test_refusals_for_several_reasons_are_refusals_with_all_reasons(
    vendor: FakeVendor, waiting: Waiting
) -> None:
    outcomes = post_two(waiting, vendor, failed(3, "bad ticker"), failed(9, "market closed"))
    assert states(outcomes) == {"E-1": REFUSED, "E-2": REFUSED}
    assert "bad ticker" in str(outcomes[0].error)
    assert "market closed" in str(outcomes[0].error)


def test_among_refusals_one_ambiguous_error_leaves_all_of_them_unknown(
    vendor: FakeVendor, waiting: Waiting
) -> None:
    outcomes = post_two(waiting, vendor, failed(3, "bad ticker"), failed(13, "internal"))
    assert states(outcomes) == {"E-1": UNKNOWN, "E-2": UNKNOWN}


@pytest.mark.parametrize(
    "results",
    [
        [],
        [posted(None)],
        [posted("E-2", None)],
        [posted("E-1"), posted("E-1", "90002")],
        [posted("E-1"), posted("E-9", "90002")],
        [posted("E-1"), {}],
        [posted("E-1"), failed(3), failed(3)],
        [posted("E-1"), posted("E-9"), failed(3)],
    ],
)
def test_an_item_that_no_result_can_be_told_to_be_of_is_unknown(
    vendor: FakeVendor, waiting: Waiting, results: list[dict[str, Any]]
) -> None:
    outcomes = post_two(waiting, vendor, *results)
    assert outcomes[1].state is UNKNOWN
    assert isinstance(outcomes[1].error, OrderOutcomeUnknown)
    assert outcomes[1].error.extra["operation_id"] == "op-1"
    assert (outcomes[0].state is DONE) == (posted("E-1") in results)


# --- what may go wrong with the whole -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body"), [(500, ""), (200, '{"id": "op'), (200, "{}"), (200, "[]"), (302, "")]
)
def test_a_batch_call_without_a_usable_answer_leaves_all_unknown(
    vendor: FakeVendor, waiting: Waiting, status: int, body: str
) -> None:
    vendor.answers(BATCH_POST, body, status=status)
    with pytest.raises(OrderOutcomeUnknown):
        waiting.orders(vendor).post_batch([FIRST])
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("status", [400, 403, 429])
def test_a_batch_call_that_is_refused_has_placed_nothing(
    vendor: FakeVendor, waiting: Waiting, status: int
) -> None:
    vendor.answers(BATCH_POST, {"code": "NO", "message": "no"}, status=status)
    with pytest.raises(VendorError) as caught:
        waiting.orders(vendor).post_batch([FIRST])
    assert not isinstance(caught.value, OrderOutcomeUnknown)
    assert len(vendor.requests) == 1


def test_a_batch_call_without_a_connection_has_placed_nothing(vendor: FakeVendor, waiting: Waiting) -> None:
    vendor.fails(BATCH_POST, httpx.ConnectError)
    with pytest.raises(VendorUnreached):
        waiting.orders(vendor).post_batch([FIRST])


@pytest.mark.parametrize(
    "answer",
    [
        {"id": "op-1", "done": True},
        {"id": "op-1", "done": True, "response": None},
        {"id": "op-1", "done": True, "response": {"results": "fine"}},
        {"id": "op-1", "done": True, "error": {"code": 3, "message": "bad"}},
        {"id": "op-1", "done": "yes"},
        "not JSON",
    ],
)
def test_an_end_that_says_nothing_leaves_all_unknown_under_the_operation_s_id(
    vendor: FakeVendor, waiting: Waiting, answer: object
) -> None:
    vendor.answers(BATCH_POST, RUNNING)
    vendor.answers(OPERATION, answer)
    with pytest.raises(OrderOutcomeUnknown) as caught:
        waiting.orders(vendor).post_batch([FIRST])
    assert caught.value.extra["operation_id"] == "op-1"
    assert caught.value.extra["operation"] == "BatchPostOrders"


def test_an_operation_that_does_not_end_is_unknown_when_its_time_is_over(
    vendor: FakeVendor, waiting: Waiting
) -> None:
    vendor.answers(BATCH_POST, RUNNING)
    vendor.answers(OPERATION, RUNNING)
    with pytest.raises(OrderOutcomeUnknown, match="still running") as caught:
        waiting.orders(vendor, time_limit=20).post_batch([FIRST])
    assert caught.value.extra["operation_id"] == "op-1"
    assert waiting.waits == [1, 2, 4, 8, 5]


def test_a_look_that_fails_for_the_moment_is_repeated_after_as_long_as_the_vendor_asks(
    vendor: FakeVendor, waiting: Waiting
) -> None:
    vendor.answers(BATCH_POST, RUNNING)
    vendor.answers(OPERATION, "", status=429, Retry_After="30")
    vendor.answers(OPERATION, "", status=503)
    vendor.answers(OPERATION, ended(posted("E-1")))
    assert states(waiting.orders(vendor).post_batch([FIRST])) == {"E-1": DONE}
    assert waiting.waits == [1, 30, 10]
    assert len(vendor.bodies(BATCH_POST)) == 1


def test_a_vendor_that_knows_nothing_of_the_operation_leaves_all_unknown_at_once(
    vendor: FakeVendor, waiting: Waiting
) -> None:
    vendor.answers(BATCH_POST, RUNNING)
    vendor.answers(OPERATION, {"code": "NOT_FOUND", "message": "no op-1"}, status=404)
    with pytest.raises(OrderOutcomeUnknown, match="no op-1") as caught:
        waiting.orders(vendor).post_batch([FIRST])
    assert caught.value.extra["operation_id"] == "op-1"
    assert len(vendor.requests) == 2
