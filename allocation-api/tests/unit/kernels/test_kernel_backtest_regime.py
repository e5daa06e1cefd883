"""Staggered buckets against three simulations alone, netting by hand, and the strategy by regime."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.backtest import (
    Costs,
    FixedWeights,
    Market,
    Plan,
    RegimeAllocation,
    RegimeLabels,
    Simulation,
    StaggeredSimulation,
    Window,
    ledger,
)
from app.services.kernels.backtest.buckets import offsets
from app.services.kernels.regimes.allocation import allocate
from app.services.kernels.regimes.bounds import RiskProfile, bounds_of
from app.services.kernels.regimes.classifier import classify
from app.services.kernels.regimes.types import Regime, Thresholds
from app.services.kernels.risk import FaultKind, RiskError
from tests.support.profiles import examples, size
from tests.support.regime_markets import walk
from tests.unit.kernels.backtest_markets import market, run, weights

SEEDS = st.integers(0, 10_000)
LIMITS = Thresholds(volatility_window=5, trend_window=6, rank_window=20, min_bars=8)
SLEEVES = ("BTC", "ETH", "ALT", "STABLE")
DAY = 19_000


def crypto(seed, bars):
    """A market of the four kinds of assets, and the bars of its regimes."""
    drawn = walk(seed, bars)
    steady = 1.0 + 0.0005 * np.random.default_rng(seed).standard_normal(bars)
    closes = np.column_stack((drawn.btc, drawn.eth, drawn.alt, steady))
    return drawn, closes


def days(count):
    return DAY + np.arange(count, dtype=np.int32)


def labels(drawn):
    found = classify(drawn.bars, LIMITS).regimes
    return RegimeLabels(days(len(found)), found)


@dataclass(frozen=True)
class Swings:
    """All in the first asset, then all in the second, and so on: buckets are out of step."""

    lookback: int = 1
    min_rows: int = 1

    def decide(self, window: Window):
        is_first = window.target is None or window.target[0] == 0.0
        return np.array([1.0, 0.0] if is_first else [0.0, 1.0])


@pytest.mark.parametrize(("cycle", "expected"), [(7, (0, 2, 5)), (42, (0, 14, 28)), (3, (0, 1, 2))])
def test_buckets_begin_a_third_of_the_cycle_apart(cycle, expected):
    """R28.6: thirds of the cycle, rounded to rows."""
    assert offsets(cycle) == expected


@given(seed=SEEDS, cycle=st.integers(3, 15), rate=st.sampled_from([0.0, 0.002]))
@examples(size(50, 12))
def test_the_result_is_the_sum_of_three_sub_ledgers(seed, cycle, rate):
    """Each is a simulation alone, with a third of the capital, on the rows of its own cycle."""
    found, strategy = market(seed, 50, 3, opens=True, volumes=True), FixedWeights(weights(seed, 3))
    plan = Plan(9e5, costs=Costs(rate, 0.2))
    whole = StaggeredSimulation(found, strategy, plan, cycle)
    state, trades, _ = run(whole)
    values, orders = 0.0, {}
    for begin in (0, round(cycle / 3), round(2 * cycle / 3)):
        rows = np.arange(begin, 49, cycle)
        alone = Simulation(found, strategy, replace(plan, capital=3e5), rows)
        _, own, _ = run(alone)
        values = values + ledger(found, 0, 3e5, own).values
        for each in own:
            assert each.row not in orders
            orders[each.row] = each.traded
    np.testing.assert_allclose(ledger(found, 0, 9e5, trades).values, values, rtol=1e-12)
    assert [each.row for each in trades] == sorted(orders)
    for each in trades:
        np.testing.assert_array_equal(each.traded, orders[each.row])
    np.testing.assert_allclose(state.quantities, sum(each.quantities for each in state.buckets))
    assert state.cash == pytest.approx(sum(each.cash for each in state.buckets))


def test_orders_of_buckets_that_are_due_together_are_netted():
    """R28.6: at 10 % a bucket of 1,000 buys 909.09 of A. Three days later it swings to 743.80 of B.

    The other bucket begins then with 909.09 of A: A is not traded at all, B costs 74.38, and what is left is
    909.09 + 743.80 + 181.82 in cash, for 90.91 were saved on both sides of A.
    """
    found = Market.of(("A", "B"), days(6), np.full((6, 2), 100.0))
    plan = Plan(2000.0, costs=Costs(0.1))
    simulation = StaggeredSimulation(found, Swings(), plan, 3, starts=(0, 3))
    state, trades, _ = run(simulation)
    assert [each.row for each in trades] == [1, 4]
    assert trades[0].traded == pytest.approx([9.090909, 0.0], abs=1e-6)
    assert trades[1].traded == pytest.approx([0.0, 7.438017], abs=1e-6)
    assert trades[1].costs == pytest.approx([0.0, 74.380165], abs=1e-6)
    assert state.quantities == pytest.approx([9.090909, 7.438017], abs=1e-6)
    assert state.cash == pytest.approx(181.818182, abs=1e-6)
    assert sum(each.cash for each in state.buckets) == pytest.approx(state.cash)


@given(seed=SEEDS, cycle=st.integers(3, 9))
@examples(size(40, 12))
def test_netted_orders_are_the_sum_and_the_money_is_all_there(seed, cycle):
    found = market(seed, 40, 2)
    plan = Plan(1e6, costs=Costs(0.01))
    simulation = StaggeredSimulation(found, Swings(), plan, cycle, starts=(0, cycle, 2 * cycle))
    state = simulation.begin()
    while state.decisions < len(simulation.rows):
        before = state
        state, made = simulation.step(state)
        if made is None:
            continue
        parts = [
            after.quantities - prior.quantities
            for prior, after in zip(before.buckets, state.buckets, strict=True)
        ]
        np.testing.assert_allclose(made.traded, sum(parts), atol=1e-9)
        np.testing.assert_allclose(made.costs, 0.01 * np.abs(made.traded * made.prices), rtol=1e-9, atol=1e-9)
        paid = float((made.traded * made.prices).sum() + made.costs.sum())
        assert state.cash == pytest.approx(before.cash - paid, abs=1e-6)


def test_a_staggered_simulation_goes_on_from_a_stored_state():
    drawn, closes = crypto(4, 90)
    found = Market.of(SLEEVES, days(90), closes)
    strategy = RegimeAllocation(labels(drawn), scale=0.1, window=40, min_window=30)
    simulation = StaggeredSimulation(found, strategy, Plan(1e6))
    state, trades, _ = run(simulation)
    for stop in (1, len(simulation.rows) // 2):
        again, others = simulation.begin(), []
        while again.decisions < len(simulation.rows):
            if again.decisions == stop:
                again = replace(again, buckets=tuple(replace(each) for each in again.buckets))
                simulation = StaggeredSimulation(found, strategy, Plan(1e6))
            again, made = simulation.step(again)
            others += [made] if made else []
        assert again.cash == state.cash
        np.testing.assert_array_equal(again.quantities, state.quantities)
        assert len(others) == len(trades)


def _orders(drawn, closes, split, ahead=0):
    """Orders before a row, where regimes are told anew from these bars; `ahead`: days too early."""
    found, told = Market.of(SLEEVES, days(len(closes)), closes), labels(drawn)
    strategy = RegimeAllocation(
        RegimeLabels(told.days - ahead, told.regimes), scale=0.1, threshold=0.0, window=40, min_window=20
    )
    _, trades, _ = run(StaggeredSimulation(found, strategy, Plan(1e6)))
    return [(each.row, each.traded.tolist()) for each in trades if each.row < split]


def _with_another_future(seed, split, ahead=0):
    """Orders before the split in a market, and in one that is the same up to it."""
    (drawn, closes), (other, later) = crypto(seed, 64), crypto(seed + 1, 64)
    columns = zip(vars(drawn).values(), vars(other).values(), strict=True)
    mixed = type(drawn)(*(one[:split] + two[split:] for one, two in columns))
    return (
        _orders(drawn, closes, split, ahead),
        _orders(mixed, np.vstack((closes[:split], later[split:])), split, ahead),
    )


@given(seed=SEEDS, split=st.integers(30, 60))
@examples(size(40, 4))
def test_another_future_moves_no_past_order(seed, split):
    """R28.7: classifier, allocation and buckets together see nothing of the bars from the split on."""
    before, after = _with_another_future(seed, split)
    assert before
    assert before == after


def test_regimes_that_are_told_a_day_early_would_be_caught():
    """Row 27 decides (20 + 7), and trades on row 28; a regime of row 28 is one of the future at split 28."""
    differ = []
    for seed in range(8):
        # A decision of row 27 is an order of row 28, whose prices must be the same, too: the split is 29.
        before, after = _with_another_future(seed, 29, ahead=2)
        differ.append([row for row, _ in before] != [row for row, _ in after] or before != after)
    assert any(differ)


def test_a_live_rebalancing_with_the_window_of_today_decides_as_the_backtest_did():
    """R28.7: the same object, and the kernel's allocation of that day's regime and returns."""
    drawn, closes = crypto(9, 80)
    found = Market.of(SLEEVES, days(80), closes)
    strategy = RegimeAllocation(labels(drawn), threshold=0.0, scale=0.1, window=50, min_window=30)
    for row, due in _decisions(StaggeredSimulation(found, strategy, Plan(1e6))):
        first = max(row - 50, 0)
        returns = closes[first + 1 : row + 1] / closes[first:row] - 1.0
        today = allocate(returns, strategy.labels.at(DAY + row), scale=0.1).weights
        np.testing.assert_array_equal(due.target, today)
        window = Window(SLEEVES, days(80)[first : row + 1], closes[first : row + 1], np.zeros(4), None)
        np.testing.assert_array_equal(strategy.decide(window), today)


def _decisions(simulation):
    """Rows with the state of the bucket that was due, one at a time, since buckets begin apart."""
    state = simulation.begin()
    while state.decisions < len(simulation.rows):
        row, before = int(simulation.rows[state.decisions]), state
        state, _ = simulation.step(state)
        (due,) = [
            after
            for prior, after in zip(before.buckets, state.buckets, strict=True)
            if prior.decisions != after.decisions
        ]
        yield row, due


@pytest.mark.parametrize("profile", RiskProfile)
def test_each_bucket_holds_weights_within_the_bounds_of_its_regime(profile):
    drawn, closes = crypto(11, 70)
    found, told = Market.of(SLEEVES, days(70), closes), labels(drawn)
    strategy = RegimeAllocation(told, profile, threshold=0.0, scale=0.2, window=40, min_window=30)
    for row, due in _decisions(StaggeredSimulation(found, strategy, Plan(1e6, costs=Costs(0.0)))):
        low, high = bounds_of(told.at(DAY + row), profile).arrays()
        assert (low <= due.target).all()
        assert (due.target <= high).all()


def test_what_is_within_the_threshold_is_not_traded():
    told = RegimeLabels(days(1), (Regime.HODL,))
    closes = np.cumprod(np.full((5, 4), 1.01), axis=0)
    strategy = RegimeAllocation(told, threshold=0.05, window=4, min_window=2)
    target = np.full(4, 0.25)
    held = np.array([0.29, 0.25, 0.25, 0.21])
    window = Window(SLEEVES, days(5), closes, held, target)
    assert strategy.decide(window) is None
    assert strategy.decide(replace(window, weights=np.array([0.31, 0.25, 0.25, 0.19]))) is not None
    assert strategy.decide(replace(window, target=None)) is not None


def test_before_the_first_label_there_is_hodl():
    assert RegimeLabels(days(2) + 5, (Regime.RISK_ON, Regime.RISK_OFF)).at(DAY + 4) is Regime.HODL
    assert RegimeLabels(days(0), ()).at(DAY) is Regime.HODL


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: RegimeLabels(days(2), (Regime.HODL,)), FaultKind.SHAPE),
        (lambda: RegimeLabels(days(2)[::-1], (Regime.HODL,) * 2), FaultKind.SHAPE),
        (lambda: RegimeAllocation(RegimeLabels(days(0), ()), min_window=1), FaultKind.OUT_OF_RANGE),
        (lambda: RegimeAllocation(RegimeLabels(days(0), ()), threshold=2.0), FaultKind.OUT_OF_RANGE),
        (lambda: StaggeredSimulation(market(1, 40, 2), Swings(), Plan(1.0), 2), FaultKind.OUT_OF_RANGE),
        (
            lambda: run(
                Simulation(
                    market(1, 80, 2), RegimeAllocation(RegimeLabels(days(0), ()), scale=0.0), Plan(1.0)
                )
            ),
            FaultKind.SHAPE,
        ),
    ],
)
def test_what_cannot_be_is_refused(make, kind):
    with pytest.raises(RiskError) as caught:
        make()
    assert caught.value.kinds == (kind,)
