"""What holds of every optimum, and what is refused."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from app.services.kernels.allocation import ProofStatus
from app.services.kernels.optimization import (
    Few,
    Group,
    InvalidProblem,
    Linkage,
    Measure,
    NoExcessReturn,
    NoRisk,
    Objective,
    Problem,
    View,
    frontier,
    hierarchical_risk_parity,
    optimise,
    optimise_few,
    posterior,
    risk_parity,
)
from app.services.kernels.risk import FaultKind
from tests.unit.kernels.portfolio_books import WITH_RADIUS, assets, drawn
from tests.unit.kernels.portfolio_losses import DRAWDOWNS

SEEDS = st.integers(0, 10**6)
SOME = settings(max_examples=25, deadline=None)
NORMAL = np.random.default_rng(3).normal(0.0005, 0.01, (40, 4))


def sample(seed, n=4, periods=60):
    return 0.0005 + np.random.default_rng(seed).standard_t(4, (periods, n)) * 0.01


@SOME
@given(SEEDS)
def test_more_room_is_never_worse_and_a_limit_that_does_not_bind_changes_nothing(seed):
    problem = drawn(seed)
    sign = -1.0 if problem.objective is Objective.MIN_RISK else 1.0
    try:
        found = optimise(problem)
        wider = optimise(replace(problem, lower=problem.lower - 0.05, upper=problem.upper + 0.05))
    except NoRisk:
        reject()  # a CVaR that is a gain has no ratio
    assert sign * (wider.optimality.objective - found.optimality.objective) > -1e-7
    loose = (*problem.groups, Group("loose", (0,), float(found.weights[0]) - 1, float(found.weights[0]) + 1))
    again = optimise(replace(problem, groups=loose))
    assert again.optimality.objective == pytest.approx(found.optimality.objective, abs=1e-7)


@SOME
@given(SEEDS, st.sampled_from([1e-3, 7.0, 250.0]), st.sampled_from(list(Measure)))
def test_units_of_returns_change_no_weight(seed, unit, measure):
    problem = Problem(assets(4), measure=measure, returns=sample(seed))
    found, scaled = optimise(problem), optimise(replace(problem, returns=problem.returns * unit))
    assert scaled.risk == pytest.approx(found.risk * unit, rel=1e-6)


@SOME
@given(SEEDS, st.sampled_from([each for each in Measure if each not in DRAWDOWNS]))
def test_the_order_of_assets_and_periods_changes_no_objective(seed, measure):
    problem = Problem(assets(4), measure=measure, returns=sample(seed), tail=0.2)
    turned = replace(problem, returns=problem.returns[::-1, ::-1].copy())
    assert optimise(turned).risk == pytest.approx(optimise(problem).risk, abs=1e-8)


@SOME
@given(SEEDS, st.sampled_from(WITH_RADIUS), st.sampled_from([0.0, 0.0005]))
def test_the_frontier_is_convex_and_rises(seed, measure, radius):
    # R23.5
    problem = Problem(assets(4), measure=measure, returns=sample(seed), radius=radius, tail=0.1)
    found = frontier(problem, 8)
    returns = [each.worst_return for each in found]
    risks = np.array([each.worst_risk for each in found])
    assert returns == pytest.approx(np.linspace(returns[0], returns[-1], 8), abs=1e-8)
    assert np.diff(risks).min() > -1e-8
    assert np.diff(risks, 2).min() > -1e-7
    assert all(each.optimality.status is ProofStatus.OPTIMAL for each in found)


@SOME
@given(SEEDS, st.sampled_from(WITH_RADIUS), st.sampled_from(list(Objective)))
def test_a_larger_radius_is_never_better_and_brings_weights_together(seed, measure, goal):
    # R23.3
    problem = Problem(assets(4), goal, measure, returns=sample(seed), risk_free_rate=-0.02, tail=0.1)
    sign = 1.0 if goal is Objective.MIN_RISK else -1.0
    found = [optimise(replace(problem, radius=radius)) for radius in (0.0, 0.0005, 0.002)]
    values = [sign * each.optimality.objective for each in found]
    assert np.diff(values).min() > -1e-7
    far = optimise(replace(problem, radius=1e3, risk_free_rate=-1e3))
    if goal is not Objective.SHARPE:
        assert far.weights == pytest.approx([0.25] * 4, abs=1e-4)


@SOME
@given(SEEDS)
def test_shares_of_risk_parity_are_the_budget(seed):
    # R23.6
    random = np.random.default_rng(seed)
    n = int(random.integers(1, 30))
    covariance = np.cov(random.normal(size=(n + 20, n)) * random.uniform(0.1, 10, n), rowvar=False).reshape(
        n, n
    )
    budget = random.dirichlet(np.ones(n)) * 0.9 + 0.1 / n
    found = risk_parity(assets(n), covariance, budget)
    assert 0 <= found.objective - found.bound + 1e-12 < 1e-9
    share = found.weights * (covariance @ found.weights)
    assert share / share.sum() == pytest.approx(budget, abs=1e-9)
    assert found.weights.sum() == pytest.approx(1.0, abs=1e-12)
    for linkage in Linkage:
        weights = hierarchical_risk_parity(assets(n), covariance, linkage)
        assert weights.min() > 0
        assert weights.sum() == pytest.approx(1.0, abs=1e-12)


@SOME
@given(SEEDS)
def test_a_view_that_says_what_is_known_moves_no_mean(seed):
    # R23.7
    random = np.random.default_rng(seed)
    covariance = np.cov(sample(seed), rowvar=False)
    mean, weights = random.normal(0, 0.01, 4), random.normal(0, 1, 4)
    after = posterior(mean, covariance, (View(weights, float(weights @ mean)),))
    assert after.mean == pytest.approx(mean, abs=1e-12)
    certain = posterior(mean, covariance, (View(weights, 0.03, 0.0), View(np.eye(4)[0], 0.01)))
    assert float(weights @ certain.mean) == pytest.approx(0.03, abs=1e-12)
    assert np.linalg.eigvalsh(certain.covariance).min() > 0


@pytest.mark.parametrize("measure", WITH_RADIUS)
@pytest.mark.parametrize("radius", [0.0, 0.0005])
def test_fewer_periods_than_assets(measure, radius):
    returns = np.random.default_rng(1).normal(0.0005, 0.01, (8, 30))
    found = optimise(
        Problem(assets(30), measure=measure, returns=returns, tail=0.25, upper=0.2, radius=radius)
    )
    assert found.optimality.status is ProofStatus.OPTIMAL
    assert found.weights.sum() == pytest.approx(1.0, abs=1e-12)


TEN = np.random.default_rng(1).normal(0.001, 0.01, (60, 10))


@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("goal", list(Objective))
@pytest.mark.parametrize(
    "limits",
    [
        {"upper": 0.1},  # ten times this float is a little below 1
        {"lower": 0.1},
        {"groups": (Group("fixed", (0, 1, 2), 0.4, 0.4), Group("twice", (0, 1, 2), 0.4, 0.4))},
        {"current": np.full(10, 0.1), "max_turnover": 0.0},
        {"lower": -1.0, "upper": 1e8},
        {"target_return": float(TEN.mean(axis=0).max())},
    ],
    ids=["no room above", "no room below", "fixed group", "no trade", "short", "highest return"],
)
def test_limits_that_leave_little_room_are_met(limits, goal, measure):
    # R23.2
    found = optimise(Problem(assets(10), goal, measure, returns=TEN, risk_free_rate=-0.01, **limits))
    assert found.optimality.status is ProofStatus.OPTIMAL
    assert found.weights.sum() == pytest.approx(1.0, abs=1e-12)


def faults(**given) -> list[tuple[str, FaultKind]]:
    asked = {"returns": NORMAL, **given}
    with pytest.raises(InvalidProblem) as caught:
        optimise(Problem(asked.pop("assets", assets(4)), **asked))
    assert all(fault.field in str(caught.value) for fault in caught.value.faults)
    return [(fault.field, fault.kind) for fault in caught.value.faults]


def spoilt(value):
    returns = NORMAL.copy()
    returns[3, 2] = value
    return returns


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"returns": spoilt(np.nan)}, [("returns", FaultKind.NOT_FINITE)]),
        ({"returns": spoilt(np.inf)}, [("returns", FaultKind.NOT_FINITE)]),
        ({"returns": spoilt(1e300)}, [("returns", FaultKind.OUT_OF_RANGE)]),
        ({"returns": NORMAL[:, :3]}, [("returns", FaultKind.SHAPE)]),
        ({"returns": NORMAL[:1]}, [("returns", FaultKind.TOO_FEW_ROWS)]),
        ({"returns": NORMAL[:0]}, [("returns", FaultKind.TOO_FEW_ROWS)]),
        ({"returns": None}, [("returns", FaultKind.REQUIRED)]),
        ({"assets": ()}, [("assets", FaultKind.REQUIRED)]),
        ({"assets": assets(10_000)}, [("assets", FaultKind.TOO_MANY_ASSETS)]),
        ({"mean": np.array([0, 0, 0, 1e300])}, [("mean", FaultKind.OUT_OF_RANGE)]),
        ({"covariance": -np.eye(4)}, [("covariance", FaultKind.NOT_POSITIVE_SEMIDEFINITE)]),
        ({"covariance": np.triu(np.ones((4, 4)))}, [("covariance", FaultKind.NOT_SYMMETRIC)]),
        ({"lower": -1e8}, [("lower", FaultKind.OUT_OF_RANGE)]),
        (
            {"lower": np.nan, "upper": np.zeros(3)},
            [("lower", FaultKind.NOT_FINITE), ("upper", FaultKind.SHAPE)],
        ),
        ({"groups": (Group("x", (4,)),)}, [("groups.0", FaultKind.OUT_OF_RANGE)]),
        ({"groups": (Group("x", (0,), np.nan),)}, [("groups.0", FaultKind.NOT_FINITE)]),
        ({"max_turnover": 0.1}, [("current", FaultKind.REQUIRED)]),
        ({"cost": 0.1}, [("current", FaultKind.REQUIRED)]),
        (
            {"tail": 0.0, "radius": -1.0},
            [("radius", FaultKind.OUT_OF_RANGE), ("tail", FaultKind.OUT_OF_RANGE)],
        ),
        ({"probability": np.full(40, 0.5)}, [("probability", FaultKind.OUT_OF_RANGE)]),
        ({"probability": np.eye(40)[0]}, [("probability", FaultKind.TOO_FEW_ROWS)]),
    ],
)
def test_what_is_wrong_is_refused_with_its_field(wrong, expected):
    # R23.4
    assert faults(**wrong) == expected


def test_cvar_needs_returns():
    given_moments = {"returns": None, "mean": np.zeros(4), "covariance": np.eye(4), "measure": Measure.CVAR}
    assert faults(**given_moments) == [("returns", FaultKind.REQUIRED)]


def test_constant_assets_and_losses_everywhere():
    constant = np.full((20, 3), 0.001)
    found = optimise(Problem(assets(3), returns=constant))
    assert found.risk == pytest.approx(0.0, abs=1e-12)
    losing = Problem(assets(4), Objective.SHARPE, returns=NORMAL - 0.05)
    with pytest.raises(NoExcessReturn):
        optimise(losing)
    with pytest.raises(NoExcessReturn):
        optimise(replace(losing, measure=Measure.CVAR))


def test_assets_without_variance_have_no_shares_of_risk():
    covariance = np.diag([1.0, 0.0])
    for method in (risk_parity, hierarchical_risk_parity):
        with pytest.raises(InvalidProblem, match="A1 must have a variance above 0"):
            method(assets(2), covariance)


def test_few_assets_with_too_few_nodes_are_within_the_gap_and_the_same_again():
    # R23.8
    problem = Problem(assets(12), returns=sample(8, 12), upper=0.4)
    short, whole = optimise_few(problem, Few(4), nodes=2), optimise_few(problem, Few(4))
    assert short.optimality.status is ProofStatus.WITHIN_GAP
    assert short.optimality.bound < whole.optimality.objective <= short.optimality.objective
    assert short.weights.tobytes() == optimise_few(problem, Few(4), nodes=2).weights.tobytes()


def test_few_of_too_many_or_of_none():
    with pytest.raises(InvalidProblem) as caught:
        optimise_few(Problem(assets(4), returns=NORMAL, lower=-0.1), Few(0, 2.0))
    assert [fault.field for fault in caught.value.faults] == ["most", "least_weight", "lower"]


@pytest.mark.parametrize("measure", WITH_RADIUS)
def test_the_same_problem_gives_the_same_bytes(measure):
    problem = Problem(assets(4), measure=measure, returns=NORMAL, radius=0.0003)
    assert optimise(problem).weights.tobytes() == optimise(problem).weights.tobytes()


@pytest.mark.slow
def test_a_thousand_assets_are_optimised_in_seconds():
    returns = np.random.default_rng(2).normal(0.0003, 0.01, (504, 1_000))
    started = time.perf_counter()
    found = optimise(Problem(assets(1_000), returns=returns, upper=0.05))
    assert found.optimality.status is ProofStatus.OPTIMAL
    assert time.perf_counter() - started < 60
