"""Stated amounts in the engine: money to the cent, caps on the whole order, cents of face."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidRequest
from app.services.allocations.engine import compute
from app.services.allocations.request import (
    AccountLimit,
    Constraints,
    Parameters,
    RemainderHandling,
    StatedAmount,
    StatedType,
)
from app.services.allocations.types import AllocationSource, ReasonCode, WarningType
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from tests.support.builders import account, faces, inputs, security
from tests.support.profiles import examples

DOLLARS, PERCENT, FACE = StatedType.DOLLAR_AMOUNT, StatedType.PERCENTAGE, StatedType.QUANTITY
CENT = Decimal("0.01")


def amount(account_id, kind, value, **more):
    return StatedAmount(account_id, kind, Decimal(value), **more)


def asking(*amounts, **more):
    return Parameters(allocations=amounts, **more)


def split(accounts, parameters, **more):
    return compute(inputs(accounts, method=Method.CUSTOM_WEIGHTS, parameters=parameters, **more))


def settles_at(face, price, accrued, factor):
    """Face x (clean + accrued) / 100 x factor, to the cent, half to even (R1.2)."""
    return (face * (price + accrued) * factor / 100).quantize(CENT, ROUND_HALF_EVEN)


@examples(2_000, deadline=None)
@given(
    cents=st.integers(1, 2_000_000_000),
    price=st.decimals("0.5", 150, places=4),
    accrued=st.decimals(0, 3, places=6),
    factor=st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.37"), Decimal("0.00001")]),
    increment=st.sampled_from([1, 10, 1_000]),
)
def test_money_buys_the_largest_face_that_it_covers(cents, price, accrued, factor, increment):
    # R7.6
    value, order = Decimal(cents) / 100, 10**9
    bond = security(min_piece=increment, increment=increment, factor=factor)
    result = split(
        [account("A", cash=Decimal(10**12), nav=Decimal(10**13))],
        asking(amount("A", DOLLARS, value), allow_partial=True),
        quantity=order,
        bond=bond,
        price=str(price),
        accrued=str(accrued),
    )
    (face,) = faces(result)
    assert settles_at(face, price, accrued, factor) <= value
    assert face == order or settles_at(face + increment, price, accrued, factor) > value


@pytest.mark.parametrize(("value", "face"), [("0.02", 5), ("0.03", 6), ("0.04", 9)])
def test_half_a_cent_rounds_to_the_even_one(value, face):
    # R1.2, R7.6: a unit of face settles at half a cent, so 5 at 0.025 -> 0.02, 7 at 0.035 -> 0.04.
    result = split(
        [account("A")],
        asking(amount("A", DOLLARS, value)),
        quantity=1_000,
        bond=security(min_piece=1, increment=1),
        price="0.5",
    )
    assert faces(result) == [face]


def test_a_cap_on_the_whole_order_is_named_where_parts_are_not_allowed():
    # R5.5, R7.8: 25 % of 4,000,000 issued are 1,000,000 for all; 600,000 and 500,000 are more than that.
    pair = [account("A"), account("B"), account("C")]
    asked = asking(amount("A", FACE, 600_000, priority=1), amount("B", FACE, 500_000, priority=2))
    bond = security(amount_issued=Decimal(4_000_000))
    result = split(pair, asked, quantity=2_000_000, bond=bond)
    assert faces(result) == [600_000, 0, 0]
    assert result.allocations[1].reason.code is ReasonCode.COMPLIANCE
    both = split(pair, replace(asked, allow_partial=True), quantity=2_000_000, bond=bond)
    assert faces(both) == [600_000, 400_000, 0]
    assert both.allocations[1].allocation_source is AllocationSource.PRO_RATA


def test_a_position_with_cents_of_face_is_sold_whole_as_stated():
    # R3.4, R7.6: 491.76 are all that A holds; what is stated of B is a part, on the grid.
    holders = [
        account("A", held_face=Decimal("491.76"), settled_face=Decimal("491.76")),
        account("B", held_face=Decimal(20_000), settled_face=Decimal(20_000)),
    ]
    asked = asking(amount("A", FACE, "491.76"), amount("B", PERCENT, "0.5"))
    result = split(holders, asked, quantity=Decimal("10491.76"), side=Side.SELL)
    assert faces(result) == [Decimal("491.76"), 5_000]
    row = result.allocations[0]
    assert (row.requested_quantity, row.allocation_source) == (Decimal("491.76"), AllocationSource.DIRECT)
    # 2 x 0.9 is 1.8 of the order; without a part that is too much.
    with pytest.raises(InvalidRequest, match=r"18,000 face are asked for in all"):
        split(
            holders,
            asking(amount("A", PERCENT, "0.9"), amount("B", PERCENT, "0.9")),
            quantity=Decimal("10491.76"),
            side=Side.SELL,
        )


def test_an_account_without_data_is_named_as_such():
    # R4.4, R7.8
    result = split(
        [account("A", nav=None), account("B")],
        asking(amount("A", FACE, 1_000), remainder_handling=RemainderHandling.EQUAL),
    )
    assert faces(result) == [0, 1_000_000]
    assert result.allocations[0].reason.code is ReasonCode.MISSING_DATA
    assert [w.type for w in result.warnings if w.account_id == "A"] == [WarningType.MISSING_DATA]


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        (DOLLARS, 500, "500.00 is 0 face on the grid"),  # they buy 507
        (PERCENT, "0.0005", "0.0500 % of the order is 0 face on the grid"),  # 500 of 1,000,000
        (FACE, 500, "500 face are asked for"),
    ],
)
def test_under_the_minimum_piece_is_nothing_and_said(unit, value, said):
    # R3.2, R7.8
    result = split([account("A")], asking(amount("A", unit, value), allow_partial=True))
    (row,) = result.allocations
    assert (row.allocated_quantity, row.reason.code) == (0, ReasonCode.MIN_LOT_SIZE)
    assert row.reason.message == f"{said}; the minimum piece is 1,000"


def test_a_face_that_an_edit_fixes_is_stated_anew():
    # R7.8: B had nothing and gets 300,000, A loses 100,000 of its 400,000, C gets nothing; D takes the rest.
    accounts = [account(a) for a in "ABCD"]
    limits = {"A": AccountLimit(fixed=300_000), "B": AccountLimit(fixed=300_000), "C": AccountLimit(fixed=0)}
    result = split(
        accounts,
        asking(
            amount("A", PERCENT, "0.4", priority=2),
            amount("C", FACE, 500_000, priority=1),
            remainder_handling=RemainderHandling.PRO_RATA,
        ),
        constraints=Constraints(account_limits=limits),
    )
    assert faces(result) == [300_000, 300_000, 0, 400_000]
    assert [row.allocation_source for row in result.allocations] == [
        AllocationSource.DIRECT,
        AllocationSource.DIRECT,
        None,
        AllocationSource.REMAINDER,
    ]
    assert result.allocations[2].reason.code is ReasonCode.LIMITED_BY_REQUEST
    assert result.warnings == ()
