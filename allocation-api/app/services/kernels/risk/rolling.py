"""Statistics over windows that roll along a series."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk.errors import FaultKind, RiskError, refuse
from app.services.kernels.risk.inputs import MIN_ROWS, count, series

_NOT_DEFINED = {FaultKind.UNDEFINED, FaultKind.ZERO_VARIANCE, FaultKind.TOTAL_LOSS, FaultKind.OVERFLOW}


def rolling(
    statistic: Callable[..., float], window: int, returns: ArrayLike, *others: ArrayLike
) -> FloatArray:
    """Return a statistic of each window of one or more series, of shape (T - window + 1,).

    Entry i is of rows i to i + window - 1, so it is known at the end of row i + window - 1. It is NaN where
    the statistic is not defined, such as a Sharpe ratio of returns that do not vary.

    Parameters
    ----------
    statistic : callable
        Takes as many series as are given, each of shape (window,), such as `relative.beta`.
    """
    found = [series(values) for values in (returns, *others)]
    if len({len(each) for each in found}) > 1:
        raise refuse(FaultKind.SHAPE, "returns", "All series need the same number of periods.")
    count(window, MIN_ROWS, len(found[0]), "window")
    windows = zip(*(np.lib.stride_tricks.sliding_window_view(each, window) for each in found), strict=True)
    return np.array([_or_nan(statistic, each) for each in windows])


def _or_nan(statistic: Callable[..., float], windows: tuple[FloatArray, ...]) -> float:
    try:
        return statistic(*windows)
    except RiskError as error:
        if _NOT_DEFINED.issuperset(error.kinds):
            return float("nan")
        raise
