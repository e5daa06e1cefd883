"""A coarse grid for large amounts: which totals are reached, and how the amounts beside it fill them up.

Above `coarse` only multiples of it may be taken. Each account is therefore in one of two zones: amounts up to
`coarse` on the fine grid, or multiples of it. For given zones the reachable totals have a closed form again:
the spans of the one added to the spans of the other. Accounts change into the fine zone one after the other,
those with the smallest share first, until the total comes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.feasible import FeasibleSet, grid_total, zeros
from app.services.kernels.allocation.problem import BoolArray, FloatArray, IntArray
from app.services.kernels.allocation.sums import Grid, Lattice, grid_spans


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """The accounts of a set on the grid, divided into those that take multiples (bool[n]) and the others.

    Parameters
    ----------
    blocks : bool[n]
        Who takes multiples of `coarse`.
    large, small : FeasibleSet
        What these may take, and what the others may; nothing where an account belongs to the other zone.
    """

    blocks: BoolArray
    large: FeasibleSet
    small: FeasibleSet

    @classmethod
    def of(cls, feasible: FeasibleSet, blocks: BoolArray) -> Zones:
        """Divide the accounts."""
        coarse, none = feasible.coarse, zeros(feasible.top.size)
        top = np.where(blocks, feasible.top // coarse * coarse, 0)
        low = np.where(blocks, -(-feasible.low // coarse) * coarse, 0)
        large = FeasibleSet(max(feasible.piece, coarse), coarse, top, none, low)
        rest = feasible.without(blocks)
        small = FeasibleSet(feasible.piece, feasible.increment, np.minimum(rest.top, coarse), none, rest.low)
        return cls(blocks, large, small)

    @property
    def bounds(self) -> tuple[IntArray, IntArray]:
        """Least and largest face of each account (int64[n])."""
        return self.large.low + self.small.low, self.large.top + self.small.top

    def largest(self, limit: int) -> int:
        """Return the largest total up to `limit`, -1 where there is none."""
        best = -1
        for least, most, first, last in self._rows(limit):
            multiple = min(last, (limit - least) // self.large.increment)
            if multiple >= first:
                best = max(best, min(limit, most + multiple * self.large.increment))
        return best

    def part_of(self, total: int, wanted: float) -> int | None:
        """Return how much of `total` goes to the multiples, as near to `wanted` as it can; None: never."""
        coarse, found = self.large.increment, []
        for least, most, first, last in self._rows(total):
            low, high = max(first, -((most - total) // coarse)), min(last, (total - least) // coarse)
            if low <= high:
                found.append(min(max(round(wanted / coarse), low), high) * coarse)
        return min(found, key=lambda part: (abs(part - wanted), part), default=None)

    def _rows(self, limit: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield spans of both zones up to `limit`: of the small amounts in face, of the multiples counted."""
        spans = []
        for part in (self.small, self.large):
            lattice = Lattice(part.piece, part.increment, part.increment, limit)
            ends = (end.tolist() for end in grid_spans(lattice, Grid(part.top, part.low)))
            spans.append(list(zip(*ends, strict=True)))
        increment = self.small.increment
        for least, most in spans[0]:
            for first, last in spans[1]:
                yield least * increment, most * increment, first, last


def total_on_grid(feasible: FeasibleSet, limit: int) -> int:
    """Return the largest total up to `limit`, itself on the grid, that is reached without whole positions.

    With a coarse grid it is the largest that one of the `divisions` reaches; a larger one may exist.
    """
    if not in_blocks(feasible).any():
        low = feasible.low if feasible.has_minima else None
        return grid_total(feasible.top, feasible.piece, limit, low)
    best = -1
    for zones in divisions(feasible, feasible.top.astype(np.float64)):
        best = max(best, zones.largest(limit))
        if best == limit:
            break
    return best


def in_blocks(feasible: FeasibleSet) -> BoolArray:
    """Return who may take more than the coarse amount."""
    if not feasible.coarse:
        return np.zeros(feasible.top.size, dtype=np.bool_)
    large: BoolArray = feasible.top > feasible.coarse
    return large


def divisions(feasible: FeasibleSet, share: FloatArray) -> Iterator[Zones]:
    """Yield divisions into zones: by the shares (float64[n]), then with more and with fewer small amounts."""
    able = in_blocks(feasible)
    tied = able & (np.maximum(feasible.low, feasible.piece) > feasible.coarse)
    ranked = np.flatnonzero(able & ~tied)
    ranked = ranked[np.argsort(share[ranked], kind="stable")]
    natural = int(np.count_nonzero(share[ranked] <= feasible.coarse))
    for count in (*range(natural, ranked.size + 1), *range(natural - 1, -1, -1)):
        blocks = able.copy()
        blocks[ranked[:count]] = False
        yield Zones.of(feasible, blocks)
