"""Minimum dispersion in whole lots, solved exactly and with a proof.

For a fixed mu the problem is separable and convex in the lots, so taking lots in the order of their marginal
cost is exact (Fox 1966), and the least cost is

    phi(mu) = min over lots of [variance + (mean - mu)^2] = mu^2 + h(mu),

where h is the lower envelope of one straight line per split (slope -2 mean): concave. The best split in lots
is where phi is least. Between two values of mu at which h is known its chord lies below it, and the lines
found at the two ends lie above it; where they meet is the one place that can tell a further split (Eisner and
Severance 1976). An interval is done when the bound from its chord is not below the best split found, or when
the lines prove exact. Under NAV weighting the mean is the same for every split and the first greedy solution
is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from math import copysign, inf, isfinite, sqrt, ulp

import numpy as np

from app.services.kernels.allocation.continuous import Continuous, solve
from app.services.kernels.allocation.knapsack import Knapsack
from app.services.kernels.allocation.objective import Quadratic
from app.services.kernels.allocation.presolve import Box, rounding_box, set_aside
from app.services.kernels.allocation.problem import FloatArray

_PROOF = 1e-12
_MANY = 1_000
_MAX_EVALUATIONS = 300
_MAX_STEPS = 200


def proof_tolerance(variance: float) -> float:
    """Return the difference in variance that float64 cannot tell, for metrics of scale one."""
    return _PROOF * variance + 1e-30


@dataclass(frozen=True, slots=True, eq=False)
class LotSplit:
    """The best split found (float64[m], whole numbers), its variance, and a bound on every split's."""

    lots: FloatArray
    variance: float
    lower_bound: float


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """The best split at one mu: the line h(mu) = intercept - 2 mean mu that it contributes."""

    mu: float
    lots: FloatArray
    level: float
    mean: float
    variance: float

    @property
    def intercept(self) -> float:
        return self.variance + self.mean * self.mean

    def line(self, mu: float) -> float:
        return self.intercept - 2.0 * self.mean * mu


def best_lots(
    function: Quadratic,
    lower: FloatArray,
    upper: FloatArray,
    total: float,
    *,
    relaxed: Continuous,
    cutoff: float = inf,
) -> LotSplit:
    """Minimise the variance over whole numbers of lots with lower <= x <= upper and sum x = total.

    Parameters
    ----------
    function : Quadratic
    lower, upper : float64[m]
        Whole numbers.
    total : float
        Whole number in [sum(lower), sum(upper)].
    relaxed : Continuous
        The continuous solution for the same bounds, or for upper bounds less than a lot wider.
    cutoff : float
        Variance from which on a split is of no interest; the bound need not be proved past it.

    Raises
    ------
    ValueError
        If the bounds do not allow the total.
    """
    if not lower.sum() <= total <= upper.sum():
        raise ValueError("total: lies outside the sums of the bounds")
    if lower.size >= _MANY:
        split = _of_many(function, lower, upper, total, relaxed, cutoff)
        if split is not None:
            return split
    if np.any(relaxed.lots > upper):
        relaxed = solve(function, lower, upper, total, near=(relaxed.mean, relaxed.level))
    return _Search(function, lower, upper, total, relaxed=relaxed, cutoff=cutoff).run()


def _of_many(
    function: Quadratic,
    lower: FloatArray,
    upper: FloatArray,
    total: float,
    relaxed: Continuous,
    cutoff: float,
) -> LotSplit | None:
    """Search with those accounts set aside that stay at a bound wherever the search goes."""
    box = rounding_box(function, lower, upper, relaxed.lots, relaxed.mean, relaxed.level)
    small = set_aside(function, lower, upper, total, box) if box else None
    if box is None or small is None:
        return None
    near = relaxed.mean, relaxed.level
    middle = solve(small.function, small.lower, small.upper, small.total, near=near)
    search = _Search(small.function, small.lower, small.upper, small.total, relaxed=middle, cutoff=cutoff)
    split = search.run()
    reach = Box(middle.mean, middle.level, search.mean_reach, search.level_reach)
    return replace(split, lots=small.whole(split.lots)) if box.contains(reach) else None


