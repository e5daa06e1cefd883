"""Arithmetic of series: periods, filled days, returns, and the days that assets have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.services.market_history.bars import (
    CLOSE,
    HIGH,
    LOW,
    OPEN,
    VOLUME,
    Bars,
    Days,
    Values,
)
from app.services.market_history.types import MONTHS, MarketPeriod, ReturnType, SeriesFrequency

_WEEK_OFFSET = 3
"""1970-01-01 was a Thursday: so many days after a Monday."""


@dataclass(frozen=True, slots=True)
class Common:
    """Closes on the days that all assets have, one asset a column; `left_out` days only some of them have."""

    days: Days
    prices: Values
    left_out: int


def in_periods(bars: Bars, frequency: SeriesFrequency) -> Bars:
    """Return one bar for each period, dated on the last day of it that has a bar.

    The open is of the first day that states one, high and low are over all, volumes are added up.
    """
    if frequency is SeriesFrequency.DAILY or not len(bars.days):
        return bars
    ends = last_of_periods(bars.days, frequency)
    starts = np.append(0, ends[:-1] + 1)
    values = bars.values
    merged = np.empty((len(values), len(starts)))
    merged[OPEN] = _first_stated(values[OPEN], starts, ends)
    merged[HIGH] = np.fmax.reduceat(values[HIGH], starts)
    merged[LOW] = np.fmin.reduceat(values[LOW], starts)
    merged[CLOSE] = values[CLOSE, ends]
    stated = ~np.isnan(values[VOLUME])
    sums = np.add.reduceat(np.where(stated, values[VOLUME], 0.0), starts)
    merged[VOLUME] = np.where(np.logical_or.reduceat(stated, starts), sums, np.nan)
    return Bars(bars.days[ends], merged)


def last_of_periods(days: Days, frequency: SeriesFrequency) -> NDArray[np.intp]:
    """Return the place of the last day of each period."""
    if frequency is SeriesFrequency.DAILY:
        return np.arange(len(days))
    if frequency is SeriesFrequency.WEEKLY:
        period = (days.astype(np.int64) + _WEEK_OFFSET) // 7
    else:
        period = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.append(np.flatnonzero(period[1:] != period[:-1]), len(period) - 1)


def _first_stated(values: Values, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> Values:
    places = np.where(np.isnan(values), len(values), np.arange(len(values)))
    first = np.minimum.reduceat(places, starts)
    return np.where(first <= ends, np.append(values, np.nan)[first], np.nan)


def filled_forward(bars: Bars, calendar: Days) -> tuple[Bars, Days]:
    """Return bars on each day of a calendar from the first bar on, and the days that are filled.

    A filled day carries the last close, and states nothing else.
    """
    days = np.union1d(calendar[calendar >= bars.days[0]], bars.days) if len(bars.days) else bars.days
    at = np.searchsorted(bars.days, days, "right") - 1
    missing = ~np.isin(days, bars.days)
    values = bars.values[:, at]
    for column in (OPEN, HIGH, LOW, VOLUME):
        values[column, missing] = np.nan
    return Bars(days.astype(np.int32), values), days[missing].astype(np.int32)


def returns_of(prices: Values, return_type: ReturnType = ReturnType.SIMPLE) -> Values:
    """Return the change from each price to the next, along the first axis: one fewer than prices."""
    with np.errstate(over="ignore", divide="ignore"):  # the logarithm of a ratio too small for a number
        ratio = prices[1:] / prices[:-1]
        return np.asarray(np.log(ratio) if return_type is ReturnType.LOG else ratio - 1)


def common(bars: Mapping[str, Bars], period: MarketPeriod) -> Common:
    """Return the closes of assets on the days that all have, in a period that ends on the last of these."""
    shared = _shared_days(bars)
    if len(shared) and period is not MarketPeriod.MAX:
        shared = shared[shared >= _begin(shared[-1], MONTHS[period])]
    if not len(shared):
        return Common(shared, np.empty((0, len(bars))), 0)
    closes, some = [], []
    for each in bars.values():
        closes.append(each.closes[np.searchsorted(each.days, shared)])
        some.append(each.days[(each.days >= shared[0]) & (each.days <= shared[-1])])
    left_out = len(np.unique(np.concatenate(some))) - len(shared)
    return Common(shared, np.column_stack(closes), left_out)


def _shared_days(bars: Mapping[str, Bars]) -> Days:
    found: Days | None = None
    for each in bars.values():
        found = each.days if found is None else np.intersect1d(found, each.days, assume_unique=True)
    return np.empty(0, np.int32) if found is None else found


def _begin(last: int, months: int) -> int:
    """Return the day so many months before another one, on the same day of its month, or the month's last."""
    day = np.datetime64(int(last), "D")
    month = day.astype("datetime64[M]") - months
    end = (month + 1).astype("datetime64[D]") - 1
    same = month.astype("datetime64[D]") + (day - day.astype("datetime64[M]"))
    return int(min(same, end).astype(np.int64))


def listed(values: Values) -> list[float | None]:
    """Return values as numbers for JSON, None for what is not known or beyond all numbers."""
    found: list[float | None] = values.tolist()
    for at in np.flatnonzero(~np.isfinite(values)):
        found[at] = None
    return found


def dates_of(days: Days) -> list[date]:
    """Return days as dates."""
    found: list[date] = days.astype("datetime64[D]").tolist()
    return found
