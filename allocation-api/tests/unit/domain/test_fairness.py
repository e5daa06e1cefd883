"""Entitlements, scopes and carried balances; golden numbers are worked out by hand beside each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.domain.fairness import (
    Carry,
    EntitlementWeights,
    FairnessPolicy,
    LedgerScope,
    carried,
    entitlements,
    scope_of,
)

UNIT = Decimal("0.0001")
ACCOUNTS = st.sampled_from([f"A{i}" for i in range(12)])
FACES = st.integers(0, 10**14).map(lambda units: units * UNIT)
WEIGHTS = st.dictionaries(
    ACCOUNTS, st.decimals(0, 10**12, places=4, allow_nan=False, allow_infinity=False), min_size=1
).filter(lambda found: sum(found.values()) > 0)
HALVED = FairnessPolicy("p", 1, carry=Carry.HALF_LIFE, half_life_days=30)
YEARLY = FairnessPolicy("p", 1)


@given(FACES, WEIGHTS)
def test_entitlements_add_up_and_lie_within_a_unit_of_the_exact_share(total, weights):
    """R15.2"""
    found = entitlements(total, weights)
    assert sum(found.values()) == total
    for account, face in found.items():
        exact = Fraction(total) * Fraction(weights[account]) / Fraction(sum(weights.values()))
        assert abs(Fraction(face) - exact) < Fraction(UNIT)
        assert face == face.quantize(UNIT)


@given(FACES, WEIGHTS)
def test_the_order_of_accounts_changes_no_entitlement(total, weights):
    """R15.2"""
    assert entitlements(total, dict(reversed(weights.items()))) == entitlements(total, weights)


def test_a_share_of_thirds_gives_the_unit_that_is_left_to_the_first_account():
    """1 / 3 is 0.3333 and a third of a unit each: one unit is left, and the tie goes by account id."""
    found = entitlements(Decimal(1), {"C": Decimal(1), "A": Decimal(1), "B": Decimal(1)})
    assert found == {"A": Decimal("0.3334"), "B": Decimal("0.3333"), "C": Decimal("0.3333")}


def test_an_account_without_weight_is_entitled_to_nothing():
    assert entitlements(Decimal(100), {"A": Decimal(0), "B": Decimal("2.5")}) == {"A": 0, "B": 100}


def test_without_a_weight_there_is_nothing_to_share_by():
    with pytest.raises(ValueError, match="positive weight"):
        entitlements(Decimal(1), {"A": Decimal(0)})
    assert entitlements(Decimal(0), {}) == {}


def test_a_yearly_reset_begins_a_calendar_year_at_zero():
    """R15.4"""
    owed = {"A": Decimal("250.5"), "B": Decimal("-250.5")}
    assert carried(owed, date(2026, 1, 1), date(2026, 12, 31), YEARLY) == owed
    assert carried(owed, date(2026, 12, 31), date(2027, 1, 4), YEARLY) == {"A": 0, "B": 0}


def test_balances_halve_in_a_half_life():
    """R15.4: 1000 after 30, 60 and 15 days of a half-life of 30 is 500, 250 and 1000 / sqrt(2)."""
    owed = {"A": Decimal(1000), "B": Decimal(-1000)}
    begin = date(2026, 3, 1)
    assert carried(owed, begin, date(2026, 3, 31), HALVED) == {"A": 500, "B": -500}
    assert carried(owed, begin, date(2026, 4, 30), HALVED) == {"A": 250, "B": -250}
    found = carried(owed, begin, date(2026, 3, 16), HALVED)
    assert found == {"A": Decimal("707.1068"), "B": Decimal("-707.1068")}


def test_a_half_unit_is_rounded_so_that_the_ledger_still_sums_to_zero():
    """Halves of 1, -1, 3 and -3 units are 0.5, -0.5, 1.5, -1.5: floors 0, -1, 1, -2 lack two units."""
    owed = {"A": UNIT, "B": -UNIT, "C": 3 * UNIT, "D": -3 * UNIT}
    found = carried(owed, date(2026, 1, 1), date(2026, 1, 31), HALVED)
    assert found == {"A": UNIT, "B": 0, "C": UNIT, "D": -2 * UNIT}


@given(
    st.dictionaries(ACCOUNTS, st.integers(-(10**13), 10**13), min_size=1),
    st.integers(1, 400),
    st.integers(1, 700),
)
def test_a_ledger_that_sums_to_zero_does_so_after_any_time(units, days, half_life):
    """R15.4"""
    owed = {account: n * UNIT for account, n in units.items()}
    owed["Z"] = -sum(owed.values())
    policy = FairnessPolicy("p", 1, carry=Carry.HALF_LIFE, half_life_days=half_life)
    end = date.fromordinal(date(2026, 1, 1).toordinal() + days)
    found = carried(owed, date(2026, 1, 1), end, policy)
    assert sum(found.values()) == 0
    factor = 0.5 ** (days / half_life)
    for account, face in found.items():
        assert float(face) == pytest.approx(float(owed[account]) * factor, rel=1e-9, abs=1.0001e-4)


@pytest.mark.parametrize("policy", [YEARLY, HALVED])
def test_nothing_is_carried_back(policy):
    owed = {"A": Decimal(7)}
    assert carried(owed, date(2026, 1, 2), date(2025, 12, 31), policy) == owed
    assert carried(owed, date(2026, 1, 2), date(2026, 1, 2), policy) == owed


def test_a_scope_is_that_of_the_set_of_groups():
    """R15.3"""
    assert scope_of(YEARLY, ["CORE"], "Energy") == "CORE"
    assert scope_of(YEARLY, ["B", "A"], None) == scope_of(YEARLY, ["A", "B", "A"], None) == "A+B"
    sector = FairnessPolicy("p", 1, scope=LedgerScope.SECTOR)
    assert scope_of(sector, ["CORE"], "Real Estate") == "CORE/Real Estate"
    assert scope_of(sector, ["CORE"], None) == "CORE/"


@given(st.sets(st.text(min_size=1, max_size=64), min_size=1, max_size=8))
def test_different_sets_of_groups_have_different_scopes(groups):
    """R15.3"""
    for other in ({*groups, "+"}, {"+".join(sorted(groups))}):
        assert other == groups or scope_of(YEARLY, other, None) != scope_of(YEARLY, groups, None)
    assert len(scope_of(YEARLY, groups, None)) <= 255


def test_weights_are_nav_to_the_cent_one_or_as_stated():
    """R15.1"""
    nav = Decimal("1000.128")
    assert YEARLY.weight_of("A", nav) == Decimal("1000.13")
    assert YEARLY.weight_of("A", Decimal(-5)) is None
    assert YEARLY.weight_of("A", None) is None
    assert FairnessPolicy("p", 1, weights=EntitlementWeights.EQUAL).weight_of("A", None) == 1
    stated = FairnessPolicy("p", 1, weights=EntitlementWeights.STATED, stated_weights={"A": Decimal(3)})
    assert stated.weight_of("A", nav) == 3
    assert stated.weight_of("B", nav) is None


@pytest.mark.parametrize(
    ("carry", "days"), [(Carry.HALF_LIFE, None), (Carry.HALF_LIFE, 0), (Carry.YEARLY_RESET, 30)]
)
def test_a_half_life_has_days_and_nothing_else_has(carry, days):
    with pytest.raises(ValueError, match="half-life"):
        FairnessPolicy("p", 1, carry=carry, half_life_days=days)
