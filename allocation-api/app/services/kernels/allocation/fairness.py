"""How much debts count in minimum dispersion: the weight that bounds them, the frontier, the policy point."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from app.services.kernels.allocation.dispersion import dispersion, population_weights, post_trade_metric
from app.services.kernels.allocation.min_dispersion import MinDispersion
from app.services.kernels.allocation.owed import MAX_FAIRNESS_WEIGHT
from app.services.kernels.allocation.problem import Allocation, AllocationProblem, FloatArray, Weighting

FRONTIER_WEIGHTS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1e3, 1e4, 1e5, 1e6, MAX_FAIRNESS_WEIGHT)
"""From the least dispersion to what is owed and nothing else."""

_LEAST_WEIGHT = 1e-4
_HALVINGS = 16


@dataclass(frozen=True, slots=True, eq=False)
class FrontierPoint:
    """What one lambda gives.

    Parameters
    ----------
    fairness_weight : float
    std_dev : float
        Dispersion after the trade, in the metric's unit; debts are not part of it.
    greatest_owed : float
        Largest |owed - received| of an account, in face.
    allocation : Allocation
    """

    fairness_weight: float
    std_dev: float
    greatest_owed: float
    allocation: Allocation


@dataclass(frozen=True, slots=True, eq=False)
class PolicyPoint:
    """What the greatest lambda within a cost gives, and the least dispersion, which the cost counts from."""

    point: FrontierPoint
    least: FrontierPoint

    @property
    def cost(self) -> float:
        """Return the part by which the dispersion is above the least, 0 where the least is 0."""
        return self.point.std_dev / self.least.std_dev - 1.0 if self.least.std_dev > 0 else 0.0


def owed_weight(problem: AllocationProblem, owed: FloatArray, weighting: Weighting, piece: int) -> FloatArray:
    """Return a lambda (float64[n]) under which no account's metric can outweigh two pieces of debt.

    All debts then count alike in face: lambda_i w_i c_i^2 = v. Where caps and pieces do not bind and the
    debts f sum to the total, the optimum has, for some level nu,

        v (x_i - f_i) = nu - w_i c_i (y_i - m),    sum (x_i - f_i) = 0,

    so nu is the plain mean of w c (y - m), and with g = max w_i |c_i| and R = max |y_i - m|

        |x_i - f_i| <= 2 g R / v = 2 pieces    for    v = g R / piece.

    R is not known before the split: taken is the larger of what it is now and what it is once everybody has
    what it can take of its debt, and on top what one piece can move. Under NAV weighting w c is the same for
    all and this lambda is in proportion to NAV. One lambda for all would not do under EQUAL weighting: debts
    would count as 1 / NAV^2, and the largest account would carry what lots and pieces keep from the others.

    Parameters
    ----------
    problem : AllocationProblem
    owed : float64[n]
        f, in face; read only where the cap is positive.
    weighting : Weighting
    piece : int
        Face that counts as one piece of debt, positive.

    Raises
    ------
    ValueError
        If `piece` is not positive.
    """
    if piece < 1:
        raise ValueError("piece: must be positive")
    weight = population_weights(problem.metric, weighting, problem.nav)
    active = (problem.cap > 0) & np.isfinite(problem.slope) & (problem.slope != 0)
    if not active.any():
        return np.zeros(problem.size)
    change = np.where(active, problem.slope, 0.0)
    paid = problem.metric + change * np.where(active, np.clip(owed, 0, problem.cap), 0.0)
    spread = max(
        dispersion(metric, weighting, problem.nav).max_deviation for metric in (problem.metric, paid)
    )
    size = np.abs(change[active])
    spread += piece * float(size.max())
    in_face = float((weight[active] * size).max()) * spread / piece
    found = np.zeros(problem.size)
    found[active] = np.minimum(in_face / (weight[active] * size * size), MAX_FAIRNESS_WEIGHT)
    return found


def frontier(problem: AllocationProblem, method: MinDispersion) -> tuple[FrontierPoint, ...]:
    """Return dispersion against the greatest debt for each of `FRONTIER_WEIGHTS`, for one order.

    Parameters
    ----------
    problem : AllocationProblem
    method : MinDispersion
        With `owed`; its own weight is not read.
    """
    return tuple(_point(problem, method, weight) for weight in FRONTIER_WEIGHTS)


def greatest_within(problem: AllocationProblem, method: MinDispersion, cost: float) -> PolicyPoint:
    """Return the greatest lambda whose dispersion is at most (1 + cost) times the least.

    By bisection on the logarithm, always the same number of halvings, between `_LEAST_WEIGHT` and
    `MAX_FAIRNESS_WEIGHT`; 0 where not even the smallest is within the cost.

    Parameters
    ----------
    problem : AllocationProblem
    method : MinDispersion
        With `owed`; its own weight is not read.
    cost : float
        At least 0, a fraction (0.10 is 10 %).

    Raises
    ------
    ValueError
        If `cost` is negative or not a number, or `owed` is missing.
    """
    if not cost >= 0.0:
        raise ValueError("cost: must be at least 0")
    least = _point(problem, method, 0.0)
    most = (1.0 + cost) * least.std_dev
    top = _point(problem, method, MAX_FAIRNESS_WEIGHT)
    if top.std_dev <= most:
        return PolicyPoint(top, least)
    best, low, high = least, _LEAST_WEIGHT, MAX_FAIRNESS_WEIGHT
    for _ in range(_HALVINGS):
        middle = sqrt(low * high)
        tried = _point(problem, method, middle)
        if tried.std_dev <= most:
            best, low = tried, middle
        else:
            high = middle
    return PolicyPoint(best, least)


def _point(problem: AllocationProblem, method: MinDispersion, fairness_weight: float) -> FrontierPoint:
    if method.owed is None:
        raise ValueError("owed: the frontier needs it")
    allocation = replace(method, fairness_weight=fairness_weight).allocate(problem)
    metric = post_trade_metric(problem, allocation.faces)
    return FrontierPoint(
        fairness_weight=fairness_weight,
        std_dev=dispersion(metric, method.weighting, problem.nav).std_dev,
        greatest_owed=float(np.abs(method.owed - allocation.faces).max(initial=0.0)),
        allocation=allocation,
    )
