"""Minimum dispersion without lots: an exact solver and its certificate.

With y_i = a_i + b_i z_i the problem

    minimise  sum_i w_i (y_i - mu)^2   over z and mu,   sum z = 1,   lower <= z <= upper

is jointly convex in (z, mu), and at its minimum mu is the mean of y. For a fixed mu it is a continuous
quadratic knapsack: z_i = clip((mu - a_i) / b_i + level / (w_i b_i^2), lower_i, upper_i), with `level` the
root of sum z = 1, piecewise linear and monotone (Brucker 1984). The outer root is mean(y) = mu, again
monotone. Newton's method on both; plain Newton can cycle (Kiwiel 2008), hence the bracket. Under NAV
weighting w_i b_i is the same for all, the mean does not depend on z, and the outer root takes one step: one
water level.

Everything is in units of the order (sum z = 1) and of the metric's spread, never in face or dollars.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import copysign, inf, isfinite, ulp

import numpy as np

from app.services.allocation.problem import BoolArray, FloatArray
from app.services.allocation.quadratic import Quadratic

_MAX_STEPS = 200
_ROUNDING = 4e-16


@dataclass(frozen=True, slots=True, eq=False)
class Continuous:
    """A solution of the continuous problem with its certificate.

    Parameters
    ----------
    lots : float64[m]
        The split, in lots.
    mean : float
        mu, the mean of the population at the solution.
    level : float
        Multiplier of the total, per lot.
    variance, lower_bound : float
        Value reached, and a value that no point of the feasible set is below.
    kkt_residual : float
        Largest violation of complementarity: the lesser of an account's reduced gradient, relative to the
        largest gradient that metrics of scale one produce, and of the room it has to follow it, relative to
        the order.
    iterations : int
    """

    lots: FloatArray
    mean: float
    level: float
    variance: float
    lower_bound: float
    kkt_residual: float
    iterations: int


def solve(function: Quadratic, lower: FloatArray, upper: FloatArray, total: float) -> Continuous:
    """Minimise the variance over lower <= x <= upper with sum x = total (all in lots).

    `total` is positive and within [sum(lower), sum(upper)].
    """
    knapsack = Knapsack(function, lower, upper, total)
    low, high = knapsack.mean_range()
    mean, level, iterations = knapsack.mean_at_even_fill(), 0.0, 0
    while True:
        iterations += 1
        point = knapsack.fill(mean, level)
        error = mean - point.mean
        step = error / point.mean_slope
        if abs(step) <= _ROUNDING * (1.0 + abs(mean)) or iterations == _MAX_STEPS:
            break
        low, high = (mean, high) if error < 0 else (low, mean)
        following = mean - step
        level = point.level - step * point.level_slope
        if not low < following < high:
            following, level = (low + high) / 2, point.level
            if not low < following < high:
                break
        mean = following
    lots = knapsack.exact_total(point)
    return certify(function, lower, upper, lots, level=point.level / total, iterations=iterations)


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """The knapsack's solution for one mu: split, level, resulting mean, slopes of mu - mean and level."""

    split: FloatArray
    free: BoolArray
    level: float
    mean: float
    mean_slope: float
    level_slope: float


