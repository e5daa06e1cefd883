"""One call over the vendor's wire: addresses, headers, and every way to fail as an error of ours."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx
import msgspec

from app.core.errors import (
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
from app.services.aladdin.wire import Fault

log = logging.getLogger(__name__)

HTTP_TIMEOUT = httpx.Timeout(30.0, connect=5.0, pool=5.0)
"""Seconds for each step of a call; compliance on a posted order must end before it."""

REQUEST_ID = "VND.com.blackrock.Request-ID"
ORIGIN_TIMESTAMP = "VND.com.blackrock.Origin-Timestamp"
RESPONSE_ID = "VND.com.blackrock.Response-ID"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the vendor's: its published name, and the path below the host."""

    name: str
    method: str
    path: str
    writes: bool = False


POSITIONS = Operation("getPositions", "GET", "/api/portfolio-mgmt/positions/v1/position")
GROUP_MEMBERS = Operation(
    "GetPortfolioGroupMembers",
    "GET",
    "/api/portfolio/configuration/portfolio-group/v1/portfolioGroups/{item}/members",
)
SECURITY_MASTER = Operation("getSecurityData", "GET", "/api/reference-data/securities/v1/security-master")
ANALYTICS = Operation("getAnalytics", "GET", "/api/portfolio-mgmt/security-analytics/v2/assets")
POST_ORDER = Operation("PostOrder", "POST", "/api/trading/order-management/order/v1/order:post", writes=True)
CANCEL_ORDER = Operation(
    "CancelOrder", "POST", "/api/trading/order-management/order/v1/order:cancel", writes=True
)
FILTER_ORDERS = Operation("FilterOrders", "POST", "/api/trading/order-management/order/v1/orders:filter")

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NOTHING_DONE = (VendorUnreached, VendorThrottled, VendorRejected)
_AMBIGUOUS_CODES = frozenset({1, 2, 4, 13, 14, 15})
"""google.rpc codes that leave open whether it was done: cancelled, unknown, deadline, internal, unavailable
and data loss."""

_STATUS_ERRORS: dict[int, type[VendorUnavailable | VendorRejected]] = {
    401: VendorDenied,
    403: VendorDenied,
    404: VendorNotFound,
    408: VendorTimedOut,
    429: VendorThrottled,
}


def utc_now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def new_request_id() -> str:
    """Return a fresh UUID."""
    return str(uuid4())


