"""Presolve: fix the accounts that are at a bound all around the solution, and solve for the others.

A solution is a pair (mu, level) and everything else follows from it. A sample of m^0.7 accounts gives the
pair up to a sampling error, so a box around it is drawn. Most accounts are at the same bound wherever in the
box the solution is; they join the part of the population that does not trade, and what is left is small.
Nothing is taken on trust: if the root of the small problem lies inside the box, setting aside was right and
the root is that of the whole problem; if not, a wider box around it is tried. Whole lots keep even closer to
the continuous solution, and the same holds for them.

In the whole allocation it is the stage in lots that pays: 10,000 accounts take 2.0 ms with it and 2.7 ms
without, 100,000 take 17 ms and 25 ms. The sample saves 5 % at 100,000 and nothing at 10,000; it stays because
the iterations that are stored with every result would be others without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import copysign, sqrt

import numpy as np

from app.services.kernels.allocation.knapsack import Fill, Knapsack, Root
from app.services.kernels.allocation.objective import Quadratic
from app.services.kernels.allocation.problem import FloatArray, IntArray

MIN_PRESOLVE_ACCOUNTS = 5_000
"""Accounts from which on sampling saves time."""

_DEVIATIONS = 2.5
_TRIES = 3
_WIDENING = 4.0
_ROUNDING = 1e-12
_MARGIN = 4.0


@dataclass(frozen=True, slots=True)
class Box:
    """Where mu and the level (per lot) are believed to be: middle and half-width of each."""

    mean: float
    level: float
    mean_radius: float
    level_radius: float

    def holds(self, mean: float, level: float) -> bool:
        """Say whether the pair lies inside."""
        return abs(mean - self.mean) < self.mean_radius and abs(level - self.level) < self.level_radius

    def contains(self, other: Box) -> bool:
        """Say whether the other box lies inside."""
        return (
            abs(other.mean - self.mean) + other.mean_radius < self.mean_radius
            and abs(other.level - self.level) + other.level_radius < self.level_radius
        )

    def moved(self, mean: float, level: float) -> Box:
        """Return a wider box around the pair."""
        radii = _WIDENING * self.mean_radius, _WIDENING * self.level_radius
        return Box(mean, level, *radii)


@dataclass(frozen=True, slots=True, eq=False)
class Small:
    """What is left of a problem: the open accounts, their function, bounds and total; all in lots.

    `lots` (float64[m], over all accounts) holds the bounds of those set aside and 0 for those still open.
    """

    accounts: IntArray
    function: Quadratic
    lower: FloatArray
    upper: FloatArray
    total: float
    lots: FloatArray

    def whole(self, lots: FloatArray) -> FloatArray:
        """Return the split over all accounts, given that of the open ones."""
        split = self.lots.copy()
        split[self.accounts] = lots
        return split


def presolved_root(function: Quadratic, lower: FloatArray, upper: FloatArray, total: float) -> Root | None:
    """Solve a problem with many accounts by way of a small one, or return None where that does not work."""
    box = _sampled_box(function, lower, upper, total)
    steps = 0
    for _ in range(_TRIES):
        small = set_aside(function, lower, upper, total, box) if box else None
        if box is None or small is None:
            break
        knapsack = Knapsack(small.function, small.lower, small.upper, small.total)
        point, taken = knapsack.root((box.mean, box.level * small.total))
        steps += taken
        level = point.level / small.total
        if box.holds(point.mean, level):
            return Root(small.whole(knapsack.exact_total(point)), level, steps)
        box = box.moved(point.mean, level)
    return None


def _sampled_box(function: Quadratic, lower: FloatArray, upper: FloatArray, total: float) -> Box | None:
    """Solve for every k-th account, filled to the same part of its room as all, and bound the error."""
    every = slice(None, None, round(function.start.size**0.3))
    low, high = lower[every], upper[every]
    factor = (1.0 - function.outside_weight) / float(function.weight[every].sum())
    sample = replace(
        function,
        weight=function.weight[every] * factor,
        start=function.start[every],
        step=function.step[every],
    )
    least = float(lower.sum())
    part = (total - least) / ((float(upper.sum()) - least) or 1.0)
    share = float(low.sum()) + part * float((high - low).sum())
    if not share > 0:
        return None
    knapsack = Knapsack(sample, low, high, share)
    point, _ = knapsack.root()
    if not point.curve:
        return None
    # How far the sample's mean is off is known where everyone is filled evenly; the rest is sampling error.
    known = _even_mean(function, lower, upper, part) - _even_mean(sample, low, high, part)
    return _box_around(knapsack, point, part, known, 1.0 / (share * factor))


def _even_mean(function: Quadratic, lower: FloatArray, upper: FloatArray, part: float) -> float:
    lots = upper - lower
    lots *= part
    lots += lower
    lots *= function.step
    lots += function.start
    return function.mean(lots)


def _box_around(knapsack: Knapsack, point: Fill, part: float, known: float, per_lot: float) -> Box:
    """Carry the errors of the sample's mean (`known`, and by chance) and sum over to mu and the level."""
    moved = point.split - part * (knapsack.upper - knapsack.lower)
    leverage = knapsack.function.weight * knapsack.change + point.level_slope
    sum_error, mean_error = (_DEVIATIONS * sqrt(float((x * x).sum())) for x in (moved, leverage * moved))
    mean = point.mean + known / point.mean_slope
    level = point.level + point.level_slope * (mean - point.mean)
    mean_radius = mean_error / point.mean_slope + _ROUNDING
    level_radius = sum_error / point.curve + abs(point.level_slope) * mean_radius
    return Box(mean, level * per_lot, mean_radius, level_radius * per_lot)


