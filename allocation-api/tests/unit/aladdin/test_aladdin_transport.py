"""What goes over the wire on every call, and every way to fail as an error of ours."""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest

from app.core.errors import InvalidRequest
from app.services.aladdin import operations
from app.services.aladdin.errors import (
    OrderOutcomeUnknown,
    VendorDenied,
    VendorError,
    VendorFailed,
    VendorNotFound,
    VendorRejected,
    VendorThrottled,
    VendorTimedOut,
    VendorUnavailable,
    VendorUnexpected,
    VendorUnreached,
    VendorUnreadable,
)
from app.services.aladdin.http_call import MAX_RETRY_AFTER_SECONDS, AnswerTooLargeError, http_call
from app.services.aladdin.transport import Transport
from app.services.domain.book import AsOf
from tests.unit.aladdin.fake_vendor import ASSETS, HOST, MASTER, MEMBERS, POSITION, FakeVendor

REQUEST_ID = "VND.com.blackrock.Request-ID"
ORIGIN_TIMESTAMP = "VND.com.blackrock.Origin-Timestamp"

LIST = msgspec.json.Decoder(list[Any])


def test_every_call_carries_a_fresh_uuid_and_an_http_date(vendor: FakeVendor) -> None:
    vendor.answers(POSITION, [])
    book = vendor.book()
    book.positions(["CORE-FI"], AsOf.SOD)
    book.positions(["CORE-FI"], AsOf.SOD)
    first, second = (uuid.UUID(request.headers[REQUEST_ID]) for request in vendor.requests)
    assert first != second
    assert [r.headers[ORIGIN_TIMESTAMP] for r in vendor.requests] == ["Thu, 05 Jun 2025 13:30:00 GMT"] * 2


def test_every_call_has_a_timeout_for_each_of_its_steps(vendor: FakeVendor) -> None:
    vendor.answers(POSITION, [])
    vendor.wire(seconds=25.0).call(operations.POSITIONS, LIST)
    timeout = vendor.requests[0].extensions["timeout"]
    assert timeout == {"connect": 5.0, "read": 25.0, "write": 25.0, "pool": 5.0}


