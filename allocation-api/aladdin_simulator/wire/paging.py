"""Pages of answers, and the tokens that lead from one to the next."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import TypeVar

from aladdin_simulator.wire.messages import bad_request

T = TypeVar("T")

_TOKEN = re.compile(r"offset:(\d{1,9})")


def page_of(found: Sequence[T], size: int, token: str | None, largest: int) -> tuple[list[T], str | None]:
    """Return the page that a token leads to, and the token of the next one if there is one.

    Parameters
    ----------
    found : sequence
        Everything that was found.
    size : int
        How many are wanted on a page; out of range means `largest`.
    token : str, optional
        From the page before; the first page without.
    largest : int
        How many fit on a page.

    Raises
    ------
    WireFaultError
        400 for a token that was not given out.
    """
    start = _offset(token)
    end = start + (min(size, largest) if size > 0 else largest)
    return list(found[start:end]), _token(end) if end < len(found) else None


def _token(offset: int) -> str:
    return base64.b64encode(f"offset:{offset}".encode()).decode()


def _offset(token: str | None) -> int:
    if not token:
        return 0
    try:
        match = _TOKEN.fullmatch(base64.b64decode(token, validate=True).decode())
    except (binascii.Error, UnicodeDecodeError):
        match = None
    if match is None:
        raise bad_request("INVALID_ARGUMENT", "pageToken: is not one that this operation gave out")
    return int(match[1])
