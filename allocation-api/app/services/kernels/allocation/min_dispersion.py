"""Minimum dispersion: split the order so that the accounts' metric lies as close together as it can."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from app.services.kernels.allocation.branch import Found, search
from app.services.kernels.allocation.continuous import Continuous, solve
from app.services.kernels.allocation.dispersion import dispersion, population_weights, post_trade_metric
from app.services.kernels.allocation.feasible import FeasibleSet, total_of
from app.services.kernels.allocation.lots import proof_tolerance
from app.services.kernels.allocation.pro_rata import share_out, usable_base
from app.services.kernels.allocation.problem import (
    Allocation,
    AllocationProblem,
    BoolArray,
    FloatArray,
    IntArray,
    Optimality,
    Reason,
    Solver,
    Status,
    Weighting,
)
from app.services.kernels.allocation.quadratic import quadratic
from app.services.kernels.allocation.slsqp import solve_slsqp

_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, eq=False)
class MinDispersion:
    """Minimise the standard deviation of y_i = a_i + c_i q_i over the population (R8.1, R8.2).

    Parameters
    ----------
    weighting : Weighting
        EQUAL: population standard deviation; NAV: weighted by NAV.
    solver : Solver
        Who solves the continuous problem. The stage in lots, and its proof, are the same for both.
    max_iterations : int
        Of SLSQP.
    """

    weighting: Weighting = Weighting.EQUAL
    solver: Solver = Solver.EXACT
    max_iterations: int = 1000

    def __post_init__(self) -> None:
        if self.max_iterations < 1:
            raise ValueError("max_iterations: must be at least 1")

    def allocate(self, problem: AllocationProblem) -> Allocation:
        """Split the order.

        Raises
        ------
        ValueError
            If the slope of an account that can trade is unknown, or slopes differ in sign.
        """
        feasible = FeasibleSet.of(problem)
        able = feasible.upper > 0
        _check_slope(problem.slope[able])
        fallback, proved = share_out(problem, usable_base("nav", problem.nav, problem))
        total = total_of(fallback)
        if total == 0 or _negligible(problem.slope[able] * feasible.upper[able], problem.metric[able]):
            answer = self._any_split(problem, fallback)
        else:
            answer = _Task(self, problem, feasible, fallback, total).answer()
        return Allocation(
            quantity=answer.quantity,
            unallocated=problem.quantity - total,
            reason=_reasons(problem, feasible, answer.quantity),
            target=answer.target,
            total_proved=proved,
            optimality=answer.optimality,
        )

    def _any_split(self, problem: AllocationProblem, quantity: IntArray) -> _Answer:
        std_dev = dispersion(problem.metric, self.weighting, problem.nav).std_dev
        reason = "no split changes the dispersion; this one is pro-rata" if quantity.any() else None
        certificate = Optimality(Status.OPTIMAL, std_dev, 0.0, 0.0, self.solver, 0, reason)
        return _Answer(quantity, quantity.astype(np.float64), certificate)


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    quantity: IntArray
    target: FloatArray
    optimality: Optimality


class _Task:
    """One problem with something to decide, its accounts in an order that their names do not influence."""

    def __init__(
        self,
        method: MinDispersion,
        problem: AllocationProblem,
        feasible: FeasibleSet,
        fallback: IntArray,
        total: int,
    ) -> None:
        self.method, self.problem, self.fallback, self.total = method, problem, fallback, total
        self.increment = feasible.increment
        weight = population_weights(problem.metric, method.weighting, problem.nav)
        able = feasible.upper > 0
        step = np.where(able, problem.slope, 0.0) * feasible.increment
        # Sums of floats depend on their order: accounts are sorted by their numbers, and by name only last.
        order = np.lexsort((feasible.whole, feasible.top, weight, step, problem.metric))
        self.members = order[able[order]]
        self.function, self.scale = quadratic(
            weight[order], problem.metric[order], step[order], feasible.upper[order] / feasible.increment
        )
        self.feasible = replace(feasible, top=feasible.top[self.members], whole=feasible.whole[self.members])
        self.cap = np.minimum(problem.cap[self.members], problem.quantity) / feasible.increment

    def answer(self) -> _Answer:
        """Solve the continuous problem, search in lots, and never end up behind pro-rata (R8.3, R8.5)."""
        relaxed, failure = self._relax()
        target = np.zeros(self.problem.size)
        target[self.members] = relaxed.lots * self.increment
        cutoff = self.function.variance(self.fallback[self.members] / self.increment)
        if failure is not None:
            found = Found(None, cutoff, relaxed.lower_bound, 0)
            return _Answer(self.fallback, target, self._certificate(self.fallback, relaxed, found, failure))
        found = search(self.function, self.feasible, self.total, relaxed, cutoff)
        quantity = self.fallback
        if found.quantity is not None:
            quantity = np.zeros_like(self.fallback)
            quantity[self.members] = found.quantity
            if self._std_dev(self.fallback) < self._std_dev(quantity):
                quantity = self.fallback  # they differ by rounding only
        elif found.lower_bound < cutoff - proof_tolerance(cutoff):
            failure = f"no split better than pro-rata found within {found.nodes} nodes"
        return _Answer(quantity, target, self._certificate(quantity, relaxed, found, failure))

    def _relax(self) -> tuple[Continuous, str | None]:
        """Solve without pieces and lots, within the caps as they are, not floored to the grid."""
        upper, lower = self.cap, np.zeros_like(self.cap)
        total = self.total / self.increment
        if self.method.solver is Solver.SLSQP:
            result = solve_slsqp(self.function, lower, upper, total, self.method.max_iterations)
            return result.solution, result.failure
        return solve(self.function, lower, upper, total), None

    def _std_dev(self, quantity: IntArray) -> float:
        metric = post_trade_metric(self.problem, quantity)
        return dispersion(metric, self.method.weighting, self.problem.nav).std_dev

    def _certificate(
        self, quantity: IntArray, relaxed: Continuous, found: Found, failure: str | None
    ) -> Optimality:
        std_dev = self._std_dev(quantity)
        proved = found.lower_bound >= found.variance - proof_tolerance(found.variance)
        bound = std_dev if proved else min(std_dev, sqrt(found.lower_bound) * self.scale)
        status = Status.OPTIMAL if proved else Status.WITHIN_GAP
        return Optimality(
            status=status if failure is None else Status.FALLBACK,
            lower_bound_std_dev=bound,
            gap=(std_dev - bound) / std_dev if std_dev > 0 else 0.0,
            kkt_residual=relaxed.kkt_residual,
            solver=self.method.solver,
            iterations=relaxed.iterations,
            reason=failure,
        )


def _negligible(change: FloatArray, metric: FloatArray) -> bool:
    """Say whether the largest possible changes are zero, or less than float64 can add to the metric."""
    return bool(np.abs(change).max() <= _EPSILON * np.abs(metric).max())


def _check_slope(slope: FloatArray) -> None:
    if not np.all(np.isfinite(slope)):
        raise ValueError("slope: must be finite where an account can trade")
    if np.any(slope) and not (np.all(slope > 0) or np.all(slope < 0)):
        raise ValueError("slope: must have one sign (or be zero for all) where accounts can trade")


def _reasons(
    problem: AllocationProblem, feasible: FeasibleSet, quantity: IntArray
) -> tuple[Reason | None, ...]:
    largest: BoolArray = feasible.upper > 0
    return tuple(
        None
        if got
        else Reason.NO_CAPACITY
        if not cap
        else Reason.NO_REMAINDER
        if not problem.quantity
        else Reason.NOT_OPTIMAL
        if able
        else Reason.BELOW_MIN_PIECE
        for got, cap, able in zip(quantity.tolist(), problem.cap.tolist(), largest.tolist(), strict=True)
    )
