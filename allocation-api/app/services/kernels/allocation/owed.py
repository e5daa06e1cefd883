"""Minimum dispersion with debts: what accounts are owed, as part of the population whose variance it is.

With kappa = 1 / (1 + lambda) and any mu, completing the square gives for each account, exactly,

    (y - mu)^2 + lambda c^2 (x - f)^2
        = kappa (y + lambda c (x - f) - mu)^2 + (1 - kappa) (a + c f - mu)^2,    y = a + c x,

and the two metrics on the right have the weighted mean y. So the variance plus lambda times the squared debts
is the variance of a population in which every account that trades is twice: moved further, with part kappa
of its weight, and where exactly what it is owed would take it, with the rest. The second one does not move.
That is the problem without debts, in other numbers: its solvers and its proofs hold as they are, for either
weighting, and for a lambda of each account's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from app.services.kernels.allocation.arrays import exact_sum
from app.services.kernels.allocation.problem import MAX_FACE, AllocationProblem, FloatArray, IntArray

MAX_FAIRNESS_WEIGHT = 1e9
"""Beyond it float64 sees nothing but the debts: for every practical purpose it is infinity."""

_LAST = 2.0**-40


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Accounts as `objective` takes them (float64[n] each), metrics divided by `unit`."""

    weight: FloatArray
    metric: FloatArray
    step: FloatArray
    upper: FloatArray
    unit: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Debts:
    """What n accounts are owed in face, f, and how much it counts, lambda (float64[n] each)."""

    owed: FloatArray
    weight: FloatArray

    @classmethod
    def of(
        cls, owed: FloatArray | None, fairness_weight: float | FloatArray, problem: AllocationProblem
    ) -> Debts | None:
        """Return the debts of the accounts that can take something, or None where they have no influence.

        Raises
        ------
        ValueError
            If a shape is wrong, or a debt that counts is unknown or beyond `MAX_FACE`.
        """
        if owed is None or not np.any(fairness_weight):
            return None
        weight = np.asarray(fairness_weight, dtype=np.float64)
        for name, values in (("owed", owed), ("fairness_weight", weight)):
            if values.shape != (problem.size,) and not (values is weight and weight.ndim == 0):
                raise ValueError(f"{name}: must have shape ({problem.size},)")
        active = problem.cap > 0
        if not np.all(np.abs(owed[active]) <= MAX_FACE):
            raise ValueError(f"owed: must be between -{MAX_FACE} and {MAX_FACE} where cap is positive")
        return cls(np.where(active, owed, 0.0), np.where(active, weight, 0.0))

    def joining(self, population: Population, order: IntArray, increment: int) -> Population:
        """Return the population whose variance is that of `population` plus the debts' weighted squares.

        Parameters
        ----------
        population : Population
            Accounts in `order`, steps in lots of `increment`. What accounts without a step are owed is left
            out: no split changes it.

        Returns
        -------
        Population
            The accounts in the same order, then, where they trade, what they are owed. Metrics are divided
            by the largest 1 + lambda, so that none is large.
        """
        trades = population.step != 0
        weight = np.where(trades, self.weight[order], 0.0)
        unit = 1.0 + float(weight.max(initial=0.0))
        kept = 1.0 / (1.0 + weight)
        debt = np.where(trades, population.step * (self.owed[order] / increment), 0.0)
        rest = ((1.0 - kept) * population.weight)[trades]
        none = np.zeros_like(rest)
        still = (population.metric + debt)[trades]
        return Population(
            weight=np.concatenate((kept * population.weight, rest)),
            metric=np.concatenate((population.metric - weight * debt, still)) / unit,
            step=np.concatenate((population.step * ((1.0 + weight) / unit), none)),
            upper=np.concatenate((population.upper, none)),
            unit=unit,
        )

    def combined(self, std_dev: float, weight: FloatArray, change: FloatArray, faces: IntArray) -> float:
        """Return sqrt(std_dev^2 + sum w lambda c^2 (x - f)^2), the sum exactly rounded.

        Parameters
        ----------
        std_dev : float
        weight, change, faces : float64[n], float64[n], int64[n]
            w, c (0 where an account cannot trade) and x.
        """
        short = change * (faces - self.owed)
        return sqrt(std_dev * std_dev + exact_sum(weight * self.weight * short * short))


def owed_base(owed: FloatArray, nav: FloatArray) -> FloatArray:
    """Return base amounts for pro-rata by what is owed (both float64[n]): max(f, 0).

    Accounts that are owed nothing come last: they share, by NAV, what the others have no room for.
    """
    base = np.maximum(owed, 0.0)
    last = np.where(np.isfinite(nav) & (nav > 0), nav, 0.0)
    scale = (float(base.max(initial=0.0)) or 1.0) * _LAST / (float(last.max(initial=0.0)) or 1.0)
    filled: FloatArray = np.where(base > 0, base, scale * last)
    return filled
