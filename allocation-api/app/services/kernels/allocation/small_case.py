"""The continuous solver for small cases: the same root in plain floats, since a numpy call costs more.

The level for the first mu is found by walking through the levels at which accounts leave and meet their
bounds; Newton's method on mu and level does the rest in two or three steps. Where it does not end at the
root, there is no answer, and `knapsack` is asked.

It pays in the whole allocation, too: 4 accounts take 0.28 ms with it and 0.33 ms without, 31 accounts 0.42 ms
and 0.49 ms, and the iterations that are stored with every result would be others without it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from app.services.kernels.allocation.knapsack import Root
from app.services.kernels.allocation.objective import Quadratic
from app.services.kernels.allocation.problem import FloatArray

MAX_SMALL_CASE_ACCOUNTS = 32
"""Accounts up to which plain floats save time."""

_MAX_STEPS = 12
_CLOSE = 1e-14  # of a total and of metrics of scale one

_Account = tuple[float, float, float, float, float, float, float]  # see `_Accounts`


class _Accounts(NamedTuple):
    """Of each account start, inverse and curve (see `Knapsack`), weight, pull, lower and upper; and sums.

    `least`, `room` and `even` are the sums of lower and of upper - lower, and what filling everyone to the
    same part of the room does to the mean, over that part; `mean` is the mean at the lower bounds.
    """

    rows: list[_Account]
    start_mean: float
    mean: float
    even: float
    least: float
    room: float


def small_case_root(function: Quadratic, lower: FloatArray, upper: FloatArray, total: float) -> Root | None:
    """Solve a problem with few accounts (arguments as for `Knapsack`), or return None."""
    accounts = _in_units_of_the_total(function, lower, upper, total)
    if accounts is None:
        return None
    part = (1.0 - accounts.least) / (accounts.room or 1.0)
    mean = accounts.mean + part * accounts.even
    level = _level_at(mean, accounts)
    for steps in range(1, _MAX_STEPS + 1):
        missing, error = 1.0, mean - accounts.start_mean
        curves = inverses = weights = 0.0
        for start, inverse, curve, weight, pull, low, high in accounts.rows:
            split = (mean - start) * inverse + level * curve
            if split <= low:
                split = low
            elif split >= high:
                split = high
            else:
                curves += curve
                inverses += inverse
                weights += weight
            missing -= split
            error -= pull * split
        if not curves > 0.0:
            return None
        rise = missing / curves
        step = (error - inverses * rise) / (1.0 - weights + inverses * inverses / curves)
        if abs(missing) <= _CLOSE and abs(step) <= _CLOSE:
            return Root(_lots_at(mean, level, accounts, lower, upper, total), level / total, steps)
        mean, level = mean - step, level + rise + step * inverses / curves
    return None


def _in_units_of_the_total(
    function: Quadratic, lower: FloatArray, upper: FloatArray, total: float
) -> _Accounts | None:
    rows: list[_Account] = []
    start_mean = function.outside_weight * function.outside_mean
    lowest = even = least = room = 0.0
    columns = (function.weight, function.start, function.pull, function.step, lower, upper)
    for weight, start, per_lot, step, least_lots, most_lots in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        change, pull = step * total, per_lot * total
        if not (change and pull):
            return None  # lost to underflow
        inverse = 1.0 / change
        curve = inverse / pull
        if not curve:
            return None
        low, high = least_lots / total, most_lots / total
        rows.append((start, inverse, curve, weight, pull, low, high))
        start_mean += weight * start
        lowest += pull * low
        even += pull * (high - low)
        least += low
        room += high - low
    return _Accounts(rows, start_mean, start_mean + lowest, even, least, room)


def _level_at(mean: float, accounts: _Accounts) -> float:
    """Return the level at which the split for `mean` sums to one."""
    knots: list[tuple[float, float]] = []
    for start, inverse, curve, _, _, low, high in accounts.rows:
        base = (mean - start) * inverse
        knots += ((low - base) / curve, curve), ((high - base) / curve, -curve)
    knots.sort()
    level, filled, slope = knots[0][0], accounts.least, 0.0
    for knot, turn in knots:
        more = slope * (knot - level)
        if filled + more >= 1.0 and slope > 0.0:
            return level + (1.0 - filled) / slope
        level, filled, slope = knot, filled + more, slope + turn
    return level


def _lots_at(
    mean: float, level: float, accounts: _Accounts, lower: FloatArray, upper: FloatArray, total: float
) -> FloatArray:
    """Return the split in lots; a bound is met exactly, not up to the rounding of the change of units."""
    lots: list[float] = []
    for row, least, most in zip(accounts.rows, lower.tolist(), upper.tolist(), strict=True):
        start, inverse, curve, _, _, low, high = row
        split = (mean - start) * inverse + level * curve
        lots.append(least if split <= low else most if split >= high else split * total)
    return np.array(lots)
