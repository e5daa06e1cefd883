"""Reallocation: worked numbers, what must hold for any portfolio, and least impact against all splits."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.reallocation import (
    Holding,
    Limits,
    Market,
    PlanStatus,
    estimated_impact,
    measure,
    plan,
)

THRESHOLD = Fraction("0.05")
GOLDEN = [Holding("1", 180_00, 200_00), Holding("2", 120_00, 100_00)]


def holdings(*pairs):
    return [Holding(str(at), current, target) for at, (current, target) in enumerate(pairs)]


def planned(pairs, available=None, *, minimum=0, markets=None):
    rooms = [10**15] * len(pairs) if available is None else available
    return plan(holdings(*pairs), Limits(rooms, minimum), markets or [None] * len(pairs))


def test_golden_utilisation():
    """R25.1, R25.2; the numbers are the specification's."""
    found = measure(GOLDEN, THRESHOLD)
    assert [each.ratio for each in found.assets] == [Fraction(9, 10), Fraction(12, 10)]
    assert [round(float(each.difference), 5) for each in found.assets] == [0.1, 0.16667]
    assert (found.overall, found.worst, found.is_needed) == (1, Fraction(1, 5), True)


@pytest.mark.parametrize(
    ("current", "target", "ratio", "is_out"),
    [
        (0, 0, Fraction(0), False),
        (5, 0, None, True),
        (0, 5, Fraction(0), True),
        (105, 100, Fraction(105, 100), False),
        (95, 100, Fraction(95, 100), False),
        (10_501, 10_000, Fraction(10_501, 10_000), True),
        (9_499, 10_000, Fraction(9_499, 10_000), True),
    ],
)
def test_the_band_includes_its_edges(current, target, ratio, is_out):
    """R25.1, R25.2."""
    found = measure(holdings((current, target)), THRESHOLD)
    assert (found.assets[0].ratio, found.assets[0].is_out) == (ratio, is_out)
    assert found.assets[0].is_to_be_sold is (ratio is None)


def test_what_offsets_each_other_is_not_hidden():
    """R25.2: the median of 0.5, 1, 1, 1 and 1.5 is 1, and so is the mean; the worst asset decides."""
    found = measure(holdings((50, 100), (100, 100), (100, 100), (100, 100), (150, 100)), THRESHOLD)
    assert (found.overall, found.worst, found.is_needed) == (1, Fraction(1, 2), True)


def test_values_below_zero_are_refused():
    for pairs, threshold in (([(-1, 1)], THRESHOLD), ([(1, -1)], THRESHOLD), ([(1, 1)], Fraction(-1))):
        with pytest.raises(ValueError, match="not below 0"):
            measure(holdings(*pairs), threshold)
    for pairs, rooms, minimum in (([(2, 1)], [5], 0), ([(1, 1)], [-1], 0), ([(1, 1)], [5], -1)):
        with pytest.raises(ValueError, match="not below 0"):
            planned(pairs, rooms, minimum=minimum)


def test_golden_plan():
    """R25.4: 20 are sold of the second, and bought of the first."""
    found = plan(GOLDEN, Limits([20_00, 20_00]), [None, None])
    assert (found.status, found.trades) == (PlanStatus.MATCHED, (20_00, -20_00))
    assert (found.total, found.shortfall, found.cash_used) == (40_00, 0, 0)


def test_deposits_shrink_in_proportion_to_what_withdrawals_free():
    """R25.4: 300 are wanted out, and 100 can be; the deposits of 200 and 100 become 66.67 and 33.33."""
    found = planned([(500_00, 200_00), (0, 200_00), (0, 100_00)], [100_00, 500_00, 500_00])
    assert (found.status, found.trades) == (PlanStatus.PARTIAL, (-100_00, 66_67, 33_33))
    assert found.shortfall == 400_00


def test_withdrawals_that_no_deposit_needs_stay_where_they_are():
    """R25.4: one market of 4 times the depth gives 4 times as much; 100 are 80 and 20."""
    deep, thin = Market(4e8, 0.01), Market(1e8, 0.01)
    pairs = [(200_00, 100_00), (200_00, 100_00), (0, 200_00)]
    found = planned(pairs, [500_00, 500_00, 100_00], markets=[deep, thin, None])
    assert (found.status, found.trades) == (PlanStatus.PARTIAL, (-80_00, -20_00, 100_00))
    # Twice the volatility is a fourth of the depth.
    rough = Market(4e8, 0.02)
    assert planned(pairs, [500_00, 500_00, 100_00], markets=[rough, thin, None]).trades[:2] == (
        -50_00,
        -50_00,
    )
    # A market that nobody knows is not guessed: both give half of what they would.
    assert planned(pairs, [500_00, 500_00, 100_00]).trades[:2] == (-50_00, -50_00)


def test_the_outcomes_of_a_plan():
    """R25.4, R25.6."""
    pairs = [(100, 50), (0, 50)]
    assert planned(pairs, [50, 50]).status is PlanStatus.MATCHED
    assert planned(pairs, [50, 49]).status is PlanStatus.PARTIAL
    assert planned(pairs, [50, 0]).status is PlanStatus.FAILED
    assert planned(pairs, [0, 50]).status is PlanStatus.FAILED
    # What is not known is not a refusal, and never a match.
    assert planned(pairs, [50, None]).status is PlanStatus.PARTIAL
    assert planned(pairs, [50, None]).trades == (0, 0)
    assert planned([(100, 100), *pairs], [None, 50, 50]).status is PlanStatus.MATCHED
    # No trade reaches the minimum.
    assert planned(pairs, minimum=51).status is PlanStatus.FAILED


