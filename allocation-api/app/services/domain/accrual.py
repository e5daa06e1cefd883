"""Accrued interest by a bond's coupon schedule and day count, exact and in the standard library alone.

Coupon dates are counted back from maturity, or from the last regular coupon, and are not moved by weekends,
as is the market's convention. What the terms do not determine is refused by its name, never guessed.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.services.domain.book import Security

PERPETUAL = date(2049, 12, 31)
"""The vendor's maturity of a bond that has none."""

_MONTHS_BY_FREQUENCY = {1: 12, 2: 6, 3: 4, 4: 3, 6: 2, 12: 1}
_MAX_MOVED_DAYS = 6
_LAST = 31
_FEBRUARY = 2
_UNIT = Decimal("1e-10")


class AccruedUnknownError(Exception):
    """The terms do not determine the accrued interest; the message is a clause that says why."""


class DayCount(StrEnum):
    """Day counts that are computed: ACT/ACT is that of ICMA, 30/360 that of US bonds."""

    ACT_ACT = "ACT/ACT"
    THIRTY_360 = "30/360"
    THIRTY_E_360 = "30E/360"
    ACT_360 = "ACT/360"
    ACT_365 = "ACT/365"
    ACT_366 = "ACT/366"


_DAYS_OF_YEAR = {DayCount.ACT_360: 360, DayCount.ACT_365: 365, DayCount.ACT_366: 366}


def accrued_interest(
    security: Security,
    settlement: date,
    *,
    ex_dividend_since: date | None = None,
    coupon_known_on: date | None = None,
) -> Decimal:
    """Return the accrued interest per 100 of face at a settlement date; negative while ex-dividend.

    Parameters
    ----------
    ex_dividend_since : date
        A settlement date at which the bond is known to trade without its next coupon.
    coupon_known_on : date
        The day of whose period a floating coupon is the security's.

    Raises
    ------
    AccruedUnknownError
        When the terms do not determine it, or settlement is not between the start of interest and maturity.
    """
    if security.coupon == 0 or security.trades_flat:
        return Decimal(0)
    if security.coupon is None:
        raise AccruedUnknownError("its coupon is unknown")
    terms = _terms(security)
    period = terms.period(settlement)
    if security.is_floating and coupon_known_on is not None and coupon_known_on < period.start:
        raise AccruedUnknownError(f"its coupon is floating, and that from {period.start} on is not known yet")
    part = terms.accrued_part(period, settlement)
    if ex_dividend_since is not None:
        if not period.start <= ex_dividend_since <= settlement:
            raise AccruedUnknownError("it trades ex-dividend, and for how many days is unknown")
        part -= terms.paid_part(period)
    return (security.coupon * part.numerator / part.denominator).quantize(_UNIT)


@dataclass(frozen=True, slots=True)
class _Period:
    """One coupon period."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class _Schedule:
    """Dates every `months` from an anchor, on `day` or on the last day of a month that does not have it."""

    anchor: date
    months: int
    day: int

    def at(self, step: int) -> date:
        """Return the date so many steps after the anchor."""
        year, month = divmod(self.anchor.year * 12 + self.anchor.month - 1 + step * self.months, 12)
        return date(year, month + 1, min(self.day, calendar.monthrange(year, month + 1)[1]))

    def step(self, day: date) -> int:
        """Return the step of the last date on or before a day."""
        step = ((day.year - self.anchor.year) * 12 + day.month - self.anchor.month) // self.months
        return step if self.at(step) <= day else step - 1

    def around(self, day: date) -> _Period:
        """Return the regular period that contains a day."""
        step = self.step(day)
        return _Period(self.at(step), self.at(step + 1))


@dataclass(frozen=True, slots=True)
class _Terms:
    """What accrual depends on: the regular schedule, and the bounds of an irregular first and last period."""

    day_count: DayCount
    schedule: _Schedule
    start: date | None
    first_coupon: date | None
    last_coupon: date | None
    maturity: date

    def period(self, day: date) -> _Period:
        """Return the coupon period that contains a day."""
        if day >= self.maturity:
            raise AccruedUnknownError(f"it matures on {self.maturity}")
        if self.start is not None and day < self.start:
            raise AccruedUnknownError(f"its interest starts on {self.start}")
        if self.first_coupon is not None and day < self.first_coupon:
            if self.start is None:
                raise AccruedUnknownError("the start of its first coupon period is unknown")
            return _Period(self.start, self.first_coupon)
        if self.last_coupon is not None and day >= self.last_coupon:
            return _Period(self.last_coupon, self.maturity)
        return self.schedule.around(day)

    def accrued_part(self, period: _Period, day: date) -> Fraction:
        """Return the part of a year's coupon that accrues from the start of a period to a day in it.

        No more accrues than is paid, although 30-day months may count 182 days in a half-year.
        """
        if self.day_count in _DAYS_OF_YEAR:
            return Fraction((day - period.start).days, _DAYS_OF_YEAR[self.day_count])
        if self.day_count is DayCount.ACT_ACT:
            return self._icma(period.start, day)
        return min(self._thirty(period.start, day), self.paid_part(period))

    def paid_part(self, period: _Period) -> Fraction:
        """Return the part of a year's coupon that is paid at the end of a period."""
        if self.day_count in _DAYS_OF_YEAR:
            return self.accrued_part(period, period.end)
        if period == self.schedule.around(period.start):
            return Fraction(self.schedule.months, 12)
        is_icma = self.day_count is DayCount.ACT_ACT
        return (self._icma if is_icma else self._thirty)(period.start, period.end)

    def _icma(self, start: date, day: date) -> Fraction:
        """Add up the days in each regular period over its length (ICMA rule 251)."""
        total, step = Fraction(0), self.schedule.step(start)
        while (left := self.schedule.at(step)) < day:
            right = self.schedule.at(step + 1)
            total += Fraction((min(right, day) - max(left, start)).days, (right - left).days)
            step += 1
        return total * self.schedule.months / 12

    def _thirty(self, start: date, end: date) -> Fraction:
        """Count 30 days a month; in US bonds that pay at month ends the last of February is a 30th."""
        first, last = min(start.day, 30), end.day
        if self.day_count is DayCount.THIRTY_E_360:
            last = min(last, 30)
        elif self.schedule.day == _LAST and _ends_february(start):
            first, last = 30, 30 if _ends_february(end) else last
        last = 30 if last == _LAST and first == 30 else last
        return Fraction(360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first, 360)


