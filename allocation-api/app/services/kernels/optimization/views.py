"""Black and Litterman (1992): expected returns that the market implies, moved by views."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization.errors import InvalidProblem
from app.services.kernels.optimization.problem import (
    MAX_RETURN,
    array_faults,
    covariance_faults,
    number_faults,
)
from app.services.kernels.risk.errors import Fault, FaultKind


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A portfolio that is expected to earn something.

    Parameters
    ----------
    weights : float64[n]
        1 for an asset; 1 and -1 for one against another.
    expected_return : float
    variance : float or None
        How unsure that is; by default as the prior is about this portfolio: tau x p'S p (He and Litterman
        1999). 0: certain.
    """

    weights: FloatArray
    expected_return: float
    variance: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Mean (float64[n]) and covariance (float64[n, n]) of returns after the views."""

    mean: FloatArray
    covariance: FloatArray


def implied_mean(covariance: FloatArray, weights: FloatArray, risk_aversion: float) -> FloatArray:
    """Return the excess returns with which a market of these weights is at its best: aversion x S w."""
    mean: FloatArray = risk_aversion * covariance @ weights
    return mean


def posterior(
    mean: FloatArray, covariance: FloatArray, views: tuple[View, ...], tau: float = 0.05
) -> Posterior:
    """Return the distribution of returns after views.

    With P the views' weights, Q their returns, O their variances, M = P tau S P' + O: the mean is
    mean + tau S P' M^-1 (Q - P mean), the covariance S + tau S - tau S P' M^-1 P tau S.

    Raises
    ------
    InvalidProblem
        Where a field is wrong, a view is about nothing, or views contradict each other with certainty.
    """
    faults = [*array_faults("mean", mean, (len(mean),), -MAX_RETURN, MAX_RETURN)]
    faults += [*covariance_faults(covariance, len(mean)), *number_faults("tau", tau, 0.0, 1.0)]
    for at, view in enumerate(views):
        field = f"views.{at}"
        faults += array_faults(f"{field}.weights", view.weights, (len(mean),), -MAX_RETURN, MAX_RETURN)
        faults += number_faults(f"{field}.expected_return", view.expected_return, -MAX_RETURN, MAX_RETURN)
        if not view.weights.any():
            faults.append(Fault(FaultKind.OUT_OF_RANGE, f"{field}.weights", "must not all be 0"))
        if view.variance is not None:
            faults += number_faults(f"{field}.variance", view.variance, 0.0, MAX_RETURN**2)
    if faults:
        raise InvalidProblem(tuple(faults))
    prior = tau * covariance
    if not views:
        return Posterior(mean, covariance + prior)
    portfolios = np.array([view.weights for view in views])
    about = portfolios @ prior @ portfolios.T
    unsure = [about[at, at] if view.variance is None else view.variance for at, view in enumerate(views)]
    spread, gain = about + np.diag(unsure), prior @ portfolios.T
    _check_spread(spread, tau)
    surprise = np.array([view.expected_return for view in views]) - portfolios @ mean
    after = mean + gain @ np.linalg.solve(spread, surprise)
    left = covariance + prior - gain @ np.linalg.solve(spread, gain.T)
    return Posterior(after, (left + left.T) / 2.0)


def _check_spread(spread: FloatArray, tau: float) -> None:
    """Refuse views whose uncertainties together cannot be inverted; each is taken in its own unit."""
    deviation = np.sqrt(np.maximum(np.diag(spread), 0.0))
    if not deviation.all():
        if tau == 0.0:
            message = "must be above 0 where a view has no variance above 0"
            raise InvalidProblem((Fault(FaultKind.OUT_OF_RANGE, "tau", message),))
        still = np.flatnonzero(deviation == 0.0)
        message = "must be of a portfolio that has a variance"
        raise InvalidProblem(
            tuple(Fault(FaultKind.ZERO_VARIANCE, f"views.{at}.weights", message) for at in still)
        )
    if np.linalg.matrix_rank(spread / np.outer(deviation, deviation), hermitian=True) < len(spread):
        message = "must not be certain about the same portfolio twice"
        raise InvalidProblem((Fault(FaultKind.OUT_OF_RANGE, "views", message),))
