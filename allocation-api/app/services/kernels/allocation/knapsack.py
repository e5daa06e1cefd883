"""The continuous quadratic knapsack under minimum dispersion, and the mean that it is in harmony with.

For a fixed mu the best split is z_i = clip((mu - a_i) / b_i + level / (w_i b_i^2), lower_i, upper_i), with
`level` the root of sum z = 1: piecewise linear and monotone (Brucker 1984). The mean of y that it gives has
to be mu itself: an outer root, monotone again.

Newton's method on both at once is quick from a good start but may cycle (Kiwiel 2008). It gets a few steps;
where they do not end at the root, a Newton method on one inside the other takes over, each kept in a bracket.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import copysign, inf, isfinite, ulp
from typing import NamedTuple

import numpy as np

from app.services.kernels.allocation.objective import Quadratic
from app.services.kernels.allocation.problem import BoolArray, FloatArray

_MAX_STEPS = 200
_QUICK_STEPS = 12
_ROUNDING = 4e-16
_CLOSE = 1e-15  # metrics and total are of scale one, and `exact_total` mends the rest

_sum = np.add.reduce  # what an array's own method costs beside it is felt with ten accounts


class Fill(NamedTuple):
    """A split for one mu and level, the mean that it gives, and its derivatives.

    Parameters
    ----------
    split : float64[m]
        In units of the total.
    free : bool[m]
        Accounts strictly between their bounds.
    level : float
        Multiplier of the total, in units of the total.
    missing : float
        1 - sum of the split.
    mean : float
        Mean of the population after it.
    curve, inverse, mean_slope : float
        Sums over the free accounts: the slopes of sum z in the level and in mu, and that of mu - mean in mu
        along the levels that keep the sum. `curve` is 0 where no account is free.
    """

    split: FloatArray
    free: BoolArray
    level: float
    missing: float
    mean: float
    curve: float
    inverse: float
    mean_slope: float

    @property
    def level_slope(self) -> float:
        """Change of the level with mu that keeps the sum."""
        return -self.inverse / self.curve if self.curve else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    """The split in lots (float64[m]), its multiplier per lot, and the steps taken."""

    lots: FloatArray
    level: float
    steps: int


class Knapsack:
    """The problem over m accounts, in units of the total."""

    def __init__(self, function: Quadratic, lower: FloatArray, upper: FloatArray, total: float) -> None:
        self.function = function
        self.total = total
        self.bounds = lower, upper
        self.lower, self.upper = lower / total, upper / total
        self.change = function.step * total
        self.inverse = 1.0 / self.change
        self.curve = self.inverse * self.inverse / function.weight
        self.slopes = np.array((self.curve, self.inverse, function.weight))
        self.pull = function.pull * total
        self.start_mean = function.mean(function.start)

    def solution(self, near: tuple[float, float] | None = None) -> Root:
        """Return the root; `near` is a guess of mu and of the level per lot."""
        point, steps = self.root((near[0], near[1] * self.total) if near else None)
        return Root(self.exact_total(point), point.level / self.total, steps)

    def root(self, start: tuple[float, float] | None = None) -> tuple[Fill, int]:
        """Find the split whose total is 1 and whose mean is its mu; return it and the steps taken.

        `start` is a guess of mu and level; by default everyone filled to the same fraction.
        """
        mean, level = start or self._even_start()
        steps = 0
        for steps in range(1, _QUICK_STEPS + 1):
            point = self._at(mean, level)
            if not point.curve:
                break
            rise = point.missing / point.curve
            step = (mean - point.mean - point.inverse * rise) / point.mean_slope
            if abs(point.missing) <= _CLOSE and abs(step) <= _CLOSE:
                return point, steps
            mean, level = mean - step, level + rise - step * point.level_slope
        point, more = self._bracketed_root(mean, level)
        return point, steps + more

    def _even_start(self) -> tuple[float, float]:
        """Return the mean when everyone is filled to the same fraction of its room, and a level of nought."""
        room = self.upper - self.lower
        part = (1.0 - float(_sum(self.lower))) / (float(_sum(room)) or 1.0)
        return self.start_mean + float(_sum(self.pull * (self.lower + part * room))), 0.0

    def _bracketed_root(self, mean: float, level: float) -> tuple[Fill, int]:
        low, high = self._mean_range()
        if not low < mean < high:
            mean, level = self._even_start()
        steps = 0
        while True:
            steps += 1
            point = self.fill(mean, level)
            error = mean - point.mean
            step = error / point.mean_slope
            if abs(step) <= _ROUNDING * (1.0 + abs(mean)) or steps == _MAX_STEPS:
                return point, steps
            low, high = (mean, high) if error < 0 else (low, mean)
            following = mean - step
            level = point.level - step * point.level_slope
            if not low < following < high:
                following, level = (low + high) / 2, point.level
                if not low < following < high:
                    return point, steps
            mean = following

    def _mean_range(self) -> tuple[float, float]:
        """Return bounds of every mean that a feasible split can have."""
        ends = (
            self.function.start + self.change * self.lower,
            self.function.start + self.change * self.upper,
        )
        low = self.function.mean(np.minimum(*ends))
        high = self.function.mean(np.maximum(*ends))
        margin = 1e-9 * (1.0 + abs(low) + abs(high))
        return low - margin, high + margin

    def fill(self, mean: float, level: float) -> Fill:
        """Solve for a fixed `mean`, starting at `level`: safeguarded Newton on the level."""
        base = (mean - self.function.start) * self.inverse
        below, above = (-inf, self.lower), (inf, self.upper)
        nudge = 1.0
        for _ in range(_MAX_STEPS):
            split = self._clipped(base + level * self.curve)
            missing = 1.0 - float(_sum(split))
            if abs(missing) <= _ROUNDING:
                return self._described(split, level)
            below, above = ((level, split), above) if missing > 0 else (below, (level, split))
            slope = float((self.curve * self._free(split)).sum())
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
        return self._described(below[1] + min(max(part, 0.0), 1.0) * (above[1] - below[1]), level)

    def _breakpoint(self, base: FloatArray, level: float, missing: float) -> float:
        """Return a level just past the nearest one at which an account moves in the missing direction."""
        past = 8.0 * _ROUNDING * (np.abs(base) + self.upper)
        if missing > 0:
            levels = (self.lower - base + past) / self.curve
            return float(levels[(levels > level) & (self.upper > self.lower)].min(initial=inf))
        levels = (self.upper - base - past) / self.curve
        return float(levels[(levels < level) & (self.upper > self.lower)].max(initial=-inf))

    def _at(self, mean: float, level: float) -> Fill:
        unbounded = (mean - self.function.start) * self.inverse
        unbounded += level * self.curve
        return self._described(self._clipped(unbounded), level)

    def _clipped(self, unbounded: FloatArray) -> FloatArray:
        """Clip in place (`np.clip` takes twice as long)."""
        np.maximum(unbounded, self.lower, out=unbounded)
        return np.minimum(unbounded, self.upper, out=unbounded)

    def _free(self, split: FloatArray) -> BoolArray:
        free: BoolArray = split > self.lower
        return np.logical_and(free, split < self.upper, out=free)

    def _described(self, split: FloatArray, level: float) -> Fill:
        free = self._free(split)
        curve, inverse, weight = _sum(self.slopes * free, axis=1).tolist()
        return Fill(
            split=split,
            free=free,
            level=level,
            missing=1.0 - float(_sum(split)),
            mean=self.start_mean + float(_sum(self.pull * split)),
            curve=curve,
            inverse=inverse,
            mean_slope=1.0 - weight + inverse * inverse / curve if curve else 1.0,
        )

    def exact_total(self, point: Fill) -> FloatArray:
        """Return the split in lots, the last rounding error of the total spread over the free accounts."""
        split = point.split
        if point.curve:
            part = self.curve * point.free
            split = self._clipped(split + part * (point.missing / point.curve))
        # A bound is met exactly, not up to the rounding of the change of units.
        lower, upper = self.bounds
        lots: FloatArray = np.minimum(np.maximum(split * self.total, lower), upper)
        np.copyto(lots, lower, where=split <= self.lower)
        np.copyto(lots, upper, where=split >= self.upper)
        return lots
