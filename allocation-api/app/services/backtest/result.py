"""The result of a backtest from its trades: series, transactions, figures, and charts of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from importlib.metadata import version

import numpy as np

from app.services.backtest.plan import Prepared
from app.services.backtest.types import (
    Chart,
    ChartSeries,
    ChartType,
    Interval,
    Part,
    PeriodAllocation,
    Result,
    Summary,
    TimeSeries,
    TradeRecord,
    Trades,
    Transaction,
)
from app.services.domain.side import Side
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.backtest import Ledger, Trade, ledger, performance
from app.services.kernels.risk import drawdown
from app.services.kernels.risk.uncertainty import SharpeInterval
from app.services.market_history.series import dates_of

LIBRARIES = ("numpy", "scipy", "piqp", "clarabel")
"""Whose versions the numbers may depend on in their last digits."""


def result_of(prepared: Prepared, parts: list[Part]) -> Result:
    """Return the result of a backtest that is through.

    Raises
    ------
    RiskError
        TOTAL_LOSS where the portfolio was worth nothing at a close.
    """
    simulation, market = prepared.simulation, prepared.simulation.market
    trades = [_trade(each) for part in parts for each in part.trades]
    book = ledger(market, simulation.first, simulation.plan.capital, trades)
    dates = dates_of(market.days)
    benchmark = None if prepared.benchmark is None else prepared.benchmark[simulation.first :]
    compared = None if benchmark is None else benchmark[1:] / benchmark[:-1] - 1.0
    found = performance(
        book.returns,
        book.turnover,
        compared,
        periods=prepared.data.periods_per_year,
        risk_free_rate=prepared.risk_free_rate,
    )
    summary = Summary(
        simulation.plan.capital,
        float(book.values[-1]),
        sum(float(each.costs.sum()) for each in trades),
        sum(int(np.count_nonzero(each.traded)) for each in trades),
        found.figures,
        found.undefined,
        _interval(found.interval),
    )
    return Result(
        prepared.data,
        summary,
        _series(dates[simulation.first :], book, benchmark),
        [each for part in parts for each in part.skipped],
        {name: version(name) for name in LIBRARIES},
    )


def _trade(kept: TradeRecord) -> Trade:
    return Trade(
        row=kept.row,
        traded=np.array(kept.traded),
        prices=np.array(kept.prices),
        costs=np.array(kept.costs),
        quantities=np.array(kept.quantities),
        cash=kept.cash,
    )


def _interval(found: SharpeInterval | None) -> Interval | None:
    if found is None:
        return None
    return Interval(found.low, found.high, found.confidence, found.samples, found.block_length, found.seed)


def _series(dates: list[date], book: Ledger, benchmark: FloatArray | None) -> TimeSeries:
    depths = [0.0, *drawdown.drawdowns(book.returns).tolist()]
    returns = [None, *book.returns.tolist()]
    if benchmark is None:
        return TimeSeries(dates, book.values.tolist(), book.cash.tolist(), returns, depths, None, None)
    scaled = benchmark * (book.values[0] / benchmark[0])
    moves = [None, *(benchmark[1:] / benchmark[:-1] - 1.0).tolist()]
    return TimeSeries(
        dates, book.values.tolist(), book.cash.tolist(), returns, depths, scaled.tolist(), moves
    )


def trades_of(assets: tuple[str, ...], found: Result, parts: list[Part]) -> Trades:
    """Return the trades that the parts of a backtest have, oldest first."""
    dates, first = found.time_series.dates, found.data.history_count
    transactions: list[Transaction] = []
    allocations: list[PeriodAllocation] = []
    for part in parts:
        for kept in part.trades:
            made, day = _trade(kept), dates[kept.row - first]
            weights = made.weights.tolist()
            transactions += _transactions(assets, day, made, weights)
            allocations.append(PeriodAllocation(day, dict(zip(assets, weights, strict=True))))
    return Trades(transactions, allocations)


def _transactions(
    assets: tuple[str, ...], day: date, made: Trade, weights: list[float]
) -> Iterator[Transaction]:
    for at in np.flatnonzero(made.traded):
        units = float(made.traded[at])
        side = Side.BUY if units > 0 else Side.SELL
        price, cost = float(made.prices[at]), float(made.costs[at])
        yield Transaction(day, assets[at], side, abs(units), price, cost, weights[at])


def charts(found: Result, trades: Trades) -> list[Chart]:
    """Return what is plotted of a result: wealth, drawdown, weights over time, and costs added up."""
    series = found.time_series
    wealth = [ChartSeries("portfolio", [*series.portfolio_values])]
    if series.benchmark_values is not None:
        wealth.append(ChartSeries("benchmark", [*series.benchmark_values]))
    days = [each.date for each in trades.period_allocations]
    held = [each.weights for each in trades.period_allocations]
    names = tuple(held[0]) if held else ()
    weights = [ChartSeries(name, [row[name] for row in held]) for name in names]
    paid: Mapping[date, float] = _costs_by_day(trades)
    added = np.cumsum([paid.get(day, 0.0) for day in days]).tolist()
    return [
        Chart("wealth", "Value of the portfolio", ChartType.LINE, series.dates, wealth),
        Chart(
            "drawdown",
            "Drawdown, the part of the highest value so far that is lost",
            ChartType.AREA,
            series.dates,
            [ChartSeries("drawdown", [*series.drawdowns])],
        ),
        Chart("weights", "Weights after each day of trades", ChartType.STACKED_AREA, days, weights),
        Chart("costs", "Costs so far", ChartType.LINE, days, [ChartSeries("costs", added)]),
    ]


def _costs_by_day(trades: Trades) -> dict[date, float]:
    paid: dict[date, float] = {}
    for each in trades.transactions:
        paid[each.date] = paid.get(each.date, 0.0) + each.cost
    return paid
