"""Business days of the desk (US government bonds), and the close that a moment's book is as of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Protocol

import QuantLib as ql

MAX_KEPT_DAYS, MAX_KEPT_SPANS = 4096, 16
_CALENDAR = ql.UnitedStates(ql.UnitedStates.GovernmentBond)


class DeskDays(Protocol):
    """Maps a moment to the desk's date, the day on which it trades, and the close before that day."""

    def business_date(self, moment: datetime) -> date:
        """Return the date that the desk works on."""

    def trade_day(self, moment: datetime) -> date:
        """Return the day of a trade at this moment."""

    def close_before(self, moment: datetime) -> date:
        """Return the date of the book at this moment; trades up to it are in its positions."""


@dataclass(frozen=True, slots=True)
class StandingDay:
    """A day that never passes: that of a book file, whose trades stay today's."""

    as_of: date

    def business_date(self, _moment: datetime) -> date:
        """Return the book's date."""
        return self.as_of

    def trade_day(self, _moment: datetime) -> date:
        """Return a day after the book's."""
        return self.as_of + timedelta(days=1)

    def close_before(self, _moment: datetime) -> date:
        """Return the book's date."""
        return self.as_of


@dataclass(frozen=True, slots=True)
class PassingDays:
    """Days that pass as `day_of` says: the desk's calendar day at a moment."""

    day_of: Callable[[datetime], date]

    def business_date(self, moment: datetime) -> date:
        """Return the moment's day."""
        return self.day_of(moment)

    def trade_day(self, moment: datetime) -> date:
        """Return the moment's day, or the next business day (the Following convention)."""
        return following(self.day_of(moment))

    def close_before(self, moment: datetime) -> date:
        """Return the last business day before the moment's day."""
        return last_close(self.day_of(moment))


def following(day: date) -> date:
    """Return the day, or the next business day if it is none."""
    return _py(_CALENDAR.adjust(_ql(day), ql.Following))


@lru_cache(MAX_KEPT_DAYS)
def last_close(day: date) -> date:
    """Return the last business day before a day."""
    return _py(_CALENDAR.adjust(_ql(day - timedelta(days=1)), ql.Preceding))


@lru_cache(MAX_KEPT_DAYS)
def settlement(day: date, days: int) -> date:
    """Return the day `days` business days after a day."""
    return _py(_CALENDAR.advance(_ql(day), days, ql.Days))


@lru_cache(MAX_KEPT_SPANS)
def business_days(after: date, until: date) -> tuple[date, ...]:
    """Return the business days in (after, until], oldest first."""
    if until <= after:
        return ()
    return tuple(_py(day) for day in _CALENDAR.businessDayList(_ql(after) + 1, _ql(until)))


def _ql(day: date) -> ql.Date:
    return ql.Date(day.day, day.month, day.year)


def _py(day: ql.Date) -> date:
    return date(day.year(), day.month(), day.dayOfMonth())
