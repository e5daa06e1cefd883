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
    transactions = list(_transactions(market.assets, dates, trades, book))
    summary = Summary(
        simulation.plan.capital,
        float(book.values[-1]),
        sum(float(each.costs.sum()) for each in trades),
        len(transactions),
        found.figures,
        found.undefined,
        _interval(found.interval),
    )
    return Result(
        prepared.data,
        summary,
        _series(dates[simulation.first :], book, benchmark),
        transactions,
        [
            PeriodAllocation(dates[each.row], dict(zip(market.assets, row, strict=True)))
            for each, row in zip(trades, book.weights.tolist(), strict=True)
        ],
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


def _transactions(
    assets: tuple[str, ...], dates: list[date], trades: list[Trade], book: Ledger
) -> Iterator[Transaction]:
    for each, weights in zip(trades, book.weights, strict=True):
        for at in np.flatnonzero(each.traded):
            units = float(each.traded[at])
            yield Transaction(
                dates[each.row],
                assets[at],
                Side.BUY if units > 0 else Side.SELL,
                abs(units),
                float(each.prices[at]),
                float(each.costs[at]),
                float(weights[at]),
            )


def charts(found: Result) -> list[Chart]:
    """Return what is plotted of a result: wealth, drawdown, weights over time, and costs added up."""
    series = found.time_series
    wealth = [ChartSeries("portfolio", [*series.portfolio_values])]
    if series.benchmark_values is not None:
        wealth.append(ChartSeries("benchmark", [*series.benchmark_values]))
    days = [each.date for each in found.period_allocations]
    held = [each.weights for each in found.period_allocations]
    names = tuple(held[0]) if held else ()
    weights = [ChartSeries(name, [row[name] for row in held]) for name in names]
    paid: Mapping[date, float] = _costs_by_day(found)
    added = np.cumsum([paid.get(day, 0.0) for day in days]).tolist()
    return [
        Chart("wealth", "Value of the portfolio", ChartType.LINE, series.dates, wealth),
        Chart(
            "drawdown",
            "Part of the highest value so far that is lost",
            ChartType.AREA,
            series.dates,
            [ChartSeries("drawdown", [*series.drawdowns])],
        ),
        Chart("weights", "Weights after each day of trades", ChartType.STACKED_AREA, days, weights),
        Chart("costs", "Costs so far", ChartType.LINE, days, [ChartSeries("costs", added)]),
    ]


def _costs_by_day(found: Result) -> dict[date, float]:
    paid: dict[date, float] = {}
    for each in found.transactions:
        paid[each.date] = paid.get(each.date, 0.0) + each.cost
    return paid
