"""Fairness against numbers worked out by hand, in fractions, and against the binomial coefficients."""

from __future__ import annotations

from dataclasses import replace
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
    """One allocation; what each account asked for is filled unless its line says otherwise."""
    made = tuple(
        LineFacts(
            account,
            Decimal(part.get("got", 0)),
            Decimal(part["nav"]) if part.get("nav") is not None else None,
            part.get("most", 1_000_000),
            Decimal(part.get("filled", part.get("got", 0))),
            Decimal(part.get("principal", 0)),
        )
        for account, part in lines.items()
    )
    as_price = lambda text: None if text is None else Decimal(text)  # noqa: E731
    return AllocationFacts(side, as_price(price), as_price(first_day), made)


def accounts(*allocations):
    return {a.account_id: a for a in fairness(PERIOD, "UTC", allocations).accounts}


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
    assert found["A"].entitled_quantity == Decimal(450_000)
    assert found["B"].entitled_quantity == Decimal(400_000)
    assert found["C"].entitled_quantity == Decimal(150_000)
    a = found["A"]
    assert (a.allocations, a.asked_quantity, a.total_quantity) == (2, 600_000, 1_000_000)
    assert (a.share, a.pro_rata_share) == (Decimal("0.6"), Decimal("0.45"))
    assert (a.difference_quantity, a.difference_percentage_points) == (Decimal(150_000), Decimal(15))
    assert (found["C"].allocations, found["C"].total_quantity) == (1, 400_000)
    total = sum(f.entitled_quantity for f in found.values())
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
        assert abs(Fraction(found.entitled_quantity) - expected[account]) <= Fraction(1, 20_000)


def test_an_eligible_account_that_got_nothing_is_in_the_report():
    found = accounts(facts({"A": {"got": 1_000, "nav": "1"}, "B": {"got": 0, "nav": "3"}}))
    assert (found["B"].allocations, found["B"].share) == (1, Decimal(0))
    assert found["B"].difference_quantity == Decimal(-750)
    assert found["B"].fill_ratio is None


@pytest.mark.parametrize("nav", ["0", "-5"])
def test_an_account_without_nav_has_no_share(nav):
    found = accounts(facts({"A": {"got": 600, "nav": "10"}, "Z": {"got": 400, "nav": nav}}))
    assert found["A"].entitled_quantity == Decimal(1_000)
    assert found["Z"].entitled_quantity == Decimal(0)


def test_where_nobody_has_nav_nothing_is_expected():
    found = accounts(facts({"Z": {"got": 400, "nav": "0"}}))
    assert (found["Z"].entitled_quantity, found["Z"].not_comparable) == (None, 1)


@pytest.mark.parametrize(
    "unknown", [{"got": 0, "nav": None, "most": None}, {"got": 400, "nav": None, "most": 1_000}]
)
def test_what_was_not_kept_is_counted_and_never_guessed(unknown):
    # R13.2
    old = facts({"A": {"got": 600, "nav": "10"}, "B": unknown})
    new = facts({"A": {"got": 300, "nav": "1"}, "B": {"got": 100, "nav": "1"}})
    report = fairness(PERIOD, "UTC", [old, new])
    a, b = report.accounts
    assert (report.allocations, report.not_comparable) == (2, 1)
    assert (a.filled_quantity, a.comparable_quantity, a.comparable_total) == (900, 300, 400)
    assert (a.not_comparable, b.not_comparable) == (1, 1)
    assert (a.entitled_quantity, b.entitled_quantity) == (Decimal(200), Decimal(200))
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


def test_an_order_without_a_fill_moves_nobody():
    # R13.5
    """20 million for A alone, cancelled at once, beside 1,000,000 that was shared by NAV 3 : 1."""
    shared = facts({"A": {"got": 750_000, "nav": "3"}, "B": {"got": 250_000, "nav": "1"}})
    cancelled = facts(
        {"A": {"got": 20_000_000, "filled": 0, "nav": "3"}, "B": {"got": 0, "nav": "1"}}, first_day="99"
    )
    report = fairness(PERIOD, "UTC", [shared, cancelled])
    assert (report.allocations, report.not_filled) == (1, 1)
    assert (report.asked_quantity, report.filled_quantity) == (1_000_000, 1_000_000)
    assert report.accounts == fairness(PERIOD, "UTC", [shared]).accounts
    assert [a.difference_percentage_points for a in report.accounts] == [0, 0]
    assert [a.entitlement_ratio for a in report.accounts] == [1, 1]


