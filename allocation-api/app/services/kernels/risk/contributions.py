"""What each asset contributes to the risk of a portfolio: its weight times the derivative by it.

Source: Euler's theorem for functions of degree 1; Tasche, "Risk contributions and performance measurement"
(1999).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk.covariance import volatility
from app.services.kernels.risk.errors import FaultKind, refuse
from app.services.kernels.risk.inputs import Panel
from app.services.kernels.risk.tails import LEVEL, tail_weights


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """Risk by asset, each of shape (n,).

    Parameters
    ----------
    total : float
        The sum of the parts by `math.fsum`: the measure of the portfolio.
    parts : ndarray
        In the unit of the measure; below zero where an asset hedges.
    shares : ndarray
        Parts over the total; their sum is 1.
    marginal : ndarray
        What the measure grows by for each unit of weight.
    """

    total: float
    parts: FloatArray
    shares: FloatArray
    marginal: FloatArray


def of_volatility(weights: FloatArray, matrix: FloatArray) -> Contributions:
    """Return w_i (S w)_i / sigma with sigma = sqrt(w'S w); ZERO_VARIANCE where this is 0."""
    sigma = volatility(weights, matrix)
    if sigma == 0:
        raise refuse(FaultKind.ZERO_VARIANCE, "weights", "The portfolio's returns do not vary.")
    return _contributions(weights, matrix @ weights / sigma)


def of_cvar(panel: Panel, weights: FloatArray, level: float = LEVEL) -> Contributions:
    """Return w_i times the mean loss of asset i over the rows that make the portfolio's CVaR.

    UNDEFINED where the CVaR is 0, since it has no shares.
    """
    rows = tail_weights(-panel.portfolio(weights), level)
    return _contributions(weights, -(rows @ panel.returns))


def _contributions(weights: FloatArray, marginal: FloatArray) -> Contributions:
    parts = weights * marginal
    total = math.fsum(parts)
    if total == 0:
        raise refuse(FaultKind.UNDEFINED, "weights", "The portfolio's risk is 0: it has no shares.")
    return Contributions(total, parts, parts / total, marginal)
