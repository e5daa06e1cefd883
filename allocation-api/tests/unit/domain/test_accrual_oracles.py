"""Accrued interest of 2,000 random bonds against QuantLib, and against cash flows counted day by day."""

from __future__ import annotations

import calendar
import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
import QuantLib as ql

from app.services.domain.accrual import accrued_interest
from app.services.domain.book import Security
from tests.support.builders import BUSINESS_DATE, security

BONDS = 2_000
NEAR = 2e-9


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


# --- by hand: periods as lists of dates, and days counted one by one ----------------------------------------


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


def by_cash_flows(given: Draw) -> float:
    """The coupon of the running period times the share of it that has run."""
    bond, coupon = given.bond, float(given.bond.coupon)
    dates = periods(given)
    end = next(day for day in dates if day > given.settlement)
    start = dates[dates.index(end) - 1]
    ran = [start + timedelta(days=n) for n in range((given.settlement - start).days)]
    basis = {"ACT/360": 360, "ACT/365": 365, "ACT/366": 366}.get(bond.day_count)
    if basis:
        return coupon * len(ran) / basis
    grid = regular_dates(given)
    if bond.day_count == "ACT/ACT":
        total, step = 0.0, 0
        for day in ran:
            while grid[step + 1] <= day:
                step += 1
            total += coupon / bond.coupon_frequency / (grid[step + 1] - grid[step]).days
        return total
    is_regular = (start, end) in set(pairwise(grid))
    full = 360 / bond.coupon_frequency if is_regular else days_30_360(start, end, given)
    return coupon * min(days_30_360(start, given.settlement, given), full) / 360


def test_the_draws_are_of_every_kind():
    kinds = {(d.bond.day_count, d.month_ends, d.bond.last_coupon is None) for d in DRAWS}
    assert len(kinds) == 6 * 2 * 2
    assert sum(d.settlement < d.bond.first_coupon for d in DRAWS) > BONDS / 10
    assert sum(d.bond.last_coupon is not None and d.settlement >= d.bond.last_coupon for d in DRAWS) > 50


@pytest.mark.parametrize("number", range(0, BONDS, 100))
def test_against_cash_flows_counted_day_by_day(number):
    # R2.6
    for given in DRAWS[number : number + 100]:
        computed = float(accrued_interest(given.bond, given.settlement, today=BUSINESS_DATE))
        assert computed == pytest.approx(by_cash_flows(given), abs=NEAR), given


# --- QuantLib's schedules and day counters ------------------------------------------------------------------


def to_ql(day: date) -> ql.Date:
    return ql.Date(day.day, day.month, day.year)


def by_quantlib(given: Draw) -> float:
    """QuantLib's own schedule from its own rules; its day counter from the start of the running period."""
    bond = given.bond
    schedule = ql.Schedule(
        to_ql(bond.issue_date),
        to_ql(bond.maturity),
        ql.Period(given.step, ql.Months),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.DateGeneration.Backward,
        given.month_ends,
        to_ql(bond.first_coupon),
        ql.Date() if bond.last_coupon is None else to_ql(bond.last_coupon),
    )
    settled = to_ql(given.settlement)
    dates = list(schedule)
    number = next(n for n, day in enumerate(dates) if day > settled)
    start, end = dates[number - 1], dates[number]
    counter = {
        "ACT/ACT": lambda: ql.ActualActual(ql.ActualActual.ISMA, schedule),
        "30/360": lambda: ql.Thirty360(ql.Thirty360.USA if given.month_ends else ql.Thirty360.BondBasis),
        "30E/360": lambda: ql.Thirty360(ql.Thirty360.EurobondBasis),
        "ACT/360": ql.Actual360,
        "ACT/365": ql.Actual365Fixed,
        "ACT/366": ql.Actual366,
    }[bond.day_count]()
    part = counter.yearFraction(start, settled)
    if bond.day_count.startswith("30"):
        full = 1 / bond.coupon_frequency if schedule.isRegular(number) else counter.yearFraction(start, end)
        part = min(part, full)
    return float(bond.coupon) * part


@pytest.mark.parametrize("number", range(0, BONDS, 100))
def test_against_quantlibs_schedules(number):
    # R2.6
    for given in DRAWS[number : number + 100]:
        last = given.bond.last_coupon
        if given.bond.day_count == "ACT/ACT" and last is not None and given.settlement >= last:
            # QuantLib 1.44 halves some of these: it guesses the frequency from the length of the period.
            continue
        computed = float(accrued_interest(given.bond, given.settlement, today=BUSINESS_DATE))
        assert computed == pytest.approx(by_quantlib(given), abs=NEAR), given


# --- what holds for every bond ------------------------------------------------------------------------------


def test_interest_grows_from_nothing_to_the_coupon_and_starts_again():
    for given in DRAWS[::25]:
        dates, bond = periods(given), given.bond
        running = next(day for day in dates if day > given.settlement)
        start = dates[dates.index(running) - 1]
        ran = range((running - start).days)
        values = [accrued_interest(bond, start + timedelta(days=n), today=BUSINESS_DATE) for n in ran]
        assert values[0] == 0
        assert values == sorted(values)
        full = bond.coupon / bond.coupon_frequency
        if start in (grid := regular_dates(given)) and running == grid[grid.index(start) + 1]:
            most = full * Decimal("1.04") if bond.day_count.startswith("ACT/3") else full
            assert values[-1] <= most + Decimal("1e-9")
