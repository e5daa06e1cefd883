"""Measures of returns: plain functions over numpy arrays, one asset a column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from app.services.market_history.types import CorrelationMethod

Array = NDArray[np.float64]

TAIL = 0.05
"""Share of days on which a loss is larger than VaR 95."""

CONSTANT = 1e-12
"""A standard deviation of daily returns below which they do not vary: rounding alone makes as much."""


def volatility(returns: Array, periods_per_year: int) -> Array:
    """Return the sample standard deviation (ddof 1) of each column times the root of a year's periods."""
    return np.asarray(np.std(returns, axis=0, ddof=1) * np.sqrt(periods_per_year))


def sharpe_ratio(returns: Array, risk_free_rate: float, periods_per_year: int) -> Array:
    """Return (mean x periods - risk-free rate) / volatility of each column; the rate is of a year."""
    excess = np.mean(returns, axis=0) * periods_per_year - risk_free_rate
    return np.asarray(excess / volatility(returns, periods_per_year))


def beta(returns: Array, market: Array) -> Array:
    """Return cov(asset, market) / var(market) of each column."""
    centred = market - market.mean()
    return np.asarray((returns - returns.mean(axis=0)).T @ centred / (centred @ centred))


def value_at_risk(returns: Array) -> Array:
    """Return the historical VaR 95 of each column, a loss positive: -quantile(0.05), linear."""
    return np.asarray(-np.quantile(returns, TAIL, axis=0, method="linear"))


def max_drawdown(prices: Array) -> Array:
    """Return the largest fall of each column from its highest price before, as a positive share of that."""
    peaks = np.maximum.accumulate(prices, axis=0)
    return np.asarray(np.max(1 - prices / peaks, axis=0))


def correlation(returns: Array, method: CorrelationMethod) -> Array:
    """Return the matrix of coefficients, symmetric, with ones on its diagonal."""
    count = returns.shape[1]
    found = np.eye(count)
    if method is CorrelationMethod.KENDALL:
        for a in range(count):
            for b in range(a):
                found[a, b] = found[b, a] = stats.kendalltau(returns[:, a], returns[:, b]).statistic
        return found
    ranked = stats.rankdata(returns, axis=0) if method is CorrelationMethod.SPEARMAN else returns
    centred = ranked - ranked.mean(axis=0)
    scaled = centred / np.sqrt(np.sum(centred**2, axis=0))
    found = np.asarray(np.clip(scaled.T @ scaled, -1, 1))
    found = np.asarray((found + found.T) / 2)
    np.fill_diagonal(found, 1.0)
    return found


def constant_columns(returns: Array) -> list[int]:
    """Return the places of the columns that do not vary."""
    return [int(place) for place in np.flatnonzero(np.std(returns, axis=0, ddof=1) < CONSTANT)]
