"""Totals with odd positions: the largest that can be reached, and what may be placed within a lot of it.

Expected totals come from trying every choice of whole positions, or from sets of sums built one by one.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.domain.side import Side
from app.services.kernels.allocation import (
    CustomWeights,
    MinDispersion,
    ProofStatus,
    ProRata,
    Weighting,
    sums,
)
from app.services.kernels.allocation.feasible import FeasibleSet
from app.services.kernels.allocation.halves import best_subset
from app.services.kernels.allocation.reachable import largest_total
from app.services.kernels.allocation.sums import BitSums, Budget, Choice, Grid, Lattice, SpanSums
from tests.support.profiles import examples
from tests.unit.kernels import books
from tests.unit.kernels.books import book, may_be_placed, problems, splits_within, std_dev

NOBODY = Grid(*np.zeros((2, 0), dtype=np.int64))


def sale(positions, face, *, piece=100_000, increment=1_000, **more):
    """A sale of positions that may go whole wherever the grid lacks them."""
    positions = np.asarray(positions)
    odd = (positions % increment != 0) | (positions < piece)
    whole = np.where(odd, positions, 0)
    return book(positions, face=face, side=Side.SELL, piece=piece, increment=increment, whole=whole, **more)


def methods(problem, base):
    share = base / base.sum()
    yield ProRata(base).allocate(problem)
    yield CustomWeights(share, redistribute=True).allocate(problem)
    yield MinDispersion().allocate(problem)


# --- the largest total --------------------------------------------------------------------------------------


@examples(800, deadline=None)
@given(problems())
def test_the_largest_total_is_the_one_of_brute_force(case):
    # R3.5
    found = largest_total(FeasibleSet.of(case.problem), case.problem.face)
    assert found.proved
    assert found.total == books.largest_total(case.problem)


@pytest.mark.parametrize("size", [14, 16, 20, 31])
def test_everything_but_one_odd_position_is_placed(size):
    """Position i is 100,000 + 37 i^2 + 11 i, all under the piece; without the first they are the order."""
    positions = np.array([100_000 + 37 * i * i + 11 * i for i in range(size)])
    order = int(positions[1:].sum())
    metric = np.linspace(4.0, 6.0, size)
    problem = sale(positions, order, piece=200_000, metric=metric)
    pro_rata, custom, least = methods(problem, positions.astype(np.float64))
    assert (pro_rata.unallocated, custom.unallocated) == (0, 0)
    assert 0 <= least.unallocated < 1_000
    assert pro_rata.total_proved
    assert least.total_proved


@pytest.mark.parametrize("size", [31, 60, 100])
def test_random_odd_positions_reach_what_a_set_of_sums_reaches(size):
    """The sums are built one position after the other, in an array of as many places as the order."""
    random = np.random.default_rng(size)
    positions = random.integers(60_000, 130_000, size)
    order = int(positions.sum() * 0.61)
    there = np.zeros(order + 1, dtype=np.bool_)
    there[0] = True
    for position in positions.tolist():
        there[position:] |= there[:-position].copy()
    largest = int(np.flatnonzero(there)[-1])
    problem = sale(positions, order, piece=150_000)
    allocation = ProRata(positions.astype(np.float64)).allocate(problem)
    assert int(allocation.faces.sum()) == largest
    assert allocation.total_proved


@pytest.mark.parametrize("seed", range(30))
def test_odd_and_round_positions_together_reach_what_is_possible(seed):
    """Every subset of eleven odd positions, and the closed form of what the others reach on the grid."""
    random = np.random.default_rng(seed)
    odd = random.integers(20_000, 400_000, 11)
    round_lots = random.integers(100, 900, 4) * 1_000
    positions = np.concatenate([odd, round_lots])
    order = int(positions.sum() * random.uniform(0.2, 0.98))
    problem = sale(positions, order)
    tops = [p // 1_000 * 1_000 if p >= 100_000 else 0 for p in positions.tolist()]
    best = 0
    for choice in range(2**11):
        sold = [i for i in range(11) if choice >> i & 1]
        whole = int(odd[sold].sum())
        caps = sorted((top for i, top in enumerate(tops) if top and i not in sold), reverse=True)
        for count in range(len(caps) + 1):
            room = (order - whole) // 1_000 * 1_000
            if whole <= order and count * 100_000 <= room:
                best = max(best, whole + min(room, sum(caps[:count])))
    for allocation in methods(problem, positions.astype(np.float64)):
        assert best - 1_000 < int(allocation.faces.sum()) <= best
        assert allocation.total_proved


@examples(300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60)), max_size=6),
    st.integers(0, 150),
    st.sampled_from([(4, 2, 1), (6, 6, 2), (10, 5, 5), (3, 1, 1), (12, 4, 2)]),
)
def test_sums_by_bits_and_by_spans_are_those_of_a_set(rows, limit, sizes):
    piece, increment, unit = sizes
    lattice = Lattice(piece, increment, unit, limit)
    bits = BitSums.on_grid(lattice, NOBODY, Budget())
    spans = SpanSums.on_grid(lattice, NOBODY, Budget())
    every = {0}
    for lots, odd in rows:
        top = piece + lots * increment if lots else 0
        choice = Choice(top, odd * unit)
        bits, spans = bits.adding(choice, 0, Budget()), spans.adding(choice, 0, Budget())
        adds = {0, choice.whole, *(range(piece, top + 1, increment) if top else ())}
        every = {total + more for total in every for more in adds if total + more <= limit}
    for found in (bits, spans):
        assert found.largest() == max(every)
        for low in range(-5, limit, 7):
            for high in (low, low + increment - 1, low + 23):
                inside = {total for total in every if low <= total <= high}
                assert found.meets(low, high, None) == bool(inside)
                some = {total for total in inside if total % increment == low % increment}
                assert found.meets(low, high, low % increment) == bool(some)


@examples(300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60)), min_size=1, max_size=6),
    st.integers(0, 150),
    st.integers(0, 120),
)
def test_sums_that_are_left_out_lie_below_the_floor(rows, limit, low):
    """Each account's floor is what those behind it leave of `low`; sums from there on stay what they are."""
    lattice = Lattice(6, 3, 1, limit)
    most = [max(6 + lots * 3 if lots else 0, odd) for lots, odd in rows]
    bits = BitSums.on_grid(lattice, NOBODY, Budget())
    spans = SpanSums.on_grid(lattice, NOBODY, Budget())
    every = {0}
    for at, (lots, odd) in enumerate(rows):
        top = 6 + lots * 3 if lots else 0
        floor = low - sum(most[at + 1 :])
        bits, spans = (found.adding(Choice(top, odd), floor, Budget()) for found in (bits, spans))
        adds = {0, odd, *(range(6, top + 1, 3) if top else ())}
        every = {total + more for total in every for more in adds if total + more <= limit}
    for found in (bits, spans):
        for total in range(low, limit + 1):
            assert found.meets(total, total, None) == (total in every)


