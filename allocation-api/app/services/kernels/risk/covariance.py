"""Covariance and correlation of returns, and the volatility of a portfolio.

Matrices have the shape (n, n) in the order of the panel's assets. They are per period squared; those of
`Covariance` are times the periods of a year.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk.errors import FaultKind, refuse
from app.services.kernels.risk.inputs import (
    LARGEST,
    MAX_PERIODS_PER_YEAR,
    Panel,
    is_constant,
    listed,
    numbers,
    within,
    yearly,
)

DECAY = 0.94
"""Of the exponentially weighted covariance: RiskMetrics' for daily returns."""
TRADING_DAYS = 252


class CovarianceMethod(StrEnum):
    """How a covariance is estimated."""

    SAMPLE = "sample"
    EWMA = "ewma"
    LEDOIT_WOLF = "ledoit_wolf"


@dataclass(frozen=True, slots=True, eq=False)
class Covariance:
    """A symmetric matrix without an eigenvalue below zero.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
    smallest_eigenvalue : float
        Of the matrix before a repair.
    repair : float
        Frobenius norm of what the repair changed; 0 where there was none.
    shrinkage : float
        Part of the target in Ledoit and Wolf's mixture, from 0 to 1; 0 for other methods.
    """

    matrix: FloatArray
    smallest_eigenvalue: float
    repair: float = 0.0
    shrinkage: float = 0.0


def covariance(
    panel: Panel,
    method: CovarianceMethod = CovarianceMethod.SAMPLE,
    *,
    periods: float = TRADING_DAYS,
    decay: float = DECAY,
) -> Covariance:
    """Return the covariance of a panel, times the periods of a year."""
    shrinkage = 0.0
    returns = np.where(_constant(panel), 0.0, panel.returns)  # rounding is no variance
    match method:
        case CovarianceMethod.SAMPLE:
            matrix = sample(returns)
        case CovarianceMethod.EWMA:
            matrix = ewma(returns, decay)
        case CovarianceMethod.LEDOIT_WOLF:
            matrix, shrinkage = ledoit_wolf(returns)
    return replace(repaired(matrix * yearly(periods)), shrinkage=shrinkage)


def sample(returns: FloatArray) -> FloatArray:
    """Return X'X / (T - 1) of the returns less their means."""
    centred = returns - returns.mean(axis=0)
    matrix: FloatArray = centred.T @ centred
    return _symmetric(matrix / (len(returns) - 1))


def ewma(returns: FloatArray, decay: float = DECAY) -> FloatArray:
    """Return the covariance with weights (1 - l) l^k, normalised; k is 0 for the last row.

    The mean is taken with the same weights, and there is no correction for bias. Source: RiskMetrics
    Technical Document (1996), with the mean removed.
    """
    within(decay, 0, 1, "decay")
    weights = decay ** np.arange(len(returns) - 1, -1, -1, dtype=np.float64)
    weights /= weights.sum()
    centred = returns - weights @ returns
    return _symmetric((centred * weights[:, None]).T @ centred)


def ledoit_wolf(returns: FloatArray) -> tuple[FloatArray, float]:
    """Return (1 - d) S + d m I, and d: S has divisor T, m is the mean of its diagonal.

    d = min(b2, d2) / d2 with d2 = |S - m I|^2 / n and b2 = the mean over rows of |x x' - S|^2 / (n T), in the
    Frobenius norm. Source: Ledoit and Wolf, "A well-conditioned estimator for large-dimensional covariance
    matrices", Journal of Multivariate Analysis 88 (2004), section 3.
    """
    rows, n = returns.shape
    scale = float(np.abs(returns).max()) or 1.0
    centred = (returns - returns.mean(axis=0)) / scale
    matrix = _symmetric(centred.T @ centred / rows)
    mean = float(np.trace(matrix)) / n
    squares = float((matrix**2).sum())
    distance = squares / n - mean**2
    fourth = float(((centred**2).sum(axis=1) ** 2).sum()) / rows
    error = max((fourth - squares) / (n * rows), 0.0)
    shrinkage = min(error, distance) / distance if n > 1 and distance > 0 else 0.0
    return ((1 - shrinkage) * matrix + shrinkage * mean * np.eye(n)) * scale**2, shrinkage


def repaired(matrix: ArrayLike) -> Covariance:
    """Return the nearest matrix, in the Frobenius norm, that is symmetric without a negative eigenvalue.

    Eigenvalues below zero become zero; what rounding leaves of a zero is no reason for it. Source: Higham,
    "Computing a nearest symmetric positive semidefinite matrix", Linear Algebra and its Applications 103
    (1988), theorem 2.1.
    """
    given = numbers(matrix, "covariance")
    if given.ndim != 2 or given.shape[0] != given.shape[1] or not given.size:
        raise refuse(FaultKind.SHAPE, "covariance", "A square matrix is needed.")
    if not np.isfinite(given).all():
        raise refuse(FaultKind.NOT_FINITE, "covariance", "Numbers are missing or infinite.")
    scale = float(np.abs(given).max()) or 1.0
    if scale > LARGEST**2 * MAX_PERIODS_PER_YEAR:
        raise refuse(FaultKind.OVERFLOW, "covariance", "Numbers are too large.")
    unit = _symmetric(given / scale)
    values = np.linalg.eigvalsh(unit)
    fixed = unit
    if values[0] < -len(unit) * float(np.finfo(np.float64).eps) * float(np.abs(values).max()):
        values, vectors = np.linalg.eigh(unit)
        fixed = _symmetric((vectors * np.maximum(values, 0)) @ vectors.T)
    change = float(np.linalg.norm(fixed - given / scale)) * scale
    return Covariance(fixed * scale, float(values[0]) * scale, change)


def correlation(panel: Panel) -> FloatArray:
    """Return S_ij / sqrt(S_ii S_jj), with ones on the diagonal.

    Raises
    ------
    RiskError
        ZERO_VARIANCE, naming the assets that are constant: their correlation is unknown, not 0.
    """
    if constant := tuple(name for name, still in zip(panel.assets, _constant(panel), strict=True) if still):
        text = f"The returns of {listed(constant)} do not vary, so there is no correlation."
        raise refuse(FaultKind.ZERO_VARIANCE, "returns", text, constant)
    unit = panel.returns / np.abs(panel.returns).max(axis=0)
    matrix = sample(unit)
    deviation = np.sqrt(np.diag(matrix))
    found: FloatArray = np.clip(matrix / np.outer(deviation, deviation), -1, 1)
    np.fill_diagonal(found, 1)
    return found


def volatility(weights: FloatArray, matrix: FloatArray) -> float:
    """Return sqrt(w'S w), in the unit of the matrix: of a year where that is of a year."""
    return math.sqrt(max(float(weights @ matrix @ weights), 0.0))


def _constant(panel: Panel) -> list[bool]:
    """Return which assets' returns do not vary."""
    return [is_constant(column) for column in panel.returns.T]


def _symmetric(matrix: FloatArray) -> FloatArray:
    halves: FloatArray = (matrix + matrix.T) / 2
    return halves
