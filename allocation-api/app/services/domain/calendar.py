"""Business day calendar of US government bonds, by QuantLib."""

from __future__ import annotations

from datetime import date

import QuantLib as ql

_CALENDAR = ql.UnitedStates(ql.UnitedStates.GovernmentBond)


def is_business_day(day: date) -> bool:
    """Say whether the day is a business day of the US government bond market."""
    return bool(_CALENDAR.isBusinessDay(_ql(day)))


def trade_date(day: date) -> date:
    """Return the day, or the next business day if it is not one (the Following convention, R2.5)."""
    return _py(_CALENDAR.adjust(_ql(day), ql.Following))


def add_business_days(day: date, days: int) -> date:
    """Return the day `days` business days later; negative counts go back."""
    return _py(_CALENDAR.advance(_ql(day), ql.Period(days, ql.Days)))


def business_days_between(first: date, last: date) -> int:
    """Return the number of business days in (first, last]; negative in reverse."""
    # QuantLib counts [first, last); shifting both by one day counts (first, last].
    return int(_CALENDAR.businessDaysBetween(_ql(first) + 1, _ql(last) + 1))


def _ql(day: date) -> ql.Date:
    return ql.Date(day.day, day.month, day.year)


def _py(day: ql.Date) -> date:
    return date(day.year(), day.month(), day.dayOfMonth())