def test_what_was_filled_counts_and_not_what_was_asked():
    # R13.1, R13.5
    """400,000 asked by NAV 1 : 1, cancelled after 150,000 of which 100,000 went to A: 75,000 was due."""
    lines = {
        "A": {"got": 200_000, "filled": 100_000, "nav": "1"},
        "B": {"got": 200_000, "filled": 50_000, "nav": "1"},
    }
    found = accounts(facts(lines))
    a, b = found["A"], found["B"]
    assert (a.asked_quantity, a.filled_quantity, a.entitled_quantity) == (200_000, 100_000, 75_000)
    assert (b.asked_quantity, b.filled_quantity, b.entitled_quantity) == (200_000, 50_000, 75_000)
    assert (a.fill_ratio, b.fill_ratio) == (Decimal("0.5"), Decimal("0.25"))
    assert (a.entitlement_ratio, b.entitlement_ratio) == (Decimal("1.3333333333"), Decimal("0.6666666667"))
    assert a.difference_quantity == -b.difference_quantity == 25_000
    assert a.difference_percentage_points == Decimal("16.6666666667")


def test_an_allocation_whose_fills_are_unknown_is_only_counted():
    # R13.2
    known = facts({"A": {"got": 100, "nav": "1"}})
    unknown = replace(known, lines=None)
    report = fairness(PERIOD, "UTC", [known, unknown])
    assert (report.allocations, report.not_known, report.not_filled) == (1, 1, 0)
    assert report.accounts == fairness(PERIOD, "UTC", [known]).accounts


def at_price(face, price, factor="1"):
    """The clean principal of a face, to the cent."""
    return (Decimal(face) * Decimal(price) * Decimal(factor) / 100).quantize(Decimal("0.01"))


@pytest.mark.parametrize("factor", ["1", "0.53217"])
@pytest.mark.parametrize("price", ["99.0123456789", "101.333333", "98.4375", "7.0001"])
def test_equal_prices_are_no_difference_though_principals_are_rounded(price, factor):
    # R13.6
    faces = [1, 7, 999, 1_000, 3_333, 250_001, 12_345_678, 999_999_999]
    lines = {
        f"A{i}": {"got": face, "nav": "1", "principal": at_price(face, price, factor)}
        for i, face in enumerate(faces)
    }
    found = accounts(facts(lines, price=price), facts(lines, price="55.5"))
    assert {a.price_difference for a in found.values()} == {Decimal(0)}
    assert {a.price_difference_bp for a in found.values()} == {Decimal(0)}


def test_a_cent_of_price_is_a_difference():
    # R13.6
    """A at 99.00, B at 99.02, 100,000 each: a cent less and a cent more than the block's 99.01."""
    lines = {
        "A": {"got": 100_000, "nav": "1", "principal": "99000.00"},
        "B": {"got": 100_000, "nav": "1", "principal": "99020.00"},
    }
    found = accounts(facts(lines, price="99.01"))
    assert (found["A"].price_difference, found["B"].price_difference) == (Decimal("-0.01"), Decimal("0.01"))


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
    (a,) = fairness(PERIOD, "UTC", [facts(filled("A"), side=side, price="99", first_day=first_day)]).accounts
    assert a.gains.gained == (gained is True)
    assert (a.gains.known, a.gains.unknown) == ((0, 1) if gained is None else (1, 0))
    assert a.gains.rate == (None if gained is None else Decimal(gained))


def test_the_chance_of_a_record_by_the_binomial_coefficients():
    # R13.4
    """Twelve allocations, five gains; A was in six with five gains, B in six with none, C in one unknown."""
    won = [facts(filled("A"), price="99", first_day="100") for _ in range(5)]
    lost = [facts(filled(who), price="99", first_day="98") for who in ("A", "B", "B", "B", "B", "B", "B")]
    unknown = [facts(filled("C"), price="99")]
    report = fairness(PERIOD, "UTC", [*won, *lost, *unknown])
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
    (a,) = fairness(PERIOD, "UTC", everything).accounts
    assert a.gain_p_value == 1.0


def test_an_empty_period_is_an_empty_report():
    report = fairness(PERIOD, "UTC", [])
    assert (report.allocations, report.accounts, report.gains.rate) == (0, (), None)
