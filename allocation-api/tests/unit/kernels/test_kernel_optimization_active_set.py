"""The active set against PIQP, an interior point method of others, and the conditions of a minimum."""

from __future__ import annotations

import numpy as np
import piqp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.optimization import Measure, Objective, OptimizationSolver, Problem, optimise
from app.services.kernels.optimization import active_set as kernel
from app.services.kernels.optimization.active_set import active_set
from tests.support.profiles import examples


def drawn(seed):
    """P, the row of the sum, low and high with a sum of 1 between them; many bounds hold at the optimum."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 40))
    factors = random.normal(size=(n + int(random.integers(1, 60)), n))
    factors += random.normal(size=(len(factors), 1)) * random.choice([0.0, 1.0, 5.0])
    quadratic = factors.T @ factors / len(factors)
    inside = random.dirichlet(np.full(n, 0.5))
    low = inside - random.uniform(0.0, 0.1, n) * random.choice([0.0, 1.0], n)
    high = inside + random.uniform(0.0, 0.3, n) * random.choice([0.0, 1.0], n)
    low[0], high[0] = 0.0, 1.0
    return quadratic, np.ones((1, n)), np.ones(1), low, high


def by_piqp(quadratic, equal, equal_side, low, high):
    solver = piqp.DenseSolver()
    settings = solver.settings
    settings.eps_abs = settings.eps_rel = settings.eps_duality_gap_abs = settings.eps_duality_gap_rel = 1e-11
    solver.setup(quadratic, np.zeros(low.size), equal, equal_side, None, None, None, low, high)
    assert solver.solve() == piqp.PIQP_SOLVED
    return np.array(solver.result.x)


@given(st.integers(0, 10**6), st.booleans())
@examples(300)
def test_it_finds_what_an_interior_point_method_finds(seed, somewhere):
    # R23.1
    asked = drawn(seed)
    quadratic, equal, _, low, high = asked
    near = np.random.default_rng(seed).choice([0.0, 0.5, 1.0], low.size) * (high - low) + low
    try:
        found = active_set(*asked, near if somewhere else None)
    except RuntimeError:
        return
    at = found.point
    assert np.all(at >= low - 1e-9)
    assert np.all(at <= high + 1e-9)
    assert at.sum() == pytest.approx(1.0, abs=1e-9)
    price = quadratic @ at + found.multipliers @ equal
    assert np.abs(at - np.clip(at - price, low, high)).max() < 1e-8
    theirs = by_piqp(*asked)
    value = [x @ quadratic @ x / 2 for x in (at, theirs)]
    assert value[0] == pytest.approx(value[1], abs=1e-7 * max(1.0, abs(value[1])))


def test_it_is_seldom_given_up():
    given_up = 0
    for seed in range(200):
        try:
            active_set(*drawn(seed))
        except RuntimeError:
            given_up += 1
    assert given_up < 20


def test_bounds_that_hold_are_met_exactly():
    # A has four times the variance of B: 0.2 and 0.8 without bounds, of which B may have 0.6 and C nothing.
    found = active_set(
        np.diag([4.0, 1.0, 9.0]),
        np.ones((1, 3)),
        np.ones(1),
        np.zeros(3),
        np.array([1.0, 0.6, 0.0]),
    )
    assert found.point.tolist() == pytest.approx([0.4, 0.6, 0.0], abs=1e-15)
    assert (found.point[1], found.point[2]) == (0.6, 0.0)
    assert found.multipliers == pytest.approx([-1.6])


def test_the_weights_of_the_last_decision_save_steps():
    random = np.random.default_rng(5)
    own, common = random.normal(0, 0.01, (300, 60)), random.normal(0, 0.01, (300, 1))
    returns = own * random.uniform(0.3, 2.0, 60) + common * random.uniform(0.5, 1.5, 60)
    covariances = [np.cov(returns[rows].T) * 1e4 for rows in (slice(0, 299), slice(1, 300))]
    limits = np.ones((1, 60)), np.ones(1), np.zeros(60), np.full(60, 0.3)
    before = active_set(covariances[0], *limits)
    alone, after = (active_set(covariances[1], *limits, near) for near in (None, before.point))
    assert after.point == pytest.approx(alone.point, abs=1e-12)
    assert after.steps < alone.steps


def test_where_it_finds_none_the_next_solver_does(monkeypatch):
    problem = Problem(
        ("A", "B"), Objective.MIN_RISK, Measure.MV, mean=np.zeros(2), covariance=np.diag([4.0, 1.0])
    )
    monkeypatch.setattr(kernel, "MAX_STEPS", 0)
    found = optimise(problem)
    assert found.weights == pytest.approx([0.2, 0.8], abs=1e-7)
    tries = [(each.solver, each.accepted) for each in found.optimality.attempts]
    assert tries == [(OptimizationSolver.ACTIVE_SET, False), (OptimizationSolver.PIQP, True)]


def test_assets_that_are_alike_are_left_to_the_next_solver():
    """Four equal assets: the covariance is singular, and every split is the best."""
    problem = Problem(
        ("A", "B", "C", "D"), Objective.MIN_RISK, mean=np.zeros(4), covariance=np.full((4, 4), 0.04)
    )
    found = optimise(problem)
    assert found.weights.sum() == pytest.approx(1.0)
    assert found.risk == pytest.approx(0.2, abs=1e-9)
    assert found.optimality.attempts[0].solver is OptimizationSolver.ACTIVE_SET
