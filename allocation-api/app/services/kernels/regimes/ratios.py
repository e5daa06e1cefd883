"""Ratios of a portfolio's bars, per bar, and their worst within a Wasserstein ball around the sample.

The risk-free rate is 0. A ratio is the worst mean, mean - e |w| with e the radius of the ball, over the risk;
of this the worst is known for the standard deviation, + e |w|, and CVaR, + (e / tail) |w|.
"""

from __future__ import annotations

import math

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.regimes.bounds import RegimeObjective

TAIL_ONE_IN = 20
"""STARR looks at the worst 5 % of the bars."""


def tail_count(bars: int) -> int:
    """Return how many bars are at most the 5th percentile (linear), ties apart: those that CVaR averages."""
    return (bars - 1) // TAIL_ONE_IN + 1


def worst_mean(returns: FloatArray, weights: FloatArray, radius: float) -> float:
    """Return the mean less e |w|."""
    return float((returns @ weights).mean()) - radius * float(np.linalg.norm(weights))


def risk(
    objective: RegimeObjective, returns: FloatArray, weights: FloatArray, radius: float = 0.0
) -> float | None:
    """Return the denominator of a ratio for weights (float64[4]), returns (float64[N, 4]); None: RETURN."""
    return _risk(objective, returns @ weights, radius * float(np.linalg.norm(weights)))


def _risk(objective: RegimeObjective, series: FloatArray, added: float) -> float | None:
    match objective:
        case RegimeObjective.RETURN:
            return None
        case RegimeObjective.SHARPE:
            return float(series.std()) + added
        case RegimeObjective.SORTINO:
            return math.sqrt(float(np.mean(np.minimum(series, 0.0) ** 2)))
        case RegimeObjective.CALMAR:
            return drawdown(series)
        case RegimeObjective.STARR:
            count = tail_count(series.size)
            worst = -float(np.partition(series, count - 1)[:count].mean())
            return worst + added * series.size / count


def ratio(
    objective: RegimeObjective, returns: FloatArray, weights: FloatArray, radius: float = 0.0
) -> float | None:
    """Return the worst ratio, of RETURN the worst mean; None where there is no risk above 0."""
    mean = worst_mean(returns, weights, radius)
    found = risk(objective, returns, weights, radius)
    if found is None:
        return mean
    return mean / found if found > 0.0 else None


def sample_ratio(objective: RegimeObjective, series: FloatArray) -> float:
    """Return the ratio of a series of returns (float64[N]), or its mean where that is not defined."""
    found = _risk(objective, series, 0.0)
    mean = float(series.mean())
    return mean / found if found is not None and found > 0.0 else mean


def drawdown(series: FloatArray) -> float:
    """Return the maximum drawdown of compounded wealth, whose start is a peak."""
    wealth = np.concatenate(([1.0], np.cumprod(1.0 + series)))
    return float(np.max(1.0 - wealth / np.maximum.accumulate(wealth)))
