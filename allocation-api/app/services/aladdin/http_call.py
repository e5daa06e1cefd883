"""One HTTP request with a deadline for its whole response and a limit on its size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import msgspec

CONNECT_SECONDS = 5.0
"""Timeout for opening a connection, and for taking one from the pool."""

MAX_ANSWER_BYTES = 512 * 1024 * 1024
"""Decompressed: some 10 kB for each of the 50,000 positions that the vendor returns at most."""

MAX_RETRY_AFTER_SECONDS = 86_400.0
"""Longest `Retry-After` that is honoured."""


UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""Errors of the JSON decoder for a malformed body; the last for one nested too deeply."""


class AnswerTooLargeError(httpx.RequestError):
    """A response exceeds the limit on its size."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A response that was received in full."""

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is a 2xx."""
        return httpx.codes.is_success(self.status)

    def retry_after(self, now: datetime) -> float | None:
        """Return the seconds of `Retry-After`, a number or an HTTP-date; None without a usable one."""
        raw = self.headers.get("Retry-After", "").strip()
        if raw.isascii() and raw.isdecimal():
            return min(float(raw), MAX_RETRY_AFTER_SECONDS)
        try:
            until = parsedate_to_datetime(raw)
            seconds = (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
        except (ValueError, OverflowError):
            return None
        return min(max(0.0, seconds), MAX_RETRY_AFTER_SECONDS)


def http_call(
    http: httpx.Client,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    seconds: float,
    monotonic: Callable[[], float],
    params: Mapping[str, str] | None = None,
    content: bytes | None = None,
    form: Mapping[str, str] | None = None,
    max_bytes: int = MAX_ANSWER_BYTES,
) -> Reply:
    """Send one request and read its whole response, within a deadline and a size.

    Parameters
    ----------
    http : httpx.Client
        Its own headers and authentication apply as well.
    seconds : float
        Timeout of each step (connect, write, read), and deadline for the last part of the body, so that a
        body which arrives bit by bit is cut off, too. Headers that arrive bit by bit are not.
    monotonic : callable
        Seconds on a clock that only goes forward.
    content, form
        The body: bytes, or fields to be form-encoded.
    max_bytes : int
        Largest body, decompressed, that is accepted.

    Raises
    ------
    httpx.RequestError
        When there is no whole response; `AnswerTooLargeError` when it exceeds `max_bytes`.
    """
    opening = min(CONNECT_SECONDS, seconds)
    deadline = monotonic() + seconds
    with http.stream(
        method,
        url,
        params=params,
        content=content,
        data=form,
        headers=headers,
        timeout=httpx.Timeout(seconds, connect=opening, pool=opening),
        follow_redirects=False,
    ) as response:
        parts, size = [], 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > max_bytes:
                raise AnswerTooLargeError(
                    f"the answer has more than {max_bytes:,} bytes", request=response.request
                )
            if monotonic() > deadline:
                raise httpx.ReadTimeout(f"no whole answer in {seconds:g} s", request=response.request)
    return Reply(response.status_code, response.headers, b"".join(parts))
