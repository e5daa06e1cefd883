"""The best weights of an objective within bounds at a given radius, by the optimiser, with its proof.

Sharpe, Sortino and STARR are conic programmes (Charnes and Cooper 1962), the mean is one without a ratio; the
Calmar ratio has a search of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization import (
    Measure,
    NoExcessReturn,
    NoRisk,
    Objective,
    Optimality,
    Problem,
    optimise,
)
from app.services.kernels.regimes.bounds import SLEEVES, Bounds, RegimeObjective, settled
from app.services.kernels.regimes.calmar import best_calmar
from app.services.kernels.regimes.ratios import tail_count, worst_mean

_ROUNDED = 1e-12


class UndefinedRatio(StrEnum):
    """Why no ratio is best, so that the mean is optimised."""

    NO_POSITIVE_MEAN = "NO_POSITIVE_MEAN"
    """No weights have a worst mean above 0: a ratio would be the higher the more risk is taken."""

    NO_RISK = "NO_RISK"
    """Weights with a worst mean above 0 have no risk, so that the ratio has no limit."""


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The best weights (float64[4]); `objective` is the one that was optimised."""

    weights: FloatArray
    objective: RegimeObjective
    undefined: UndefinedRatio | None
    optimality: Optimality


def solve(returns: FloatArray, bounds: Bounds, objective: RegimeObjective, radius: float) -> Solved:
    """Return the best weights over returns (float64[N, 4]).

    Raises
    ------
    NotSolved
        When no solver finds weights.
    """
    low, high = bounds.arrays()
    plain = Problem(
        assets=tuple(SLEEVES),
        objective=Objective.MAX_RETURN,
        mean=returns.mean(axis=0),
        covariance=_covariance(returns),
        lower=low,
        upper=high,
        radius=radius,
    )
    highest = optimise(plain)
    weights = settled(highest.weights, bounds)
    if objective is RegimeObjective.RETURN:
        return Solved(weights, objective, None, highest.optimality)
    if worst_mean(returns, weights, radius) <= 0.0:
        undefined = UndefinedRatio.NO_POSITIVE_MEAN
        return Solved(weights, RegimeObjective.RETURN, undefined, highest.optimality)
    try:
        if objective is RegimeObjective.CALMAR:
            best = best_calmar(returns, bounds, radius, weights)
            return Solved(best.weights, objective, None, best.optimality)
        found = optimise(_ratio_problem(plain, returns, objective))
    except NoExcessReturn:
        undefined = UndefinedRatio.NO_POSITIVE_MEAN
    except NoRisk:
        undefined = UndefinedRatio.NO_RISK
    else:
        proof = found.optimality
        if objective is RegimeObjective.SORTINO:
            proof = _rescaled(proof, math.sqrt(len(returns) / (len(returns) - 1)))
        return Solved(settled(found.weights, bounds), objective, None, proof)
    return Solved(weights, RegimeObjective.RETURN, undefined, highest.optimality)


def _covariance(returns: FloatArray) -> FloatArray:
    """Return the population covariance, 0 and not what rounding makes of it where an asset does not vary."""
    found: FloatArray = np.cov(returns, rowvar=False, ddof=0)
    still = np.diag(found) <= (_ROUNDED * float(np.abs(returns).max())) ** 2
    found[still], found[:, still] = 0.0, 0.0
    return found


def _ratio_problem(plain: Problem, returns: FloatArray, objective: RegimeObjective) -> Problem:
    if objective is RegimeObjective.SHARPE:
        return replace(plain, objective=Objective.SHARPE)
    whole = replace(plain, objective=Objective.SHARPE, returns=returns, covariance=None)
    if objective is RegimeObjective.STARR:
        return replace(whole, measure=Measure.CVAR, tail=tail_count(len(returns)) / len(returns))
    return replace(whole, measure=Measure.SLPM, radius=0.0, mean_radius=plain.radius)


def _rescaled(proof: Optimality, factor: float) -> Optimality:
    """Return what is proved of a ratio whose risk is divided by a factor: SLPM divides by T - 1, not T."""
    return replace(
        proof,
        objective=proof.objective * factor,
        bound=proof.bound * factor,
        gap=proof.gap * factor,
        attempts=tuple(replace(each, gap=each.gap * factor) for each in proof.attempts),
    )
