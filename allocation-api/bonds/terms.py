"""Terms of a bond that its coupons follow from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

PERPETUAL = date(2049, 12, 31)
"""Aladdin's maturity of a bond that has none."""


class InterestUnknownError(ValueError):
    """The terms do not determine the interest; the message is a clause that says why."""


class DayCount(StrEnum):
    """Day counts that are computed: ACT/ACT is that of ICMA, 30/360 that of US bonds."""

    ACT_ACT = "ACT/ACT"
    THIRTY_360 = "30/360"
    THIRTY_E_360 = "30E/360"
    ACT_360 = "ACT/360"
    ACT_365 = "ACT/365"
    ACT_366 = "ACT/366"

    @classmethod
    def named(cls, name: str | None) -> DayCount:
        """Return the day count of that name.

        Raises
        ------
        InterestUnknownError
            When there is no name, or it is not one of these.
        """
        if not name:
            raise InterestUnknownError("its day count is unknown")
        try:
            return cls(name)
        except ValueError as error:
            raise InterestUnknownError(f"its day count {name} is not supported") from error


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a bond with one coupon rate, which repays its principal at maturity.

    Parameters
    ----------
    coupon : Decimal
        Per cent a year.
    frequency : int
        Coupons a year; without meaning where `first_coupon` is the maturity.
    start : date
        The day from which interest accrues. Without it the first period is a regular one.
    first_coupon : date
        The first coupon date. Without it the first period is the short rest before the first regular date.
    last_coupon : date
        The last regular coupon date before an irregular last period.
    pays_at_month_end : bool
        Whether coupons are paid on the last day of each month; None where only the dates tell.
    ex_dividend_days : int
        Days before a coupon from which on the bond trades without it.
    """

    coupon: Decimal
    maturity: date
    day_count: DayCount
    frequency: int = 2
    start: date | None = None
    first_coupon: date | None = None
    last_coupon: date | None = None
    pays_at_month_end: bool | None = None
    ex_dividend_days: int = 0
