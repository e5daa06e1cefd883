"""Sharing in proportion against plain fractions: ties, weights far apart, amounts at the end of the range.

The reference follows section 4 of the allocation rules to the letter: shares are fractions, the level is
found by walking the points where an account meets a bound, and what can be reached by trying every group.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.allocation import MAX_FACE, ProRata
from app.services.kernels.allocation.arrays import exact_sum, lexical_order
from tests.support.profiles import examples
from tests.unit.kernels.books import book

EXAMPLES = examples(2_000, deadline=None)


@dataclass(frozen=True)
class Case:
    """One order in plain numbers."""

    base: list[float]
    caps: list[int]
    order: int
    piece: int
    increment: int

    def allocated(self) -> list[int]:
        problem = book(self.caps, face=self.order, piece=self.piece, increment=self.increment)
        return ProRata(np.array(self.base, dtype=np.float64)).allocate(problem).faces.tolist()


# --- the reference ------------------------------------------------------------------------------------------


def shared(weight: dict[int, Fraction], lower: dict[int, int], upper: dict[int, int], total: int):
    """The shares clip(weight x level, lower, upper) that add up to the total."""

    def at(level: Fraction) -> dict[int, Fraction]:
        return {i: min(max(w * level, Fraction(lower[i])), Fraction(upper[i])) for i, w in weight.items()}

    low = Fraction(0)
    for high in sorted({bound[i] / w for bound in (lower, upper) for i, w in weight.items()}):
        below, above = sum(at(low).values()), sum(at(high).values())
        if below <= total <= above:
            part = (total - below) / (above - below) if above > below else Fraction(0)
            return at(low + part * (high - low))
        low = high
    raise AssertionError("the bounds do not allow the total")


def reachable(tops: Iterable[int], piece: int, total: int) -> bool:
    """Whether some of the accounts, each at its piece or more, take the total together."""
    held = [top for top in tops if top]
    return total == 0 or any(
        count * piece <= total <= sum(group)
        for count in range(1, len(held) + 1)
        for group in itertools.combinations(held, count)
    )


def staying(
    weight: dict[int, Fraction], top: dict[int, int], piece: int, total: int
) -> tuple[set[int], dict[int, int]]:
    """Those who stay when the smallest share under the piece leaves, again and again, and their least."""
    keep, needed = set(top), set()
    while True:
        shares = shared({i: weight[i] for i in keep}, dict.fromkeys(keep, 0), top, total)
        under = {i for i in keep if shares[i] < piece}
        if not under:
            return keep, dict.fromkeys(keep, 0)
        candidates = (under if len(keep) * piece <= total else keep) - needed
        for account in sorted(candidates, key=lambda i: (shares[i], weight[i], -i)):
            if reachable((top[i] for i in keep - {account}), piece, total):
                keep.remove(account)
                break
            needed.add(account)
        else:
            return keep, dict.fromkeys(keep, piece)


def in_lots(shares: dict[int, Fraction], increment: int, size: int) -> list[int]:
    """Largest remainder, ties to the earlier account."""
    lots = {i: share // increment for i, share in shares.items()}
    left = (sum(shares.values()) - increment * sum(lots.values())) // increment
    for account in sorted(shares, key=lambda i: (lots[i] - shares[i] / increment, i))[: int(left)]:
        lots[account] += 1
    return [increment * lots.get(account, 0) for account in range(size)]


def reference(case: Case) -> list[int]:
    """The split of a book without odd positions."""
    piece = max(case.piece, case.increment)
    top = {}
    for account, (base, cap) in enumerate(zip(case.base, case.caps, strict=True)):
        on_grid = min(cap, case.order) // case.increment * case.increment
        if base > 0 and on_grid >= piece:
            top[account] = on_grid
    total = max(
        (
            min(case.order // case.increment * case.increment, sum(group))
            for count in range(1, len(top) + 1)
            if count * piece <= case.order
            for group in itertools.combinations(top.values(), count)
        ),
        default=0,
    )
    if not total:
        return [0] * len(case.base)
    weight = {i: Fraction(Decimal(repr(case.base[i]))) for i in top}
    keep, lower = staying(weight, top, piece, total)
    shares = shared({i: weight[i] for i in keep}, lower, top, total)
    return in_lots(shares, case.increment, len(case.base))


# --- every kind of weight -----------------------------------------------------------------------------------


def weights(size: int) -> st.SearchStrategy[list[float]]:
    """Weights that tie, that float64 does not hold, that lie as far apart as it reaches."""
    positive = st.one_of(
        st.integers(1, 4).map(float),
        st.integers(1, 10**11).map(lambda cents: cents / 100),
        st.integers(2**52, 2**53 + 2**20).map(float),
        st.sampled_from([0.1, 0.2, 0.3, 1 / 3, 2 / 3, 1 / 7, 5e-324, 1e-310, 1e300]),
        st.floats(1e-12, 1e12),
        st.floats(1e6, 1e9),
    )
    close = st.floats(1e6, 1e9).flatmap(
        lambda about: st.lists(
            st.integers(0, 2).map(lambda ulps: about + ulps * math.ulp(about)), min_size=size, max_size=size
        )
    )
    mixed = st.lists(st.one_of(positive, positive, positive, st.just(0.0)), min_size=size, max_size=size)
    return st.one_of(mixed, close)


@st.composite
def cases(draw, most: int = 5) -> Case:
    size = draw(st.integers(1, most))
    increment = draw(st.sampled_from((1, 7, 1_000, 10**6)))
    piece = draw(st.sampled_from((0, 1, 2, 3, 10, 100))) * increment
    lots = st.one_of(st.integers(0, 12), st.integers(0, 10**6), st.integers(0, 10**15 // increment))
    caps = [lot * increment for lot in draw(st.lists(lots, min_size=size, max_size=size))]
    if draw(st.booleans()):
        caps = [caps[0]] * size
    capacity = sum(caps)
    order = draw(
        st.one_of(
            st.integers(0, 30 * increment),
            st.integers(0, capacity + 1),
            st.sampled_from([capacity // 2, capacity // 3, capacity, capacity - increment, size * piece]),
        )
    )
    return Case(draw(weights(size)), caps, min(max(order, 0), MAX_FACE), piece, increment)


@EXAMPLES
@given(cases())
def test_shares_are_those_of_plain_fractions(case):
    assert case.allocated() == reference(case)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("cents", [True, False])
def test_many_accounts_share_as_plain_fractions_do(seed, cents):
    # Pieces do not bind, so the reference needs no search: water-filling and largest remainder alone.
    random = np.random.default_rng(seed)
    nav = random.lognormal(18.0, 1.0, 700)
    nav = np.round(nav, 2) if cents else nav
    nav[::9] = nav[0]  # ties
    caps = (nav * random.uniform(0.001, 0.05, nav.size)).astype(np.int64)
    increment = (1, 5, 1_000)[seed % 3]
    top = dict(enumerate((caps // increment * increment).tolist()))
    total = sum(top.values()) // (3 * increment) * increment
    weight = {i: Fraction(Decimal(repr(value))) for i, value in enumerate(nav.tolist())}
    shares = shared_by_rounds(weight, top, total)
    assert min(shares.values()) >= increment
    case = Case(nav.tolist(), caps.tolist(), total, increment, increment)
    assert case.allocated() == in_lots(shares, increment, nav.size)


def shared_by_rounds(weight: dict[int, Fraction], upper: dict[int, int], total: int) -> dict[int, Fraction]:
    """The same as `shared` without lower bounds: whoever is past its bound is set to it, until nobody is."""
    shares: dict[int, Fraction] = {}
    while True:
        left = total - sum(shares.values())
        level = left / sum(w for i, w in weight.items() if i not in shares)
        past = [i for i, w in weight.items() if i not in shares and w * level >= upper[i]]
        if not past:
            return shares | {i: w * level for i, w in weight.items() if i not in shares}
        shares |= {i: Fraction(upper[i]) for i in past}


# --- hard cases, worked out by hand -------------------------------------------------------------------------

THIRD = 333_333_333_333_333


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        # 0.3333333333333333 and 0.6666666666666666 are 1 : 2 to the last digit.
        (Case([1 / 3, 2 / 3], [MAX_FACE] * 2, 3 * THIRD, 1, 1), [THIRD, 2 * THIRD]),
        # One more unit: its remainders are a third and two thirds.
        (Case([1 / 3, 2 / 3], [MAX_FACE] * 2, 3 * THIRD + 1, 1, 1), [THIRD, 2 * THIRD + 1]),
        # Remainders tie among three: the two earlier ones get the lots.
        (Case([0.1] * 3, [MAX_FACE] * 3, 3 * THIRD - 1, 1, 1), [THIRD, THIRD, THIRD - 1]),
        # A share of exactly its cap stays there, and of exactly the piece does not leave.
        (Case([1.0, 3.0], [2_000, 6_000], 8_000, 2_000, 1_000), [2_000, 6_000]),
        (Case([1.0, 3.0], [9_000, 9_000], 8_000, 2_000, 1_000), [2_000, 6_000]),
        # Half of 3,000 but for a hair is under the piece of 1,500.
        (Case([1.0, 1.0000000000000002], [MAX_FACE] * 2, 3_000, 1_500, 500), [0, 3_000]),
        # A unit in 10^15, for weights that differ by one in 2^53: shares of half
        # the order less and plus 0.03.
        (Case([2.0**53 - 1, 2.0**53], [MAX_FACE] * 2, MAX_FACE, 1, 1), [MAX_FACE // 2, MAX_FACE // 2]),
        # The odd unit goes to the larger weight, by a hair, though it is the later account.
        (
            Case([2.0**53 - 1, 2.0**53], [MAX_FACE] * 2, MAX_FACE - 1, 1, 1),
            [MAX_FACE // 2 - 1, MAX_FACE // 2],
        ),
        # Beside 10^300 one part in 10^610 is nothing, until the other is full.
        (Case([1e300, 5e-324], [MAX_FACE, 7], 12, 1, 1), [12, 0]),
        (Case([1e300, 5e-324], [5, 7], 12, 1, 1), [5, 7]),
        # Three caps, met one after the other: 70 of 1:2:4 with caps 100, 15, 20 leave 35 for the first.
        (Case([1.0, 2.0, 4.0], [100, 15, 20], 70, 1, 1), [35, 15, 20]),
    ],
)
def test_hard_cases_by_hand(case, expected):
    assert case.allocated() == expected


# --- sums and orders ----------------------------------------------------------------------------------------

NUMBERS = st.floats(-1e9, 1e9) | st.floats(allow_nan=False, allow_infinity=False, width=16)


@EXAMPLES
@given(st.lists(NUMBERS, max_size=40), st.integers(1, 30), st.integers(-1_000, 900), st.integers(-1_000, 900))
def test_sums_are_exactly_rounded(values, times, one, other):
    numbers = [math.ldexp(v, power) for v in values for power in (one, other)] * times
    assert exact_sum(np.array(numbers, dtype=np.float64)) == math.fsum(numbers)


def test_a_sum_that_cancels_is_exact():
    values = np.tile([1e16, 1.0, -1e16], 1_000)
    assert exact_sum(values) == 1_000.0
    assert exact_sum(np.full(1_000, 0.1)) == 100.0
    assert exact_sum(np.empty(0)) == 0.0
    assert exact_sum(np.full(300, 1e305)) == pytest.approx(3e307)


@EXAMPLES
@given(
    st.lists(st.tuples(st.sampled_from([0.0, -0.0, 1.0, 2.0, 3.0, math.nan]), st.integers(0, 2)), max_size=30)
)
def test_ties_go_by_the_next_key_and_then_by_place(rows: Sequence[tuple[float, int]]):
    first = np.array([row[0] for row in rows], dtype=np.float64)
    second = np.array([row[1] for row in rows], dtype=np.int64)
    expected = sorted(
        range(len(rows)),
        key=lambda i: (math.isnan(first[i]), 0 if math.isnan(first[i]) else first[i], second[i], i),
    )
    assert lexical_order(first, second).tolist() == expected
