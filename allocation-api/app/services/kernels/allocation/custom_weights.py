"""Custom weights: every account its stated part of the order, and never silently more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.feasible import FeasibleSet, total_of
from app.services.kernels.allocation.pro_rata import reasons, share_out, stated_share, usable_base
from app.services.kernels.allocation.problem import Allocation, AllocationProblem, FloatArray, IntArray
from app.services.kernels.allocation.shares import Shares, exact, water_fill

_SUM_TOLERANCE = 1e-6 + 1e-9
"""What requests may be off as exact decimals, with room for what float64 rounds in them and in their sum."""


@dataclass(frozen=True, slots=True, eq=False)
class CustomWeights:
    """Split by stated weights (R7.1, R7.3).

    Parameters
    ----------
    weights : float64[n]
        In [0, 1], summing to one within 1e-6 (the difference is spread in proportion); 0 where none is
        stated.
    redistribute : bool
        Whether what an account cannot take goes to the others, as in pro-rata. Otherwise it stays
        unallocated.
    normalize : bool
        Whether weights of any positive sum are accepted and count in proportion to it, exactly (R7.5).

    Raises
    ------
    ValueError
        If `weights` is not as described; the message starts with the name of the field.
    """

    weights: FloatArray
    redistribute: bool = False
    normalize: bool = False

    def __post_init__(self) -> None:
        total = float(self.weights.sum())
        if self.normalize:
            if not np.all(self.weights >= 0) or not 0 < total < np.inf:
                raise ValueError("weights: must not be negative, and sum to a positive number")
            return
        if not np.all(np.isfinite(self.weights)) or np.any((self.weights < 0) | (self.weights > 1)):
            raise ValueError("weights: must lie in [0, 1]")
        if abs(total - 1) > _SUM_TOLERANCE:
            raise ValueError("weights: must sum to 1 within 1e-6")

    def allocate(self, problem: AllocationProblem) -> Allocation:
        """Split the order; `Allocation.shortfall` and `.excess` are against the stated weights."""
        usable = usable_base("weights", self.weights, problem)
        if self.redistribute:
            shared = share_out(FeasibleSet.of(problem), usable, problem.face)
            faces, proved = shared.faces, shared.proved
        else:
            faces, proved = _take_stated(problem, self.weights), True
        return Allocation(
            faces=faces,
            unallocated=problem.face - total_of(faces),
            reason=reasons(problem, usable, faces),
            target=stated_share(self.weights, problem.face),
            total_proved=proved,
        )


def _take_stated(problem: AllocationProblem, weights: FloatArray) -> IntArray:
    """Give each account its stated part as far as it can take it (R7.2, R7.4).

    Parts at or over a cap are cut to it, parts under the minimum piece are not placed, and the whole lots in
    the sum of the other parts go by largest remainder, so that nobody is a full lot past its stated part. A
    minimum raises a part; where the order is too small for that, the other parts shrink in proportion.
    """
    feasible = FeasibleSet.of(problem)
    weight = exact(weights)
    pool, divisor = problem.face, sum(weight.tolist())
    low = feasible.least
    part = weight * pool
    if feasible.has_minima:
        raised = np.minimum(
            np.maximum(part, low.astype(object) * divisor), feasible.upper.astype(object) * divisor
        )
        if sum(raised.tolist()) > pool * divisor:
            # Without a weight an account has its minimum and no share: the rest of the order is for others.
            upper = np.where(weights > 0, feasible.upper, low)
            shares = water_fill(weight, low, upper, problem.face)
            pool, divisor = shares.pool, shares.divisor
            part = shares.scaled()
    whole, top = feasible.whole.astype(object), feasible.top.astype(object)
    held = (low > 0) & (part <= low.astype(object) * divisor).astype(np.bool_)
    sold_whole = ~held & (feasible.whole > 0) & (part >= whole * divisor).astype(np.bool_)
    capped = ~held & ~sold_whole & (part >= top * divisor).astype(np.bool_)
    fixed = held | sold_whole | capped
    under = ~fixed & (part < feasible.piece * divisor).astype(np.bool_)
    bound = np.select((held, sold_whole, capped), (low, feasible.whole, feasible.top), 0)
    fixed |= under
    if not feasible.coarse:
        return Shares(weight, fixed, bound, pool, divisor).in_lots(feasible.increment)
    small = ~fixed & (part <= feasible.coarse * divisor).astype(np.bool_)
    # Each step of lots rounds its own parts; the amounts that it does not round are the other's, or fixed.
    large = Shares(weight, fixed | small, np.where(small, 0, bound), pool, divisor).in_lots(feasible.coarse)
    return np.where(small, Shares(weight, ~small, bound, pool, divisor).in_lots(feasible.increment), large)
