"""Which of the vendor's numbers can be reckoned with."""

from __future__ import annotations

from decimal import Decimal

MOST_DIGITS = 18
"""Before and after the point: no face, amount or price of a desk has more.

JSON sets no bounds, and a whole number of a billion digits takes all the memory and time that there is.
"""


def is_usable(number: Decimal) -> bool:
    """Say whether a number is finite, and neither too large nor too small to be one of a desk's."""
    if not number.is_finite():
        return False
    return number.is_zero() or -MOST_DIGITS <= number.adjusted() < MOST_DIGITS
