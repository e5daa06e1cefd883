"""The objective: dispersion as a quadratic function of lots, y_i = start_i + step_i x_i."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from app.services.kernels.allocation.problem import FloatArray, IntArray


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
    pull : float64[m]
        Change of the mean per lot: weight times step.
    """

    weight: FloatArray
    start: FloatArray
    step: FloatArray
    outside_weight: float
    outside_mean: float
    outside_scatter: float
    pull: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pull", self.weight * self.step)

    def mean(self, metric: FloatArray) -> float:
        """Return the mean of the population when the m accounts are at `metric`."""
        return float(np.add.reduce(self.weight * metric)) + self.outside_weight * self.outside_mean

    def scatter(self, metric: FloatArray, about: float) -> float:
        """Return the weighted sum of squares about `about`: the variance where that is the mean."""
        return self.scatter_about(about, metric - about)

    def scatter_about(self, about: float, deviation: FloatArray) -> float:
        """Return the same, given the deviations of the m accounts from `about`; overwrites them."""
        inside = _sum_of_squares(self.weight, deviation)
        return inside + self.outside_scatter + self.outside_weight * (self.outside_mean - about) ** 2

    def variance(self, lots: FloatArray) -> float:
        """Return the variance of the population after `lots` (float64[m])."""
        metric = self.start + self.step * lots
        return self.scatter(metric, self.mean(metric))

    def shifted(self, lots: FloatArray) -> Quadratic:
        """Return the same function counted from `lots` already traded."""
        return replace(self, start=self.start + self.step * lots)

    def without(self, lots: FloatArray, kept: IntArray) -> Quadratic:
        """Return the function of the accounts `kept`, the others staying at `lots` for good."""
        weight = self.weight.copy()
        weight[kept] = 0.0
        metric = self.start + self.step * lots
        outside_weight = self.outside_weight + float(weight.sum())
        total = float((weight * metric).sum()) + self.outside_weight * self.outside_mean
        mean = total / outside_weight if outside_weight else 0.0
        scatter = self.outside_scatter + self.outside_weight * (self.outside_mean - mean) ** 2
        return Quadratic(
            weight=self.weight[kept],
            start=self.start[kept],
            step=self.step[kept],
            outside_weight=outside_weight,
            outside_mean=mean,
            outside_scatter=scatter + _sum_of_squares(weight, metric - mean),
        )

    def recentred(self, origin: float) -> Quadratic:
        """Return the same function with metrics counted from `origin`."""
        return replace(self, start=self.start - origin, outside_mean=self.outside_mean - origin)

    def enlarged(self, factor: float) -> Quadratic:
        """Return the function with metrics `factor` times as large, and so values factor^2 times."""
        return replace(
            self,
            start=self.start * factor,
            step=self.step * factor,
            outside_mean=self.outside_mean * factor,
            outside_scatter=self.outside_scatter * factor * factor,
        )


def objective(
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
    known = metric if member.all() else metric[member]
    low, high = float(np.minimum.reduce(known)), float(np.maximum.reduce(known))
    middle = (low + high) / 2
    scale = max(high - middle, middle - low, float(np.maximum.reduce(np.abs(step * upper)))) or 1.0
    trades = step != 0
    inside = np.logical_and(member, trades)
    if inside.all():
        return Quadratic(weight, (metric - middle) / scale, step / scale, 0.0, 0.0, 0.0), scale
    kept, outside = inside.nonzero()[0], np.greater(member, trades).nonzero()[0]
    outside_weight = float(weight[outside].sum())
    values = (metric[outside] - middle) / scale
    outside_mean = float((weight[outside] * values).sum()) / outside_weight if outside_weight else 0.0
    function = Quadratic(
        weight=weight[kept],
        start=(metric[kept] - middle) / scale,
        step=step[kept] / scale,
        outside_weight=outside_weight,
        outside_mean=outside_mean,
        outside_scatter=_sum_of_squares(weight[outside], values - outside_mean),
    )
    return function, scale


def _sum_of_squares(weight: FloatArray, deviation: FloatArray) -> float:
    """Return the weighted sum of squares; `deviation` is overwritten."""
    deviation *= deviation
    deviation *= weight
    return float(np.add.reduce(deviation))
