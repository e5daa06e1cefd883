"""What is proved of weights: a bound that no weights within the limits better, from any multipliers.

The objective is never below a linear function that touches it at the weights. That, and the rows times their
multipliers, is least at a corner of the box, which is read off. So a solver's mistakes only widen the gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization.errors import ConstraintKind
from app.services.kernels.optimization.model import Model, norm
from app.services.kernels.optimization.problem import Objective
from app.services.kernels.optimization.program import Program
from app.services.kernels.optimization.solvers import Found

_NO_RISK = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Variables v with their value and its bound, both to be minimised (a ratio is negative)."""

    at: FloatArray
    value: float
    bound: float
    violation: float
    kkt_residual: float

    @property
    def gap(self) -> float:
        """Distance of value and bound; infinite where one is not known."""
        away = self.value - self.bound
        return max(away, 0.0) if np.isfinite(away) else float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The rows of the model, linear at the weights, with multipliers."""

    equal: FloatArray
    equal_side: FloatArray
    less: FloatArray
    less_side: FloatArray
    per_equal: FloatArray
    per_less: FloatArray

    def priced(self, cost: FloatArray) -> FloatArray:
        """Return cost plus the rows times their multipliers."""
        priced: FloatArray = cost + self.per_equal @ self.equal + self.per_less @ self.less
        return priced

    @property
    def sides(self) -> float:
        """Return the sides times the multipliers."""
        return float(self.per_equal @ self.equal_side + self.per_less @ self.less_side)


def judge(model: Model, asked: Program, found: Found, floor: float) -> Judged:
    """Judge what a solver found; `floor` is above zero, and no risk that counts for a ratio is below it."""
    m = model.net.size
    point = found.point[:m]
    if asked.kappa is not None:
        point = point / max(float(found.point[asked.kappa]), _NO_RISK)
    if not np.isfinite(point).all():
        return Judged(np.zeros(m), np.inf, -np.inf, np.inf, np.inf)
    at = model.completed(point[: model.size])
    direction, deviation = _tangents(model, found, at[: model.size])
    slope = _risk_slope(model, asked, found, direction, deviation)
    rows = _rows(model, found, direction)
    violation = max(
        float(np.abs(rows.equal @ at - rows.equal_side).max(initial=0.0)),
        float(np.max(rows.less @ at - rows.less_side, initial=0.0)),
    )
    if model.is_ratio:
        return _judged_ratio(model, rows, at, slope, direction, violation, floor)
    value, offset, cost = _touching(model, at, slope, direction)
    priced = rows.priced(cost)
    bound = offset + _least(priced, model) - rows.sides
    if model.problem.objective is Objective.MIN_RISK and model.is_deviation:
        bound = max(bound, 0.0)  # a standard deviation is not negative
    return Judged(at, value, bound, violation, _residual(model, rows, at, priced, violation))


def _touching(
    model: Model, at: FloatArray, slope: FloatArray, direction: FloatArray
) -> tuple[float, float, FloatArray]:
    """Return the objective, and offset and cost of a linear function that is nowhere above it."""
    objective = model.problem.objective
    if objective is Objective.MIN_RISK:
        return model.worst_risk(at), 0.0, slope
    cost = -model.net
    cost[: model.size] += model.radius * direction
    value, offset = -model.worst_return(at), 0.0
    if objective is Objective.UTILITY:
        risk = model.worst_risk(at)
        if model.is_squared:
            value += model.aversion * risk**2
            offset = -model.aversion * risk**2
            cost = cost + 2.0 * model.aversion * risk * slope
        else:
            value += model.aversion * risk
            cost = cost + model.aversion * slope
    return value, offset, cost


def _tangents(model: Model, found: Found, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return slopes of |w| and of the deviation; multipliers know them even where these are 0."""
    zero = np.zeros(model.size)
    if found.slopes:
        return found.slopes[0], found.slopes[1] if len(found.slopes) > 1 else zero
    direction = weights / norm(weights) if model.radius and weights.any() else zero
    if not model.is_deviation:
        return direction, zero
    deviation = model.deviation(weights)
    return direction, model.covariance @ weights / deviation if deviation > 0.0 else zero


