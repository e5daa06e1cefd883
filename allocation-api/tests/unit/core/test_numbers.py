"""Numbers as text: one format for records, messages and tables."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.core.numbers import number_text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal("140000.0000"), "140000"),
        (800_000, "800000"),
        (Decimal("8E+5"), "800000"),
        (Decimal("98.50"), "98.5"),
        (Decimal("0.0000"), "0"),
        (Decimal("-0.00"), "0"),
        (Decimal("-0.50"), "-0.5"),
        (Decimal("1E-10"), "0.0000000001"),
        (0.00001, "0.00001"),
        (1e22, "10000000000000000000000"),
        (0.1, "0.1"),
        (Decimal("12345678901234567.89"), "12345678901234567.89"),
        (100, "100"),
        (2**53 + 1, "9007199254740993"),
    ],
)
def test_a_number_has_one_format(number: Decimal | float, text: str) -> None:
    assert number_text(number) == text
