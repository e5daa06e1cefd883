"""Money of a face: each amount is rounded once, half a cent to even, and the three add up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.domain.money import principal, trade_money

HALF_CENT = Fraction(1, 200)


@pytest.mark.parametrize(
    ("face", "price", "factor", "expected"),
    [
        (1_000_000, "98.5", "1", "985000.00"),
        (1_000_000, "98.5", "0.5", "492500.00"),
        (1000, "98.4375", "1", "984.38"),
        (1, "98.5", "1", "0.98"),
        (3, "99.5", "1", "2.98"),
        ("491.76", "98.5", "1", "484.38"),  # 484.3836
    ],
)
def test_principal_is_face_by_price_and_factor_to_the_cent(face, price, factor, expected):
    # R1.2, R12.4
    """Half a cent goes to the even one, by hand: 0.985 to 0.98, 2.985 to 2.98."""
    assert principal(Decimal(face), Decimal(price), Decimal(factor)) == Decimal(expected)


def test_the_settlement_amount_is_not_the_sum_of_two_rounded_parts():
    # R1.2
    """By hand: 984.374 and 8.124 are 992.498, so 992.50; rounded by themselves they would be 992.49."""
    money = trade_money(1000, price=Decimal("98.4374"), accrued=Decimal("0.8124"), factor=Decimal(1))
    assert (money.principal, money.accrued, money.settlement) == (
        Decimal("984.37"),
        Decimal("8.13"),
        Decimal("992.50"),
    )


def test_the_cent_is_the_first_rounding():
    """A tiny part above half a cent, beyond 28 digits, still rounds up."""
    accrued = Decimal("0.0000000000005") + Decimal("1E-25")
    money = trade_money(10**12, price=Decimal("98.5"), accrued=accrued, factor=Decimal(1))
    assert money.settlement == Decimal("985000000000.01")


@given(
    st.integers(1, 10**12),
    st.decimals("0.0000000001", 200, places=10),
    st.decimals(0, 10, places=10),
    st.decimals("0.0000000001", "1.5", places=10),
)
def test_every_amount_is_within_half_a_cent_of_the_exact_one(face, price, accrued, factor):
    # R1.2
    """Held against fractions, which round nothing."""
    money = trade_money(face, price=price, accrued=accrued, factor=factor)
    exact = Fraction(face) * Fraction(price) * Fraction(factor) / 100
    interest = Fraction(face) * Fraction(accrued) * Fraction(factor) / 100
    assert abs(Fraction(money.principal) - exact) <= HALF_CENT
    assert abs(Fraction(money.settlement) - exact - interest) <= HALF_CENT
    assert money.principal + money.accrued == money.settlement