class Dripping(httpx.SyncByteStream):
    """A body of which one byte comes every second, for ever, on a clock of its own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.now += 1.0
            yield b"["

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("operation", "error"),
    [(operations.POSITIONS, VendorTimedOut), (operations.POST_ORDER, OrderOutcomeUnknown)],
)
def test_a_body_that_never_ends_is_given_up_when_the_call_s_time_is_over(
    operation: operations.Operation, error: type[VendorError]
) -> None:
    body = Dripping()
    http = httpx.Client(
        base_url=HOST, transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=body))
    )
    with pytest.raises(error):
        Transport(http, seconds=7.0, monotonic=lambda: body.now).call(operation, LIST)
    assert body.now == 8.0
    assert body.closed


@pytest.mark.parametrize("operation_id", ["op-3f9a", "operations/batch/op 1", "a%2Fb"])
def test_the_id_of_a_long_running_operation_is_one_segment_of_the_path(
    vendor: FakeVendor, operation_id: str
) -> None:
    path = "/api/trading/order-management/order/v1/longrunningoperations/" + quote(operation_id, safe="")
    vendor.answers(path, [])
    vendor.wire().call(operations.LONG_RUNNING_OPERATION, LIST, item=operation_id)
    assert vendor.requests[0].url.raw_path == path.encode()


def test_several_tickers_travel_in_one_call_and_the_plus_is_quoted(vendor: FakeVendor) -> None:
    vendor.answers(POSITION, [])
    vendor.book().positions(["CORE-FI", "BIG6"], AsOf.TRADES_AND_ORDERS)
    (request,) = vendor.requests
    assert request.url.raw_path.endswith(b"/position?portGroup=CORE-FI%2CBIG6&posType=SOD%2BTrades%2BOrders")


def test_a_ticker_in_a_path_is_quoted(vendor: FakeVendor) -> None:
    vendor.answers(MEMBERS.format("A%2FB%20C"), {"nodes": []})
    vendor.book().group_members(["A/B C"])
    assert vendor.requests[0].url.raw_path == MEMBERS.format("A%2FB%20C").encode()


@pytest.mark.parametrize("name", ["", " ", "A,B", "-TEST"])
def test_a_ticker_that_would_change_the_meaning_of_the_list_is_refused(vendor: FakeVendor, name: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        vendor.book().positions(["CORE-FI", name], AsOf.SOD)
    assert caught.value.errors[0].field == "groups_or_accounts"
    assert vendor.requests == []


def test_asking_for_nothing_sends_nothing(vendor: FakeVendor) -> None:
    book = vendor.book()
    assert book.positions([], AsOf.SOD) == ()
    assert book.securities([]) == {}
    assert book.analytics([]) == {}
    assert book.ratings([]) == {}
    assert book.group_members([]) == ()
    assert vendor.orders().orders([]) == ()
    assert vendor.orders().orders_of_baskets([], date(2025, 6, 5)) == ()
    assert vendor.requests == []


@pytest.mark.parametrize(
    ("status", "error", "retryable"),
    [
        (302, VendorUnexpected, False),
        (400, VendorRejected, False),
        (401, VendorDenied, False),
        (403, VendorDenied, False),
        (404, VendorNotFound, False),
        (408, VendorTimedOut, True),
        (429, VendorThrottled, True),
        (500, VendorFailed, True),
        (503, VendorFailed, True),
    ],
)
def test_each_http_status_is_an_error_of_its_own(
    vendor: FakeVendor, *, status: int, error: type[VendorError], retryable: bool
) -> None:
    vendor.answers(POSITION, {"code": "INVALID_PORTFOLIO", "message": "X is not known"}, status=status)
    with pytest.raises(VendorError) as caught:
        vendor.book().positions(["X"], AsOf.SOD)
    assert type(caught.value) is error
    assert caught.value.retryable is retryable
    assert caught.value.extra["operation"] == "getPositions"
    assert caught.value.extra["vendor_code"] == "INVALID_PORTFOLIO"
    assert caught.value.extra["vendor_request_id"] == vendor.requests[0].headers[REQUEST_ID]


def test_the_vendors_own_words_are_in_the_detail(vendor: FakeVendor) -> None:
    vendor.answers(POSITION, {"code": "INVALID_PORTFOLIO", "message": "XYZ-1 is not known"}, status=400)
    with pytest.raises(VendorRejected, match="getPositions: XYZ-1 is not known"):
        vendor.book().positions(["XYZ-1"], AsOf.SOD)


def test_an_error_page_of_a_proxy_is_still_the_right_error(vendor: FakeVendor) -> None:
    vendor.answers(POSITION, "<html>Forbidden</html>", status=403)
    with pytest.raises(VendorDenied, match="HTTP 403") as caught:
        vendor.book().positions(["X"], AsOf.SOD)
    assert caught.value.extra["vendor_code"] == "HTTP_403"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("Thu, 05 Jun 2025 13:30:20 GMT", 20.0),
        ("Thu, 05 Jun 2025 13:00:00 GMT", 0.0),
        ("soon", None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(
    vendor: FakeVendor, header: str, seconds: float | None
) -> None:
    vendor.answers(POSITION, {"code": "QUOTA", "message": "slow down"}, status=429, retry_after=header)
    with pytest.raises(VendorThrottled) as caught:
        vendor.book().positions(["X"], AsOf.SOD)
    assert caught.value.retry_after == seconds


def test_a_429_without_retry_after_says_none(vendor: FakeVendor) -> None:
    vendor.answers(POSITION, "", status=429)
    with pytest.raises(VendorThrottled) as caught:
        vendor.book().positions(["X"], AsOf.SOD)
    assert caught.value.retry_after is None


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (httpx.ConnectError, VendorUnreached),
        (httpx.ConnectTimeout, VendorUnreached),
        (httpx.PoolTimeout, VendorUnreached),
        (httpx.ReadTimeout, VendorTimedOut),
        (httpx.WriteTimeout, VendorTimedOut),
        (httpx.ReadError, VendorUnavailable),
        (httpx.RemoteProtocolError, VendorUnavailable),
        (httpx.DecodingError, VendorUnreadable),
    ],
)
def test_each_failure_of_the_connection_is_an_error_of_its_own(
    vendor: FakeVendor, failure: type[httpx.RequestError], error: type[VendorError]
) -> None:
    vendor.fails(POSITION, failure)
    with pytest.raises(VendorError, match="getPositions") as caught:
        vendor.book().positions(["X"], AsOf.SOD)
    assert type(caught.value) is error
    assert caught.value.retryable
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("body", ['[{"portfolioName": "CORE', "", "<html/>", b"\xff\xfe[]"])
def test_what_is_not_json_is_unreadable_and_may_be_asked_again(vendor: FakeVendor, body: str | bytes) -> None:
    vendor.answers(POSITION, body)
    with pytest.raises(VendorUnreadable) as caught:
        vendor.book().positions(["X"], AsOf.SOD)
    assert caught.value.retryable


def test_json_of_another_shape_is_unexpected_and_names_the_place(vendor: FakeVendor) -> None:
    vendor.answers(POSITION, [{"portfolioName": "A", "oad": "long"}])
    with pytest.raises(VendorUnexpected, match=r"\$\[0\]\.oad") as caught:
        vendor.book().positions(["X"], AsOf.SOD)
    assert not caught.value.retryable


@pytest.mark.parametrize("path", [MASTER, ASSETS])
def test_an_answer_without_its_required_map_is_unexpected(vendor: FakeVendor, path: str) -> None:
    vendor.answers(path, {})
    ask = vendor.book().securities if path == MASTER else vendor.book().analytics
    with pytest.raises(VendorUnexpected, match="missing required field"):
        ask(["999999AA3"])


def test_a_wire_without_a_host_is_refused() -> None:
    with pytest.raises(ValueError, match="base_url"):
        Transport(httpx.Client())


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("9" * 400, MAX_RETRY_AFTER_SECONDS),
        ("Fri, 31 Dec 9999 23:59:59 GMT", MAX_RETRY_AFTER_SECONDS),
        ("Thu, 05 Jun 2025 13:30:20 GMT", 20.0),
        ("Mon, 99999999999999999999 Jan 2024 00:00:00 GMT", None),
        ("-5", None),
    ],
)
def test_a_wait_that_cannot_be_is_bounded_or_none(
    vendor: FakeVendor, said: str, seconds: float | None
) -> None:
    vendor.answers(POSITION, "", status=429, Retry_After=said)
    with pytest.raises(VendorThrottled) as caught:
        vendor.book().positions(["CORE-FI"], AsOf.SOD)
    assert caught.value.retry_after == seconds


def test_an_answer_without_an_end_is_given_up() -> None:
    stream = Dripping()
    client = httpx.Client(
        base_url=HOST, transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=stream))
    )
    with pytest.raises(AnswerTooLargeError):
        http_call(client, "GET", "/x", headers={}, seconds=1e9, monotonic=lambda: stream.now, max_bytes=1000)
    assert stream.now <= 1001


def test_an_answer_that_is_too_large_is_no_published_one(vendor: FakeVendor) -> None:
    vendor.fails(POSITION, AnswerTooLargeError)
    with pytest.raises(VendorUnexpected):
        vendor.book().positions(["CORE-FI"], AsOf.SOD)
