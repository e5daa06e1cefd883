"""What became of an order when the vendor refuses it, fails, or its answer is lost."""

from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from app.services.aladdin import order_wire
from app.services.aladdin.errors import (
    OrderOutcomeUnknown,
    VendorDenied,
    VendorError,
    VendorNotFound,
    VendorRejected,
    VendorThrottled,
    VendorUnexpected,
    VendorUnreached,
)
from app.services.aladdin.mapping.batches import BatchState, posted_items
from app.services.aladdin.mapping.orders import OrderDefaults
from app.services.aladdin.vendor_orders import VendorOrders
from tests.unit.aladdin.fake_vendor import CANCEL, FILTER, POST, FakeVendor
from tests.unit.aladdin.order_samples import ORDER, page, stored


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (3, VendorRejected),
        (9, VendorRejected),
        (5, VendorNotFound),
        (7, VendorDenied),
        (16, VendorDenied),
        (8, VendorThrottled),
        (2, OrderOutcomeUnknown),
        (6, OrderOutcomeUnknown),
        (4, OrderOutcomeUnknown),
        (13, OrderOutcomeUnknown),
        (14, OrderOutcomeUnknown),
        (0, OrderOutcomeUnknown),
        (10, OrderOutcomeUnknown),
        (99, OrderOutcomeUnknown),
        ("UNAVAILABLE", OrderOutcomeUnknown),
    ],
)
def test_an_item_error_inside_a_200_is_an_error(
    vendor: FakeVendor, code: int | str, error: type[VendorError]
) -> None:
    vendor.answers(POST, {"results": [{"error": {"code": code, "message": "unknown ticker CORE-A9"}}]})
    with pytest.raises(VendorError, match="unknown ticker CORE-A9") as caught:
        vendor.orders().post_order(ORDER)
    assert type(caught.value) is error
    assert caught.value.extra["vendor_code"] == code
    assert len(vendor.requests) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, VendorRejected), (403, VendorDenied), (404, VendorNotFound), (429, VendorThrottled)],
)
def test_an_order_refused_with_a_4xx_was_not_placed(
    vendor: FakeVendor, status: int, error: type[VendorError]
) -> None:
    vendor.answers(POST, {"code": "NO", "message": "no"}, status=status)
    with pytest.raises(VendorError) as caught:
        vendor.orders().post_order(ORDER)
    assert type(caught.value) is error
    assert len(vendor.requests) == 1


def test_an_order_that_found_no_connection_was_not_placed(vendor: FakeVendor) -> None:
    vendor.fails(POST, httpx.ConnectError)
    with pytest.raises(VendorUnreached):
        vendor.orders().post_order(ORDER)


Write = Callable[[VendorOrders], object]
WRITES: list[tuple[str, Write]] = [
    (POST, lambda orders: orders.post_order(ORDER)),
    (POST, lambda orders: orders.check(ORDER)),
    (CANCEL, lambda orders: orders.cancel_order("90001", "PM withdrew")),
]


@pytest.mark.parametrize(("path", "write"), WRITES)
@pytest.mark.parametrize(
    "failure", [httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.RemoteProtocolError]
)
def test_a_lost_answer_leaves_the_outcome_unknown_and_nothing_is_sent_again(
    vendor: FakeVendor, path: str, write: Write, failure: type[httpx.RequestError]
) -> None:
    vendor.fails(path, failure)
    with pytest.raises(OrderOutcomeUnknown) as caught:
        write(vendor.orders())
    assert not caught.value.retryable
    assert len(vendor.requests) == 1


@pytest.mark.parametrize(("path", "write"), WRITES)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, '{"code": "X", "message": "x"}'),
        (503, ""),
        (408, ""),
        (409, '{"code": "6", "message": "there is one under this external id"}'),
        (302, ""),
        (200, '{"results": [{"outp'),
        (200, "{}"),
        (200, '{"results": []}'),
        (200, '{"results": [{}]}'),
        (200, '{"results": [{}, {}]}'),
        (200, '{"results": "fine"}'),
    ],
)
def test_an_unusable_answer_leaves_the_outcome_unknown(
    vendor: FakeVendor, path: str, write: Write, status: int, body: str
) -> None:
    vendor.answers(path, body, status=status)
    with pytest.raises(OrderOutcomeUnknown):
        write(vendor.orders())
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("output", [{}, {"order": {"orderStatus": "Open"}}])
def test_an_answer_without_an_order_id_leaves_the_outcome_unknown(
    vendor: FakeVendor, output: dict[str, Any]
) -> None:
    vendor.answers(POST, {"results": [{"output": output}]})
    with pytest.raises(OrderOutcomeUnknown, match="no order"):
        vendor.orders().post_order(ORDER)


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_nested_too_deeply_to_be_read_leaves_the_outcome_open(
    vendor: FakeVendor, status: int
) -> None:
    vendor.answers(POST, '{"x":' + "[" * 100_000, status=status)
    with pytest.raises(OrderOutcomeUnknown):
        vendor.orders().post_order(ORDER)


def test_an_error_that_comes_with_an_order_leaves_the_outcome_open(vendor: FakeVendor) -> None:
    error = {"code": 3, "message": "no"}
    vendor.answers(POST, {"results": [{"error": error, "output": {"order": {"id": "90001"}}}]})
    vendor.answers(CANCEL, {"results": [{"error": error, "output": {"id": "90001"}}]})
    with pytest.raises(OrderOutcomeUnknown):
        vendor.orders().post_order(ORDER)
    with pytest.raises(OrderOutcomeUnknown):
        vendor.orders().cancel_order("90001", "")


def test_a_cancellation_of_another_order_leaves_the_outcome_open(vendor: FakeVendor) -> None:
    vendor.answers(CANCEL, {"results": [{"output": {"id": "90002", "orderStatus": "Canceled"}}]})
    with pytest.raises(OrderOutcomeUnknown):
        vendor.orders().cancel_order("90001", "")


@pytest.mark.parametrize("ids", [["90002"], ["90002", "90001"], ["90001", "90001"]])
def test_only_the_order_that_was_asked_for_is_changed(vendor: FakeVendor, ids: list[str]) -> None:
    vendor.answers(FILTER, page(*(stored(id=i) for i in ids)))
    with pytest.raises(VendorUnexpected, match="90001"):
        vendor.orders().modify_order("90001", slices=ORDER.slices, touch_count=3)
    assert vendor.bodies(POST) == []


def test_a_batch_item_with_both_an_error_and_an_order_is_not_refused() -> None:
    both = msgspec.json.decode(
        b'{"error": {"code": 3}, "output": {"order": {"id": "90001"}}}', type=order_wire.PostResult
    )
    (outcome,) = posted_items(["ALLOC-1"], [both], "op-1", OrderDefaults())
    assert outcome.state is BatchState.UNKNOWN
