"""What the kernels of risk take: returns that are finite, long enough and small enough to be squared.

A return is a simple one as a fraction, 0.01 for 1 %, and rows are periods in the order of time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk.errors import Fault, FaultKind, RiskError, refuse

MIN_ROWS = 2
LARGEST = 1e60
"""Absolute value up to which fourth powers and their sums stay within float64."""
SMALLEST = 1 / LARGEST
"""Standard deviation, or sum of losses, up to which there is none: its powers would leave float64 below."""
MAX_ASSETS = 2000
"""Of a panel: the work on a covariance grows with the cube of it, and takes seconds there."""
SUM_TOLERANCE = 1e-6
"""How far the sum of weights may be from 1."""
MAX_PERIODS_PER_YEAR = 1e6
"""Periods of a year are fewer: minutes are 525,600."""
NAMES_IN_WORDS = 5
"""Assets that a message names; the fault has them all."""
ROUNDING = 64 * float(np.finfo(np.float64).eps)
"""A standard deviation below this part of the largest value is what rounding leaves of a constant."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Returns of several assets over the same periods; `of` makes it from what is not checked yet.

    Parameters
    ----------
    returns : ndarray of shape (T, n)
        One row a period, one column an asset.
    assets : tuple of str
        The n names, each once.
    """

    returns: FloatArray
    assets: tuple[str, ...]

    @classmethod
    def of(cls, returns: ArrayLike, assets: Sequence[str]) -> Panel:
        """Return the panel of these returns.

        Raises
        ------
        RiskError
            SHAPE, TOO_MANY_ASSETS, TOO_FEW_ROWS, NOT_FINITE or OVERFLOW; the latter two name the assets.
        """
        names = tuple(assets)
        if len(names) > MAX_ASSETS:
            text = f"There are {len(names)}; {MAX_ASSETS} are taken at most."
            raise refuse(FaultKind.TOO_MANY_ASSETS, "assets", text)
        found = numbers(returns, "returns")
        if found.ndim != 2 or not names or found.shape[1] != len(names):
            raise refuse(
                FaultKind.SHAPE, "returns", f"One column for each of the {len(names)} assets is needed."
            )
        if len(set(names)) < len(names):
            twice = tuple(name for name, times in Counter(names).items() if times > 1)
            raise refuse(FaultKind.SHAPE, "assets", f"Name each once: {listed(twice)}.", twice)
        faults = [*_length(found, "returns", MIN_ROWS), *_size(found, "returns", names)]
        if faults:
            raise RiskError(*faults)
        return cls(found, names)

    def weights(self, weights: Mapping[str, float]) -> FloatArray:
        """Return the weights in the order of the assets, 0 for those that are not named.

        Raises
        ------
        RiskError
            UNKNOWN_ASSET, NOT_FINITE, OVERFLOW, WEIGHTS_SUM, all that apply.
        """
        given = numbers(list(weights.values()), "weights")
        names = tuple(weights)
        unknown = tuple(name for name in names if name not in self.assets)
        faults = _size(given.reshape(1, -1), "weights", names)
        if unknown:
            text = f"There are no returns of {listed(unknown)}."
            faults.append(Fault(FaultKind.UNKNOWN_ASSET, "weights", text, unknown))
        if not faults and abs((total := float(given.sum())) - 1) > SUM_TOLERANCE:
            text = f"Their sum is {total:.8g}; it must be 1 within {SUM_TOLERANCE:g}."
            faults.append(Fault(FaultKind.WEIGHTS_SUM, "weights", text))
        if faults:
            raise RiskError(*faults)
        return np.array([float(weights.get(name, 0)) for name in self.assets])

    def portfolio(self, weights: FloatArray) -> FloatArray:
        """Return R w, of shape (T,): the returns of a portfolio brought back to its weights each period."""
        return series(self.returns @ weights, "portfolio returns")


def series(values: ArrayLike, field: str = "returns", fewest: int = MIN_ROWS) -> FloatArray:
    """Return one series, of shape (T,), that is finite, small enough, and has `fewest` rows at least.

    Raises
    ------
    RiskError
        SHAPE, TOO_FEW_ROWS, NOT_FINITE or OVERFLOW.
    """
    found = numbers(values, field)
    if found.ndim != 1:
        raise refuse(FaultKind.SHAPE, field, "One number for each period is needed.")
    faults = [*_length(found, field, fewest), *_size(found.reshape(-1, 1), field, ())]
    if faults:
        raise RiskError(*faults)
    return found


def paired(returns: ArrayLike, benchmark: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return two series of the same periods."""
    ours, theirs = series(returns), series(benchmark, "benchmark")
    if len(ours) != len(theirs):
        raise refuse(
            FaultKind.SHAPE, "benchmark", f"It has {len(theirs)} periods, the returns have {len(ours)}."
        )
    return ours, theirs


