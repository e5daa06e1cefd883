"""Face amounts as exact numbers: an int where whole, a Decimal where a position has cents of face.

Orders and lots are whole units nearly always, and an int says so; the type changes only with the amount, so
that equal amounts are equal in every stored document.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from app.core.numbers import FACE_UNIT

Face = int | Decimal
"""A face amount with at most four decimals."""

MAX_ORDER_FACE = 1_000_000_000_000
"""Largest face of an order."""

MAX_FACE_DECIMALS = 4
"""Decimals that a face amount may have, as many as the columns keep."""


def exact_face(value: Face) -> Face:
    """Return an amount as an int where it is whole, else as a Decimal without trailing zeros."""
    return int(value) if value == int(value) else Decimal(value).normalize()


def floored_face(value: Decimal) -> Face:
    """Return the largest amount with at most four decimals that is not above `value`."""
    return exact_face(value.quantize(FACE_UNIT, ROUND_FLOOR))


def face_decimals(value: Face) -> int:
    """Return how many decimals an amount has, trailing zeros aside."""
    if value == int(value):
        return 0
    exponent = Decimal(value).normalize().as_tuple().exponent
    return -int(exponent)


def face_text(value: Face) -> str:
    """Return an amount as sentences have it: `1,000`, or `491.76` without trailing zeros."""
    return f"{exact_face(value):,}"


def face_number(value: Face) -> int | float:
    """Return an amount as a JSON number."""
    return int(value) if value == int(value) else float(value)
