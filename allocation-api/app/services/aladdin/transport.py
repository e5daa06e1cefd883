"""Single calls to the vendor over HTTP: URLs, headers, and the mapping of every failure to an error class."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Protocol, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx
import msgspec

from app.core.clock import Clock, utc_now
from app.services.aladdin.credentials import ClientCredentials
from app.services.aladdin.errors import (
    OrderOutcomeUnknown,
    VendorDenied,
    VendorError,
    VendorFailed,
    VendorLoginFailed,
    VendorNotFound,
    VendorRejected,
    VendorThrottled,
    VendorTimedOut,
    VendorUnavailable,
    VendorUnexpected,
    VendorUnreached,
    VendorUnreadable,
)
from app.services.aladdin.http_call import UNREADABLE, AnswerTooLargeError, Reply, http_call
from app.services.aladdin.operations import Operation
from app.services.aladdin.wire import Fault

log = logging.getLogger(__name__)

CALL_SECONDS = 30.0
"""Timeout of one call; the vendor's compliance check on a posted order must end before it."""

REQUEST_ID = "VND.com.blackrock.Request-ID"
ORIGIN_TIMESTAMP = "VND.com.blackrock.Origin-Timestamp"
RESPONSE_ID = "VND.com.blackrock.Response-ID"

T = TypeVar("T")

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NOTHING_DONE = (VendorUnreached, VendorLoginFailed, VendorThrottled, VendorRejected)
_REFUSALS = frozenset({3, 5, 7, 8, 9, 11, 12, 16})
"""google.rpc codes of a refusal, after which nothing was done: invalid argument, not found, permission
denied, resource exhausted, failed precondition, out of range, unimplemented, unauthenticated. After any other
code, published or not, the outcome is unknown; after "already exists", too, since an earlier attempt of the
same write may have caused it."""

_STATUS_ERRORS: dict[int, type[VendorUnavailable | VendorRejected]] = {
    401: VendorDenied,
    403: VendorDenied,
    404: VendorNotFound,
    408: VendorTimedOut,
    409: VendorFailed,  # the outcome of a write is unknown: its own first attempt may be what exists already
    429: VendorThrottled,
}


def new_request_id() -> str:
    """Return a fresh UUID."""
    return str(uuid4())


