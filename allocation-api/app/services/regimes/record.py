"""The record of regimes: what holding by them has made of money, against what needs no regime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.backtest import (
    BuyAndHold,
    Costs,
    Figure,
    FixedWeights,
    Market,
    Plan,
    RebalancingFrequency,
    Simulation,
    Strategy,
    Trade,
    Window,
    ledger,
    performance,
)
from app.services.kernels.backtest.market import Days
from app.services.kernels.backtest.performance import SEED
from app.services.kernels.regimes.bounds import SLEEVES, bounds_of, fallback_weights
from app.services.kernels.regimes.types import Regime
from app.services.kernels.risk import RiskError
from app.services.kernels.risk.uncertainty import SharpeInterval, sharpe_interval
from app.services.market_history.errors import measurable
from app.services.regimes.market import MarketRead
from app.services.regimes.types import (
    RecordComparison,
    RecordedRegime,
    RecordInterval,
    RecordStrategy,
    RecordVerdict,
    RegimeRecord,
    RegimeRecordRequest,
    StrategyRecord,
)

CAPITAL = 1e6
BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class RegimeMidpoints:
    """Holds the midpoints of the bounds of the regime that was told at the close; fitted to nothing.

    Parameters
    ----------
    days : int32[T]
    regimes : sequence of T regimes
        Told at the close of each day; of a window it reads that of the last day alone.
    """

    days: Days
    regimes: Sequence[Regime]
    lookback: int = 1
    min_rows: int = 1

    def decide(self, window: Window) -> FloatArray | None:
        """Return the weights of BTC, ETH, ALT and STABLE for the regime; None while they stay."""
        at = int(np.searchsorted(self.days, window.days[-1]))
        target = fallback_weights(bounds_of(self.regimes[at]))
        same = window.target is not None and np.array_equal(target, window.target)
        return None if same else target


def record_of(
    read: MarketRead, regimes: tuple[Regime, ...], asked: RegimeRecordRequest, bars_per_year: int
) -> RegimeRecord:
    """Return the record of days, all of which are decided at a close and traded on the next day.

    Raises
    ------
    NotMeasurable
        When there are fewer than three days.
    """
    dates = read.dates
    places = [at for at, day in enumerate(dates) if _within(day, asked)]
    first, last = (places[0], places[-1] + 1) if places else (0, 0)
    with measurable(lambda _: "start_date"):
        market = _market(read, first, last)
        costs = Costs(asked.cost_basis_points / BASIS_POINTS)
        runs = {
            name: _run(name, market, strategy, Plan(CAPITAL, frequency, costs), bars_per_year)
            for name, (strategy, frequency) in _strategies(read, regimes).items()
        }
    ours, _ = runs[RecordStrategy.REGIME]
    comparisons = [
        _compared(name, ours, returns, bars_per_year)
        for name, (returns, _) in runs.items()
        if name is not RecordStrategy.REGIME
    ]
    return RegimeRecord(
        dates[first],
        dates[last - 1],
        len(places),
        asked.cost_basis_points,
        [record for _, record in runs.values()],
        comparisons,
        _by_regime(read, regimes, first, last),
        read.data,
    )


def _within(day: date, asked: RegimeRecordRequest) -> bool:
    return (asked.start_date or day) <= day <= (asked.end_date or day)


def _strategies(
    read: MarketRead, regimes: tuple[Regime, ...]
) -> Mapping[RecordStrategy, tuple[Strategy, RebalancingFrequency]]:
    equal = np.full(len(SLEEVES), 1.0 / len(SLEEVES))
    return {
        RecordStrategy.REGIME: (RegimeMidpoints(read.days, regimes), RebalancingFrequency.DAILY),
        RecordStrategy.EQUAL_WEIGHT: (FixedWeights(equal), RebalancingFrequency.MONTHLY),
        RecordStrategy.BUY_AND_HOLD: (BuyAndHold(equal), RebalancingFrequency.MONTHLY),
    }


def _market(read: MarketRead, first: int, last: int) -> Market:
    """Return prices of BTC, ETH, ALT and of a stablecoin, which is 1 on all days."""
    stable = np.ones(len(read.days))
    closes = np.column_stack([read.bars.btc, read.bars.eth, read.bars.alt, stable])[first:last]
    opens = np.column_stack([read.opens, stable])[first:last]
    return Market.of(tuple(SLEEVES), read.days[first:last], closes, opens)


def _run(
    name: RecordStrategy, market: Market, strategy: Strategy, plan: Plan, bars_per_year: int
) -> tuple[FloatArray, StrategyRecord]:
    """Return the returns of a strategy from the day after its first decision, and its record."""
    simulation = Simulation(market, strategy, plan)
    state, trades = simulation.begin(), []
    while state.decisions < len(simulation.rows):
        state, made = simulation.step(state)
        if isinstance(made, Trade):
            trades.append(made)
    book = ledger(market, simulation.first, CAPITAL, trades)
    found = performance(book.returns, book.turnover, None, periods=bars_per_year)
    figures = found.figures
    record = StrategyRecord(
        strategy=name,
        total_return=figures[Figure.TOTAL_RETURN],
        annualized_return=figures[Figure.ANNUALIZED_RETURN],
        volatility=figures[Figure.VOLATILITY],
        sharpe_ratio=figures[Figure.SHARPE_RATIO],
        max_drawdown=figures[Figure.MAX_DRAWDOWN],
        turnover=figures[Figure.TURNOVER],
        costs=sum(float(each.costs.sum()) for each in trades) / CAPITAL,
        trade_count=len(trades),
        sharpe_interval=_interval(found.interval),
    )
    return book.returns, record


def _compared(
    against: RecordStrategy, ours: FloatArray, theirs: FloatArray, bars_per_year: int
) -> RecordComparison:
    """Return how sure it is that one strategy is ahead: the interval of the ratio of the difference."""
    try:
        interval = _interval(sharpe_interval(ours - theirs, bars_per_year, seed=SEED))
    except RiskError:
        interval = None
    if interval is None or interval.low <= 0 <= interval.high:
        return RecordComparison(against, RecordVerdict.UNDECIDED, interval)
    verdict = RecordVerdict.AHEAD if interval.low > 0 else RecordVerdict.BEHIND
    return RecordComparison(against, verdict, interval)


def _interval(found: SharpeInterval | None) -> RecordInterval | None:
    if found is None:
        return None
    return RecordInterval(found.sharpe, found.low, found.high, found.confidence, found.samples, found.seed)


def _by_regime(read: MarketRead, regimes: tuple[Regime, ...], first: int, last: int) -> list[RecordedRegime]:
    """Return what the market has done on the days that each regime traded: those after it was told."""
    closes = read.bars.total.closes[first:last]
    returns = closes[1:] / closes[:-1] - 1
    traded = np.array(regimes[first : last - 1])
    found = []
    for regime in Regime:
        own = returns[traded == regime]
        mean, rises = (float(own.mean()), float((own > 0).mean())) if len(own) else (None, None)
        found.append(RecordedRegime(regime, len(own), mean, rises))
    return found
