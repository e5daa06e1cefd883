"""Interest of a bond: what has accrued at a settlement date, and what is paid after it. Exact fractions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bonds.schedule import Period, Schedule, ends_february
from bonds.terms import DayCount, InterestUnknownError, Terms

_ACTUAL_DAYS_OF_YEAR = {DayCount.ACT_360: 360, DayCount.ACT_365: 365, DayCount.ACT_366: 366}
_LAST_OF_LONG_MONTH = 31
_UNIT = Decimal("1e-10")


@dataclass(frozen=True, slots=True)
class Payment:
    """One coupon: its date, its amount per 100 of face, and its time from settlement in years.

    Time is counted in coupon periods by the bond's day count, as is the convention of yields.
    """

    day: date
    amount: Decimal
    years: float


def accrued_interest(terms: Terms, settlement: date) -> Decimal:
    """Return the accrued interest per 100 of face at a settlement date; negative while ex-dividend.

    Raises
    ------
    InterestUnknownError
        When the terms do not determine it, or settlement is not between the start of interest and maturity.
    """
    schedule = Schedule.of(terms)
    period = schedule.period(settlement)
    part = _accrued_part(terms, schedule, period, settlement)
    if _is_ex_dividend(terms, period, settlement):
        part -= _paid_part(terms, schedule, period)
    return _amount(terms, part)


def payments(terms: Terms, settlement: date) -> tuple[Payment, ...]:
    """Return the coupons after a settlement date; while ex-dividend the next one is 0 to a buyer.

    Raises
    ------
    InterestUnknownError
        As `accrued_interest`.
    """
    schedule, paid = Schedule.of(terms), []
    period = schedule.period(settlement)
    ran = _accrued_part(terms, schedule, period, settlement) / _paid_part(terms, schedule, period)
    years = -ran * _icma(schedule, period)
    is_paid = not _is_ex_dividend(terms, period, settlement)
    while True:
        length, part = _icma(schedule, period), _paid_part(terms, schedule, period)
        years += length
        paid.append(Payment(period.end, _amount(terms, part if is_paid else Fraction(0)), float(years)))
        if period.end >= terms.maturity:
            return tuple(paid)
        period, is_paid = schedule.period(period.end), True


def _is_ex_dividend(terms: Terms, period: Period, settlement: date) -> bool:
    return (period.end - settlement).days <= terms.ex_dividend_days


def _amount(terms: Terms, part: Fraction) -> Decimal:
    return (terms.coupon * part.numerator / part.denominator).quantize(_UNIT)


def _accrued_part(terms: Terms, schedule: Schedule, period: Period, day: date) -> Fraction:
    """Return the part of a year's coupon that accrues from the start of a period to a day in it.

    No more accrues than is paid, although 30-day months may count 182 days in a half-year.
    """
    ran = Period(period.start, day)
    if (days_of_year := _ACTUAL_DAYS_OF_YEAR.get(terms.day_count)) is not None:
        return Fraction((day - period.start).days, days_of_year)
    if terms.day_count is DayCount.ACT_ACT:
        if not terms.frequency or schedule.first_coupon == terms.maturity:
            raise InterestUnknownError("ACT/ACT needs coupon periods, and its interest is paid at maturity")
        return _icma(schedule, ran)
    return min(_thirty(terms, schedule, ran), _paid_part(terms, schedule, period))


def _paid_part(terms: Terms, schedule: Schedule, period: Period) -> Fraction:
    """Return the part of a year's coupon that is paid at the end of a period."""
    if terms.day_count in _ACTUAL_DAYS_OF_YEAR:
        return _accrued_part(terms, schedule, period, period.end)
    if terms.day_count is DayCount.ACT_ACT or schedule.is_regular(period):
        return _icma(schedule, period)
    return _thirty(terms, schedule, period)


def _icma(schedule: Schedule, period: Period) -> Fraction:
    """Add up the days in each regular period over its length, in years (ICMA rule 251)."""
    regular = schedule.regular
    if schedule.is_regular(period):
        return Fraction(regular.months, 12)
    total, step = Fraction(0), regular.step(period.start)
    while (left := regular.at(step)) < period.end:
        right = regular.at(step + 1)
        days = min(right, period.end) - max(left, period.start)
        total += Fraction(days.days, (right - left).days)
        step += 1
    return total * regular.months / 12


def _thirty(terms: Terms, schedule: Schedule, period: Period) -> Fraction:
    """Count 30 days a month; in US bonds that pay at month ends the last of February is a 30th."""
    start, end = period.start, period.end
    first, last = min(start.day, 30), end.day
    if terms.day_count is DayCount.THIRTY_E_360:
        last = min(last, 30)
    elif schedule.pays_at_month_end and ends_february(start):
        first, last = 30, 30 if ends_february(end) else last
    last = 30 if last == _LAST_OF_LONG_MONTH and first == 30 else last
    return Fraction(360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first, 360)
