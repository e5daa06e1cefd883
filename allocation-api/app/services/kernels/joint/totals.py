"""How much the lines can place together: by priority, as much money as fits, by linear programmes (HiGHS)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from app.services.kernels.allocation.feasible import MinimumOutOfReach
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.joint.model import Model

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

_SAFE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Capacity:
    """What fits.

    Parameters
    ----------
    pairs : float64[p]
        A split that places as much as fits.
    rows : csr array [priorities, p]
        The money that lines of each priority place, in shares of `largest`.
    least : float64[priorities]
        What they place here.
    largest : float
        No split places more money in all lines together.
    """

    pairs: FloatArray
    rows: sp.csr_array
    least: FloatArray
    largest: float


def capacity(model: Model) -> Capacity:
    """Place as much money as fits, lines of the smallest priority first.

    Raises
    ------
    MinimumOutOfReach
        If the least amounts of accounts do not fit within the orders and limits.
    """
    problem = model.problem
    money = np.array([float(value) for value in problem.value])[model.line] * model.unit
    orders = np.array([float(line.face) for line in problem.lines]) / model.line_unit
    largest = _proved(model, money, orders, _most(model, money, orders, None, None))
    unit = largest or 1.0
    priority = np.array(problem.priority)
    kept: list[FloatArray] = []
    least: list[float] = []
    found = None
    for rank in np.unique(priority):
        aim = np.where(priority[model.line] == rank, money, 0.0) / unit
        found = _most(model, aim, orders, np.array(kept) if kept else None, np.array(least))
        kept.append(aim)
        least.append(float(aim @ found.x))
    if found is None:
        raise RuntimeError("there is a line, so there is a priority")
    return Capacity(found.x, sp.csr_array(np.array(kept)), np.array(least), largest)


def _most(
    model: Model, money: FloatArray, orders: FloatArray, kept: FloatArray | None, least: FloatArray | None
) -> OptimizeResult:
    from scipy.optimize import linprog  # noqa: PLC0415 - a fifth of the start, and seldom used

    rows: list[sp.csr_array] = [model.totals, model.limits.matrix]
    sides = [orders, model.limits.side]
    if kept is not None and least is not None:
        rows.append(sp.csr_array(-kept))
        sides.append(-least * (1.0 - _SAFE))
    unit = float(money.max(initial=0.0)) or 1.0
    found = linprog(
        -money / unit,
        A_ub=sp.vstack(rows, format="csr"),
        b_ub=np.concatenate(sides),
        bounds=np.column_stack((model.low, model.high)),
        method="highs",
    )
    if found.x is None:
        raise MinimumOutOfReach(
            f"low: the least amounts do not fit within the orders and limits ({found.message})"
        )
    found.multipliers = np.maximum(-found.ineqlin.marginals, 0.0) * unit
    return found


def _proved(model: Model, money: FloatArray, orders: FloatArray, found: OptimizeResult) -> float:
    """Return what the multipliers prove that no split exceeds, whatever they are worth."""
    per_total, per_limit = np.split(found.multipliers[: orders.size + model.limits.side.size], [orders.size])
    left = money - per_total[model.line]
    if per_limit.size:
        left = left - model.limits.matrix.T @ per_limit
    parts = (
        np.maximum(left * model.low, left * model.high),
        per_total * orders,
        per_limit * model.limits.side,
    )
    return float(sum(part.sum() + _SAFE * np.abs(part).sum() for part in parts))
