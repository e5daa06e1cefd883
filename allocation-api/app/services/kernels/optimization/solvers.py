"""Who solves a programme, by its form: an active set, PIQP, HiGHS or Clarabel; all answers are judged alike.

The active set is our own; PIQP is under the BSD-2-Clause licence, HiGHS, which scipy brings, under MIT,
Clarabel under Apache-2.0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import piqp
import scipy.sparse as sp

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization.active_set import active_set
from app.services.kernels.optimization.problem import OptimizationSolver
from app.services.kernels.optimization.program import Cone, Program, without_cones
from app.services.kernels.optimization.scenarios import ConeKind

_FREE = 1e30
_MOST_STEPS = 30
_STILL = 1e-8
_TOLERANCE = 1e-10
_FINE = 1e-12  # multipliers of exponential cones are as exact as the root of this where drawdowns are 0
_SMALL = 400  # up to so many variables arrays are quicker than sparse matrices


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A solver's point, its multipliers of the rows (those of `less` not negative but for rounding).

    `slopes` has the slope of each cone's norm along the weights, where the solver has multipliers of it.
    """

    point: FloatArray
    per_equal: FloatArray
    per_less: FloatArray
    said: str
    iterations: int
    slopes: tuple[FloatArray, ...] = ()


Solve = Callable[[Program, Found | None, float], Found]
"""From a programme, what was found before, and the seconds that are left; PIQP ends by its few steps."""


def chain(asked: Program) -> tuple[tuple[OptimizationSolver, Solve], ...]:
    """Return who may solve a programme of this form, the quickest first."""
    clarabel = (
        (OptimizationSolver.CLARABEL, partial(_clarabel, cautious=False)),
        (OptimizationSolver.CLARABEL_CAUTIOUS, partial(_clarabel, cautious=True)),
    )
    if asked.curved is not None:
        return clarabel
    if asked.cones:
        return clarabel[0], (OptimizationSolver.PIQP_STEPS, _steps), clarabel[1]
    quadratic = (
        (OptimizationSolver.PIQP, partial(_piqp, cautious=False)),
        (OptimizationSolver.PIQP_CAUTIOUS, partial(_piqp, cautious=True)),
    )
    if asked.quadratic is not None:
        is_variance_alone = not asked.linear.any() and not asked.less_side.size
        quickest = ((OptimizationSolver.ACTIVE_SET, _active_set),) if is_variance_alone else ()
        return (*quickest, *quadratic, *clarabel)
    return ((OptimizationSolver.HIGHS, _highs), *clarabel, *quadratic)


def _active_set(asked: Program, _before: Found | None, _seconds: float) -> Found:
    found = active_set(
        _dense_curvature(asked), _array(asked.equal), asked.equal_side, asked.low, asked.high, asked.near
    )
    return Found(found.point, found.multipliers, np.zeros(0), "SOLVED", found.steps)


def _piqp(
    asked: Program, _before: Found | None = None, _seconds: float = np.inf, *, cautious: bool = False
) -> Found:
    size = asked.linear.size
    curved = asked.quadratic is not None and 2 * len(asked.quadratic) > size
    dense = curved or size <= _SMALL
    solver = piqp.DenseSolver() if dense else piqp.SparseSolver()
    settings = solver.settings
    settings.eps_abs = settings.eps_duality_gap_abs = _TOLERANCE
    settings.eps_rel = settings.eps_duality_gap_rel = _TOLERANCE
    if cautious:
        settings.rho_init, settings.delta_init = 1e-4, 1e-2
        settings.reg_lower_limit, settings.iterative_refinement_always_enabled = 1e-9, True
        settings.max_iter = 1_000
    form = _array if dense else sp.csc_array
    some = asked.less_side.size > 0
    solver.setup(
        form(_curvature(asked)) if not dense or asked.quadratic is None else _dense_curvature(asked),
        asked.linear,
        form(asked.equal),
        asked.equal_side,
        form(asked.less) if some else None,
        None,
        asked.less_side if some else None,
        np.maximum(asked.low, -_FREE),
        np.minimum(asked.high, _FREE),
    )
    status = solver.solve()
    found = solver.result
    return Found(
        point=np.array(found.x),
        per_equal=np.array(found.y),
        per_less=np.array(found.z_u) if some else np.zeros(0),
        said=str(status).rpartition(".")[2],
        iterations=int(found.info.iter),
    )


def _steps(asked: Program, before: Found | None, _seconds: float) -> Found:
    """Solve quadratic programmes, each about the weights of the last one, from what was found before."""
    n = asked.cones[0].matrix.shape[1]
    near = np.full(n, 1.0 / n) if before is None or not np.isfinite(before.point).all() else before.point[:n]
    iterations = 0
    for _ in range(_MOST_STEPS):
        found = _piqp(without_cones(asked, near))
        iterations += found.iterations
        moved = float(np.abs(found.point[:n] - near).max())
        near = found.point[:n]
        if moved <= _STILL * max(1.0, float(np.abs(near).max())):
            break
    return replace(found, iterations=iterations)


def _array(matrix: FloatArray | sp.csr_array) -> FloatArray:
    return matrix if isinstance(matrix, np.ndarray) else matrix.toarray()


