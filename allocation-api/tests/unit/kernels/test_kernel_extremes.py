"""Books far from any desk: NAVs, caps, metrics and slopes over many magnitudes keep every promise."""

from __future__ import annotations

import numpy as np
import pytest

from app.services.domain.side import Side
from app.services.kernels.allocation import CustomWeights, MinDispersion, ProRata, Weighting
from app.services.kernels.allocation.continuous import solve
from app.services.kernels.allocation.lots import best_lots
from app.services.kernels.allocation.objective import objective
from tests.unit.kernels.books import book, std_dev


def extreme_book(seed: int):
    """Up to 30 accounts; slopes down to where float64 can hardly add them to the metric."""
    random = np.random.default_rng(seed)
    size = int(random.integers(1, 30))
    side = Side(random.choice(list(Side)))
    nav = 10.0 ** random.uniform(2, 13, size)
    increment = int(random.choice([1, 100, 1_000]))
    piece = increment * int(random.choice([0, 1, 2, 100]))
    largest = 10.0 ** random.uniform(3, random.choice([6, 9, 14]), size)
    cap = (largest * (random.random(size) > 0.2)).astype(np.int64)
    if random.random() < 0.6:
        cap -= cap % increment
    odd = (cap % increment != 0) | (cap < piece)
    face = min(int(cap.sum() * random.choice([0, 1e-4, 0.1, 0.5, 0.99, 1, 1.2])), 10**15)
    if random.random() < 0.7:
        face -= face % increment
    sign = 1.0 if side is Side.BUY else -1.0
    return book(
        cap,
        face=face,
        nav=nav,
        metric=random.normal(0.0, 1.0, size) * 10.0 ** random.integers(-6, 7),
        slope=sign * random.choice([1e-12, 1e-3, 4.0, 1e4]) / nav,
        side=side,
        piece=piece,
        increment=increment,
        whole=np.where(odd, cap, 0) if side is Side.SELL else None,
    )


def assert_within_bounds(problem, allocation):
    face, piece = allocation.faces, max(problem.piece, problem.increment)
    assert int(face.sum()) + allocation.unallocated == problem.face
    assert np.all((face >= 0) & (face <= problem.cap))
    on_grid = (face >= piece) & (face % problem.increment == 0)
    assert np.all((face == 0) | on_grid | (face == problem.whole))


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("seed", range(150))
def test_promises_hold_at_any_magnitude(seed, weighting):
    problem = extreme_book(seed)
    pro_rata = ProRata(problem.nav).allocate(problem)
    custom = CustomWeights(problem.nav / problem.nav.sum()).allocate(problem)
    least = MinDispersion(weighting).allocate(problem)
    for allocation in (pro_rata, custom, least):
        assert_within_bounds(problem, allocation)
    if problem.whole.any():
        assert abs(least.unallocated - pro_rata.unallocated) < problem.increment
    else:
        assert least.unallocated == pro_rata.unallocated
    achieved = std_dev(problem, weighting, least.faces)
    assert achieved <= std_dev(problem, weighting, pro_rata.faces) * (1 + 1e-14)
    assert least.optimality.lower_bound_std_dev <= achieved * (1 + 1e-12)
    assert 0.0 <= least.optimality.gap <= 1.0
    assert least.optimality.kkt_residual <= 1e-10


def test_steps_that_float64_cannot_tell_apart_still_add_up():
    # A lot moves one metric by 1e-16, another by 1e-3: no level resolves the lots of the first.
    metric, step = np.array([1.0, -1.0, 0.0]), np.array([1e-16, 1e-3, 1e-15])
    upper = np.array([1e7, 10.0, 1e7])
    function, _ = objective(np.full(3, 1 / 3), metric, step, upper)
    lower, total = np.zeros(3), 5e6
    relaxed = solve(function, lower, upper, total)
    assert relaxed.lots.sum() == pytest.approx(total, rel=1e-12)
    split = best_lots(function, lower, upper, total, relaxed=relaxed)
    assert split.lots.sum() == total
    assert np.all((split.lots >= 0) & (split.lots <= upper))
    assert split.lots[1] == 10.0  # the lowest metric and the only step that matters
