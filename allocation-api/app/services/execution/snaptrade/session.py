"""One user's session at SnapTrade: calls of its SDK, each once, and typed errors without secrets.

The user's id and secret travel in the query string. So nothing that may quote a URL leaves this module: not
the exceptions of the libraries, which are not chained to ours, and not their logs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from app.services.execution.errors import (
    BrokerCredentialsExpired,
    BrokerError,
    BrokerNotFound,
    BrokerOutcomeUnknown,
    BrokerRateLimited,
    BrokerRefused,
    BrokerUnavailable,
    BrokerUnexpected,
)

T = TypeVar("T")

MAX_RETRY_AFTER_SECONDS = 3_600.0
MAX_REASON_CHARACTERS = 300

_LOGGERS = ("snaptrade_client", "urllib3.connectionpool", "urllib3.util.retry")
_REASON_KEYS = ("detail", "default_detail", "message")


@dataclass(frozen=True, slots=True)
class SnapTradeClient:
    """A client of SnapTrade: where its API is, and how it signs. `seconds` bound each answer."""

    url: str
    client_id: str
    consumer_key: str = field(repr=False)
    seconds: int


@dataclass(frozen=True, slots=True)
class SnapTradeUser:
    """A user of the client at SnapTrade."""

    user_id: str = field(repr=False)
    user_secret: str = field(repr=False)


class SnapTradeSession:
    """Calls operations for one user. For one thread: the SDK keeps the time of a signature in its state."""

    def __init__(self, client: SnapTradeClient, user: SnapTradeUser) -> None:
        self._client = client
        self._user = user

    @cached_property
    def api(self) -> Any:
        """The SDK's client. It follows no redirect and repeats nothing, and its answers have a time limit."""
        # It takes a second to load.
        import urllib3  # noqa: PLC0415
        from snaptrade_client import Configuration, SnapTrade  # noqa: PLC0415
        from snaptrade_client.auth import SnapTradeAuth  # noqa: PLC0415
        from snaptrade_client.rest import RESTClientObject  # noqa: PLC0415

        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.ERROR)
        logging.getLogger("snaptrade_client").addHandler(logging.NullHandler())  # or it writes to stderr
        limit = urllib3.Timeout(total=self._client.seconds)

        class Limited(RESTClientObject):  # type: ignore[misc]
            def request(self, *args: Any, **kwargs: Any) -> Any:
                return super().request(*args, **{**kwargs, "timeout": limit})

        auth = SnapTradeAuth.commercial_api_key(
            client_id=self._client.client_id, consumer_key=self._client.consumer_key
        )
        configuration = Configuration(host=self._client.url, auth=auth)
        configuration.retries = urllib3.Retry(total=0, redirect=0, raise_on_redirect=False)
        api = SnapTrade(configuration, auth=auth)
        api.trading.api_client.rest_client = Limited(configuration)  # the one that all of its parts share
        return api

    def read(self, operation: Callable[..., Any], **terms: Any) -> bytes:
        """Return the answer of an operation that changes nothing.

        Raises
        ------
        BrokerError
            Never `BrokerOutcomeUnknown`.
        """
        return self._call(operation, terms, writes=False)

    def write(self, operation: Callable[..., Any], **terms: Any) -> bytes:
        """Return the answer of an operation that changes something.

        Raises
        ------
        BrokerOutcomeUnknown
            When it may have been carried out. Any other error says that it was not.
        """
        return self._call(operation, terms, writes=True)

    def _call(self, operation: Callable[..., Any], terms: dict[str, Any], *, writes: bool) -> bytes:
        user = {"user_id": self._user.user_id, "user_secret": self._user.user_secret}
        try:
            return bytes(operation(**terms, **user).response.data)
        except Exception as error:  # noqa: BLE001 - whatever a write fails with, the order may be live
            failure = self._failure(error, writes=writes)
        raise failure  # here, so that it is not chained to one that quotes the URL

    def _failure(self, error: Exception, *, writes: bool) -> BrokerError:
        from snaptrade_client.exceptions import ApiException  # noqa: PLC0415

        if isinstance(error, ApiException) and error.status:
            return self._refusal(error, int(error.status), writes=writes)
        kind = type(_cause(error)).__name__
        if _is_unreached(error):
            return BrokerUnavailable(f"SnapTrade was not reached ({kind})")
        if writes:
            return BrokerOutcomeUnknown(f"SnapTrade's answer did not come ({kind})")
        return BrokerUnavailable(f"SnapTrade's answer did not come ({kind})")

    def _refusal(self, error: Any, status: int, *, writes: bool) -> BrokerError:
        words = f"SnapTrade answers HTTP {status}{self._reason(error.body)}"
        if status == 429:
            return BrokerRateLimited(words, retry_after=_retry_after(error.headers))
        if status in {401, 402}:
            return BrokerCredentialsExpired(words)
        if status == 404:
            return BrokerNotFound(words)
        if 400 <= status < 500 and status != 408:
            return BrokerRefused(words)
        if writes:
            return BrokerOutcomeUnknown(words)
        return BrokerUnavailable(words, retry_after=_retry_after(error.headers))

    def _reason(self, body: Any) -> str:
        """Return what the broker says, without what it must not say again."""
        said = _said(body)
        if said is None:
            return ""
        for secret in (self._user.user_secret, self._user.user_id, self._client.consumer_key):
            said = said.replace(secret, "***")
        return f": {said[:MAX_REASON_CHARACTERS]}"


def decoded(content: bytes, shape: type[T]) -> T:
    """Return an answer of the published shape; decimals are read from their digits.

    Raises
    ------
    BrokerUnexpected
        When it is of another shape.
    """
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BrokerUnexpected(f"SnapTrade's answer cannot be read: {error}") from error


def _said(body: Any) -> str | None:
    given = body if isinstance(body, dict) else {}
    return next((given[key] for key in _REASON_KEYS if isinstance(given.get(key), str)), None)


def _cause(error: BaseException) -> BaseException:
    """Return what a retry that gave up was about."""
    reason = getattr(error, "reason", None)
    return reason if isinstance(reason, BaseException) else error


def _is_unreached(error: Exception) -> bool:
    """Return whether no connection was made, so that nothing was sent."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError  # noqa: PLC0415

    return isinstance(_cause(error), ConnectTimeoutError | NewConnectionError)


def _retry_after(headers: Any) -> float | None:
    for name in ("Retry-After", "X-RateLimit-Reset", "X-RateLimit-Account-Reset"):
        try:
            seconds = float(headers.get(name) or "")
        except (AttributeError, ValueError):
            continue
        if 0 <= seconds <= MAX_RETRY_AFTER_SECONDS:
            return seconds
    return None
