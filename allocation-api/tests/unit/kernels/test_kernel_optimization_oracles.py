"""Optimisation against cutting planes and SLSQP, which know the definitions alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.services.kernels.allocation import ProofStatus
from app.services.kernels.optimization import (
    Few,
    Measure,
    NoRisk,
    Objective,
    OptimizationSolver,
    Problem,
    optimise,
    optimise_few,
)
from app.services.kernels.optimization import solvers as all_solvers
from app.services.kernels.optimization.model import Model
from app.services.kernels.optimization.program import program
from app.services.kernels.optimization.proof import judge
from tests.unit.kernels.portfolio_books import (
    TOLERANCE,
    WITH_RADIUS,
    assets,
    best,
    broken,
    by_slsqp,
    drawn,
    objective,
    worst_risk,
)

MANY = range(200)
FEW = range(1_000, 1_040)
AGREED = 1e-6


def against_cutting_planes(problem):
    """What is found is what cutting planes find, and proved."""
    try:
        found = optimise(problem)
    except NoRisk:
        target = problem.risk_free_rate if problem.target_return is None else problem.target_return
        safest = replace(
            problem, objective=Objective.MIN_RISK, target_return=max(target, problem.risk_free_rate)
        )
        assert best(safest) <= TOLERANCE
        return
    proof = found.optimality
    assert proof.status is ProofStatus.OPTIMAL
    assert broken(problem, found.weights) < 1e-8
    assert proof.objective == pytest.approx(objective(problem, found.weights), abs=1e-10)
    expected = best(problem)
    assert proof.objective == pytest.approx(expected, abs=AGREED * max(1.0, abs(expected)) / 10)
    if problem.objective is Objective.MIN_RISK:  # cutting planes keep within the limits to 1e-8 only
        assert proof.bound <= expected + 1e-8
    else:
        assert proof.bound >= expected - 1e-8


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_nothing_is_better_than_what_is_found(seed):
    # R23.1, R23.2, R23.3
    against_cutting_planes(drawn(seed))


@pytest.mark.parametrize("seed", FEW)
def test_nothing_is_better_than_what_is_found_on_a_few(seed):
    # R23.1, R23.2, R23.3
    against_cutting_planes(drawn(seed))


@pytest.mark.parametrize("seed", range(2_000, 2_030))
def test_mean_variance_against_slsqp(seed):
    problem = replace(drawn(seed, measure=Measure.MV), current=None, max_turnover=None, cost=0.0)
    found = optimise(problem)
    expected = by_slsqp(problem, found.weights * 0.5 + 0.5 / problem.size)
    assert found.optimality.objective == pytest.approx(expected, abs=AGREED)


@pytest.mark.parametrize("seed", range(3_000, 3_016))
def test_every_solver_of_the_chain_comes_to_the_same(seed):
    # R23.4
    problem = drawn(seed)
    model = Model.of(problem)
    excess = optimise(replace(problem, objective=Objective.MAX_RETURN)).worst_return - problem.risk_free_rate
    asked = program(model, excess / model.unit)
    floor = min(worst_risk(problem, row) for row in np.eye(problem.size)) / model.unit / 100
    expected = optimise(problem).optimality.objective
    unit = 1.0 if model.is_ratio else model.unit
    names = []
    for name, solve in all_solvers.chain(asked):
        judged = judge(model, asked, solve(asked, None, np.inf), floor)
        assert abs(judged.value * unit) == pytest.approx(abs(expected), abs=AGREED), (seed, name)
        names.append(name)
    assert len(names) >= 3


def test_who_comes_after_a_solver_that_fails_answers_and_is_named(monkeypatch):
    # R23.4
    def fails(*_, **__):
        raise RuntimeError("stalled")

    monkeypatch.setattr(all_solvers, "_highs", fails)
    random = np.random.default_rng(5)
    problem = Problem(assets(4), measure=Measure.CVAR, returns=random.normal(0, 0.01, (60, 4)))
    problem = replace(problem, lower=np.zeros(4), upper=np.ones(4))
    proof = optimise(problem).optimality
    assert proof.solver is OptimizationSolver.CLARABEL
    assert [(each.solver, each.accepted) for each in proof.attempts] == [
        (OptimizationSolver.HIGHS, False),
        (OptimizationSolver.CLARABEL, True),
    ]
    assert proof.attempts[0].said == "stalled"
    assert proof.objective == pytest.approx(best(problem), abs=AGREED)


@pytest.mark.parametrize("measure", WITH_RADIUS)
@pytest.mark.parametrize("goal", [Objective.MIN_RISK, Objective.SHARPE])
def test_weights_of_periods_on_a_few_days_alone(measure, goal):
    # R23.4: nine tenths of the probability on three of 250 days, which makes solvers stall.
    random = np.random.default_rng(7)
    returns = 0.001 + random.standard_t(3, (250, 5)) * 0.01
    chances = np.full(250, 0.1 / 247)
    chances[[10, 90, 200]] = 0.3
    problem = Problem(assets(5), goal, measure, returns=returns, probability=chances, radius=0.0005)
    problem = replace(problem, lower=0.0, upper=1.0, risk_free_rate=-0.02)
    filled = replace(problem, lower=np.zeros(5), upper=np.ones(5))
    found = optimise(problem)
    assert found.optimality.status is ProofStatus.OPTIMAL
    assert found.optimality.objective == pytest.approx(best(filled), abs=AGREED)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("measure", list(Measure))
def test_few_assets_against_every_choice(seed, measure):
    # R23.8
    from itertools import combinations  # noqa: PLC0415

    random = np.random.default_rng(seed)
    returns = 0.0005 + random.standard_t(4, (40, 6)) * 0.01 * random.uniform(0.5, 2, 6)
    goal = [Objective.MIN_RISK, Objective.UTILITY][seed % 2]
    problem = Problem(assets(6), goal, measure, returns=returns, tail=0.1, upper=0.8)
    found = optimise_few(problem, Few(2))
    values = []
    for chosen in combinations(range(6), 2):
        upper = np.zeros(6)
        upper[list(chosen)] = 0.8
        values.append(optimise(replace(problem, upper=upper)).optimality.objective)
    expected = min(values) if goal is Objective.MIN_RISK else max(values)
    assert np.count_nonzero(found.weights) <= 2
    assert found.optimality.objective == pytest.approx(expected, abs=1e-9)
    assert found.optimality.status is ProofStatus.OPTIMAL
    assert found.optimality.bound == pytest.approx(expected, abs=1e-7)
