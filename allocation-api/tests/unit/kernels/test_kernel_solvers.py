"""The continuous solver with its certificate, and the search in lots, each on its own."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.allocation.continuous import certify, solve
from app.services.kernels.allocation.lots import best_lots
from app.services.kernels.allocation.objective import objective
from tests.support.profiles import examples

FRACTIONS = (1e-6, 0.1, 0.5, 0.9, 1.0)


def random_function(random: np.random.Generator, size: int, weights: str):
    """Weights, metrics and steps of either sign over many magnitudes, some accounts unable to trade."""
    metric = random.normal(0.0, 1.0, size) * 10.0 ** random.integers(-6, 6)
    spread = random.choice([0.0, 1.0, 3.0])
    step = random.choice([-1, 1]) * random.lognormal(0.0, spread, size) * 10.0 ** random.integers(-6, 4)
    upper = random.lognormal(0.0, 1.0, size) * (random.random(size) < 0.8)
    upper[0] = max(upper[0], 0.1)
    weight = np.ones(size) if weights == "equal" else 1.0 / np.abs(step)  # NAV: every w x step is the same
    able = upper > 0
    function, _ = objective(weight / weight.sum(), metric, np.where(able, step, 0.0), upper)
    return function, upper[able]


@pytest.mark.parametrize("weights", ["equal", "nav"])
@pytest.mark.parametrize("seed", range(150))
def test_every_continuous_solution_is_certified(seed, weights):
    random = np.random.default_rng(seed)
    function, upper = random_function(random, int(random.integers(1, 60)), weights)
    lower = np.where(random.random(upper.size) < 0.2, 0.5 * upper, 0.0)
    for fraction in FRACTIONS:
        total = float(lower.sum() + (upper - lower).sum() * fraction)
        solution = solve(function, lower, upper, total)
        assert solution.lots.sum() == pytest.approx(total, rel=1e-12)
        assert np.all((solution.lots >= lower) & (solution.lots <= upper))
        assert solution.kkt_residual <= 1e-10
        assert solution.lower_bound <= solution.variance
        assert solution.variance - solution.lower_bound <= 1e-12 * solution.variance + 1e-20
        assert solution.iterations <= 20  # 12 quick ones and, where those cycle, a few in brackets


@pytest.mark.parametrize("seed", range(30))
def test_the_bound_holds_for_any_split_that_is_certified(seed):
    # R8.4
    random = np.random.default_rng(seed)
    function, upper = random_function(random, 12, "equal")
    lower, total = np.zeros_like(upper), float(upper.sum()) / 2
    best = solve(function, lower, upper, total)
    poor = certify(function, lower, upper, upper / 2)
    assert poor.lower_bound <= best.variance * (1 + 1e-12) <= poor.variance * (1 + 2e-12)
    if poor.variance > best.variance * 1.01:
        assert poor.kkt_residual > 1e-10


@examples(600, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["equal", "nav", "any"]))
def test_lots_equal_brute_force(seed, weights):
    random = np.random.default_rng(seed)
    size = int(random.integers(1, 6))
    metric = random.normal(0.0, 1.0, size + 1)  # the last account cannot trade
    step = random.choice([-1, 1]) * random.lognormal(0.0, 1.0, size + 1) * random.choice([0.01, 0.1, 1.0])
    weight = {
        "equal": np.ones(size + 1),
        "nav": 1.0 / np.abs(step),
        "any": random.lognormal(0.0, 1.0, size + 1),
    }[weights]
    upper = random.integers(1, 6 if size > 3 else 13, size).astype(np.float64)
    lower = np.minimum(random.integers(0, 3, size), upper) * (random.random(size) < 0.3)
    total = float(random.integers(int(lower.sum()), int(upper.sum()) + 1))
    if total == 0:
        return
    step[-1] = 0.0
    function, _ = objective(weight / weight.sum(), metric, step, np.append(upper, 0.0))
    split = best_lots(function, lower, upper, total, relaxed=solve(function, lower, upper, total))
    ranges = [range(int(low), int(high) + 1) for low, high in zip(lower, upper, strict=True)]
    best = min(
        function.variance(np.array(lots, dtype=np.float64))
        for lots in itertools.product(*ranges)
        if sum(lots) == total
    )
    assert split.lots.sum() == total
    assert np.all((split.lots >= lower) & (split.lots <= upper))
    assert split.variance == pytest.approx(best, rel=1e-10, abs=1e-28)
    assert split.lower_bound == pytest.approx(best, rel=1e-10, abs=1e-28)


def test_a_cutoff_below_the_best_split_ends_the_search():
    function, _ = objective(np.full(2, 0.5), np.array([0.0, 1.0]), np.array([0.1, 0.1]), np.array([5.0, 5.0]))
    lower, upper = np.zeros(2), np.full(2, 5.0)
    relaxed = solve(function, lower, upper, 5.0)
    best = best_lots(function, lower, upper, 5.0, relaxed=relaxed)
    assert best.lots.tolist() == [5.0, 0.0]
    cut = best_lots(function, lower, upper, 5.0, relaxed=relaxed, cutoff=best.variance / 2)
    assert best.variance / 2 <= cut.lower_bound <= best.variance


def test_lots_outside_their_bounds_are_refused():
    function, _ = objective(np.full(2, 0.5), np.array([0.0, 1.0]), np.array([0.1, 0.1]), np.array([5.0, 5.0]))
    lower, upper = np.zeros(2), np.full(2, 5.0)
    relaxed = solve(function, lower, upper, 5.0)
    with pytest.raises(ValueError, match=r"^total: "):
        best_lots(function, lower, upper, 11.0, relaxed=relaxed)
