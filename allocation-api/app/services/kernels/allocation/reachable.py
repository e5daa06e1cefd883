"""Which totals a group of accounts can reach, and who sells whole to reach one.

Without whole positions the reachable totals have a closed form (`grid_total`). With them it is a subset-sum
problem: a greedy pass gives a first total, and dynamic programming (`sums`) over a few accounts that may
depart from it, then twice as many, ends at the order itself or, with every account, at the proof of the
largest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd
from typing import NamedTuple

import numpy as np

from app.services.kernels.allocation.arrays import last_that
from app.services.kernels.allocation.coarse import Zones, divisions, in_blocks, total_on_grid
from app.services.kernels.allocation.feasible import FeasibleSet, total_of
from app.services.kernels.allocation.halves import MAX_ACCOUNTS, BestSubset, best_subset
from app.services.kernels.allocation.problem import BoolArray, FloatArray, IntArray
from app.services.kernels.allocation.sums import (
    CHEAP_BITS,
    Budget,
    Choice,
    Grid,
    Lattice,
    Stages,
    Sums,
    stages,
)

_FIRST_WINDOW = 4


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """A reachable total: its size, the accounts that sell whole to reach it, whether it is the largest."""

    total: int
    wholes: BoolArray
    proved: bool


@dataclass(frozen=True, slots=True)
class Window:
    """Totals from `low` to `high`, of those `residue` modulo the increment where one is given."""

    low: int
    high: int
    residue: int | None

    @classmethod
    def below(cls, total: int, increment: int) -> Window:
        """Return the totals that are less than an increment below the largest one: one of each residue."""
        return cls(total - increment + 1, total, None)

    @classmethod
    def at(cls, total: int, increment: int) -> Window:
        """Return that total alone."""
        return cls(total, total, total % increment)

    def less(self, least: int, most: int) -> Window:
        """Return where the sum has to be before an amount on the grid, from `least` to `most`, is added."""
        return Window(self.low - most, self.high - least, self.residue)

    def less_whole(self, whole: int, increment: int) -> Window:
        """Return where the sum has to be before a whole position is added."""
        residue = None if self.residue is None else (self.residue - whole) % increment
        return Window(self.low - whole, self.high - whole, residue)

    def met_by(self, sums: Sums) -> bool:
        """Say whether one of the sums is such a total."""
        return sums.meets(self.low, self.high, self.residue)


def largest_total(feasible: FeasibleSet, limit: int) -> Reach:
    """Find the largest reachable total of at most `limit`, the face of the order (R3.5).

    `limit` is at least the sum of what accounts have to take.
    """
    if feasible.has_minima and (settled := feasible.settled).any():
        given = total_of(feasible.least[settled])
        others = largest_total(feasible.without(settled), limit - given)
        return Reach(given + others.total, others.wholes | (settled & (feasible.top == 0)), others.proved)
    odd = np.flatnonzero(feasible.whole > 0)
    none = np.zeros(feasible.whole.size, dtype=np.bool_)
    if not (odd.size or in_blocks(feasible).any()):
        return Reach(total_on_grid(feasible, limit - limit % feasible.increment), none, proved=True)
    everything = total_of(feasible.upper)
    if everything <= limit:
        return Reach(everything, feasible.whole > feasible.top, proved=True)
    limit -= limit % unit_of(feasible)
    best = max(
        (
            Reach(best_with(feasible, sold, limit), sold, proved=False)
            for sold in (none, _packed(feasible, limit))
        ),
        key=lambda found: found.total,
    )
    if best.total == limit:
        return Reach(limit, best.wholes, proved=True)
    order = _interleaved(best.wholes, odd[np.lexsort((feasible.top[odd], feasible.whole[odd]))])
    budget, width = Budget(), _FIRST_WINDOW
    while True:
        open_accounts = order[:width]
        better = Window(best.total + 1, limit, None)
        found = _Departures(feasible, best.wholes, open_accounts, better, budget)
        if not found.searched:
            return best
        total = found.largest()
        if total > best.total:
            best = Reach(total, found.trace(Window.at(total, feasible.increment)).wholes, proved=False)
        if best.total == limit or open_accounts.size == order.size:
            return Reach(best.total, best.wholes, proved=True)
        width *= 2


def wholes_near(
    feasible: FeasibleSet, aim: Window, share: FloatArray, start: BoolArray, known: BoolArray
) -> BoolArray:
    """Choose who sells whole, as `start` says wherever a total of the window allows it (R3.5).

    Parameters
    ----------
    feasible : FeasibleSet
    aim : Window
    share : float64[n]
        Face that each account should get if only its cap mattered.
    start : bool[n]
        Who should sell whole.
    known : bool[n]
        Wholes of a total in the window, the answer where the search for a nearer one is out of budget.

    Notes
    -----
    Where too few sell whole, those follow whose share covers the largest part of the position. Accounts
    depart from that in the order of the face that it costs them.
    """
    start = _enough(feasible, aim, share, start)
    if _meets(feasible, aim, start):
        return start
    sold_off = np.abs(feasible.whole - share)
    grid_off = np.maximum(share - feasible.top, 0.0)
    cost = np.where(start, grid_off - sold_off, sold_off - grid_off)
    odd = np.flatnonzero(feasible.whole > 0)
    order = _interleaved(start, odd[np.lexsort((feasible.top[odd], feasible.whole[odd], cost[odd]))])
    budget, width = Budget(), _FIRST_WINDOW
    while True:
        found = _Departures(feasible, start, order[:width], aim, budget)
        if not found.searched:
            return known
        if found.meets(aim):
            return found.trace(aim).wholes
        if width >= order.size:
            return known
        width *= 2


def zones_of(feasible: FeasibleSet, share: FloatArray, total: int) -> Zones | None:
    """Divide the accounts, which sell nothing whole, into zones that reach `total`; None where none is found.

    The nearest division to the shares is taken that a closed form shows to reach it, else the one that a
    search for the total ends in.
    """
    for zones in divisions(feasible, share):
        if zones.largest(total) == total:
            return zones
    aim = Window.at(total, feasible.increment)
    nobody = np.zeros(feasible.top.size, dtype=np.bool_)
    found = _Departures(feasible, nobody, np.flatnonzero(nobody), aim, Budget())
    return Zones.of(feasible, found.trace(aim).blocks) if found.meets(aim) else None


def best_with(feasible: FeasibleSet, sold: BoolArray, limit: int) -> int:
    """Return the largest total up to `limit` when just those of `sold` sell whole, -1 where there is none."""
    wholes = total_of(feasible.whole[sold])
    if wholes > limit:
        return -1
    rest = (limit - wholes) // feasible.increment * feasible.increment
    total = total_on_grid(feasible.without(sold), rest)
    return -1 if total < 0 else wholes + total


def _meets(feasible: FeasibleSet, aim: Window, sold: BoolArray) -> bool:
    return best_with(feasible, sold, aim.high) >= aim.low


def unit_of(feasible: FeasibleSet) -> int:
    """Return the largest amount that every face of the set is a multiple of."""
    return gcd(feasible.increment, *np.unique(feasible.whole[feasible.whole > 0]).tolist())


def _packed(feasible: FeasibleSet, limit: int) -> BoolArray:
    """Sell whole the largest positions that fit, in one pass."""
    sold = np.zeros(feasible.whole.size, dtype=np.bool_)
    left = limit - total_of(feasible.low)
    for account in np.lexsort((feasible.top, -feasible.whole)).tolist():
        whole = int(feasible.whole[account])
        more = whole - int(feasible.low[account])
        if whole and more <= left:
            sold[account] = True
            left -= more
    return sold


def _interleaved(sold: BoolArray, order: IntArray) -> IntArray:
    """Take in turn from those that sell whole and from the others, since one makes room for another."""
    there = sold[order]
    turn = np.where(there, np.cumsum(there), np.cumsum(~there))
    return order[np.argsort(turn, kind="stable")]


def _enough(feasible: FeasibleSet, aim: Window, share: FloatArray, start: BoolArray) -> BoolArray:
    """Add to `start` as many as it takes to come up to the window, the best covered first."""
    others = np.flatnonzero((feasible.whole > 0) & ~start)
    covered = share[others] / feasible.whole[others]
    others = others[np.lexsort((feasible.top[others], -feasible.whole[others], -covered))]

    def with_first(count: int) -> BoolArray:
        sold = start.copy()
        sold[others[:count]] = True
        return sold

    def falls_short(count: int) -> bool:
        sold = with_first(count)
        return total_of(np.where(sold, feasible.whole, feasible.top)) < aim.low

    if not others.size or not falls_short(0):
        return start
    return with_first(1 + last_that(falls_short, others.size - 1))


class _Modes(NamedTuple):
    """How accounts take their amounts (bool[n]): whole, or in multiples of the coarse amount."""

    wholes: BoolArray
    blocks: BoolArray


class _Departures:
    """The totals of a window that are reached when some accounts may depart from `start`."""

    def __init__(
        self, feasible: FeasibleSet, start: BoolArray, accounts: IntArray, aim: Window, budget: Budget
    ) -> None:
        self.fixed = start.copy()
        self.fixed[accounts] = False
        # The coarse grid has no closed form: who is on it is searched, too, without its whole position.
        stay = in_blocks(feasible) & ~self.fixed
        stay[accounts] = False
        others = np.flatnonzero(stay)
        wholes = np.concatenate((np.zeros_like(others), feasible.whole[accounts]))
        accounts = np.concatenate((others, accounts))
        self.base = total_of(feasible.whole[self.fixed])
        rest = Grid(*(np.where(self.fixed, 0, part) for part in (feasible.top, feasible.low)))
        rest.top[accounts] = rest.low[accounts] = 0
        self.increment = feasible.increment
        self.natural, self.accounts = start[accounts], accounts
        columns = (feasible.top[accounts], wholes, feasible.low[accounts])
        self.choices = list(map(Choice, *(column.tolist() for column in columns)))
        lattice = Lattice(
            feasible.piece, feasible.increment, unit_of(feasible), aim.high - self.base, feasible.coarse
        )
        self.lattice = lattice
        self.subset: BestSubset | None = None
        self.stages: Stages | None = None
        is_fine = lattice.limit // lattice.unit * accounts.size > CHEAP_BITS
        if is_fine and accounts.size <= MAX_ACCOUNTS and not feasible.top.any():
            self.subset = best_subset(feasible.whole[accounts], self.natural, lattice.limit)
        else:
            self.stages = stages(lattice, rest, self.choices, aim.low - self.base, budget)

    @property
    def searched(self) -> bool:
        """Whether the budget was enough."""
        return self.subset is not None or self.stages is not None

    def largest(self) -> int:
        """Return the largest total of the window or one below it, -1 where there is none."""
        largest = -1
        if self.subset is not None:
            largest = self.subset.total
        elif self.stages is not None:
            largest = self.stages.final.largest()
        return largest if largest < 0 else self.base + largest

    def meets(self, aim: Window) -> bool:
        """Say whether a total of the window, which ends where that of the search does, is reached."""
        if self.subset is not None:
            return self.largest() >= aim.low
        return self.stages is not None and self._left(aim).met_by(self.stages.final)

    def trace(self, aim: Window) -> _Modes:
        """Walk back through the stages: who sells whole, as at the start wherever the rest can follow."""
        sold, blocks = self.fixed.copy(), np.zeros_like(self.fixed)
        if self.subset is not None:
            sold[self.accounts] = self.subset.chosen
            return _Modes(sold, blocks)
        left = self._left(aim)
        for at, before in enumerate(self.stages.backwards() if self.stages else (), start=1):
            ways = self._ways(-at, left)
            account = self.accounts[-at]
            sold[account], blocks[account], left = next(way for way in ways if way[2].met_by(before))
        return _Modes(sold, blocks)

    def _ways(self, at: int, left: Window) -> Iterator[tuple[bool, bool, Window]]:
        """Return what an account may do: whether it sells whole, takes multiples, and what is left then."""
        choice, coarse = self.choices[at], self.lattice.coarse
        ways = [] if choice.low else [(False, False, left)]
        for first, last, step in choice.steps(self.lattice):
            if step == coarse:
                ways += ((False, True, left.less(face, face)) for face in range(first, last + 1, step))
            else:
                ways.append((False, False, left.less(first, last)))
        if choice.whole:
            ways.append((True, False, left.less_whole(choice.whole, self.increment)))
        return reversed(ways) if self.natural[at] else iter(ways)

    def _left(self, aim: Window) -> Window:
        return aim.less_whole(self.base, self.increment)
