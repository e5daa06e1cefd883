"""The portfolio that is sought, by the kernels of optimisation, in the units of the answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from app.core.errors import FieldError
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization import (
    Few,
    Group,
    Measure,
    Objective,
    Optimality,
    OptimizationSolver,
    Optimum,
    Problem,
    RiskParity,
    frontier,
    hierarchical_risk_parity,
    optimise,
    optimise_few,
    risk_parity,
)
from app.services.kernels.risk import RiskError, drawdown
from app.services.optimization.errors import TooMuchWork
from app.services.optimization.estimate import Estimate
from app.services.optimization.types import (
    RULES,
    FrontierPoint,
    OptimalityStatus,
    OptimizationOutcome,
    OptimizationRequest,
    PortfolioConstraints,
    PortfolioMetrics,
    PortfolioObjective,
    PortfolioOptimality,
    SolverAttempt,
)
from app.services.risk.types import RiskData

MAX_WORK = 1_500_000
"""Periods x assets x programmes of one request by a measure over scenarios."""

MAX_NODES, MIN_NODES = 1_000, 5
"""Choices of assets that are looked into for a cardinality; fewer where the work allows no more."""

_NODE_PROGRAMMES = 3
"""Programmes of a choice: both decisions about an asset, and the weights of the largest."""


def outcome_of(
    asked: OptimizationRequest, estimate: Estimate, data: RiskData, deadline: float
) -> OptimizationOutcome:
    """Return the portfolio with its frontier and proof, all found by a deadline (`time.monotonic`).

    Raises
    ------
    OptimizationError
        As the kernels do.
    TooMuchWork
    """
    periods = data.periods_per_year
    points: tuple[FrontierPoint, ...] = ()
    if asked.objective in RULES:
        weights, optimality = _by_rule(asked, estimate)
        metrics = _metrics(asked, estimate, weights, None, periods)
    else:
        problem = _problem(asked, estimate, periods, deadline)
        _check_work(asked, estimate)
        found = _optimised(asked, problem)
        weights, optimality = found.weights, _optimality(found.optimality)
        metrics = _metrics(asked, estimate, weights, found, periods)
        points = _frontier(asked, problem, periods)
    return OptimizationOutcome(
        weights=_by_asset(asked, weights),
        metrics=metrics,
        expected_returns=_by_asset(asked, estimate.mean * periods),
        efficient_frontier=points,
        optimality=optimality,
        data=data,
    )


def _by_rule(asked: OptimizationRequest, estimate: Estimate) -> tuple[FloatArray, PortfolioOptimality]:
    if asked.objective is PortfolioObjective.HRP:
        weights = hierarchical_risk_parity(asked.assets, estimate.covariance)
        nothing = PortfolioOptimality(OptimalityStatus.NOT_SOUGHT, None, None, None, None, None, ())
        return weights, nothing
    found = risk_parity(asked.assets, estimate.covariance)
    return found.weights, _of_risk_parity(found)


def _of_risk_parity(found: RiskParity) -> PortfolioOptimality:
    gap = max(found.objective - found.bound, 0.0)
    tried = SolverAttempt(
        OptimizationSolver.NEWTON, "Converged", found.iterations, gap, found.residual, accepted=True
    )
    return PortfolioOptimality(
        OptimalityStatus.OPTIMAL,
        found.objective,
        found.bound,
        gap,
        found.residual,
        OptimizationSolver.NEWTON,
        (tried,),
    )


def _problem(asked: OptimizationRequest, estimate: Estimate, periods: int, deadline: float) -> Problem:
    """Return the kernel's problem; rates and costs of a year are divided by its periods."""
    limits = asked.constraints
    problem = Problem(
        asked.assets,
        Objective(asked.objective.value),
        asked.risk_measure,
        returns=None if asked.risk_measure is Measure.MV else estimate.returns,
        mean=estimate.mean,
        covariance=estimate.covariance if asked.risk_measure is Measure.MV else None,
        current=_current(asked),
        cost=asked.transaction_cost / periods,
        risk_free_rate=asked.risk_free_rate / periods,
        risk_aversion=asked.risk_aversion,
        tail=1.0 - asked.level,
        threshold=asked.threshold,
        radius=asked.radius,
        deadline=deadline,
    )
    if limits is None:
        return problem
    target = limits.target_return
    return replace(
        problem,
        lower=limits.lower_bound,
        upper=limits.upper_bound,
        groups=_groups(asked.assets, limits),
        max_turnover=limits.max_turnover,
        target_return=None if target is None else target / periods,
    )


def _current(asked: OptimizationRequest) -> FloatArray | None:
    if not asked.current_weights:
        return None
    return np.array([asked.current_weights.get(symbol, 0.0) for symbol in asked.assets])


