"""Strict reading of JSON: exact numbers, and no key twice in an object."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

MAX_INTEGER_CHARACTERS = 30
"""Digits of the longest integer that is read as one; a longer one is read as a decimal, and out of bounds."""


class NotReadable(ValueError):
    """The text is no JSON that is read here; the message says why, and follows a word such as "The body"."""


def parse_json(text: str) -> Any:
    """Return what a JSON text describes, numbers with a point as decimals.

    Raises
    ------
    NotReadable
        When it is not JSON, is nested too deeply, or names a key of an object twice.
    """
    try:
        return json.loads(text, parse_float=_decimal, parse_int=_integer, object_pairs_hook=_unambiguous)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise NotReadable(f"is not JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise NotReadable("is nested too deeply") from None


def _decimal(text: str) -> Decimal:
    """Return the number that was written; one beyond all bounds is infinite, and its field refuses it."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= MAX_INTEGER_CHARACTERS else Decimal(text)


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise NotReadable(f"names the key {key[:64]!r} twice")
        found[key] = value
    return found
