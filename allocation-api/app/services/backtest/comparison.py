"""Several backtests together, over the days that all of them have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import reduce

import numpy as np

from app.core.errors import FieldError, InvalidRequest
from app.services.backtest.grid_types import (
    CrossValidationReport,
    CrossValidationRequest,
    Grid,
    OverfittingReport,
    Undefined,
)
from app.services.backtest.types import BacktestView, Compared, Comparison, Result
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.backtest import MAX_BLOCKS, Folds, cross_validation, overfitting, performance
from app.services.kernels.risk import FaultKind, Panel, RiskError
from app.services.kernels.risk.covariance import correlation
from app.services.kernels.risk.errors import refuse

MIN_DAYS = 3
EMBARGO_PART = 0.01
"""Part of the days that an embargo has by default (Lopez de Prado 2018, 7.4.2)."""


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


def measured(grid: Grid, results: Sequence[Result]) -> Grid:
    """Return a grid with what its results tell together, each measure or why there is none."""
    views = grid.backtests
    try:
        grid = replace(grid, overfitting=overfitting_of(views, results))
    except RiskError as error:
        grid = replace(grid, undefined=error.kinds[0], message=str(error))
    try:
        found = cross_validation_of(views, results, grid.request.cross_validation)
    except RiskError as error:
        return replace(grid, cross_validation_undefined=Undefined(error.kinds[0], str(error)))
    return replace(grid, cross_validation=found)


def overfitting_of(views: Sequence[BacktestView], results: Sequence[Result]) -> OverfittingReport:
    """Return how much of the best backtest's ratio is luck, over the days that all have.

    Raises
    ------
    RiskError
        TOO_FEW_ROWS for 16 blocks; ZERO_VARIANCE where one does not vary in a block.
    """
    dates, returns, periods, free = _trials(views, results)
    found = overfitting(returns, MAX_BLOCKS, free)
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


def cross_validation_of(
    views: Sequence[BacktestView], results: Sequence[Result], asked: CrossValidationRequest
) -> CrossValidationReport:
    """Return what choosing the best backtest comes to on days that it was not chosen by.

    Raises
    ------
    RiskError
        TOO_FEW_ROWS for the folds; ZERO_VARIANCE where one does not vary.
    """
    _, returns, periods, free = _trials(views, results)
    embargo = math.ceil(EMBARGO_PART * len(returns)) if asked.embargo_days is None else asked.embargo_days
    folds = Folds(asked.folds, asked.test_folds, asked.purged_days, embargo)
    found = cross_validation(returns, folds, free)
    ratios = found.ratios * math.sqrt(periods)
    counts = np.bincount(found.chosen, minlength=len(views)).tolist()
    return CrossValidationReport(
        folds=folds.count,
        test_folds=folds.tested,
        purged_days=folds.purged,
        embargo_days=embargo,
        split_count=folds.split_count,
        path_count=folds.path_count,
        sharpe_ratios=ratios.tolist(),
        mean_sharpe=float(ratios.mean()),
        median_sharpe=float(np.median(ratios)),
        sharpe_deviation=float(ratios.std(ddof=1)) if len(ratios) > 1 else None,
        loss_probability=float(np.mean(ratios < 0.0)),
        chosen={view.backtest_id: count for view, count in zip(views, counts, strict=True)},
    )


def _trials(
    views: Sequence[BacktestView], results: Sequence[Result]
) -> tuple[list[date], FloatArray, int, float]:
    """Return the days that all have, returns (float64[T, N]), periods of a year, and the rate of a period."""
    dates = _common(results)
    if len(dates) < MIN_DAYS:
        raise refuse(FaultKind.TOO_FEW_ROWS, "backtests", "They have too few days in common.")
    values = np.column_stack([_values(each, dates) for each in results])
    periods = results[0].data.periods_per_year
    return dates, values[1:] / values[:-1] - 1.0, periods, views[0].request.risk_free_rate / periods


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
