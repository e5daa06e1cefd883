"""What a sync finds of an order, for any course of fills and bookings: the lines always say one thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import OrderRow
from app.services.domain.block_order import PostedOrder, PostedSlice
from app.services.domain.record import AllocationState, FillKind, booking_of, booking_text, is_over
from app.services.domain.side import Side
from app.services.trading.orders.observation import FillTerms, RecordedFill, StoredOrder, observe
from tests.support import builders
from tests.support.profiles import examples

LOT = 1000
SLICES = {"A": 10_000, "B": 3_000, "C": Decimal("491.76")}
BLOCK = sum(SLICES.values())
TERMS = FillTerms(
    builders.inputs([builders.account(a) for a in SLICES], quantity=13_000), {"A": 10_000, "B": 3_000}
)
ENDS = ("Booked", "Canceled", "Expired", "Rejected")


def fresh():
    """The order as it is stored right after its commit."""
    row = OrderRow(
        order_id="1",
        allocation_id="a",
        quantity=BLOCK,
        status="Open",
        updated_at=datetime(2026, 6, 30, tzinfo=UTC),
        filled_quantity=Decimal(0),
        average_price=None,
        fill_count=0,
        allocation_state="PROVISIONAL",
        booked=None,
    )
    return StoredOrder(row, {a: Decimal(x) for a, x in SLICES.items()}, {}, RecordedFill())


def shown(status, filled, booked, *, price="99.5"):
    """The order as Aladdin shows it; `booked` None where it does not say for whom."""
    return PostedOrder(
        order_id="1",
        status=status,
        security_id="S",
        side=Side.SELL,
        face=BLOCK,
        filled_face=Decimal(filled),
        average_price=Decimal(price) if filled else None,
        settlement_date=None,
        external_id="a",
        basket_id="a",
        touch_count=1,
        entered_at=None,
        modified_at=None,
        slices=tuple(
            PostedSlice(a, None, n, Decimal(x), None if booked is None else Decimal(booked.get(a, 0)))
            for n, (a, x) in enumerate(SLICES.items())
        ),
    )


def synced(stored, posted):
    """The order as it is stored after a sync."""
    found = observe(stored, posted, lambda: TERMS)
    if found is None:
        return stored
    row = OrderRow(
        order_id="1",
        allocation_id="a",
        quantity=found.quantity,
        status=found.status,
        updated_at=stored.row.updated_at,
        filled_quantity=found.filled_quantity,
        average_price=found.average_price,
        fill_count=stored.row.fill_count + (found.fill is not None),
        allocation_state=found.state,
        booked=found.booked,
    )
    fill = found.fill
    if fill is None:
        return replace(stored, row=row)
    last = RecordedFill(fill.filled_quantity, fill.price, fill.kind, fill.warnings)
    return StoredOrder(row, stored.slices, fill.allocated, last)


@st.composite
def courses(draw):
    """What Aladdin shows of an order over time, and its end: filled face, and how much of it is booked."""
    seen = []
    for _ in range(draw(st.integers(1, 6))):
        status = draw(st.sampled_from(["Active", "Active", *ENDS]))
        booked = {a: Decimal(draw(st.integers(0, int(x * 100)))) / 100 for a, x in SLICES.items()}
        told = draw(st.sampled_from(["all", "part", "none"]))
        filled = sum(booked.values())
        if told == "part":
            booked["A"] = booked["A"] / 2
        seen.append((status, filled, None if told == "none" else booked))
    return seen


@examples(300)
@given(courses())
def test_the_lines_add_up_and_an_order_of_record_has_just_what_is_booked(course):
    # R12.6
    stored = fresh()
    for status, filled, booked in course:
        stored = synced(stored, shown(status, filled, booked))
        state = AllocationState(stored.row.allocation_state)
        assert sum(stored.allocated.values()) == stored.fill.filled_quantity
        if not is_over(status, BLOCK, filled):
            assert state is AllocationState.PROVISIONAL
        elif booked is None:
            assert state is (AllocationState.DIFFERENT if filled else AllocationState.OF_RECORD)
        else:
            agreed = sum(booked.values()) == filled
            assert state is (AllocationState.OF_RECORD if agreed else AllocationState.DIFFERENT)
        if state is AllocationState.OF_RECORD:
            expected = {a: x for a, x in (booked or {}).items() if x}
            assert {a: x for a, x in stored.allocated.items() if x} == expected
            assert stored.fill.filled_quantity == filled
        assert synced(stored, shown(status, filled, booked)) is stored


def test_a_booking_that_is_our_split_is_no_correction():
    # R12.6
    stored = synced(fresh(), shown("Active", 13_000, None))
    ours = dict(stored.allocated)
    ended = synced(stored, shown("Canceled", 13_000, ours))
    assert (ended.row.allocation_state, ended.row.fill_count) == ("OF_RECORD", 1)
    assert ended.fill.kind is FillKind.CALCULATED


def test_an_order_that_works_again_is_provisional_again():
    stored = synced(fresh(), shown("Canceled", 4_000, {"B": 3_000, "A": 1_000}))
    assert (stored.row.allocation_state, stored.fill.kind) == ("OF_RECORD", FillKind.BOOKED)
    again = synced(stored, shown("Active", 6_000, {"B": 3_000, "A": 3_000}))
    assert (again.row.allocation_state, again.fill.kind) == ("PROVISIONAL", FillKind.CALCULATED)
    # Nothing that was booked is given up, and what is new goes to the others.
    assert again.allocated["B"] == 3_000
    assert again.allocated["A"] >= 1_000


@pytest.mark.parametrize(
    ("faces", "text"),
    [
        ({"B": Decimal("1000.0000"), "A": Decimal("491.7600")}, '{"A":"491.76","B":"1000"}'),
        ({"A": Decimal("0.0000")}, '{"A":"0"}'),
        ({}, "{}"),
    ],
)
def test_equal_bookings_have_one_text(faces, text):
    assert booking_text(faces) == text
    assert booking_of(text) == faces
