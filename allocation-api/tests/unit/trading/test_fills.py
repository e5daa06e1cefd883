"""How the fills of a block order are allocated: exactly, to the lot, pro rata, and never taken back."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.trading.orders.fills import allocate_fill
from tests.support.profiles import examples

LOT = 1000


@st.composite
def blocks(draw, *, odd=True):
    """Slices of 1 to 8 accounts, on the grid of lots or, some of them, off it."""
    lots = draw(st.lists(st.integers(1, 60), min_size=1, max_size=8))
    odds = draw(st.lists(st.sampled_from([0, 0, 1, 500, 999] if odd else [0]), min_size=8, max_size=8))
    return {f"A{n}": size * LOT + odds[n] for n, size in enumerate(lots)}


@st.composite
def growing(draw, *, odd=True):
    """A block, and the faces that are filled of it as time goes on."""
    slices = draw(blocks(odd=odd))
    total = sum(slices.values())
    step = 1 if odd else LOT
    filled = draw(st.lists(st.integers(0, total // step), min_size=1, max_size=12))
    return slices, sorted(f * step for f in filled)


def allocated(slices, fills, lot=LOT):
    """What the accounts have after each fill."""
    found = [dict.fromkeys(slices, 0)]
    for filled in fills:
        found.append(allocate_fill(slices, filled, lot, found[-1]))
    return found[1:]


def share(slices, account, filled):
    return Fraction(filled * slices[account], sum(slices.values()))


@given(growing())
def test_the_sum_is_the_fill_and_nobody_gets_more_than_its_slice_or_gives_anything_back(case):
    # R12.2
    slices, fills = case
    before = dict.fromkeys(slices, 0)
    for filled, found in zip(fills, allocated(slices, fills), strict=True):
        assert sum(found.values()) == filled
        assert all(before[a] <= found[a] <= slices[a] for a in slices)
        before = found


@examples(500)
@given(growing())
def test_everybody_stays_within_one_lot_of_its_share(case):
    # R12.1
    slices, fills = case
    for filled, found in zip(fills, allocated(slices, fills), strict=True):
        assert all(abs(found[a] - share(slices, a, filled)) < LOT for a in slices)


@given(growing(odd=False))
def test_a_fill_of_whole_lots_is_allocated_in_whole_lots(case):
    slices, fills = case
    for found in allocated(slices, fills):
        assert all(face % LOT == 0 for face in found.values())


@given(growing())
def test_at_most_one_account_is_left_within_a_lot(case):
    slices, fills = case
    for found in allocated(slices, fills):
        assert sum(found[a] % LOT != 0 and found[a] != slices[a] for a in slices) <= 1


@given(blocks())
def test_a_filled_block_fills_every_slice(slices):
    total = sum(slices.values())
    half = allocate_fill(slices, total // 2, LOT, {})
    assert allocate_fill(slices, total, LOT, half) == slices
    assert allocate_fill(slices, 0, LOT, half) == dict.fromkeys(slices, 0)


@given(growing(), st.randoms())
def test_the_order_of_the_accounts_does_not_matter(case, random):
    slices, fills = case
    items = list(slices.items())
    random.shuffle(items)
    assert allocated(dict(items), fills) == allocated(slices, fills)


@given(growing(), st.data())
def test_a_fill_that_is_taken_back_is_taken_from_those_who_have_it(case, data):
    slices, fills = case
    before = allocated(slices, fills)[-1]
    less = data.draw(st.integers(0, fills[-1]))
    after = allocate_fill(slices, less, LOT, before)
    assert sum(after.values()) == less
    assert all(0 <= after[a] <= before[a] for a in slices)


@given(growing(), blocks(), st.data())
def test_slices_that_changed_in_between_keep_sum_and_bounds(case, changed, data):
    """Whoever had more than its slice is now gives that back, and nobody else gives anything."""
    slices, fills = case
    before = allocated(slices, fills)[-1]
    kept = {a: min(face, changed.get(a, 0)) for a, face in before.items()}
    filled = data.draw(st.integers(0, sum(changed.values())))
    after = allocate_fill(changed, filled, LOT, before)
    assert sum(after.values()) == filled
    assert set(after) == {*slices, *changed}
    for account, face in after.items():
        assert 0 <= face <= changed.get(account, 0)
        if filled >= sum(kept.values()):
            assert face >= kept.get(account, 0)
        else:
            assert face <= kept.get(account, 0)


def lot_splits(slices, filled, lot, lower, upper):
    """Every split in which all but one account hold whole lots, what they had, or all they may have."""
    accounts = sorted(slices)
    choices = [
        [q for q in range(lower[a], upper[a] + 1) if q % lot == 0 or q in {lower[a], upper[a]}]
        for a in accounts
    ]
    found = set()
    for odd in range(len(accounts)):
        for others in product(*(c for n, c in enumerate(choices) if n != odd)):
            rest = filled - sum(others)
            if lower[accounts[odd]] <= rest <= upper[accounts[odd]]:
                found.add((*others[:odd], rest, *others[odd:]))
    return [dict(zip(accounts, split, strict=True)) for split in found]


@examples(300)
@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=3),
    st.integers(1, 4),
    st.data(),
)
def test_wherever_some_split_keeps_everybody_within_one_lot_ours_does(faces, lot, data):
    """Against all splits of small blocks, whatever whole lots or slices were allocated before."""
    slices = {f"A{n}": face for n, face in enumerate(faces)}
    before = {a: data.draw(st.sampled_from([*range(0, face, lot), face])) for a, face in slices.items()}
    filled = data.draw(st.integers(0, sum(faces)))
    grows = filled >= sum(before.values())
    lower = before if grows else dict.fromkeys(slices, 0)
    upper = slices if grows else before

    def is_fair(split):
        return all(abs(split[a] - share(slices, a, filled)) < lot for a in slices)

    possible = any(is_fair(split) for split in lot_splits(slices, filled, lot, lower, upper))
    assert is_fair(allocate_fill(slices, filled, lot, before)) or not possible


def test_a_fill_taken_back_leaves_nobody_a_lot_above_its_share():
    # The shares of 4 are 1.5, 0.5 and 2; the first account has nothing that could be taken back.
    found = allocate_fill({"A": 3, "B": 1, "C": 4}, 4, 2, {"A": 0, "B": 1, "C": 4})
    assert found == {"A": 0, "B": 1, "C": 3}


def test_the_next_lot_goes_to_whoever_is_due_first():
    # R12.1
    slices = {"A": 6000, "B": 3000, "C": 1000}
    # Shares of 1,000 are 600, 300 and 100; A's first lot is due after 1,667, B's after 3,333, C's at the
    # end, as are the last ones of A and B: of these three the largest shortfall goes first.
    assert allocated(slices, range(1000, 11_000, 1000)) == [
        {"A": 1000, "B": 0, "C": 0},
        {"A": 1000, "B": 1000, "C": 0},
        {"A": 2000, "B": 1000, "C": 0},
        {"A": 3000, "B": 1000, "C": 0},
        {"A": 3000, "B": 2000, "C": 0},
        {"A": 4000, "B": 2000, "C": 0},
        {"A": 5000, "B": 2000, "C": 0},
        {"A": 5000, "B": 2000, "C": 1000},
        {"A": 5000, "B": 3000, "C": 1000},
        {"A": 6000, "B": 3000, "C": 1000},
    ]


def test_who_was_served_first_waits_for_the_others():
    # R12.2
    slices = {"A": 3000, "B": 3000, "C": 3000}
    assert allocated(slices, [1000, 2000, 3000, 4000]) == [
        {"A": 1000, "B": 0, "C": 0},
        {"A": 1000, "B": 1000, "C": 0},
        {"A": 1000, "B": 1000, "C": 1000},
        {"A": 2000, "B": 1000, "C": 1000},
    ]


def test_a_part_of_a_lot_goes_to_one_account_which_is_completed_first():
    # R12.3
    slices = {"A": 4000, "B": 4000}
    first, second, third = allocated(slices, [1300, 1700, 2000])
    assert (first, second, third) == ({"A": 1000, "B": 300}, {"A": 1000, "B": 700}, {"A": 1000, "B": 1000})


def test_face_is_exact_beyond_the_digits_of_a_float():
    slices = {"A": 10**15 - 1, "B": 10**15 - 2, "C": 3}
    found = allocated(slices, [10**15 + 7, 2 * 10**15])
    assert [sum(f.values()) for f in found] == [10**15 + 7, 2 * 10**15]
    assert found[-1] == slices
    assert all(left[a] <= right[a] for left, right in pairwise(found) for a in slices)


def test_a_thousand_accounts_are_one_thousand_times_exact():
    slices = {f"A{n:04}": (1 + n % 37) * LOT for n in range(1000)}
    half = sum(slices.values()) // 2000 * LOT
    found = allocate_fill(slices, half, LOT, {})
    assert sum(found.values()) == half
    assert all(abs(found[a] - share(slices, a, half)) < LOT for a in slices)


@pytest.mark.parametrize(
    ("slices", "filled", "lot", "before", "named"),
    [
        ({"A": -1}, 0, 1, {}, "slices"),
        ({"A": 1}, 0, 1, {"A": -1}, "before"),
        ({"A": 1}, 0, 0, {}, "lot"),
        ({"A": 1}, 2, 1, {}, "filled"),
        ({"A": 1}, -1, 1, {}, "filled"),
        ({}, 1, 1, {}, "filled"),
    ],
)
def test_what_cannot_be_is_refused(slices, filled, lot, before, named):
    with pytest.raises(ValueError, match=named):
        allocate_fill(slices, filled, lot, before)
