"""Accrued interest of 2,000 random bonds against QuantLib, and against cash flows counted day by day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import QuantLib as ql

from app.services.domain.accrual import accrued_interest
from tests.support.builders import BUSINESS_DATE
from tests.support.random_bonds import BONDS, DRAWS, Draw, accrued_by_hand, periods, regular_dates

NEAR = 2e-9


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
        assert computed == pytest.approx(accrued_by_hand(given), abs=NEAR), given


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