@examples(300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=8), st.integers(-3, 300))
def test_the_best_subset_is_that_of_all_subsets(rows, limit):
    amounts = np.array([amount for amount, _ in rows], dtype=np.int64)
    natural = np.array([chosen for _, chosen in rows], dtype=np.bool_)
    subsets = [[i for i in range(len(rows)) if choice >> i & 1] for choice in range(2 ** len(rows))]
    largest = max((total for s in subsets if (total := int(amounts[s].sum())) <= limit), default=-1)
    found = best_subset(amounts, natural, limit)
    assert found.total == largest
    if largest >= 0:
        assert int(amounts[found.chosen].sum()) == largest
    if largest == int(amounts[natural].sum()):
        assert np.array_equal(found.chosen, natural)


@pytest.mark.parametrize("seed", range(20))
def test_positions_counted_in_cents_reach_the_best_of_every_subset(seed):
    """Thirteen positions of 100,000.00 to 199,999.99 in cents, all under the piece: 8,192 subsets."""
    random = np.random.default_rng(seed)
    positions = random.integers(10_000_000, 20_000_000, 13)
    order = int(positions.sum() * random.uniform(0.2, 0.98))
    chosen = (np.arange(2**13)[:, None] >> np.arange(13)) & 1
    totals = chosen @ positions
    largest = int(totals[totals <= order].max())
    problem = sale(positions, order, piece=20_000_000, increment=100_000)
    allocation = ProRata(positions.astype(np.float64)).allocate(problem)
    assert int(allocation.faces.sum()) == largest
    assert allocation.total_proved


