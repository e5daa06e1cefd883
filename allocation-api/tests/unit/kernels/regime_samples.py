"""Samples of returns, and the measures of allocation by regime written a second time."""

import itertools

import numpy as np

from app.services.kernels.regimes.bounds import RegimeObjective

STEP = 20
GRID = np.array([each for each in itertools.product(range(STEP + 1), repeat=4) if sum(each) == STEP]) / STEP
"""All weights in steps of 0.05 that sum to 1."""


def sample(seed, bars=120, scale=1.0, drift=1.0):
    """Fat-tailed returns of BTC, ETH, ALT and STABLE."""
    draws = np.random.default_rng(seed).standard_t(4, (bars, 4))
    mixed = draws @ np.array([[1, 0.8, 0.7, 0], [0, 0.6, 0.3, 0], [0, 0, 0.6, 0], [0, 0, 0, 1]])
    found = mixed * np.array([0.02, 0.025, 0.03, 0.0004]) * scale
    found += np.array([0.004, 0.003, 0.0035, 0.0001]) * drift
    return np.clip(found, -0.6, 2.0)


def within(low, high):
    """Those of the grid that are within bounds."""
    return GRID[((np.array(low) - 1e-9 <= GRID) & (np.array(high) + 1e-9 >= GRID)).all(axis=1)]


def value(objective, returns, weights, radius=0.0):
    """The worst ratio of weights; None where its denominator is not above 0."""
    series, length = returns @ weights, np.sqrt(np.sum(np.square(weights)))
    mean = np.mean(series) - radius * length
    if objective is RegimeObjective.RETURN:
        return mean
    if objective is RegimeObjective.SHARPE:
        below = np.sqrt(np.mean(series**2) - np.mean(series) ** 2) + radius * length
    elif objective is RegimeObjective.SORTINO:
        below = np.sqrt(sum(min(each, 0.0) ** 2 for each in series) / len(series))
    elif objective is RegimeObjective.STARR:
        # So many are at most the 5th percentile; optima make bars the same there, of which no more count.
        tail = np.sort(series)[: int(0.05 * (len(series) - 1) + 1e-9) + 1]
        below = -np.mean(tail) + radius * length * len(series) / len(tail)
    else:
        wealth = peak = 1.0
        below = 0.0
        for each in series:
            wealth *= 1.0 + each
            peak = max(peak, wealth)
            below = max(below, 1.0 - wealth / peak)
    return mean / below if below > 1e-15 else None


def shortest(low, high):
    """The weights of the least norm: clip(level, low, high), the level found by halving."""
    low, high = np.array(low), np.array(high)
    least, most = 0.0, 1.0
    for _ in range(200):
        level = (least + most) / 2
        if np.clip(level, low, high).sum() < 1.0:
            least = level
        else:
            most = level
    return np.clip(most, low, high)
