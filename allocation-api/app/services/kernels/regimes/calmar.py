"""Most mean per maximum drawdown of compounded wealth, with a bound: a search over one number.

Let u(w) be the log of wealth over its peak at its lowest. It is the least of sums of log(1 + r'w), which are
concave, so a tangent of such a sum is nowhere below u. The most that f(w) = mean - e |w| can be with
u(w) >= u is a concave function of u, and multipliers of the programme at any u give a line V - s u nowhere
below it. Over a line, line / (1 - exp(u)) is largest at an end, so the largest ratio of all lines together is
at a corner. The programme is solved there, which cuts the corner off, until the best weights reach what is
left. Whatever a solver says, lines and tangents stay valid: mistakes only widen the gap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from app.services.kernels.allocation import ProofStatus
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization import Attempt, NoRisk, NotSolved, Optimality, OptimizationSolver
from app.services.kernels.optimization.program import Cone, Program
from app.services.kernels.optimization.solvers import Found, chain
from app.services.kernels.regimes.bounds import SLEEVES, Bounds, RegimeObjective, settled
from app.services.kernels.regimes.ratios import ratio

_SIZE = len(SLEEVES)
_MAX_TANGENTS = 25
"""Of the log of wealth, at one place of the search."""

_MAX_CORNERS = 60
_STILL = 1e-12
_WITHIN = 1e-9
_TOP_WITHIN = 1e-7
_GAP = 1e-7
_ENOUGH = 1e-8
_NO_DRAWDOWN = 1e-9
_ROUNDED = 1e-12
_LITTLE = 1e-6
"""Of the highest mean: the ratio is the best of the portfolios whose mean is above this."""


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """The best weights that were found, and what is proved of them."""

    weights: FloatArray
    optimality: Optimality


@dataclass(eq=False)
class _Search:
    """What is known so far: tangents a + b'w of the log of wealth, lines V - s u, and the best weights."""

    returns: FloatArray
    bounds: Bounds
    radius: float
    unit: float
    offsets: list[float] = field(default_factory=list)
    slopes: list[FloatArray] = field(default_factory=list)
    lines: list[tuple[float, float]] = field(default_factory=list)
    weights: FloatArray | None = None
    value: float = -math.inf
    residual: float = math.inf
    solver: OptimizationSolver = OptimizationSolver.HIGHS
    solved: int = 0

    @property
    def mean(self) -> FloatArray:
        """Mean returns in units of the typical deviation."""
        found: FloatArray = self.returns.mean(axis=0) / self.unit
        return found

    def touch(self, weights: FloatArray) -> float:
        """Add the tangent of the log of wealth at weights, and return it there."""
        gross = 1.0 + self.returns @ weights
        path = np.concatenate(([0.0], np.cumsum(np.log(gross))))
        peaks = np.maximum.accumulate(path)
        trough = int(np.argmax(peaks - path))
        peak = int(np.argmax(path[: trough + 1]))
        slope = (self.returns[peak:trough] / gross[peak:trough, np.newaxis]).sum(axis=0)
        depth = float(path[trough] - path[peak])
        self.offsets.append(depth - float(slope @ weights))
        self.slopes.append(slope)
        return depth

    def most(self, gain: FloatArray) -> float:
        """Return the most of gain'w within the bounds, w summing to 1."""
        low, high = self.bounds.arrays()
        order = np.argsort(-gain, kind="stable")
        room, left = high[order] - low[order], 1.0 - float(low.sum())
        filled = np.clip(left - np.concatenate(([0.0], np.cumsum(room)[:-1])), 0.0, room)
        return float(gain @ low + gain[order] @ filled)

    def tried(self, weights: FloatArray, residual: float) -> None:
        """Keep weights where they are the best so far."""
        found = ratio(RegimeObjective.CALMAR, self.returns, weights, self.radius)
        if found is not None and found > self.value:
            self.weights, self.value, self.residual = weights, found, residual

    def residual_of(
        self, weights: FloatArray, gain: FloatArray, slack: FloatArray, per_row: FloatArray
    ) -> float:
        """Return the largest violation of stationarity or of complementarity."""
        low, high = self.bounds.arrays()
        moved = np.abs(weights - np.clip(weights + gain, low, high))
        return float(max(moved.max(), np.abs(np.minimum(slack, per_row)).max()))

    def program(self, aim: FloatArray, less: FloatArray, sides: FloatArray) -> Program:
        """Return the programme over (w, further variables, |w| where there is a radius): least of aim'x."""
        low, high = self.bounds.arrays()
        more = aim.size - _SIZE
        equal = np.zeros((1, aim.size))
        equal[0, :_SIZE] = 1.0
        free = np.full(more, np.inf)
        return Program(
            quadratic=None,
            quadratic_at=0,
            linear=aim,
            equal=equal,
            equal_side=np.ones(1),
            less=sp.csr_array(less),
            less_side=sides,
            low=np.concatenate((low, -free)),
            high=np.concatenate((high, free)),
            cones=(Cone(aim.size - 1, np.eye(_SIZE)),) if self.radius else (),
        )

    def solve(self, asked: Program) -> tuple[FloatArray, FloatArray, FloatArray, Found]:
        """Return weights within the bounds, multipliers of the rows, the slope of |w|, and what was found.

        Raises
        ------
        NotSolved
            If no solver finds any.
        """
        for name, solve in chain(asked):
            self.solved += 1
            try:
                found = solve(asked, None, np.inf)
            except (ValueError, RuntimeError):
                continue
            if np.isfinite(found.point).all() and np.isfinite(found.per_less).all():
                self.solver = name
                weights = settled(found.point[:_SIZE], self.bounds)
                steep = found.slopes[0] if found.slopes else weights / float(np.linalg.norm(weights))
                steep = steep / max(1.0, float(np.linalg.norm(steep)))
                return weights, np.maximum(found.per_less, 0.0), steep, found
        raise NotSolved("drawdown: no solver found weights within the bounds")