def _dense_curvature(asked: Program) -> FloatArray:
    size, quadratic = asked.linear.size, asked.quadratic
    if quadratic is not None and len(quadratic) == size:
        return quadratic
    return _array(_curvature(asked))


def _curvature(asked: Program) -> sp.csr_array:
    """Return P for all variables."""
    size, quadratic = asked.linear.size, asked.quadratic
    if quadratic is None:
        return sp.csr_array((size, size))
    before = asked.quadratic_at
    after = size - before - len(quadratic)
    return sp.csr_array(
        sp.block_diag((sp.csr_array((before, before)), quadratic, sp.csr_array((after, after))))
    )


def _highs(asked: Program, _before: Found | None, seconds: float) -> Found:
    from scipy.optimize import linprog  # noqa: PLC0415 - a fifth of the start, and not always used

    some = asked.less_side.size > 0
    found = linprog(
        asked.linear,
        A_ub=asked.less if some else None,
        b_ub=asked.less_side if some else None,
        A_eq=asked.equal,
        b_eq=asked.equal_side,
        bounds=np.column_stack((asked.low, asked.high)),
        method="highs",
        options={"time_limit": seconds},
    )
    if found.x is None:
        raise RuntimeError(found.message)
    return Found(
        point=found.x,
        per_equal=-found.eqlin.marginals,
        per_less=-found.ineqlin.marginals if some else np.zeros(0),
        said=found.message,
        iterations=int(found.nit),
    )


def _clarabel(asked: Program, _before: Found | None, seconds: float, *, cautious: bool) -> Found:
    import clarabel  # noqa: PLC0415 - only where others do not do

    rows, sides, cones = _conic(asked)
    found = clarabel.DefaultSolver(
        sp.csc_array(sp.triu(_curvature(asked))),
        asked.linear,
        rows,
        sides,
        cones,
        _clarabel_settings(asked, seconds, cautious=cautious),
    ).solve()
    equal, multipliers = asked.equal_side.size, np.array(found.z)
    less = equal + asked.less_side.size
    return Found(
        point=np.array(found.x),
        per_equal=multipliers[:equal],
        per_less=multipliers[equal:less],
        said=str(found.status),
        iterations=found.iterations,
        slopes=_slopes(
            asked.cones, multipliers[multipliers.size - sum(len(c.matrix) + 1 for c in asked.cones) :]
        ),
    )


def _conic(asked: Program) -> tuple[sp.csc_array, FloatArray, list[Any]]:
    """Return rows, sides and cones: sides - rows @ x is in the product of the cones, in this order.

    First the equations, then `less` with the bounds of the box, then what is curved, then the norms.
    """
    import clarabel  # noqa: PLC0415 - as above

    size, equal = asked.linear.size, asked.equal_side.size
    parts = [sp.csr_array(asked.equal), sp.csr_array(asked.less)]
    sides = [asked.equal_side, asked.less_side]
    for bound, sign in ((asked.low, -1.0), (asked.high, 1.0)):
        stated = np.flatnonzero(np.isfinite(bound))
        parts.append(
            sp.csr_array((np.full(stated.size, sign), (np.arange(stated.size), stated)), (stated.size, size))
        )
        sides.append(sign * bound[stated])
    cones = [clarabel.ZeroConeT(equal), clarabel.NonnegativeConeT(sum(map(len, sides)) - equal)]
    if (curved := asked.curved) is not None:
        count = curved.rows.shape[0]
        parts.append(-curved.rows)
        sides.append(np.zeros(count))
        if curved.kind is ConeKind.SECOND_ORDER:
            cones.append(clarabel.SecondOrderConeT(count))
        else:
            cones += [clarabel.ExponentialConeT()] * (count // 3)
    for cone in asked.cones:
        rows, n = cone.matrix.shape
        top = sp.csr_array(([-1.0], ([0], [cone.top])), (1, size))
        parts += [top, sp.hstack((sp.csr_array(-cone.matrix), sp.csr_array((rows, size - n))))]
        sides.append(np.zeros(rows + 1))
        cones.append(clarabel.SecondOrderConeT(rows + 1))
    return sp.csc_array(sp.vstack(parts)), np.concatenate(sides), cones


def _clarabel_settings(asked: Program, seconds: float, *, cautious: bool) -> Any:
    import clarabel  # noqa: PLC0415 - as above

    settings = clarabel.DefaultSettings()
    settings.verbose, settings.direct_solve_method = False, "qdldl"
    settings.time_limit = seconds
    exponential = asked.curved is not None and asked.curved.kind is ConeKind.EXPONENTIAL
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = _FINE if exponential else _TOLERANCE
    if cautious:
        settings.max_step_fraction, settings.max_iter = 0.9, 500
        settings.static_regularization_constant, settings.iterative_refinement_max_iter = 1e-10, 50
    return settings


def _slopes(cones: tuple[Cone, ...], multipliers: FloatArray) -> tuple[FloatArray, ...]:
    """Return per cone matrix' u, |u| at most 1; none where a cone is of no weight."""
    slopes = []
    for cone in cones:
        own, multipliers = multipliers[: len(cone.matrix) + 1], multipliers[len(cone.matrix) + 1 :]
        length = max(float(own[0]), float(np.linalg.norm(own[1:])))
        if not length > 0.0:
            return ()
        slopes.append(-own[1:] @ cone.matrix / length)
    return tuple(slopes)
