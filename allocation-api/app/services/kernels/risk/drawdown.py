"""Drawdowns: how far wealth is below its highest so far.

Wealth starts at 1, or at 0 where returns are added, and the start is a peak. Indices are into wealth: 0 is
the start, i is after the i-th return. Drawdowns are positive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk.errors import FaultKind, refuse
from app.services.kernels.risk.inputs import LARGEST, series, yearly
from app.services.kernels.risk.tails import LEVEL, entropic, tail_mean

_RECOVERED = 1 - 1e-12


@dataclass(frozen=True, slots=True)
class MaximumDrawdown:
    """The deepest drawdown, the first of equal ones.

    Parameters
    ----------
    depth : float
        Part of the peak's wealth, or difference to it where returns are added.
    peak, trough : int
        Where wealth was last at its highest before, and where it was lowest; both 0 without a drawdown.
    recovery : int or None
        Where wealth first was at the peak again; None is not yet.
    """

    depth: float
    peak: int
    trough: int
    recovery: int | None


def wealth(returns: ArrayLike, *, compounded: bool = True) -> FloatArray:
    """Return wealth, of shape (T + 1,): the product of 1 + r from 1, or the sum of r from 0.

    Raises
    ------
    RiskError
        TOTAL_LOSS where more than everything is lost in a period; OVERFLOW.
    """
    found = series(returns)
    if not compounded:
        return np.concatenate(([0.0], np.cumsum(found)))
    if found.min() < -1:
        first = int(np.argmax(found < -1))
        text = f"That of period {first + 1} is {found[first]:g}, below -1, so wealth would be negative."
        raise refuse(FaultKind.TOTAL_LOSS, "returns", text)
    with np.errstate(over="ignore", invalid="ignore"):
        path = np.concatenate(([1.0], np.cumprod(1 + found)))
    if not np.isfinite(path).all():
        raise refuse(FaultKind.OVERFLOW, "returns", "Wealth is too large for a number.")
    return path


def drawdowns(returns: ArrayLike, *, compounded: bool = True) -> FloatArray:
    """Return 1 - W / peak, or peak - W where returns are added, after each return; of shape (T,)."""
    return _depths(wealth(returns, compounded=compounded), compounded=compounded)[1:]


def maximum(returns: ArrayLike, *, compounded: bool = True) -> MaximumDrawdown:
    """Return the maximum drawdown (MDD) with where it began, was deepest and was made up."""
    path = wealth(returns, compounded=compounded)
    depths = _depths(path, compounded=compounded)
    trough = int(np.argmax(depths))
    if depths[trough] == 0:
        return MaximumDrawdown(0.0, 0, 0, 0)
    before = path[: trough + 1]
    height = before.max()
    peak = int(np.flatnonzero(before == height)[-1])
    goal = height * _RECOVERED if compounded else height - depths[trough] * (1 - _RECOVERED)
    back = np.flatnonzero(path[trough:] >= goal)
    return MaximumDrawdown(float(depths[trough]), peak, trough, trough + int(back[0]) if len(back) else None)


def average(returns: ArrayLike, *, compounded: bool = True) -> float:
    """Return the mean of the drawdowns (ADD)."""
    return float(drawdowns(returns, compounded=compounded).mean())


def conditional(returns: ArrayLike, level: float = LEVEL, *, compounded: bool = True) -> float:
    """Return the mean of the worst 1 - level of the drawdowns (CDaR).

    Source: Chekhlov, Uryasev and Zabarankin, "Drawdown measure in portfolio optimization", International
    Journal of Theoretical and Applied Finance 8 (2005).
    """
    return tail_mean(drawdowns(returns, compounded=compounded), level)


def entropic_drawdown(returns: ArrayLike, level: float = LEVEL, *, compounded: bool = True) -> float:
    """Return the entropic bound of the drawdown at risk (EDaR); see `entropic`."""
    return entropic(drawdowns(returns, compounded=compounded), level)


def ulcer_index(returns: ArrayLike, *, compounded: bool = True) -> float:
    """Return sqrt(mean(drawdown^2)) (UCI). Source: Martin and McCann, "The investor's guide" (1989)."""
    return math.sqrt(float((drawdowns(returns, compounded=compounded) ** 2).mean()))


def annualised_return(returns: ArrayLike, periods: float) -> float:
    """Return W_T^(periods / T) - 1 of compounded wealth.

    Raises
    ------
    RiskError
        As `wealth`; OVERFLOW where a year's growth is above 1e60.
    """
    path = wealth(returns)
    years = (len(path) - 1) / yearly(periods)
    if path[-1] > 1 and math.log(path[-1]) / years > math.log(LARGEST):
        raise refuse(FaultKind.OVERFLOW, "returns", f"A year's growth is above {LARGEST:g}.")
    return math.pow(path[-1], 1 / years) - 1


def calmar(returns: ArrayLike, periods: float) -> float:
    """Return the annualised return over the maximum drawdown, both compounded. Source: Young (1991).

    Raises
    ------
    RiskError
        UNDEFINED without a drawdown.
    """
    worst = float(drawdowns(returns).max())
    if worst == 0:
        raise refuse(FaultKind.UNDEFINED, "calmar", "Without a drawdown there is none.")
    return annualised_return(returns, periods) / worst


def _depths(path: FloatArray, *, compounded: bool) -> FloatArray:
    peaks = np.maximum.accumulate(path)
    return 1 - path / peaks if compounded else peaks - path
