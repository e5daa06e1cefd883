"""Optimisation by hand: two and three assets, closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.services.kernels.allocation import ProofStatus
from app.services.kernels.optimization import (
    Conflict,
    ConstraintKind,
    Few,
    Group,
    Infeasible,
    Linkage,
    Measure,
    NoExcessReturn,
    NoRisk,
    Objective,
    OptimizationSolver,
    Problem,
    View,
    frontier,
    hierarchical_risk_parity,
    implied_mean,
    optimise,
    optimise_few,
    posterior,
    risk_parity,
)

TWO = ("A", "B")
THREE = ("A", "B", "C")
CLOSE = {"abs": 1e-7}
APART = np.diag([0.04, 0.01])
"""Deviations of 20 % and 10 %, uncorrelated."""


def moments(**given) -> Problem:
    asked = {"mean": np.array([0.10, 0.05]), "covariance": APART, **given}
    return Problem(TWO if len(asked["mean"]) == 2 else THREE, **asked)


def test_least_variance_of_two_is_by_the_inverse_variances():
    # R23.1: 0.2 and 0.8, sqrt(0.04 x 0.04 + 0.64 x 0.01) = sqrt(0.008)
    found = optimise(moments())
    assert found.weights == pytest.approx([0.2, 0.8], **CLOSE)
    assert found.risk == pytest.approx(0.0894427191, abs=1e-10)
    assert found.expected_return == pytest.approx(0.06, **CLOSE)
    assert found.optimality.status is ProofStatus.OPTIMAL
    assert found.optimality.objective == pytest.approx(0.0894427191, abs=1e-10)
    assert 0.0894427 < found.optimality.bound <= found.optimality.objective + 1e-12
    assert found.optimality.solver is OptimizationSolver.ACTIVE_SET
    assert [attempt.accepted for attempt in found.optimality.attempts] == [True]


def test_least_variance_of_three_with_a_correlation():
    # A and B have a variance of 4 and a covariance of 2, C one of 3 of its own: S^-1 1 is (1/6, 1/6, 1/3).
    covariance = np.array([[4.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 3.0]])
    found = optimise(moments(mean=np.zeros(3), covariance=covariance))
    assert found.weights == pytest.approx([0.25, 0.25, 0.5], **CLOSE)
    assert found.risk == pytest.approx(1.5**0.5, abs=1e-9)


def test_largest_ratio_is_by_excess_return_over_variance():
    # R23.1: 0.08 / 0.04 = 2 and 0.03 / 0.01 = 3; ratio sqrt(0.08^2 / 0.04 + 0.03^2 / 0.01) = 0.5
    found = optimise(moments(objective=Objective.SHARPE, risk_free_rate=0.02))
    assert found.weights == pytest.approx([0.4, 0.6], **CLOSE)
    assert found.optimality.objective == pytest.approx(0.5, abs=1e-10)
    assert found.optimality.bound == pytest.approx(0.5, abs=1e-7)
    assert found.optimality.bound >= found.optimality.objective


def test_utility_is_return_less_aversion_times_variance():
    # R23.1: 0.10 w + 0.05 (1 - w) - 2 (0.04 w^2 + 0.01 (1 - w)^2) is largest at w = 0.09 / 0.2
    found = optimise(moments(objective=Objective.UTILITY, risk_aversion=2.0))
    assert found.weights == pytest.approx([0.45, 0.55], **CLOSE)
    assert found.optimality.objective == pytest.approx(0.05025, abs=1e-9)


def test_most_return_within_a_bound_and_a_group():
    problem = moments(mean=np.array([0.03, 0.02, 0.01]), covariance=np.eye(3), objective=Objective.MAX_RETURN)
    found = optimise(replace(problem, upper=0.6, groups=(Group("two", (0, 1), None, 0.7),)))
    assert found.weights == pytest.approx([0.6, 0.1, 0.3], **CLOSE)
    assert found.expected_return == pytest.approx(0.023, abs=1e-12)


def test_least_cvar_by_hand():
    # Of four days the worst: A loses 8 % on one, B 4 % on another. Equal losses at w 0.08 = (1 - w) 0.04.
    returns = np.array([[-0.08, 0.0], [0.0, -0.04], [0.02, 0.01], [0.01, 0.02]])
    found = optimise(Problem(TWO, measure=Measure.CVAR, returns=returns, tail=0.25))
    assert found.weights == pytest.approx([1 / 3, 2 / 3], **CLOSE)
    assert found.risk == pytest.approx(0.08 / 3, abs=1e-12)
    assert found.optimality.bound == pytest.approx(0.08 / 3, abs=1e-9)
    # Half of the days: the mean of both losses, w 0.04 + (1 - w) 0.02, is least without A.
    wide = optimise(Problem(TWO, measure=Measure.CVAR, returns=returns, tail=0.5))
    assert wide.weights == pytest.approx([0.0, 1.0], **CLOSE)
    assert wide.risk == pytest.approx(0.02, abs=1e-12)


def test_cvar_of_periods_that_are_not_alike():
    # The first day counts half, so it can be the whole tail: nothing of A.
    returns = np.array([[-0.08, 0.0], [0.0, -0.04], [0.02, 0.01]])
    chances = np.array([0.5, 0.25, 0.25])
    found = optimise(Problem(TWO, measure=Measure.CVAR, returns=returns, probability=chances, tail=0.5))
    # While the second day is the worst, it counts half, the first the rest: 0.02 (1 - w) + 0.04 w.
    assert found.weights == pytest.approx([0.0, 1.0], **CLOSE)
    assert found.risk == pytest.approx(0.02, abs=1e-12)


def test_radius_of_zero_is_the_plain_answer_and_a_large_one_gives_equal_weights():
    # R23.3
    plain = optimise(moments())
    assert np.array_equal(optimise(moments(radius=0.0)).weights, plain.weights)
    assert plain.worst_risk == plain.risk
    assert optimise(moments(radius=1e6)).weights == pytest.approx([0.5, 0.5], abs=1e-6)
    capped = optimise(moments(radius=1e6, upper=np.array([0.3, 1.0])))
    assert capped.weights == pytest.approx([0.3, 0.7], abs=1e-6)


def test_worst_deviation_mean_and_cvar_by_hand():
    # R23.3: weights (0.6, 0.8) / 1.4 fixed; |w| = 1 / 1.4
    fixed = {"lower": np.array([3 / 7, 4 / 7]), "upper": np.array([3 / 7, 4 / 7]), "radius": 0.014}
    found = optimise(moments(**fixed))
    assert found.worst_risk == pytest.approx(found.risk + 0.01, abs=1e-12)
    assert found.worst_return == pytest.approx(0.5 / 7 - 0.01, abs=1e-12)
    returns = np.array([[-0.07, 0.0], [0.0, -0.07], [0.02, 0.01], [0.01, 0.02]])
    tail = optimise(Problem(TWO, measure=Measure.CVAR, returns=returns, tail=0.25, **fixed))
    assert tail.risk == pytest.approx(0.04, abs=1e-12)
    assert tail.worst_risk == pytest.approx(0.08, abs=1e-12)


@pytest.mark.parametrize(
    ("periods", "n", "radius", "tail", "expected"),
    [
        (40, 5, 0.0005, 0.1, 0.0125150537),
        (60, 4, 0.002, 0.05, 0.0335148882),
        (30, 6, 0.01, 0.25, 0.0212546828),
    ],
)
def test_robust_cvar_is_that_of_the_full_form(periods, n, radius, tail, expected):
    # R23.3: expected by the programme of Esfahani and Kuhn with multipliers for each period, the 2-norm and
    # returns of -1 at least, solved by CVXPY with a tolerance of 1e-11; one generator for all three.
    random = np.random.default_rng(4)
    for size in ((40, 5), (60, 4), (30, 6)):
        drawn = 0.0005 + 0.01 * random.standard_t(4, size)
        if size == (periods, n):
            break
    assets = tuple("ABCDEF"[:n])
    problem = Problem(assets, measure=Measure.CVAR, returns=drawn, upper=0.5, tail=tail, radius=radius)
    assert optimise(problem).optimality.objective == pytest.approx(expected, abs=2e-9)


def test_turnover_and_costs_hold_weights_back():
    # R23.2: from (0.5, 0.5) towards (0.2, 0.8), 0.1 may be sold and bought.
    held = np.array([0.5, 0.5])
    found = optimise(moments(current=held, max_turnover=0.1))
    assert found.weights == pytest.approx([0.4, 0.6], **CLOSE)
    assert found.turnover == pytest.approx(0.1, **CLOSE)
    # A earns 0.05 more, selling B and buying A costs 0.06: nothing is traded; at 0.02 everything is.
    dear = optimise(moments(current=held, cost=0.03, objective=Objective.MAX_RETURN))
    assert dear.weights == pytest.approx([0.5, 0.5], **CLOSE)
    cheap = optimise(moments(current=held, cost=0.01, objective=Objective.MAX_RETURN))
    assert cheap.weights == pytest.approx([1.0, 0.0], **CLOSE)
    assert cheap.cost == pytest.approx(0.01, **CLOSE)
    assert cheap.expected_return == pytest.approx(0.09, **CLOSE)


def test_bounds_of_no_meaning_and_very_large_numbers_change_nothing():
    # R23.2
    plain = optimise(moments(upper=1.0)).weights
    groups = (Group("all", (0, 1), -1e8, 1e8),)
    assert np.array_equal(optimise(moments(upper=1e8, groups=groups)).weights, plain)
    scaled = moments(mean=np.array([0.10, 0.05]) * 1e4, covariance=APART * 1e8)
    assert optimise(scaled).weights == pytest.approx(plain, **CLOSE)
    tiny = moments(mean=np.array([0.10, 0.05]) * 1e-6, covariance=APART * 1e-12)
    assert optimise(tiny).weights == pytest.approx(plain, **CLOSE)


def test_frontier_of_two_assets_is_a_line_in_weights():
    # R23.5: returns 0.06, 0.07, 0.08, 0.09, 0.10 are weights of A of 0.2 to 1.
    found = frontier(moments(), 5)
    assert [each.weights[0] for each in found] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0], abs=1e-6)
    risks = [(0.04 * w**2 + 0.01 * (1 - w) ** 2) ** 0.5 for w in (0.2, 0.4, 0.6, 0.8, 1.0)]
    assert [each.risk for each in found] == pytest.approx(risks, abs=1e-7)
    assert len(frontier(moments(mean=np.array([0.05, 0.05])), 5)) == 1


@pytest.mark.parametrize(
    ("given", "conflicts", "shortfall"),
    [
        # caps of 0.3 and 0.5 sum to 0.8
        ({"upper": np.array([0.3, 0.5])}, [(ConstraintKind.UPPER_BOUND, TWO, 0.8)], 0.2),
        ({"lower": 0.6}, [(ConstraintKind.LOWER_BOUND, TWO, 1.2)], 0.2),
        (
            {"groups": (Group("x", (0,), 0.7), Group("y", (1,), 0.6), Group("z", (0,), None, 0.9))},
            [(ConstraintKind.GROUP_MIN, ("x",), 0.7), (ConstraintKind.GROUP_MIN, ("y",), 0.6)],
            0.3,
        ),
        (
            {"upper": np.array([0.4, 1.0]), "groups": (Group("x", (0,), 0.5),)},
            [(ConstraintKind.UPPER_BOUND, ("A",), 0.4), (ConstraintKind.GROUP_MIN, ("x",), 0.5)],
            0.1,
        ),
        (
            {"upper": np.array([0.4, 1.0]), "current": np.array([0.9, 0.1]), "max_turnover": 0.2},
            [(ConstraintKind.UPPER_BOUND, ("A",), 0.4), (ConstraintKind.TURNOVER, (), 0.2)],
            0.3,
        ),
        (
            {"target_return": 0.11},
            [(ConstraintKind.LOWER_BOUND, ("B",), 0.0), (ConstraintKind.TARGET_RETURN, (), 0.11)],
            None,
        ),
    ],
)
@pytest.mark.parametrize("objective", list(Objective))
@pytest.mark.parametrize("radius", [0.0, 1e-6])
def test_constraints_in_conflict_are_named(given, conflicts, shortfall, objective, radius):
    # R23.4
    with pytest.raises(Infeasible) as caught:
        optimise(moments(objective=objective, radius=radius, **given))
    found = caught.value
    if radius and "target_return" in given:
        assert found.conflicts == (Conflict(ConstraintKind.TARGET_RETURN, (), 0.11),)
        return
    assert [(each.kind, each.names) for each in found.conflicts] == [each[:2] for each in conflicts]
    assert [each.limit for each in found.conflicts] == pytest.approx([each[2] for each in conflicts])
    if shortfall is not None:
        assert found.shortfall == pytest.approx(shortfall, abs=1e-9)


def test_a_ratio_needs_an_excess_return_and_a_risk():
    # R23.4
    with pytest.raises(NoExcessReturn) as caught:
        optimise(moments(objective=Objective.SHARPE, risk_free_rate=0.11))
    assert caught.value.best_return == pytest.approx(0.10)
    with pytest.raises(NoRisk):
        optimise(moments(objective=Objective.SHARPE, covariance=np.diag([0.04, 0.0])))
    # Cash below the risk-free rate is no way out: the ratio is that of A, 0.08 / 0.2.
    held = moments(objective=Objective.SHARPE, covariance=np.diag([0.04, 0.0]), mean=np.array([0.1, 0.01]))
    found = optimise(replace(held, risk_free_rate=0.02))
    assert found.weights == pytest.approx([1.0, 0.0], abs=1e-6)
    assert found.optimality.objective == pytest.approx(0.4, abs=1e-7)
    assert found.optimality.status is ProofStatus.OPTIMAL


def test_a_constant_asset_takes_everything_where_risk_is_least():
    found = optimise(moments(covariance=np.diag([0.04, 0.0])))
    assert found.weights == pytest.approx([0.0, 1.0], abs=1e-5)
    assert found.optimality.objective == pytest.approx(0.0, abs=1e-6)
    assert found.optimality.status is ProofStatus.OPTIMAL


def test_risk_parity_of_two_is_by_the_inverse_deviations():
    # R23.6: whatever the correlation, 1/0.2 to 1/0.1
    for correlation in (-0.5, 0.0, 0.8):
        covariance = np.array([[0.04, correlation * 0.02], [correlation * 0.02, 0.01]])
        found = risk_parity(TWO, covariance)
        assert found.weights == pytest.approx([1 / 3, 2 / 3], abs=1e-12)
        assert found.shares == pytest.approx([0.5, 0.5], abs=1e-12)
    # Uncorrelated: w_i is sqrt(budget_i) / deviation_i: 2 / 0.2 to 1 / 0.1
    assert risk_parity(TWO, APART, np.array([0.8, 0.2])).weights == pytest.approx([0.5, 0.5], abs=1e-12)
    with pytest.raises(NoRisk):
        risk_parity(TWO, np.array([[0.04, -0.02], [-0.02, 0.01]]))


@pytest.mark.parametrize("linkage", list(Linkage))
def test_hierarchical_risk_parity_by_hand(linkage):
    # R23.6: two are by the inverse variances
    assert hierarchical_risk_parity(TWO, APART, linkage) == pytest.approx([0.2, 0.8], abs=1e-12)
    # A and C belong together, B and D do. Two of variance 1 and correlation 0.5 have 0.75 together, two of
    # variance 4 have 3: weights 0.8 and 0.2, halved.
    covariance = np.diag([1.0, 4.0, 1.0, 4.0])
    covariance[0, 2] = covariance[2, 0] = 0.5
    covariance[1, 3] = covariance[3, 1] = 2.0
    found = hierarchical_risk_parity(("A", "B", "C", "D"), covariance, linkage)
    assert found == pytest.approx([0.4, 0.1, 0.4, 0.1], abs=1e-12)
    assert hierarchical_risk_parity(("A",), np.eye(1), linkage) == pytest.approx([1.0])


def test_black_and_litterman_by_hand():
    # R23.7: one asset of variance 0.04, tau 0.5: a view as sure as the prior goes half the way.
    one = posterior(np.array([0.04]), np.array([[0.04]]), (View(np.ones(1), 0.08),), tau=0.5)
    assert one.mean == pytest.approx([0.06], abs=1e-15)
    assert one.covariance == pytest.approx(np.array([[0.05]]), abs=1e-15)
    # Certain that A earns 2 % more than B: 0.02 x (tau S p) / (p' tau S p) is added, 4 : -1 of 5.
    view = View(np.array([1.0, -1.0]), 0.02, 0.0)
    two = posterior(np.zeros(2), APART, (view,))
    assert two.mean == pytest.approx([0.016, -0.004], abs=1e-15)
    assert posterior(np.array([0.1, 0.2]), APART, ()).mean == pytest.approx([0.1, 0.2])
    assert implied_mean(APART, np.array([0.5, 0.5]), 2.0) == pytest.approx([0.04, 0.01])


def test_few_assets_by_hand():
    # R23.8: of three with variances 1, 2, 4 two are best: 2/3 and 1/3, variance 2/3.
    problem = moments(mean=np.zeros(3), covariance=np.diag([4.0, 1.0, 2.0]))
    found = optimise_few(problem, Few(2))
    assert found.weights == pytest.approx([0.0, 2 / 3, 1 / 3], abs=1e-6)
    assert found.optimality.objective == pytest.approx((2 / 3) ** 0.5, abs=1e-7)
    assert found.optimality.status is ProofStatus.OPTIMAL
    assert optimise_few(problem, Few(1)).weights == pytest.approx([0.0, 1.0, 0.0], abs=1e-6)
    with pytest.raises(Infeasible) as caught:
        optimise_few(replace(problem, upper=0.4), Few(2))
    assert caught.value.conflicts == (Conflict(ConstraintKind.CARDINALITY, (), 2.0),)
    # Two and no weight under 0.4: 0.6 and 0.4 (variance 0.68) beat one alone.
    least = optimise_few(problem, Few(2, 0.4))
    assert least.weights == pytest.approx([0.0, 0.6, 0.4], abs=1e-6)
