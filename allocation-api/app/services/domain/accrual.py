"""Accrued interest of a security of the vendor; what its terms do not determine is refused by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from app.services.domain.book import Security
from bonds import interest
from bonds.schedule import Schedule
from bonds.terms import DayCount, InterestUnknownError, Terms


def accrued_interest(
    security: Security, settlement: date, *, today: date, ex_dividend_since: date | None = None
) -> Decimal:
    """Return the accrued interest per 100 of face at a settlement date; negative while ex-dividend.

    Parameters
    ----------
    today : date
        The day whose coupon a floating coupon is.
    ex_dividend_since : date
        A settlement date at which the bond is known to trade without its next coupon.

    Raises
    ------
    InterestUnknownError
        When the terms do not determine it, or settlement is not between the start of interest and maturity.
    """
    if security.coupon == 0 or security.trades_flat:
        return Decimal(0)
    terms = _terms(security)
    period = Schedule.of(terms).period(settlement)
    if security.is_floating and today < period.start:
        raise InterestUnknownError(
            f"its coupon is floating, and that from {period.start} on is not known yet"
        )
    if ex_dividend_since is not None:
        if not period.start <= ex_dividend_since <= settlement:
            raise InterestUnknownError("it trades ex-dividend, and for how many days is unknown")
        terms = replace(terms, ex_dividend_days=(period.end - ex_dividend_since).days)
    return interest.accrued_interest(terms, settlement)


def _terms(security: Security) -> Terms:
    coupon, maturity, frequency = security.coupon, security.maturity, security.coupon_frequency
    if coupon is None:
        raise InterestUnknownError("its coupon is unknown")
    if maturity is None:
        raise InterestUnknownError("its maturity is unknown")
    if security.special_schedule:
        raise InterestUnknownError(f"its coupons follow the special schedule {security.special_schedule}")
    is_paid_at_maturity = security.first_coupon is not None and security.first_coupon >= maturity
    if frequency is None and not is_paid_at_maturity:
        raise InterestUnknownError("its coupon frequency is unknown")
    return Terms(
        coupon=coupon,
        maturity=maturity,
        day_count=DayCount.named(security.day_count),
        frequency=frequency or 0,
        start=security.accrual_date or security.issue_date,
        first_coupon=security.first_coupon,
        last_coupon=security.last_coupon,
        pays_at_month_end=security.pays_at_month_end,
    )
