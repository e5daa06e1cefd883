"""Fairness against numbers worked out by hand, in fractions, and against the binomial coefficients."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest

from app.services.domain.side import Side
from app.services.reports.fairness import AllocationFacts, LineFacts, fairness
from app.services.reports.views import Period

PERIOD = Period(date(2026, 7, 1), date(2026, 7, 31))


def facts(lines, *, side=Side.BUY, price=None, first_day=None):
    made = tuple(
        LineFacts(
            account,
            part.get("got", 0),
            Decimal(part["nav"]) if part.get("nav") is not None else None,
            part.get("most", 1_000_000),
            Decimal(part.get("filled", 0)),
            Decimal(part.get("principal", 0)),
        )
        for account, part in lines.items()
    )
    as_price = lambda text: None if text is None else Decimal(text)  # noqa: E731
    return AllocationFacts(side, as_price(price), as_price(first_day), made)


def accounts(*allocations):
    return {a.account_id: a for a in fairness(PERIOD, allocations).accounts}


def test_shares_against_pro_rata_over_two_allocations():
    # R13.1
    first = facts(
        {
            "A": {"got": 500_000, "nav": "100"},
            "B": {"got": 100_000, "nav": "200"},
            "C": {"got": 0, "nav": "50", "most": 0},
        }
    )
    second = facts({"A": {"got": 100_000, "nav": "100"}, "C": {"got": 300_000, "nav": "60"}})
    found = accounts(first, second)
    # A: 600,000 x 100/300 + 400,000 x 100/160; B: 600,000 x 200/300; C: 400,000 x 60/160, not the first.
    assert found["A"].expected_quantity == Decimal(450_000)
    assert found["B"].expected_quantity == Decimal(400_000)
    assert found["C"].expected_quantity == Decimal(150_000)
    a = found["A"]
    assert (a.allocations, a.allocated_quantity, a.total_quantity) == (2, 600_000, 1_000_000)
    assert (a.share, a.pro_rata_share) == (Decimal("0.6"), Decimal("0.45"))
    assert (a.difference_quantity, a.difference_percentage_points) == (Decimal(150_000), Decimal(15))
    assert (found["C"].allocations, found["C"].total_quantity) == (1, 400_000)
    total = sum(f.expected_quantity for f in found.values())
    assert total == 1_000_000
    assert sum(f.difference_quantity for f in found.values()) == 0


def test_expectations_agree_with_fractions_where_they_do_not_come_out_even():
    navs = {f"A{i:03}": 1_000_003 + 7919 * i for i in range(300)}
    allocations = [
        facts({a: {"got": 1_000 * ((i * k) % 17), "nav": str(n)} for k, (a, n) in enumerate(navs.items())})
        for i in range(1, 8)
    ]
    expected = dict.fromkeys(navs, Fraction(0))
    for i in range(1, 8):
        total = sum(1_000 * ((i * k) % 17) for k in range(300))
        for account, nav in navs.items():
            expected[account] += Fraction(total * nav, sum(navs.values()))
    for account, found in accounts(*allocations).items():
        assert abs(Fraction(found.expected_quantity) - expected[account]) <= Fraction(1, 20_000)


def test_an_eligible_account_that_got_nothing_is_in_the_report():
    found = accounts(facts({"A": {"got": 1_000, "nav": "1"}, "B": {"got": 0, "nav": "3"}}))
    assert (found["B"].allocations, found["B"].share) == (1, Decimal(0))
    assert found["B"].difference_quantity == Decimal(-750)
    assert found["B"].fill_ratio is None


@pytest.mark.parametrize("nav", ["0", "-5"])
def test_an_account_without_nav_has_no_share(nav):
    found = accounts(facts({"A": {"got": 600, "nav": "10"}, "Z": {"got": 400, "nav": nav}}))
    assert found["A"].expected_quantity == Decimal(1_000)
    assert found["Z"].expected_quantity == Decimal(0)


def test_where_nobody_has_nav_nothing_is_expected():
    found = accounts(facts({"Z": {"got": 400, "nav": "0"}}))
    assert (found["Z"].expected_quantity, found["Z"].not_comparable) == (None, 1)


@pytest.mark.parametrize(
    "unknown", [{"got": 0, "nav": None, "most": None}, {"got": 400, "nav": None, "most": 1_000}]
)
def test_what_was_not_kept_is_counted_and_never_guessed(unknown):
    # R13.2
    old = facts({"A": {"got": 600, "nav": "10"}, "B": unknown})
    new = facts({"A": {"got": 300, "nav": "1"}, "B": {"got": 100, "nav": "1"}})
    report = fairness(PERIOD, [old, new])
    a, b = report.accounts
    assert (report.allocations, report.not_comparable) == (2, 1)
    assert (a.allocated_quantity, a.comparable_quantity, a.comparable_total) == (900, 300, 400)
    assert (a.not_comparable, b.not_comparable) == (1, 1)
    assert (a.expected_quantity, b.expected_quantity) == (Decimal(200), Decimal(200))
    assert b.allocations == (2 if unknown["got"] else 1)


def test_prices_and_fill_ratio_are_weighted_by_face():
    first = facts(
        {
            "A": {"got": 400, "nav": "1", "filled": 300, "principal": "297.30"},
            "B": {"got": 400, "nav": "1", "filled": 100, "principal": "99.00"},
        },
        price="99.075",
    )
    second = facts({"A": {"got": 100, "nav": "1", "filled": 100, "principal": "101.00"}}, price="101")
    found = accounts(first, second)
    # A: (297.30 + 101.00) / 400; the blocks at A's face: (300 x 396.30/400 + 100 x 101/100) / 400.
    assert found["A"].average_price == Decimal("99.575")
    assert found["A"].block_average_price == Decimal("99.55625")
    assert found["A"].price_difference == Decimal("0.01875")
    assert found["A"].price_difference_bp == pytest.approx(Decimal("1.8833574"), abs=Decimal("1e-6"))
    assert found["A"].fill_ratio == Decimal("0.8")
    assert found["B"].fill_ratio == Decimal("0.25")
    assert found["B"].price_difference == Decimal("-0.075")


def test_a_factor_below_one_is_no_difference_in_price():
    """Principal of a bond of which a tenth is paid back: 90 % of face at 99."""
    lines = {
        "A": {"got": 1_000, "nav": "1", "filled": 1_000, "principal": "891"},
        "B": {"got": 500, "nav": "1", "filled": 500, "principal": "445.50"},
    }
    found = accounts(facts(lines, price="99"))
    assert (found["A"].average_price, found["A"].price_difference) == (Decimal(99), Decimal(0))
    assert found["B"].average_price == found["B"].block_average_price == Decimal(99)


def test_without_fills_there_are_no_prices_and_no_outcomes():
    report = fairness(PERIOD, [facts({"A": {"got": 1_000, "nav": "1"}}, first_day="99")])
    (a,) = report.accounts
    assert (a.average_price, a.block_average_price, a.price_difference, a.price_difference_bp) == (None,) * 4
    assert (a.fill_ratio, a.gain_p_value) == (Decimal(0), None)
    assert (a.gains.gained, a.gains.known, a.gains.unknown, a.gains.rate) == (0, 0, 0, None)
    assert report.gains == a.gains


def filled(*names):
    return {name: {"got": 100, "nav": "1", "filled": 100, "principal": "99"} for name in names}


@pytest.mark.parametrize(
    ("side", "first_day", "gained"),
    [
        (Side.BUY, "99.01", True),
        (Side.BUY, "99", False),
        (Side.BUY, "98.99", False),
        (Side.SELL, "98.99", True),
        (Side.SELL, "99", False),
        (Side.SELL, "99.01", False),
        (Side.BUY, None, None),
    ],
)
def test_a_first_day_gain(side, first_day, gained):
    # R13.3
    (a,) = fairness(PERIOD, [facts(filled("A"), side=side, price="99", first_day=first_day)]).accounts
    assert a.gains.gained == (gained is True)
    assert (a.gains.known, a.gains.unknown) == ((0, 1) if gained is None else (1, 0))
    assert a.gains.rate == (None if gained is None else Decimal(gained))


def test_the_chance_of_a_record_by_the_binomial_coefficients():
    # R13.4
    """Twelve allocations, five gains; A was in six with five gains, B in six with none, C in one unknown."""
    won = [facts(filled("A"), price="99", first_day="100") for _ in range(5)]
    lost = [facts(filled(who), price="99", first_day="98") for who in ("A", "B", "B", "B", "B", "B", "B")]
    unknown = [facts(filled("C"), price="99")]
    report = fairness(PERIOD, [*won, *lost, *unknown])
    a, b, c = report.accounts
    assert (report.gains.gained, report.gains.known, report.gains.unknown) == (5, 12, 1)
    assert (a.gains.gained, a.gains.known) == (5, 6)
    at_least_five = Fraction(comb(5, 5) * comb(7, 1), comb(12, 6))
    none = Fraction(comb(5, 0) * comb(7, 6), comb(12, 6))
    assert a.gain_p_value == pytest.approx(float(2 * at_least_five), rel=1e-9)
    assert b.gain_p_value == pytest.approx(float(2 * none), rel=1e-9)
    assert c.gain_p_value is None


def test_whoever_took_part_in_everything_is_no_exception():
    everything = [facts(filled("A"), price="99", first_day=p) for p in ("100", "98", "100")]
    (a,) = fairness(PERIOD, everything).accounts
    assert a.gain_p_value == 1.0


def test_an_empty_period_is_an_empty_report():
    report = fairness(PERIOD, [])
    assert (report.allocations, report.accounts, report.gains.rate) == (0, (), None)
