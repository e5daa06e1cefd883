"""Wishes for one order (minima, tradable rests, coarse amounts) against trying every split (R3.3, R8.2)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.services.domain.side import Side
from app.services.kernels.allocation import (
    CustomWeights,
    KernelReason,
    MinDispersion,
    ProofStatus,
    ProRata,
    Solver,
    Weighting,
)
from tests.unit.kernels.books import book
from tests.unit.kernels.wished_books import BLOCKS, cases


@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_method_keeps_to_the_set_and_places_the_largest_total(block, coarse):
    # R3.3, R3.5
    for case in cases(block, coarse=coarse):
        case.assert_placed(ProRata(case.problem.nav).allocate(case.problem))
        case.assert_placed(CustomWeights(case.weights, redistribute=True).allocate(case.problem))
        case.assert_placed(CustomWeights(case.weights).allocate(case.problem), in_full=False)


@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("block", range(BLOCKS))
def test_minimum_dispersion_equals_trying_everything(block, coarse):
    # R8.2, R8.4
    for case in cases(block, coarse=coarse):
        for weighting in Weighting:
            case.assert_best(MinDispersion(weighting).allocate(case.problem), weighting)


def test_slsqp_leads_to_the_same_splits():
    for case in cases(0, coarse=False):
        allocation = MinDispersion(solver=Solver.SLSQP).allocate(case.problem)
        if allocation.optimality.status is ProofStatus.FALLBACK:
            case.assert_placed(allocation)
        else:
            case.assert_best(allocation, Weighting.EQUAL)


@pytest.mark.parametrize("coarse", [False, True])
def test_account_order_does_not_matter(coarse):
    # R2.1
    for number, case in enumerate(cases(1, coarse=coarse)):
        problem, order = case.problem, np.random.default_rng(number).permutation(case.problem.size)
        columns = ("nav", "metric", "slope", "cap", "whole", "low", "part")
        moved = replace(problem, **{name: getattr(problem, name)[order] for name in columns})
        for weighting in Weighting:
            here, there = (MinDispersion(weighting).allocate(p).faces for p in (problem, moved))
            both = case.std_devs(np.array([here, there[np.argsort(order)]]), weighting)
            assert both[0] == pytest.approx(both[1], rel=1e-12, abs=1e-13)
        faces = ProRata(problem.nav).allocate(problem).faces
        assert ProRata(moved.nav).allocate(moved).faces.tolist() == faces[order].tolist()


# --- by hand ------------------------------------------------------------------------------------------------


def test_a_minimum_is_taken_from_the_others_in_proportion():
    # R6.2: 200,000 for the first, and 400,000 over 2 : 3
    problem = book([600_000] * 3, face=600_000, low=[200_000, 0, 0])
    assert ProRata(np.array([1.0, 2.0, 3.0])).allocate(problem).faces.tolist() == [200_000, 160_000, 240_000]


def test_an_account_with_a_minimum_does_not_drop_out():
    # R6.4: without its minimum the second, under the piece of 2,000, would leave
    problem = book([10_000] * 3, face=10_000, piece=2_000, low=[0, 500, 0])
    faces = ProRata(np.array([35.0, 30.0, 135.0])).allocate(problem).faces
    assert faces.tolist() == [0, 2_000, 8_000]


def test_where_minima_are_the_whole_order_nothing_is_left_for_others():
    # R4.8
    allocation = ProRata(np.array([1.0, 1.0])).allocate(book([10_000] * 2, face=3_000, low=[3_000, 0]))
    assert allocation.faces.tolist() == [3_000, 0]
    assert allocation.reason == (None, KernelReason.NO_REMAINDER)


def test_an_account_without_a_base_gets_its_minimum_alone():
    problem = book([10_000] * 2, face=10_000, low=[3_000, 0])
    for method in (ProRata(np.array([0.0, 1.0])), CustomWeights(np.array([0.0, 1.0]), redistribute=True)):
        assert method.allocate(problem).faces.tolist() == [3_000, 7_000]


def test_a_share_in_the_gap_is_the_largest_part_and_the_rest_is_shared_again():
    # R6.2: shares of 6,000 and 12,000; the first may sell 5,000 of its 7,000 in part
    problem = book(
        [7_000, 40_000], face=18_000, side=Side.SELL, piece=2_000, part=[5_000, 38_000], whole=[7_000, 40_000]
    )
    assert ProRata(np.array([1.0, 2.0])).allocate(problem).faces.tolist() == [5_000, 13_000]


def test_a_share_that_covers_the_position_sells_it_whole():
    problem = book(
        [7_000, 40_000], face=30_000, side=Side.SELL, piece=2_000, part=[5_000, 38_000], whole=[7_000, 40_000]
    )
    assert ProRata(np.array([1.0, 2.0])).allocate(problem).faces.tolist() == [7_000, 23_000]


def test_a_minimum_raises_a_stated_part_and_shrinks_the_others():
    # R7.2
    problem = book([1_000_000] * 3, face=1_000_000, low=[0, 0, 650_000])
    faces = CustomWeights(np.array([0.3, 0.3, 0.4])).allocate(problem).faces
    assert faces.tolist() == [175_000, 175_000, 650_000]


def test_a_minimum_that_fits_beside_the_stated_parts_shrinks_none():
    problem = book([350_000, 1_000_000], face=1_000_000, low=[0, 400_000])
    assert CustomWeights(np.array([0.7, 0.3])).allocate(problem).faces.tolist() == [350_000, 400_000]


def test_amounts_above_the_coarse_one_are_multiples_of_it():
    """The first two shares, 560,000 together, become 600,000: 3.64 and 2.36 multiples, which are 4 and 2.

    The 50,000 that stay are shared over 5 : 4 in thousands.
    """
    problem = book([900_000] * 4, face=650_000, coarse=100_000)
    faces = ProRata(np.array([34.0, 22.0, 5.0, 4.0])).allocate(problem).faces
    assert faces.tolist() == [400_000, 200_000, 28_000, 22_000]


def test_a_fixed_account_counts_in_the_dispersion_as_it_is_after_the_trade():
    """The first is at 7.0 whatever happens; 4,000 and 2,000 take the others to 9.0 and 8.2, which is nearest.

    3,000 each would be 8.0 and 9.2, with a variance of 0.809 in place of 0.676.
    """
    problem = book(
        [2_000, 9_000, 9_000],
        face=8_000,
        nav=[1e6] * 3,
        slope=[1e-3] * 3,
        metric=[5.0, 5.0, 6.2],
        low=[2_000, 0, 0],
    )
    allocation = MinDispersion().allocate(problem)
    assert allocation.faces.tolist() == [2_000, 4_000, 2_000]
    assert allocation.optimality.lower_bound_std_dev == pytest.approx(np.std([7.0, 9.0, 8.2]), rel=1e-12)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"low": [11_000, 0]}, "low"),
        ({"low": [-1, 0]}, "low"),
        ({"low": [0]}, "low"),
        ({"part": [-1, 0]}, "part"),
        ({"coarse": 1_500}, "coarse"),
        ({"coarse": -1_000}, "coarse"),
    ],
)
def test_wishes_out_of_range_are_refused_by_name(changes, field):
    with pytest.raises(ValueError, match=f"^{field}: "):
        book([10_000, 10_000], face=10_000, **changes)


@pytest.mark.parametrize(
    ("problem", "named"),
    [
        (book([10_000, 1_500], face=10_000, low=[0, 1_500]), "A00001 cannot take 1500"),
        (book([10_000, 10_000], face=10_000, low=[6_000, 5_500]), "come to 12000, the order to 10000"),
    ],
)
def test_minima_that_nobody_can_meet_are_refused(problem, named):
    with pytest.raises(ValueError, match=f"^low: .*{named}"):
        MinDispersion().allocate(problem)
