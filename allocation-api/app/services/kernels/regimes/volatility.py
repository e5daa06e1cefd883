"""Yang-Zhang volatility of bars: variance from open, high, low and close, with overnight gaps, without drift.

Source: Yang and Zhang, "Drift-independent volatility estimation based on high, low, open, and close prices",
Journal of Business 73 (2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk.errors import Fault, FaultKind, RiskError, refuse
from app.services.kernels.risk.inputs import LARGEST, count, numbers, yearly

MIN_WINDOW, MAX_WINDOW = 2, 10_000
"""Bars of a window: a sample variance takes two."""

_ALPHA = 0.34
_NAMED_ROWS = 5
"""Rows that a message names."""


@dataclass(frozen=True, slots=True, eq=False)
class Candles:
    """Open, high, low and close of bars in the order of time, each of shape (T,); `of` checks them."""

    opens: FloatArray
    highs: FloatArray
    lows: FloatArray
    closes: FloatArray

    @classmethod
    def of(
        cls,
        opens: ArrayLike,
        highs: ArrayLike,
        lows: ArrayLike,
        closes: ArrayLike,
        *,
        field: str = "bars",
        rows: Sequence[object] = (),
    ) -> Candles:
        """Return the bars of these prices; `rows` names them in messages, by default with numbers from 0.

        Raises
        ------
        RiskError
            SHAPE; NOT_FINITE, OVERFLOW or OUT_OF_RANGE (a price of 0 or less); OUT_OF_RANGE for bars whose
            high is below their low, or whose open or close is outside: all that apply.
        """
        named = {"open": opens, "high": highs, "low": lows, "close": closes}
        found = {name: numbers(values, f"{field}.{name}") for name, values in named.items()}
        shapes = {values.shape for values in found.values()}
        if len(shapes) > 1 or found["open"].ndim != 1:
            raise refuse(FaultKind.SHAPE, field, "Open, high, low and close need one number for each bar.")
        faults = [
            fault for name, values in found.items() for fault in price_faults(values, f"{field}.{name}", rows)
        ]
        if faults:
            raise RiskError(*faults)
        candles = cls(*found.values())
        faults = [*_outside(candles, field, rows)]
        if faults:
            raise RiskError(*faults)
        return candles


def price_faults(prices: FloatArray, field: str, rows: Sequence[object] = ()) -> list[Fault]:
    """Return what is wrong with prices: one that is not finite, too large to be squared, or not above 0."""
    wrong = {
        FaultKind.NOT_FINITE: ~np.isfinite(prices),
        FaultKind.OVERFLOW: np.isfinite(prices) & (np.abs(prices) > LARGEST),
        FaultKind.OUT_OF_RANGE: np.isfinite(prices) & (prices < 1 / LARGEST),
    }
    words = {
        FaultKind.NOT_FINITE: "there is no number",
        FaultKind.OVERFLOW: "the price is too large",
        FaultKind.OUT_OF_RANGE: "the price is not above 0",
    }
    return [
        Fault(kind, field, f"In {_named(at, rows)} {words[kind]}.") for kind, at in wrong.items() if at.any()
    ]


def yang_zhang(candles: Candles, window: int) -> FloatArray:
    """Return the Yang-Zhang variance of a bar at each bar, of shape (T,), from the bars of its window.

    Var(o) + k Var(c) + (1 - k) mean(RS) with sample variances (ddof 1), o = ln(O_t / C_(t-1)), c = ln(C / O),
    RS = ln(H/C) ln(H/O) + ln(L/C) ln(L/O) and k = 0.34 / (1.34 + (n + 1) / (n - 1)). The first `window` bars
    have NaN: the first gap takes a bar before.

    Raises
    ------
    RiskError
        OUT_OF_RANGE for a window that is not from 2 to 10,000.
    """
    count(window, MIN_WINDOW, MAX_WINDOW, "window")
    found = np.full(len(candles.closes), np.nan)
    if len(found) <= window:
        return found
    opens, highs, lows, closes = (
        np.log(each) for each in (candles.opens, candles.highs, candles.lows, candles.closes)
    )
    gaps = opens[1:] - closes[:-1]
    inner = (closes - opens)[1:]
    satchell = (highs - closes) * (highs - opens) + (lows - closes) * (lows - opens)
    k = intraday_weight(window)
    found[window:] = (
        _windows(gaps, window).var(axis=1, ddof=1)
        + k * _windows(inner, window).var(axis=1, ddof=1)
        + (1 - k) * _windows(satchell[1:], window).mean(axis=1)
    )
    return found


def intraday_weight(window: int) -> float:
    """Return k, the weight of the variance from open to close that gives the least variance of the whole."""
    return _ALPHA / (1 + _ALPHA + (window + 1) / (window - 1))


def annualised(variances: ArrayLike, bars_per_year: float) -> FloatArray:
    """Return volatilities of a year from variances of a bar: 365 bars, or 2,190 of four hours."""
    volatilities: FloatArray = np.sqrt(numbers(variances, "variances") * yearly(bars_per_year))
    return volatilities


def _windows(values: FloatArray, window: int) -> FloatArray:
    windows: FloatArray = np.lib.stride_tricks.sliding_window_view(values, window)
    return windows


def _outside(candles: Candles, field: str, rows: Sequence[object]) -> list[Fault]:
    highs, lows = candles.highs, candles.lows
    crossed = highs < lows
    outside = np.zeros(len(highs), bool)
    for inner in (candles.opens, candles.closes):
        outside |= (inner > highs) | (inner < lows)
    words = {
        "the high is below the low": crossed,
        "open or close is outside of low and high": outside & ~crossed,
    }
    return [
        Fault(FaultKind.OUT_OF_RANGE, field, f"In {_named(at, rows)} {text}.")
        for text, at in words.items()
        if at.any()
    ]


def _named(at: NDArray[np.bool_], rows: Sequence[object]) -> str:
    places = np.flatnonzero(at)
    names = ", ".join(str(rows[place] if rows else place) for place in places[:_NAMED_ROWS])
    more = f" and {len(places) - _NAMED_ROWS:,} more" if len(places) > _NAMED_ROWS else ""
    return f"{'row' if len(places) == 1 else 'rows'} {names}{more}"