def _risk_slope(
    model: Model, asked: Program, found: Found, direction: FloatArray, deviation: FloatArray
) -> FloatArray:
    """Return s with worst risk >= s'v everywhere, equal at the weights but for a solver's rounding."""
    n = model.size
    slope = np.zeros(model.net.size)
    if model.problem.objective is Objective.MAX_RETURN:
        return slope
    slope[:n] = model.worsening * direction + deviation
    if model.scenarios is not None:
        periods = len(model.scenarios.returns)
        weight = _weight_of_risk(model, found.point[:n])
        slope[:n] = model.scenarios.slope(
            found.per_less[asked.tail_at : asked.tail_at + periods] / (weight or 1.0)
        )
        return slope
    if model.returns is None:
        return slope
    most = model.tail_weight
    counted = np.clip(found.per_less[asked.tail_at : asked.tail_at + most.size], 0.0, None)
    counted = np.clip(counted / (counted.sum() or 1.0), 0.0, most)
    missing = 1.0 - float(counted.sum())
    room = most - counted if missing > 0 else counted
    counted = counted + missing * room / (room.sum() or 1.0)
    slope[:n] -= counted @ model.returns
    return slope


def _weight_of_risk(model: Model, weights: FloatArray) -> float:
    """Return the slope of the programme's objective along the risk."""
    if model.problem.objective is not Objective.UTILITY:
        return 1.0
    return model.aversion * (2.0 * model.risk(weights) if model.is_squared else 1.0)


def _rows(model: Model, found: Found, direction: FloatArray) -> _Rows:
    limits, n = model.limits, model.size
    less = limits.less
    targets = [i for i, (kind, _) in enumerate(limits.kinds) if kind is ConstraintKind.TARGET_RETURN]
    if model.radius and targets:
        less = less.copy()
        less[targets, :n] += model.radius * direction
    scale = 1.0
    if (
        model.is_deviation
        and not model.radius
        and model.problem.objective in {Objective.MIN_RISK, Objective.SHARPE}
    ):
        # The programme's objective is half of the variance, whose slope is the deviation times that of ours.
        deviation = model.deviation(found.point[:n])
        scale = 1.0 / deviation if deviation > _NO_RISK else 0.0
    return _Rows(
        equal=limits.equal,
        equal_side=limits.equal_side,
        less=less,
        less_side=limits.less_side,
        per_equal=scale * found.per_equal,
        per_less=np.clip(scale * found.per_less[: limits.less_side.size], 0.0, None),
    )


def _least(priced: FloatArray, model: Model) -> float:
    """Return the least of priced @ v within the box."""
    return float(np.minimum(priced * model.limits.low, priced * model.limits.high).sum())


def _residual(model: Model, rows: _Rows, at: FloatArray, priced: FloatArray, violation: float) -> float:
    moved = np.abs(at - np.clip(at - priced, model.limits.low, model.limits.high))
    slack = np.abs(np.minimum(rows.less_side - rows.less @ at, rows.per_less))
    return max(violation, float(moved.max()), float(slack.max(initial=0.0)))


def _judged_ratio(
    model: Model,
    rows: _Rows,
    at: FloatArray,
    slope: FloatArray,
    direction: FloatArray,
    violation: float,
    floor: float,
) -> Judged:
    """Judge a ratio t: excess - t x risk is at most what is missing, so none is above t + missing / risk."""
    risk = model.worst_risk(at)
    if risk <= _NO_RISK:
        return Judged(at, -np.inf, -np.inf, violation, np.inf)
    earned = model.net.copy()
    earned[: model.size] -= model.radius * direction
    ratio = (model.worst_return(at) - model.free_rate) / risk
    priced, sides = rows.priced(slope), rows.sides
    gain = earned - ratio * priced
    above = float(np.maximum(gain * model.limits.low, gain * model.limits.high).sum())
    missing = max(above - model.free_rate + ratio * sides, 0.0)
    bound = ratio + (missing / floor if missing else 0.0)
    scaled = -gain / ratio if ratio else priced
    residual = _residual(model, rows, at, scaled, violation)
    return Judged(at, -ratio, -bound, violation, residual)
