"""Every generated bond's numbers agree with each other, by arithmetic that shares no code with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from aladdin_simulator import load_book
from aladdin_simulator.book import Bond
from aladdin_simulator.pricing import Market, PricingError
from bonds.terms import DayCount, Terms
from tests.unit.simulator import bond_maths

# Names, units and why: prices per 100 of face, rounded inputs of six decimals behind them.
PRICE = 2e-6
RATIO = 2e-5
CURVE, UP, DOWN = bond_maths.Curve.at(), bond_maths.Curve.at(1), bond_maths.Curve.at(-1)


# What is traded on the business day after this close settles on the day that `bond_maths` computes with.
CLOSE = date(2026, 6, 29)


@pytest.fixture(scope="module", params=[2026, 11])
def bonds(request) -> tuple[Bond, ...]:
    return load_book("default", seed=request.param, as_of=CLOSE).securities


def curve_price(curve: bond_maths.Curve, bond: Bond, spread_change: float = 0.0) -> float:
    return curve.dirty_price(float(bond.coupon), bond.maturity, bond.oas + spread_change)


def test_accrued_interest_by_hand_written_day_counts(bonds):
    for bond in bonds:
        expected = bond_maths.accrued(float(bond.coupon), bond.maturity, bond.day_count)
        assert float(bond.accrued) == pytest.approx(expected, abs=1e-6), bond.description


def test_the_yield_reprices_the_bond(bonds):
    for bond in bonds:
        price = bond_maths.dirty_price_at_yield(
            float(bond.coupon), bond.maturity, bond.day_count, bond.yield_to_maturity
        )
        assert price == pytest.approx(float(bond.dirty_price), abs=PRICE), bond.description


def test_curve_and_oas_reprice_the_bond(bonds):
    for bond in bonds:
        assert curve_price(CURVE, bond) == pytest.approx(float(bond.dirty_price), abs=PRICE), bond.description


def test_duration_and_convexity_are_those_of_a_parallel_move_of_par_yields(bonds):
    for bond in bonds:
        here, up, down = (curve_price(curve, bond) for curve in (CURVE, UP, DOWN))
        assert bond.duration == pytest.approx((down - up) / (2e-4 * here), rel=RATIO), bond.description
        convexity = (up + down - 2 * here) / (1e-8 * here) / 100
        assert bond.convexity == pytest.approx(convexity, rel=2e-3), bond.description


def test_spread_duration_is_that_of_a_move_of_the_oas(bonds):
    for bond in bonds:
        here, wide, tight = (curve_price(CURVE, bond, change) for change in (0, 1, -1))
        assert bond.spread_duration == pytest.approx((tight - wide) / (2e-4 * here), rel=RATIO)


def test_dv01_is_the_price_change_for_one_basis_point(bonds):
    for bond in bonds:
        change = (curve_price(DOWN, bond) - curve_price(UP, bond)) / 2
        assert bond.dv01 == pytest.approx(change, rel=RATIO), bond.description


def test_durations_are_near_the_modified_duration_of_the_yield(bonds):
    """A sanity check from the other side: no curve, only the yield moved by a basis point."""
    for bond in bonds:
        terms = (float(bond.coupon), bond.maturity, bond.day_count)
        up, down = (
            bond_maths.dirty_price_at_yield(*terms, bond.yield_to_maturity + move) for move in (0.01, -0.01)
        )
        modified = (down - up) / (2e-4 * float(bond.dirty_price))
        assert bond.duration == pytest.approx(modified, rel=0.02), bond.description
        assert bond.spread_duration == pytest.approx(modified, rel=0.02), bond.description


def test_treasuries_have_almost_no_oas_and_worse_ratings_have_more(bonds):
    by_rating: dict[str, list[float]] = {}
    for bond in bonds:
        by_rating.setdefault("T" if bond.sector == "GOVT" else bond.rating, []).append(bond.oas)
    assert max(abs(oas) for oas in by_rating["T"]) < 6
    averages = [sum(by_rating[r]) / len(by_rating[r]) for r in ("T", "AA+", "A", "BBB", "BB", "B+", "CCC+")]
    assert averages == sorted(averages)


def test_golden_accrued_of_a_month_end_treasury():
    """2.5 % 31 May 2031 at 1 July 2026: 31 of the 183 days from 31 May to 30 November, of 1.25."""
    accrued = Market(date(2026, 6, 30)).accrued(Terms(Decimal("2.5"), date(2031, 5, 31), DayCount.ACT_ACT))
    assert accrued == Decimal("0.211749")


@pytest.mark.parametrize(
    ("day_count", "expected"),
    # 1 July 2026 is 167 actual days after 15 January, and 166 days of 30-day months; of 6 % a year.
    [
        (DayCount.THIRTY_360, "2.766667"),
        (DayCount.ACT_360, "2.783333"),
        (DayCount.ACT_365, "2.745205"),
        (DayCount.ACT_ACT, "2.767956"),
    ],
)
def test_golden_accrued_by_day_count(day_count, expected):
    accrued = Market(date(2026, 6, 30)).accrued(Terms(Decimal(6), date(2030, 7, 15), day_count))
    assert accrued == Decimal(expected)


@pytest.mark.parametrize(
    ("as_of", "settlement"),
    [
        ("2026-06-30", "2026-07-01"),
        ("2026-07-02", "2026-07-06"),  # Friday 3 July is the holiday, Independence Day being a Saturday
        ("2026-12-24", "2026-12-28"),
    ],
)
def test_settlement_is_the_next_business_day(as_of, settlement):
    assert Market(date.fromisoformat(as_of)).settlement == date.fromisoformat(settlement)


def test_a_bond_that_settles_after_its_maturity_has_no_numbers():
    terms = Terms(Decimal(5), date(2026, 7, 1), DayCount.THIRTY_360)
    with pytest.raises(PricingError, match="2026-07-01 is not after settlement 2026-07-01"):
        Market(date(2026, 6, 30)).numbers(terms, Decimal(100))
