"""The reference formulation: minimum dispersion by SLSQP, in units of the metric's spread and the order.

On raw face amounts SLSQP stops after one iteration and calls it success: the gradient per unit of face is
about 1e-8, its tolerance 1e-6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.continuous import Continuous, certify
from app.services.kernels.allocation.objective import Quadratic
from app.services.kernels.allocation.problem import FloatArray

MAX_ACCOUNTS = 300
"""Its cost grows with the cube of the accounts: ten seconds or so here, many minutes at a thousand."""

_ACCEPTED_RESIDUAL = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class SlsqpResult:
    """The certified last iterate, and what SLSQP has to say if that is not an optimum."""

    solution: Continuous
    failure: str | None


def solve_slsqp(
    function: Quadratic, lower: FloatArray, upper: FloatArray, total: float, max_iterations: int
) -> SlsqpResult:
    """Minimise the variance over lower <= x <= upper with sum x = total, as `continuous.solve` does.

    Whether it worked is judged by the optimality conditions at its last iterate, not by its own flag: a step
    that it cannot take is a failure to it, at an optimum too. SciPy's SLSQP computes by BLAS, so that its
    iterations and residual can differ between processors; a replay on another processor names these two.
    """
    change = function.step * total
    room = upper - lower
    start = (lower + room * ((total - float(lower.sum())) / (float(room.sum()) or 1.0))) / total
    if start.size > MAX_ACCOUNTS:
        reason = f"SLSQP: {start.size} accounts are more than the {MAX_ACCOUNTS} it is let loose on"
        return SlsqpResult(certify(function, lower, upper, start * total), reason)
    size = function.variance(start * total) or 1.0

    def value(split: FloatArray) -> float:
        return function.variance(split * total) / size

    def gradient(split: FloatArray) -> FloatArray:
        metric = function.start + change * split
        slope: FloatArray = 2.0 * function.weight * change * (metric - function.mean(metric)) / size
        return slope

    from scipy.optimize import Bounds, minimize  # noqa: PLC0415 - a fifth of the start, and seldom used

    ones = np.ones_like(start)
    result = minimize(
        value,
        start,
        jac=gradient,
        method="SLSQP",
        bounds=Bounds(lower / total, upper / total),
        constraints={"type": "eq", "fun": lambda split: split.sum() - 1.0, "jac": lambda _: ones},
        options={"maxiter": max_iterations, "ftol": 1e-16},
    )
    lots = _on_total(np.clip(result.x * total, lower, upper), lower, upper, total)
    solution = certify(function, lower, upper, lots, iterations=int(result.nit))
    if solution.kkt_residual <= _ACCEPTED_RESIDUAL:
        return SlsqpResult(solution, None)
    # Its own message may be of success, which the residual denies.
    words = "it stopped short of the optimum" if result.success else result.message
    return SlsqpResult(solution, f"SLSQP: {words}")


def _on_total(lots: FloatArray, lower: FloatArray, upper: FloatArray, total: float) -> FloatArray:
    """Repair the rounding error of the sum."""
    missing = total - float(lots.sum())
    room = upper - lots if missing > 0 else lots - lower
    available = float(room.sum())
    repaired: FloatArray = lots + room * (missing / available) if available > 0 else lots
    return np.clip(repaired, lower, upper)