def _terms(security: Security) -> _Terms:
    """Read the terms, or refuse them by name."""
    day_count, maturity = _day_count(security.day_count), security.maturity
    if maturity is None:
        raise AccruedUnknownError("its maturity is unknown")
    start = security.accrual_date or security.issue_date
    first, last = security.first_coupon, security.last_coupon
    if first is not None and first >= maturity:
        if day_count is DayCount.ACT_ACT:
            raise AccruedUnknownError("ACT/ACT needs coupon periods, and its interest is paid at maturity")
        return _Terms(day_count, _Schedule(maturity, 12, maturity.day), start, maturity, None, maturity)
    schedule = _schedule(security, maturity)
    if first is not None:
        first = _regular_date_near(schedule, first)
    elif start is not None:
        # Without a first coupon date the schedule that is counted back ends with a short first period.
        first = schedule.around(start).end
    return _Terms(day_count, schedule, start, first, last, maturity)


def _day_count(name: str | None) -> DayCount:
    if not name:
        raise AccruedUnknownError("its day count is unknown")
    try:
        return DayCount(name)
    except ValueError as error:
        raise AccruedUnknownError(f"its day count {name} is not supported") from error


def _schedule(security: Security, maturity: date) -> _Schedule:
    if security.special_schedule:
        raise AccruedUnknownError(f"its coupons follow the special schedule {security.special_schedule}")
    frequency, first = security.coupon_frequency, security.first_coupon
    months = _MONTHS_BY_FREQUENCY.get(frequency or 0)
    if months is None:
        named = "unknown" if frequency is None else f"{frequency} a year"
        raise AccruedUnknownError(f"its coupon frequency is {named}")
    anchor = security.last_coupon or maturity
    if anchor == PERPETUAL:
        if first is None:
            raise AccruedUnknownError("it is perpetual, and its first coupon is unknown")
        anchor = first
    return _Schedule(anchor, months, _coupon_day(security, anchor))


def _coupon_day(security: Security, anchor: date) -> int:
    """Return the day of the month on which coupons are paid; 31 where that is the last of each month."""
    first, start = security.first_coupon, security.accrual_date or security.issue_date
    if not _ends_month(anchor):
        return anchor.day
    if security.pays_at_month_end is not None:
        return _LAST if security.pays_at_month_end else anchor.day
    if first is not None and first != anchor:
        # A month end that differs from the anchor's shows the rule, an equal day that there is none.
        return _LAST if _ends_month(first) and first.day != anchor.day else anchor.day
    is_plain = start is not None and start.day == anchor.day and not _ends_month(start)
    return anchor.day if is_plain else _LAST


def _regular_date_near(schedule: _Schedule, first: date) -> date:
    """Return the schedule's date of the first coupon, which may be given as it was paid, after a weekend."""
    regular = schedule.at(schedule.step(first))
    if (first - regular).days > _MAX_MOVED_DAYS:
        raise AccruedUnknownError(f"its first coupon {first} does not fit the schedule of its maturity")
    return regular


def _ends_month(day: date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


def _ends_february(day: date) -> bool:
    return day.month == _FEBRUARY and _ends_month(day)
