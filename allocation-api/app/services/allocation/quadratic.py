"""The dispersion as a quadratic function of lots: y_i = start_i + step_i x_i over those that trade."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.services.allocation.problem import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Quadratic:
    """Variance of the metric over the whole population, as a function of the lots of m accounts.

    Parameters
    ----------
    weight : float64[m]
        Weight in the dispersion, positive; with `outside_weight` they sum to one.
    start : float64[m]
        Metric before the trade.
    step : float64[m]
        Change of the metric per lot; not zero, one sign.
    outside_weight, outside_mean, outside_scatter : float
        The accounts that cannot trade: their weight, weighted mean, and weighted scatter about it.
    """

    weight: FloatArray
    start: FloatArray
    step: FloatArray
    outside_weight: float
    outside_mean: float
    outside_scatter: float

    def mean(self, metric: FloatArray) -> float:
        """Return the mean of the population when the m accounts are at `metric`."""
        return float((self.weight * metric).sum()) + self.outside_weight * self.outside_mean

    def scatter(self, metric: FloatArray, about: float) -> float:
        """Return the weighted sum of squares about `about`: the variance where that is the mean."""
        deviation = metric - about
        inside = float((self.weight * deviation * deviation).sum())
        return inside + self.outside_scatter + self.outside_weight * (self.outside_mean - about) ** 2

    def variance(self, lots: FloatArray) -> float:
        """Return the variance of the population after `lots` (float64[m])."""
        metric = self.start + self.step * lots
        return self.scatter(metric, self.mean(metric))

    def shifted(self, lots: FloatArray) -> Quadratic:
        """Return the same function counted from `lots` already traded."""
        return replace(self, start=self.start + self.step * lots)

    def recentred(self, origin: float) -> Quadratic:
        """Return the same function with metrics counted from `origin`."""
        return replace(self, start=self.start - origin, outside_mean=self.outside_mean - origin)


def quadratic(
    weight: FloatArray, metric: FloatArray, step: FloatArray, upper: FloatArray
) -> tuple[Quadratic, float]:
    """Build the function from population weights, metric, step, and the most lots that an account may trade.

    Metrics are centred and divided by the larger of their spread and of the change the trade can make, so
    that nothing downstream meets large or tiny numbers. Accounts with a step of 0 cannot trade.

    Returns
    -------
    function : Quadratic
        Over the accounts with a step, in their order.
    scale : float
        What its standard deviations are to be multiplied by.
    """
    member = weight > 0
    trades = member & (step != 0)
    middle = (metric[member].min() + metric[member].max()) / 2
    centred = np.where(member, metric - middle, 0.0)
    scale = max(float(np.abs(centred).max()), float(np.abs(step * upper).max())) or 1.0
    outside = member & ~trades
    outside_weight = float(weight[outside].sum())
    values = centred[outside] / scale
    outside_mean = float((weight[outside] * values).sum()) / outside_weight if outside_weight else 0.0
    function = Quadratic(
        weight=weight[trades],
        start=centred[trades] / scale,
        step=step[trades] / scale,
        outside_weight=outside_weight,
        outside_mean=outside_mean,
        outside_scatter=float((weight[outside] * (values - outside_mean) ** 2).sum()),
    )
    return function, scale