def numbers(values: ArrayLike, field: str) -> FloatArray:
    """Return an array of float64; SHAPE where there is anything else than numbers in a regular form."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise refuse(FaultKind.SHAPE, field, "Numbers in rows of one length are needed.") from error


def within(value: float, low: float, high: float, field: str) -> float:
    """Return a parameter that is strictly between two numbers; else OUT_OF_RANGE."""
    if not low < value < high:
        raise refuse(FaultKind.OUT_OF_RANGE, field, f"{value:g} is not between {low:g} and {high:g}.")
    return float(value)


def count(value: int, low: int, high: int, field: str) -> int:
    """Return a number of rows or samples from `low` to `high`; else OUT_OF_RANGE."""
    if not low <= value <= high:
        raise refuse(FaultKind.OUT_OF_RANGE, field, f"{value} is not from {low} to {high}.")
    return value


def rate(value: float, field: str) -> float:
    """Return a return per period, such as a target or the risk-free rate; else OUT_OF_RANGE."""
    return within(value, -LARGEST, LARGEST, field)


def yearly(periods: float) -> float:
    """Return how many periods a year has; else OUT_OF_RANGE."""
    return within(periods, 0, MAX_PERIODS_PER_YEAR, "periods")


def is_constant(*values: FloatArray) -> bool:
    """Whether the difference of two series, or one series, varies by no more than rounding does."""
    largest = max(float(np.abs(each).max()) for each in values)
    difference = values[0] - values[1] if len(values) > 1 else values[0]
    return float(difference.std()) <= max(ROUNDING * largest, SMALLEST)


def listed(names: tuple[str, ...]) -> str:
    """Return the first names in words, and how many more there are."""
    more = len(names) - NAMES_IN_WORDS
    return ", ".join(names[:NAMES_IN_WORDS]) + (f" and {more} more" if more > 0 else "")


def _length(found: FloatArray, field: str, fewest: int) -> list[Fault]:
    if len(found) >= fewest:
        return []
    text = f"There are {len(found)} periods; {fewest} are needed at least."
    return [Fault(FaultKind.TOO_FEW_ROWS, field, text)]


def _size(found: FloatArray, field: str, names: tuple[str, ...]) -> list[Fault]:
    """Return the faults of numbers that are missing, infinite or too large, by column."""
    faults = []
    finite = np.isfinite(found)
    large = finite & (np.abs(found) > LARGEST)
    for kind, wrong, text in (
        (FaultKind.NOT_FINITE, ~finite, "Numbers are missing or infinite"),
        (FaultKind.OVERFLOW, large, f"Numbers are above {LARGEST:g} in absolute value"),
    ):
        bad = np.flatnonzero(wrong.any(axis=0))
        if len(bad):
            assets = tuple(names[column] for column in bad) if names else ()
            where = f": {listed(assets)}" if assets else ""
            faults.append(Fault(kind, field, f"{text}{where}.", assets))
    return faults
