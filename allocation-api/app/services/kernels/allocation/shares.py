"""Sharing a total in proportion to weights, within bounds, exactly.

Weights become integers through their decimal form, so that 0.3 means three tenths, and every share is a ratio
of integers. No rounding happens before the lots, a tie is a tie, and the order of the accounts cannot matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.services.kernels.allocation.problem import BoolArray, FloatArray, IntArray

ExactArray = NDArray[Any]
"""Array of Python integers (dtype object)."""

_EXACT_FLOAT = 2.0**53
_PROBE = 50  # most arrays that are no such integers show it at once


def decimal_integers(values: FloatArray) -> IntArray | None:
    """Return `values` (finite, >= 0) times 1, 100 or 10,000 if these are integers below 2^53, else None."""
    for scale in (1.0, 100.0, 10_000.0):
        for part in (values[:_PROBE], values):
            scaled = np.rint(part * scale)
            if not (np.all(scaled / scale == part) and np.all(scaled < _EXACT_FLOAT)):
                break
        else:
            return scaled.astype(np.int64)
    return None


def exact(values: FloatArray) -> ExactArray:
    """Return integers in the same proportions as the shortest decimal forms of `values` (finite, >= 0)."""
    integers = decimal_integers(values)
    if integers is not None:
        return integers.astype(object)
    parts = [Decimal(repr(value)).as_tuple() for value in values.tolist()]
    exponents = [int(part.exponent) for part in parts]
    lowest = min(exponents)
    digits = (int("".join(map(str, part.digits))) for part in parts)
    return np.array(
        [value * 10 ** (power - lowest) for value, power in zip(digits, exponents, strict=True)], dtype=object
    )


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Shares of a total: `bound` where the account is `fixed` at a bound, else weight x pool / divisor.

    `pool` is what the accounts that are not fixed share, `divisor` the sum of their weights (1 if none).
    """

    weight: ExactArray
    fixed: BoolArray
    bound: IntArray
    pool: int
    divisor: int

    def scaled(self) -> ExactArray:
        """Return every share times `divisor`, as integers."""
        free = self.weight * self.pool
        held = self.bound.astype(object) * self.divisor
        return np.where(self.fixed, held, free)

    def reaches(self, account: int, face: int) -> bool:
        """Say whether the share of `account` is at least `face`, a positive face not above its bound."""
        return bool(self.fixed[account]) or self.weight[account] * self.pool >= face * self.divisor

    def in_lots(self, increment: int) -> IntArray:
        """Round to the grid by largest remainder, ties to the earlier account; bounds must be on the grid."""
        # R6.3
        step = self.divisor * increment
        scaled = self.weight[~self.fixed] * self.pool
        lots = scaled // step
        extra = sum(scaled.tolist()) // step - sum(lots.tolist())
        remainder = scaled - lots * step
        lots[np.argsort(-remainder, kind="stable")[:extra]] += 1
        faces = self.bound.copy()
        faces[~self.fixed] = (lots * increment).astype(np.int64)
        return faces


def water_fill(weight: ExactArray, lower: IntArray, upper: IntArray, total: int) -> Shares:
    """Share `total` in proportion to `weight` within bounds: clip(weight x level, lower, upper), exactly.

    Accounts past a bound are fixed there and the rest is shared again. Fixing the side with the larger total
    violation is never undone later (Bitran and Hax 1981), so that this ends after at most n rounds.

    Parameters
    ----------
    weight : object[n]
        Positive integers; an account with `upper` 0 counts as fixed at 0 whatever its weight.
    lower, upper : int64[n]
        Bounds in face with sum(lower) <= total <= sum(upper).
    total : int
        Face to share.
    """
    # R6.2
    fixed = upper == 0
    bound = np.zeros_like(upper)
    low, high = lower.astype(object), upper.astype(object)
    while True:
        pool = total - sum(bound.tolist())
        divisor = sum(weight[~fixed].tolist()) or 1
        share = weight * pool
        over = ~fixed & (share >= high * divisor).astype(np.bool_)
        under = ~fixed & (share <= low * divisor).astype(np.bool_) & (lower > 0)
        above = sum((share[over] - high[over] * divisor).tolist())
        below = sum((low[under] * divisor - share[under]).tolist())
        if not over.any() and not under.any():
            return Shares(weight, fixed, bound, pool, divisor)
        if above >= below:
            bound[over], fixed = upper[over], fixed | over
        if below >= above:
            bound[under], fixed = lower[under], fixed | under
