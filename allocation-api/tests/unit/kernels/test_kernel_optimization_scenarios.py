"""Measures over scenarios: against cutting planes, and linear programmes of other forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from app.services.kernels.allocation import ProofStatus
from app.services.kernels.optimization import (
    Infeasible,
    InvalidProblem,
    Measure,
    NoExcessReturn,
    Objective,
    OptimizationSolver,
    Problem,
    frontier,
    optimise,
)
from app.services.kernels.optimization import solvers as all_solvers
from app.services.kernels.optimization.scenarios import Scenarios
from app.services.kernels.risk import Options, RiskMeasure, measure
from tests.support.profiles import examples
from tests.unit.kernels.portfolio_books import SQUARED, WITH_RADIUS, assets, drawn
from tests.unit.kernels.portfolio_losses import DRAWDOWNS, risk_and_slope
from tests.unit.kernels.test_kernel_optimization_oracles import against_cutting_planes

MEASURES = [each for each in Measure if each not in WITH_RADIUS]
BY_CLARABEL = {Measure.MSV, Measure.SLPM, Measure.UCI, Measure.EVAR, Measure.EDAR}


def returns(seed, periods=40, n=4):
    random = np.random.default_rng(seed)
    return 0.0008 + 0.01 * random.standard_t(4, (periods, n)) * random.uniform(0.4, 1.6, n)


@pytest.mark.parametrize("goal", list(Objective))
@pytest.mark.parametrize("kind", MEASURES)
def test_nothing_is_better_than_what_is_found(kind, goal):
    # R23.9: Kelley's cutting planes, which know the definitions alone
    against_cutting_planes(drawn(5_000 + MEASURES.index(kind), goal, kind))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200))
def test_nothing_is_better_than_what_is_found_on_many(seed):
    # R23.9
    kind, goal = MEASURES[seed % len(MEASURES)], list(Objective)[seed // len(MEASURES) % 4]
    against_cutting_planes(drawn(6_000 + seed, goal, kind))


@examples(30)
@given(st.integers(0, 10**6), st.sampled_from(MEASURES))
def test_risk_is_that_of_the_measures_of_risk(seed, kind):
    # R23.9: the kernels of risk, which are held against skfolio
    rows = returns(seed)
    problem = Problem(assets(4), measure=kind, returns=rows, tail=0.1, threshold=0.0004)
    weights = np.random.default_rng(seed).dirichlet(np.ones(4))
    options = Options(level=0.9, target=0.0004, compounded=False)
    expected = measure(RiskMeasure(kind.value), rows @ weights, options)
    expected = np.sqrt(expected) if kind in SQUARED else expected
    assert Scenarios.of(problem, 1.0).risk(weights) == pytest.approx(expected, rel=1e-9, abs=1e-15)
    assert risk_and_slope(problem, weights)[0] == pytest.approx(expected, rel=1e-8, abs=1e-15)


@examples(60)
@given(st.integers(0, 10**6), st.sampled_from(MEASURES), st.booleans())
def test_whatever_multipliers_say_no_portfolio_is_below_the_slope(seed, kind, wild):
    # R23.9: the bound holds because of this, not because a solver is right
    random = np.random.default_rng(seed)
    problem = Problem(assets(4), measure=kind, returns=returns(seed), tail=0.1, threshold=0.0004)
    scenarios = Scenarios.of(problem, 0.01)
    multipliers = random.exponential(1.0, 40) * (random.random(40) < 0.3) * (10.0 if wild else 0.02)
    slope = scenarios.slope(multipliers - (0.01 if wild else 0.0))
    for weights in random.normal(0, 1, (20, 4)):
        assert scenarios.risk(weights) >= slope @ weights - 1e-9


def least_by_linprog(kind, rows):
    """Least risk of weights from 0 to 0.6 by a linear programme in other variables than ours.

    MAD with both signs of the distance, drawdowns over wealth and its running highest.
    """
    periods, n = rows.shape
    wealth = np.cumsum(rows, axis=0)
    aim = np.zeros(n + periods + 1)
    above, below = [], []
    for t in range(periods):
        row = np.zeros(n + periods + 1)
        if kind is Measure.MAD:
            row[:n], row[n + t] = rows[t] - rows.mean(axis=0), -1
            other = row.copy()
            other[:n] *= -1
            below += [row, other]
            continue
        # the highest so far is at least wealth, at least that before, and at least 0 by its bound
        row[:n], row[n + t] = wealth[t], -1
        above.append(row)
        if t:
            row = np.zeros(n + periods + 1)
            row[n + t - 1], row[n + t] = 1, -1
            above.append(row)
        row = np.zeros(n + periods + 1)
        row[n + t], row[:n], row[-1] = 1, -wealth[t], -1
        below.append(row)
    if kind is Measure.MDD:
        aim[-1] = 1
    elif kind is Measure.ADD:
        aim[n : n + periods], aim[:n] = 1 / periods, -wealth.mean(axis=0)
        below = []
    else:
        aim[n : n + periods] = 1 / periods
    found = linprog(
        aim,
        A_ub=np.array(above + below),
        b_ub=np.zeros(len(above + below)),
        A_eq=np.concatenate((np.ones(n), np.zeros(periods + 1)))[np.newaxis],
        b_eq=[1],
        bounds=[(0, 0.6)] * n + [(0, None)] * (periods + 1),
    )
    assert found.status == 0
    return found.fun


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", [Measure.MAD, Measure.MDD, Measure.ADD])
def test_least_risk_against_another_linear_programme(kind, seed):
    # R23.9
    rows = returns(seed, 60, 5)
    found = optimise(Problem(assets(5), measure=kind, returns=rows, upper=0.6))
    assert found.risk == pytest.approx(least_by_linprog(kind, rows), abs=1e-9)
    assert found.optimality.status is ProofStatus.OPTIMAL


@pytest.mark.parametrize("kind", MEASURES)
def test_least_risk_on_a_grid_of_two_assets(kind):
    # R23.9: brute force
    rows = returns(11, 50, 2)
    problem = Problem(assets(2), measure=kind, returns=rows, tail=0.1)
    found = optimise(problem)
    grid = [risk_and_slope(problem, np.array([part, 1 - part]))[0] for part in np.linspace(0, 1, 201)]
    assert found.risk <= min(grid) + 1e-9
    assert found.optimality.bound <= min(grid) + 1e-9
    assert found.risk == pytest.approx(min(grid), rel=0.02)


def test_drawdowns_by_hand():
    # R23.9: A falls by 4 % and B rises by 1 %, then A rises by 6 % and B falls by 2 %. With w in A the first
    # drawdown is 5w - 1 per cent and the second 5w - 1 + 2 - 8w = 1 - 3w, as long as the first is above 0.
    # The larger of both is least where they meet, at w = 1/4, with 1/4 per cent.
    rows = np.array([[-0.04, 0.01], [0.06, -0.02]])
    found = optimise(Problem(("A", "B"), measure=Measure.MDD, returns=rows))
    assert found.weights == pytest.approx([0.25, 0.75], abs=1e-9)
    assert found.risk == pytest.approx(0.0025, abs=1e-12)


def test_largest_loss_and_moments_by_hand():
    # R23.9: losses of 2w and 1 - w per cent are least at w = 1/3; their mean is (2w + 1 - w) / 2 per cent.
    rows = np.array([[-0.02, 0.0], [0.0, -0.01]])
    worst = optimise(Problem(("A", "B"), measure=Measure.WR, returns=rows))
    assert (worst.weights[0], worst.risk) == (pytest.approx(1 / 3), pytest.approx(0.02 / 3))
    partial = optimise(Problem(("A", "B"), measure=Measure.FLPM, returns=rows))
    assert (partial.weights[0], partial.risk) == (pytest.approx(0, abs=1e-9), pytest.approx(0.005))
    # (2w)^2 + (1 - w)^2 is least at w = 1/5, where it is 4/5, divided by T - 1 = 1
    squares = optimise(Problem(("A", "B"), measure=Measure.SLPM, returns=rows))
    assert squares.weights[0] == pytest.approx(0.2, abs=1e-5)
    assert squares.risk == pytest.approx(0.01 * np.sqrt(0.8), rel=1e-9)


@pytest.mark.parametrize("kind", MEASURES)
def test_the_frontier_is_convex_and_rises(kind):
    # R23.5
    found = frontier(Problem(assets(3), measure=kind, returns=returns(2, 30, 3), tail=0.1), 5)
    risks = np.array([each.risk for each in found])
    assert np.diff(risks).min() > -1e-8
    assert np.diff(risks, 2).min() > -1e-7
    assert all(each.optimality.status is ProofStatus.OPTIMAL for each in found)


@pytest.mark.parametrize("kind", MEASURES)
def test_who_answers_is_told_and_who_fails_too(kind, monkeypatch):
    # R23.4
    problem = Problem(assets(4), measure=kind, returns=returns(3), tail=0.1)
    expected = OptimizationSolver.CLARABEL if kind in BY_CLARABEL else OptimizationSolver.HIGHS
    first = optimise(problem)
    assert first.optimality.solver is expected

    def fails(*_, **__):
        raise RuntimeError("stalled")

    clarabel = all_solvers._clarabel
    monkeypatch.setattr(all_solvers, "_highs", fails)
    if kind in BY_CLARABEL:
        monkeypatch.setattr(
            all_solvers,
            "_clarabel",
            lambda *a, cautious: clarabel(*a, cautious=True) if cautious else fails(),
        )
    again = optimise(problem).optimality
    assert [each.accepted for each in again.attempts] == [False, True]
    assert again.attempts[0].said == "stalled"
    assert again.objective == pytest.approx(first.optimality.objective, abs=1e-9)


@pytest.mark.parametrize("kind", MEASURES)
def test_what_cannot_be_is_refused_with_its_reason(kind):
    # R23.4
    problem = Problem(assets(4), Objective.SHARPE, kind, returns=returns(4), tail=0.1)
    with pytest.raises(NoExcessReturn):
        optimise(replace(problem, risk_free_rate=0.5))
    with pytest.raises(Infeasible, match="UPPER_BOUND"):
        optimise(replace(problem, upper=0.2))
    with pytest.raises(InvalidProblem) as refused:
        replace(problem, radius=0.01, probability=np.full(40, 1 / 40))
    assert [fault.field for fault in refused.value.faults] == ["probability", "radius"]
    with pytest.raises(InvalidProblem) as refused:
        Problem(assets(1), measure=kind, mean=np.zeros(1), covariance=np.eye(1))
    assert [fault.field for fault in refused.value.faults] == ["returns"]


@pytest.mark.parametrize("kind", sorted(DRAWDOWNS))
def test_a_path_that_never_falls_has_no_drawdown(kind):
    # R23.9
    rows = np.abs(returns(5)) + 1e-4
    found = optimise(Problem(assets(4), measure=kind, returns=rows, tail=0.1))
    assert found.risk == pytest.approx(0.0, abs=1e-9)
    assert found.optimality.gap < 1e-8


@pytest.mark.parametrize("asked", [Measure.MV, Measure.CVAR, Measure.SLPM, Measure.MDD])
def test_a_radius_of_the_mean_alone_leaves_the_risk_as_it_is(asked):
    sample = np.random.default_rng(7).normal(0.004, 0.02, (80, 3))
    plain = Problem(("A", "B", "C"), measure=asked, returns=sample, mean_radius=0.002)
    least = optimise(plain)
    assert least.weights == pytest.approx(optimise(replace(plain, mean_radius=0.0)).weights, abs=1e-6)
    assert least.worst_risk == least.risk
    best = optimise(replace(plain, objective=Objective.SHARPE))
    length = np.linalg.norm(best.weights)
    assert best.worst_return == pytest.approx(best.expected_return - 0.002 * length)
    assert best.optimality.objective == pytest.approx(best.worst_return / best.risk)
    for weights in np.random.default_rng(8).dirichlet(np.ones(3), 20):
        other = optimise(replace(plain, lower=weights, upper=weights))
        assert other.worst_return / other.risk <= best.optimality.bound + 1e-9


def test_two_radii_are_refused():
    with pytest.raises(InvalidProblem, match="mean_radius: must be 0 beside a radius"):
        Problem(("A",), returns=np.zeros((2, 1)), radius=0.1, mean_radius=0.1)
