"""Many accounts: setting accounts aside changes the time, never the answer; a guess gone wrong is noticed."""

from __future__ import annotations

import numpy as np
import pytest

from app.services.kernels.allocation import (
    MinDispersion,
    ProofStatus,
    Weighting,
    continuous,
    knapsack,
    lots,
    presolve,
)
from app.services.kernels.allocation.continuous import solve
from app.services.kernels.allocation.lots import best_lots
from app.services.kernels.allocation.objective import objective
from benchmarks.min_dispersion_books import LOT, random_book
from tests.unit.kernels.books import book

NEVER = 10**9
SIZE = 8_000


def drawn(seed: int, weighting: Weighting, *, in_lots: bool = False):
    case = random_book(SIZE, seed, weighting)
    case = case.in_lots() if in_lots else case
    able = case.cap > 0
    function, _ = objective(case.weight, case.metric, np.where(able, case.slope, 0.0), case.cap)
    return function, np.zeros(int(able.sum())), case.cap[able], case.order


def assert_proved(solution, total: float) -> None:
    assert solution.lots.sum() == pytest.approx(total, rel=1e-12)
    assert solution.kkt_residual <= 1e-10
    assert solution.variance - solution.lower_bound <= 1e-12 * solution.variance


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("part", [1e-4, 0.3, 1.0, 2.0, 2.999, 3.0])
def test_the_split_is_the_same_with_and_without_setting_aside(monkeypatch, part, weighting):
    function, lower, upper, third = drawn(1, weighting)
    total = min(third * part, float(upper.sum()))
    solution = solve(function, lower, upper, total)
    monkeypatch.setattr(continuous, "MIN_PRESOLVE_ACCOUNTS", NEVER)
    plain = solve(function, lower, upper, total)
    for found in (solution, plain):
        assert_proved(found, total)
    assert solution.variance == pytest.approx(plain.variance, rel=1e-13)
    np.testing.assert_allclose(solution.lots, plain.lots, rtol=1e-9, atol=1e-9 * float(upper.max()))


@pytest.mark.parametrize("weighting", Weighting)
def test_a_box_that_misses_the_root_is_widened_or_given_up(monkeypatch, weighting):
    function, lower, upper, total = drawn(2, weighting)
    right = solve(function, lower, upper, total)
    for deviations in (0.3, 0.03, 1e-6):
        monkeypatch.setattr(presolve, "_DEVIATIONS", deviations)
        narrow = solve(function, lower, upper, total)
        assert_proved(narrow, total)
        assert narrow.variance == pytest.approx(right.variance, rel=1e-13)


@pytest.mark.parametrize("weighting", Weighting)
def test_a_sample_of_untypical_accounts_does_not_mislead(weighting):
    function, lower, upper, total = drawn(3, weighting)
    stride = round(upper.size ** (1 / 3))
    every = np.arange(upper.size) % stride == 0
    # The accounts that the sample picks are the ones with the highest metrics.
    order = np.empty(upper.size, dtype=np.int64)
    ranked = np.argsort(-function.start)
    order[every], order[~every] = ranked[: int(every.sum())], ranked[int(every.sum()) :]
    shuffled = type(function)(
        weight=function.weight[order],
        start=function.start[order],
        step=function.step[order],
        outside_weight=function.outside_weight,
        outside_mean=function.outside_mean,
        outside_scatter=function.outside_scatter,
    )
    solution = solve(shuffled, lower, upper[order], total)
    assert_proved(solution, total)
    assert solution.variance == pytest.approx(solve(function, lower, upper, total).variance, rel=1e-13)


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("seed", range(3))
def test_lots_are_the_same_with_and_without_setting_aside(monkeypatch, seed, weighting):
    function, lower, upper, total = drawn(seed, weighting, in_lots=True)
    relaxed = solve(function, lower, upper, total)
    split = best_lots(function, lower, upper, total, relaxed=relaxed)
    monkeypatch.setattr(lots, "_MANY", NEVER)
    plain = best_lots(function, lower, upper, total, relaxed=relaxed)
    assert split.variance == pytest.approx(plain.variance, rel=1e-12)
    assert split.lower_bound == pytest.approx(split.variance, rel=1e-11)
    assert split.lots.sum() == total
    assert np.all((split.lots >= lower) & (split.lots <= upper))


def test_lots_found_outside_the_box_are_searched_for_again(monkeypatch):
    function, lower, upper, total = drawn(4, Weighting.EQUAL, in_lots=True)
    relaxed = solve(function, lower, upper, total)
    right = best_lots(function, lower, upper, total, relaxed=relaxed)
    tiny = presolve.Box(relaxed.mean, relaxed.level, 1e-12, 1e-9 * abs(relaxed.level))
    monkeypatch.setattr(lots, "rounding_box", lambda *_: tiny)
    again = best_lots(function, lower, upper, total, relaxed=relaxed)
    assert again.variance == pytest.approx(right.variance, rel=1e-12)


@pytest.mark.parametrize("weighting", Weighting)
def test_names_do_not_matter_among_many(weighting):
    random = np.random.default_rng(5)
    nav = random.lognormal(18.0, 1.0, 6_000)
    cap = (nav * random.uniform(0.0, 0.05, nav.size)).astype(np.int64)
    metric = random.normal(5.0, 0.5, nav.size)
    order = random.permutation(nav.size)
    face = int(cap.sum()) // (3 * LOT) * LOT
    one = MinDispersion(weighting).allocate(book(cap, face=face, nav=nav, metric=metric))
    other = MinDispersion(weighting).allocate(
        book(cap[order], face=face, nav=nav[order], metric=metric[order])
    )
    np.testing.assert_array_equal(other.faces, one.faces[order])
    np.testing.assert_array_equal(other.target, one.target[order])
    assert other.optimality == one.optimality
    assert one.optimality.status is ProofStatus.OPTIMAL


def test_where_newton_cycles_brackets_take_over(monkeypatch):
    # Accounts far apart and bounds close together: Newton's method on both unknowns swings between two sets
    # of free accounts for ever when it starts at a level of nought.
    monkeypatch.setattr(continuous, "MAX_SMALL_CASE_ACCOUNTS", 0)
    cycled = 0
    for seed in range(60):
        case = random_book(31, seed, Weighting.EQUAL)
        able = case.cap > 0
        function, _ = objective(case.weight, case.metric, np.where(able, case.slope, 0.0), case.cap)
        upper = case.cap[able]
        solution = solve(function, np.zeros_like(upper), upper, case.order)
        assert_proved(solution, case.order)
        cycled += solution.iterations > knapsack._QUICK_STEPS
    assert cycled > 0
