"""Measures of returns that the kernels of risk do not have: one asset a column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.services.kernels.risk import Panel
from app.services.kernels.risk.covariance import correlation as pearson
from app.services.market_history.types import CorrelationMethod

Array = NDArray[np.float64]

CONSTANT = 1e-12
"""A standard deviation of daily returns below which they do not vary: rounding alone makes as much."""


def correlation(panel: Panel, method: CorrelationMethod) -> Array:
    """Return the matrix of coefficients, symmetric, with ones on its diagonal."""
    from scipy import stats  # noqa: PLC0415 - half of the start, and seldom used

    returns = panel.returns
    if method is CorrelationMethod.PEARSON:
        return pearson(panel)
    if method is CorrelationMethod.SPEARMAN:
        return pearson(Panel.of(stats.rankdata(returns, axis=0), panel.assets))
    count = returns.shape[1]
    found = np.eye(count)
    for a in range(count):
        for b in range(a):
            found[a, b] = found[b, a] = stats.kendalltau(returns[:, a], returns[:, b]).statistic
    return found


def constant_columns(returns: Array) -> list[int]:
    """Return the places of the columns that do not vary."""
    return [int(place) for place in np.flatnonzero(np.std(returns, axis=0, ddof=1) < CONSTANT)]
