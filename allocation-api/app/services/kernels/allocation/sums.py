"""Sets of sums that accounts reach together: subset-sum dynamic programming on bits or spans (Bellman 1957).

`BitSums` keeps one bit for each sum, in a Python integer that an account shifts and ors; `SpanSums` keeps,
for each residue modulo the increment, disjoint spans of sums. Bits are quick where amounts are small, spans
where they are large and mostly on the grid; both are exact. Work is counted in steps and never in seconds,
so that the same order gives the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import NamedTuple, Protocol, Self

import numpy as np

from app.services.kernels.allocation.problem import BoolArray, IntArray

MAX_BITS_WORK = 1_500_000_000
MAX_SPANS_WORK = 6_000_000
"""Bits that are shifted, and spans that are merged, in one search: under half a second of either."""

CHEAP_BITS = 100_000_000
_MAX_SPANS = 60_000


class OutOfBudgetError(ArithmeticError):
    """The work that one search may take is used up."""


@dataclass(slots=True)
class Budget:
    """What is left of the work that one search may take, 1.0 at the start."""

    left: float = 1.0

    def spend(self, part: float) -> None:
        """Take `part` away.

        Raises
        ------
        OutOfBudgetError
            If nothing is left.
        """
        self.left -= part
        if self.left < 0:
            raise OutOfBudgetError


class Lattice(NamedTuple):
    """Where sums lie: multiples of `unit`, itself a divisor of `increment`, from 0 to `limit`.

    `piece`, `increment` and `coarse` are those of the amounts on the grid (`FeasibleSet`).
    """

    piece: int
    increment: int
    unit: int
    limit: int
    coarse: int = 0

    def bits(self, top: int) -> int:
        """Return by how many shifts an account with that grid cap is added to bits."""
        return 2 + (top // self.increment).bit_length() if top else 1


class Choice(NamedTuple):
    """What one account may add: the grid from the piece to `top`, or `whole`; 0 where it has none of them.

    With a minimum `low` it has to add something, on the grid from there.
    """

    top: int
    whole: int
    low: int = 0

    def steps(self, lattice: Lattice) -> Iterator[tuple[int, int, int]]:
        """Return first, last and step of the rows that its amounts on the grid form."""
        first, coarse = self.low or lattice.piece, lattice.coarse
        if not coarse or self.top <= coarse:
            if self.top:
                yield first, self.top, lattice.increment
            return
        if first <= coarse:
            yield first, coarse, lattice.increment
        yield max(first, 2 * coarse), self.top, coarse


class Grid(NamedTuple):
    """Accounts that take amounts on the grid alone: caps and minima (int64[n]; 0 where there is none)."""

    top: IntArray
    low: IntArray


class Sums(Protocol):
    """A set of sums within the limit of a lattice."""

    @classmethod
    def on_grid(cls, lattice: Lattice, grid: Grid, budget: Budget) -> Self:
        """Return what these accounts reach."""
        ...

    def adding(self, choice: Choice, floor: int, budget: Budget) -> Self:
        """Return what is reached with one more account; sums below `floor` may be left out."""
        ...

    def largest(self) -> int:
        """Return the largest sum, -1 where there is none."""
        ...

    def meets(self, low: int, high: int, residue: int | None) -> bool:
        """Say whether a sum lies in [low, high], and is `residue` modulo the increment where one is given."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class BitSums:
    """Sums as bits: bit k stands for `offset` + k units."""

    lattice: Lattice
    bits: int
    offset: int = 0

    @classmethod
    def on_grid(cls, lattice: Lattice, grid: Grid, budget: Budget) -> Self:
        """Return what these accounts reach: with k of them k pieces to the k largest caps."""
        sums = cls(lattice, 0)
        if lattice.limit < 0:
            return sums
        bits = 0
        for first, last in zip(*(ends.tolist() for ends in grid_spans(lattice, grid)), strict=True):
            row = first * lattice.increment, last * lattice.increment, lattice.increment
            bits |= sums._comb(1, row, budget)
        return cls(lattice, bits)

    def adding(self, choice: Choice, floor: int, budget: Budget) -> Self:
        """Return what is reached with one more account, as far as it is at least `floor`."""
        lattice, bits = self.lattice, self.bits
        grown = 0 if choice.low else bits
        for row in choice.steps(lattice):
            grown |= self._comb(bits, row, budget)
        if choice.whole:
            grown |= self._cut(bits << choice.whole // lattice.unit)
        budget.spend(grown.bit_length() / MAX_BITS_WORK)
        below = max(floor // lattice.unit - self.offset, 0)
        return type(self)(lattice, grown >> below, self.offset + below)

    def _comb(self, bits: int, row: tuple[int, int, int], budget: Budget) -> int:
        """Return `bits` moved by first, first + step, ... last of the row, by doubling."""
        first, last, step = row
        last = min(last, self.lattice.limit)
        if last < first:
            return 0
        missing = (last - first) // step
        bits, done = self._cut(bits << first // self.lattice.unit), 1
        while missing:
            more = min(done, missing)
            bits = self._cut(bits | bits << step // self.lattice.unit * more)
            budget.spend(bits.bit_length() / MAX_BITS_WORK)
            done, missing = done + more, missing - more
        return bits

    def _cut(self, bits: int) -> int:
        room = max(self.lattice.limit // self.lattice.unit + 1 - self.offset, 0)
        return bits & ((1 << room) - 1) if bits.bit_length() > room else bits

    def largest(self) -> int:
        """Return the largest sum, -1 where there is none."""
        return (self.offset + self.bits.bit_length() - 1) * self.lattice.unit if self.bits else -1

    def meets(self, low: int, high: int, residue: int | None) -> bool:
        """Say whether a sum lies in [low, high], and is `residue` modulo the increment where one is given."""
        unit, increment = self.lattice.unit, self.lattice.increment
        low, high = max(low, self.offset * unit), min(high, self.largest())
        if residue is not None:
            low += (residue - low) % increment
        if high < low or (residue is not None and residue % unit):
            return False
        wanted = self.bits >> -(-low // unit) - self.offset
        if residue is not None:
            comb = BitSums(self.lattice._replace(limit=high - low), 0)
            return bool(wanted & comb._comb(1, (0, high - low, increment), Budget()))
        return bool(wanted & ((1 << high // unit + low // -unit + 1) - 1))


@dataclass(frozen=True, slots=True, eq=False)
class SpanSums:
    """Sums as spans, by residue: every sum residue x unit + lots x increment with lots in [first, last]."""

    lattice: Lattice
    residue: IntArray
    first: IntArray
    last: IntArray

    @classmethod
    def on_grid(cls, lattice: Lattice, grid: Grid, budget: Budget) -> Self:
        """Return what these accounts reach: with k of them k pieces to the k largest caps."""
        if lattice.limit < 0:
            none = np.zeros(0, dtype=np.int64)
            return cls(lattice, none, none, none)
        first, last = grid_spans(lattice, grid)
        budget.spend(first.size / MAX_SPANS_WORK)
        return cls(lattice, np.zeros_like(first), first, last)

    def adding(self, choice: Choice, floor: int, budget: Budget) -> Self:
        """Return what is reached with one more account, as far as it is at least `floor`."""
        lattice = self.lattice
        parts = [] if choice.low else [(self.residue, self.first, self.last)]
        for first, last, step in choice.steps(lattice):
            if step == lattice.increment:
                least, most = first // lattice.increment, last // lattice.increment
                parts.append((self.residue, self.first + least, self.last + most))
            else:
                moved = self._moved((first, last, step), budget)
                parts.append((moved.residue, moved.first, moved.last))
        if choice.whole:
            lots, odd = divmod(choice.whole, lattice.increment)
            residue = self.residue + odd // lattice.unit
            carry = residue >= lattice.increment // lattice.unit
            residue = residue - carry * (lattice.increment // lattice.unit)
            parts.append((residue, self.first + lots + carry, self.last + lots + carry))
        grown = self._merged(*(np.concatenate(column) for column in zip(*parts, strict=True)), floor=floor)
        budget.spend(len(parts) * self.first.size / MAX_SPANS_WORK)
        if grown.first.size > _MAX_SPANS:
            raise OutOfBudgetError
        return grown

    def _moved(self, row: tuple[int, int, int], budget: Budget) -> Self:
        """Return the spans moved by first, first + step, ... last of the row, by doubling."""
        first, last, step = (amount // self.lattice.increment for amount in row)
        moved = self._merged(self.residue, self.first + first, self.last + first, floor=0)
        missing, done = (last - first) // step, 1
        while missing and moved.first.size:
            more = min(done, missing)
            further = (moved.residue, moved.first + step * more, moved.last + step * more)
            both = zip((moved.residue, moved.first, moved.last), further, strict=True)
            moved = self._merged(*(np.concatenate(pair) for pair in both), floor=0)
            budget.spend(2 * moved.first.size / MAX_SPANS_WORK)
            if moved.first.size > _MAX_SPANS:
                raise OutOfBudgetError
            done, missing = done + more, missing - more
        return moved

    def _merged(self, residue: IntArray, first: IntArray, last: IntArray, *, floor: int) -> Self:
        """Join spans that meet; residues lie side by side on one line, with a gap that no span crosses."""
        lattice = self.lattice
        width = lattice.limit // lattice.increment + 2
        room = (lattice.limit - residue * lattice.unit) // lattice.increment
        kept = (first <= room) & (residue * lattice.unit + last * lattice.increment >= floor)
        residue, first, last = residue[kept], first[kept], np.minimum(last, room)[kept]
        if not first.size:
            return type(self)(lattice, residue, first, last)
        order = np.argsort(residue * width + first, kind="stable")
        at = (residue * width)[order]
        first, last = at + first[order], np.maximum.accumulate(at + last[order])
        start = np.ones(first.size, dtype=np.bool_)
        start[1:] = first[1:] > last[:-1] + 1
        end = np.append(np.flatnonzero(start)[1:] - 1, first.size - 1)
        residue = first[start] // width
        return type(self)(lattice, residue, first[start] - residue * width, last[end] - residue * width)

    def largest(self) -> int:
        """Return the largest sum, -1 where there is none."""
        lattice = self.lattice
        return int((self.last * lattice.increment + self.residue * lattice.unit).max(initial=-1))

    def meets(self, low: int, high: int, residue: int | None) -> bool:
        """Say whether a sum lies in [low, high], and is `residue` modulo the increment where one is given."""
        odd = self.residue * self.lattice.unit
        least = -((odd - low) // self.lattice.increment)
        most = (high - odd) // self.lattice.increment
        inside: BoolArray = np.maximum(self.first, least) <= np.minimum(self.last, most)
        if residue is not None:
            inside &= odd == residue
        return bool(inside.any())


def grid_spans(lattice: Lattice, grid: Grid) -> tuple[IntArray, IntArray]:
    """Return the disjoint spans of lots that the accounts of a grid reach, 0 included where none has to."""
    piece, most = lattice.piece // lattice.increment, lattice.limit // lattice.increment
    needed = grid.low > 0
    least, filled = (sum((part[needed] // lattice.increment).tolist()) for part in (grid.low, grid.top))
    if least > most:
        none = np.zeros(0, dtype=np.int64)
        return none, none
    held = np.sort(grid.top[(grid.top > 0) & ~needed])[::-1][: (most - least) // piece]
    # Sums above 2^53 are cut to the limit, which is below it: what is left of them is exact.
    sums = np.cumsum(np.append(filled, held // lattice.increment), dtype=np.float64)
    first = least + np.arange(held.size + 1) * piece
    last = np.minimum(sums, most).astype(np.int64)
    start = np.append(True, first[1:] > last[:-1] + 1)
    end = np.append(np.flatnonzero(start)[1:] - 1, first.size - 1)
    return first[start], last[end]


class Stages:
    """The sums before each of a row of accounts: every so many are kept, those between reckoned again."""

    def __init__(self, first: Sums, choices: Sequence[Choice], floors: Sequence[int], budget: Budget) -> None:
        self._rows = list(zip(choices, floors, strict=True))
        self._stride = isqrt(len(choices)) + 1
        self._kept = [first]
        stage = first
        for count, (choice, floor) in enumerate(self._rows, start=1):
            stage = stage.adding(choice, floor, budget)
            if count % self._stride == 0:
                self._kept.append(stage)
        self.final = stage

    def backwards(self) -> Iterator[Sums]:
        """Return the sums before the last account, before the one before it, and so on."""
        for block in reversed(range(len(self._kept))):
            start = block * self._stride
            between = self._rows[start : start + self._stride]
            stages = [self._kept[block]]
            for choice, floor in between[:-1]:
                stages.append(stages[-1].adding(choice, floor, Budget()))
            yield from reversed(stages[: len(between)])


def stages(
    lattice: Lattice, grid: Grid, choices: Sequence[Choice], low: int, budget: Budget
) -> Stages | None:
    """Return what accounts on the grid and then each of `choices` reach; None out of budget.

    Sums from which `low` cannot be reached any more may be left out. Spans are tried first unless bits take
    next to no time.
    """
    reachable = int(grid.top.sum(dtype=np.float64))
    floors = [low - more for more in _sums_behind(choices)]
    work = max(min(lattice.limit, reachable), 0) // lattice.unit * lattice.bits(reachable)
    for choice, floor in zip(choices, floors, strict=True):
        reachable += max(choice)
        width = max(min(lattice.limit, reachable) - max(floor, 0), 0)
        work += width // lattice.unit * lattice.bits(choice.top)
    kinds: list[type[BitSums | SpanSums]] = [BitSums, SpanSums]
    for kind in kinds if work <= CHEAP_BITS else kinds[::-1]:
        if kind is BitSums and work > budget.left * MAX_BITS_WORK:
            continue
        try:
            return Stages(kind.on_grid(lattice, grid, budget), choices, floors, budget)
        except OutOfBudgetError:
            budget.left = max(budget.left, 0.0)
    return None


def _sums_behind(choices: Sequence[Choice]) -> list[int]:
    """Return for each account the most that those behind it may add."""
    behind = [0]
    for choice in reversed(choices[1:]):
        behind.append(behind[-1] + max(choice))
    return behind[::-1]
