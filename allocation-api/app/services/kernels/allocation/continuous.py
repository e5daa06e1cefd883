"""Minimum dispersion without lots: an exact solver and its certificate.

With y_i = a_i + b_i z_i the problem

    minimise  sum_i w_i (y_i - mu)^2   over z and mu,   sum z = 1,   lower <= z <= upper

is jointly convex in (z, mu), and at its minimum mu is the mean of y. Two scalars decide everything, mu and
the multiplier of the total; `knapsack` finds them, `few` does so in plain floats, `shrink` makes the problem
small first where there are many accounts, and `certify` proves the result, whoever found it. Under NAV
weighting w_i b_i is the same for all, the mean does not depend on z, and what is left is one water level.

Everything is in units of the order (sum z = 1) and of the metric's spread, never in face or dollars.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.knapsack import Knapsack, Root
from app.services.kernels.allocation.objective import Quadratic
from app.services.kernels.allocation.presolve import MIN_PRESOLVE_ACCOUNTS, presolved_root
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.allocation.small_case import MAX_SMALL_CASE_ACCOUNTS, small_case_root

_sum, _largest = np.add.reduce, np.maximum.reduce  # quicker with ten accounts than an array's own methods


@dataclass(frozen=True, slots=True, eq=False)
class Continuous:
    """A solution of the continuous problem with its certificate.

    Parameters
    ----------
    lots : float64[m]
        The split, in lots.
    mean : float
        mu, the mean of the population at the solution.
    level : float
        Multiplier of the total, per lot.
    variance, lower_bound : float
        Value reached, and a value that no point of the feasible set is below.
    kkt_residual : float
        Largest violation of complementarity: the lesser of an account's reduced gradient, relative to the
        largest gradient that metrics of scale one produce, and of the room it has to follow it, relative to
        the order.
    iterations : int
    """

    lots: FloatArray
    mean: float
    level: float
    variance: float
    lower_bound: float
    kkt_residual: float
    iterations: int

    def bound_around(self, less: float, more: float = 0.0) -> float:
        """Return what no split is below that places up to `less` lots less than this one or `more` lots more.

        The certificate holds for another total with the multiplier times the difference added to it.
        """
        change = max(0.0, self.level * less, -self.level * more)
        return max(0.0, self.lower_bound - 2.0 * change)


def solve(
    function: Quadratic,
    lower: FloatArray,
    upper: FloatArray,
    total: float,
    *,
    near: tuple[float, float] | None = None,
) -> Continuous:
    """Minimise the variance over lower <= x <= upper with sum x = total (all in lots).

    `total` is positive and within [sum(lower), sum(upper)]; `near` is a guess of mean and level, if there is
    one.
    """
    size = function.start.size
    root: Root | None = None
    if near is None and size <= MAX_SMALL_CASE_ACCOUNTS:
        root = small_case_root(function, lower, upper, total)
    elif near is None and size >= MIN_PRESOLVE_ACCOUNTS:
        root = presolved_root(function, lower, upper, total)
    if root is None:
        root = Knapsack(function, lower, upper, total).solution(near)
    return certify(function, lower, upper, root.lots, level=root.level, iterations=root.steps)


def certify(
    function: Quadratic,
    lower: FloatArray,
    upper: FloatArray,
    lots: FloatArray,
    *,
    level: float | None = None,
    iterations: int = 0,
) -> Continuous:
    """Prove how good `lots` is, whoever found it.

    The variance is convex, so for every feasible x' with the same total, and any level,

        f(x') >= f(x) + 2 g.(x' - x) >= f(x) + 2 sum_i min over the box of (g_i - level)(x'_i - x_i)

    with g_i = w_i b_i (y_i - mean). Without `level` the best one is taken: the marginal gradient of the
    linear problem min g.x'.
    """
    deviation = function.step * lots
    deviation += function.start
    mean = function.mean(deviation)
    deviation -= mean
    total = float(_sum(lots))
    reduced = function.pull * deviation  # the gradient, so far
    if level is None:
        level = _marginal(reduced, lower, upper, total)
    reduced -= level
    down, up = lower - lots, upper - lots
    least = float(_sum(np.minimum(reduced * down, reduced * up)))
    variance = function.scatter_about(mean, deviation)
    # A step against the gradient, as long as the order for the largest gradient there is, up to the bounds.
    whole = total or 1.0
    reduced *= -whole / float(_largest(np.abs(function.pull)))
    np.maximum(reduced, down, out=reduced)
    np.minimum(reduced, up, out=reduced)
    return Continuous(
        lots=lots,
        mean=mean,
        level=level,
        variance=variance,
        lower_bound=max(0.0, variance + 2.0 * least),
        kkt_residual=float(_largest(np.abs(reduced, out=reduced))) / whole,
        iterations=iterations,
    )


def _marginal(gradient: FloatArray, lower: FloatArray, upper: FloatArray, total: float) -> float:
    order = np.argsort(gradient, kind="stable")
    filled = float(lower.sum()) + np.cumsum((upper - lower)[order])
    at = int(np.searchsorted(filled, total * (1.0 - 1e-12)))
    return float(gradient[order[min(at, order.size - 1)]])
