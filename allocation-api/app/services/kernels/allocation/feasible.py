"""The feasible set: which face amounts an account may get, and which totals on the grid a group can reach.

An account takes 0 unless it has a minimum, or piece, piece + g, piece + 2g, ... up to what may be taken in
part, or (SELL) its whole position. Without whole positions beyond the grid the reachable totals have a closed
form: the accounts with a minimum reach every grid amount from the sum of their minima to that of their caps,
and k others every one from k x piece to the sum of the k largest caps. Whole positions bring gaps, and
residues modulo g, into it (`reachable`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from app.services.kernels.allocation.problem import AllocationProblem, BoolArray, IntArray, constant


class MinimumOutOfReach(ValueError):
    """An account cannot take its minimum, or all minima together do not fit into the order."""


@dataclass(frozen=True, slots=True, eq=False)
class FeasibleSet:
    """What n accounts may take (R3.3).

    Parameters
    ----------
    piece, increment : int
        Smallest amount and grid; `piece` is a positive multiple of `increment`.
    top : int64[n]
        Largest amount on the grid that may be taken in part, 0 where there is none.
    whole : int64[n]
        Whole position that the grid does not hold (off it, under the piece or beyond `top`), 0 where there is
        none.
    low : int64[n]
        Least amount on the grid of an account that has to take something, its whole position where there is
        no such amount; 0 where it may get nothing.
    coarse : int
        Amounts on the grid above it are multiples of it; 0 for none.
    upper : int64[n]
        Largest amount each account may take.
    has_minima : bool
        Whether an account has to take something.
    """

    piece: int
    increment: int
    top: IntArray
    whole: IntArray
    low: IntArray = field(default_factory=lambda: _NO_MINIMA)
    coarse: int = 0
    upper: IntArray = field(init=False)
    has_minima: bool = field(init=False)

    def __post_init__(self) -> None:
        if self.low is _NO_MINIMA:
            object.__setattr__(self, "low", zeros(self.top.size))
        object.__setattr__(self, "has_minima", bool(self.low.any()))
        upper = np.maximum(self.top, self.whole) if self.whole.any() else self.top
        object.__setattr__(self, "upper", upper)

    @classmethod
    def of(cls, problem: AllocationProblem) -> FeasibleSet:
        """Return the set of the accounts of a problem.

        Raises
        ------
        MinimumOutOfReach
            If an account cannot take its minimum, or all minima together do not fit into the order.
        """
        cap = np.minimum(problem.cap, problem.face)
        piece = max(problem.piece, problem.increment)
        accounts = cls.within(
            cap,
            problem.whole,
            piece,
            problem.increment,
            part=problem.part,
            low=problem.low,
            coarse=problem.coarse,
        )
        if problem.low.any():
            _check_minima(problem, accounts)
        return accounts

    @classmethod
    def within(
        cls,
        cap: IntArray,
        whole: IntArray,
        piece: int,
        increment: int,
        *,
        part: IntArray | None = None,
        low: IntArray | None = None,
        coarse: int = 0,
    ) -> FeasibleSet:
        """Floor caps (int64[n]) to the grid and keep only whole positions within them that the grid lacks.

        Parameters are those of `AllocationProblem`. Where an account cannot take its minimum, `upper` is 0.
        """
        coarse *= coarse > increment
        grid = _Grid(increment, coarse)
        least = int(grid.up(np.array([piece]))[0])
        top = grid.down(cap if part is None else np.minimum(cap, part))
        top *= top >= least
        wish = zeros(top.size) if low is None or not low.any() else low
        if coarse and least >= coarse and not np.any(whole % coarse):
            return cls.within(cap, whole, least, coarse, part=part, low=low)  # its multiples are all there is
        if not (whole.any() or wish.any()):
            return cls(least, increment, top, zeros(top.size), coarse=coarse)
        start = np.where(wish > 0, grid.up(np.maximum(wish, piece)), least)
        top *= top >= start
        held = (whole <= cap) & (whole >= wish)
        held &= ~((grid.down(whole) == whole) & (whole >= start) & (whole <= top))
        whole = np.where(held, whole, 0)
        # A whole position that is the next amount of the grid leaves no gap, and so is part of the grid.
        following = np.where(top > 0, grid.up(top + increment), start)
        joins = (whole == following) & (whole > 0)
        top, whole = np.where(joins, whole, top), np.where(joins, 0, whole)
        low = np.where(wish > 0, np.where(top > 0, start, whole), 0)
        return cls(least, increment, top, whole, low, coarse)

    @property
    def least(self) -> IntArray:
        """Least amount that each account has to take."""
        smaller = (self.whole > 0) & (self.whole < self.low)
        return np.where(smaller, self.whole, self.low)

    @property
    def settled(self) -> BoolArray:
        """Accounts that have a minimum and one amount alone: nothing is left to decide."""
        only_part = (self.top == self.low) & (self.whole == 0)
        settled: BoolArray = (self.low > 0) & (only_part | (self.top == 0))
        return settled

    @property
    def odd(self) -> BoolArray:
        """Accounts whose whole position is off the grid or under the piece."""
        odd: BoolArray = (self.whole > 0) & ((self.whole % self.increment != 0) | (self.whole < self.piece))
        return odd

    def of_accounts(self, accounts: IntArray) -> FeasibleSet:
        """Return the set of the accounts at the given places, in that order."""
        whole = zeros(accounts.size) if self.upper is self.top else self.whole[accounts]
        low = self.low[accounts] if self.has_minima else zeros(accounts.size)
        return FeasibleSet(self.piece, self.increment, self.top[accounts], whole, low, self.coarse)

    def without(self, accounts: BoolArray) -> FeasibleSet:
        """Return the same set in which those accounts take nothing."""
        top, whole, low = (np.where(accounts, 0, part) for part in (self.top, self.whole, self.low))
        return FeasibleSet(self.piece, self.increment, top, whole, low, self.coarse)


_NO_MINIMA: IntArray = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Multiples of `increment`, above `coarse` (where it is not 0) only those of `coarse`."""

    increment: int
    coarse: int

    def down(self, faces: IntArray) -> IntArray:
        """Return the largest amount of the grid that is not above each of `faces`."""
        floor = faces // self.increment * self.increment
        if not self.coarse:
            return floor
        return np.where(floor > self.coarse, floor // self.coarse * self.coarse, floor)

    def up(self, faces: IntArray) -> IntArray:
        """Return the smallest amount of the grid that is not below each of `faces`."""
        raised = -(-faces // self.increment) * self.increment
        if not self.coarse:
            return raised
        return np.where(raised > self.coarse, -(-raised // self.coarse) * self.coarse, raised)


def _check_minima(problem: AllocationProblem, accounts: FeasibleSet) -> None:
    unmet = np.flatnonzero((problem.low > 0) & (accounts.upper == 0))
    if unmet.size:
        at = int(unmet[0])
        raise MinimumOutOfReach(f"low: {problem.account_ids[at]} cannot take {problem.low[at]} or more")
    needed = total_of(accounts.least)
    if needed > problem.face:
        raise MinimumOutOfReach(f"low: the least amounts come to {needed}, the order to {problem.face}")


def zeros(size: int) -> IntArray:
    """Return zeros that take no memory."""
    return constant(0, size)


def total_of(amounts: IntArray) -> int:
    """Sum face amounts exactly, also beyond the range of an int64."""
    if float(amounts.sum(dtype=np.float64)) < 2.0**62:
        return int(amounts.sum())
    return sum(amounts.tolist())


def grid_total(top: IntArray, piece: int, limit: int, low: IntArray | None = None) -> int:
    """Return the largest total on the grid that accounts with grid caps `top` can reach, at most `limit`.

    `limit` must be on the grid. With k accounts every grid amount in [k x piece, sum of the k largest caps]
    is reachable, and both ends grow with k, so the largest k with k x piece <= limit decides. Accounts with a
    minimum in `low` all take it, and what is left is shared with their room above it; -1 where the minima
    alone are more.
    """
    least = room = 0
    if low is not None:
        held = low > 0
        least = total_of(low)
        room = total_of(top[held]) - least
        top, limit = top[~held], limit - least
        if limit < 0:
            return -1
    count = limit // piece
    if count < np.count_nonzero(top):
        top = np.partition(top, top.size - count)[top.size - count :] if count else top[:0]
    return least + min(limit, room + total_of(top))


def grid_reaches(top: IntArray, feasible: FeasibleSet, total: int) -> bool:
    """Say whether the accounts, with the grid caps `top`, can reach exactly `total`."""
    if total < 0 or total % feasible.increment:
        return False
    low = feasible.low if feasible.has_minima else None
    return grid_total(top, feasible.piece, total, low) == total
