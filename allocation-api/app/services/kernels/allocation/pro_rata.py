"""Pro-rata: face in proportion to a base amount, within caps, pieces and lots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import fsum

import numpy as np

from app.services.kernels.allocation.feasible import FeasibleSet, Reach, grid_reaches, reach, total_of
from app.services.kernels.allocation.problem import (
    Allocation,
    AllocationProblem,
    BoolArray,
    FloatArray,
    IntArray,
    Reason,
)
from app.services.kernels.allocation.shares import ExactArray, Shares, exact, water_fill


@dataclass(frozen=True, slots=True, eq=False)
class ProRata:
    """Split in proportion to `base`.

    Parameters
    ----------
    base : float64[n]
        Amount per account, in any one unit; finite and not negative where the account's cap is positive.
        An account with a base of zero gets nothing.
    """

    base: FloatArray

    def allocate(self, problem: AllocationProblem) -> Allocation:
        """Split the order; see `share_out` for how."""
        base = usable_base("base", self.base, problem)
        quantity, proved = share_out(problem, base)
        return Allocation(
            quantity=quantity,
            unallocated=problem.quantity - total_of(quantity),
            reason=reasons(problem, base, quantity),
            target=stated_share(base, problem.quantity),
            total_proved=proved,
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


def stated_share(base: FloatArray, quantity: int) -> FloatArray:
    """Face of each account in proportion to `base`, before any cap, piece or lot."""
    largest = base.max(initial=0.0)
    if largest == 0.0:
        return np.zeros_like(base)
    scaled = base / largest
    share: FloatArray = scaled / fsum(scaled.tolist()) * quantity
    return share


def reasons(problem: AllocationProblem, base: FloatArray, quantity: IntArray) -> tuple[Reason | None, ...]:
    """Say why each account without face got none, for the methods that share by a base amount."""
    return tuple(
        None
        if got
        else Reason.NO_CAPACITY
        if not cap
        else Reason.ZERO_SHARE
        if not amount
        else Reason.NO_REMAINDER
        if not problem.quantity
        else Reason.BELOW_MIN_PIECE
        for got, cap, amount in zip(quantity.tolist(), problem.cap.tolist(), base.tolist(), strict=True)
    )


def share_out(problem: AllocationProblem, base: FloatArray) -> tuple[IntArray, bool]:
    """Place the largest reachable total over the accounts with a positive base, in proportion to it.

    Water-filling within the caps; the smallest share under its minimum piece drops out, one at a time, and
    the rest is shared again; lots go by largest remainder. An account whose leaving would put the total out
    of reach stays, at its minimum piece if its share is smaller, and the next smallest share is tried
    instead.

    Returns
    -------
    quantity : int64[n]
    proved : bool
        Whether the total is proved to be the largest reachable one.
    """
    # R6.4, R6.5
    feasible = FeasibleSet.of(problem).only(base > 0)
    quantity = np.zeros(problem.size, dtype=np.int64)
    members = np.flatnonzero(feasible.upper > 0)
    if not members.size:
        return quantity, True
    mine = FeasibleSet(
        feasible.piece, feasible.increment, top=feasible.top[members], whole=feasible.whole[members]
    )
    weight = exact(base[members])
    largest = reach(mine, problem.quantity)
    wholes = _choose_wholes(weight, mine, largest)
    sold_whole = np.where(wholes, mine.whole, 0)
    top = np.where(wholes, 0, mine.top)
    quantity[members] = sold_whole + _share_grid(weight, top, mine, largest.total - total_of(sold_whole))
    return quantity, largest.proved


def _choose_wholes(weight: ExactArray, feasible: FeasibleSet, largest: Reach) -> BoolArray:
    """Sell whole those whose share covers their whole position, as far as the total allows it."""
    if not largest.total or not feasible.whole.any():
        return largest.wholes
    shares = water_fill(weight, np.zeros_like(feasible.top), feasible.upper, largest.total)
    wanted = (shares.scaled() / shares.divisor).astype(np.float64)
    found = reach(feasible, largest.total, wanted)
    return found.wholes if found.total == largest.total else largest.wholes


def _share_grid(weight: ExactArray, top: IntArray, feasible: FeasibleSet, total: int) -> IntArray:
    if total == 0:
        return np.zeros_like(top)
    keep, lower = _drop_out(weight, top, feasible, total)
    upper = np.where(keep, top, 0)
    return water_fill(weight, np.where(keep, lower, 0), upper, total).in_lots(feasible.increment)


def _fill(weight: ExactArray, top: IntArray, keep: BoolArray, total: int) -> Shares:
    return water_fill(weight, np.zeros_like(top), np.where(keep, top, 0), total)


def _drop_out(
    weight: ExactArray, top: IntArray, feasible: FeasibleSet, total: int
) -> tuple[BoolArray, IntArray]:
    """Decide who stays, and the lower bound of everyone (the piece, where shares alone do not reach it).

    Under-piece shares are never capped, so they rank by weight and grow as others leave: how many of the
    smallest have to leave is found by bisection. Only when that would put the total out of reach are accounts
    tried one by one.
    """
    none = np.zeros_like(top)
    ranked = np.lexsort((-np.arange(top.size), weight))
    ranked = ranked[top[ranked] > 0]

    def without(count: int) -> BoolArray:
        keep = top > 0
        keep[ranked[:count]] = False
        return keep

    def settled(count: int) -> bool:
        shares = _fill(weight, top, without(count), total)
        smallest = ranked[count]
        return (
            bool(shares.fixed[smallest]) or weight[smallest] * shares.pool >= feasible.piece * shares.divisor
        )

    def reachable(count: int) -> bool:
        return grid_reaches(np.where(without(count), top, 0), feasible, total)

    if settled(0):
        return without(0), none
    most = _last(reachable, ranked.size - 1)
    if settled(most):
        return without(_last(lambda count: not settled(count), most) + 1), none
    return _drop_one_by_one(weight, top, without(most), feasible, total)


def _last(holds: Callable[[int], bool], most: int) -> int:
    """Return the largest count in [0, most] for which a monotone `holds` is true; it is true at 0."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _drop_one_by_one(
    weight: ExactArray, top: IntArray, keep: BoolArray, feasible: FeasibleSet, total: int
) -> tuple[BoolArray, IntArray]:
    needed = np.zeros_like(keep)
    none = np.zeros_like(top)
    while True:
        shares = _fill(weight, top, keep, total)
        scaled = shares.scaled()
        under = keep & (scaled < feasible.piece * shares.divisor).astype(np.bool_)
        if not under.any():
            return keep, none
        all_fit = int(keep.sum()) * feasible.piece <= total
        candidates = np.flatnonzero((under if all_fit else keep) & ~needed)
        # Capped accounts may have the same share: then the smaller base leaves; the name decides last.
        ranked = candidates[np.lexsort((-candidates, weight[candidates], scaled[candidates]))]
        for account in ranked.tolist():
            keep[account] = False
            if grid_reaches(np.where(keep, top, 0), feasible, total):
                break
            # A total that needs this account now needs it all the more when fewer are left.
            keep[account] = needed[account] = True
        else:
            return keep, np.where(keep, feasible.piece, 0)
