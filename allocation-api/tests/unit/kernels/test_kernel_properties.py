"""What holds for every method, book and order: the sum, the caps, the grid, the names, the largest total."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.allocation import (
    Allocation,
    AllocationProblem,
    CustomWeights,
    MinDispersion,
    ProofStatus,
    ProRata,
    Weighting,
)
from tests.support.profiles import examples
from tests.unit.kernels.books import amounts, may_be_placed, problems, std_dev

EXAMPLES = examples(2_000, deadline=None)


def assert_feasible(problem: AllocationProblem, allocation: Allocation) -> None:
    assert int(allocation.faces.sum()) + allocation.unallocated == problem.face
    for account, face in enumerate(allocation.faces.tolist()):
        assert face in amounts(problem, account)
        assert (allocation.reason[account] is None) == (face > 0)


def assert_nameless(case, allocation: Allocation, again: Allocation) -> None:
    """Exchanging names exchanges the results, bit for bit."""
    assert again.unallocated == allocation.unallocated
    np.testing.assert_array_equal(again.target, allocation.target[case.order])
    np.testing.assert_array_equal(again.faces, allocation.faces[case.order])


@EXAMPLES
@given(problems())
def test_pro_rata_places_what_can_be_reached_within_every_bound(case):
    # R3.5, R3.6
    problem = case.problem
    allocation = ProRata(problem.nav).allocate(problem)
    assert_feasible(problem, allocation)
    assert may_be_placed(problem, int(allocation.faces.sum()))
    assert allocation.total_proved
    assert_nameless(case, allocation, ProRata(problem.nav[case.order]).allocate(case.permuted()))


@EXAMPLES
@given(problems(), st.booleans())
def test_custom_weights_stay_within_every_bound_and_one_lot_of_the_stated_part(case, redistribute):
    # R7.4
    problem = case.problem
    allocation = CustomWeights(case.weights, redistribute=redistribute).allocate(problem)
    assert_feasible(problem, allocation)
    if redistribute:
        assert may_be_placed(problem, int(allocation.faces.sum()))
    else:
        assert np.all(allocation.excess < problem.increment * (1 + 1e-9))
    again = CustomWeights(case.weights[case.order], redistribute=redistribute).allocate(case.permuted())
    assert_nameless(case, allocation, again)


@EXAMPLES
@given(problems(), st.sampled_from(Weighting))
def test_min_dispersion_places_what_can_be_reached_and_is_never_behind_pro_rata(case, weighting):
    # R3.5, R8.3
    problem = case.problem
    allocation = MinDispersion(weighting).allocate(problem)
    assert_feasible(problem, allocation)
    assert may_be_placed(problem, int(allocation.faces.sum()))
    pro_rata = ProRata(problem.nav).allocate(problem)
    if not problem.whole.any():
        assert pro_rata.unallocated == allocation.unallocated
    achieved = std_dev(problem, weighting, allocation.faces)
    assert achieved <= std_dev(problem, weighting, pro_rata.faces) + 1e-15
    assert allocation.optimality.lower_bound_std_dev <= achieved * (1 + 1e-12)
    assert allocation.optimality.kkt_residual <= 1e-10
    assert allocation.optimality.status is ProofStatus.OPTIMAL
    again = MinDispersion(weighting).allocate(case.permuted())
    assert_nameless(case, allocation, again)
    assert again.optimality == allocation.optimality


@examples(300, deadline=None)
@given(problems(), st.integers(-40, 40))
def test_the_unit_of_the_metric_does_not_matter(case, power):
    problem = case.problem
    unit = 2.0**power
    scaled = AllocationProblem(
        account_ids=problem.account_ids,
        side=problem.side,
        face=problem.face,
        nav=problem.nav,
        metric=problem.metric * unit,
        slope=problem.slope * unit,
        cap=problem.cap,
        piece=problem.piece,
        increment=problem.increment,
        whole=problem.whole,
    )
    one, other = MinDispersion().allocate(problem), MinDispersion().allocate(scaled)
    np.testing.assert_array_equal(one.faces, other.faces)


@examples(300, deadline=None)
@given(problems(), st.sampled_from(Weighting), st.integers(1, 10))
def test_the_currency_does_not_matter(case, weighting, power):
    problem, rate = case.problem, 2**power
    scaled = replace(
        problem,
        face=problem.face * rate,
        nav=problem.nav * rate,
        slope=problem.slope / rate,
        cap=problem.cap * rate,
        piece=problem.piece * rate,
        increment=problem.increment * rate,
        whole=problem.whole * rate,
    )
    one, other = MinDispersion(weighting).allocate(problem), MinDispersion(weighting).allocate(scaled)
    np.testing.assert_array_equal(one.faces * rate, other.faces)
    assert one.optimality == other.optimality


@examples(300, deadline=None)
@given(problems(), st.sampled_from(Weighting))
def test_a_coarser_grid_never_lowers_the_dispersion_or_its_bound(case, weighting):
    # Caps, order and piece are multiples of four lots, so that each grid holds the next coarser one.
    problem = case.problem
    whole = 4 * problem.increment
    problem = replace(
        problem,
        face=problem.face // whole * whole,
        cap=problem.cap // whole * whole,
        piece=whole,
        whole=np.zeros_like(problem.whole),
    )
    last_bound = last = 0.0
    for lot in (problem.increment, 2 * problem.increment, whole):
        finer = replace(problem, increment=lot)
        allocation = MinDispersion(weighting).allocate(finer)
        achieved = std_dev(finer, weighting, allocation.faces)
        bound = allocation.optimality.lower_bound_std_dev
        assert achieved >= last * (1 - 1e-9) - 1e-12
        assert bound >= last_bound * (1 - 1e-9) - 1e-12
        last, last_bound = achieved, bound


@examples(300, deadline=None)
@given(problems(), st.sampled_from(Weighting))
def test_more_room_never_raises_the_dispersion_of_the_same_order(case, weighting):
    problem = case.problem
    tight = MinDispersion(weighting).allocate(problem)
    placed = int(tight.faces.sum())
    room = replace(problem, face=placed, cap=problem.cap * 2)
    loose = MinDispersion(weighting).allocate(room)
    if loose.unallocated == 0:
        achieved = std_dev(problem, weighting, tight.faces)
        assert std_dev(room, weighting, loose.faces) <= achieved * (1 + 1e-9) + 1e-12
