"""Backtests beside bt: 2,520 days of 50 assets, equal weights, decided monthly and daily.

Run with `python -m benchmarks.backtests`. Where bt is installed beside what the service needs, its times are
beside ours; the service does not need it. Prices have no opens, so ours trade at the close of the day after a
decision; bt trades at the close of the decision, and is told the days of our trades. `difference` is the
largest of both values over the days, as a part of them. Times are the least of several runs by the clock,
from an array of prices to values, of bt one run.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.backtest import (
    Costs,
    FixedWeights,
    Market,
    Optimization,
    Plan,
    RebalancingFrequency,
    Simulation,
    Trade,
    ledger,
)

ROWS, ASSETS = 2_520, 50
CAPITAL = 1e6
RUNS = 5
STEPS, WIDE = 120, 100
FIRST = 17_903


def main() -> None:
    """Print the times."""
    generator = np.random.default_rng(7)
    closes = 100 * np.exp(np.cumsum(generator.normal(0.0003, 0.01, (ROWS, ASSETS)), axis=0))
    names = tuple(f"A{at:03}" for at in range(ASSETS))
    rows = np.arange(ROWS)
    market = Market.of(names, (FIRST + rows // 5 * 7 + rows % 5).astype(np.int32), closes)
    print(f"{'':12}{'ours':>10}{'bt':>10}{'times':>8}{'difference':>14}")
    for frequency in (RebalancingFrequency.MONTHLY, RebalancingFrequency.DAILY):
        ours, values = _timed(lambda f=frequency: _ours(market, f), RUNS)
        simulation = _simulation(market, frequency)
        theirs = _bt(market, simulation.rows + 1)
        beside = ""
        if theirs is not None:
            seconds, others = theirs
            away = float(np.abs(others / values - 1).max())
            beside = f"{seconds:9.2f}s{seconds / ours:7.0f}x{away:14.1e}"
        print(f"{frequency:12}{ours * 1000:8.1f}ms{beside}")
    _walk_forward(generator)


def _simulation(market: Market, frequency: RebalancingFrequency) -> Simulation:
    return Simulation(market, FixedWeights(np.full(ASSETS, 1 / ASSETS)), Plan(CAPITAL, frequency, Costs(0.0)))


def _ours(market: Market, frequency: RebalancingFrequency) -> FloatArray:
    return _values(_simulation(market, frequency))


def _values(simulation: Simulation) -> FloatArray:
    state, trades = simulation.begin(), []
    while state.decisions < len(simulation.rows):
        state, made = simulation.step(state)
        if isinstance(made, Trade):
            trades.append(made)
    return ledger(simulation.market, simulation.first, CAPITAL, trades).values


def _timed(work: Callable[[], FloatArray], runs: int) -> tuple[float, FloatArray]:
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        values = work()
        best = min(best, time.perf_counter() - start)
    return best, values


def _bt(market: Market, rows: np.ndarray) -> tuple[float, FloatArray] | None:
    """Return bt's time and values; None where it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import bt  # noqa: PLC0415 - it may not be there
            import pandas as pd  # noqa: PLC0415
    except ImportError:
        return None
    dates = pd.DatetimeIndex(market.days.astype("datetime64[D]"))
    frame = pd.DataFrame(market.closes, index=dates, columns=list(market.assets))
    steps = [bt.algos.RunOnDate(*dates[rows]), bt.algos.SelectAll(), bt.algos.WeighEqually()]
    strategy = bt.Strategy("equal", [*steps, bt.algos.Rebalance()])
    test = bt.Backtest(strategy, frame, initial_capital=CAPITAL, integer_positions=False, progress_bar=False)
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bt.run(test)
    seconds = time.perf_counter() - start
    return seconds, np.asarray(test.strategy.values)[1:]


def _walk_forward(generator: np.random.Generator) -> None:
    """Print the time of a walk-forward of least variance over windows of 252 days."""
    count = 253 + STEPS
    closes = 100 * np.exp(np.cumsum(generator.normal(0.0003, 0.01, (count, WIDE)), axis=0))
    names = tuple(f"A{at:03}" for at in range(WIDE))
    market = Market.of(names, np.arange(count, dtype=np.int32), closes, start=252)
    simulation = Simulation(market, Optimization(upper=0.3), Plan(CAPITAL, RebalancingFrequency.DAILY))
    seconds, _ = _timed(lambda: _values(simulation), RUNS)
    steps = len(simulation.rows)
    print(
        f"walk-forward {WIDE} assets x {steps}: {seconds * 1000:.0f}ms, {seconds / steps * 1000:.1f}ms a step"
    )


if __name__ == "__main__":
    main()
