"""Worked numbers of `docs/rules.md` that no other test has: each calculated by hand there and here."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.services.allocations.engine import compute
from app.services.allocations.inputs import account_input
from app.services.allocations.request import BaseMetric, Parameters
from app.services.allocations.types import ReasonCode, WarningType
from app.services.domain.book import Holding
from app.services.domain.positions import AccountPositions
from app.services.domain.side import Side
from tests.support.builders import TREASURY, account, faces, inputs, security

HOLDING = Holding(
    account_id="A1",
    security_id="X",
    issuer_id=None,
    face=Decimal(1),
    settled_face=Decimal(1),
    market_value=Decimal(40_000_000),
    price=None,
    duration=5.0,
    spread_duration=5.0,
    oas=100.0,
)


def metrics_of(*holdings):
    positions = AccountPositions("A1", Decimal(100_000_000), Decimal(0), "USD", None, holdings)
    return account_input("A1", None, positions, TREASURY)


def test_a_metric_is_weighted_by_market_value_over_nav():
    # R1.3: (40 x 5 + 50 x 3) / 100 years; OAS (40 x 100 + 50 x 60) / 100 bp; DTS (40 x 500 + 50 x 180) / 100.
    other = replace(HOLDING, market_value=Decimal(50_000_000), duration=3.0, spread_duration=3.0, oas=60.0)
    found = metrics_of(HOLDING, other)
    assert (found.spread_duration, found.duration) == pytest.approx((3.5, 3.5), abs=1e-12)
    assert (found.oas, found.dts) == pytest.approx((70.0, 290.0), abs=1e-9)


def test_a_metric_is_unknown_where_one_holding_lacks_it():
    # R1.3
    found = metrics_of(HOLDING, replace(HOLDING, oas=None))
    assert (found.oas, found.dts) == (None, None)
    assert found.duration == pytest.approx(4.0, abs=1e-12)


def test_a_price_in_the_request_leaves_accrued_as_it_is():
    # R2.3: 1,000,000 x (99 + 0.25) / 100.
    (row,) = compute(inputs([account()], price="99", accrued="0.25")).allocations
    assert (row.allocated_notional, row.settlement_amount) == (Decimal(990_000), Decimal(992_500))


@pytest.mark.parametrize(("cash", "face"), [("1969.99", 0), ("2462.50", 2_000)])
def test_a_cap_is_floored_to_the_grid_and_under_the_piece_it_is_nothing(cash, face):
    # R3.3: at 98.5 this cash buys 1,999 and 2,500 face.
    bond = security(min_piece=2_000, increment=1_000)
    assert faces(compute(inputs([account(cash=Decimal(cash))], bond=bond, quantity=2_000))) == [face]


def test_where_two_pieces_are_too_many_one_account_takes_what_it_can():
    # R3.5: 60,000 face cost 59,100; two pieces are 100,000, more than the order.
    pair = [account("A", cash=Decimal(59_100)), account("B", cash=Decimal(59_100))]
    bond = security(min_piece=50_000)
    result = compute(inputs(pair, bond=bond, quantity=90_000))
    assert sorted(faces(result)) == [0, 60_000]
    assert result.summary.unallocated == 30_000


def test_the_tightest_cap_is_the_one_that_is_named():
    # R4.5: 1,000,000 cash buys 1,015,228; 10 % of 100m NAV less 9,310,500 held is 689,500, so 700,000 face.
    bond = security(sector="INDUSTRIAL", issuer_id="ACME")
    tight = account(cash=Decimal(1_000_000), issuer_market_value=Decimal(9_310_500))
    result = compute(inputs([tight], bond=bond, quantity=2_000_000))
    assert faces(result) == [700_000]
    kinds = {(w.type, w.details.get("rule")) for w in result.warnings if w.account_id == "A1"}
    assert kinds == {(WarningType.COMPLIANCE, "ISSUER_CONCENTRATION")}


def test_a_share_under_the_piece_says_so():
    # R9.1: 10,000 / 100,010,000 of 1,000,000 is 99.99 face.
    pair = [account("A"), account("B", nav=Decimal(10_000))]
    result = compute(inputs(pair))
    assert faces(result) == [1_000_000, 0]
    assert result.allocations[1].reason.code is ReasonCode.MIN_LOT_SIZE


def test_a_sale_of_everything_by_position_warns_of_nobody():
    # R9.3: 1,000,000 + 2,000,000 + 500,500; the fourth holds nothing.
    held = {"A": 1_000_000, "B": 2_000_000, "C": 500_500, "D": 0}
    accounts = [account(n, held_face=Decimal(x), settled_face=Decimal(x)) for n, x in held.items()]
    by_position = Parameters(base_metric=BaseMetric.POSITION)
    result = compute(inputs(accounts, quantity=3_500_500, side=Side.SELL, parameters=by_position))
    assert faces(result) == [1_000_000, 2_000_000, 500_500, 0]
    assert result.warnings == ()
