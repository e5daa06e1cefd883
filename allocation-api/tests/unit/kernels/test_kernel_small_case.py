"""A few accounts: plain floats change the time, never the answer, and give up rather than mislead."""

from __future__ import annotations

import numpy as np
import pytest

from app.services.kernels.allocation import Weighting
from app.services.kernels.allocation.continuous import certify, solve
from app.services.kernels.allocation.knapsack import Knapsack
from app.services.kernels.allocation.objective import Quadratic, objective
from app.services.kernels.allocation.small_case import MAX_SMALL_CASE_ACCOUNTS, small_case_root
from benchmarks.min_dispersion_books import random_book


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("part", [1e-6, 0.3, 1.0, 2.0, 2.999])
def test_the_root_is_the_same_with_and_without_numpy(part, weighting):
    for seed in range(100):
        case = random_book(1 + seed % MAX_SMALL_CASE_ACCOUNTS, seed, weighting)
        able = case.cap > 0
        if not able.any():
            continue
        function, _ = objective(case.weight, case.metric, case.slope * able, case.cap)
        upper, total = case.cap[able], case.order * part
        lower = upper * (0.1 * part / 3.0) if seed % 2 else np.zeros_like(upper)
        few = small_case_root(function, lower, upper, total)
        plain = Knapsack(function, lower, upper, total).solution()
        if few is None:
            continue  # `test_newton_that_swings_is_given_up` says when
        np.testing.assert_allclose(few.lots, plain.lots, rtol=1e-11, atol=1e-11 * total)
        proof = certify(function, lower, upper, few.lots, level=few.level)
        assert proof.kkt_residual <= 1e-10
        assert proof.variance - proof.lower_bound <= 1e-12 * proof.variance
        assert np.all(few.lots >= lower)
        assert np.all(few.lots <= upper)


def test_nearly_every_book_is_solved_so():
    solved = 0
    for seed in range(300):
        case = random_book(MAX_SMALL_CASE_ACCOUNTS, seed, Weighting.EQUAL)
        able = case.cap > 0
        function, _ = objective(case.weight, case.metric, case.slope * able, case.cap)
        upper = case.cap[able]
        solved += small_case_root(function, np.zeros_like(upper), upper, case.order) is not None
    assert solved >= 295


def test_at_the_capacity_everyone_is_full():
    case = random_book(9, 4, Weighting.EQUAL)
    upper = case.cap[case.cap > 0]
    function, _ = objective(case.weight, case.metric, case.slope * (case.cap > 0), case.cap)
    solution = solve(function, np.zeros_like(upper), upper, float(upper.sum()))
    np.testing.assert_allclose(solution.lots, upper, rtol=0, atol=1e-14 * float(upper.sum()))
    assert solution.kkt_residual <= 1e-10


def test_newton_that_swings_is_given_up():
    given_up = 0
    for seed in range(4_000):
        function, upper, total = _far_apart(seed)
        lower = np.zeros_like(upper)
        given_up += small_case_root(function, lower, upper, total) is None
        solution = solve(function, lower, upper, total)
        assert solution.kkt_residual <= 1e-10
        assert solution.lots.sum() == pytest.approx(total, rel=1e-12)
    assert given_up > 0


def _far_apart(seed: int) -> tuple[Quadratic, np.ndarray, float]:
    random = np.random.default_rng(seed)
    size = int(random.integers(3, 13))
    slope = 10.0 ** random.uniform(-6.0, 0.0, size)
    upper = 10.0 ** random.uniform(-2.0, 6.0, size)
    function, _ = objective(np.full(size, 1 / size), random.normal(0.0, 3.0, size), slope, upper)
    return function, upper, float(upper.sum()) * random.uniform(0.01, 0.99)


@pytest.mark.parametrize("tiny", [5e-324, 1e-310])
def test_what_underflows_is_left_to_arrays(tiny):
    function = Quadratic(np.array([0.5, 0.5]), np.array([0.0, 1.0]), np.array([tiny, 1.0]), 0.0, 0.0, 0.0)
    assert small_case_root(function, np.zeros(2), np.array([1e-9, 1.0]), 1e-9) is None
