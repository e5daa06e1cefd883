"""Dispersion of a metric over a population of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from app.services.kernels.allocation.arrays import exact_sum
from app.services.kernels.allocation.problem import AllocationProblem, FloatArray, IntArray, Weighting


@dataclass(frozen=True, slots=True)
class DispersionStats:
    """Dispersion of one set of metric values, in the metric's unit; all zero for an empty population.

    Deviations are |y_i - mean|. `mean` and `std_dev` are weighted by NAV under `Weighting.NAV`, the
    deviations are taken from that mean, unweighted.
    """

    std_dev: float
    mean: float
    max_deviation: float
    min_deviation: float


@dataclass(frozen=True, slots=True)
class DispersionChange:
    """Dispersion before and after an allocation; `improvement` is (pre - post) / pre, 0 when pre is 0."""

    pre: DispersionStats
    post: DispersionStats
    improvement: float


def population_weights(metric: FloatArray, weighting: Weighting, nav: FloatArray) -> FloatArray:
    """Return the weight of each account in the dispersion: 0 outside the population, else summing to one.

    The population is every account with a known metric, under `Weighting.NAV` also with a positive NAV.
    """
    member = np.isfinite(metric)
    if weighting is Weighting.NAV:
        member &= np.isfinite(nav) & (nav > 0)
        raw = np.where(member, nav, 0.0)
        raw = raw / raw.max(initial=1.0)
    else:
        raw = member.astype(np.float64)
    total = exact_sum(raw) if weighting is Weighting.NAV else float(np.count_nonzero(member))
    weights: FloatArray = raw / total if total else raw
    return weights


def dispersion(metric: FloatArray, weighting: Weighting, nav: FloatArray) -> DispersionStats:
    """Measure the dispersion of `metric` (float64[n], nan where unknown) with `nav` (float64[n]) (R8.1).

    std_dev = sqrt(sum w_i (y_i - mean)^2), the population form, with w_i = 1/n (EQUAL) or N_i / sum N (NAV).
    Sums are exactly rounded (`exact_sum`), so that the order of the accounts does not show in the last digit.
    """
    weights = population_weights(metric, weighting, nav)
    member = weights > 0
    if not member.any():
        return DispersionStats(0.0, 0.0, 0.0, 0.0)
    if not member.all():
        weights, metric = weights[member], metric[member]
    origin = float(metric.min())
    deviation = metric - origin
    centre = exact_sum(weights * deviation)
    deviation -= centre
    square = weights * deviation
    square *= deviation
    size = np.abs(deviation, out=deviation)
    return DispersionStats(
        std_dev=sqrt(exact_sum(square)),
        mean=origin + centre,
        max_deviation=float(size.max()),
        min_deviation=float(size.min()),
    )


def post_trade_metric(problem: AllocationProblem, faces: IntArray) -> FloatArray:
    """Return y_i = a_i + c_i q_i; accounts without face keep a_i even where the slope is unknown."""
    post: FloatArray = np.where(faces != 0, problem.slope, 0.0)
    post *= faces
    post += problem.metric
    return post


def dispersion_change(problem: AllocationProblem, faces: IntArray, weighting: Weighting) -> DispersionChange:
    """Compare the dispersion before and after `faces` (int64[n]) is traded (R8.6)."""
    pre = dispersion(problem.metric, weighting, problem.nav)
    post = dispersion(post_trade_metric(problem, faces), weighting, problem.nav)
    improvement = (pre.std_dev - post.std_dev) / pre.std_dev if pre.std_dev > 0 else 0.0
    return DispersionChange(pre, post, improvement)
