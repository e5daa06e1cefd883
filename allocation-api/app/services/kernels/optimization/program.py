"""The conic programme of a model, for whichever solver.

Variables are v, then where needed kappa (a ratio is solved for v x kappa, so that the excess return is given:
Charnes and Cooper 1962), the level of CVaR and its excesses per period or the block of another measure of
scenarios, |w|, and the standard deviation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization.errors import ConstraintKind
from app.services.kernels.optimization.model import Model
from app.services.kernels.optimization.problem import Measure, Objective
from app.services.kernels.optimization.scenarios import Block, ConeKind

_SHORTEST = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Cone:
    """x[top] >= |matrix @ x[:n]|."""

    top: int
    matrix: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Curved:
    """rows @ x is in a cone: the second-order one, or three by three in the exponential one."""

    kind: ConeKind
    rows: sp.csr_array


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Minimise x'Px / 2 + linear'x; equal @ x = equal_side, less @ x <= less_side, box and cones.

    Parameters
    ----------
    quadratic : float64[k, k] or None
        P for the k variables from `quadratic_at` on.
    tail_at : int
        First of the rows of the periods in `less`, which begins with the rows of the model.
    kappa : int or None
        Where kappa is.
    near : float64[k] or None
        A point whose bounds may be those of the optimum.
    """

    quadratic: FloatArray | None
    quadratic_at: int
    linear: FloatArray
    equal: FloatArray | sp.csr_array
    equal_side: FloatArray
    less: FloatArray | sp.csr_array
    less_side: FloatArray
    low: FloatArray
    high: FloatArray
    cones: tuple[Cone, ...] = ()
    tail_at: int = 0
    kappa: int | None = None
    curved: Curved | None = None
    near: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the variables are; None: there is none of this kind."""

    kappa: int | None
    level: int | None
    block: int | None
    norm: int | None
    deviation: int | None
    size: int


def program(model: Model, excess: float = 1.0) -> Program:
    """Return the programme; of a ratio the one whose excess return is `excess`."""
    at = _places(model)
    if at.size == model.net.size:
        return _plain(model)
    limits, m, n = model.limits, model.net.size, model.size
    block = model.block if at.block is not None else None
    low, high = np.full(at.size, -np.inf), np.full(at.size, np.inf)
    rows, sides = [_limit_rows(model, at)], [limits.less_side]
    equal_side = limits.equal_side
    if at.kappa is None:
        low[:m], high[:m] = limits.low, limits.high
    else:
        low[n:m] = low[at.kappa] = 0.0
        sides[0], equal_side = np.zeros(limits.less_side.size), np.zeros(equal_side.size)
        rows += [_box_rows(model, at.kappa, at.size), _excess_row(model, at)]
        sides += [np.zeros(2 * n), np.array([-excess])]
    tail_at = sum(row.shape[0] for row in rows)
    if at.level is not None:
        periods = model.tail_weight.size
        low[at.level + 1 : at.level + 1 + periods] = 0.0
        rows.append(_tail_rows(model, at.level, at.size))
        sides.append(np.zeros(periods))
    curved = None
    if at.block is not None and block is not None:
        low[at.block : at.block + block.low.size] = block.low
        rows.append(_block_rows(block, block.own, block.weights, at.block, at.size))
        sides.append(np.zeros(block.own.shape[0]))
        if block.curved is not None and block.cone is not None:
            nothing = sp.csr_array((block.curved.shape[0], n))
            curved = Curved(block.cone, _block_rows(block, block.curved, nothing, at.block, at.size))
    quadratic, quadratic_at, linear = _aim(model, at)
    return Program(
        quadratic=quadratic,
        quadratic_at=quadratic_at,
        linear=linear,
        equal=_widened(limits.equal, limits.equal_side, at),
        equal_side=equal_side,
        less=sp.csr_array(sp.vstack(rows)),
        less_side=np.concatenate(sides),
        low=low,
        high=high,
        cones=_cones(model, at),
        tail_at=tail_at,
        kappa=at.kappa,
        curved=curved,
    )


def _plain(model: Model) -> Program:
    """Mean and variance alone: arrays as they are, since sparse matrices cost more than solving."""
    limits, objective = model.limits, model.problem.objective
    weight = {Objective.MIN_RISK: 1.0, Objective.UTILITY: 2.0 * model.aversion}.get(objective, 0.0)
    return Program(
        quadratic=weight * model.covariance if weight else None,
        quadratic_at=0,
        linear=np.zeros(model.net.size) if objective is Objective.MIN_RISK else -model.net,
        equal=limits.equal,
        equal_side=limits.equal_side,
        less=limits.less,
        less_side=limits.less_side,
        low=limits.low,
        high=limits.high,
        tail_at=limits.less_side.size,
        near=model.problem.current if model.net.size == model.size else None,
    )


def _places(model: Model) -> _Places:
    size = model.net.size
    kappa = level = block = norm = deviation = None
    if model.is_ratio:
        kappa, size = size, size + 1
    has_risk = model.problem.objective is not Objective.MAX_RETURN
    if has_risk and model.returns is not None:
        level, size = size, size + 1 + len(model.returns)
    if has_risk and model.block is not None:
        block, size = size, size + model.block.aim.size
    is_return_asked = (
        model.problem.objective is not Objective.MIN_RISK or model.problem.target_return is not None
    )
    if model.radius and (model.worsening or is_return_asked):
        norm, size = size, size + 1
        if has_risk and model.is_deviation:
            deviation, size = size, size + 1
    return _Places(kappa, level, block, norm, deviation, size)


def _aim(model: Model, at: _Places) -> tuple[FloatArray | None, int, FloatArray]:
    """Return P, where it begins, and the linear part."""
    linear = np.zeros(at.size)
    objective, aversion = model.problem.objective, 1.0
    if objective in {Objective.MAX_RETURN, Objective.UTILITY}:
        linear[: model.net.size] = -model.net
        aversion = model.aversion if objective is Objective.UTILITY else 0.0
        if at.norm is not None:
            linear[at.norm] = model.radius
    if at.block is not None and model.block is not None:
        aim = model.block.aim
        if objective is Objective.UTILITY and model.is_squared:
            return 2.0 * aversion * np.diag(aim[-1:]), at.block + aim.size - 1, linear
        linear[at.block : at.block + aim.size] = aversion * aim
    elif at.level is not None:
        linear[at.level] = aversion
        linear[at.level + 1 : at.level + 1 + model.tail_weight.size] = aversion * model.tail_weight
        if at.norm is not None:
            linear[at.norm] += aversion * model.worsening
    elif at.norm is None or at.deviation is None:
        is_variance = model.problem.measure is Measure.MV and objective is not Objective.MAX_RETURN
        return (model.covariance if is_variance else None), 0, linear
    elif objective is Objective.UTILITY:
        both = np.array([model.worsening, 1.0])
        return 2.0 * aversion * np.outer(both, both), at.norm, linear
    else:
        linear[at.deviation], linear[at.norm] = 1.0, model.worsening
    return None, 0, linear


def _widened(rows: FloatArray, side: FloatArray, at: _Places) -> sp.csr_array:
    """Return rows of v as rows of all variables; sides of a ratio are times kappa."""
    wide = np.zeros((len(rows), at.size))
    wide[:, : rows.shape[1]] = rows
    if at.kappa is not None:
        wide[:, at.kappa] = -side
    return sp.csr_array(wide)


def _limit_rows(model: Model, at: _Places) -> sp.csr_array:
    wide = _widened(model.limits.less, model.limits.less_side, at).toarray()
    if at.norm is not None:
        for row, (kind, _) in zip(wide, model.limits.kinds, strict=True):
            if kind is ConstraintKind.TARGET_RETURN:
                row[at.norm] = model.radius
    return sp.csr_array(wide)


def _box_rows(model: Model, kappa: int, size: int) -> sp.csr_array:
    n, limits = model.size, model.limits
    rows = np.zeros((2 * n, size))
    rows[:n, :n], rows[n:, :n] = -np.eye(n), np.eye(n)
    rows[:n, kappa], rows[n:, kappa] = limits.low[:n], -limits.high[:n]
    return sp.csr_array(rows)


def _excess_row(model: Model, at: _Places) -> sp.csr_array:
    row = np.zeros((1, at.size))
    row[0, : model.net.size] = -model.net
    row[0, at.kappa] = model.free_rate
    if at.norm is not None:
        row[0, at.norm] = model.radius
    return sp.csr_array(row)


def _tail_rows(model: Model, level: int, size: int) -> sp.csr_array:
    """Return loss - level - excess <= 0 for each period."""
    if model.returns is None:
        raise RuntimeError("CVaR has returns")
    periods, n = model.returns.shape
    parts = [
        sp.csr_array(-model.returns),
        sp.csr_array((periods, level - n)),
        sp.csr_array(np.full((periods, 1), -1.0)),
        -sp.eye_array(periods),
        sp.csr_array((periods, size - level - 1 - periods)),
    ]
    return sp.csr_array(sp.hstack(parts))


def _block_rows(
    block: Block, own: sp.csr_array, weights: sp.csr_array, first: int, size: int
) -> sp.csr_array:
    """Return rows of weights and of the block's own variables as rows of all variables."""
    rows, n = weights.shape
    between = sp.csr_array((rows, first - n))
    after = sp.csr_array((rows, size - first - block.aim.size))
    return sp.csr_array(sp.hstack((weights, between, own, after)))


