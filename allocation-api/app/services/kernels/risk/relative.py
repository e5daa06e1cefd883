"""Ratios of return to risk, and of a portfolio to its benchmark.

Returns, the risk-free rate and targets are per period; `periods` is how many a year has, and annualises.
Standard deviations have the divisor T - 1.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk.errors import FaultKind, refuse
from app.services.kernels.risk.inputs import SMALLEST, is_constant, paired, rate, series, yearly


def sharpe(returns: ArrayLike, periods: float, risk_free: float = 0.0) -> float:
    """Return mean(r - f) / std(r) x sqrt(periods). Source: Sharpe (1994); ZERO_VARIANCE where it has none."""
    found = _varying(series(returns), "returns")
    return float(
        (found.mean() - rate(risk_free, "risk_free")) / found.std(ddof=1) * math.sqrt(yearly(periods))
    )


def sortino(returns: ArrayLike, periods: float, target: float = 0.0) -> float:
    """Return (mean - target) / sqrt(mean(min(r - target, 0)^2)) x sqrt(periods).

    Source: Sortino and Price (1994). UNDEFINED where no return is below the target.
    """
    found, target = series(returns), rate(target, "target")
    downside = math.sqrt(float((np.minimum(found - target, 0) ** 2).mean()))
    if downside <= SMALLEST:
        raise refuse(FaultKind.UNDEFINED, "sortino", "No return is below the target.")
    return float((found.mean() - target) / downside * math.sqrt(yearly(periods)))


def omega(returns: ArrayLike, target: float = 0.0) -> float:
    """Return sum(max(r - target, 0)) / sum(max(target - r, 0)).

    Source: Keating and Shadwick (2002). UNDEFINED where no return is below the target.
    """
    excess = series(returns) - rate(target, "target")
    lost = float(np.maximum(-excess, 0).sum())
    if lost <= SMALLEST:
        raise refuse(FaultKind.UNDEFINED, "omega", "No return is below the target.")
    return float(np.maximum(excess, 0).sum()) / lost


def beta(returns: ArrayLike, benchmark: ArrayLike) -> float:
    """Return cov(r, b) / var(b); ZERO_VARIANCE where the benchmark is constant."""
    ours, theirs = paired(returns, benchmark)
    return _slope(ours, _varying(theirs, "benchmark"))


def jensen_alpha(returns: ArrayLike, benchmark: ArrayLike, periods: float, risk_free: float = 0.0) -> float:
    """Return (mean(r - f) - beta mean(b - f)) x periods. Source: Jensen (1968)."""
    ours, theirs = paired(returns, benchmark)
    slope, risk_free = _slope(ours, _varying(theirs, "benchmark")), rate(risk_free, "risk_free")
    return float((ours.mean() - risk_free - slope * (theirs.mean() - risk_free)) * periods)


def tracking_error(returns: ArrayLike, benchmark: ArrayLike, periods: float) -> float:
    """Return std(r - b) x sqrt(periods)."""
    ours, theirs = paired(returns, benchmark)
    return float((ours - theirs).std(ddof=1) * math.sqrt(yearly(periods)))


def information_ratio(returns: ArrayLike, benchmark: ArrayLike, periods: float) -> float:
    """Return mean(r - b) / std(r - b) x sqrt(periods); UNDEFINED where r - b is constant."""
    ours, theirs = paired(returns, benchmark)
    if is_constant(ours, theirs):
        raise refuse(FaultKind.UNDEFINED, "information_ratio", "Returns less benchmark do not vary.")
    active = ours - theirs
    return float(active.mean() / active.std(ddof=1) * math.sqrt(yearly(periods)))


def _varying(found: FloatArray, field: str) -> FloatArray:
    if is_constant(found):
        raise refuse(FaultKind.ZERO_VARIANCE, field, "They do not vary.")
    return found


def _slope(ours: FloatArray, theirs: FloatArray) -> float:
    centred = theirs - theirs.mean()
    return float(centred @ (ours - ours.mean()) / (centred @ centred))
