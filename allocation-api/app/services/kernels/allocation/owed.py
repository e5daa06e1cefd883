"""Minimum dispersion with debts: what accounts are owed, as part of the population whose variance it is.

With kappa = 1 / (1 + lambda) and any mu, completing the square gives for each account, exactly,

    (y - mu)^2 + lambda c^2 (x - f)^2
        = kappa (y + lambda c (x - f) - mu)^2 + (1 - kappa) (a + c f - mu)^2,    y = a + c x,

and the two metrics on the right have the weighted mean y. So the variance plus lambda times the squared debts
is the variance of a population in which every account that trades is twice: moved further, with part kappa
of its weight, and where exactly what it is owed would take it, with the rest. The second one does not move.
That is the problem without debts, in other numbers: its solvers and its proofs hold as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from app.services.kernels.allocation.arrays import exact_sum
from app.services.kernels.allocation.problem import FloatArray

MAX_FAIRNESS_WEIGHT = 1e9
"""Beyond it float64 sees nothing but the debts: for every practical purpose it is infinity."""

_LAST = 2.0**-40


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Accounts as `objective` takes them (float64[n] each), in units of the metric times `unit`."""

    weight: FloatArray
    metric: FloatArray
    step: FloatArray
    upper: FloatArray
    unit: float = 1.0

    def with_owed(self, owed: FloatArray, fairness_weight: float) -> Population:
        """Return the population whose variance is this one's plus the weighted squares of the debts.

        Parameters
        ----------
        owed : float64[n]
            f, in lots; read only where an account has a step.
        fairness_weight : float
            lambda, at least 0. The metrics are divided by 1 + lambda, so that none is large.
        """
        kept = 1.0 / (1.0 + fairness_weight)
        trades = self.step != 0
        debt = np.where(trades, self.step * owed, 0.0)
        moved = kept * self.metric - (1.0 - kept) * debt
        still = kept * (self.metric[trades] + debt[trades])
        none = np.zeros_like(still)
        return Population(
            weight=np.concatenate(
                (np.where(trades, kept, 1.0) * self.weight, (1.0 - kept) * self.weight[trades])
            ),
            metric=np.concatenate((np.where(trades, moved, kept * self.metric), still)),
            step=np.concatenate((self.step, none)),
            upper=np.concatenate((self.upper, none)),
            unit=self.unit * (1.0 + fairness_weight),
        )


def combined_std_dev(std_dev: float, weight: FloatArray, short: FloatArray, fairness_weight: float) -> float:
    """Return the square root of std_dev^2 + lambda sum w (c (x - f))^2.

    Parameters
    ----------
    std_dev : float
    weight, short : float64[m]
        w and c (x - f) of the accounts that can trade. The sum is exactly rounded.
    fairness_weight : float
        lambda.
    """
    return sqrt(std_dev * std_dev + fairness_weight * exact_sum(weight * short * short))


def owed_base(owed: FloatArray, nav: FloatArray) -> FloatArray:
    """Return base amounts for pro-rata by what is owed (both float64[n]): max(f, 0).

    Accounts that are owed nothing come last: they share, by NAV, what the others have no room for.
    """
    base = np.maximum(owed, 0.0)
    known = np.isfinite(nav) & (nav > 0)
    last = np.where(known, nav, 0.0)
    most = float(base.max(initial=0.0)) or 1.0
    floor: FloatArray = last / (last.max(initial=0.0) or 1.0) * (most * _LAST)
    return np.where(base > 0, base, floor)
