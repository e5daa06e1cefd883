"""Fairness over many orders: a year's greatest debt, the frontier of one order, and the policy point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.domain.side import Side
from app.services.kernels.allocation import (
    FRONTIER_WEIGHTS,
    MAX_FAIRNESS_WEIGHT,
    AllocationProblem,
    MinDispersion,
    ProRata,
    Weighting,
    frontier,
    greatest_within,
    owed_base,
    owed_weight,
)
from tests.support.profiles import examples
from tests.unit.kernels.books import book, golden, may_be_placed, problems, std_dev

ACCOUNTS, ORDERS = 31, 250
WITHIN = 3.0  # pieces that nobody may be ahead or behind by, after any order
PIECES = [1_000, 100_000, 200_000]

Split = Callable[[AllocationProblem, np.ndarray], np.ndarray]
"""Faces, given the problem and what is owed."""


@dataclass(frozen=True)
class Year:
    """What became of a year: the greatest |ledger| after any order, in pieces, and received / entitled."""

    greatest: float
    ratio: np.ndarray


def year(piece: int, split: Split, seed: int) -> Year:
    """Orders of 1 to 25 million over lognormal NAVs, no caps; metrics move with the trades and by chance."""
    random = np.random.default_rng(seed)
    nav = random.lognormal(18.5, 1.0, ACCOUNTS)
    metric = random.normal(5.0, 0.4, ACCOUNTS)
    slope = 0.985 * 3.8 / nav
    ledger, entitled, received = np.zeros((3, ACCOUNTS))
    greatest = 0.0
    for _ in range(ORDERS):
        face = int(random.integers(1_000, 25_001)) * 1_000
        problem = book([face] * ACCOUNTS, face=face, nav=nav, metric=metric, slope=slope, piece=piece)
        share = face * nav / nav.sum()
        faces = split(problem, ledger + share)
        assert faces.sum() == face
        ledger += share - faces
        entitled, received = entitled + share, received + faces
        greatest = max(greatest, float(np.abs(ledger).max()))
        metric = metric + slope * faces
        metric += 0.1 * (5.0 - metric) + random.normal(0.0, 0.05, ACCOUNTS)
    return Year(greatest / piece, received / entitled)


def by_debt(problem: AllocationProblem, owed: np.ndarray) -> np.ndarray:
    return ProRata(owed_base(owed, problem.nav), owed=owed).allocate(problem).faces


def least_dispersion(weighting: Weighting) -> Split:
    def split(problem: AllocationProblem, owed: np.ndarray) -> np.ndarray:
        weight = owed_weight(problem, owed, weighting, problem.piece)
        return MinDispersion(weighting, owed=owed, fairness_weight=weight).allocate(problem).faces

    return split


def assert_fair(result: Year) -> None:
    assert result.greatest <= WITHIN
    assert result.ratio.min() >= 0.97
    assert result.ratio.max() <= 1.03


# --- a year -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", PIECES)
def test_a_year_by_debt_leaves_nobody_more_than_three_pieces_off(piece):
    # R8.10
    for seed in range(3):
        assert_fair(year(piece, by_debt, seed))


@pytest.mark.parametrize("piece", PIECES)
def test_a_year_order_by_order_leaves_some_more_than_three_pieces_off(piece):
    def nav_alone(problem: AllocationProblem, _owed: np.ndarray) -> np.ndarray:
        return ProRata(problem.nav).allocate(problem).faces

    assert year(piece, nav_alone, seed=1).greatest > WITHIN


@pytest.mark.parametrize("weighting", Weighting)
def test_a_year_of_least_dispersion_leaves_nobody_more_than_three_pieces_off(weighting):
    # R8.10
    for seed in range(2):
        assert_fair(year(1_000, least_dispersion(weighting), seed))


@pytest.mark.slow
@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("piece", PIECES[1:])
def test_a_year_of_least_dispersion_in_large_pieces(piece, weighting):
    # R8.10
    assert_fair(year(piece, least_dispersion(weighting), seed=1))


@pytest.mark.parametrize("weighting", Weighting)
def test_a_year_of_least_dispersion_order_by_order_leaves_some_more_than_three_pieces_off(weighting):
    def least_alone(problem: AllocationProblem, _owed: np.ndarray) -> np.ndarray:
        return MinDispersion(weighting).allocate(problem).faces

    result = year(1_000, least_alone, seed=1)
    assert result.greatest > WITHIN
    assert result.ratio.max() > 1.03


def test_one_weight_for_all_would_not_do():
    # Debts that count as 1 / NAV^2 end up with the largest account, however much they count.
    def debts_alone(problem: AllocationProblem, owed: np.ndarray) -> np.ndarray:
        method = MinDispersion(Weighting.EQUAL, owed=owed, fairness_weight=MAX_FAIRNESS_WEIGHT)
        return method.allocate(problem).faces

    assert year(1_000, debts_alone, seed=3).greatest > WITHIN


# --- the weight that bounds debts ---------------------------------------------------------------------------


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("seed", range(20))
def test_without_lots_no_debt_is_above_two_pieces(weighting, seed):
    random = np.random.default_rng(seed)
    size = int(random.integers(2, 60))
    nav = random.lognormal(18.0, random.choice([0.3, 1.0, 2.0]), size)
    piece = int(random.choice([10_000, 100_000]))
    face = int(nav.sum() / 100)
    problem = book(
        [face] * size,
        face=face,
        nav=nav,
        metric=random.normal(5.0, 0.4, size),
        slope=random.choice([1.0, 100.0]) * 0.985 * 3.8 / nav,
        piece=1,
        increment=1,
    )
    owed = face * nav / nav.sum()
    weight = owed_weight(problem, owed, weighting, piece)
    target = MinDispersion(weighting, owed=owed, fairness_weight=weight).allocate(problem).target
    assert np.abs(target - owed).max() <= 2 * piece


@pytest.mark.parametrize("weighting", Weighting)
def test_all_debts_count_alike_in_face(weighting):
    problem = golden(8_000_000)
    weight = owed_weight(problem, np.full(4, 2e6), weighting, 1_000)
    share = problem.nav / problem.nav.sum() if weighting is Weighting.NAV else np.full(4, 0.25)
    in_face = weight * share * problem.slope**2
    assert in_face == pytest.approx(np.full(4, in_face[0]), rel=1e-12)


def test_who_cannot_trade_has_no_weight():
    problem = book([0, 5_000], face=5_000, metric=[np.nan, 5.0], nav=[np.nan, 1e6], slope=[np.nan, 1e-6])
    weight = owed_weight(problem, np.array([np.nan, 5_000.0]), Weighting.EQUAL, 1_000)
    assert weight[0] == 0.0
    assert weight[1] > 0.0
    assert owed_weight(book([0], face=0), np.zeros(1), Weighting.EQUAL, 1_000).tolist() == [0.0]


# --- caps by debt -------------------------------------------------------------------------------------------


def test_nobody_gets_much_more_than_it_is_owed():
    # R8.10: the shares of the last three are under the piece, and the first would take all. Capped at 320,000
    # it needs one more, which takes a piece.
    problem = book([400_000] * 4, face=400_000, piece=100_000)
    owed = np.array([220_000.0, 61_000.0, 60_000.0, 59_000.0])
    base = owed_base(owed, problem.nav)
    assert ProRata(base).allocate(problem).faces.tolist() == [400_000, 0, 0, 0]
    capped = ProRata(base, owed=owed).allocate(problem)
    assert capped.faces.tolist() == [300_000, 100_000, 0, 0]


def test_caps_give_way_where_less_of_the_order_would_be_placed():
    # Three cannot take a piece. The first is owed 130,000, and 230,000 or 330,000 would not be the order.
    problem = book([400_000, 90_000, 90_000, 90_000], face=400_000, piece=100_000)
    owed = np.array([130_000.0, 90_000.0, 90_000.0, 90_000.0])
    allocation = ProRata(owed_base(owed, problem.nav), owed=owed).allocate(problem)
    assert allocation.faces.tolist() == [400_000, 0, 0, 0]


def test_what_full_accounts_leave_is_shared_in_proportion():
    # R8.10: the first is full at 5,076,000. 2,924,000 by NAV of 150 : 80 : 50 are 1,566,428.57, 835,428.57
    # and 522,142.86; the last lot goes to the first of equal remainders.
    owed = np.array([5_000_000.0, 0.0, 0.0, 0.0])
    problem = replace(golden(8_000_000), piece=250_000)
    allocation = ProRata(owed_base(owed, problem.nav), owed=owed).allocate(problem)
    assert allocation.faces.tolist() == [5_076_000, 1_567_000, 835_000, 522_000]


@examples(200, deadline=None)
@given(problems(size=5), st.integers(0, 2**32 - 1))
def test_caps_by_debt_cost_nothing_of_the_total(case, seed):
    problem = case.problem
    owed = np.random.default_rng(seed).normal(0.0, 1.0, problem.size) * (problem.face + 1)
    allocation = ProRata(owed_base(owed, problem.nav), owed=owed).allocate(problem)
    assert may_be_placed(problem, int(allocation.faces.sum()))


@pytest.mark.parametrize("owed", [np.zeros(3), np.array([np.nan, 0.0, 0.0, 0.0])])
def test_debts_that_cannot_be_are_refused(owed):
    problem = golden(8_000_000)
    with pytest.raises(ValueError, match=r"^owed: "):
        ProRata(problem.nav, owed=owed).allocate(problem)


# --- frontier and policy point ------------------------------------------------------------------------------


def one_order(seed: int, side: Side = Side.BUY) -> tuple[AllocationProblem, np.ndarray]:
    random = np.random.default_rng(seed)
    nav = random.lognormal(18.5, 1.0, 12)
    sign = 1.0 if side is Side.BUY else -1.0
    problem = book(
        [5_000_000] * 12,
        face=10_000_000,
        nav=nav,
        metric=random.normal(5.0, 0.4, 12),
        slope=sign * 0.985 * 3.8 / nav,
        side=side,
    )
    return problem, 10_000_000 * nav / nav.sum()


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("side", Side)
def test_the_frontier_trades_debt_for_dispersion(weighting, side):
    problem, owed = one_order(4, side)
    method = MinDispersion(weighting, owed=owed, fairness_weight=7.0)
    points = frontier(problem, method)
    assert tuple(point.fairness_weight for point in points) == FRONTIER_WEIGHTS
    for point in points:
        faces = point.allocation.faces
        assert point.std_dev == pytest.approx(std_dev(problem, weighting, faces), rel=1e-12)
        assert point.greatest_owed == np.abs(owed - faces).max()
    least = MinDispersion(weighting).allocate(problem)
    assert points[0].allocation.faces.tolist() == least.faces.tolist()
    spreads = [point.std_dev for point in points]
    assert spreads == sorted(spreads)
    # What exact minimisation promises: a larger weight, smaller weighted squares of the debts.
    share = problem.nav / problem.nav.sum() if weighting is Weighting.NAV else np.full(12, 1 / 12)
    squares = [
        float((share * (problem.slope * (owed - point.allocation.faces)) ** 2).sum()) for point in points
    ]
    assert all(later <= earlier * (1 + 1e-9) for earlier, later in pairwise(squares))
    assert points[-1].greatest_owed < points[0].greatest_owed / 100


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("cost", [0.001, 0.01, 0.03])
def test_the_policy_point_is_the_last_within_its_cost(weighting, cost):
    problem, owed = one_order(4)
    method = MinDispersion(weighting, owed=owed)
    found = greatest_within(problem, method, cost)
    least = std_dev(problem, weighting, MinDispersion(weighting).allocate(problem).faces)
    assert found.least.std_dev == pytest.approx(least, rel=1e-12)
    assert found.cost == pytest.approx(found.point.std_dev / least - 1, rel=1e-9)
    assert 0 < found.cost <= cost
    more = replace(method, fairness_weight=found.point.fairness_weight * 1.05).allocate(problem)
    assert std_dev(problem, weighting, more.faces) > (1 + cost) * least


def test_a_cost_that_everything_is_within_pays_the_debts():
    problem, owed = one_order(4)
    found = greatest_within(problem, MinDispersion(owed=owed), 1e6)
    assert found.point.fairness_weight == MAX_FAIRNESS_WEIGHT


def test_no_cost_keeps_the_least_dispersion():
    problem, owed = one_order(4)
    found = greatest_within(problem, MinDispersion(owed=owed), 0.0)
    assert found.point.std_dev == found.least.std_dev
    assert found.cost == 0.0


@pytest.mark.parametrize("cost", [-0.1, float("nan")])
def test_a_cost_below_nothing_is_refused(cost):
    problem, owed = one_order(4)
    with pytest.raises(ValueError, match=r"^cost: "):
        greatest_within(problem, MinDispersion(owed=owed), cost)


def test_the_frontier_needs_debts():
    with pytest.raises(ValueError, match=r"^owed: "):
        frontier(golden(8_000_000), MinDispersion())


@pytest.mark.parametrize("piece", [0, -1_000])
def test_a_piece_of_nothing_is_refused(piece):
    with pytest.raises(ValueError, match=r"^piece: "):
        owed_weight(golden(8_000_000), np.zeros(4), Weighting.EQUAL, piece)