def _groups(assets: tuple[str, ...], limits: PortfolioConstraints) -> tuple[Group, ...]:
    places = {symbol: at for at, symbol in enumerate(assets)}
    return tuple(
        Group(name, tuple(places[symbol] for symbol in limits.groups[name]), limit.min, limit.max)
        for name, limit in limits.group_constraints.items()
    )


def _check_work(asked: OptimizationRequest, estimate: Estimate) -> None:
    if asked.risk_measure is Measure.MV:
        return
    size, least = estimate.returns.size, _NODE_PROGRAMMES * MIN_NODES if _chooses(asked) else 0
    if size * (_programmes(asked.frontier_points) + least) > MAX_WORK:
        rows, columns = estimate.returns.shape
        points = MAX_WORK // size - least - _programmes(0)
        chosen = ", of which some are chosen," if least else ""
        found = f"{rows} returns of {columns} assets{chosen} by {asked.risk_measure}"
        less = "fewer assets, fewer days, a lower frequency or another risk_measure"
        if points < 0:
            words = f"{found} are too much for one request. Ask for {less}."
            raise TooMuchWork(words, errors=[FieldError("assets", words)])
        points = points if points > 1 else 0  # one is no frontier
        words = f"{found} allow {points} points of the frontier. Ask for these, or {less}."
        raise TooMuchWork(words, errors=[FieldError("frontier_points", words)])


def _programmes(points: int) -> int:
    """Return how many programmes are solved with so many points, those of chosen assets not counted."""
    return 3 + points


def _chooses(asked: OptimizationRequest) -> bool:
    limits = asked.constraints
    return limits is not None and (limits.max_assets is not None or limits.min_weight > 0.0)


def _optimised(asked: OptimizationRequest, problem: Problem) -> Optimum:
    limits = asked.constraints
    if limits is None or not _chooses(asked):
        return optimise(problem)
    few = Few(limits.max_assets or problem.size, limits.min_weight)
    nodes = MAX_NODES
    if problem.returns is not None:
        left = MAX_WORK // problem.returns.size - _programmes(asked.frontier_points)
        nodes = min(MAX_NODES, left // _NODE_PROGRAMMES)
    return optimise_few(problem, few, nodes)


def _frontier(asked: OptimizationRequest, problem: Problem, periods: int) -> tuple[FrontierPoint, ...]:
    if not asked.frontier_points:
        return ()
    free = replace(problem, target_return=None)
    return tuple(
        FrontierPoint(each.worst_risk, each.worst_return * periods, _by_asset(asked, each.weights))
        for each in frontier(free, asked.frontier_points)
    )


def _optimality(found: Optimality) -> PortfolioOptimality:
    return PortfolioOptimality(
        OptimalityStatus(found.status.value),
        found.objective,
        found.bound,
        found.gap,
        found.kkt_residual,
        found.solver,
        tuple(
            SolverAttempt(
                each.solver,
                each.said,
                each.iterations,
                each.gap if math.isfinite(each.gap) else None,
                each.kkt_residual if math.isfinite(each.kkt_residual) else None,
                each.accepted,
            )
            for each in found.attempts
        ),
    )


def _metrics(
    asked: OptimizationRequest,
    estimate: Estimate,
    weights: FloatArray,
    found: Optimum | None,
    periods: int,
) -> PortfolioMetrics:
    """Return what weights come to; those of a rule (`found` is None) have the risk of MV alone."""
    earned = float(estimate.mean @ weights)
    deviation = math.sqrt(max(float(weights @ estimate.covariance @ weights), 0.0))
    volatility, is_traded = deviation * math.sqrt(periods), bool(asked.current_weights) and found is not None
    return PortfolioMetrics(
        expected_return=earned * periods,
        volatility=volatility,
        sharpe_ratio=(earned * periods - asked.risk_free_rate) / volatility if volatility > 0.0 else None,
        max_drawdown=_max_drawdown(estimate.returns @ weights),
        risk=deviation if found is None else found.risk,
        worst_return=(earned if found is None else found.worst_return) * periods,
        worst_risk=deviation if found is None else found.worst_risk,
        turnover=found.turnover if found is not None and is_traded else None,
        cost=found.cost * periods if found is not None and is_traded else None,
    )


def _max_drawdown(path: FloatArray) -> float | None:
    try:
        return drawdown.maximum(path).depth
    except RiskError:  # more than everything is lost in a period
        return None


def _by_asset(asked: OptimizationRequest, values: FloatArray) -> Mapping[str, float]:
    return dict(zip(asked.assets, values.tolist(), strict=True))