class Wire(Protocol):
    """Port to the vendor: carries out one published operation."""

    def call(
        self,
        operation: Operation,
        decoder: msgspec.json.Decoder[T],
        *,
        item: str = "",
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> T:
        """Carry out one operation and decode its answer; see `Transport.call`."""
        ...


class Transport:
    """HTTP adapter of `Wire`: sends a call once and decodes its answer. Stateless, safe to share.

    Parameters
    ----------
    http : httpx.Client
        With the tenant's host as `base_url`.
    credentials : ClientCredentials or None
        Source of the authentication headers; None sends none.
    seconds : float
        Timeout of one call; see `http_call`.
    clock, request_id : callables
        Time in UTC and a fresh UUID for the two headers that the vendor requires on every call.
    monotonic : callable
        Seconds on a clock that only goes forward.
    """

    def __init__(
        self,
        http: httpx.Client,
        credentials: ClientCredentials | None = None,
        *,
        seconds: float = CALL_SECONDS,
        clock: Clock = utc_now,
        request_id: Callable[[], str] = new_request_id,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if not http.base_url.host:
            raise ValueError("http must have the tenant's host as base_url")
        self._http = http
        self._credentials = credentials
        self._seconds = seconds
        self._clock = clock
        self._request_id = request_id
        self._monotonic = monotonic

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

        A call that is refused with a 401 is sent once more with a renewed token.

        Parameters
        ----------
        operation : Operation
            Operation to call; `{item}` in its path is filled with the quoted `item`.
        decoder : msgspec.json.Decoder
            Decoder of the answer's type.
        params, body
            Query and JSON body.

        Raises
        ------
        OrderOutcomeUnknown
            For a write that may have been done although no usable answer came.
        VendorError
            Any other failure, one class for each kind.
        """
        try:
            return _decode(operation, self._content(operation, item, params, body), decoder)
        except _NOTHING_DONE:
            raise
        except VendorError as error:
            if operation.writes:
                raise outcome_unknown(operation, error.detail, error.extra) from error
            raise

    def _content(
        self, operation: Operation, item: str, params: Mapping[str, str] | None, body: bytes | None
    ) -> bytes:
        authentication = self._credentials.headers() if self._credentials else {}
        reply, request_id = self._send(operation, item, params, body, authentication)
        if reply.status == httpx.codes.UNAUTHORIZED and self._credentials:
            # Tokens are checked before a request is read, so this is no second order, even for a write.
            authentication = self._credentials.renewed(authentication)
            reply, request_id = self._send(operation, item, params, body, authentication)
        if not reply.is_success:
            raise _refused(operation, reply, request_id, self._clock(), authentication)
        return reply.content

    def _send(
        self,
        operation: Operation,
        item: str,
        params: Mapping[str, str] | None,
        body: bytes | None,
        authentication: Mapping[str, str],
    ) -> tuple[Reply, str]:
        request_id = self._request_id()
        headers = {
            **authentication,
            REQUEST_ID: request_id,
            ORIGIN_TIMESTAMP: format_datetime(self._clock(), usegmt=True),
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            reply = http_call(
                self._http,
                operation.method,
                operation.path.replace("{item}", quote(item, safe="")),
                headers=headers,
                params=params,
                content=body,
                seconds=self._seconds,
                monotonic=self._monotonic,
            )
        except httpx.RequestError as error:
            log.warning("aladdin %s request_id=%s %s", operation.name, request_id, type(error).__name__)
            raise _unanswered(operation, error, request_id) from error
        log.log(
            logging.DEBUG if reply.is_success else logging.WARNING,
            "aladdin %s request_id=%s response_id=%s status=%d",
            operation.name,
            request_id,
            reply.headers.get(RESPONSE_ID),
            reply.status,
        )
        return reply, request_id


def outcome_unknown(operation: Operation, reason: str, extra: Mapping[str, object]) -> OrderOutcomeUnknown:
    """Return the error for a write that may or may not have been done."""
    return OrderOutcomeUnknown(
        f"{operation.name} was sent, but its outcome is not known: {reason}",
        extra={**extra, "operation": operation.name},
    )


def item_error(operation: Operation, fault: Fault) -> VendorError:
    """Return the error for a failure inside an HTTP 200, by its google.rpc code.

    After a code of a refusal nothing was done; any other gives `OrderOutcomeUnknown` for a write.
    """
    extra = {"operation": operation.name, "vendor_code": fault.code}
    detail = f"{operation.name}: {fault.message or 'no reason given'}"
    if fault.code not in _REFUSALS:
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
    except UNREADABLE as error:
        raise VendorUnreadable(f"{operation.name}: {error}", extra=extra) from error


def _unanswered(operation: Operation, error: httpx.RequestError, request_id: str) -> VendorError:
    extra = {"operation": operation.name, "vendor_request_id": request_id}
    kind = type(error).__name__
    if isinstance(error, _NOT_SENT):
        return VendorUnreached(f"{operation.name}: no connection ({kind})", extra=extra)
    if isinstance(error, httpx.TimeoutException):
        return VendorTimedOut(f"{operation.name}: no answer in time ({kind})", extra=extra)
    if isinstance(error, AnswerTooLargeError):
        return VendorUnexpected(f"{operation.name}: {error}", extra=extra)
    if isinstance(error, httpx.DecodingError):
        return VendorUnreadable(f"{operation.name}: the body cannot be decompressed", extra=extra)
    return VendorUnavailable(f"{operation.name}: the connection was lost ({kind})", extra=extra)


def _refused(
    operation: Operation, reply: Reply, request_id: str, now: datetime, authentication: Mapping[str, str]
) -> VendorError:
    status = reply.status
    fault = _fault_of(reply)
    extra = {
        "operation": operation.name,
        "vendor_request_id": request_id,
        "vendor_status": status,
        "vendor_code": _redacted(str(fault.code), authentication),
    }
    detail = f"{operation.name}: {_redacted(fault.message or '', authentication) or f'HTTP {status}'}"
    kind = _STATUS_ERRORS.get(status)
    if kind is None and not httpx.codes.is_error(status):
        return VendorUnexpected(f"{operation.name}: HTTP {status} is not a published answer", extra=extra)
    if kind is None:
        kind = VendorFailed if httpx.codes.is_server_error(status) else VendorRejected
    if issubclass(kind, VendorUnavailable):
        return kind(detail, retry_after=reply.retry_after(now), extra=extra)
    return kind(detail, extra=extra)


def _redacted(text: str, authentication: Mapping[str, str]) -> str:
    """Return the vendor's text with our credentials masked, should it quote them."""
    for secret in authentication.values():
        text = text.replace(secret.removeprefix("Bearer "), "...")
    return text


_FAULT = msgspec.json.Decoder(Fault)


def _fault_of(reply: Reply) -> Fault:
    """Decode the published error body; the answer of a proxy in between may have another."""
    try:
        return _FAULT.decode(reply.content)
    except UNREADABLE:
        return Fault(code=f"HTTP_{reply.status}")
