"""Minimum dispersion: split the order so that the accounts' metric lies as close together as it can."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log2, sqrt

import numpy as np

from app.services.kernels.allocation.arrays import largest_size, lexical_order
from app.services.kernels.allocation.branch_and_bound import Found, search
from app.services.kernels.allocation.continuous import Continuous, solve
from app.services.kernels.allocation.dispersion import dispersion, population_weights, post_trade_metric
from app.services.kernels.allocation.feasible import FeasibleSet, total_of
from app.services.kernels.allocation.lots import proof_tolerance
from app.services.kernels.allocation.objective import objective
from app.services.kernels.allocation.owed import MAX_FAIRNESS_WEIGHT, Debts, Population, owed_base
from app.services.kernels.allocation.pro_rata import Shared, first_reasons, share_out, usable_base
from app.services.kernels.allocation.problem import (
    Allocation,
    AllocationProblem,
    FloatArray,
    IntArray,
    KernelReason,
    Optimality,
    ProofStatus,
    Solver,
    Weighting,
)
from app.services.kernels.allocation.slsqp import solve_slsqp

_EPSILON = float(np.finfo(np.float64).eps)
_CLEAR = 1e-6  # difference in variance, for metrics of scale one, that no rounding makes


@dataclass(frozen=True, slots=True, eq=False)
class MinDispersion:
    """Minimise the standard deviation of y_i = a_i + c_i q_i over the population (R8.1, R8.2).

    With `owed` it is the variance plus sum w_i lambda_i c_i^2 (q_i - owed_i)^2, the sum over the accounts
    that can take something: what the others are owed no split changes (R8.9).

    Parameters
    ----------
    weighting : Weighting
        EQUAL: population standard deviation; NAV: weighted by NAV.
    solver : Solver
        Who solves the continuous problem. The stage in lots, and its proof, are the same for both.
    max_iterations : int
        Of SLSQP.
    owed : float64[n] or None
        Face that each account is owed, this order's entitlement included; may be negative. None where no
        order before it counts.
    fairness_weight : float or float64[n]
        lambda, for all accounts or for each, 0 to `MAX_FAIRNESS_WEIGHT`; with 0 what is owed has no
        influence.
    max_nodes : int or None
        Of the search among pieces, where it shall end sooner than it does by itself. The bound holds all the
        same.
    """

    weighting: Weighting = Weighting.EQUAL
    solver: Solver = Solver.EXACT
    max_iterations: int = 1000
    owed: FloatArray | None = None
    fairness_weight: float | FloatArray = 0.0
    max_nodes: int | None = None

    def __post_init__(self) -> None:
        for name, most in (("max_iterations", self.max_iterations), ("max_nodes", self.max_nodes)):
            if most is not None and most < 1:
                raise ValueError(f"{name}: must be at least 1")
        weight = np.asarray(self.fairness_weight)
        if not np.all((weight >= 0.0) & (weight <= MAX_FAIRNESS_WEIGHT)):
            raise ValueError(f"fairness_weight: must be between 0 and {MAX_FAIRNESS_WEIGHT:g}")
        if np.any(weight) and self.owed is None:
            raise ValueError("owed: a fairness weight needs it")

    def allocate(self, problem: AllocationProblem) -> Allocation:
        """Split the order.

        Raises
        ------
        ValueError
            If the slope of an account that can trade is unknown, or slopes differ in sign; if `owed` has the
            wrong shape, or is not finite where an account can trade.
        """
        debts = Debts.of(self.owed, self.fairness_weight, problem)
        feasible = FeasibleSet.of(problem)
        can_trade = feasible.upper > 0
        _check_slope(problem.slope[can_trade])
        able = np.flatnonzero(can_trade & ~feasible.settled if feasible.has_minima else can_trade)
        slope = problem.slope[able]
        wanted = problem.nav if debts is None else owed_base(debts.owed, problem.nav)
        base = usable_base("base", wanted, problem)
        alike = not able.size or _negligible(slope * feasible.upper[able], problem.metric[able])
        # Where no split changes the dispersion, the largest total is the best one (R3.5).
        fallback = share_out(feasible, base, problem.face, exactly=alike)
        settled = total_of(np.delete(fallback.faces, able))
        if alike or fallback.largest == settled:
            answer = self._any_split(problem, fallback)
        else:
            answer = _Task(self, problem, feasible, fallback, able, debts).answer()
        return Allocation(
            faces=answer.faces,
            unallocated=problem.face - total_of(answer.faces),
            reason=_reasons(problem, feasible, answer.faces),
            target=answer.target,
            total_proved=fallback.proved,
            optimality=answer.optimality,
        )

    def _any_split(self, problem: AllocationProblem, split: Shared) -> _Answer:
        metric = post_trade_metric(problem, split.faces) if problem.low.any() else problem.metric
        std_dev = dispersion(metric, self.weighting, problem.nav).std_dev
        reason = "no split changes the dispersion; this one is pro-rata" if split.faces.any() else None
        status = ProofStatus.OPTIMAL if split.proved else ProofStatus.WITHIN_GAP
        certificate = Optimality(status, std_dev, std_dev, 0.0, 0.0, self.solver, 0, reason)
        return _Answer(split.faces, split.faces.astype(np.float64), certificate)


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    faces: IntArray
    target: FloatArray
    optimality: Optimality


class _Task:
    """One problem with something to decide, its accounts in an order that their names do not influence."""

    def __init__(
        self,
        method: MinDispersion,
        problem: AllocationProblem,
        feasible: FeasibleSet,
        fallback: Shared,
        able: IntArray,
        debts: Debts | None,
    ) -> None:
        self.method, self.problem, self.fallback = method, problem, fallback.faces
        self.debts = debts
        self.proved = fallback.proved
        self.increment = feasible.increment
        weight = population_weights(problem.metric, method.weighting, problem.nav)
        decided, metric = np.ones(problem.size, dtype=np.bool_), problem.metric
        decided[able] = False
        if feasible.has_minima:
            # Accounts with one amount alone are part of the population, as they are after the trade.
            metric = post_trade_metric(problem, np.where(decided, self.fallback, 0))
        self.unplaced = problem.face - fallback.largest
        self.total = fallback.largest - total_of(self.fallback[decided])
        step = np.where(decided, 0.0, problem.slope) * feasible.increment
        # Sums of floats depend on their order: accounts are sorted by their numbers, and by name only last.
        keys = () if debts is None else (debts.owed, debts.weight)
        order = lexical_order(metric, step, weight, feasible.top, feasible.whole, feasible.low, *keys)
        self.members = order[~decided[order]]
        upper = feasible.upper[order] / feasible.increment
        population = Population(weight[order], metric[order], step[order], upper)
        if debts is not None:
            population = debts.joining(population, order, feasible.increment)
        self.function, self.scale = objective(
            population.weight, population.metric, population.step, population.upper
        )
        if debts is not None:
            # The accounts that trade have 1 / unit of their weight: values are brought back to scale one.
            factor = 2.0 ** round(log2(population.unit) / 2)
            self.function = self.function.enlarged(factor)
            self.scale *= population.unit / factor
        self.weight, self.slope = weight, np.where(decided, 0.0, problem.slope)
        self.feasible = feasible.of_accounts(self.members)
        self.cap = _caps(problem, self.members) / feasible.increment

    def answer(self) -> _Answer:
        """Solve the continuous problem, search in lots, and never end up behind pro-rata (R8.3, R8.5)."""
        relaxed, failure = self._relax()
        target = self.fallback.astype(np.float64)
        target[self.members] = relaxed.lots * self.increment
        cutoff = self.function.variance(self.fallback[self.members] / self.increment)
        if failure is not None:
            found = Found(None, cutoff, self._bound(relaxed), 0)
            std_dev = self._reached(self.fallback)
            return _Answer(self.fallback, target, self._certificate(std_dev, relaxed, found, failure))
        known = self.fallback[self.members]
        found = search(
            self.function,
            self.feasible,
            self.total,
            relaxed=relaxed,
            fallback=known,
            cutoff=cutoff,
            max_nodes=self.method.max_nodes,
        )
        if not self.proved:
            found = replace(found, lower_bound=min(found.lower_bound, self._bound(relaxed)))
        if found.faces is None:
            if found.lower_bound < cutoff - proof_tolerance(cutoff):
                failure = f"no split better than pro-rata found within {found.nodes} nodes"
            faces, std_dev = self.fallback, self._reached(self.fallback)
        else:
            faces, std_dev = self._better(found.faces, clearly=found.variance < cutoff - _CLEAR)
        return _Answer(faces, target, self._certificate(std_dev, relaxed, found, failure))

    def _better(self, found: IntArray, *, clearly: bool) -> tuple[IntArray, float]:
        """Return what was found and its dispersion, or pro-rata's where rounding alone tells them apart."""
        faces = self.fallback.copy()
        faces[self.members] = found
        std_dev = self._reached(faces)
        if not clearly:
            fallback = self._reached(self.fallback)
            if fallback < std_dev:
                return self.fallback, fallback
        return faces, std_dev

    def _relax(self) -> tuple[Continuous, str | None]:
        """Solve without pieces and lots, within the caps as they are, not floored to the grid."""
        upper, lower = self.cap, self.feasible.least / self.increment
        total = self.total / self.increment
        if self.method.solver is Solver.SLSQP:
            result = solve_slsqp(self.function, lower, upper, total, self.method.max_iterations)
            return result.solution, result.failure
        return solve(self.function, lower, upper, total), None

    def _bound(self, relaxed: Continuous) -> float:
        """Return what no split is below at a total that may be placed, or that was not ruled out."""
        less = (self.increment - 1) / self.increment if self.feasible.odd.any() else 0.0
        more = 0 if self.proved else self.unplaced
        return relaxed.bound_around(less, more / self.increment)

    def _reached(self, faces: IntArray) -> float:
        """Return the square root of what is minimised, in the metric's unit."""
        metric = post_trade_metric(self.problem, faces)
        std_dev = dispersion(metric, self.method.weighting, self.problem.nav).std_dev
        if self.debts is None:
            return std_dev
        return self.debts.combined(std_dev, self.weight, self.slope, faces)

    def _certificate(
        self, std_dev: float, relaxed: Continuous, found: Found, failure: str | None
    ) -> Optimality:
        proved = self.proved and found.lower_bound >= found.variance - proof_tolerance(found.variance)
        bound = std_dev if proved else min(std_dev, sqrt(found.lower_bound) * self.scale)
        status = ProofStatus.OPTIMAL if proved else ProofStatus.WITHIN_GAP
        return Optimality(
            status=status if failure is None else ProofStatus.FALLBACK,
            objective_std_dev=std_dev,
            lower_bound_std_dev=bound,
            gap=(std_dev - bound) / std_dev if std_dev > 0 else 0.0,
            kkt_residual=relaxed.kkt_residual,
            solver=self.method.solver,
            iterations=relaxed.iterations,
            reason=failure or (None if self.proved else "the total is not proved to be the largest"),
        )