@pytest.mark.parametrize("size", [33, 36, 37, 120, 300])
def test_everything_but_one_position_with_cents_is_placed(size):
    """The order is the sum of all positions but the first, so all of it can be placed, to the cent."""
    positions = np.random.default_rng(size).integers(10_000_000, 20_000_000, size)
    problem = sale(positions, int(positions[1:].sum()), piece=20_000_000, increment=100_000)
    allocation = ProRata(positions.astype(np.float64)).allocate(problem)
    assert allocation.unallocated == 0
    assert allocation.total_proved


@pytest.mark.parametrize("size", [40, 120, 300])
def test_half_of_many_positions_with_cents_is_placed_to_the_cent(size):
    """Of 32 positions there are 2 ** 32 sums within some 10 ** 9 cents: none is missing in the middle."""
    positions = np.random.default_rng(size).integers(10_000_000, 20_000_000, size)
    problem = sale(positions, int(positions.sum()) // 2, piece=20_000_000, increment=100_000)
    allocation = ProRata(positions.astype(np.float64)).allocate(problem)
    assert allocation.unallocated == 0
    assert allocation.total_proved


def test_a_search_out_of_budget_says_so_and_is_no_worse_than_one_pass(monkeypatch):
    positions = np.array([317, 411, 523, 619, 733])
    problem = sale(positions, 1_999, piece=1_000, metric=[4.0, 5.0, 6.0, 5.5, 4.5])
    assert ProRata(positions.astype(np.float64)).allocate(problem).unallocated == 1_999 - 1_984
    monkeypatch.setattr(sums, "MAX_BITS_WORK", 1)
    monkeypatch.setattr(sums, "MAX_SPANS_WORK", 1)
    one_pass = 733 + 619 + 523  # the largest first, each that still fits
    for allocation in methods(problem, positions.astype(np.float64)):
        assert not allocation.total_proved
        assert one_pass - 1_000 < int(allocation.faces.sum()) <= 1_984
    least = MinDispersion().allocate(problem)
    assert least.optimality.status is ProofStatus.WITHIN_GAP
    assert least.optimality.reason == "the total is not proved to be the largest"
    splits = (split for split in every_split(problem) if one_pass <= sum(split))
    best = min(std_dev(problem, Weighting.EQUAL, np.array(split)) for split in splits)
    assert least.optimality.lower_bound_std_dev <= best * (1 + 1e-12)


def every_split(problem):
    choices = [books.amounts(problem, account) for account in range(problem.size)]
    splits = [()]
    for amounts in choices:
        splits = [(*s, a) for s in splits for a in amounts if sum(s) + a <= problem.face]
    return splits


def test_where_no_split_changes_the_dispersion_the_largest_total_is_placed():
    # 3,000,200 is the second whole; by shares 1,000,000 each would do.
    positions = [3_000_100, 3_000_200, 3_000_321]
    problem = sale(positions, 3_000_300, slope=[-0.0, -0.0, -0.0])
    allocation = MinDispersion().allocate(problem)
    assert int(allocation.faces.sum()) == 3_000_200
    assert allocation.optimality.status is ProofStatus.OPTIMAL


# --- the window ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "faces"),
    [
        (3_000_000, [1_000_000, 1_000_000, 1_000_000]),
        (3_000_300, [1_000_000, 1_000_000, 1_000_000]),
        (3_000_999, [1_000_000, 1_000_000, 1_000_000]),
        # 8,999,521 can be reached, 8,999,000 are on the grid: remainders 560, 660 and 781.
        (8_999_999, [2_999_000, 3_000_000, 3_000_000]),
        # One unit less than everything: 9,000,321 can be reached, 9,000,000 are on the grid.
        (9_000_620, [3_000_000, 3_000_000, 3_000_000]),
        (9_000_621, [3_000_100, 3_000_200, 3_000_321]),
    ],
)
def test_a_few_odd_units_do_not_destroy_the_proportion(order, faces):
    # R3.5
    positions = np.array([3_000_100, 3_000_200, 3_000_321])
    problem = sale(positions, order)
    base = positions.astype(np.float64)
    assert ProRata(base).allocate(problem).faces.tolist() == faces
    assert CustomWeights(base / base.sum(), redistribute=True).allocate(problem).faces.tolist() == faces


