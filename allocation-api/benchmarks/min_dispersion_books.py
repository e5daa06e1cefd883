"""Random books of any size for minimum dispersion, published here so that anybody can draw the same."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from app.services.kernels.allocation import Weighting

Array = NDArray[np.float64]

LOT = 1_000
DIRTY_PRICE = 98.5
SPREAD_DURATION = 3.8


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """One order over n accounts: y_i = metric_i + slope_i x_i, sum x = order, 0 <= x <= cap.

    Parameters
    ----------
    weight : float64[n]
        Of each account in the dispersion; they sum to one.
    metric : float64[n]
        Active spread duration before the trade, years.
    slope : float64[n]
        Years per unit of face.
    cap : float64[n]
        Face that the account's cash pays for.
    order : float
        Face.
    """

    weight: Array
    metric: Array
    slope: Array
    cap: Array
    order: float

    def std_dev(self, face: Array) -> float:
        """Return the dispersion after `face` is bought, years."""
        metric = self.metric + self.slope * face
        mean = float((self.weight * metric).sum())
        return sqrt(float((self.weight * (metric - mean) ** 2).sum()))

    def violation(self, face: Array) -> float:
        """Return the largest violation of a bound or of the total, as a fraction of the order."""
        total = abs(float(face.sum()) - self.order)
        bounds = max(float((face - self.cap).max()), float((-face).max()), 0.0)
        return max(total, bounds) / self.order

    def in_lots(self) -> Book:
        """Return the same book with caps and order in whole lots."""
        cap = np.floor(self.cap / LOT)
        return Book(self.weight, self.metric, self.slope * LOT, cap, float(self.order // LOT))


def random_book(size: int, seed: int, weighting: Weighting) -> Book:
    """Draw NAVs lognormal about 66 million, cash up to 5 % of NAV, a tenth blocked, a third of the capacity.

    Active spread durations are normal about 5 years with a standard deviation of half a year; the bond costs
    98.5 per 100 and has a spread duration of 3.8 years.
    """
    random = np.random.default_rng(seed)
    nav = random.lognormal(18.0, 1.0, size)
    metric = random.normal(5.0, 0.5, size)
    cash = nav * random.uniform(0.0, 0.05, size) * (random.random(size) >= 0.1)
    cap = cash / (DIRTY_PRICE / 100)
    return Book(
        weight=np.full(size, 1 / size) if weighting is Weighting.EQUAL else nav / nav.sum(),
        metric=metric,
        slope=DIRTY_PRICE / 100 * SPREAD_DURATION / nav,
        cap=cap,
        order=float(cap.sum()) / 3,
    )