def best_calmar(returns: FloatArray, bounds: Bounds, radius: float, start: FloatArray) -> Best:
    """Return the weights of the best Calmar ratio over returns (float64[N, 4], each above -1).

    Parameters
    ----------
    start : float64[4]
        Weights of the highest worst mean, which is above 0.

    Raises
    ------
    NoRisk
        Where a portfolio with a mean above 0 never falls.
    NotSolved
    """
    unit = float(returns.std(axis=0).mean())
    if unit <= _ROUNDED * float(np.abs(returns).max()):
        raise NoRisk(0.0)  # each asset earns the same at every bar, and `start` is above 0
    search = _Search(returns, bounds, radius, unit)
    highest = float(search.mean @ start) - radius / unit * float(np.linalg.norm(start))
    lowest = search.touch(start)
    search.tried(start, 0.0)
    search.lines.append((highest, 0.0))
    reached, top = _shallowest(search, start, _LITTLE * highest)
    if reached >= -_NO_DRAWDOWN:
        raise NoRisk(-reached)
    bound, before = math.inf, math.inf
    for _ in range(_MAX_CORNERS):
        at, bound = _corner(search, min(lowest, reached), top)
        is_enough = bound * unit - search.value <= _ENOUGH * max(1.0, search.value)
        if is_enough or abs(at - before) <= _STILL:
            break
        _cut_off(search, min(at, reached))
        before = at
    if search.weights is None:
        raise NotSolved("drawdown: no weights with a drawdown were found")
    return Best(search.weights, _optimality(search, max(bound * unit, search.value)))


def _corner(search: _Search, first: float, last: float) -> tuple[float, float]:
    """Return where the largest ratio of all lines together is, and that ratio."""
    lines = np.array(search.lines)
    one, other = np.triu_indices(len(lines), 1)
    differ = lines[one, 1] != lines[other, 1]
    one, other = one[differ], other[differ]
    crossings = (lines[one, 0] - lines[other, 0]) / (lines[one, 1] - lines[other, 1])
    inside = crossings[(crossings > first) & (crossings < last)]
    places = np.concatenate(([first, last], inside))
    heights = np.min(lines[:, :1] - lines[:, 1:] * places, axis=0)
    ratios = heights / -np.expm1(places)
    best = int(np.argmax(ratios))
    return float(places[best]), float(ratios[best])


def _cut_off(search: _Search, at: float) -> None:
    """Solve the programme at a place with more and more tangents, until they hold there."""
    cost = search.radius / search.unit
    for _ in range(_MAX_TANGENTS):
        slopes, offsets = np.array(search.slopes), np.array(search.offsets)
        aim, less = -search.mean, -slopes
        if search.radius:
            aim, less = np.append(aim, cost), np.hstack((less, np.zeros((len(less), 1))))
        weights, per_row, steep, found = search.solve(search.program(aim, less, offsets - at))
        gain = search.mean + per_row @ slopes - cost * steep
        search.lines.append((search.most(gain) + float(per_row @ offsets), float(per_row.sum())))
        slack = slopes @ weights + offsets - at
        search.tried(weights, search.residual_of(weights, gain - found.per_equal[0], slack, per_row))
        if search.touch(weights) >= at - _WITHIN:
            break


def _shallowest(search: _Search, start: FloatArray, least: float) -> tuple[float, float]:
    """Return the highest log of wealth over its peak that is reached with f(w) >= least, and its bound."""
    cost = search.radius / search.unit
    reached, top, mean = search.touch(start), 0.0, search.mean
    for _ in range(_MAX_TANGENTS):
        slopes, offsets = np.array(search.slopes), np.array(search.offsets)
        less = np.vstack((np.hstack((-slopes, np.ones((len(slopes), 1)))), np.append(-mean, 0.0)))
        aim = np.zeros(_SIZE + 1)
        aim[_SIZE] = -1.0
        if search.radius:
            aim = np.append(aim, 0.0)
            less = np.hstack((less, np.append(np.zeros(len(slopes)), cost)[:, np.newaxis]))
        weights, per_row, steep, found = search.solve(search.program(aim, less, np.append(offsets, -least)))
        total = max(float(per_row[:-1].sum()), _NO_DRAWDOWN)
        shares, earned = per_row[:-1] / total, float(per_row[-1]) / total
        gain = shares @ slopes + earned * (mean - cost * steep)
        if abs(float(shares.sum()) - 1.0) <= _NO_DRAWDOWN:
            top = min(top, search.most(gain) + float(shares @ offsets) - earned * least)
        depth = search.touch(weights)
        slack = slopes @ weights + offsets - depth
        search.tried(weights, search.residual_of(weights, gain - found.per_equal[0] / total, slack, shares))
        if float(mean @ weights) - cost * float(np.linalg.norm(weights)) >= least * (1.0 - _GAP):
            reached = max(reached, depth)
        if top - reached <= _TOP_WITHIN * max(-reached, _NO_DRAWDOWN):
            break
    return reached, top


def _optimality(search: _Search, bound: float) -> Optimality:
    gap = bound - search.value
    proved = gap <= _GAP * max(1.0, abs(search.value))
    said = f"{len(search.offsets)} tangents, {len(search.lines)} lines"
    attempt = Attempt(search.solver, said, search.solved, gap, search.residual, accepted=proved)
    return Optimality(
        status=ProofStatus.OPTIMAL if proved else ProofStatus.WITHIN_GAP,
        objective=search.value,
        bound=bound,
        gap=gap,
        kkt_residual=search.residual,
        solver=search.solver,
        attempts=(attempt,),
    )
