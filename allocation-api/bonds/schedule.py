"""Coupon schedule: regular dates counted back from maturity, and irregular first and last periods.

Dates are not moved by weekends and holidays, as is the market's convention for interest.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from bonds.terms import PERPETUAL, InterestUnknownError, Terms

MONTH_END = 31
"""Day of the coupons of a bond that pays on the last day of each month."""

_FEBRUARY = 2
_SHORTEST_MONTH = 28
_MONTHS_BY_FREQUENCY = {1: 12, 2: 6, 3: 4, 4: 3, 6: 2, 12: 1}
_MAX_MOVED_DAYS = 6


@dataclass(frozen=True, slots=True)
class Period:
    """One coupon period; the coupon is paid at its end."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class RegularDates:
    """Dates every `months` from an anchor, on `day` or on the last day of a month that does not have it."""

    anchor: date
    months: int
    day: int

    def at(self, step: int) -> date:
        """Return the date so many steps after the anchor."""
        year, month = divmod(self.anchor.year * 12 + self.anchor.month - 1 + step * self.months, 12)
        day = self.day if self.day <= _SHORTEST_MONTH else min(self.day, _days_in_month(year, month + 1))
        return date(year, month + 1, day)

    def step(self, day: date) -> int:
        """Return the step of the last date on or before a day."""
        step = ((day.year - self.anchor.year) * 12 + day.month - self.anchor.month) // self.months
        return step if self.at(step) <= day else step - 1

    def around(self, day: date) -> Period:
        """Return the regular period that contains a day."""
        step = self.step(day)
        return Period(self.at(step), self.at(step + 1))


@dataclass(frozen=True, slots=True)
class Schedule:
    """The coupon periods of a bond."""

    regular: RegularDates
    start: date | None
    first_coupon: date | None
    last_coupon: date | None
    maturity: date

    @classmethod
    def of(cls, terms: Terms) -> Schedule:
        """Build the schedule of these terms.

        Raises
        ------
        InterestUnknownError
            When the terms contradict each other or leave the dates open.
        """
        first, start, maturity = terms.first_coupon, terms.start, terms.maturity
        if first is not None and first >= maturity:
            # All interest is paid with the principal.
            return cls(RegularDates(maturity, 12, maturity.day), start, maturity, None, maturity)
        regular = _regular_dates(terms)
        if first is not None:
            first = _regular_date_of(regular, first)
        elif start is not None:
            first = regular.around(start).end
        return cls(regular, start, first, terms.last_coupon, maturity)

    @property
    def pays_at_month_end(self) -> bool:
        """Whether coupons are paid on the last day of each month."""
        return self.regular.day == MONTH_END

    def is_regular(self, period: Period) -> bool:
        """Say whether a period is one step of the regular dates."""
        return period == self.regular.around(period.start)

    def period(self, day: date) -> Period:
        """Return the coupon period that contains a day.

        Raises
        ------
        InterestUnknownError
            When the day is not between the start of interest and maturity.
        """
        if day >= self.maturity:
            raise InterestUnknownError(f"it matures on {self.maturity}")
        if self.start is not None and day < self.start:
            raise InterestUnknownError(f"its interest starts on {self.start}")
        if self.first_coupon is not None and day < self.first_coupon:
            if self.start is None:
                raise InterestUnknownError("the start of its first coupon period is unknown")
            return Period(self.start, self.first_coupon)
        if self.last_coupon is not None and day >= self.last_coupon:
            return Period(self.last_coupon, self.maturity)
        return self.regular.around(day)


def ends_month(day: date) -> bool:
    """Say whether a day is the last of its month."""
    return day.day == _days_in_month(day.year, day.month)


def _days_in_month(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def ends_february(day: date) -> bool:
    """Say whether a day is the last of February."""
    return day.month == _FEBRUARY and ends_month(day)


def _regular_dates(terms: Terms) -> RegularDates:
    months = _MONTHS_BY_FREQUENCY.get(terms.frequency)
    if months is None:
        raise InterestUnknownError(f"its coupon frequency is {terms.frequency} a year")
    anchor = terms.last_coupon or terms.maturity
    if anchor == PERPETUAL:
        if terms.first_coupon is None:
            raise InterestUnknownError("it is perpetual, and its first coupon is unknown")
        anchor = terms.first_coupon
    return RegularDates(anchor, months, _coupon_day(terms, anchor))


def _coupon_day(terms: Terms, anchor: date) -> int:
    """Return the day of the month on which coupons are paid, MONTH_END where that is the last of each."""
    first, start = terms.first_coupon, terms.start
    if not ends_month(anchor):
        return anchor.day
    if terms.pays_at_month_end is not None:
        return MONTH_END if terms.pays_at_month_end else anchor.day
    if first is not None and first != anchor:
        # A month end that differs from the anchor's shows the rule, an equal day that there is none.
        return MONTH_END if ends_month(first) and first.day != anchor.day else anchor.day
    is_plain = start is not None and start.day == anchor.day and not ends_month(start)
    return anchor.day if is_plain else MONTH_END


def _regular_date_of(regular: RegularDates, first: date) -> date:
    """Return the regular date of the first coupon, which may be given as it was paid, after a weekend."""
    found = regular.at(regular.step(first))
    if (first - found).days > _MAX_MOVED_DAYS:
        raise InterestUnknownError(f"its first coupon {first} does not fit the schedule of its maturity")
    return found