def test_a_trade_below_the_minimum_is_left_out_and_others_cover_for_it():
    """R25.4: 5 are below 10; of the 100 that are sold no more are needed than the 95 that are bought."""
    found = planned([(200, 100), (0, 95), (0, 5)], minimum=10)
    assert (found.status, found.trades) == (PlanStatus.MATCHED, (-95, 95, 0))


def test_free_cash_is_invested():
    """R25.4: targets of 250 beside holdings of 200."""
    found = planned([(100, 150), (100, 100)])
    assert (found.status, found.trades, found.cash_used) == (PlanStatus.MATCHED, (50, 0), 50)
    assert planned([(100, 150), (100, 100)], [30, 0]).cash_used == 30


AMOUNT = st.integers(0, 10**6)
MARKET = st.none() | st.builds(Market, st.floats(1.0, 1e9), st.floats(1e-4, 0.5))


@st.composite
def portfolios(draw):
    """Holdings with targets of the same worth, and free cash in some; limits, and markets."""
    count = draw(st.integers(1, 6))
    current = draw(st.lists(AMOUNT, min_size=count, max_size=count))
    parts = draw(st.lists(AMOUNT, min_size=count, max_size=count))
    total = sum(current) + draw(st.sampled_from([0, 0, 12_345]))
    target = [part * total // sum(parts) if sum(parts) else 0 for part in parts]
    target[0] += total - sum(target)
    rooms = draw(st.lists(st.none() | AMOUNT, min_size=count, max_size=count))
    markets = draw(st.lists(MARKET, min_size=count, max_size=count))
    return list(zip(current, target, strict=True)), rooms, draw(st.sampled_from([0, 0, 1_000])), markets


@given(portfolios())
def test_any_plan_is_true_to_the_cent_and_within_its_limits(case):
    """R25.4."""
    pairs, rooms, minimum, markets = case
    found = planned(pairs, rooms, minimum=minimum, markets=markets)
    cash = sum(target - current for current, target in pairs)
    assert sum(found.trades) == found.cash_used
    assert 0 <= found.cash_used <= cash
    for trade, wanted, room, (current, target) in zip(found.trades, found.wanted, rooms, pairs, strict=True):
        assert abs(trade) <= min(abs(wanted), room or 0)
        assert trade * wanted >= 0
        assert trade == 0 or abs(trade) >= minimum
        assert min(current, target) <= current + trade <= max(current, target)
    if found.status is PlanStatus.MATCHED:
        assert (found.trades, found.shortfall) == (found.wanted, 0)
        assert minimum or found.cash_used == cash
        assert minimum or [c + t for (c, _), t in zip(pairs, found.trades, strict=True)] == [
            t for _, t in pairs
        ]
    if found.status is PlanStatus.FAILED:
        assert not any(found.trades)
    assert found.shortfall >= 0


@given(portfolios())
def test_enough_liquidity_always_matches(case):
    """R25.4."""
    pairs, _, _, markets = case
    found = planned(pairs, markets=markets)
    moves = any(current != target for current, target in pairs)
    assert found.status is (PlanStatus.MATCHED if moves else PlanStatus.FAILED)


@given(portfolios(), st.integers(2, 9))
def test_a_portfolio_of_twice_the_money_trades_twice_as_much_where_all_is_free(case, times):
    """R25.4: without rounding, since every amount is a multiple."""
    pairs, _, _, _ = case
    one = planned(pairs)
    many = planned([(current * times, target * times) for current, target in pairs])
    assert many.trades == tuple(trade * times for trade in one.trades)


@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.floats(1.0, 1e4), st.floats(0.001, 0.2)), min_size=2, max_size=3
    ),
    st.data(),
)
def test_no_other_withdrawals_of_the_sum_cost_noticeably_less(sales, data):
    """R25.5: against all splits in whole cents; the plan may miss the best one by what rounding costs."""
    whole = sum(amount for amount, _, _ in sales)
    total = data.draw(st.integers(1, whole))
    markets = [Market(volume, sigma) for _, volume, sigma in sales]
    pairs = [(amount, 0) for amount, _, _ in sales]
    found = planned([*pairs, (0, whole)], [whole] * len(sales) + [total], markets=[*markets, None])
    chosen = found.trades[:-1]
    assert -sum(chosen) == total
    splits = itertools.product(*(range(amount + 1) for amount, _, _ in sales))
    best = min(estimated_impact(s, markets, 1.0) for s in splits if sum(s) == total)
    # A cent more or less of one asset, at the steepest marginal impact: 3/2 sigma sqrt(q / ADV).
    steepest = max(
        1.5 * m.daily_volatility * math.sqrt((a + 1) / m.daily_volume)
        for (a, _, _), m in zip(sales, markets, strict=True)
    )
    assert estimated_impact(chosen, markets, 1.0) <= best + steepest * len(sales) + 1e-12


def test_golden_impact():
    """R25.5: 1 x 2 % x sqrt(1 / 100) of 10,000.00 are 20.00."""
    assert estimated_impact([-10_000_00], [Market(1_000_000_00, 0.02)], 1.0) == pytest.approx(20_00)
    assert estimated_impact([5, -7], [None, None], 1.0) == 0


@pytest.mark.parametrize(("volume", "sigma"), [(0, 0.1), (-1, 0.1), (1, 0), (1, math.inf), (math.nan, 0.1)])
def test_a_market_without_volume_or_volatility_is_refused(volume, sigma):
    with pytest.raises(ValueError, match="finite numbers above 0"):
        Market(volume, sigma)