class Transport:
    """Sends single calls and decodes single answers; holds no state, so threads may share it.

    Parameters
    ----------
    http : httpx.Client
        With the tenant's host as `base_url`; transport and authentication are its own matter.
    timeout : httpx.Timeout
        Applied to every call.
    clock, request_id : callables
        Time in UTC and a fresh UUID for the two headers that the vendor requires on every call.
    """

    def __init__(
        self,
        http: httpx.Client,
        *,
        timeout: httpx.Timeout = HTTP_TIMEOUT,
        clock: Callable[[], datetime] = utc_now,
        request_id: Callable[[], str] = new_request_id,
    ) -> None:
        if not http.base_url.host:
            raise ValueError("http must have the tenant's host as base_url")
        self._http = http
        self._timeout = timeout
        self._clock = clock
        self._request_id = request_id

    def call(
        self,
        operation: Operation,
        decoder: msgspec.json.Decoder[T],
        *,
        item: str = "",
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> T:
        """Send one call, once, and decode its answer.

        Parameters
        ----------
        operation : Operation
            What to call; `{item}` in its path is filled with the quoted `item`.
        decoder : msgspec.json.Decoder
            Of the answer's type.
        params, body
            Query and JSON body.

        Raises
        ------
        OrderOutcomeUnknown
            For a write that may have been done although no usable answer came.
        VendorError
            Otherwise, one class for each way to fail.
        """
        try:
            return _decode(operation, self._send(operation, item, params, body), decoder)
        except _NOTHING_DONE:
            raise
        except VendorError as error:
            if operation.writes:
                raise outcome_unknown(operation, error.detail, error.extra) from error
            raise

    def _send(
        self, operation: Operation, item: str, params: Mapping[str, str] | None, body: bytes | None
    ) -> bytes:
        request_id = self._request_id()
        now = self._clock()
        headers = {REQUEST_ID: request_id, ORIGIN_TIMESTAMP: format_datetime(now, usegmt=True)}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = self._http.request(
                operation.method,
                operation.path.replace("{item}", quote(item, safe="")),
                params=params,
                content=body,
                headers=headers,
                timeout=self._timeout,
            )
        except httpx.RequestError as error:
            log.warning("aladdin %s request_id=%s %s", operation.name, request_id, type(error).__name__)
            raise _unanswered(operation, error, request_id) from error
        log.log(
            logging.DEBUG if response.is_success else logging.WARNING,
            "aladdin %s request_id=%s response_id=%s status=%d",
            operation.name,
            request_id,
            response.headers.get(RESPONSE_ID),
            response.status_code,
        )
        if not response.is_success:
            raise _refused(operation, response, request_id, now)
        return response.content


def outcome_unknown(operation: Operation, reason: str, extra: Mapping[str, object]) -> OrderOutcomeUnknown:
    """Return the error for a write that may or may not have been done."""
    return OrderOutcomeUnknown(
        f"{operation.name} was sent, but whether it was done is not known: {reason}",
        extra={**extra, "operation": operation.name},
    )


def item_error(operation: Operation, fault: Fault) -> VendorError:
    """Return the error for a failure inside an HTTP 200, by its google.rpc code.

    Codes that leave open whether the work was done give `OrderOutcomeUnknown` for a write.
    """
    extra = {"operation": operation.name, "vendor_code": fault.code}
    detail = f"{operation.name}: {fault.message or 'no reason given'}"
    if fault.code in _AMBIGUOUS_CODES:
        if operation.writes:
            return outcome_unknown(operation, detail, extra)
        return VendorFailed(detail, extra=extra)
    if fault.code == 5:
        return VendorNotFound(detail, extra=extra)
    if fault.code in {7, 16}:
        return VendorDenied(detail, extra=extra)
    if fault.code == 8:
        return VendorThrottled(detail, extra=extra)
    return VendorRejected(detail, extra=extra)


def _decode(operation: Operation, content: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    extra = {"operation": operation.name}
    try:
        return decoder.decode(content)
    except msgspec.ValidationError as error:
        raise VendorUnexpected(f"{operation.name}: {error}", extra=extra) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise VendorUnreadable(f"{operation.name}: {error}", extra=extra) from error


def _unanswered(operation: Operation, error: httpx.RequestError, request_id: str) -> VendorError:
    extra = {"operation": operation.name, "vendor_request_id": request_id}
    kind = type(error).__name__
    if isinstance(error, _NOT_SENT):
        return VendorUnreached(f"{operation.name}: no connection ({kind})", extra=extra)
    if isinstance(error, httpx.TimeoutException):
        return VendorTimedOut(f"{operation.name}: no answer in time ({kind})", extra=extra)
    if isinstance(error, httpx.DecodingError):
        return VendorUnreadable(f"{operation.name}: the body cannot be decompressed", extra=extra)
    return VendorUnavailable(f"{operation.name}: the connection broke ({kind})", extra=extra)


def _refused(operation: Operation, response: httpx.Response, request_id: str, now: datetime) -> VendorError:
    status = response.status_code
    fault = _fault_of(response)
    extra = {
        "operation": operation.name,
        "vendor_request_id": request_id,
        "vendor_status": status,
        "vendor_code": fault.code,
    }
    detail = f"{operation.name}: {fault.message or f'HTTP {status}'}"
    kind = _STATUS_ERRORS.get(status)
    if kind is None and not response.is_error:
        return VendorUnexpected(f"{operation.name}: HTTP {status} is not a published answer", extra=extra)
    if kind is None:
        kind = VendorFailed if response.is_server_error else VendorRejected
    if issubclass(kind, VendorUnavailable):
        return kind(detail, retry_after=_retry_after(response, now), extra=extra)
    return kind(detail, extra=extra)


_FAULT = msgspec.json.Decoder(Fault)


def _fault_of(response: httpx.Response) -> Fault:
    """Read the published error body; a proxy in between may answer with something else."""
    try:
        return _FAULT.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Fault(code=f"HTTP_{response.status_code}")


def _retry_after(response: httpx.Response, now: datetime) -> float | None:
    """Return the seconds of `Retry-After`, which is a number or an HTTP-date; None without a usable one."""
    raw = response.headers.get("Retry-After", "").strip()
    if raw.isdecimal():
        return float(raw)
    try:
        until = parsedate_to_datetime(raw)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())
