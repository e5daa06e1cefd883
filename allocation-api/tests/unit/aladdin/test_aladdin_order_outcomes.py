"""What became of an order when the vendor refuses it, fails, or its answer is lost."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.core.errors import (
    OrderOutcomeUnknown,
    VendorDenied,
    VendorError,
    VendorNotFound,
    VendorRejected,
    VendorThrottled,
    VendorUnreached,
)
from app.services.aladdin.vendor_orders import VendorOrders
from tests.unit.aladdin.fake_vendor import CANCEL, POST, FakeVendor
from tests.unit.aladdin.order_samples import ORDER


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
        (4, OrderOutcomeUnknown),
        (13, OrderOutcomeUnknown),
        (14, OrderOutcomeUnknown),
    ],
)
def test_an_item_error_inside_a_200_is_an_error(
    vendor: FakeVendor, code: int, error: type[VendorError]
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
