"""Several backtests together, over the days that all of them have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from functools import reduce

import numpy as np

from app.core.errors import FieldError, InvalidRequest
from app.services.backtest.types import BacktestView, Compared, Comparison, OverfittingReport, Result
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.backtest import MAX_BLOCKS, overfitting, performance
from app.services.kernels.risk import FaultKind, Panel, RiskError
from app.services.kernels.risk.covariance import correlation
from app.services.kernels.risk.errors import refuse

MIN_DAYS = 3


def compared(views: Sequence[BacktestView], results: Sequence[Result]) -> Comparison:
    """Return figures, wealth and correlations over the days that all have.

    Raises
    ------
    InvalidRequest
        When these are too few.
    """
    dates = _common(results)
    if len(dates) < MIN_DAYS:
        text = f"They have {len(dates)} days in common: {MIN_DAYS} are needed at least."
        raise InvalidRequest.of(FieldError("backtest_ids", text))
    shown, moves = [], []
    for view, each in zip(views, results, strict=True):
        values = _values(each, dates)
        returns = values[1:] / values[:-1] - 1.0
        moves.append(returns)
        found = performance(
            returns,
            np.zeros(0),
            None,
            periods=each.data.periods_per_year,
            risk_free_rate=view.request.risk_free_rate,
        )
        wealth = (values / values[0]).tolist()
        shown.append(
            Compared(view.backtest_id, view.name, each.summary, found.figures, found.undefined, wealth)
        )
    names = tuple(view.backtest_id for view in views)
    return Comparison(dates, shown, _correlations(names, np.column_stack(moves)))


def overfitting_of(views: Sequence[BacktestView], results: Sequence[Result]) -> OverfittingReport:
    """Return how much of the best backtest's ratio is luck, over the days that all have.

    Raises
    ------
    RiskError
        TOO_FEW_ROWS for 16 blocks; ZERO_VARIANCE where one does not vary in a block.
    """
    dates = _common(results)
    if len(dates) < MIN_DAYS:
        raise refuse(FaultKind.TOO_FEW_ROWS, "backtests", "They have too few days in common.")
    values = np.column_stack([_values(each, dates) for each in results])
    periods = results[0].data.periods_per_year
    free = views[0].request.risk_free_rate / periods
    found = overfitting(values[1:] / values[:-1] - 1.0, MAX_BLOCKS, free)
    return OverfittingReport(
        found.probability,
        found.loss_probability,
        found.slope,
        views[found.best].backtest_id,
        found.expected_maximum * math.sqrt(periods),
        found.deflated_sharpe,
        found.blocks,
        len(found.logits),
        dates[0],
        dates[-1],
    )


def _common(results: Sequence[Result]) -> list[date]:
    shared = reduce(lambda a, b: a & b, (set(each.time_series.dates) for each in results))
    return sorted(shared)


def _values(result: Result, dates: list[date]) -> FloatArray:
    by_day = dict(zip(result.time_series.dates, result.time_series.portfolio_values, strict=True))
    return np.array([by_day[day] for day in dates])


def _correlations(names: tuple[str, ...], returns: FloatArray) -> dict[str, dict[str, float | None]]:
    try:
        matrix: list[list[float | None]] = correlation(Panel.of(returns, names)).tolist()
    except RiskError:  # one does not vary: its correlation is not known
        matrix = [[None] * len(names) for _ in names]
    return {one: dict(zip(names, row, strict=True)) for one, row in zip(names, matrix, strict=True)}