def rounding_box(
    function: Quadratic, lower: FloatArray, upper: FloatArray, lots: FloatArray, mean: float, level: float
) -> Box | None:
    """Return how far whole lots may take mu and the level from the continuous solution `lots`.

    Its upper bounds may have been wider: what it has above `upper` goes to the accounts in between.
    """
    free = np.flatnonzero((lots > lower) & (lots < upper))
    if not free.size:
        return None
    step, weight = function.step[free], function.weight[free]
    cost = weight * step * step
    curve = float((1.0 / cost).sum())
    lean = abs(float((1.0 / step).sum())) / curve
    cut = np.maximum(lots - upper, 0.0)
    moved = sqrt(free.size) + float(cut.sum())
    shift = abs(float((function.pull * cut).sum()))
    # Rounding costs about a twelfth of `cost` each, and no mean is searched further away than its root.
    mean_radius = 2.0 * sqrt(float(cost.sum())) + _MARGIN * (shift + lean * moved)
    return Box(mean, level, mean_radius, _MARGIN * moved / curve + lean * mean_radius)


def set_aside(
    function: Quadratic, lower: FloatArray, upper: FloatArray, total: float, box: Box
) -> Small | None:
    """Fix who is at the same bound all over the box; None if nothing sensible is left.

    An account is at its lower bound where the gradient w c (a + c lower - mu) there is above the level, at
    its upper bound where the gradient there is below it.
    """
    away = copysign(box.mean_radius, float(function.step[0]))
    # The gradient at a bound is linear in mu: its extremes are at the ends of the box.
    gradient = _metric_beyond(function, upper, box.mean - away)
    gradient *= function.pull
    at_upper = gradient <= box.level - box.level_radius
    below_upper = np.logical_not(at_upper)
    gradient = _metric_beyond(function, lower, box.mean + away)
    gradient *= function.pull
    above_lower = gradient < box.level + box.level_radius
    lots = np.where(at_upper, upper, lower)
    accounts = np.flatnonzero(np.logical_and(above_lower, below_upper, out=below_upper))
    low, high = lower[accounts], upper[accounts]
    lots[accounts] = 0.0
    rest = total - float(lots.sum())
    if not (rest > 0 and float(low.sum()) <= rest <= float(high.sum())):
        return None
    small = function.without(lots, accounts)
    return Small(accounts, small, low, high, rest, lots)


def _metric_beyond(function: Quadratic, lots: FloatArray, mean: float) -> FloatArray:
    metric = function.step * lots
    metric += function.start
    metric -= mean
    return metric
