"""Invariants of the backtest over random histories, and an independent loop as its oracle."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.backtest import (
    BuyAndHold,
    Costs,
    FixedWeights,
    Market,
    Optimization,
    Plan,
    Rebalancing,
    RebalancingFrequency,
    Simulation,
    SkippedReason,
    StrategyFailed,
    Window,
    ledger,
    period_starts,
)
from app.services.kernels.backtest.trading import trade
from app.services.kernels.optimization import Infeasible, Objective, Problem, optimise
from app.services.kernels.risk import FaultKind, RiskError
from tests.support.profiles import examples
from tests.unit.kernels.backtest_markets import market, prices, run, weekdays, weights

DAILY = RebalancingFrequency.DAILY
SEEDS = st.integers(0, 10_000)
FREQUENCIES = st.sampled_from(RebalancingFrequency)


def strategies(assets, seed):
    shares = weights(seed, assets)
    least_risk = Optimization(window=30, min_window=20, upper=0.8)
    return (
        FixedWeights(shares),
        BuyAndHold(shares),
        least_risk,
        Rebalancing(FixedWeights(shares), 0.03),
        Rebalancing(least_risk, 0.02),
    )


def wealth(found, strategy, plan):
    simulation = Simulation(found, strategy, plan)
    _, trades, _ = run(simulation)
    return ledger(found, simulation.first, plan.capital, trades), trades


@given(seed=SEEDS, assets=st.integers(1, 5), opens=st.booleans())
@examples(60)
def test_fixed_weights_without_costs_are_the_closed_form(seed, assets, opens):
    """Product of 1 + w.r, each day from the trade before; with opens the day is cut in two there."""
    found, shares = market(seed, 40, assets, opens=opens), weights(seed, assets)
    book, _ = wealth(found, FixedWeights(shares), Plan(1e6, DAILY, Costs(0.0)))
    expected = [1e6, 1e6 * (shares @ (found.closes[1] / found.execution_prices(1)))]
    for row in range(2, 40):
        at = found.execution_prices(row)
        overnight = shares * found.closes[row - 1] / found.execution_prices(row - 1)
        overnight = overnight / overnight.sum() if opens else shares
        grown = expected[-1] * (overnight @ (at / found.closes[row - 1]))
        expected.append(grown * (shares @ (found.closes[row] / at)))
    np.testing.assert_allclose(book.values, expected, rtol=1e-10)


@given(seed=SEEDS, rate=st.sampled_from((0.0, 0.001, 0.02)), frequency=FREQUENCIES)
@examples(60)
def test_buy_and_hold_is_the_price_ratio_less_its_first_costs(seed, rate, frequency):
    found, shares = market(seed, 40, 3, opens=True), weights(seed, 3)
    book, trades = wealth(found, BuyAndHold(shares), Plan(1e6, frequency, Costs(rate)))
    paid = 1e6 / (1 + rate)  # weights x (value less costs), and costs of rate x that
    ratios = found.closes[1:] / found.execution_prices(1)
    assert len(trades) == 1
    np.testing.assert_allclose(book.values[1:], paid * (ratios @ shares), rtol=1e-10)


@given(seed=SEEDS, kind=st.integers(0, 4), frequency=FREQUENCIES, impact=st.booleans())
@examples(80)
def test_the_ledger_adds_up_each_day(seed, kind, frequency, impact):
    """Cash and quantities are carried forward here from the transactions alone."""
    found = market(seed, 60, 4, opens=True, volumes=True)
    plan = Plan(1e6, frequency, Costs(0.002, 0.5 if impact else 0.0))
    simulation = Simulation(found, strategies(4, seed)[kind], plan)
    _, trades, _ = run(simulation)
    book = ledger(found, simulation.first, plan.capital, trades)
    by_row = {each.row: each for each in trades}
    assert trades
    cash, held = plan.capital, np.zeros(4)
    for at, row in enumerate(range(simulation.first, 60)):
        if row in by_row:
            made = by_row[row]
            cash -= math.fsum(made.traded * made.prices) + math.fsum(made.costs)
            held = held + made.traded
            charged = plan.costs.rate * np.abs(made.traded * made.prices)
            assert (made.costs >= charged * (1 - 1e-12)).all()
        assert book.cash[at] == pytest.approx(cash, abs=0.005)
        assert book.values[at] == pytest.approx(cash + math.fsum(held * found.closes[row]), abs=0.005)
    np.testing.assert_allclose(book.weights.sum(axis=1), 1.0, atol=1e-9)


@given(seed=SEEDS, kind=st.integers(0, 4), frequency=FREQUENCIES, split=st.integers(30, 58))
@examples(60)
def test_another_future_moves_no_past_number(seed, kind, frequency, split):
    """R24.1: at the open of row `split` nothing is known of that day but the open, at which is traded."""
    found = market(seed, 60, 4, opens=True, volumes=True)
    other = market(seed + 7, 60, 4, opens=True, volumes=True)
    mixed = Market.of(
        found.assets,
        found.days,
        np.vstack((found.closes[:split], other.closes[split:])),
        np.vstack((found.opens[: split + 1], other.opens[split + 1 :])),
        np.vstack((found.volumes[:split], other.volumes[split:])),
    )
    strategy, plan = strategies(4, seed)[kind], Plan(1e6, frequency, Costs(0.001, 0.3))
    (before, trades), (after, others) = wealth(found, strategy, plan), wealth(mixed, strategy, plan)
    known = split - before.first
    np.testing.assert_array_equal(before.values[:known], after.values[:known])
    assert [each.traded.tolist() for each in trades if each.row <= split] == [
        each.traded.tolist() for each in others if each.row <= split
    ]


@given(seed=SEEDS, kind=st.integers(0, 4), frequency=FREQUENCIES)
@examples(50)
def test_twice_the_capital_is_twice_the_money_and_no_other_ratio(seed, kind, frequency):
    found, strategy = market(seed, 50, 3), strategies(3, seed)[kind]
    plan = Plan(1e5, frequency, Costs(0.003))
    once, twice = wealth(found, strategy, plan)[0], wealth(found, strategy, replace(plan, capital=2e5))[0]
    np.testing.assert_array_equal(twice.values, 2 * once.values)
    np.testing.assert_array_equal(twice.returns, once.returns)
    np.testing.assert_array_equal(twice.weights, once.weights)


@given(seed=SEEDS, kind=st.integers(0, 4), at=st.integers(0, 100))
@examples(40)
def test_going_on_from_a_stored_state_is_the_same(seed, kind, at):
    """The state is rebuilt from its numbers' texts, as a job's is after its worker was killed."""
    found, strategy = market(seed, 60, 3), strategies(3, seed)[kind]
    plan = Plan(1e6, DAILY)
    _, trades, _ = run(Simulation(found, strategy, plan))
    simulation = Simulation(found, strategy, plan)
    state, others = simulation.begin(), []
    stop = at % len(simulation.rows)
    while state.decisions < len(simulation.rows):
        if state.decisions == stop:
            simulation = Simulation(found, strategy, plan)
            target = state.target
            state = replace(
                state,
                cash=float(repr(state.cash)),
                quantities=np.array([float(repr(x)) for x in state.quantities.tolist()]),
                target=None if target is None else np.array([float(repr(x)) for x in target.tolist()]),
            )
            stop = -1
        state, made = simulation.step(state)
        if made is not None:
            others.append(made)
    assert [(each.row, each.quantities.tobytes(), each.cash) for each in trades] == [
        (each.row, each.quantities.tobytes(), each.cash) for each in others
    ]


def looped(found, shares, rate, frequency, capital=1e6):
    """An equal number of lines of plain Python: no array, costs found by bisection."""
    starts = set(period_starts(found.days, frequency).tolist())
    cash, held, values, pending = capital, [0.0] * found.size, [], None
    for row in range(len(found.days)):
        at = [float(x) for x in found.execution_prices(row)]
        if pending is not None:
            value = cash + sum(q * p for q, p in zip(held, at, strict=True))
            low, high = 0.0, value
            for _ in range(200):
                left = (low + high) / 2
                sizes = (abs(w * left - q * p) for w, q, p in zip(pending, held, at, strict=True))
                low, high = (left, high) if left + rate * sum(sizes) < value else (low, left)
            held = [w * low / p for w, p in zip(pending, at, strict=True)]
            cash, pending = 0.0, None
        if row in starts or row == 0:
            pending = list(shares)
        values.append(cash + sum(q * float(p) for q, p in zip(held, found.closes[row], strict=True)))
    return values


@given(seed=SEEDS, assets=st.integers(1, 4), frequency=FREQUENCIES, rate=st.sampled_from((0.0, 0.001, 0.1)))
@examples(40)
def test_fixed_weights_are_those_of_a_plain_loop(seed, assets, frequency, rate):
    found, shares = market(seed, 80, assets, opens=True), weights(seed, assets)
    book, _ = wealth(found, FixedWeights(shares), Plan(1e6, frequency, Costs(rate)))
    np.testing.assert_allclose(book.values, looped(found, shares, rate, frequency), rtol=1e-8)


def test_a_live_rebalancing_gets_the_decisions_of_the_backtest():
    """The live path knows the last closes, what it holds and what it decided: nothing of the simulation."""
    found, strategy = market(5, 90, 4), Rebalancing(Optimization(window=40, min_window=20), 0.01)
    _, trades, _ = run(Simulation(found, strategy, Plan(1e6, DAILY)))
    cash, held, target, due, made = 1e6, np.zeros(4), None, None, []
    for row in range(20, 90):
        if due is not None:
            fill = trade(held, cash, due, found.closes[row], 0.001, np.zeros(4))
            cash, held, target, due = fill.cash, fill.quantities, due, None
            made.append((row, held.tolist()))
        owned = held * found.closes[row]
        share = owned / (cash + owned.sum())
        shown = slice(max(row - 40, 0), row + 1)
        window = Window(found.assets, found.days[shown], found.closes[shown], share, target)
        due = strategy.decide(window)
    assert len(made) > 1
    assert made == [(each.row, each.quantities.tolist()) for each in trades]


def test_an_optimisation_decides_on_the_trailing_window():
    found = market(3, 60, 3)
    simulation = Simulation(found, Optimization(window=30, min_window=20), Plan(1e6, DAILY, Costs(0.0)))
    _, trades, _ = run(simulation)
    assert simulation.first == 20
    row = trades[25].row - 1
    closes = found.closes[row - 30 : row + 1]
    expected = optimise(Problem(found.assets, returns=closes[1:] / closes[:-1] - 1)).weights
    owned = trades[25].quantities * trades[25].prices
    np.testing.assert_allclose(owned / owned.sum(), expected, atol=1e-9)


def test_a_window_is_a_copy_that_reaches_nothing_later():
    seen = []

    class Spy:
        lookback, min_rows = 5, 1

        def decide(self, window):
            seen.append(window)
            for each in (window.closes, window.days):
                assert each.base is None
                each[:] = 0  # what a strategy does to its window changes no price
            return np.array([1.0])

    found = market(1, 20, 1)
    book, _ = wealth(found, Spy(), Plan(1e6, DAILY, Costs(0.0)))
    np.testing.assert_allclose(book.returns[1:], found.closes[2:, 0] / found.closes[1:-1, 0] - 1, rtol=1e-12)
    assert [len(each.days) for each in seen] == [1, 2, 3, 4, *[5] * 15]


def test_periods_begin_on_their_first_trading_day():
    """R24.2: weekdays from Monday 2019-01-07 on; 2019-04-01 is a Monday."""
    days = weekdays(80)
    dates = days.astype("datetime64[D]").astype(str)
    monthly = dates[period_starts(days, RebalancingFrequency.MONTHLY)].tolist()
    assert monthly == ["2019-01-07", "2019-02-01", "2019-03-01", "2019-04-01"]
    quarterly = dates[period_starts(days, RebalancingFrequency.QUARTERLY)].tolist()
    assert quarterly == ["2019-01-07", "2019-04-01"]
    weekly = period_starts(np.delete(days, 5), RebalancingFrequency.WEEKLY)
    assert weekly.tolist() == [0, 5, 9, 14, 19, 24, 29, 34, 39, 44, 49, 54, 59, 64, 69, 74]


def test_impact_is_the_square_root_law_by_what_was_known():
    found = market(11, 90, 2, volumes=True)
    plan = Plan(1e6, RebalancingFrequency.QUARTERLY, Costs(0.0, 0.7))
    _, trades, _ = run(Simulation(found, BuyAndHold(np.array([0.5, 0.5])), plan))
    assert not trades[0].costs.any()  # two closes are known at the first decision: no deviation
    late = Simulation(replace(found, start=80), BuyAndHold(np.array([0.5, 0.5])), plan)
    _, (made,), _ = run(late)
    for asset in range(2):
        closes = found.closes[80 - 63 : 81, asset]
        deviation = np.std(closes[1:] / closes[:-1] - 1, ddof=1)
        volume = np.mean(found.volumes[80 - 62 : 81, asset])
        share = made.traded[asset] / volume
        expected = 0.7 * deviation * math.sqrt(share) * made.traded[asset] * made.prices[asset]
        assert made.costs[asset] == pytest.approx(expected, rel=1e-12)


def test_without_an_excess_return_what_is_held_stays_and_is_told():
    """R24.6: prices rise, then fall for longer than the window: no portfolio beats the rate of 0 then."""
    path = np.concatenate((np.linspace(100, 130, 30), np.linspace(129, 60, 60)))
    noise = prices(2, 90, 2, 0.0005)
    closes = path[:, np.newaxis] * noise / noise[0]
    found = Market.of(("A", "B"), weekdays(90), closes)
    strategy = Optimization(Objective.SHARPE, window=20, min_window=10)
    state, trades, skipped = run(Simulation(found, strategy, Plan(1e6, DAILY)))
    assert {each.reason for each in skipped} == {SkippedReason.NO_EXCESS_RETURN}
    assert max(each.row for each in trades) < 60 < max(each.row for each in skipped)
    assert state.quantities.any()


def test_constraints_that_never_hold_stop_it():
    found, strategy = market(1, 40, 3), Optimization(upper=0.3, window=20, min_window=10)
    with pytest.raises(Infeasible):
        strategy.check(found.assets)
    simulation = Simulation(found, strategy, Plan(1e6))
    with pytest.raises(StrategyFailed) as failure:
        simulation.step(simulation.begin())
    assert failure.value.row == 10
    assert isinstance(failure.value.cause, Infeasible)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"closes": np.array([[1.0], [np.nan], [1.0]])}, FaultKind.NOT_FINITE),
        ({"closes": np.array([[1.0], [0.0], [1.0]])}, FaultKind.OUT_OF_RANGE),
        ({"closes": np.array([[1.0], [1e300], [1.0]])}, FaultKind.OUT_OF_RANGE),
        ({"closes": np.ones((3, 2))}, FaultKind.SHAPE),
        ({"days": np.array([3, 2, 1], np.int32)}, FaultKind.SHAPE),
        ({"start": 1}, FaultKind.TOO_FEW_ROWS),
        ({"volumes": -np.ones((3, 1))}, FaultKind.OUT_OF_RANGE),
        ({"assets": ()}, FaultKind.SHAPE),
    ],
)
def test_prices_that_are_none_are_refused(change, kind):
    stated = {"assets": ("A",), "days": np.array([1, 2, 3], np.int32), "closes": np.ones((3, 1)), **change}
    with pytest.raises(RiskError) as refused:
        Market.of(**stated)
    assert kind in refused.value.kinds


def test_what_cannot_begin_is_refused():
    for capital in (0.0, -1.0, math.nan, 1e300):
        with pytest.raises(RiskError):
            Plan(capital)
    for costs in ({"rate": -0.1}, {"rate": 0.6}, {"impact": math.nan}):
        with pytest.raises(RiskError):
            Costs(**costs)
    with pytest.raises(RiskError) as refused:
        Simulation(market(1, 30, 2), Optimization(), Plan(1e6))
    assert refused.value.kinds == (FaultKind.TOO_FEW_ROWS,)
    simulation = Simulation(market(1, 30, 2), FixedWeights(np.array([0.5, 0.6])), Plan(1e6))
    with pytest.raises(RiskError) as refused:
        simulation.step(simulation.begin())
    assert refused.value.kinds == (FaultKind.WEIGHTS_SUM,)


def test_a_short_position_that_eats_everything_ends_it():
    closes = np.column_stack((np.full(10, 1.0), 1.5 ** np.arange(10)))
    found = Market.of(("A", "B"), weekdays(10), closes)
    simulation = Simulation(found, BuyAndHold(np.array([2.0, -1.0])), Plan(1e6))
    _, trades, _ = run(simulation)
    with pytest.raises(RiskError) as refused:
        ledger(found, simulation.first, 1e6, trades)
    assert refused.value.kinds == (FaultKind.TOTAL_LOSS,)
