"""The feasible set: which face amounts an account may get, and which totals a group of accounts can reach.

An account takes 0, or piece, piece + g, piece + 2g, ... up to its cap, or (SELL) its whole position. Without
whole positions off the grid the reachable totals have a closed form: k accounts reach every grid amount from
k x piece to the sum of the k largest caps. Whole positions bring residues modulo g into it: a subset-sum
problem, solved by dynamic programming over a window of accounts that widens until the total is reached.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from math import gcd

import numpy as np

from app.services.kernels.allocation.problem import AllocationProblem, BoolArray, FloatArray, IntArray

_STATE_LIMIT = 10_000
"""Most intervals that one stage of the dynamic programme may hold before it gives up proving."""


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
        """Floor caps to the grid and keep only whole positions within cap and order that the grid lacks."""
        piece, increment = max(problem.piece, problem.increment), problem.increment
        cap = np.minimum(problem.cap, problem.face)
        top = cap // increment * increment
        top *= top >= piece
        if not problem.whole.any():
            return cls(piece, increment, top, _no_wholes(top.size))
        on_grid = (problem.whole % increment == 0) & (problem.whole >= piece)
        available = (problem.whole <= cap) & ~on_grid
        return cls(piece, increment, top, np.where(available, problem.whole, 0))

    def of_accounts(self, accounts: IntArray) -> FeasibleSet:
        """Return the set of the accounts at the given places, in that order."""
        whole = _no_wholes(accounts.size) if self.upper is self.top else self.whole[accounts]
        return FeasibleSet(self.piece, self.increment, self.top[accounts], whole)


def _no_wholes(size: int) -> IntArray:
    """Return zeros that take no memory: with very many accounts it is fetching memory that takes the time."""
    return np.broadcast_to(np.int64(0), size)


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """A reachable total: its size, the accounts that sell whole to reach it, whether it is the largest."""

    total: int
    wholes: BoolArray
    proved: bool


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


def reach(feasible: FeasibleSet, limit: int, wanted: FloatArray | None = None) -> Reach:
    """Find the largest reachable total of at most `limit`, and which accounts sell whole to reach it (R3.5).

    Parameters
    ----------
    feasible : FeasibleSet
    limit : int
        Face of the order.
    wanted : float64[n], optional
        Face that each account should get if only its cap mattered. Accounts that it brings nearer to their
        whole position than to the grid sell whole, as far as the total allows it.

    Notes
    -----
    Tried in turn: everything to the last unit, the accounts that `wanted` would sell whole, then a window of
    accounts that may depart from that, those first that lose least by it. The window doubles until the limit
    is reached or it holds every whole position.
    """
    has_whole = feasible.whole > 0
    none = np.zeros(has_whole.size, dtype=np.bool_)
    if not has_whole.any():
        on_grid = limit - limit % feasible.increment
        return Reach(grid_total(feasible.top, feasible.piece, on_grid), none, proved=True)
    everything = total_of(feasible.upper)
    if everything <= limit:
        return Reach(everything, feasible.whole > feasible.top, proved=True)
    step = gcd(feasible.increment, *np.unique(feasible.whole[has_whole]).tolist())
    limit -= limit % step
    amount = feasible.top.astype(np.float64) if wanted is None else wanted
    start = none if wanted is None else has_whole & (2 * amount >= feasible.whole + feasible.top)
    if grid_reaches(np.where(start, 0, feasible.top), feasible, limit - total_of(feasible.whole[start])):
        return Reach(limit, start, proved=True)
    loss = np.abs(np.where(start, feasible.top, feasible.whole) - amount)
    candidates = np.flatnonzero(has_whole)
    return _widen(feasible, limit, start, candidates[np.argsort(loss[candidates], kind="stable")])


def _widen(feasible: FeasibleSet, limit: int, start: BoolArray, order: IntArray) -> Reach:
    best = Reach(-1, start, proved=False)
    width = 4
    while True:
        window = order[:width]
        found = _search_window(feasible, limit, start, window)
        if found is None:
            break
        best = max(best, found, key=lambda candidate: candidate.total)
        if best.total == limit or window.size == order.size:
            return replace(best, proved=True)
        width *= 2
    plain = grid_total(feasible.top, feasible.piece, limit - limit % feasible.increment)
    if plain > best.total:
        return Reach(plain, np.zeros_like(start), proved=plain == limit)
    return best


def _search_window(feasible: FeasibleSet, limit: int, start: BoolArray, window: IntArray) -> Reach | None:
    """Search over the accounts of `window`, the others as in `start`; None when there are too many states."""
    fixed = start.copy()
    fixed[window] = False
    base = total_of(feasible.whole[fixed])
    rest = np.where(fixed, 0, feasible.top)
    rest[window] = 0
    stages = [_grid_sums(rest, feasible, base, limit)]
    for account in window.tolist():
        stage = _with_account(stages[-1], feasible, account, limit)
        if sum(map(len, stage.values())) > _STATE_LIMIT:
            return None
        stages.append(stage)
    total = max((spans[-1][1] for spans in stages[-1].values()), default=-1)
    if total < 0:
        return Reach(-1, fixed, proved=False)
    wholes = fixed.copy()
    wholes[_trace(stages, feasible, window[start[window]], window, total)] = True
    return Reach(total, wholes, proved=False)


# A set of sums: residue modulo the increment -> disjoint ascending spans (first, last), every increment-th in
# it.
_Sums = dict[int, list[tuple[int, int]]]


def _grid_sums(top: IntArray, feasible: FeasibleSet, base: int, limit: int) -> _Sums:
    if base > limit:
        return {}
    caps = np.sort(top[top > 0])[::-1]
    spans = [(base, base)]
    largest = base
    for count, cap in enumerate(caps.tolist(), start=1):
        largest += cap
        spans.append((base + count * feasible.piece, largest))
    return _merged({base % feasible.increment: spans}, feasible.increment, limit)


def _with_account(sums: _Sums, feasible: FeasibleSet, account: int, limit: int) -> _Sums:
    top, whole = int(feasible.top[account]), int(feasible.whole[account])
    grown: _Sums = {residue: list(spans) for residue, spans in sums.items()}
    for residue, spans in sums.items():
        if top:
            grown[residue] += [(first + feasible.piece, last + top) for first, last in spans]
        shifted = grown.setdefault((residue + whole) % feasible.increment, [])
        shifted += [(first + whole, last + whole) for first, last in spans]
    return _merged(grown, feasible.increment, limit)


def _merged(sums: _Sums, increment: int, limit: int) -> _Sums:
    merged: _Sums = {}
    for residue, spans in sums.items():
        last_fitting = limit - (limit - residue) % increment
        kept: list[tuple[int, int]] = []
        for first, last in sorted(spans):
            if first > last_fitting:
                break
            end = min(last, last_fitting)
            if kept and first <= kept[-1][1] + increment:
                kept[-1] = (kept[-1][0], max(kept[-1][1], end))
            else:
                kept.append((first, end))
        if kept:
            merged[residue] = kept
    return merged


def _contains(sums: _Sums, increment: int, low: int, high: int) -> int | None:
    """Return the smallest sum in [low, high] of the residue of `low`, or None."""
    spans = sums.get(low % increment, [])
    at = bisect_right(spans, (low, low))
    if at and spans[at - 1][1] >= low:
        return low
    if at < len(spans) and spans[at][0] <= high:
        return spans[at][0]
    return None


def _trace(
    stages: list[_Sums], feasible: FeasibleSet, natural: IntArray, window: IntArray, total: int
) -> list[int]:
    """Walk back through the stages and return who sells whole, those of `natural` wherever it is possible."""
    sellers: list[int] = []
    wanted = set(natural.tolist())
    left = total
    for account, before in zip(window[::-1].tolist(), stages[-2::-1], strict=True):
        whole, top = int(feasible.whole[account]), int(feasible.top[account])
        sold = _contains(before, feasible.increment, left - whole, left - whole)
        kept = _contains(before, feasible.increment, left, left)
        if kept is None and top:
            kept = _contains(before, feasible.increment, left - top, left - feasible.piece)
        if kept is None or (sold is not None and account in wanted):
            sellers.append(account)
            left -= whole
        else:
            left = kept
    return sellers
