"""Figures of a backtest, each a number or why it is not defined, and how sure its Sharpe ratio is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk import FaultKind, RiskError, drawdown, losses, relative
from app.services.kernels.risk.tails import LEVEL
from app.services.kernels.risk.uncertainty import SharpeInterval, probabilistic_sharpe, sharpe_interval

SEED = 20_170_217
"""Of the bootstrap: the same for all backtests, so that the same returns have the same interval."""


class Figure(StrEnum):
    """Figures of a backtest; returns, volatility and ratios are of a year, VaR and CVaR of a day.

    Losses are positive. Turnover is half of what was traded over the value before, of a year, without the
    first purchase. The win rate is the share of days with a return above 0.
    """

    TOTAL_RETURN = "total_return"
    ANNUALIZED_RETURN = "annualized_return"
    VOLATILITY = "volatility"
    SHARPE_RATIO = "sharpe_ratio"
    SORTINO_RATIO = "sortino_ratio"
    MAX_DRAWDOWN = "max_drawdown"
    CALMAR_RATIO = "calmar_ratio"
    BETA = "beta"
    ALPHA = "alpha"
    TRACKING_ERROR = "tracking_error"
    INFORMATION_RATIO = "information_ratio"
    TURNOVER = "turnover"
    WIN_RATE = "win_rate"
    VAR = "var"
    CVAR = "cvar"
    PROBABILISTIC_SHARPE = "probabilistic_sharpe_ratio"


@dataclass(frozen=True, slots=True)
class Performance:
    """Figures by name; None is explained in `undefined`. The interval is None where that names the Sharpe."""

    figures: dict[Figure, float | None]
    undefined: dict[Figure, FaultKind]
    interval: SharpeInterval | None


def performance(
    returns: FloatArray,
    turnover: FloatArray,
    benchmark: FloatArray | None,
    *,
    periods: float,
    risk_free_rate: float = 0.0,
    seed: int = SEED,
) -> Performance:
    """Return the figures of returns (float64[T]), of trades' turnover, and against a benchmark's returns.

    Parameters
    ----------
    periods : float
        Trading days of a year.
    risk_free_rate : float
        Of a year.
    """
    free = risk_free_rate / periods
    found: dict[Figure, float | None] = {}
    undefined: dict[Figure, FaultKind] = {}
    for figure, ask in _asked(returns, turnover, periods, free).items():
        found[figure] = _number(figure, ask, undefined)
    for figure, compare in _compared(periods, free).items():
        if benchmark is None:
            found[figure], undefined[figure] = None, FaultKind.REQUIRED
        else:
            found[figure] = _number(figure, partial(compare, returns, benchmark), undefined)
    try:
        interval = sharpe_interval(returns, periods, seed=seed, risk_free=free)
    except RiskError:
        interval = None
    return Performance({figure: found[figure] for figure in Figure}, undefined, interval)


def _asked(
    returns: FloatArray, turnover: FloatArray, periods: float, free: float
) -> dict[Figure, Callable[[], float]]:
    years = len(returns) / periods
    return {
        Figure.TOTAL_RETURN: lambda: float(drawdown.wealth(returns)[-1]) - 1.0,
        Figure.ANNUALIZED_RETURN: lambda: drawdown.annualised_return(returns, periods),
        Figure.VOLATILITY: lambda: losses.volatility(returns, periods),
        Figure.SHARPE_RATIO: lambda: relative.sharpe(returns, periods, free),
        Figure.SORTINO_RATIO: lambda: relative.sortino(returns, periods, free),
        Figure.MAX_DRAWDOWN: lambda: drawdown.maximum(returns).depth,
        Figure.CALMAR_RATIO: lambda: drawdown.calmar(returns, periods),
        Figure.TURNOVER: lambda: float(turnover[1:].sum()) / years,
        Figure.WIN_RATE: lambda: float(np.mean(returns > 0.0)),
        Figure.VAR: lambda: losses.historical_var(returns, LEVEL),
        Figure.CVAR: lambda: losses.historical_cvar(returns, LEVEL),
        Figure.PROBABILISTIC_SHARPE: lambda: probabilistic_sharpe(returns, risk_free=free),
    }


def _compared(periods: float, free: float) -> dict[Figure, Callable[[FloatArray, FloatArray], float]]:
    return {
        Figure.BETA: relative.beta,
        Figure.ALPHA: lambda ours, theirs: relative.jensen_alpha(ours, theirs, periods, free),
        Figure.TRACKING_ERROR: lambda ours, theirs: relative.tracking_error(ours, theirs, periods),
        Figure.INFORMATION_RATIO: lambda ours, theirs: relative.information_ratio(ours, theirs, periods),
    }


def _number(figure: Figure, ask: Callable[[], float], undefined: dict[Figure, FaultKind]) -> float | None:
    try:
        return ask()
    except RiskError as error:
        undefined[figure] = error.kinds[0]
        return None
