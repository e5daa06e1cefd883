"""Returns of a portfolio's assets and benchmark on the days that all have, from market history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from app.core.errors import FieldError
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk import Panel
from app.services.market_history import store
from app.services.market_history.bars import Bars, Days
from app.services.market_history.errors import TooFewPrices
from app.services.market_history.measures import constant_columns
from app.services.market_history.series import (
    Common,
    common,
    dates_of,
    filled_forward,
    last_of_periods,
    returns_of,
)
from app.services.market_history.service import MIN_RETURNS, MarketHistory
from app.services.market_history.types import FillMethod, MarketPeriod, SeriesFrequency
from app.services.risk.types import RiskData
from app.utils.words import counted

_PERIODS = {SeriesFrequency.WEEKLY: 52, SeriesFrequency.MONTHLY: 12}
_TRADING_DAYS, _ALL_DAYS = 252, 365
_WEEKEND_PART = 0.1
"""Part of the days that are Saturdays, and that are Sundays, from which on there are prices every day."""

_SATURDAY, _SUNDAY = 2, 3
"""Days after a Thursday, which 1970-01-01 was."""

_YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """Whose returns, on which days; `fields` are where the assets and the benchmark stand in a request."""

    assets: tuple[str, ...]
    benchmark: str | None
    fields: Mapping[str, str]
    start_date: date | None
    end_date: date | None
    frequency: SeriesFrequency
    fill: FillMethod
    known_at: datetime | None
    periods_per_year: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Returns by asset and of the benchmark; `dates` are those of the prices, one more than returns."""

    panel: Panel
    benchmark: FloatArray | None
    dates: list[date]
    data: RiskData


def read(history: MarketHistory, asked: SampleRequest) -> Sample:
    """Return the returns of what is asked.

    Raises
    ------
    UnknownAsset, TooFewPrices
        With the fields of the assets.
    RiskError
        For returns that are too large.
    """
    fields = asked.fields
    names = tuple(dict.fromkeys((*asked.assets, *fields)))
    known = history.known(names, asked.known_at, fields)
    own = {name: each.bars for name, each in known.items()}
    shared = common({name: _window(bars, own, asked) for name, bars in own.items()}, MarketPeriod.MAX)
    ends = last_of_periods(shared.days, asked.frequency) if len(shared.days) else np.empty(0, np.intp)
    if len(ends) <= MIN_RETURNS:
        raise _too_few(asked, fields, len(ends))
    days = shared.days[ends]
    returns = Panel.of(_steady(returns_of(shared.prices[ends])), names).returns
    count = len(asked.assets)
    spoken = asked.periods_per_year or periods_of_year(shared.days, asked.frequency)
    first, last = dates_of(days[[0, -1]])
    data = RiskData(
        first,
        last,
        asked.frequency,
        len(returns),
        asked.fill,
        shared.left_out,
        _missing(own, shared),
        int(np.diff(shared.days).max()),
        spoken,
        len(returns) / float(days[-1] - days[0]) * _YEAR_DAYS,
        store.sources_of(known.values()),
        store.last_arrival(known.values()),
    )
    benchmark = None if asked.benchmark is None else returns[:, names.index(asked.benchmark)]
    return Sample(Panel(returns[:, :count], names[:count]), benchmark, dates_of(days), data)


def _window(bars: Bars, own: Mapping[str, Bars], asked: SampleRequest) -> Bars:
    if asked.fill is FillMethod.FORWARD:
        bars, _ = filled_forward(bars, np.unique(np.concatenate([each.days for each in own.values()])))
    return bars.between(asked.start_date, asked.end_date)


def _too_few(asked: SampleRequest, fields: Mapping[str, str], count: int) -> TooFewPrices:
    found = f"All assets have a price in {counted(count, 'period')} from start_date to end_date"
    words = f"{found}. At least {MIN_RETURNS + 1} are needed ({asked.frequency})."
    hint = "Ask for more days, or leave out an asset with few days."
    return TooFewPrices(f"{words} {hint}", errors=[FieldError(field, words) for field in fields.values()])


def _steady(returns: FloatArray) -> FloatArray:
    """Return the returns, those of an asset that varies by rounding alone as their mean: they do not vary."""
    if np.isfinite(returns).all() and (places := constant_columns(returns)):
        returns[:, places] = returns[:, places].mean(axis=0)
    return returns


def periods_of_year(days: Days, frequency: SeriesFrequency) -> int:
    """Return the periods of a year by convention: of daily prices 252, or 365 where weekends have some."""
    if frequency is not SeriesFrequency.DAILY:
        return _PERIODS[frequency]
    weekdays = days % 7
    parts = [float(np.mean(weekdays == day)) for day in (_SATURDAY, _SUNDAY)]
    return _ALL_DAYS if min(parts) >= _WEEKEND_PART else _TRADING_DAYS


def _missing(own: Mapping[str, Bars], shared: Common) -> dict[str, int]:
    """Return on how many days of others each asset has no price of its own."""
    first, last = shared.days[0], shared.days[-1]
    inside = {name: each.days[(each.days >= first) & (each.days <= last)] for name, each in own.items()}
    every = len(np.unique(np.concatenate(list(inside.values()))))
    return {name: every - len(days) for name, days in inside.items()}
