"""Pro-rata: face in proportion to a base amount, within caps, pieces and lots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.services.kernels.allocation.arrays import exact_sum, last_that, lexical_order
from app.services.kernels.allocation.coarse import divisions, in_blocks, total_on_grid
from app.services.kernels.allocation.feasible import FeasibleSet, grid_reaches, total_of
from app.services.kernels.allocation.fixed_point import FixedPoint, InDoubtError
from app.services.kernels.allocation.problem import (
    Allocation,
    AllocationProblem,
    BoolArray,
    FloatArray,
    IntArray,
    KernelReason,
)
from app.services.kernels.allocation.reachable import Reach, Window, largest_total, wholes_near, zones_of
from app.services.kernels.allocation.shares import ExactArray, exact, water_fill


@dataclass(frozen=True, slots=True, eq=False)
class ProRata:
    """Split in proportion to `base`.

    Parameters
    ----------
    base : float64[n]
        Amount per account, in any one unit; finite and not negative where the account's cap is positive.
        An account with a base of zero gets nothing.
    exactly : bool
        Whether nothing but the largest reachable total will do, whatever it costs the proportion.
    owed : float64[n] or None
        Face that each account is owed, where `base` follows it: see `share_within_debts`.
    """

    base: FloatArray
    exactly: bool = False
    owed: FloatArray | None = None

    def allocate(self, problem: AllocationProblem) -> Allocation:
        """Split the order; see `share_out` for how.

        Raises
        ------
        ValueError
            If `base` or `owed` has the wrong shape, or an amount that cannot be where the cap is positive.
        """
        base = usable_base("base", self.base, problem)
        if self.owed is None:
            shared = share_out(FeasibleSet.of(problem), base, problem.face, exactly=self.exactly)
        else:
            shared = share_within_debts(problem, base, self.owed, exactly=self.exactly)
        return Allocation(
            faces=shared.faces,
            unallocated=problem.face - total_of(shared.faces),
            reason=reasons(problem, base, shared.faces),
            target=stated_share(base, problem.face),
            total_proved=shared.proved,
        )


def usable_base(name: str, base: FloatArray, problem: AllocationProblem) -> FloatArray:
    """Check `base` and set it to zero where the account can take nothing.

    Raises
    ------
    ValueError
        If the shape is wrong, or an amount is negative or not finite where the cap is positive.
    """
    if base.shape != (problem.size,):
        raise ValueError(f"{name}: must have shape ({problem.size},)")
    usable = np.where(problem.cap > 0, base, 0.0)
    if not np.all(np.isfinite(usable)) or np.any(usable < 0):
        raise ValueError(f"{name}: must be finite and not negative where cap is positive")
    return usable


def stated_share(base: FloatArray, face: int) -> FloatArray:
    """Face of each account in proportion to `base`, before any cap, piece or lot."""
    largest = base.max(initial=0.0)
    if largest == 0.0:
        return np.zeros_like(base)
    scaled = base / largest
    share: FloatArray = scaled / exact_sum(scaled) * face
    return share


def reasons(problem: AllocationProblem, base: FloatArray, faces: IntArray) -> tuple[KernelReason | None, ...]:
    """Say why each account without face got none, for the methods that share by a base amount."""
    is_left = problem.face > total_of(problem.low)
    last = KernelReason.BELOW_MIN_PIECE if is_left else KernelReason.NO_REMAINDER
    cases = {None: faces != 0, KernelReason.NO_CAPACITY: problem.cap == 0, KernelReason.ZERO_SHARE: base == 0}
    return first_reasons(cases, last)


def first_reasons(
    cases: Mapping[KernelReason | None, BoolArray], last: KernelReason
) -> tuple[KernelReason | None, ...]:
    """Return for each account the first of `cases` that applies to it, `last` where none does."""
    choices = [*cases, last]
    index: NDArray[np.uint8] = np.array(len(cases), dtype=np.uint8)
    for at, applies in reversed(list(enumerate(cases.values()))):
        index = np.where(applies, np.uint8(at), index)
    return tuple(np.array(choices, dtype=object)[index].tolist())


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """Faces in proportion (int64[n]), the largest reachable total, and whether that is proved."""

    faces: IntArray
    largest: int
    proved: bool


def share_out(feasible: FeasibleSet, base: FloatArray, order: int, *, exactly: bool = False) -> Shared:
    """Place the order over those with a positive base, in proportion, as far as it can be reached (R3.5).

    Water-filling within the caps; the smallest share under its minimum piece drops out, one at a time, and
    the rest is shared again; lots go by largest remainder. An account whose leaving would put the total out
    of reach stays, at its minimum piece if its share is smaller, and the next smallest share is tried
    instead.

    With odd positions the total is less than an increment below the largest reachable one, or, where asked
    for `exactly`, that one. A whole position is sold where the account's share covers it, or where no total
    of these is reached otherwise. An account with a minimum never drops out; without a positive base, or
    with one amount alone, it gets its least.
    """
    # R6.4, R6.5
    faces = np.zeros_like(feasible.top)
    sharing = (feasible.upper > 0) & (base > 0)
    if feasible.has_minima:
        given = (feasible.low > 0) & (feasible.settled | ~sharing)
        faces[given] = feasible.least[given]
        sharing &= ~given
        order -= total_of(faces)
    members = np.flatnonzero(sharing)
    if not members.size:
        return Shared(faces, total_of(faces), proved=True)
    mine, base = feasible.of_accounts(members), base[members]
    largest = largest_total(mine, order)
    # Where nothing can be sold in part there is no proportion to keep, and the largest total it is.
    aim = Window.at if exactly or not mine.top.any() else Window.below
    within = aim(largest.total, mine.increment)
    wholes = _choose_wholes(base, mine, largest, within)
    sold_whole = np.where(wholes, mine.whole, 0)
    grid = mine.without(wholes) if wholes.any() else mine
    rest = (largest.total - total_of(sold_whole)) // mine.increment * mine.increment
    total = total_of(faces) + largest.total
    if in_blocks(grid).any():
        shared = _share_in_zones(base, grid, rest)
        total, proved = total - rest + total_of(shared), largest.proved and total_of(shared) == rest
    else:
        shared, proved = _share_grid(base, grid, rest), largest.proved
    faces[members] = sold_whole + shared
    return Shared(faces, total, proved)


def share_within_debts(
    problem: AllocationProblem, base: FloatArray, owed: FloatArray, *, exactly: bool = False
) -> Shared:
    """Share with every account capped at one minimum piece more than what it is owed (R8.10).

    Without these caps, what accounts under the minimum piece leave would go to the same others order after
    order: a large account would get eight pieces ahead. What full accounts leave counts as owed to the
    others, in proportion. Where less of the order would be placed, the caps are two pieces above, four, and
    so on.

    Raises
    ------
    ValueError
        If `owed` (float64[n]) has the wrong shape, or is unknown where the cap is positive.
    """
    if owed.shape != (problem.size,):
        raise ValueError(f"owed: must have shape ({problem.size},)")
    if np.any(np.isnan(owed[problem.cap > 0])):
        raise ValueError("owed: must be known where cap is positive")
    feasible = FeasibleSet.of(problem)
    free = share_out(feasible, base, problem.face, exactly=exactly)
    if feasible.piece <= feasible.increment:
        return free
    without_pieces = FeasibleSet.of(replace(problem, piece=problem.increment))
    shares = share_out(without_pieces, base, problem.face, exactly=exactly).faces
    debt = np.clip(np.where(problem.cap > 0, owed, 0.0), 0.0, problem.cap)
    due = np.maximum(np.floor(debt).astype(np.int64), shares)
    ahead = feasible.piece
    while ahead < problem.face:
        cap = np.minimum(problem.cap, np.maximum(due + ahead, feasible.least))
        within = FeasibleSet.of(replace(problem, cap=cap))
        shared = share_out(within, base, problem.face, exactly=exactly)
        if shared.largest == free.largest:
            return replace(shared, proved=free.proved)
        ahead *= 2
    return free


def _choose_wholes(base: FloatArray, feasible: FeasibleSet, largest: Reach, within: Window) -> BoolArray:
    """Sell whole those whose share covers their whole position, as far as the total allows it."""
    if not largest.total or not feasible.whole.any():
        return largest.wholes
    shares = water_fill(exact(base), feasible.least, feasible.upper, largest.total)
    scaled = shares.scaled()
    covered = (feasible.whole > 0) & (scaled >= feasible.whole.astype(object) * shares.divisor).astype(
        np.bool_
    )
    share = (scaled / shares.divisor).astype(np.float64)
    return wholes_near(feasible, within, share, covered, largest.wholes)


class _Shares(Protocol):
    def reaches(self, account: int, face: int) -> bool: ...
    def in_lots(self, increment: int) -> IntArray: ...


_Fill = Callable[[IntArray, int], _Shares]
"""Shares a total within upper bounds."""


def _share_in_zones(base: FloatArray, feasible: FeasibleSet, total: int) -> IntArray:
    """Share what a coarse grid reaches: multiples of the coarse amount, and small amounts beside them.

    Accounts whose share is over the coarse amount take multiples, as long as the total can be reached so.
    """
    # R3.7
    shares = water_fill(exact(base), feasible.low, feasible.top, total)
    share = (shares.scaled() / shares.divisor).astype(np.float64)
    zones = zones_of(feasible, share, total)
    if zones is None:
        total = total_on_grid(feasible, total)
        zones = next(
            zones
            for zones in divisions(feasible, feasible.top.astype(np.float64))
            if zones.largest(total) == total
        )
    part = zones.part_of(total, exact_sum(share[zones.blocks]))
    if part is None:
        raise AssertionError("a division that reaches the total says how")
    return _share_grid(base, zones.large, part) + _share_grid(base, zones.small, total - part)


def _share_grid(base: FloatArray, feasible: FeasibleSet, total: int) -> IntArray:
    """Share a total that the accounts reach on the grid alone."""
    if total == 0:
        return np.zeros_like(feasible.top)
    if not feasible.has_minima:
        try:
            return _drop_out(FixedPoint.of(base).fill, base, feasible, total)
        except InDoubtError:
            pass  # the exact way answers
    return _drop_out(partial(water_fill, exact(base), feasible.low), base, feasible, total)


def _drop_out(fill: _Fill, base: FloatArray, feasible: FeasibleSet, total: int) -> IntArray:
    """Share in lots once those have left whose share is under the piece.

    Under-piece shares are never capped, so they rank by base and grow as others leave: how many of the
    smallest have to leave is found by bisection. Only when that would put the total out of reach are accounts
    tried one by one.
    """
    top, low = feasible.top, feasible.low
    shares = fill(top, total)
    may_leave = (top > 0) & (low == 0)
    open_base = base if may_leave.all() else np.where(may_leave, base, inf)
    if not may_leave.any() or shares.reaches(int(np.argmin(open_base)), feasible.piece):
        return shares.in_lots(feasible.increment)
    ranked = base.size - 1 - lexical_order(base[::-1])
    ranked = ranked[may_leave[ranked]]

    def without(count: int) -> IntArray:
        kept = top.copy()
        kept[ranked[:count]] = 0
        return kept

    def settled(count: int) -> bool:
        return count == ranked.size or fill(without(count), total).reaches(int(ranked[count]), feasible.piece)

    least_left = ranked.size - (not feasible.has_minima)
    most = last_that(lambda count: grid_reaches(without(count), feasible, total), least_left)
    if settled(most):
        least = last_that(lambda count: not settled(count), most) + 1
        return fill(without(least), total).in_lots(feasible.increment)
    weight = exact(base)
    keep, lower = _drop_one_by_one(weight, feasible, without(most) > 0, total)
    return water_fill(weight, lower, np.where(keep, top, 0), total).in_lots(feasible.increment)


def _drop_one_by_one(
    weight: ExactArray, feasible: FeasibleSet, keep: BoolArray, total: int
) -> tuple[BoolArray, IntArray]:
    top, low = feasible.top, feasible.low
    needed = low > 0
    while True:
        shares = water_fill(weight, low, np.where(keep, top, 0), total)
        scaled = shares.scaled()
        under = keep & (scaled < feasible.piece * shares.divisor).astype(np.bool_)
        if not under.any():
            return keep, low
        pieces = np.where(keep, np.maximum(feasible.piece, low), 0)
        candidates = np.flatnonzero((under if total_of(pieces) <= total else keep) & ~needed)
        # Capped accounts may have the same share: then the smaller base leaves; the name decides last.
        ranked = candidates[np.lexsort((-candidates, weight[candidates], scaled[candidates]))]
        for account in ranked.tolist():
            keep[account] = False
            if grid_reaches(np.where(keep, top, 0), feasible, total):
                break
            # A total that needs this account now needs it all the more when fewer are left.
            keep[account] = needed[account] = True
        else:
            return keep, pieces
