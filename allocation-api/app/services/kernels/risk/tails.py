"""Tails of an empirical distribution of losses: the mean of the worst, and its entropic bound.

A loss is positive where money is lost. The level is the confidence, 0.95 for the worst 5 %.
"""

from __future__ import annotations

import math

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk.inputs import within

LEVEL = 0.95
_LARGEST_LOG = 600.0  # beyond it exp() would soon overflow, and the bound is the largest loss


def tail_weights(losses: FloatArray, level: float) -> FloatArray:
    """Return the weights, of shape (T,) and with sum 1, that the mean of the worst 1 - level gives the rows.

    A row beyond the quantile has 1 / ((1 - level) T); rows at the quantile share the rest. Source:
    Rockafellar and Uryasev, "Conditional value-at-risk for general loss distributions", Journal of Banking
    and Finance 26 (2002), proposition 8.
    """
    size = (1 - within(level, 0, 1, "level")) * len(losses)
    rank = max(math.ceil(size) - 1, 0)
    edge = -np.partition(-losses, rank)[rank]
    beyond, at_edge = losses > edge, losses == edge
    weights: FloatArray = beyond / size
    weights[at_edge] = (1 - beyond.sum() / size) / at_edge.sum()
    return weights


def tail_mean(losses: FloatArray, level: float) -> float:
    """Return the mean of the worst 1 - level of the losses, part of a row included."""
    return float(tail_weights(losses, level) @ losses)


def entropic(losses: FloatArray, level: float) -> float:
    """Return the least over t > 0 of (log mean exp(t L) - log(1 - level)) / t.

    It is between the mean of the tail and the largest loss, and equals the largest where this has the
    probability 1 - level or more. Source: Ahmadi-Javid, "Entropic value-at-risk: a new coherent risk
    measure", Journal of Optimization Theory and Applications 155 (2012).
    """
    tail = math.log1p(-within(level, 0, 1, "level"))
    worst = float(losses.max())
    spread = worst - float(losses.min())
    scaled = (losses - worst) / spread if spread > 0 else losses * 0
    excess = math.log(len(losses)) + tail  # powers below are 1 at most, and 1 for the worst: no overflow
    if excess <= math.log(np.count_nonzero(scaled == 0)):
        return worst

    def slope(log_t: float) -> float:
        """Return a number with the sign of the derivative by t; it grows with t."""
        exponents = math.exp(log_t) * scaled
        powers = np.exp(exponents)
        total = float(powers.sum())
        return float(powers @ exponents) / total - math.log(total) + excess

    low = math.log(-2 * tail) / 2  # the variance of the scaled losses is 1/4 at most: slope <= tail + t^2/8
    high = low + 4
    while slope(high) <= 0:
        high += 4
        if high > _LARGEST_LOG:
            return worst
    from scipy.optimize import brentq  # noqa: PLC0415 - a fifth of the start, and seldom used

    t = math.exp(brentq(slope, low, high, xtol=1e-13))
    return worst + spread * (math.log(float(np.exp(t * scaled).sum())) - excess) / t
