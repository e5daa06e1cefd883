"""Numbers: the units in which amounts are stored, and one text for each number."""

from __future__ import annotations

from decimal import Decimal

CENT, FACE_UNIT, PRICE_UNIT = Decimal("0.01"), Decimal("0.0001"), Decimal("0.0000000001")
"""Units of which stored money, faces and clean prices are multiples."""


def number_text(number: Decimal | float) -> str:
    """Return all digits of a number, without an exponent and without zeros at the end of a fraction.

    So equal numbers are equal texts, whatever type they had and whatever database they come from.
    """
    text = f"{Decimal(repr(number) if isinstance(number, float) else number):f}"
    short = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if short == "-0" else short
