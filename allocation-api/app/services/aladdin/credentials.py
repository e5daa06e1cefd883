"""OAuth 2.0 client credentials grant (RFC 6749, section 4.4): one access token, shared and renewed."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

import httpx
import msgspec

from app.core.clock import Clock, utc_now
from app.services.aladdin.errors import VendorLoginFailed, VendorLoginRefused
from app.services.aladdin.http_call import UNREADABLE, Reply, http_call

log = logging.getLogger(__name__)

API_KEY = "VND.com.blackrock.API-Key"

LOGIN = "login"
"""Name of the token call in errors and logs."""

LOGIN_SECONDS = 10.0
"""Timeout of the token call; a thread waits at most twice as long for the call of another thread."""

DEFAULT_TOKEN_SECONDS = 300.0
"""Lifetime of a token whose answer states no usable one."""
MAX_TOKEN_SECONDS = 86_400.0
RENEW_EARLY_SECONDS = 60.0
"""A token is renewed this long before it expires, or a tenth of its lifetime before where that is less."""

_EXTRA = {"operation": LOGIN}
_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")  # RFC 6750, section 2.1
_REASONS = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    }
)
"""Error codes of RFC 6749, section 5.2. Nothing else of a refusal is passed on: it might quote secrets."""


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """OAuth client as the tenant has registered it, and its token endpoint.

    Parameters
    ----------
    scope : str or None
        Scopes separated by spaces; None requests the tenant's default.
    api_key : str or None
        Sent beside the token, for tenants that require one.
    """

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str | None = None
    api_key: str | None = field(default=None, repr=False)


class TokenAnswer(msgspec.Struct):
    """Token response (RFC 6749, section 5.1); tenants may leave out all but the token and its lifetime."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105
    expires_in: float | str | None = None


class RefusalAnswer(msgspec.Struct):
    """Error response (RFC 6749, section 5.2)."""

    error: str = ""


_TOKEN_ANSWER = msgspec.json.Decoder(TokenAnswer)
_REFUSAL = msgspec.json.Decoder(RefusalAnswer)


@dataclass(frozen=True, slots=True)
class _Token:
    value: str = field(repr=False)
    fresh_until: float