def _cones(model: Model, at: _Places) -> tuple[Cone, ...]:
    cones = []
    if at.norm is not None:
        cones.append(Cone(at.norm, np.eye(model.size)))
    if at.deviation is not None:
        cones.append(Cone(at.deviation, model.factor))
    return tuple(cones)


def without_cones(asked: Program, near: FloatArray) -> Program:
    """Return a programme without cones that has the same optimum where `near` (float64[n]) is that optimum.

    In the objective a norm is replaced by a square that touches it, |y| <= y'y / 2c + c / 2 with c the norm
    at `near`; in rows by its tangent.
    """
    n, size = near.size, min(cone.top for cone in asked.cones)
    less = asked.less.toarray() if isinstance(asked.less, sp.csr_array) else asked.less
    weights = _weights(asked, near)
    quadratic = np.zeros((n, n))
    tangents = []
    for cone in asked.cones:
        image = cone.matrix @ near
        length = max(float(np.linalg.norm(image)), _SHORTEST)
        quadratic += weights[cone.top] / length * (cone.matrix.T @ cone.matrix)
        tangents.append(less[:, [cone.top]] * (image @ cone.matrix / length))
    narrow = less[:, :size].copy()
    narrow[:, :n] += sum(tangents)
    equal = asked.equal.toarray() if isinstance(asked.equal, sp.csr_array) else asked.equal
    return replace(
        asked,
        quadratic=quadratic,
        quadratic_at=0,
        linear=asked.linear[:size],
        equal=sp.csr_array(equal[:, :size]),
        less=sp.csr_array(narrow),
        low=asked.low[:size],
        high=asked.high[:size],
        cones=(),
    )


def _weights(asked: Program, near: FloatArray) -> FloatArray:
    """Return the slope of the objective along each variable, the cones being tight."""
    weights = asked.linear.copy()
    if asked.quadratic is not None:
        tops = np.zeros(asked.linear.size)
        for cone in asked.cones:
            tops[cone.top] = np.linalg.norm(cone.matrix @ near)
        at = slice(asked.quadratic_at, asked.quadratic_at + len(asked.quadratic))
        weights[at] += asked.quadratic @ tops[at]
    return weights
