"""One request and its whole answer within a bounded time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import msgspec

CONNECT_SECONDS = 5.0
"""For opening a connection, and for getting one out of the pool."""

LARGEST_ANSWER = 512 * 1024 * 1024
"""Bytes, decompressed: some 10 kB for each of the 50,000 positions that the vendor gives at most."""

LONGEST_PAUSE = 86_400.0
"""Seconds that an answer can ask us to wait."""


UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoders raise for a body that is not what it should be; the last for a deeply nested one."""


class AnswerTooLargeError(httpx.RequestError):
    """An answer was given up because it would not end."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that has arrived in full."""

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
            return min(float(raw), LONGEST_PAUSE)
        try:
            until = parsedate_to_datetime(raw)
            seconds = (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
        except (ValueError, OverflowError):
            return None
        return min(max(0.0, seconds), LONGEST_PAUSE)


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
    largest: int = LARGEST_ANSWER,
) -> Reply:
    """Send one request and read its whole answer.

    Parameters
    ----------
    http : httpx.Client
        Its own headers and authentication apply as well.
    seconds : float
        For each step of sending and waiting, and for all of it up to the last part of the body, so that a
        body which comes a little at a time does not hold us for longer. Headers are not bounded that way.
    monotonic : callable
        Seconds on a clock that only goes forward.
    content, form
        The body: bytes, or fields to be form-encoded.
    largest : int
        Bytes of the answer's body that are taken.

    Raises
    ------
    httpx.RequestError
        When there is no whole answer; `AnswerTooLargeError` when there is too much of it.
    """
    opening = min(CONNECT_SECONDS, seconds)
    until = monotonic() + seconds
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
            if size > largest:
                raise AnswerTooLargeError(f"more than {largest:,} bytes", request=response.request)
            if monotonic() > until:
                raise httpx.ReadTimeout(f"no whole answer in {seconds:g} s", request=response.request)
    return Reply(response.status_code, response.headers, b"".join(parts))
