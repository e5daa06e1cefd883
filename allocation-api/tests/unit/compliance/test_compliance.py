"""Every compliance rule: what it lets pass, what it bars, and what it bars for want of data."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.compliance import check
from app.services.compliance.rules import DEFAULT_LIMITS, KNOWN_RESTRICTIONS, OrderContext
from app.services.domain.account import Limit, LimitScope
from app.services.domain.side import Side
from tests.support.builders import account, security


def verdict(restrictions=(), *, side=Side.BUY, limits=(), cost="1", bond=None, **about):
    order = OrderContext(side, bond or security(), Decimal(cost), tuple(limits))
    return check([account(restrictions=tuple(restrictions), **about)], order).accounts[0]


@pytest.mark.parametrize(
    ("code", "allowed", "barred"),
    [
        (
            "INVESTMENT_GRADE_ONLY",
            {"rating": "BBB-"},
            [{"rating": "BB+"}, {"rating": None}, {"rating": "NR"}],
        ),
        ("NO_HIGH_YIELD", {"rating": "BBB-"}, [{"rating": "BB+"}, {"rating": "D"}, {"rating": None}]),
        ("NO_EMERGING_MARKETS", {"country": "CA"}, [{"country": "BR"}, {"country": "XX"}, {"country": None}]),
        (
            "NO_TOBACCO",
            {"sector": "BANKING"},
            [{"sector": "TOBACCO"}, {"sector": "tobacco"}, {"sector": "Tobacco Products"}, {"sector": None}],
        ),
        (
            "ESG_COMPLIANT",
            {"sector": "BANKING"},
            [{"sector": "TOBACCO"}, {"sector": "Thermal coal"}, {"sector": "CORP"}],
        ),
    ],
)
def test_restrictions(code, allowed, barred):
    # R5.1, R5.3
    assert code in KNOWN_RESTRICTIONS
    assert verdict([code], bond=security(**allowed)).excluded is None
    for terms in barred:
        assert verdict([code], bond=security(**terms)).excluded.rule == code
        assert verdict([], bond=security(**terms)).excluded is None
        assert verdict([code], side=Side.SELL, bond=security(**terms)).excluded is None


@pytest.mark.parametrize("code", ["NO_TOBACCO", "ESG_COMPLIANT"])
@pytest.mark.parametrize(
    ("sector", "begins", "detail"),
    [
        ("4010", "Unknown sector 4010; ", "4010"),
        ("Bankng", "Unknown sector Bankng; ", "Bankng"),
        (None, "Unknown sector: the bond has none; ", "unknown"),
    ],
)
def test_an_unknown_sector_is_said_to_be_unknown(code, sector, begins, detail):
    # R5.3
    found = verdict([code], bond=security(sector=sector)).excluded
    assert found.message.startswith(begins)
    assert "policy" not in found.message
    assert found.details == {"sector": detail}


def test_a_sector_that_a_restriction_excludes_is_named():
    # R5.1
    found = verdict(["ESG_COMPLIANT"], bond=security(sector="Thermal coal")).excluded
    assert found.message == "The ESG policy excludes this sector; the sector is Thermal coal"


@pytest.mark.parametrize("side", list(Side))
def test_an_unknown_restriction_bars_both_ways(side):
    # R5.2
    found = verdict(["NO_HIGH_YIELD", "NO_FUN"], side=side).excluded
    assert found.rule == "UNKNOWN_RESTRICTION"
    assert found.details == {"codes": "NO_FUN"}


def test_the_narrowest_limit_holds():
    # R5.6
    bond = security(sector="BANKING")
    default = Limit("SECURITY_CONCENTRATION", LimitScope.DEFAULT, "*", Decimal("0.10"))
    sector = Limit("SECURITY_CONCENTRATION", LimitScope.SECTOR, "BANKING", Decimal("0.05"))
    own = Limit("SECURITY_CONCENTRATION", LimitScope.ACCOUNT, "A1", Decimal("0.02"))
    # NAV 100m and a cost of 0.5 per unit of face: 10 % is 20m face, 5 % 10m, 2 % 4m.
    for limits, cap in (
        ([default], 20_000_000),
        ([default, sector], 10_000_000),
        ([own, default, sector], 4_000_000),
    ):
        assert verdict(limits=limits, cost="0.5", bond=bond).cap.cap == cap
    # Without any row the limit is the one that a desk starts with: 10 % of 100m is 100m x 0.1 / 0.5.
    assert verdict(limits=[], cost="0.5", bond=bond).cap.cap == 20_000_000


def test_a_limit_already_broken_leaves_no_room():
    # R5.4
    limit = Limit("ISSUER_CONCENTRATION", LimitScope.DEFAULT, "*", Decimal("0.10"))
    assert verdict(limits=[limit], issuer_market_value=Decimal(12_000_000)).cap.cap == 0


def test_an_unknown_issuer_cannot_be_checked():
    # R5.3
    bond = security(issuer_id=None, sector="BANKING")
    assert verdict(limits=DEFAULT_LIMITS, bond=bond).excluded.rule == "ISSUER_CONCENTRATION"


def test_sovereigns_are_free_of_concentration_by_default():
    # R5.4
    assert verdict(limits=DEFAULT_LIMITS, held_market_value=Decimal(50_000_000)).cap.cap >= 50_000_000


def test_an_unknown_amount_issued_stops_the_purchase():
    # R5.3
    order = OrderContext(Side.BUY, security(amount_issued=None), Decimal(1), DEFAULT_LIMITS)
    assert check([account()], order).total.cap == 0
    sale = OrderContext(Side.SELL, security(amount_issued=None), Decimal(1), DEFAULT_LIMITS)
    assert check([account()], sale).total is None
