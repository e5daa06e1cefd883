"""Measures of the risk of one series of returns, of shape (T,), per period.

They are positive for a loss, and those that are no squares scale with the returns. Definitions are those of
skfolio 1.12 where it has the measure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk.errors import FaultKind, refuse
from app.services.kernels.risk.inputs import is_constant, rate, series, within, yearly
from app.services.kernels.risk.tails import LEVEL, entropic, tail_mean


class Quantile(StrEnum):
    """Which quantile of the returns a historical value at risk is: between two of them, or one of them."""

    LINEAR = "linear"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class CornishFisher:
    """A value at risk, and whether its expansion grows with the level everywhere.

    Where it does not, skewness and kurtosis are too large for the expansion and the value means little.
    """

    value: float
    is_monotone: bool


def variance(returns: ArrayLike) -> float:
    """Return sum((r - mean)^2) / (T - 1) (MV)."""
    return float(series(returns).var(ddof=1))


def volatility(returns: ArrayLike, periods: float) -> float:
    """Return std(r) x sqrt(periods), of a year; the standard deviation has the divisor T - 1."""
    return math.sqrt(variance(returns) * yearly(periods))


def mean_absolute_deviation(returns: ArrayLike) -> float:
    """Return mean(|r - mean|) (MAD)."""
    found = series(returns)
    return float(np.abs(found - found.mean()).mean())


def semi_variance(returns: ArrayLike) -> float:
    """Return sum(max(mean - r, 0)^2) / (T - 1) (MSV)."""
    found = series(returns)
    return _lower_square(found, float(found.mean()))


def first_lower_partial_moment(returns: ArrayLike, target: float = 0.0) -> float:
    """Return mean(max(target - r, 0)) (FLPM); the target is a return per period."""
    return float(np.maximum(rate(target, "target") - series(returns), 0).mean())


def second_lower_partial_moment(returns: ArrayLike, target: float = 0.0) -> float:
    """Return sum(max(target - r, 0)^2) / (T - 1) (SLPM): the semi-variance about a target."""
    return _lower_square(series(returns), rate(target, "target"))


def worst_realisation(returns: ArrayLike) -> float:
    """Return max(-r) (WR)."""
    return float(-series(returns).min())


def historical_var(returns: ArrayLike, level: float = LEVEL, quantile: Quantile = Quantile.LINEAR) -> float:
    """Return minus the (1 - level) quantile of the returns.

    LINEAR interpolates between observations (type 7 of Hyndman and Fan, 1996). OBSERVED is the least loss
    that is exceeded with a probability of 1 - level at most.
    """
    found = series(returns)
    tail = 1 - within(level, 0, 1, "level")
    if quantile is Quantile.LINEAR:
        return -float(np.quantile(found, tail))
    rank = math.floor(tail * len(found) + 4 * float(np.finfo(np.float64).eps) * len(found))
    return -float(np.partition(found, rank)[rank])


def parametric_var(returns: ArrayLike, level: float = LEVEL) -> float:
    """Return -(mean + z sigma) with z the (1 - level) quantile of the standard normal, sigma by T - 1."""
    found = series(returns)
    return -float(found.mean() + ndtri(1 - within(level, 0, 1, "level")) * found.std(ddof=1))


def cornish_fisher_var(returns: ArrayLike, level: float = LEVEL) -> CornishFisher:
    """Return -(mean + y sigma), y the normal quantile corrected for skewness S and excess kurtosis K.

    y = z + (z^2 - 1) S / 6 + (z^3 - 3 z) K / 24 - (2 z^3 - 5 z) S^2 / 36. Source: Favre and Galeano,
    "Mean-modified value-at-risk optimization with hedge funds", Journal of Alternative Investments 5 (2002);
    the domain is Maillard's, "A user's guide to the Cornish Fisher expansion" (2012).
    """
    found = series(returns)
    z = float(ndtri(1 - within(level, 0, 1, "level")))
    skew, kurtosis = skewness(found), excess_kurtosis(found)
    y = z + (z**2 - 1) * skew / 6 + (z**3 - 3 * z) * kurtosis / 24 - (2 * z**3 - 5 * z) * skew**2 / 36
    square, line, rest = kurtosis / 8 - skew**2 / 6, skew / 3, 1 - kurtosis / 8 + 5 * skew**2 / 36
    grows = line**2 <= 4 * square * rest and square >= 0 and rest >= 0
    return CornishFisher(-float(found.mean() + y * found.std(ddof=1)), grows)


def historical_cvar(returns: ArrayLike, level: float = LEVEL) -> float:
    """Return the mean of the worst (1 - level) T losses, part of a row included (CVaR).

    Where (1 - level) T is whole it is the mean of that many losses. Source: see `tail_weights`.
    """
    return tail_mean(-series(returns), level)


def parametric_cvar(returns: ArrayLike, level: float = LEVEL) -> float:
    """Return -mean + sigma phi(z) / (1 - level), phi the density of the standard normal."""
    found = series(returns)
    tail = 1 - within(level, 0, 1, "level")
    density = math.exp(-(float(ndtri(tail)) ** 2) / 2) / math.sqrt(2 * math.pi)
    return float(-found.mean() + found.std(ddof=1) * density / tail)


def entropic_var(returns: ArrayLike, level: float = LEVEL) -> float:
    """Return the entropic bound of the value at risk (EVaR); see `entropic`."""
    return entropic(-series(returns), level)


def skewness(returns: ArrayLike) -> float:
    """Return m3 / m2^(3/2), of central moments with divisor T; ZERO_VARIANCE where returns are constant."""
    return float((_standardised(returns) ** 3).mean())


def excess_kurtosis(returns: ArrayLike) -> float:
    """Return m4 / m2^2 - 3, of central moments with divisor T; ZERO_VARIANCE where returns are constant."""
    return float((_standardised(returns) ** 4).mean()) - 3


def _standardised(returns: ArrayLike) -> FloatArray:
    found = series(returns)
    if is_constant(found):
        raise refuse(FaultKind.ZERO_VARIANCE, "returns", "They do not vary.")
    centred = found - found.mean()
    unit: FloatArray = centred / np.sqrt((centred**2).mean())
    return unit


def _lower_square(found: FloatArray, target: float) -> float:
    return float((np.maximum(target - found, 0) ** 2).sum()) / (len(found) - 1)