def test_minimum_dispersion_does_not_pay_for_odd_units():
    """Alike but for a few units, the accounts stay alike: brute force finds nothing better at any total."""
    problem = sale([30_100, 30_200, 30_321], 30_300, piece=1_000, nav=[1e6, 1e6, 1e6])
    allocation = MinDispersion().allocate(problem)
    assert allocation.faces.tolist() == [10_000, 10_000, 10_000]
    assert allocation.optimality.status is ProofStatus.OPTIMAL


def shares(base, upper, total):
    """Water-filling in fractions: those over their bound are fixed there, one round after the other."""
    share, fixed = dict.fromkeys(base, Fraction(0)), set()
    while len(fixed) < len(base):
        free = [i for i in base if i not in fixed]
        level = Fraction(total - sum(upper[i] for i in fixed)) / sum(base[i] for i in free)
        share = {i: Fraction(upper[i]) if i in fixed else base[i] * level for i in base}
        over = {i for i in free if share[i] >= upper[i]}
        if not over:
            break
        fixed |= over
    return {i: min(part, Fraction(upper[i])) for i, part in share.items()}


@examples(800, deadline=None)
@given(problems(size=5))
def test_a_whole_position_is_sold_where_its_share_covers_it(case):
    """Wherever some total of the window allows just those, it is just those that are sold whole."""
    # R3.5
    problem = case.problem
    allocation = ProRata(problem.nav).allocate(problem)
    total = books.largest_total(problem)
    assert may_be_placed(problem, int(allocation.faces.sum()))
    most = {i: max(books.amounts(problem, i)) for i in range(problem.size)}
    base = {i: Fraction(repr(float(problem.nav[i]))) for i, upper in most.items() if upper}
    if not total or not problem.whole.any():
        return
    share = shares(base, most, total)
    covered = {i for i in base if problem.whole[i] and share[i] >= int(problem.whole[i])}
    possible = any(sold_whole(problem, split) == covered for split in splits_within(problem))
    if possible and any(most[i] != problem.whole[i] for i in base):
        assert sold_whole(problem, allocation.faces.tolist()) == covered


def sold_whole(problem, split):
    return {i for i, face in enumerate(split) if face and face == problem.whole[i]}


@pytest.mark.parametrize("kind", ["odd", "mixed", "round and a few odd"])
@pytest.mark.parametrize("size", [120, 200, 300])
def test_a_large_sale_takes_a_bounded_number_of_steps(size, kind, monkeypatch):
    """Six splits spend no more together than one search may alone: half a second or so."""
    random = np.random.default_rng(size)
    low, high = {"odd": (50_000, 99_000), "mixed": (50_000, 900_000), "round and a few odd": (100, 900)}[kind]
    positions = random.integers(low, high, size)
    if kind == "round and a few odd":
        positions = positions * 1_000 + np.where(np.arange(size) % 20, 0, random.integers(1, 999, size))
    spent = []
    spend = Budget.spend
    monkeypatch.setattr(Budget, "spend", lambda self, part: (spent.append(part), spend(self, part))[1])
    for part in (0.3, 0.97):
        problem = sale(positions, int(positions.sum() * part), metric=random.normal(5.0, 0.3, size))
        for allocation in methods(problem, random.lognormal(18, 0.5, size)):
            assert allocation.total_proved
    assert 0 < sum(spent) < 1


def test_the_search_is_the_same_whoever_is_named_first():
    random = np.random.default_rng(4)
    positions = random.integers(50_000, 99_000, 40)
    nav = random.lognormal(18, 0.5, 40)
    order = random.permutation(40)
    face = int(positions.sum() // 3)
    one = ProRata(nav).allocate(sale(positions, face, nav=nav))
    other = ProRata(nav[order]).allocate(sale(positions[order], face, nav=nav[order]))
    assert other.faces.tolist() == one.faces[order].tolist()
