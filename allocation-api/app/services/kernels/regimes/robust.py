"""Distributionally robust allocation: the radius of the Wasserstein ball, and its cross-validation.

Source of the ball and of choosing its radius by cross-validation: Esfahani and Kuhn, "Data-driven
distributionally robust optimization using the Wasserstein metric", Mathematical Programming 171 (2018).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.regimes.bounds import Bounds, RegimeObjective
from app.services.kernels.regimes.optimum import solve
from app.services.kernels.regimes.ratios import sample_ratio

CANDIDATES = (0.0, 0.1, 0.25, 0.5, 1.0)
"""Factors c of which cross-validation chooses one."""

FOLDS = 4
MIN_FOLD_BARS = 15
"""Bars of a fold; with fewer there is no cross-validation."""

DEFAULT_SCALE = 0.25
"""c where there is nothing to choose by: too few bars, or bounds that leave no choice."""

_SAME = 1e-12


@dataclass(frozen=True, slots=True)
class Validation:
    """What a factor c came to on the bars that were held out: the objective over all of them together."""

    scale: float
    score: float


def radius_of(returns: FloatArray, scale: float) -> float:
    """Return e = c x mean sigma / sqrt(N), sigma the population standard deviation of each asset."""
    return scale * float(returns.std(axis=0).mean()) / math.sqrt(len(returns))


def validate(returns: FloatArray, bounds: Bounds, objective: RegimeObjective) -> tuple[Validation, ...]:
    """Return the score of each candidate by 4-fold cross-validation, folds contiguous in time.

    Weights come from the other folds, and the score is the objective, without a radius, of the bars that were
    held out. There is none where bars are too few or the bounds leave no choice.

    Raises
    ------
    NotSolved
        When no solver finds weights of a fold.
    """
    bars = len(returns)
    if bars < FOLDS * MIN_FOLD_BARS or bounds.low == bounds.high:
        return ()
    fold_of = np.arange(bars) * FOLDS // bars
    found = []
    for scale in CANDIDATES:
        held_out = np.empty(bars)
        for fold in range(FOLDS):
            out = fold_of == fold
            seen = returns[~out]
            weights = solve(seen, bounds, objective, radius_of(seen, scale)).weights
            held_out[out] = returns[out] @ weights
        found.append(Validation(scale, sample_ratio(objective, held_out)))
    return tuple(found)


def chosen(found: tuple[Validation, ...]) -> float:
    """Return the c with the highest score, of equal ones the largest; by default `DEFAULT_SCALE`."""
    if not found:
        return DEFAULT_SCALE
    best = max(each.score for each in found)
    return max(each.scale for each in found if each.score >= best - _SAME * max(1.0, abs(best)))
