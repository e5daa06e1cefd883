"""The feasible set: which face amounts an account may get, and which totals on the grid a group can reach.

An account takes 0, or piece, piece + g, piece + 2g, ... up to its cap, or (SELL) its whole position. Without
whole positions off the grid the reachable totals have a closed form: k accounts reach every grid amount from
k x piece to the sum of the k largest caps. Whole positions bring residues modulo g into it (`reachable`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from app.services.kernels.allocation.problem import AllocationProblem, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class FeasibleSet:
    """What n accounts may take (R3.3).

    Parameters
    ----------
    piece, increment : int
        Smallest amount and grid; `piece` is a positive multiple of `increment`.
    top : int64[n]
        Largest amount on the grid within the cap, 0 where that is under the piece.
    whole : int64[n]
        Whole position that the grid does not hold (off it or under the piece), 0 where there is none.
    upper : int64[n]
        Largest amount each account may take.
    """

    piece: int
    increment: int
    top: IntArray
    whole: IntArray
    upper: IntArray = field(init=False)

    def __post_init__(self) -> None:
        upper = np.maximum(self.top, self.whole) if self.whole.any() else self.top
        object.__setattr__(self, "upper", upper)

    @classmethod
    def of(cls, problem: AllocationProblem) -> FeasibleSet:
        """Return the set of the accounts of a problem."""
        cap = np.minimum(problem.cap, problem.face)
        return cls.within(cap, problem.whole, max(problem.piece, problem.increment), problem.increment)

    @classmethod
    def within(cls, cap: IntArray, whole: IntArray, piece: int, increment: int) -> FeasibleSet:
        """Floor caps (int64[n]) to the grid and keep only whole positions within them that the grid lacks."""
        top = cap // increment * increment
        top *= top >= piece
        if not whole.any():
            return cls(piece, increment, top, _no_wholes(top.size))
        on_grid = (whole % increment == 0) & (whole >= piece)
        available = (whole <= cap) & ~on_grid
        return cls(piece, increment, top, np.where(available, whole, 0))

    def of_accounts(self, accounts: IntArray) -> FeasibleSet:
        """Return the set of the accounts at the given places, in that order."""
        whole = _no_wholes(accounts.size) if self.upper is self.top else self.whole[accounts]
        return FeasibleSet(self.piece, self.increment, self.top[accounts], whole)


def _no_wholes(size: int) -> IntArray:
    """Return zeros that take no memory: with very many accounts it is fetching memory that takes the time."""
    return np.broadcast_to(np.int64(0), size)


def total_of(amounts: IntArray) -> int:
    """Sum face amounts exactly, also beyond the range of an int64."""
    if float(amounts.sum(dtype=np.float64)) < 2.0**62:
        return int(amounts.sum())
    return sum(amounts.tolist())


def grid_total(top: IntArray, piece: int, limit: int) -> int:
    """Return the largest total on the grid that accounts with grid caps `top` can reach, at most `limit`.

    `limit` must be on the grid. With k accounts every grid amount in [k x piece, sum of the k largest caps]
    is reachable, and both ends grow with k, so the largest k with k x piece <= limit decides.
    """
    count = limit // piece
    if count < np.count_nonzero(top):
        top = np.partition(top, top.size - count)[top.size - count :] if count else top[:0]
    return min(limit, total_of(top))


def grid_reaches(top: IntArray, feasible: FeasibleSet, total: int) -> bool:
    """Say whether accounts with grid caps `top` can reach exactly `total`."""
    if total < 0 or total % feasible.increment:
        return False
    return grid_total(top, feasible.piece, total) == total
