"""Pagination by opaque page tokens."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import TypeVar

from aladdin_simulator.wire.messages import bad_request

T = TypeVar("T")

_TOKEN = re.compile(r"offset:(\d{1,9})")


def page_of(found: Sequence[T], size: int, token: str | None, max_size: int) -> tuple[list[T], str | None]:
    """Return the page of a token, and the token of the next page if there is one.

    Parameters
    ----------
    found : sequence
        All results.
    size : int
        Requested size of the page; out of range means `max_size`.
    token : str, optional
        Token from the page before; None for the first page.
    max_size : int
        Largest size of a page.

    Raises
    ------
    WireFaultError
        400 for an invalid token.
    """
    start = _offset(token)
    end = start + (min(size, max_size) if size > 0 else max_size)
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
