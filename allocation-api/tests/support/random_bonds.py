"""Random bonds of every kind, and their cash flows counted day by day, apart from the code that they test."""

from __future__ import annotations

import calendar
import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise

from app.services.domain.book import Security
from tests.support.builders import security

BONDS = 2_000


@dataclass(frozen=True)
class Draw:
    """A random bond, a settlement date, and the bounds of its irregular periods where it has any."""

    bond: Security
    settlement: date
    step: int
    month_ends: bool


def months_after(day: date, months: int, of_month: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(of_month, calendar.monthrange(year, month + 1)[1]))


def is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).month != day.month


def draw(number: int) -> Draw:
    rng = random.Random(number)
    frequency = rng.choice([1, 2, 2, 2, 4, 12])
    step = 12 // frequency
    of_month = rng.choice([1, 15, 20, 28, 29, 30, 31, 31])
    last = months_after(date(rng.randint(2027, 2045), rng.randint(1, 12), 1), 0, of_month)
    month_ends = is_month_end(last) and (of_month == 31 or rng.random() < 0.5)
    day = 31 if month_ends else last.day
    maturity, stub_end = last, None
    if rng.random() < 0.25:
        # An irregular last period, shorter or longer than a regular one.
        maturity, stub_end = last + timedelta(days=rng.randint(20, 40 * step)), last
    periods = rng.randint(6, 12 * frequency)
    first = months_after(last, -step * periods, day)
    # From the day before a regular period's second day up to two periods before the first coupon.
    issued = months_after(first, -step, day) + timedelta(days=rng.choice([0, rng.randint(-25 * step, 25)]))
    if issued >= first:
        issued = first - timedelta(days=5)
    bond = security(
        coupon=Decimal(rng.randint(1, 96)) / 8,
        coupon_frequency=frequency,
        day_count=rng.choice(["ACT/ACT", "30/360", "30/360", "30E/360", "ACT/360", "ACT/365", "ACT/366"]),
        issue_date=issued,
        first_coupon=first,
        last_coupon=stub_end,
        maturity=maturity,
        pays_at_month_end=month_ends,
    )
    around = rng.choice(
        [issued, first, maturity, months_after(first, step * rng.randint(0, periods - 1), day)]
    )
    settlement = around + timedelta(days=rng.randint(-40, 40))
    if rng.random() < 0.3:
        settlement = issued + timedelta(days=rng.randrange((maturity - issued).days))
    settlement = min(max(settlement, issued), maturity - timedelta(days=1))
    return Draw(bond, settlement, step, month_ends)


DRAWS = [draw(number) for number in range(BONDS)]


def periods(given: Draw) -> list[date]:
    """Start of interest, all coupon dates, and maturity, of which only the middle ones are regular."""
    bond = given.bond
    last = bond.last_coupon or bond.maturity
    day = 31 if given.month_ends else last.day
    dates, back = [bond.maturity, last] if bond.last_coupon else [last], 0
    while dates[-1] > bond.first_coupon:
        back += given.step
        dates.append(months_after(last, -back, day))
    return [bond.issue_date, *reversed(dates)]


@cache
def regular_dates(given: Draw) -> list[date]:
    """The schedule without irregular periods, from well before the start to well after maturity."""
    last = given.bond.last_coupon or given.bond.maturity
    day = 31 if given.month_ends else last.day
    return [months_after(last, given.step * n, day) for n in range(-400 // given.step, 120 // given.step)]


def days_30_360(start: date, end: date, given: Draw) -> int:
    """Walk through the calendar month by month; each month adds the days that it still has of thirty."""
    from_day, to_day = start.day, end.day
    february = [day.month == 2 and is_month_end(day) for day in (start, end)]
    if given.bond.day_count == "30E/360":
        from_day, to_day = min(from_day, 30), min(to_day, 30)
    elif given.month_ends and february[0]:
        from_day = 30
        to_day = 30 if february[1] or to_day == 31 else to_day
    elif from_day >= 30:
        from_day, to_day = 30, min(to_day, 30)
    year, month, days = start.year, start.month, -from_day
    while (year, month) != (end.year, end.month):
        days += 30
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return days + to_day


def years_by_icma(given: Draw, start: date, end: date) -> float:
    """Every day is its part of the regular period that it lies in."""
    grid, total, step = regular_dates(given), 0.0, 0
    for day in (start + timedelta(days=n) for n in range((end - start).days)):
        while grid[step + 1] <= day:
            step += 1
        total += given.step / 12 / (grid[step + 1] - grid[step]).days
    return total


def years(given: Draw, start: date, end: date) -> float:
    """Time from the start of a period to a day in it, by the bond's day count."""
    if given.bond.day_count == "ACT/ACT":
        return years_by_icma(given, start, end)
    basis = {"ACT/360": 360, "ACT/365": 365, "ACT/366": 366}.get(given.bond.day_count)
    return (end - start).days / basis if basis else days_30_360(start, end, given) / 360


def coupon_paid(given: Draw, start: date, end: date) -> float:
    """What a period pays: months of 30 days pay equal coupons in all regular periods."""
    counted = years(given, start, end)
    if given.bond.day_count.startswith("30") and (start, end) in set(pairwise(regular_dates(given))):
        counted = given.step / 12
    return float(given.bond.coupon) * counted


def running_period(given: Draw) -> tuple[date, date]:
    return next((start, end) for start, end in pairwise(periods(given)) if end > given.settlement)


def accrued_by_hand(given: Draw) -> float:
    """The part of the running period's coupon, of which no more accrues than is paid."""
    start, end = running_period(given)
    accrued = float(given.bond.coupon) * years(given, start, given.settlement)
    return min(accrued, coupon_paid(given, start, end))
