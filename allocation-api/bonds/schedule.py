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
        _check_order(terms)
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


def _check_order(terms: Terms) -> None:
    """Check that the last regular coupon comes after the first one and by maturity.

    Else its period would run for years, and many coupons would accrue in it.
    """
    first, last = terms.first_coupon, terms.last_coupon
    if last is None:
        return
    if last > terms.maturity:
        raise InterestUnknownError(f"its last regular coupon {last} is after its maturity {terms.maturity}")
    if first is not None and last < first:
        raise InterestUnknownError(f"its last regular coupon {last} is before its first coupon {first}")


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
    if terms.last_coupon is not None:
        # 28 February as the last coupon leaves the day of the others open; a maturity that is regular tells.
        regular = _dates_from(terms, terms.maturity, months)
        if _is_schedule_of(terms, regular):
            return regular
    anchor = terms.last_coupon or terms.maturity
    if anchor == PERPETUAL:
        if terms.first_coupon is None:
            raise InterestUnknownError("it is perpetual, and its first coupon is unknown")
        anchor = terms.first_coupon
    return _dates_from(terms, anchor, months)


def _is_schedule_of(terms: Terms, regular: RegularDates) -> bool:
    """Say whether all that the terms say of coupons agrees with these regular dates."""
    first, last = terms.first_coupon, terms.last_coupon
    return (
        (last is None or _moved_days(regular, last) == 0)
        and (first is None or _moved_days(regular, first) <= _MAX_MOVED_DAYS)
        and terms.pays_at_month_end in (None, regular.day == MONTH_END)
    )


def _dates_from(terms: Terms, anchor: date, months: int) -> RegularDates:
    """Return the regular dates through an anchor, at month ends where the terms show that."""
    plain, at_month_ends = (RegularDates(anchor, months, day) for day in (anchor.day, MONTH_END))
    return at_month_ends if ends_month(anchor) and _shows_month_ends(terms, plain, at_month_ends) else plain


def _shows_month_ends(terms: Terms, plain: RegularDates, at_month_ends: RegularDates) -> bool:
    """Say whether coupons are paid at month ends; only a date on which both rules differ tells."""
    first, start = terms.first_coupon, terms.start
    if terms.pays_at_month_end is not None:
        return terms.pays_at_month_end
    if first is not None and first != plain.anchor:
        usual, last_of_month = (dates.at(plain.step(first)) for dates in (plain, at_month_ends))
        if usual != last_of_month:
            return first >= last_of_month
        return (
            start is not None
            and start != plain.at(plain.step(start))
            and (start == at_month_ends.at(at_month_ends.step(start)))
        )
    is_plain = start is not None and start.day == plain.anchor.day and not ends_month(start)
    return not is_plain


def _regular_date_of(regular: RegularDates, first: date) -> date:
    """Return the regular date of the first coupon, which may be given as it was paid, after a weekend."""
    if _moved_days(regular, first) > _MAX_MOVED_DAYS:
        raise InterestUnknownError(f"its first coupon {first} does not fit the schedule of its maturity")
    return regular.at(regular.step(first))


def _moved_days(regular: RegularDates, day: date) -> int:
    """Return by how many days a date follows a regular one."""
    return (day - regular.at(regular.step(day))).days
