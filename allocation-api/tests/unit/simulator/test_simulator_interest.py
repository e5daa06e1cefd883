"""Accrued interest, prices and yields of books by their coupon schedules, against numbers by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from aladdin_simulator import SimulatorBook, load_book
from aladdin_simulator.pricing import Market
from bonds.terms import DayCount, Terms
from tests.support.random_bonds import (
    BONDS,
    DRAWS,
    Draw,
    accrued_by_hand,
    coupon_paid,
    periods,
    running_period,
    years_by_icma,
)
from tests.unit.simulator import bond_maths
from tests.unit.simulator.vendor import GOLDEN, MASTER, Vendor, slice_of

AS_OF = "2026-06-30"
BOND = "47233JCD8"


def book(folder, as_of=AS_OF, **terms) -> SimulatorBook:
    """The golden book with one more bond, of 4.4 % to August 2034, whose numbers are left out."""
    entry = json.loads(GOLDEN.read_text()) | {"as_of": as_of}
    (treasury,) = entry["securities"]
    bond = treasury | {"cusip": BOND, "coupon": 4.4, "maturity": "2034-08-31", "day_count": "30/360"}
    for key in ("accrued", "yield", "duration", "convexity"):
        del bond[key]
    entry["securities"].append(bond | terms)
    file = folder / f"{as_of}.json"
    file.write_text(json.dumps(entry))
    return load_book(str(file))


@pytest.mark.parametrize(
    ("as_of", "accrued"),
    # Settled a business day later: on 1 July 121 days from "30 February", on Monday 1 March 2027 one day,
    # on Monday 31 August 2026 none of the new half-year.
    [("2026-06-30", "1.478889"), ("2027-02-26", "0.012222"), ("2026-08-28", "0.000000")],
)
def test_golden_accrued_of_a_bond_that_pays_at_month_ends(tmp_path, as_of, accrued):
    assert book(tmp_path, as_of).bond_by_cusip[BOND].accrued == Decimal(accrued)


@pytest.mark.parametrize(
    ("terms", "accrued"),
    [
        # 28 February to 1 July: four months and three days.
        ({"maturity": "2034-08-28"}, 4.4 * 123 / 360),
        ({"maturity": "2034-02-28", "pays_at_month_end": False}, 4.4 * 123 / 360),
        ({"maturity": "2034-02-28"}, 4.4 * 121 / 360),
        ({"day_count": "30E/360"}, 4.4 * 123 / 360),
        # 28 February to 1 July are 123 actual days, too.
        ({"day_count": "ACT/366"}, 4.4 * 123 / 366),
        ({"maturity": "2034-06-15", "frequency": 4}, 4.4 * 16 / 360),
        ({"issue_date": "2026-06-11", "maturity": "2034-06-15"}, 4.4 * 16 / 360),
        (
            {"issue_date": "2026-06-21", "maturity": "2034-06-15", "first_coupon": "2026-12-15"},
            4.4 * 10 / 360,
        ),
        ({"maturity": "2034-06-15", "last_coupon": "2034-04-10"}, 4.4 * 81 / 360),
        # 166 days from 15 January, 180 to 15 July: the buyer gets no coupon of 2.2, and 14 days are over.
        ({"maturity": "2034-07-15", "ex_dividend_days": 20}, -4.4 * 14 / 360),
        ({"maturity": "2034-07-15", "ex_dividend_days": 13}, 4.4 * 166 / 360),
        ({"coupon": 0}, 0),
    ],
)
def test_accrued_by_terms(tmp_path, terms, accrued):
    assert float(book(tmp_path, **terms).bond_by_cusip[BOND].accrued) == pytest.approx(accrued, abs=5e-7)


def test_a_coupon_that_the_buyer_does_not_get_is_not_in_the_price():
    """At one yield a bond ex-dividend costs less by the next coupon, discounted for 14 of 180 days."""
    terms = Terms(Decimal(4), date(2034, 7, 15), DayCount.THIRTY_360)
    without = Terms(Decimal(4), date(2034, 7, 15), DayCount.THIRTY_360, ex_dividend_days=20)
    market = Market(date(2026, 6, 30))
    cum = market.numbers(terms, Decimal(98))
    dirty = 98 + 4 * 166 / 360 - 2 * (1 + cum.yield_to_maturity / 200) ** (-14 / 180)
    clean = Decimal(repr(round(dirty + 4 * 14 / 360, 8)))
    assert market.numbers(without, clean).yield_to_maturity == pytest.approx(cum.yield_to_maturity, abs=1e-5)


# --- random bonds -------------------------------------------------------------------------------------------


def terms_of(bond) -> Terms:
    return Terms(
        coupon=bond.coupon,
        maturity=bond.maturity,
        day_count=DayCount(bond.day_count),
        frequency=bond.coupon_frequency,
        start=bond.issue_date,
        first_coupon=bond.first_coupon,
        last_coupon=bond.last_coupon,
        pays_at_month_end=bond.pays_at_month_end,
    )


def alive(settlement: date) -> list[Draw]:
    """The random bonds that have started by a settlement date and mature at least half a year later."""
    return [
        replace(given, settlement=settlement)
        for given in DRAWS
        if given.bond.issue_date <= settlement < given.bond.maturity - timedelta(days=180)
    ]


def test_random_bonds_are_worth_their_cash_flows():
    """Each coupon by hand, on the curve at the spread, and by the yield over coupon periods."""
    market, curve = Market(date(2026, 6, 30)), bond_maths.Curve.at()
    drawn = alive(market.settlement)[::5]
    for given in drawn:
        bond = given.bond
        numbers = market.numbers(terms_of(bond), Decimal(97))
        accrued = accrued_by_hand(given)
        assert float(numbers.accrued) == pytest.approx(accrued, abs=1e-6), given
        on_curve = by_yield = 0.0
        start, end = running_period(given)
        passed = years_by_icma(given, start, end) * accrued / coupon_paid(given, start, end)
        flows = [(start, end) for start, end in pairwise(periods(given)) if end > given.settlement]
        for start, end in flows:
            amount = coupon_paid(given, start, end) + 100 * (end == bond.maturity)
            passed -= years_by_icma(given, start, end)
            on_curve += amount * curve.discount(end, numbers.oas)
            by_yield += amount * (1 + numbers.yield_to_maturity / 200) ** (2 * passed)
        assert on_curve == pytest.approx(97 + accrued, abs=5e-5), given
        assert by_yield == pytest.approx(97 + accrued, abs=5e-6), given
    assert len(drawn) > BONDS / 50


# --- orders that settle on another day ----------------------------------------------------------------------


def test_an_order_is_paid_with_the_interest_of_its_own_settlement_date(tmp_path):
    """135 days from "30 February" to 15 July at 4.4 % are 1.65; 100,000 face cost 98.5 + 1.65 a hundred."""
    vendor = Vendor(book(tmp_path), fill_seconds=300)
    order = vendor.posted(
        assetId=BOND,
        transactionType="BUY",
        face=None,
        orderDetails=[slice_of("ACC004", 100_000)],
        settleDate="2026-07-15",
    )
    assert order["interest"] == 1_650
    rows = vendor.rows("ACC004", "SOD+Trades+Orders")
    assert {row["cashComputed"] for row in rows} == {1_000_000 - 100_150}
    (bond,) = [row for row in rows if row["assetId"] == BOND]
    assert (bond["accruedInterest"], bond["mktValue"]) == (1_650, 100_150)
    assert {row["portfolioNAVComputed"] for row in rows} == {1_000_000}


def test_a_zero_is_worth_its_discounted_principal():
    """Half-years from 1 July 2026 to 15 July 2034: 14 of 181 days, and sixteen whole ones."""
    zero = Terms(Decimal(0), date(2034, 7, 15), DayCount.ACT_ACT)
    numbers = Market(date(2026, 6, 30)).numbers(zero, Decimal(70))
    assert numbers.accrued == 0
    half = 1 + numbers.yield_to_maturity / 200
    assert 100 / half ** (16 + 14 / 181) == pytest.approx(70, abs=1e-6)


def test_interest_that_is_paid_at_maturity_is_priced(tmp_path):
    """5 % from 15 January 2026 to 15 July 2027 by months of 30 days: 166 of 540 days by 1 July 2026."""
    terms = {"coupon": 5, "maturity": "2027-07-15", "issue_date": "2026-01-15", "first_coupon": "2027-07-15"}
    bond = book(tmp_path, **terms).bond_by_cusip[BOND]
    assert float(bond.accrued) == pytest.approx(5 * 166 / 360, abs=5e-7)
    assert bond.duration == pytest.approx(1.0, abs=0.05)


def test_a_perpetual_bond_without_a_first_coupon_is_served_with_the_numbers_that_it_has(tmp_path):
    stated = {"accrued": 0.5, "yield": 5, "duration": 12, "convexity": 1}
    vendor = Vendor(book(tmp_path, maturity="2049-12-31", **stated))
    record = vendor.get(MASTER, assetId=BOND, assetIdType="CUSIP")["assetByAssetId"][BOND]["BND_GOVT"]
    assert (record["maturity"], "flagEom" in record) == ("2049-12-31", False)


def test_the_master_record_says_what_the_schedule_is(tmp_path):
    vendor = Vendor(book(tmp_path, issue_date="2024-03-12", first_coupon="2024-08-31", frequency=2))
    record = vendor.get(MASTER, assetId=BOND, assetIdType="CUSIP")["assetByAssetId"][BOND]["BND_GOVT"]
    assert (record["flagEom"], record["issueDt"], record["firstPayDt"]) == ("Y", "2024-03-12", "2024-08-31")
    assert (record["coupFreq"], record["dateConv"]) == ("2", "D30360")
