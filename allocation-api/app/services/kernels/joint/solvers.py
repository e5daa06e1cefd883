"""The continuous problem solved: PIQP, and who comes after it where its answer is not good enough.

What a solver says of itself does not count. Its point and its multipliers go into `Model.lower_bound`, and
the first whose gap is small enough is taken; each try is recorded. PIQP is under the BSD-2-Clause licence,
HiGHS, which scipy brings, under MIT.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import piqp
import scipy.sparse as sp

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.joint.model import Model
from app.services.kernels.joint.problem import Attempt, SolverName
from app.services.kernels.joint.totals import Capacity

_GAP = 1e-9
"""Of the square of the dispersion, for metrics of scale one: what is near enough."""
_FREE = 1e30
_SHARE_WEIGHT = 1e-8
_LOOSE = 1e-7  # of all money: so much less may be placed, or the set would have no inside
_STEPS = 60
_SOLVED = "PIQP_SOLVED"


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """What a solver found: pairs, and the multipliers of totals and limits (see `Model.lower_bound`)."""

    pairs: FloatArray
    per_total: FloatArray
    per_limit: FloatArray
    said: str
    iterations: int


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """The continuous solution that was taken, its value and bound, and every try."""

    point: Point
    value: float
    lower_bound: float
    attempts: tuple[Attempt, ...]

    @property
    def accepted(self) -> bool:
        """Whether its gap is small enough."""
        return self.attempts[-1].accepted


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """What lines shall place (face, float64[K]), and which of equally good splits is wanted.

    That is the one nearest to `share` (float64[p]), with so small a `share_weight` that it is nothing beside
    the objective. With `capacity` the lines place at most their totals, and by priority as much money as that
    says.
    """

    totals: FloatArray
    share: FloatArray
    share_weight: float = 0.0
    capacity: Capacity | None = None


Run = Callable[[Model, Aim], Point]


def relax(model: Model, aim: Aim) -> Relaxed:
    """Solve, and take the first answer that proves good enough, else the best there is."""
    attempts: list[Attempt] = []
    unsolved = Point(
        pairs=np.clip(aim.share, model.low, model.high),
        per_total=np.zeros(aim.totals.size),
        per_limit=np.zeros(model.limits.side.size),
        said="",
        iterations=0,
    )
    best = _judged(model, aim, unsolved)
    for name, run in SOLVERS.items():
        try:
            point = run(model, aim)
        except (ValueError, RuntimeError) as failure:
            attempts.append(Attempt(name, str(failure), 0, np.inf, accepted=False))
            continue
        found = _judged(model, aim, point)
        gap = found.value - found.lower_bound
        accepted = abs(gap) <= _GAP
        attempts.append(Attempt(name, point.said, point.iterations, gap, accepted))
        if found.lower_bound > best.lower_bound or accepted:
            best = found
        if accepted:
            break
    return replace(best, attempts=tuple(attempts))


def _judged(model: Model, aim: Aim, point: Point) -> Relaxed:
    bound = model.lower_bound(point.pairs, point.per_total, aim.totals, point.per_limit)
    return Relaxed(point, model.value(point.pairs), bound, ())


# --- PIQP ---------------------------------------------------------------------------------------------------


def _piqp(model: Model, aim: Aim, *, tolerance: float, cautious: bool) -> Point:
    size, accounts = model.line.size, model.start.size
    others = accounts + int(model.centred)
    factor = float(accounts)
    diagonal = np.zeros(size + others)
    diagonal[:size] = 2.0 * factor * (model.pull + aim.share_weight)
    diagonal[size : size + accounts] = 2.0 * factor * model.weight
    linear = np.zeros(size + others)
    linear[:size] = -2.0 * factor * (model.pull * model.goal + aim.share_weight * aim.share)
    equal, sides, less, most = _constraints(model, aim)
    free = np.full(others, _FREE)
    solver = piqp.SparseSolver()
    settings = solver.settings
    settings.eps_abs = settings.eps_duality_gap_abs = tolerance
    settings.eps_rel = settings.eps_duality_gap_rel = tolerance
    if cautious:
        settings.rho_init, settings.delta_init = 1e-4, 1e-2
        settings.reg_lower_limit, settings.iterative_refinement_always_enabled = 1e-8, True
    some = most.size > 0
    solver.setup(
        sp.csc_matrix(sp.diags_array(diagonal)),
        linear,
        sp.csc_matrix(equal),
        sides,
        sp.csc_matrix(less) if some else None,
        None,
        most if some else None,
        np.concatenate((model.low, -free)),
        np.concatenate((model.high, free)),
    )
    status = solver.solve()
    found = solver.result
    return Point(
        pairs=np.clip(np.asarray(found.x)[:size], model.low, model.high),
        per_total=np.asarray(found.y)[accounts:] / factor,
        per_limit=np.asarray(found.z_u)[: model.limits.side.size] / factor if some else np.zeros(0),
        said=str(status).rpartition(".")[2],
        iterations=int(found.info.iter),
    )


def _constraints(model: Model, aim: Aim) -> tuple[sp.csr_array, FloatArray, sp.csr_array, FloatArray]:
    """Return equations and inequalities over the pairs, the deviations and the mean, limits first."""
    size, accounts = model.line.size, model.start.size
    others = accounts + int(model.centred)
    moves = sp.csr_array((-model.step, (model.account, np.arange(size))), (accounts, size))
    about = [moves, sp.eye_array(accounts)]
    if model.centred:
        about.append(sp.csr_array(np.ones((accounts, 1))))
    equal, sides = [sp.hstack(about)], [model.start]
    less, most = [model.limits.matrix], [model.limits.side]
    if aim.capacity is None:
        equal.append(_widened(model.totals, others))
        sides.append(aim.totals / model.line_unit)
    else:
        less += [model.totals, -aim.capacity.rows]
        most += [aim.totals / model.line_unit, _LOOSE - aim.capacity.least]
    inequalities = _widened(sp.vstack(less), others)
    return sp.vstack(equal), np.concatenate(sides), inequalities, np.concatenate(most)


def _widened(rows: sp.csr_array, others: int) -> sp.csr_array:
    return sp.hstack((rows, sp.csr_array((rows.shape[0], others))))


def totals_that_fit(model: Model, room: Capacity, orders: FloatArray) -> FloatArray:
    """Return what each line places (float64[K]) where not all fits: as much, with the least dispersion."""
    found = _solved(model, Aim(orders, room.pairs, capacity=room))
    pairs = room.pairs if found is None else found
    totals: FloatArray = np.minimum(model.faces_of(pairs).sum(axis=1), orders)
    return totals


def nearest_share(model: Model, aim: Aim) -> FloatArray | None:
    """Return of all continuous optima the one nearest to the share, None where PIQP does not find it."""
    return _solved(model, replace(aim, share_weight=_SHARE_WEIGHT))


def _solved(model: Model, aim: Aim) -> FloatArray | None:
    try:
        point = _piqp(model, aim, tolerance=1e-9, cautious=False)
    except (ValueError, RuntimeError):
        return None
    return point.pairs if point.said == _SOLVED else None


def _tight(model: Model, aim: Aim) -> Point:
    return _piqp(model, aim, tolerance=1e-10, cautious=False)


def _cautious(model: Model, aim: Aim) -> Point:
    return _piqp(model, aim, tolerance=1e-8, cautious=True)


# --- conditional gradient -----------------------------------------------------------------------------------


def _conditional_gradient(model: Model, aim: Aim) -> Point:
    """Go towards the best vertex for the gradient, step after step (Frank and Wolfe 1956), by HiGHS.

    Slow, but each step is a linear programme, and its multipliers give a bound that holds.
    """
    at: FloatArray | None = None
    best: Point | None = None
    best_bound = -1.0
    for step in range(_STEPS):
        gradient = model.gradient(np.zeros(model.line.size) if at is None else at)
        found = _best_vertex(model, gradient, aim.totals)
        if at is None:
            at = found.pairs
            continue
        point = Point(at, found.per_total, found.per_limit, "steps done", step)
        bound = model.lower_bound(at, found.per_total, aim.totals, found.per_limit)
        if bound > best_bound or best is None:
            best, best_bound = point, bound
        way = found.pairs - at
        down = float(gradient @ way)
        curve = model.value(at + way) - model.value(at) - down
        if down >= -_GAP:
            return Point(at, found.per_total, found.per_limit, "optimal", step)
        at = at + min(1.0, -down / (2.0 * curve) if curve > 0 else 1.0) * way
    if best is None or at is None:
        raise RuntimeError("no step was made")
    return Point(at, best.per_total, best.per_limit, best.said, best.iterations)


def _best_vertex(model: Model, cost: FloatArray, totals: FloatArray) -> Point:
    from scipy.optimize import linprog  # noqa: PLC0415 - a fifth of the start, and seldom used

    limits = model.limits
    found = linprog(
        cost,
        A_ub=limits.matrix if limits.side.size else None,
        b_ub=limits.side if limits.side.size else None,
        A_eq=model.totals,
        b_eq=totals / model.line_unit,
        bounds=np.column_stack((model.low, model.high)),
        method="highs",
    )
    if found.x is None:
        raise RuntimeError(found.message)
    per_limit = -found.ineqlin.marginals if limits.side.size else np.zeros(0)
    return Point(found.x, -found.eqlin.marginals, per_limit, found.message, int(found.nit))


SOLVERS: dict[SolverName, Run] = {
    SolverName.PIQP: _tight,
    SolverName.PIQP_CAUTIOUS: _cautious,
    SolverName.CONDITIONAL_GRADIENT: _conditional_gradient,
}