class ClientCredentials:
    """Cached access token: gives the authentication headers of a call, and renews the token when it is due.

    Concurrent callers share one fetch (single flight), and its failure. Safe to share between threads.

    Parameters
    ----------
    http : httpx.Client
        Connection to the token endpoint.
    client : OAuthClient
        Credentials to log in with.
    monotonic : callable
        Seconds on a clock that only goes forward.
    clock : callable
        Time in UTC, to read a `Retry-After` that is a date.
    """

    def __init__(
        self,
        http: httpx.Client,
        client: OAuthClient,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Clock = utc_now,
    ) -> None:
        self._http = http
        self._client = client
        self._monotonic = monotonic
        self._clock = clock
        self._lock = Lock()
        self._token: _Token | None = None
        self._fetches = 0
        self._failure: VendorLoginFailed | VendorLoginRefused | None = None

    def headers(self) -> Mapping[str, str]:
        """Return the authentication headers of a call.

        Raises
        ------
        VendorLoginFailed
            When the login service gives no usable answer; it may be tried again.
        VendorLoginRefused
            When it refuses our credentials.
        """
        token = self._token
        if token is None or self._monotonic() >= token.fresh_until:
            token = self._fetched(instead_of=token)
        return self._headers(token)

    def renewed(self, refused: Mapping[str, str]) -> Mapping[str, str]:
        """Return headers with another token than the refused one; errors as for `headers`."""
        token = self._token
        if token is None or self._headers(token) == refused:
            token = self._fetched(instead_of=token)
        return self._headers(token)

    def _headers(self, token: _Token) -> Mapping[str, str]:
        headers = {"Authorization": f"Bearer {token.value}"}
        if self._client.api_key is not None:
            headers[API_KEY] = self._client.api_key
        return headers

    def _fetched(self, *, instead_of: _Token | None) -> _Token:
        """Fetch a token, or share the result of a fetch that is under way: its token or its failure."""
        before = self._fetches
        if not self._lock.acquire(timeout=2 * LOGIN_SECONDS):
            raise VendorLoginFailed(
                f"{LOGIN}: no token in {2 * LOGIN_SECONDS:g} s from the call that fetches one", extra=_EXTRA
            )
        try:
            if self._token is not None and self._token is not instead_of:
                return self._token
            if self._fetches != before and self._failure is not None:
                raise _copied(self._failure) from self._failure
            self._failure = None
            try:
                self._token = self._fetch()
            except (VendorLoginFailed, VendorLoginRefused) as failure:
                log.warning("aladdin %s: %s", failure.code, failure.detail)
                self._failure = failure
                raise
            finally:
                self._fetches += 1
            return self._token
        finally:
            self._lock.release()

    def _fetch(self) -> _Token:
        client = self._client
        form = {
            "grant_type": "client_credentials",
            "client_id": client.client_id,
            "client_secret": client.client_secret,
        }
        if client.scope:
            form["scope"] = client.scope
        sent_at = self._monotonic()
        try:
            reply = http_call(
                self._http,
                "POST",
                client.token_url,
                headers={"Accept": "application/json"},
                form=form,
                seconds=LOGIN_SECONDS,
                monotonic=self._monotonic,
            )
        except httpx.RequestError as error:
            kind = type(error).__name__
            raise VendorLoginFailed(f"{LOGIN}: no answer ({kind})", extra=_EXTRA) from error
        if reply.status != httpx.codes.OK:
            raise self._refused(reply)
        token = _read(reply.content)
        lifetime = _lifetime(token.expires_in)
        log.info("aladdin %s: token for %d s", LOGIN, lifetime)
        # Counted from before the request, so that it never ends later than at the vendor.
        return _Token(token.access_token, sent_at + lifetime - min(RENEW_EARLY_SECONDS, lifetime / 10))

    def _refused(self, reply: Reply) -> VendorLoginFailed | VendorLoginRefused:
        extra = {**_EXTRA, "vendor_status": reply.status}
        detail = f"{LOGIN}: the login service answers HTTP {reply.status}"
        if httpx.codes.is_server_error(reply.status) or reply.status in {
            httpx.codes.REQUEST_TIMEOUT,
            httpx.codes.TOO_MANY_REQUESTS,
        }:
            return VendorLoginFailed(detail, retry_after=reply.retry_after(self._clock()), extra=extra)
        try:
            reason = _REFUSAL.decode(reply.content).error
        except UNREADABLE:
            reason = ""
        if reason in _REASONS:
            return VendorLoginRefused(f"{detail}: {reason}", extra={**extra, "vendor_code": reason})
        return VendorLoginRefused(detail, extra=extra)


def _copied(failure: VendorLoginFailed | VendorLoginRefused) -> VendorLoginFailed | VendorLoginRefused:
    """Return a copy: threads that raise the same exception object write into each other's traceback."""
    if isinstance(failure, VendorLoginFailed):
        return VendorLoginFailed(failure.detail, retry_after=failure.retry_after, extra=failure.extra)
    return VendorLoginRefused(failure.detail, extra=failure.extra)


def _read(content: bytes) -> TokenAnswer:
    try:
        token = _TOKEN_ANSWER.decode(content)
    except UNREADABLE as error:
        raise VendorLoginFailed(f"{LOGIN}: the answer cannot be read: {error}", extra=_EXTRA) from error
    if token.token_type.lower() != "bearer":
        raise VendorLoginFailed(f"{LOGIN}: the token is not a bearer token", extra=_EXTRA)
    # Checked here because the HTTP client's error for an invalid header would quote the token.
    if not _TOKEN.fullmatch(token.access_token):
        raise VendorLoginFailed(f"{LOGIN}: the token is not a valid bearer token (RFC 6750)", extra=_EXTRA)
    return token


def _lifetime(stated: float | str | None) -> float:
    """Return the token's lifetime in seconds: as stated, at most the maximum, else the default."""
    try:
        seconds = float(stated if stated is not None else 0)
    except ValueError:
        seconds = 0.0
    return min(seconds, MAX_TOKEN_SECONDS) if seconds >= 1 else DEFAULT_TOKEN_SECONDS