class Knapsack:
    """The problem for a fixed mu, in units of the total."""

    def __init__(self, function: Quadratic, lower: FloatArray, upper: FloatArray, total: float) -> None:
        self.function = function
        self.total = total
        self.bounds = lower, upper
        self.lower, self.upper = lower / total, upper / total
        self.change = function.step * total
        self.inverse = 1.0 / self.change
        self.curve = self.inverse * self.inverse / function.weight

    def mean_range(self) -> tuple[float, float]:
        """Return bounds of every mean that a feasible split can have."""
        ends = (
            self.function.start + self.change * self.lower,
            self.function.start + self.change * self.upper,
        )
        low = self.function.mean(np.minimum(*ends))
        high = self.function.mean(np.maximum(*ends))
        margin = 1e-9 * (1.0 + abs(low) + abs(high))
        return low - margin, high + margin

    def mean_at_even_fill(self) -> float:
        """Return the mean when everyone is filled to the same fraction of its room."""
        room = self.upper - self.lower
        part = (1.0 - float(self.lower.sum())) / (float(room.sum()) or 1.0)
        return self.function.mean(self.function.start + self.change * (self.lower + part * room))

    def fill(self, mean: float, level: float) -> Fill:
        """Solve for `mean`, starting at `level`: safeguarded Newton on the level."""
        base = (mean - self.function.start) * self.inverse
        below, above = (-inf, self.lower), (inf, self.upper)
        nudge = 1.0
        for _ in range(_MAX_STEPS):
            split = np.clip(base + level * self.curve, self.lower, self.upper)
            missing = 1.0 - float(split.sum())
            free = (split > self.lower) & (split < self.upper)
            if abs(missing) <= _ROUNDING:
                return self._described(split, free, level)
            below, above = ((level, split), above) if missing > 0 else (below, (level, split))
            slope = float(self.curve[free].sum())
            following = level + missing / slope if slope > 0 else self._breakpoint(base, level, missing)
            if following == level:
                following, nudge = level + copysign(nudge * ulp(level), missing), 2.0 * nudge
            if not below[0] < following < above[0]:
                following = (below[0] + above[0]) / 2
            if not (isfinite(following) and below[0] < following < above[0]):
                break
            level = following
        # No float64 level gives the total: those that move between two neighbours share what is missing.
        floor, ceiling = float(below[1].sum()), float(above[1].sum())
        part = (1.0 - floor) / (ceiling - floor) if ceiling > floor else 0.0
        split = below[1] + min(max(part, 0.0), 1.0) * (above[1] - below[1])
        return self._described(split, (split > self.lower) & (split < self.upper), level)

    def _breakpoint(self, base: FloatArray, level: float, missing: float) -> float:
        """Return a level just past the nearest one at which an account moves in the missing direction."""
        past = 8.0 * _ROUNDING * (np.abs(base) + self.upper)
        if missing > 0:
            levels = (self.lower - base + past) / self.curve
            return float(levels[(levels > level) & (self.upper > self.lower)].min(initial=inf))
        levels = (self.upper - base - past) / self.curve
        return float(levels[(levels < level) & (self.upper > self.lower)].max(initial=-inf))

    def _described(self, split: FloatArray, free: BoolArray, level: float) -> Fill:
        function = self.function
        mean = function.mean(function.start + self.change * split)
        inverse, curve = float(self.inverse[free].sum()), float(self.curve[free].sum())
        if curve == 0:
            return Fill(split, free, level, mean, mean_slope=1.0, level_slope=0.0)
        slope = 1.0 - float(function.weight[free].sum()) + inverse * inverse / curve
        return Fill(split, free, level, mean, mean_slope=slope, level_slope=-inverse / curve)

    def exact_total(self, point: Fill) -> FloatArray:
        """Return the split in lots, the last rounding error of the total spread over the free accounts."""
        split = point.split
        if point.free.any():
            part = np.where(point.free, self.curve, 0.0)
            missing = 1.0 - float(split.sum())
            split = np.clip(split + part * (missing / float(part.sum())), self.lower, self.upper)
        # A bound is met exactly, not up to the rounding of the change of units.
        lower, upper = self.bounds
        inside = np.clip(split * self.total, lower, upper)
        lots: FloatArray = np.where(split <= self.lower, lower, np.where(split >= self.upper, upper, inside))
        return lots


def certify(
    function: Quadratic,
    lower: FloatArray,
    upper: FloatArray,
    lots: FloatArray,
    *,
    level: float | None = None,
    iterations: int = 0,
) -> Continuous:
    """Prove how good `lots` is, whoever found it.

    The variance is convex, so for every feasible x' with the same total, and any level,

        f(x') >= f(x) + 2 g.(x' - x) >= f(x) + 2 sum_i min over the box of (g_i - level)(x'_i - x_i)

    with g_i = w_i b_i (y_i - mean). Without `level` the best one is taken: the marginal gradient of the
    linear problem min g.x'.
    """
    metric = function.start + function.step * lots
    mean = function.mean(metric)
    gradient = function.weight * function.step * (metric - mean)
    if level is None:
        level = _marginal(gradient, lower, upper, float(lots.sum()))
    reduced = gradient - level
    room_up, room_down = upper - lots, lots - lower
    decrease = np.where(reduced < 0, reduced * room_up, -reduced * room_down)
    variance = function.scatter(metric, mean)
    size = float(np.abs(function.weight * function.step).max())
    room = np.where(reduced < 0, room_up, room_down) / (float(lots.sum()) or 1.0)
    residual = np.minimum(np.abs(reduced) / size, room)
    return Continuous(
        lots=lots,
        mean=mean,
        level=level,
        variance=variance,
        lower_bound=max(0.0, variance + 2.0 * float(decrease.sum())),
        kkt_residual=float(residual.max()),
        iterations=iterations,
    )


def _marginal(gradient: FloatArray, lower: FloatArray, upper: FloatArray, total: float) -> float:
    order = np.argsort(gradient, kind="stable")
    filled = float(lower.sum()) + np.cumsum((upper - lower)[order])
    at = int(np.searchsorted(filled, total * (1.0 - 1e-12)))
    return float(gradient[order[min(at, order.size - 1)]])
