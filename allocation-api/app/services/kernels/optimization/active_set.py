"""Active-set method for least variance within bounds and equality rows, exact but for rounding.

Block principal pivoting (Kunisch and Rendl 2003): all weights that are on the wrong side change sets at once,
which nearly always ends within ten steps, and else is given up. An interior point takes as many steps with
all weights; a step here has those off their bounds, and in a walk-forward the bounds that held at the last
decision are nearly those of the next one. With expected returns beside the variance it is given up too often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import BoolArray, FloatArray

MAX_STEPS = 20
_MOST_VAIN = 3
"""Steps that may pass without fewer weights on the wrong side."""
_ROUNDED = 1e-11


@dataclass(frozen=True, slots=True, eq=False)
class ActiveSet:
    """The optimum (float64[n]), the multipliers of the rows (float64[k]), and how many steps it took."""

    point: FloatArray
    multipliers: FloatArray
    steps: int


def active_set(
    quadratic: FloatArray,
    equal: FloatArray,
    equal_side: FloatArray,
    low: FloatArray,
    high: FloatArray,
    near: FloatArray | None = None,
) -> ActiveSet:
    """Minimise x'Px / 2 within equal @ x = equal_side and low <= x <= high.

    Parameters
    ----------
    quadratic : float64[n, n]
        P, positive definite for the weights off their bounds.
    equal : float64[k, n]
    equal_side : float64[k]
    low, high : float64[n]
    near : float64[n] or None
        A point whose bounds are tried first.

    Raises
    ------
    RuntimeError
        If it is given up.
    ValueError
        If a system of equations is singular.
    """
    at_low, at_high = _first_bounds(quadratic, low, high, near)
    fixed, nowhere = low == high, np.zeros(low.size, bool)
    fewest, left = low.size + 1, _MOST_VAIN
    for step in range(1, MAX_STEPS + 1):
        free = ~(at_low | at_high)
        if not free.any():  # nothing is left to meet the rows with
            at_low, at_high, free = fixed, nowhere, ~fixed
        point: FloatArray = np.where(at_low, low, np.where(at_high, high, 0.0))
        multipliers = _stationary(point, free, quadratic, equal, equal_side)
        price = quadratic @ point + multipliers @ equal
        below, above = point < low - _ROUNDED, point > high + _ROUNDED
        pulled = (at_low & (price < -_ROUNDED)) | (at_high & (price > _ROUNDED))
        wrong = below | above | (pulled & ~fixed)
        count = int(np.count_nonzero(wrong))
        if count == 0:
            return ActiveSet(point, multipliers, step)
        left = _MOST_VAIN if count < fewest else left - 1
        fewest = min(count, fewest)
        if left == 0:
            break
        at_low, at_high = (at_low & ~wrong) | below, (at_high & ~wrong) | above
    raise RuntimeError("given up")


def _first_bounds(
    quadratic: FloatArray, low: FloatArray, high: FloatArray, near: FloatArray | None
) -> tuple[BoolArray, BoolArray]:
    """Return which weights begin at their bounds (bool[n] each): those of `near`, else the riskier ones."""
    if near is None:
        price = quadratic @ np.full(low.size, 1.0 / low.size)
        return price > price.mean(), np.zeros(low.size, bool)
    at_low = near <= low + _ROUNDED
    return at_low, (near >= high - _ROUNDED) & ~at_low


def _stationary(
    point: FloatArray, free: BoolArray, quadratic: FloatArray, equal: FloatArray, equal_side: FloatArray
) -> FloatArray:
    """Fill in what is free in `point` so that it is stationary within the rows; return their multipliers."""
    at = np.flatnonzero(free)
    count = at.size
    system = np.zeros((count + equal_side.size,) * 2)
    system[:count, :count] = quadratic.take(at, axis=0).take(at, axis=1)
    system[count:, :count] = rows = equal[:, at]
    system[:count, count:] = rows.T
    side = np.concatenate((-(quadratic @ point)[at], equal_side - equal @ point))
    found = np.linalg.solve(system, side).astype(np.float64, copy=False)
    point[at] = found[:count]
    return found[count:]
