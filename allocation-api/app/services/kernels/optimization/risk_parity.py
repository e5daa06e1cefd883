"""Risk parity: weights above zero whose shares of the risk are given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization.errors import InvalidProblem, NoRisk, NotSolved
from app.services.kernels.optimization.problem import array_faults, covariance_faults, still_faults
from app.services.kernels.risk.errors import Fault, FaultKind

_STEPS = 200
_ENOUGH = 1e-12
_NEAR = 1e-9
_UNBOUNDED = 1e6
_HALVINGS = 60
_DECREASE = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class RiskParity:
    """The weights, their shares of the risk, and how far these are from those wanted at most.

    `objective` is the function that is least at risk parity, and `bound` what it is nowhere below.
    """

    weights: FloatArray
    shares: FloatArray
    residual: float
    iterations: int
    objective: float
    bound: float


def risk_parity(
    assets: tuple[str, ...], covariance: FloatArray, budget: FloatArray | None = None
) -> RiskParity:
    """Return the only weights above zero, of sum 1, with w_i (S w)_i / w'S w = budget_i.

    They are where x'S x / 2 - sum budget_i ln x_i is least (Spinu 2013), which Newton's method finds, x being
    in units of 1 / deviation; then x is divided by its sum.

    Parameters
    ----------
    budget : float64[n] or None
        Above zero, of sum 1; by default the same for all.

    Raises
    ------
    InvalidProblem
        Where a field is wrong, or an asset has no variance.
    NoRisk
        If some portfolio has no risk: shares of nothing are not known.
    """
    n = len(assets)
    wanted = np.full(n, 1.0 / max(n, 1)) if budget is None else budget
    _check(assets, covariance, wanted)
    deviation = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(deviation, deviation)
    at = np.sqrt(wanted)
    steps = 0
    for steps in range(1, _STEPS + 1):  # noqa: B007 - counted
        slope = correlation @ at - wanted / at
        if np.abs(slope * at).max() <= _ENOUGH:
            break
        way = -np.linalg.solve(correlation + np.diag(wanted / at**2), slope)
        at = _moved(correlation, wanted, at, way, float(slope @ way))
        if at.max() > _UNBOUNDED:
            raise NoRisk(0.0)
    variance = float(at @ correlation @ at)
    shares = at * (correlation @ at) / variance
    residual = float(np.abs(shares - wanted).max())
    if residual > _NEAR:
        raise NotSolved(f"covariance: shares of the risk are {residual:g} from those wanted")
    weights = at / deviation
    objective = variance / 2.0 - float(wanted @ np.log(at))
    bound = _bound(correlation, wanted, at)
    return RiskParity(weights / weights.sum(), shares, residual, steps, objective, bound)


def _bound(correlation: FloatArray, wanted: FloatArray, at: FloatArray) -> float:
    """Return what the function is nowhere below: the square is nowhere below what touches it at `at`."""
    slope = correlation @ at
    return 1.0 - float(at @ slope) / 2.0 - float(wanted @ np.log(wanted / slope))


def _moved(
    correlation: FloatArray, wanted: FloatArray, at: FloatArray, way: FloatArray, falls: float
) -> FloatArray:
    """Return where Newton's step goes, halved until the function is less."""

    def value(x: FloatArray) -> float:
        return float(x @ correlation @ x) / 2.0 - float(wanted @ np.log(x))

    before, step = value(at), 1.0
    for _ in range(_HALVINGS):
        to: FloatArray = at + step * way
        if to.min() > 0.0 and value(to) <= before + _DECREASE * step * falls + np.finfo(float).eps * abs(
            before
        ):
            return to
        step /= 2.0
    return at


def _check(assets: tuple[str, ...], covariance: FloatArray, wanted: FloatArray) -> None:
    n = len(assets)
    faults = [*covariance_faults(covariance, n), *array_faults("budget", wanted, (n,), 0.0, 1.0)]
    if not faults and (wanted.min(initial=1.0) <= 0.0 or abs(float(wanted.sum()) - 1.0) > _NEAR):
        faults.append(Fault(FaultKind.OUT_OF_RANGE, "budget", "must be above 0 and sum to 1"))
    if not faults:
        faults += still_faults(assets, covariance)
    if faults:
        raise InvalidProblem(tuple(faults))
