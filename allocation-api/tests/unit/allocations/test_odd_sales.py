"""Sales of odd positions, as the preview says them; amounts worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.allocations.capacity import capacities
from app.services.allocations.engine import compute
from app.services.allocations.request import Parameters
from app.services.allocations.types import ReasonCode, WarningType
from app.services.kernels.allocation import sums
from app.services.kernels.allocation.registry import Method
from tests.support.builders import account, faces, inputs, sale, security

BOND = security(min_piece=100_000, increment=1_000)


def said(result):
    return [(w.type, w.account_id, w.message) for w in result.warnings]


def test_what_stays_of_an_odd_order_is_less_than_one_increment():
    # R3.5, R9.4
    result = compute(sale([3_000_100, 3_000_200, 3_000_321], 3_000_300, bond=BOND))
    assert faces(result) == [1_000_000, 1_000_000, 1_000_000]
    words = "300 of 3,000,300 face stay unallocated: 300 is less than one increment of 1,000"
    assert said(result) == [(WarningType.ROUNDING, None, words)]


def test_a_total_that_is_named_is_one_that_can_be_reached():
    # R9.4
    # Cash buys 10,152, 5,076 and 1,015 face, 16,243 together; in lots 10,000, 5,000 and 1,000.
    able = [account(n, cash=Decimal(c)) for n, c in (("A", 10_000), ("B", 5_000), ("C", 1_000))]
    result = compute(inputs(able, quantity=20_000))
    assert faces(result) == [10_000, 5_000, 1_000]
    first = result.warnings[0]
    assert first.message == "4,000 of 20,000 face stay unallocated; the accounts could take 16,000 together"
    assert first.details["total_capacity"] == 16_000


def test_a_larger_total_within_a_lot_is_named_as_such():
    # R3.5: 21,800 = 1,500 + 20,000 + 300 can be sold; 21,000 are on the grid.
    given = sale([1_500, 20_250, 300], 22_000, bond=security(min_piece=1_000, increment=1_000))
    result = compute(given)
    assert faces(result) == [1_000, 20_000, 0]
    assert result.warnings[0].message == (
        "1,000 of 22,000 face stay unallocated; the accounts could take 21,800 together, "
        "800 more, which is less than one increment"
    )


def test_a_position_that_can_only_go_whole_says_so():
    # R9.1: by position half of 60,000 and half of 800,000; the piece is 100,000.
    result = compute(sale([60_000, 800_000], 430_000, bond=BOND))
    assert faces(result) == [0, 430_000]
    words = "Its share of 30,000.00 face does not cover its position of 60,000, which can only be sold whole"
    assert said(result) == [(WarningType.MIN_LOT_SIZE, "A", words)]
    assert result.allocations[0].reason.message == words
    assert result.allocations[0].reason.code is ReasonCode.MIN_LOT_SIZE


def test_a_share_above_the_piece_is_not_called_too_small():
    """A holds 15, B and C at most 10 lots of an order of 25: only A and one other place all of it."""
    # R6.5, R9.1
    bond = security(min_piece=10_000, increment=1_000)
    able = [
        account(name, cash=Decimal(cash), nav=Decimal(nav))
        for name, cash, nav in (("A", 14_775, 1_000_000), ("B", 9_850, 50_000_000), ("C", 9_850, 50_000_000))
    ]
    result = compute(inputs(able, bond=bond, quantity=25_000))
    assert faces(result) == [15_000, 10_000, 0]
    share = "Its share of 12,376.24 face"  # 25,000 x 50 / 101
    words = f"{share} is left out: with a part of it less of the order could be placed in all"
    assert result.allocations[2].reason.message == words


@pytest.mark.parametrize("method", [Method.PRO_RATA, Method.CUSTOM_WEIGHTS, Method.MIN_DISPERSION])
def test_every_method_keeps_within_an_increment_of_the_largest_total(method):
    # R3.5
    weights = {"A": Decimal("0.2"), "B": Decimal("0.3"), "C": Decimal("0.5")}
    parameters = Parameters(weights=weights, redistribute=True)
    given = sale(
        [3_000_100, 3_000_200, 3_000_321], 6_000_555, bond=BOND, parameters=parameters, method=method
    )
    total = sum(faces(compute(given)))
    # 6,000,521 is the second and the third whole.
    assert capacities(given).largest_total == 6_000_521
    assert 6_000_521 - 1_000 < total <= 6_000_521


@pytest.mark.parametrize(("quantity", "is_said"), [(1_999, True), (1_880, False)])
def test_an_unproved_total_is_said_where_more_could_be_tradable(monkeypatch, quantity, is_said):
    # R3.5: one pass takes 733, 619 and 523, 1,875 together; of 1,880 less than an increment of 10 is left.
    monkeypatch.setattr(sums, "MAX_BITS_WORK", 1)
    monkeypatch.setattr(sums, "MAX_SPANS_WORK", 1)
    bond = security(min_piece=1_000, increment=10)
    result = compute(sale([317, 411, 523, 619, 733], quantity, bond=bond))
    assert result.summary.total_allocated == 1_875
    words = "A larger total might have been reachable with other whole positions"
    assert ((WarningType.ROUNDING, None, words) in said(result)) == is_said