def _caps(problem: AllocationProblem, accounts: IntArray) -> IntArray:
    """Return the largest face of each account as it is, not floored to the grid."""
    cap = np.minimum(problem.cap[accounts], problem.face)
    whole = problem.whole[accounts]
    return np.maximum(np.minimum(cap, problem.part[accounts]), np.where(whole <= cap, whole, 0))


def _negligible(change: FloatArray, metric: FloatArray) -> bool:
    """Say whether the largest possible changes are zero, or less than float64 can add to the metric."""
    return largest_size(change) <= _EPSILON * largest_size(metric)


def _check_slope(slope: FloatArray) -> None:
    if not np.all(np.isfinite(slope)):
        raise ValueError("slope: must be finite where an account can trade")
    if np.any(slope) and not (np.all(slope > 0) or np.all(slope < 0)):
        raise ValueError("slope: must have one sign (or be zero for all) where accounts can trade")


def _reasons(
    problem: AllocationProblem, feasible: FeasibleSet, faces: IntArray
) -> tuple[KernelReason | None, ...]:
    able = KernelReason.NOT_OPTIMAL if problem.face else KernelReason.NO_REMAINDER
    last = KernelReason.BELOW_MIN_PIECE if problem.face else KernelReason.NO_REMAINDER
    cases = {None: faces != 0, KernelReason.NO_CAPACITY: problem.cap == 0, able: feasible.upper > 0}
    return first_reasons(cases, last)
