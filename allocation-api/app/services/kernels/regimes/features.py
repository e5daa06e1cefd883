"""Features of the classifier: volatility and its percentile rank, direction, dominance trends and leads."""

from __future__ import annotations

import math

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.regimes.types import MAX_PERCENT, Features, MarketBars, Thresholds
from app.services.kernels.regimes.volatility import yang_zhang

SAME = 1e-9
"""Relative difference up to which two volatilities are the same: rounding makes no rank."""


def features(bars: MarketBars, thresholds: Thresholds) -> Features:
    """Return what decides the regime at each bar; a bar's features are of it and of earlier bars alone."""
    window = thresholds.trend_window
    volatility = np.sqrt(yang_zhang(bars.total, thresholds.volatility_window))
    btc = _change(np.log(bars.btc), window)
    return Features(
        volatility,
        percentile_rank(volatility, thresholds.rank_window),
        _scores(_change(np.log(bars.total.closes), window), volatility * math.sqrt(window)),
        _change(bars.btc_dominance, window),
        _change(bars.eth_dominance, window),
        _change(bars.stable_dominance, window),
        _change(np.log(bars.eth), window) - btc,
        _change(np.log(bars.alt), window) - btc,
    )


def percentile_rank(values: FloatArray, window: int) -> FloatArray:
    """Return the mean percentile rank of each value among the last `window` ones and itself, in per cent.

    The share that is less, and half of the share that is the same, itself included: 50 where all are the
    same. Values before the first one that is known do not count; where a value is not known there is NaN.
    """
    found = np.full(len(values), np.nan)
    for at in np.flatnonzero(~np.isnan(values)):
        past = values[max(at - window + 1, 0) : at + 1]
        past = past[~np.isnan(past)]
        same = np.abs(past - values[at]) <= SAME * values[at]
        less = (past < values[at]) & ~same
        found[at] = MAX_PERCENT * (less.sum() + same.sum() / 2) / len(past)
    return found


def _change(values: FloatArray, window: int) -> FloatArray:
    found = np.full(len(values), np.nan)
    found[window:] = values[window:] - values[:-window]
    return found


def _scores(changes: FloatArray, deviations: FloatArray) -> FloatArray:
    """Return changes in standard deviations; without deviation a change is beyond all of them, none is 0."""
    still = deviations <= 0
    scores = changes / np.where(still, np.nan, deviations)
    scores[still] = 0.0
    scores[still & (changes > 0)] = np.inf
    scores[still & (changes < 0)] = -np.inf
    return scores
