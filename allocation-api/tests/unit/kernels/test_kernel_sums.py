"""Sums that accounts reach with minima and on a coarse grid, against sets built one by one (R3.5)."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.services.domain.side import Side
from app.services.kernels.allocation.coarse import Zones
from app.services.kernels.allocation.feasible import FeasibleSet, grid_total
from app.services.kernels.allocation.reachable import largest_total
from app.services.kernels.allocation.sums import BitSums, Budget, Choice, Grid, Lattice, SpanSums
from tests.support.profiles import examples
from tests.unit.kernels.books import amounts, book

INCREMENT, PIECE = 3, 6


def reached(rows, limit) -> set[int]:
    """Every sum of one amount from each row."""
    sums = {0}
    for row in rows:
        sums = {total + amount for total in sums for amount in row if total + amount <= limit}
    return sums


def on_grid(first, top, coarse) -> set[int]:
    grid = range(first, top + 1, INCREMENT)
    return {amount for amount in grid if amount <= coarse or amount % (coarse or 1) == 0}


@examples(400, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 60), st.booleans()), min_size=1, max_size=5),
    st.integers(1, 200),
    st.sampled_from([0, 6, 9, 15]),
)
def test_bits_and_spans_know_minima_and_coarse_steps(rows, limit, coarse):
    lattice = Lattice(PIECE, INCREMENT, 1, limit, coarse)
    nobody = Grid(*np.zeros((2, 0), dtype=np.int64))
    bits, spans = (kind.on_grid(lattice, nobody, Budget()) for kind in (BitSums, SpanSums))
    every = []
    for lots, odd, has_minimum in rows:
        first = PIECE * (1 + has_minimum)
        first = -(-first // coarse) * coarse if coarse and first > coarse else first
        grid = on_grid(first, first + lots * INCREMENT, coarse)
        whole = odd if odd not in grid else 0
        choice = Choice(max(grid), whole, first if has_minimum else 0)
        if not has_minimum:
            grid = on_grid(PIECE, max(grid), coarse)
        every.append({*grid, *({whole} if whole else ()), *(() if has_minimum else {0})})
        bits, spans = (found.adding(choice, 0, Budget()) for found in (bits, spans))
    sums = reached(every, limit)
    for found in (bits, spans):
        assert found.largest() == max(sums, default=-1)
        for total in range(limit + 1):
            assert found.meets(total, total, None) == (total in sums)


@examples(400, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=5),
    st.integers(0, 40),
)
def test_grid_totals_with_minima_are_those_of_a_set(rows, lots):
    top = np.array([PIECE + more * INCREMENT for more, _ in rows])
    low = np.array([PIECE + INCREMENT if needed and more else 0 for more, needed in rows])
    every = [
        {*range(int(least) or PIECE, int(most) + 1, INCREMENT), *(() if least else {0})}
        for least, most in zip(low, top, strict=True)
    ]
    limit = lots * INCREMENT
    assert grid_total(top, PIECE, limit, low) == max(reached(every, limit), default=-1)


@examples(400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 14), st.booleans()), min_size=1, max_size=5), st.integers(1, 60))
def test_zones_reach_what_their_amounts_add_up_to(rows, lots):
    coarse, limit = 9, lots * INCREMENT
    top = np.array([PIECE + more * INCREMENT for more, _ in rows])
    top = np.where(top > coarse, top // coarse * coarse, top)
    blocks = np.array([stays for _, stays in rows]) & (top > coarse)
    zones = Zones.of(FeasibleSet(PIECE, INCREMENT, top, np.zeros_like(top), coarse=coarse), blocks)
    every = [
        {0, *(range(coarse, most + 1, coarse) if large else range(PIECE, min(most, coarse) + 1, INCREMENT))}
        for most, large in zip(top.tolist(), blocks.tolist(), strict=True)
    ]
    largest = max(reached(every, limit))
    assert zones.largest(limit) == largest
    part = zones.part_of(largest, largest / 2)
    large = [row for row, stays in zip(every, blocks.tolist(), strict=True) if stays]
    small = [row for row, stays in zip(every, blocks.tolist(), strict=True) if not stays]
    assert part in reached(large, limit)
    assert largest - part in reached(small, limit)


@examples(400, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4), st.booleans()), min_size=1, max_size=5),
    st.integers(1, 60),
    st.integers(0, 4),
    st.sampled_from([0, 2_000, 5_000]),
)
def test_the_largest_total_of_a_sale_that_leaves_tradable_rests(rows, lots, rest, coarse):
    held = np.array([lot * 1_000 + odd * 100 for lot, odd, _ in rows], dtype=np.int64)
    problem = book(
        held,
        face=lots * 1_000,
        side=Side.SELL,
        piece=2_000,
        whole=held,
        part=np.maximum(held - rest * 1_000, 0),
        coarse=coarse,
        low=[
            min(face, lots * 1_000 // 10) if needed else 0
            for face, (_, _, needed) in zip(held, rows, strict=True)
        ],
    )
    sums = reached([amounts(problem, account) for account in range(problem.size)], problem.face)
    if sums:
        found = largest_total(FeasibleSet.of(problem), problem.face)
        assert found.proved
        assert found.total == max(sums)
