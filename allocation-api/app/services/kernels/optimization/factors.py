"""Factor model: returns by least squares on those of factors, and what is left to each asset alone.

r = alpha + B f + e with e of different assets not correlated, so that the covariance is B F B' + D. Source:
Fama and French, "Common risk factors in the returns on stocks and bonds", Journal of Financial Economics 33
(1993), for the time-series regression; Chan, Karceski and Lakonishok, "On portfolio optimization", Review of
Financial Studies 12 (1999), for its covariance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization.errors import InvalidProblem
from app.services.kernels.optimization.problem import MAX_RETURN, array_faults
from app.services.kernels.risk.errors import Fault, FaultKind


@dataclass(frozen=True, slots=True, eq=False)
class FactorModel:
    """What the factors say of n assets.

    Parameters
    ----------
    mean : float64[n]
        alpha + B f; that of the sample, since the regression has an intercept.
    covariance : float64[n, n]
        B F B' + D.
    loadings : float64[n, k]
        B.
    alpha : float64[n]
    specific : float64[n]
        Diagonal of D: squares of residuals, divided by T - k - 1.
    explained : float64[n]
        Part of the variance of each asset that factors explain (R squared); 0 for a constant one.
    """

    mean: FloatArray
    covariance: FloatArray
    loadings: FloatArray
    alpha: FloatArray
    specific: FloatArray
    explained: FloatArray


def factor_model(returns: FloatArray, factors: FloatArray) -> FactorModel:
    """Return the factor model of returns (float64[T, n]) on those of factors (float64[T, k]).

    Raises
    ------
    InvalidProblem
        Where a field is wrong, there are fewer than k + 2 periods, or factors are not independent of each
        other (a constant one is not).
    """
    periods, k = factors.shape
    faults = [
        *array_faults("returns", returns, (periods, returns.shape[1]), -MAX_RETURN, MAX_RETURN),
        *array_faults("factors", factors, (periods, k), -MAX_RETURN, MAX_RETURN),
    ]
    if periods < k + 2:
        message = f"{k} factors need {k + 2} periods at least, not {periods}"
        faults.append(Fault(FaultKind.TOO_FEW_ROWS, "factors", message))
    if faults:
        raise InvalidProblem(tuple(faults))
    center = factors.mean(axis=0)
    away = factors - center
    scale = np.sqrt((away**2).mean(axis=0))
    largest = np.abs(factors).max(axis=0)
    still = scale <= 64.0 * np.finfo(np.float64).eps * largest
    if still.any() or np.linalg.matrix_rank(away / np.where(still, 1.0, scale)) < k:
        message = "must vary, and none may be a sum of others"
        raise InvalidProblem((Fault(FaultKind.OUT_OF_RANGE, "factors", message),))
    mean = returns.mean(axis=0)
    of_unit, *_ = np.linalg.lstsq(away / scale, returns - mean, rcond=None)
    loadings: FloatArray = of_unit.T / scale
    left = returns - mean - away @ loadings.T
    specific: FloatArray = (left**2).sum(axis=0) / (periods - k - 1)
    common = loadings @ (away.T @ away / (periods - 1)) @ loadings.T
    total = ((returns - mean) ** 2).sum(axis=0)
    unexplained = np.divide((left**2).sum(axis=0), total, out=np.ones_like(total), where=total > 0.0)
    return FactorModel(
        mean=mean,
        covariance=(common + common.T) / 2.0 + np.diag(specific),
        loadings=loadings,
        alpha=mean - loadings @ center,
        specific=specific,
        explained=1.0 - unexplained,
    )
