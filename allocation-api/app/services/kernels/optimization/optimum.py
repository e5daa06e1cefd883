"""The best weights of a problem: solvers in turn until one's answer is proved good enough."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from app.services.kernels.allocation import ProofStatus
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization.conflicts import contradiction
from app.services.kernels.optimization.errors import (
    Conflict,
    ConstraintKind,
    Infeasible,
    NoExcessReturn,
    NoRisk,
    NotSolved,
    OutOfTime,
)
from app.services.kernels.optimization.model import Model
from app.services.kernels.optimization.problem import (
    Attempt,
    Objective,
    Optimality,
    OptimizationSolver,
    Optimum,
    Problem,
)
from app.services.kernels.optimization.program import Program, program
from app.services.kernels.optimization.proof import Judged, judge
from app.services.kernels.optimization.solvers import Found, chain

KERNEL_VERSION = "2"
"""Counts changes after which weights differ in their last digits; from 2 on an active set has variances."""

_GAP = 1e-7
"""In units of the typical standard deviation of an asset, for a ratio as it is: what is near enough."""
_WITHIN = 1e-8
_LOOSELY_WITHIN = 1e-6
_NO_EXCESS = 1e-12
_NO_RISK = 1e-9
_NOTHING = 1e-5
_LITTLE = 1e-6
"""Of the highest excess return: where portfolios have no risk, a ratio is the best of those above this."""


def optimise(problem: Problem) -> Optimum:
    """Return the best weights, with what is proved of them.

    Raises
    ------
    Infeasible
        If constraints cannot hold together; it names them.
    NoExcessReturn, NoRisk
        If no ratio is best.
    NotSolved
        If no solver found weights within the constraints.
    OutOfTime
        If none had proved an answer by the deadline.
    """
    model = Model.of(problem)
    if model.is_ratio:
        return _best_ratio(model)
    return _answer(model, _solved(model, program(model)))


def _best_ratio(model: Model) -> Optimum:
    highest = _solved(*_as(model, Objective.MAX_RETURN)).judged
    excess = -highest.value - model.free_rate
    if excess <= _NO_EXCESS:
        raise NoExcessReturn(-highest.value * model.unit, model.problem.risk_free_rate)
    floor = _least_risk(model, model.problem.target_return)
    if floor <= _NO_RISK:
        least = (model.free_rate + _LITTLE * excess) * model.unit
        target = model.problem.target_return
        floor = _least_risk(model, least if target is None else max(least, target))
        if floor <= _NO_RISK:
            raise NoRisk(floor * model.unit)
    return _answer(model, _solved(model, program(model, excess), floor=floor))


def _least_risk(model: Model, target: float | None) -> float:
    """Return what no worst risk is below, of portfolios that reach a target return."""
    return _solved(*_as(model, Objective.MIN_RISK, target)).judged.bound


def _as(model: Model, objective: Objective, target: float | None = None) -> tuple[Model, Program]:
    """Return the model with another objective and target return."""
    if target is None:
        target = model.problem.target_return
    other = Model.of(replace(model.problem, objective=objective, target_return=target))
    return other, program(other)


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """The answer that is taken, who gave it, and every try."""

    judged: Judged
    solver: OptimizationSolver
    accepted: bool
    attempts: tuple[Attempt, ...]


def _solved(model: Model, asked: Program, *, floor: float = 0.0) -> _Taken:
    """Return the first answer that proves good enough, else the best within the limits."""
    attempts: list[Attempt] = []
    knows_feasible = floor > 0.0
    best: tuple[Judged, OptimizationSolver] | None = None
    before: Found | None = None
    for name, solve in chain(asked):
        seconds = _seconds_left(model)
        try:
            found = before = solve(asked, before, seconds)
        except (ValueError, RuntimeError) as failure:
            attempts.append(Attempt(name, str(failure), 0, np.inf, np.inf, accepted=False))
        else:
            judged = judge(model, asked, found, floor)
            attempts.append(_attempt(model, name, found, judged))
            if attempts[-1].accepted:
                return _Taken(judged, name, accepted=True, attempts=tuple(attempts))
            if judged.violation <= _LOOSELY_WITHIN and (best is None or judged.gap < best[0].gap):
                best = judged, name
        if not knows_feasible:
            _refuse_infeasible(model)
            knows_feasible = True
    _seconds_left(model)
    if best is None:
        raise NotSolved("constraints: no solver found weights within them")
    return _Taken(*best, accepted=False, attempts=tuple(attempts))


def _seconds_left(model: Model) -> float:
    """Return the time until the deadline; raise OutOfTime where there is none left."""
    left = model.problem.deadline - monotonic()
    if left <= 0.0:
        raise OutOfTime
    return left


def _attempt(model: Model, name: OptimizationSolver, found: Found, judged: Judged) -> Attempt:
    proved = judged.gap <= _GAP * max(1.0, abs(judged.value)) or _is_zero(model, judged)
    return Attempt(
        solver=name,
        said=found.said,
        iterations=found.iterations,
        gap=judged.gap * _unit(model),
        kkt_residual=judged.kkt_residual,
        accepted=proved and judged.violation <= _WITHIN,
    )


def _is_zero(model: Model, judged: Judged) -> bool:
    """Return whether a standard deviation is nothing, as near as its square can be found."""
    is_root = model.is_deviation and model.problem.objective is Objective.MIN_RISK
    return is_root and abs(judged.value) <= _NOTHING


def _refuse_infeasible(model: Model) -> None:
    """Raise where there are no weights; a target for the worst return is looked at for itself."""
    target = model.problem.target_return
    if not model.radius or target is None:
        if found := contradiction(model):
            raise found
        return
    if found := contradiction(model, {ConstraintKind.TARGET_RETURN}):
        raise found
    other = Model.of(replace(model.problem, objective=Objective.MAX_RETURN, target_return=None))
    highest = _solved(other, program(other)).judged
    missing = target - -highest.bound * other.unit
    if missing > 0.0:
        raise Infeasible((Conflict(ConstraintKind.TARGET_RETURN, (), target),), missing)


def _unit(model: Model) -> float:
    """Return what one of the model's objective is in that of the problem."""
    return 1.0 if model.is_ratio else model.unit


def _answer(model: Model, taken: _Taken) -> Optimum:
    judged = taken.judged
    at, problem, unit = judged.at, model.problem, model.unit
    sign = 1.0 if problem.objective is Objective.MIN_RISK else -1.0
    weights: FloatArray = at[: model.size]
    risk = model.risk(at)
    moved = np.zeros(model.size) if problem.current is None else np.abs(weights - problem.current)
    return Optimum(
        weights=weights,
        expected_return=float(model.net @ at) * unit,
        risk=risk * unit,
        worst_return=model.worst_return(at) * unit,
        worst_risk=model.worsened(risk, at) * unit,
        turnover=float(moved.sum()) / 2.0,
        cost=float(np.sum(moved * problem.cost)),
        optimality=Optimality(
            status=ProofStatus.OPTIMAL if taken.accepted else ProofStatus.WITHIN_GAP,
            objective=sign * judged.value * _unit(model),
            bound=sign * judged.bound * _unit(model),
            gap=judged.gap * _unit(model),
            kkt_residual=judged.kkt_residual,
            solver=taken.solver,
            attempts=taken.attempts,
        ),
    )
