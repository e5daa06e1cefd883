"""What is reserved of an account is neither sold nor spent by a preview, and said to be so (R4.6)."""

from __future__ import annotations

import json
from decimal import Decimal

from app.models import AllocationRow
from app.services.allocations import snapshot
from app.services.allocations.capacity import capacities
from app.services.allocations.engine import compute
from app.services.allocations.store import stored_inputs
from app.services.allocations.types import WarningType
from app.services.domain.account import Reservation
from app.services.domain.side import Side
from tests.support.builders import account, inputs


def reserved(*, face=0, cash=0, order_id="9001"):
    return Reservation(order_id, Decimal(2_000), Decimal(500), Decimal(face), Decimal(cash))


def holder(face, *parts):
    return account("A", held_face=Decimal(face), settled_face=Decimal(face), reserved=parts)


def test_face_that_is_reserved_cannot_be_sold():
    # R4.6
    given = inputs([holder(5_000, reserved(face=1_500))], side=Side.SELL, quantity=5_000)
    (able,) = capacities(given).accounts
    assert (able.cap, able.whole) == (3_500, 0)
    assert compute(given).summary.total_allocated == 3_000


def test_an_odd_position_of_which_a_part_is_reserved_is_not_whole():
    # R3.4, R4.6
    """1,700 are an odd position; with 200 reserved the 1,500 that are left are only a part of it."""
    free = inputs([holder(1_700)], side=Side.SELL, quantity=1_700)
    assert compute(free).summary.total_allocated == 1_700
    given = inputs([holder(1_700, reserved(face=200))], side=Side.SELL, quantity=1_700)
    assert compute(given).summary.total_allocated == 1_000


def test_more_reserved_than_held_leaves_nothing():
    # R4.6
    given = inputs([holder(1_000, reserved(face=1_500))], side=Side.SELL, quantity=1_000)
    assert capacities(given).accounts[0].cap == 0


def test_cash_that_is_reserved_buys_nothing():
    # R4.6
    """Of 5,000,000 are 1,060,000 reserved for two orders: 3,940,000 at 98.5 are 4,000,000 face."""
    parts = (reserved(cash="1000000.00"), reserved(cash="60000.00", order_id="9002"))
    given = inputs([account("A", reserved=parts)], quantity=5_000_000)
    result = compute(given)
    (row,) = result.allocations
    assert (row.available_cash, row.allocated_quantity, row.post_trade_cash) == (
        Decimal("3940000.00"),
        4_000_000,
        Decimal("0.00"),
    )
    told = [w for w in result.warnings if w.type is WarningType.ALLOCATION_DIFFERENT]
    assert [(w.account_id, w.details["order_id"], w.details["reserved_cash"]) for w in told] == [
        ("A", "9001", 1_000_000.0),
        ("A", "9002", 60_000.0),
    ]


def test_a_snapshot_keeps_what_was_reserved_and_an_older_one_has_nothing():
    given = inputs([holder(5_000, reserved(face=1_500))], side=Side.SELL, quantity=5_000)
    text = snapshot.encode(given)
    assert stored_inputs(AllocationRow(snapshot=text)) == given
    older = json.loads(text)
    del older["accounts"][0]["reserved"]
    again = stored_inputs(AllocationRow(snapshot=json.dumps(older)))
    assert again == inputs([holder(5_000)], side=Side.SELL, quantity=5_000)
