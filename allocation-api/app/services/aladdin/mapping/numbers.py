"""Range check of the vendor's numbers."""

from __future__ import annotations

from decimal import Decimal

MAX_DIGITS = 18
"""Digits before and after the decimal point; no face, amount or price has more.

JSON sets no bounds, and a number with a billion digits would exhaust memory and time.
"""


def is_usable(number: Decimal) -> bool:
    """Return whether a number is finite and within `MAX_DIGITS` before and after the point."""
    if not number.is_finite():
        return False
    return number.is_zero() or -MAX_DIGITS <= number.adjusted() < MAX_DIGITS
