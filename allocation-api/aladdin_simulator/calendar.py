"""Business days of the US government bond market, by QuantLib."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import QuantLib as ql

MAX_KEPT_DAYS, MAX_KEPT_SPANS = 4096, 16
_CALENDAR = ql.UnitedStates(ql.UnitedStates.GovernmentBond)


def is_business_day(day: date) -> bool:
    """Say whether US government bonds trade on a day."""
    return bool(_CALENDAR.isBusinessDay(to_ql(day)))


def following(day: date) -> date:
    """Return the day, or the next business day if it is none."""
    return from_ql(_CALENDAR.adjust(to_ql(day), ql.Following))


@lru_cache(MAX_KEPT_DAYS)
def last_close(day: date) -> date:
    """Return the last business day before a day."""
    return from_ql(_CALENDAR.adjust(to_ql(day - timedelta(days=1)), ql.Preceding))


@lru_cache(MAX_KEPT_DAYS)
def settlement(day: date, days: int) -> date:
    """Return the day `days` business days after a day."""
    return from_ql(_CALENDAR.advance(to_ql(day), days, ql.Days))


@lru_cache(MAX_KEPT_SPANS)
def business_days(after: date, until: date) -> tuple[date, ...]:
    """Return the business days in (after, until], oldest first."""
    if until <= after:
        return ()
    return tuple(from_ql(day) for day in _CALENDAR.businessDayList(to_ql(after) + 1, to_ql(until)))


def to_ql(day: date) -> ql.Date:
    """Return a date as QuantLib's."""
    return ql.Date(day.day, day.month, day.year)


def from_ql(day: ql.Date) -> date:
    """Return a date of QuantLib's as Python's."""
    return date(day.year(), day.month(), day.dayOfMonth())
