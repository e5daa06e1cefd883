"""Drift and balanced trades: worked numbers, properties, least turnover against a linear programme."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from app.services.kernels.rebalancing import Mode, Sleeve, TradeRules, balance, measure

TARGETS = {"stocks": 50, "etfs": 15, "commodities": 15, "crypto": 10, "futures": 5, "cash": 5}
WORTH = Decimal("183535.63")
CENT = Decimal("0.01")


def sleeves(values, band=5, targets=TARGETS):
    return [
        Sleeve(name, Decimal(values.get(name, 0)), Decimal(part), Decimal(band))
        for name, part in targets.items()
    ]


GOLDEN = {"stocks": 26_940, "etfs": 30_000, "commodities": 20_740}


def amounts(found):
    return {each.asset_class: each.amount for each in found.trades if each.amount}


def test_golden_drift():
    """R19.1; the numbers are the specification's."""
    found = measure(sleeves(GOLDEN), WORTH)
    assert [round(each.difference_percent, 4) for each in found.classes] == [
        Decimal(text) for text in ("-35.3217", "1.3456", "-3.6997", "-10", "-5", "-5")
    ]
    assert round(found.total_drift, 4) == Decimal("60.3670")
    assert round(found.turnover_to_target, 4) == Decimal("30.1835")
    assert [each.asset_class for each in found.classes if each.is_out] == ["stocks", "crypto"]
    assert [each.target_value for each in found.classes] == [
        Decimal(text)
        for text in ("91767.815", "27530.3445", "27530.3445", "18353.563", "9176.7815", "9176.7815")
    ]


def test_a_class_at_exactly_its_band_is_silent():
    """R19.2: 5 of 100 are 5 points; a hundredth of a cent more is out."""
    targets = {"a": 50, "b": 50}
    at_edge = measure(sleeves({"a": 55, "b": 45}, targets=targets), Decimal(100))
    beyond = measure(sleeves({"a": "55.0001", "b": "44.9999"}, targets=targets), Decimal(100))
    assert (at_edge.needs_rebalancing, beyond.needs_rebalancing) == (False, True)


def test_a_threshold_of_zero_is_zero():
    """R19.2."""
    targets = {"a": 50, "b": 50}
    assert measure(sleeves({"a": 50, "b": 50}, 0, targets), Decimal(100)).needs_rebalancing is False
    assert measure(sleeves({"a": "50.01", "b": "49.99"}, 0, targets), Decimal(100)).needs_rebalancing is True


def test_a_portfolio_without_value_has_no_percentages():
    with pytest.raises(ValueError, match="above zero"):
        measure(sleeves({}), Decimal(0))


# 100,000 with half in each, target 60 / 30 / 10, nothing in the third; by hand.
THREE = {"a": 60, "b": 30, "c": 10}
HALVES = {"a": 50_000, "b": 50_000}


def test_full_goes_to_all_targets():
    """R19.4."""
    found = balance(sleeves(HALVES, 5, THREE), Decimal(100_000), Mode.FULL)
    assert amounts(found) == {"a": 10_000, "b": -20_000, "c": 10_000}
    assert [each.drift_after for each in found.trades] == [0, 0, 0]


def test_to_band_goes_to_the_edges_and_no_further():
    """R19.4: b must sell 15,000 to be at 35 %; a must buy 5,000 to be at 55 %, c 5,000 to be at 5 %.

    5,000 are left of the sale, and go where most is missing: a and c lack 5,000 each, so 2,500 to each.
    """
    found = balance(sleeves(HALVES, 5, THREE), Decimal(100_000), Mode.TO_BAND)
    assert amounts(found) == {"a": 7_500, "b": -15_000, "c": 7_500}
    assert not any(each.is_out_after for each in found.trades)


def test_buy_only_spends_free_cash_where_most_is_missing():
    """R19.4: of 100,000 are 12,000 free; a lacks 22,000 and c 10,000: a gets all, and lacks as much as c."""
    found = balance(sleeves({"a": 38_000, "b": 50_000}, 5, THREE), Decimal(100_000), Mode.BUY_ONLY)
    assert amounts(found) == {"a": 12_000}
    more = balance(sleeves({"a": 38_000, "b": 46_000}, 5, THREE), Decimal(100_000), Mode.BUY_ONLY)
    # 16,000 free: 12,000 bring a to a lack of 10,000, as c; the other 4,000 are shared.
    assert amounts(more) == {"a": 14_000, "c": 2_000}


def test_holdings_worth_more_than_the_portfolio_are_sold():
    """R19.4: 10,000 too much is there, so sales are 10,000 more than purchases."""
    found = balance(sleeves({"a": 60_000, "b": 50_000}, 5, THREE), Decimal(100_000), Mode.FULL)
    assert (found.free_cash, amounts(found)) == (-10_000, {"b": -20_000, "c": 10_000})
    nothing = balance(sleeves({"a": 60_000, "b": 50_000}, 5, THREE), Decimal(100_000), Mode.BUY_ONLY)
    assert amounts(nothing) == {}


def test_small_trades_are_left_out_and_purchases_stay_paid():
    """R19.5: b sells 20,000; what a and c would buy, 10,000 each, is below the least, and stays as money."""
    rules = TradeRules(minimum=Decimal(10_001))
    found = balance(sleeves(HALVES, 5, THREE), Decimal(100_000), Mode.FULL, rules)
    assert (amounts(found), found.spent) == ({"b": -20_000}, -20_000)