class _Search:
    def __init__(
        self,
        function: Quadratic,
        lower: FloatArray,
        upper: FloatArray,
        total: float,
        *,
        relaxed: Continuous,
        cutoff: float,
    ) -> None:
        self.lower, self.upper, self.total = lower, upper, total
        self.relaxed, self.cutoff = relaxed, cutoff
        self.knapsack = Knapsack(function, lower, upper, total)
        # mu and the level are counted from the continuous solution, and lots from where it would put them
        # without bounds: small differences of large numbers would otherwise be lost.
        self.origin = relaxed.mean
        self.function = function.recentred(relaxed.mean)
        self.inverse = 1.0 / function.step
        self.curve = self.inverse * self.inverse / function.weight
        self.reference = relaxed.level * self.curve - self.function.start * self.inverse
        self.sortable = 2 * lower.size + 64
        self.evaluations = 0
        self.mean_reach = self.level_reach = 0.0
        self.serial = count()
        self.best = self.evaluate(0.0, 0.0)

    def evaluate(self, mu: float, level: float) -> _Point:
        """Find the best split at `mu`, starting at `level`."""
        self.evaluations += 1
        lots, level = self.greedy(mu, level)
        self._note(mu, level)
        metric = self.function.start + self.function.step * lots
        mean = self.function.mean(metric)
        return _Point(mu, lots, level, mean, self.function.scatter(metric, mean))

    def _note(self, mu: float, level: float) -> None:
        """Keep how far from the continuous solution the search has been."""
        self.mean_reach = max(self.mean_reach, abs(mu))
        self.level_reach = max(self.level_reach, abs(level))

    def greedy(self, mu: float, level: float) -> tuple[FloatArray, float]:
        """Take lots in the order of their marginal cost until the total is reached.

        Lot k of an account enters at the level (k - 1/2 - unbounded lots) / curve, so everything under a
        level is one rounding. Levels on both sides of the total are found first, what is between them is
        sorted.
        """
        position = self.reference + mu * self.inverse + 0.5
        below = (-inf, self.lower, float(self.lower.sum()))
        above = (inf, self.upper, float(self.upper.sum()))
        stretch, nudge = 1.0, 1.0
        for _ in range(_MAX_STEPS):
            lots = np.clip(np.floor(position + level * self.curve), self.lower, self.upper)
            taken = float(lots.sum())
            missing = self.total - taken
            if missing == 0:
                return lots, level
            if missing > 0:
                below, bracketed = (level, lots, taken), isfinite(above[0])
            else:
                above, bracketed = (level, lots, taken), isfinite(below[0])
            if above[2] - below[2] <= self.sortable:
                break
            stretch = 1.0 if bracketed else 2.0 * stretch
            following = self._next_level(lots, level, missing, stretch)
            if following == level:
                following, nudge = level + copysign(nudge * ulp(level), missing), 2.0 * nudge
            if not below[0] < following < above[0]:
                following = (below[0] + above[0]) / 2
            if not below[0] < following < above[0]:
                break
            level = following
        return self._between(position, below[1], above[1], level)

    def _next_level(self, lots: FloatArray, level: float, missing: float, stretch: float) -> float:
        movable = lots < self.upper if missing > 0 else lots > self.lower
        inside = movable & (lots > self.lower) & (lots < self.upper)
        slope = float(self.curve[inside].sum()) or float(self.curve[movable].sum())
        # A little past the Newton step, so that the total gets bracketed.
        past = sqrt(lots.size) if missing > 0 else -sqrt(lots.size)
        return level + stretch * (missing + past) / slope

    def _between(
        self, position: FloatArray, below: FloatArray, above: FloatArray, level: float
    ) -> tuple[FloatArray, float]:
        """Add to `below` the lots up to `above` that enter first, and return the level of the last."""
        gap = (above - below).astype(np.int64)
        missing = round(self.total - float(below.sum()))
        if int(gap.sum()) > self.sortable:
            # No float64 level lies between: to rounding these lots all cost the same.
            first = np.argsort((below + 1.0 - position) / self.curve, kind="stable")
            filled = np.minimum(np.cumsum(gap[first]), missing)
            added = np.empty_like(gap)
            added[first] = np.diff(filled, prepend=0)
            return below + added, level
        account = np.repeat(np.arange(gap.size), gap)
        ordinal = np.arange(account.size) - np.repeat(np.cumsum(gap) - gap, gap) + 1
        enters = (below[account] + ordinal - position[account]) / self.curve[account]
        taken = np.lexsort((ordinal, account, enters))[:missing]
        return below + np.bincount(account[taken], minlength=gap.size), float(enters[taken[-1]])

    def run(self) -> LotSplit:
        """Search the interval of mu in which a better split may lie."""
        first = self.best
        if self.relaxed.lower_bound >= self._target():
            return LotSplit(first.lots, first.variance, min(self.relaxed.lower_bound, first.variance))
        open_intervals: list[tuple[float, int, _Point, _Point]] = []
        for direction in (-1.0, 1.0):
            end = self._end(first, direction)
            left, right = (end, first) if direction < 0 else (first, end)
            self._push(open_intervals, left, right)
        while open_intervals and self.evaluations < _MAX_EVALUATIONS:
            bound, _, left, right = heappop(open_intervals)
            if bound >= self._target():
                open_intervals.clear()
                break
            self._split(open_intervals, left, right)
        remaining = min((entry[0] for entry in open_intervals), default=inf)
        proved = min(self.best.variance, self.cutoff)
        bound = proved if remaining >= self._target() else remaining
        return LotSplit(self.best.lots, self.best.variance, max(bound, self.relaxed.lower_bound))

    def _target(self) -> float:
        least = min(self.best.variance, self.cutoff)
        return least - proof_tolerance(least)

    def _end(self, first: _Point, direction: float) -> _Point:
        """Find a mu beyond which no split can be better: phi is at least its convex relaxation."""
        width = sqrt(max(self.best.variance - self.relaxed.lower_bound, proof_tolerance(1.0)))
        level = first.level
        while True:
            mu = direction * width
            filled = self.knapsack.fill(mu + self.origin, self.relaxed.level * self.knapsack.total)
            self._note(mu, filled.level / self.knapsack.total - self.relaxed.level)
            metric = self.function.start + self.knapsack.change * filled.split
            if self.function.scatter(metric, mu) >= self._target():
                break
            width *= 2.0
        level = filled.level / self.knapsack.total - self.relaxed.level
        return self._seen(self.evaluate(mu, level))

    def _seen(self, point: _Point) -> _Point:
        if point.variance < self.best.variance:
            self.best = point
        return point

    def _push(self, heap: list[tuple[float, int, _Point, _Point]], left: _Point, right: _Point) -> None:
        bound = _chord_bound(left, right)
        if bound < self._target():
            heappush(heap, (bound, next(self.serial), left, right))

    def _split(self, heap: list[tuple[float, int, _Point, _Point]], left: _Point, right: _Point) -> None:
        turn = left.mean - right.mean
        mu = (left.intercept - right.intercept) / (2.0 * turn) if turn else inf
        if not left.mu < mu < right.mu:
            mu = (left.mu + right.mu) / 2.0
        if not left.mu < mu < right.mu:
            return  # no float64 lies between
        part = (mu - left.mu) / (right.mu - left.mu)
        point = self._seen(self.evaluate(mu, left.level + part * (right.level - left.level)))
        envelope = min(left.line(mu), right.line(mu))
        if point.line(mu) >= envelope - proof_tolerance(abs(envelope)):
            return
        self._push(heap, left, point)
        self._push(heap, point, right)


def _chord_bound(left: _Point, right: _Point) -> float:
    """Return the least value of mu^2 + chord(h) between the two points."""
    low, high = left.line(left.mu), right.line(right.mu)
    width = right.mu - left.mu
    slope = (high - low) / width
    mu = min(max(-slope / 2.0, left.mu), right.mu)
    return mu * mu + low + slope * (mu - left.mu)
