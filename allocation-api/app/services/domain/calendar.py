"""Business day calendar (US government bonds) and accrued interest, by QuantLib.

Accrued interest is computed for non-standard settlement dates only: the vendor reports it for the standard
one (R2.6).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import QuantLib as ql

from app.services.domain.book import Security

_CALENDAR = ql.UnitedStates(ql.UnitedStates.GovernmentBond)
_FREQUENCY = {1: ql.Annual, 2: ql.Semiannual, 4: ql.Quarterly, 12: ql.Monthly}


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


def accrued_interest(security: Security, settlement: date) -> Decimal | None:
    """Return the accrued interest per 100 of face at a settlement date.

    The coupon schedule is generated backward from maturity, unadjusted, as is the market's convention. `None`
    when coupon, frequency, day count or maturity is unknown, or settlement lies before the issue date.
    """
    if security.coupon == 0:
        return Decimal(0)
    frequency = _FREQUENCY.get(security.coupon_frequency or 0)
    if security.coupon is None or security.maturity is None or frequency is None:
        return None
    start = security.issue_date or date(settlement.year - 2, settlement.month, 1)
    if settlement < start:
        return None
    schedule = ql.Schedule(
        _ql(start),
        _ql(security.maturity),
        ql.Period(frequency),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.DateGeneration.Backward,
        security.maturity == _end_of_month(security.maturity),
    )
    day_count = _day_count(security.day_count, schedule)
    if day_count is None:
        return None
    bond = ql.FixedRateBond(security.settle_days, 100.0, schedule, [float(security.coupon) / 100], day_count)
    return Decimal(repr(round(bond.accruedAmount(_ql(settlement)), 10)))


def _day_count(name: str | None, schedule: ql.Schedule) -> ql.DayCounter | None:
    key = (name or "").upper().replace("/", "").replace(" ", "")
    if key in {"ACTACT", "ACTACTICMA"}:
        return ql.ActualActual(ql.ActualActual.ISMA, schedule)
    if key in {"30360", "D30360"}:
        return ql.Thirty360(ql.Thirty360.BondBasis)
    if key in {"ACT360", "A360"}:
        return ql.Actual360()
    if key in {"ACT365", "A365"}:
        return ql.Actual365Fixed()
    return None


def _end_of_month(day: date) -> date:
    return _py(ql.Date.endOfMonth(_ql(day)))


def _ql(day: date) -> ql.Date:
    return ql.Date(day.day, day.month, day.year)


def _py(day: ql.Date) -> date:
    return date(day.year(), day.month(), day.dayOfMonth())
