"""Figures of an account or strategy from its snapshots, each a number or why it is not defined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.backtest import Figure, Performance, performance
from app.services.kernels.performance.returns import (
    NO_FLOWS,
    Flows,
    IntArray,
    Snapshots,
    period_returns,
    time_weighted,
)
from app.services.kernels.risk import FaultKind, RiskError, drawdown
from app.services.kernels.risk.errors import refuse
from app.services.kernels.risk.inputs import MIN_ROWS
from app.services.kernels.risk.uncertainty import SharpeInterval

YEAR_SECONDS = 365 * 86_400.0
"""Actual days over 365."""

FIGURES = (
    Figure.TOTAL_RETURN,
    Figure.ANNUALIZED_RETURN,
    Figure.VOLATILITY,
    Figure.SHARPE_RATIO,
    Figure.SORTINO_RATIO,
    Figure.MAX_DRAWDOWN,
    Figure.WIN_RATE,
    Figure.BETA,
    Figure.ALPHA,
    Figure.TRACKING_ERROR,
    Figure.INFORMATION_RATIO,
)
"""Those of a track. The win rate is the share of periods with a return above 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Performance since the first snapshot.

    Parameters
    ----------
    figures : dict
        By name; None is explained in `undefined`.
    benchmark_return : float or None
        Of the benchmark, from the first snapshot to the last.
    interval : SharpeInterval or None
        How sure the Sharpe ratio is; None where that has no number.
    wealth : ndarray of shape (n,)
        What 1 at the first snapshot had become at each, without flows.
    period_count, left_out : int
        Periods that volatility, ratios and win rate are of, and returns that are over more than one period:
        these count in the total return alone.
    """

    figures: dict[Figure, float | None]
    undefined: dict[Figure, FaultKind]
    benchmark_return: float | None
    interval: SharpeInterval | None
    wealth: FloatArray
    period_count: int
    left_out: int


def track(
    snapshots: Snapshots,
    periods: IntArray,
    flows: Flows = NO_FLOWS,
    benchmark: FloatArray | None = None,
    *,
    periods_per_year: float,
    risk_free_rate: float = 0.0,
) -> Track:
    """Return the performance of what snapshots are of.

    Total and annualised return and drawdown are of all snapshots; volatility, ratios, win rate and what is
    compared with the benchmark are of whole periods. Less than a year is not annualised
    (GIPS).

    Parameters
    ----------
    periods : ndarray of shape (n,)
        See `period_returns`.
    benchmark : ndarray of shape (n,)
        Its level at each snapshot, above 0.
    periods_per_year : float
        365 for days, 252 for trading days.
    risk_free_rate : float
        Of a year.

    Raises
    ------
    RiskError
        As `time_weighted` and `period_returns`; TOTAL_LOSS where more than everything is lost; SHAPE or
        OUT_OF_RANGE for the benchmark.
    """
    returns = time_weighted(snapshots, flows)
    whole, is_single = period_returns(returns, periods)
    theirs = None if benchmark is None else _levels(benchmark, len(snapshots.times))
    compared = None if theirs is None else period_returns(theirs, periods)[0][is_single]
    found = _of_periods(whole[is_single], compared, periods_per_year, risk_free_rate)
    figures, undefined = dict(found.figures), dict(found.undefined)
    wealth = _wealth(returns)
    years = float(snapshots.times[-1] - snapshots.times[0]) / YEAR_SECONDS
    for figure, ask in _of_snapshots(returns, wealth, years).items():
        undefined.pop(figure, None)
        try:
            figures[figure] = ask()
        except RiskError as error:
            figures[figure], undefined[figure] = None, error.kinds[0]
    return Track(
        {figure: figures[figure] for figure in FIGURES},
        {figure: undefined[figure] for figure in FIGURES if figure in undefined},
        None if theirs is None else float(_wealth(theirs)[-1]) - 1.0,
        found.interval,
        wealth,
        int(is_single.sum()),
        int((~is_single).sum()),
    )


def _of_snapshots(returns: FloatArray, wealth: FloatArray, years: float) -> dict[Figure, Callable[[], float]]:
    return {
        Figure.TOTAL_RETURN: lambda: float(wealth[-1]) - 1.0,
        Figure.ANNUALIZED_RETURN: lambda: _annualised(returns, years),
        Figure.MAX_DRAWDOWN: lambda: drawdown.maximum(_padded(returns)).depth,
    }


def _annualised(returns: FloatArray, years: float) -> float:
    if years < 1:
        raise refuse(FaultKind.UNDEFINED, "annualized_return", "Less than a year is not annualised.")
    padded = _padded(returns)
    return drawdown.annualised_return(padded, len(padded) / years)


def _wealth(returns: FloatArray) -> FloatArray:
    return drawdown.wealth(_padded(returns))[: len(returns) + 1]


def _padded(returns: FloatArray) -> FloatArray:
    """Return at least as many returns as measures take; those of 0 at the end change no wealth."""
    return np.append(returns, np.zeros(max(MIN_ROWS - len(returns), 0)))


def _levels(benchmark: FloatArray, count: int) -> FloatArray:
    """Return the returns of a benchmark."""
    if benchmark.shape != (count,):
        raise refuse(FaultKind.SHAPE, "benchmark", "One level for each snapshot is needed.")
    if not (np.isfinite(benchmark) & (benchmark > 0)).all():
        raise refuse(FaultKind.OUT_OF_RANGE, "benchmark", "Each level must be a number above 0.")
    found: FloatArray = benchmark[1:] / benchmark[:-1] - 1
    return found


def _of_periods(
    returns: FloatArray, benchmark: FloatArray | None, periods: float, risk_free_rate: float
) -> Performance:
    """Return the figures of whole periods; nothing is said of turnover, which snapshots do not tell."""
    if len(returns) < MIN_ROWS:
        few = dict.fromkeys(Figure, FaultKind.TOO_FEW_ROWS)
        return Performance(dict.fromkeys(Figure), few, None)
    turnover = np.zeros(len(returns))
    return performance(returns, turnover, benchmark, periods=periods, risk_free_rate=risk_free_rate)
