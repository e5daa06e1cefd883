"""Stress of a portfolio: given shocks, and the worst periods that its assets have had.

A result is the change of the portfolio's value as a fraction, below zero for a loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk.errors import Fault, FaultKind, RiskError, refuse
from app.services.kernels.risk.inputs import LARGEST, Panel, count, listed, numbers

_MOST_WINDOWS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Shocked:
    """A portfolio under shocks: its change, what each asset does of it, and assets that had no shock."""

    change: float
    parts: FloatArray
    unshocked: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Periods `first` to `last` (rows, both included), the change over them, and each asset's part."""

    first: int
    last: int
    change: float
    parts: FloatArray


def shocked(panel: Panel, weights: FloatArray, shocks: Mapping[str, float]) -> Shocked:
    """Return sum w_i s_i, where s_i is the return that asset i is given; assets without one stay.

    Raises
    ------
    RiskError
        UNKNOWN_ASSET, and OUT_OF_RANGE for shocks that are not numbers from -1 on; all that apply.
    """
    given = numbers(list(shocks.values()), "shocks")
    faults = []
    if unknown := tuple(name for name in shocks if name not in panel.assets):
        faults.append(
            Fault(FaultKind.UNKNOWN_ASSET, "shocks", f"There are no returns of {listed(unknown)}.", unknown)
        )
    if wrong := tuple(name for name, s in zip(shocks, given, strict=True) if not -1 <= s <= LARGEST):
        text = f"A shock is a fraction from -1, a total loss, on: {listed(wrong)}."
        faults.append(Fault(FaultKind.OUT_OF_RANGE, "shocks", text, wrong))
    if faults:
        raise RiskError(*faults)
    parts = weights * np.array([float(shocks.get(name, 0)) for name in panel.assets])
    unshocked = tuple(name for name in panel.assets if name not in shocks)
    return Shocked(float(parts.sum()), parts, unshocked)


def worst_windows(panel: Panel, weights: FloatArray, length: int, number: int = 5) -> tuple[Window, ...]:
    """Return the worst changes over `length` periods in a row, worst first, none of which overlap.

    The change is sum w_i (prod(1 + r_i) - 1): today's weights, bought at the start and held. The worst is
    taken first, the earlier one of equals, then the worst of those that do not overlap it. Windows that
    gained are left out.
    """
    count(length, 1, len(panel.returns), "length")
    count(number, 1, _MOST_WINDOWS, "number")
    with np.errstate(over="ignore", invalid="ignore"):
        growth = np.lib.stride_tricks.sliding_window_view(1 + panel.returns, length, axis=0).prod(axis=-1) - 1
        changes = growth @ weights
    if not np.isfinite(changes).all():
        raise refuse(FaultKind.OVERFLOW, "returns", "A change is too large for a number.")
    found: list[Window] = []
    free = changes < 0
    while len(found) < number and free.any():
        first = int(np.argmin(np.where(free, changes, np.inf)))
        found.append(Window(first, first + length - 1, float(changes[first]), weights * growth[first]))
        free[max(first - length + 1, 0) : first + length] = False
    return tuple(found)
