"""Stated amounts: what holds for every book, against everything that is feasible, counted out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.domain.side import Side
from app.services.kernels.allocation import AllocationProblem, KernelReason, StatedAmounts
from tests.support.profiles import examples
from tests.unit.kernels.books import amounts, book, largest_total, problems

EXAMPLES = examples(2_000, deadline=None)


def stated(asked, *, partial=True, remainder=None, **more):
    """Amounts on the grid, 0 where nothing is stated; `more` are the other arrays."""
    asked = np.asarray(asked, dtype=np.int64)
    fields = {
        "named": asked > 0,
        "limit": asked,
        "least": np.zeros_like(asked),
        "most": np.zeros_like(asked),
        "priority": np.zeros_like(asked),
    } | {name: np.asarray(value) for name, value in more.items()}
    base = None if remainder is None else np.asarray(remainder, dtype=np.float64)
    return StatedAmounts(asked=asked, remainder=base, partial=partial, **fields)


@dataclass(frozen=True)
class Case:
    """A random problem with random amounts, and a permutation of its accounts."""

    problem: AllocationProblem
    method: StatedAmounts
    order: np.ndarray
    permuted: AllocationProblem

    @property
    def method_permuted(self):
        arrays = ("named", "asked", "limit", "least", "most", "priority")
        moved = {name: getattr(self.method, name)[self.order] for name in arrays}
        base = self.method.remainder
        return replace(self.method, **moved, remainder=None if base is None else base[self.order])


@st.composite
def cases(draw, partial=None):
    found = draw(problems())
    problem, size = found.problem, found.problem.size
    step = problem.increment

    def lots(most):
        return np.array([draw(st.integers(0, most)) for _ in range(size)], dtype=np.int64)

    named = np.array([draw(st.booleans()) for _ in range(size)])
    limit = np.where(named, lots(12) * step + lots(step - 1), 0)
    asked = limit // step * step
    method = StatedAmounts(
        named=named,
        asked=asked,
        limit=limit,
        least=np.where(named, lots(4) * step, 0),
        most=np.where(named & (lots(1) > 0), limit + lots(5) * step, 0),
        priority=lots(2),
        remainder=draw(st.sampled_from([None, problem.nav])),
        partial=draw(st.booleans()) if partial is None else partial,
    )
    return Case(problem, method, found.order, found.permuted())


def able(case, account):
    """The most that an account can have of its stated amount."""
    if not case.method.named[account]:
        return 0
    return max(a for a in amounts(case.problem, account) if a <= case.method.limit[account])


def direct(case, allocation):
    return (allocation.faces - allocation.stated.remainder).tolist()


def counts(case, account):
    """Whether an account may be served: it can take its least, and all of it where parts are barred."""
    method, most = case.method, able(case, account)
    whole = method.partial or most >= method.asked[account]
    return most > 0 and most >= method.least[account] and whole


@EXAMPLES
@given(cases())
def test_every_bound_is_kept_and_everything_adds_up(case):
    # R3.6, R7.6, R7.8
    allocation, method = case.method.allocate(case.problem), case.method
    assert int(allocation.faces.sum()) + allocation.unallocated == case.problem.face
    for i, (face, mine) in enumerate(zip(allocation.faces.tolist(), direct(case, allocation), strict=True)):
        assert face in amounts(case.problem, i)
        assert mine in amounts(case.problem, i)
        assert (allocation.reason[i] is None) == (face > 0)
        assert mine <= method.limit[i]
        assert mine == 0 or mine >= method.least[i]
        assert mine == 0 or method.partial or mine >= method.asked[i]
        if method.named[i] and face > mine:
            assert face <= method.most[i]
            assert mine >= method.asked[i]


@EXAMPLES
@given(cases())
def test_an_account_that_is_not_cut_has_all_that_it_can_take(case):
    # R7.7, R7.8
    allocation = case.method.allocate(case.problem)
    mine = direct(case, allocation)
    left = case.problem.face
    for priority in sorted(set(case.method.priority.tolist())):
        members = [
            i for i in range(case.problem.size) if case.method.priority[i] == priority and counts(case, i)
        ]
        wanted = sum(able(case, i) for i in members)
        got = sum(mine[i] for i in members)
        if wanted <= left:
            assert got == wanted
        elif not case.method.partial:
            # What cannot be served as a whole is not, nor is anything after it.
            later = [i for i in range(case.problem.size) if case.method.priority[i] >= priority]
            assert all(mine[i] == 0 for i in later)
            return
        elif not case.method.least.any():
            bounded = replace(
                case.problem,
                face=left,
                cap=np.array([able(case, i) if i in members else 0 for i in range(case.problem.size)]),
            )
            largest = largest_total(bounded)
            assert largest - case.problem.increment < got <= largest
        left -= got


@EXAMPLES
@given(cases())
def test_the_remainder_is_placed_as_far_as_accounts_that_are_not_named_reach(case):
    # R7.9
    allocation = case.method.allocate(case.problem)
    extra = allocation.stated.remainder
    others = [i for i in range(case.problem.size) if not case.method.named[i]]
    left = case.problem.face - sum(direct(case, allocation))
    if case.method.remainder is None:
        assert not extra.any()
        return
    largest = largest_total(replace(case.problem, face=left), others)
    got = sum(int(extra[i]) for i in others)
    assert largest - case.problem.increment < got <= largest
    step, named = case.problem.increment, case.method.named
    faces = allocation.faces
    # Where a lot or more is left, nobody who may have more can take one.
    if allocation.unallocated >= step:
        for i in np.flatnonzero(named):
            mine = direct(case, allocation)[i]
            may_have_more = mine > 0 and mine >= case.method.asked[i] and not allocation.stated.cut[i]
            if may_have_more and mine % step == 0:
                assert faces[i] + step > min(case.method.most[i], case.problem.cap[i], case.problem.face)


@EXAMPLES
@given(cases())
def test_names_do_not_matter(case):
    # R2.1
    if case.method.least.any():
        return  # equal parts of a least are decided by name
    allocation = case.method.allocate(case.problem)
    again = case.method_permuted.allocate(case.permuted)
    assert again.faces.sum() == allocation.faces.sum()
    asked = case.method.asked
    if len(set(asked[asked > 0].tolist())) == np.count_nonzero(asked):
        np.testing.assert_array_equal(again.faces, allocation.faces[case.order])


def test_a_priority_that_is_cut_is_shared_by_what_was_asked():
    # R7.7: 7 lots at 4 : 3 : 3 are 2.8, 2.1 and 2.1; the first can take 2, so 5 are left for two alike.
    problem = book([2_000, 9_000, 9_000], face=7_000)
    allocation = stated([4_000, 3_000, 3_000]).allocate(problem)
    # Of 2.5 each the lot that is left goes to the earlier account.
    assert allocation.faces.tolist() == [2_000, 3_000, 2_000]
    assert allocation.stated.cut.tolist() == [False, False, True]


def test_who_stays_under_its_least_leaves_one_at_a_time():
    # R7.8: 6 lots at 4 : 4 : 4 are 2 each, under 3 of 3 accounts; the last leaves, and two have 3 each.
    problem = book([9_000] * 3, face=6_000)
    allocation = stated([4_000] * 3, least=[3_000] * 3).allocate(problem)
    assert allocation.faces.tolist() == [3_000, 3_000, 0]
    assert allocation.reason[2] is KernelReason.NO_REMAINDER


def test_a_whole_position_is_sold_where_the_amount_covers_it():
    # R3.4, R7.8
    problem = book([1_500, 1_500], face=5_000, side=Side.SELL, whole=[1_500, 1_500])
    method = stated([1_000, 1_000], limit=[1_499, 1_500])
    assert method.allocate(problem).faces.tolist() == [1_000, 1_500]


def test_a_part_of_a_position_leaves_a_tradable_rest():
    # Of 906 lots 806 may be sold in part, or all; a named account of 850 cannot have them.
    problem = replace(
        book([906_000], face=906_000, side=Side.SELL, piece=100_000, whole=[906_000]),
        part=np.array([806_000]),
    )
    assert stated([850_000]).allocate(problem).faces.tolist() == [806_000]
    none = stated([850_000], partial=False).allocate(problem)
    assert (none.faces.tolist(), none.reason) == ([0], (KernelReason.NOT_IN_FULL,))
    assert stated([906_000], partial=False).allocate(problem).faces.tolist() == [906_000]


def test_a_coarse_grid_holds_for_the_remainder_too():
    # Amounts above 10 lots are multiples of 10: 20 stated and 17 left are 30, and 7 stay.
    problem = replace(book([90_000], face=37_000), coarse=10_000)
    method = stated([20_000], most=[90_000], remainder=[1.0])
    assert method.allocate(problem).faces.tolist() == [30_000]


def test_amounts_that_are_none_are_refused():
    with pytest.raises(ValueError, match="least: must not be negative"):
        stated([1_000], least=[-1])
    required = replace(book([9_000], face=9_000), low=np.array([2_000]))
    with pytest.raises(ValueError, match="low: must not be above what is asked"):
        stated([1_000]).allocate(required)
