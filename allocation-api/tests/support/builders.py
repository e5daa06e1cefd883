"""Value objects for tests, with a default for everything that a test does not care about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from app.services.allocations.request import (
    BaseMetric,
    Constraints,
    OrderRequest,
    Parameters,
    PreviewRequest,
)
from app.services.allocations.types import PreviewInputs
from app.services.compliance.rules import DEFAULT_LIMITS
from app.services.domain.account import AccountInput
from app.services.domain.book import Analytics, Benchmark, Price, Security
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method

BUSINESS_DATE = date(2026, 6, 30)
SETTLEMENT_DATE = date(2026, 7, 1)

TREASURY = Security(
    security_id="912828YW4",
    isin="US912828YW42",
    ticker="T",
    description="US Treasury 2.5 05/31/2031",
    issuer="US Treasury",
    issuer_id="UST",
    sector="GOVT",
    country="US",
    rating="AA+",
    currency="USD",
    coupon=Decimal("2.5"),
    coupon_frequency=2,
    day_count="ACT/ACT",
    issue_date=date(2021, 5, 31),
    maturity=date(2031, 5, 31),
    min_piece=1000,
    increment=1000,
    amount_issued=Decimal(40_000_000_000),
    settle_days=1,
)

BY_POSITION = Parameters(base_metric=BaseMetric.POSITION)


def security(**other):
    return replace(TREASURY, **other)


def account(account_id="A1", **other):
    base = AccountInput(
        account_id=account_id,
        account_name=f"Account {account_id}",
        currency="USD",
        restrictions=(),
        benchmark=Benchmark(spread_duration=4.0, duration=4.0, oas=80.0),
        nav=Decimal(100_000_000),
        cash=Decimal(5_000_000),
        market_value=Decimal(95_000_000),
        spread_duration=4.5,
        duration=5.0,
        oas=95.0,
        dts=400.0,
        held_face=Decimal(0),
        held_market_value=Decimal(0),
        settled_face=Decimal(0),
        issuer_market_value=Decimal(0),
        reference_date=BUSINESS_DATE,
    )
    return replace(base, **other)


def inputs(
    accounts,
    *,
    quantity=1_000_000,
    side=Side.BUY,
    method=Method.PRO_RATA,
    parameters=None,
    constraints=None,
    bond=TREASURY,
    price="98.5",
    accrued="0",
    analytics=None,
    limits=DEFAULT_LIMITS,
):
    return PreviewInputs(
        request=PreviewRequest(
            order=OrderRequest(bond.security_id, side, quantity),
            method=method,
            portfolio_groups=("DEMO",),
            parameters=parameters or Parameters(),
            constraints=constraints or Constraints(),
        ),
        business_date=BUSINESS_DATE,
        settlement_date=SETTLEMENT_DATE,
        security=bond,
        analytics=analytics
        or Analytics(bond.security_id, BUSINESS_DATE, 4.2, 3.8, 12.0, 0.2, 4.1, Decimal(accrued)),
        price=Price(Decimal(price), BUSINESS_DATE, "ALADDIN"),
        market_price=Price(Decimal(price), BUSINESS_DATE, "ALADDIN"),
        accrued=Decimal(accrued),
        accounts=tuple(accounts),
        limits=limits,
        engine_version="1",
    )


def holder(account_id, face, **other):
    """An account whose position in the bond is settled."""
    return account(account_id, held_face=Decimal(face), settled_face=Decimal(face), **other)


def sale(positions, quantity, *, parameters=BY_POSITION, **other):
    """A sale out of these positions, of accounts A, B and so on."""
    accounts = [holder(chr(ord("A") + i), face) for i, face in enumerate(positions)]
    return inputs(accounts, quantity=quantity, side=Side.SELL, parameters=parameters, **other)


def faces(result):
    """What each account gets."""
    return [row.allocated_quantity for row in result.allocations]