def test_without_its_sale_a_purchase_shrinks():
    """R19.5: b may not sell less than 30,000, so a and c may buy nothing."""
    rules = TradeRules(unit_price={"b": Decimal(30_000)})
    found = balance(sleeves(HALVES, 5, THREE), Decimal(100_000), Mode.FULL, rules)
    assert (amounts(found), found.spent) == ({}, 0)


def test_whole_units_are_rounded_down():
    """R19.5: of units of 3,000, b sells 6 of 6.67; a buys 10,000, and 8,000 are left for c."""
    rules = TradeRules(unit_price={"b": Decimal(3_000)})
    found = balance(sleeves(HALVES, 5, THREE), Decimal(100_000), Mode.FULL, rules)
    assert sum(amounts(found).values()) == 0
    assert amounts(found)["b"] == -18_000


money = st.decimals(-10_000, 1_000_000, places=2)


@st.composite
def portfolios(draw):
    count = draw(st.integers(1, 7))
    parts = draw(st.lists(st.integers(1, 50), min_size=count, max_size=count))
    percents = [Decimal(part * 100 // sum(parts)) for part in parts]
    percents[0] += 100 - sum(percents)
    values = draw(st.lists(money, min_size=count, max_size=count))
    free = draw(st.decimals(-1_000, 500_000, places=2))
    worth = sum(values) + free
    assume(worth >= 1)
    band = draw(st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(5), Decimal(20)]))
    return [
        Sleeve(str(i), value, part, band)
        for i, (value, part) in enumerate(zip(values, percents, strict=True))
    ], worth


@given(portfolios(), st.sampled_from(Mode))
def test_purchases_are_paid_to_the_cent(made, mode):
    """R19.3."""
    classes, worth = made
    found = balance(classes, worth, mode)
    bought = sum(each.amount for each in found.trades if each.amount > 0)
    sold = -sum(each.amount for each in found.trades if each.amount < 0)
    free = worth - sum(each.value for each in classes)
    assert found.free_cash == free
    if mode is Mode.BUY_ONLY:
        assert sold == 0
        assert bought == max(free, 0)
    else:
        assert bought == sold + free
    assert all(each.amount == round(each.amount, 2) for each in found.trades)


@given(portfolios(), st.sampled_from([Mode.FULL, Mode.TO_BAND]))
def test_the_breach_is_gone(made, mode):
    """R19.4, but for the cents of rounding in portfolios of next to nothing."""
    classes, worth = made
    assume(worth >= 1_000)
    assert not any(each.is_out_after for each in balance(classes, worth, mode).trades)


@given(portfolios())
def test_to_band_never_trades_more_than_full(made):
    classes, worth = made
    full, band = (balance(classes, worth, mode).trades for mode in (Mode.FULL, Mode.TO_BAND))
    assert all(abs(b.amount) <= abs(f.amount) + CENT for f, b in zip(full, band, strict=True))


@given(portfolios(), st.sampled_from([2, 3, 1000]))
def test_scaling_the_portfolio_changes_no_percentage(made, factor):
    classes, worth = made
    scaled = [Sleeve(c.asset_class, c.value * factor, c.target_percent, c.band) for c in classes]
    one, other = measure(classes, worth), measure(scaled, worth * factor)
    assert [c.is_out for c in one.classes] == [c.is_out for c in other.classes]
    assert [c.difference_percent for c in one.classes] == pytest.approx(
        [c.difference_percent for c in other.classes], rel=Decimal("1e-20"), abs=Decimal("1e-20")
    )


@given(portfolios())
def test_to_band_has_the_least_turnover(made):
    """Against a linear programme over purchases and sales (HiGHS)."""
    classes, worth = made
    n = len(classes)
    value = np.array([float(each.value) for each in classes])
    target = np.array([float(Fraction(each.target_percent) * Fraction(worth) / 100) for each in classes])
    band = float(classes[0].band * worth / 100)
    eye = np.eye(n)
    both = np.hstack((eye, -eye))
    best = linprog(
        np.ones(2 * n),
        A_ub=np.vstack((both, -both)),
        b_ub=np.concatenate((target + band - value, value - target + band)),
        A_eq=np.concatenate((np.ones(n), -np.ones(n)))[None],
        b_eq=[float(worth) - value.sum()],
    )
    found = balance(classes, worth, Mode.TO_BAND)
    turnover = float(sum(abs(each.amount) for each in found.trades))
    assert turnover == pytest.approx(best.fun, abs=0.02 * n + 1e-9 * float(worth))


@given(portfolios(), st.decimals(0, 50_000, places=2), st.sampled_from(Mode))
def test_rules_never_overdraw(made, least, mode):
    """R19.5: what is bought is paid, and no trade is smaller than the least."""
    classes, worth = made
    assume(worth >= sum(each.value for each in classes))
    rules = TradeRules(least, {"0": Decimal("97.31")})
    found = balance(classes, worth, mode, rules)
    assert found.spent <= found.free_cash
    assert all(not each.amount or abs(each.amount) >= least for each in found.trades)
    assert found.trades[0].amount % Decimal("97.31") == 0
