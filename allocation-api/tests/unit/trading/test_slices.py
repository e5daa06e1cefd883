"""A new quantity for the accounts of an order: in proportion, in lots, never below what is filled."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.core.errors import Conflict, DataMissing
from app.services.allocations.grid import Grid
from app.services.domain.block_order import PostedOrder, PostedSlice
from app.services.domain.side import Side
from app.services.trading.orders.slices import Resplit, booked_faces, faces, filled_faces, stated_faces
from tests.support.profiles import examples

LOT = 1000


def posted(*slices, face=None, filled=0):
    """An order with slices of (account, face, booked)."""
    total = face if face is not None else sum(s[1] or 0 for s in slices)
    return PostedOrder(
        order_id="1",
        status="Active",
        security_id="B",
        side=Side.BUY,
        face=Decimal(total),
        filled_face=None if filled is None else Decimal(filled),
        average_price=None,
        settlement_date=None,
        external_id=None,
        basket_id=None,
        touch_count=1,
        entered_at=None,
        modified_at=None,
        slices=tuple(
            PostedSlice(a, None, n, *(None if x is None else Decimal(x) for x in (f, b)))
            for n, (a, f, b) in enumerate(slices)
        ),
    )


def resplit(current, quantity, filled=(), *, piece=LOT, side=Side.BUY):
    return Resplit(current, dict(filled), quantity, Grid(piece, LOT), side).split()


def test_a_new_quantity_is_split_in_proportion_in_lots():
    # R11.1
    assert resplit({"A": 6000, "B": 3000, "C": 1000}, 5000) == {"A": 3000, "B": 2000, "C": 0}
    assert resplit({"A": 6000, "B": 3000, "C": 1000}, 20_000) == {"A": 12_000, "B": 6000, "C": 2000}


def test_who_would_fall_below_what_is_filled_keeps_just_that_and_the_others_share_the_rest():
    # R11.1
    current = {"A": 40_000, "B": 40_000, "C": 20_000}
    # In proportion 50,000 were 20, 20 and 10 thousand.
    filled = {"A": 30_000, "B": 1000}
    assert resplit(current, 50_000, filled) == {"A": 30_000, "B": 13_000, "C": 7000}


def test_an_order_can_shrink_to_just_what_is_filled_whatever_the_lots():
    filled = {"A": 30_300, "B": 200}
    assert resplit({"A": 40_000, "B": 40_000}, 30_500, filled, piece=5000) == filled


def test_what_is_filled_off_the_grid_is_raised_to_it_where_nothing_else_adds_up():
    assert resplit({"A": 40_000, "B": 40_000}, 50_000, {"A": 30_300}) == {"A": 31_000, "B": 19_000}


def test_where_pieces_leave_nothing_to_share_one_account_takes_the_rest():
    found = resplit({"A": 200_000, "B": 200_000}, 101_000, {"A": 100_000}, piece=100_000)
    assert found == {"A": 101_000, "B": 0}


def test_the_whole_position_of_a_sale_may_stay_off_the_grid():
    current = {"A": 1_000_000, "B": 2_000_000, "C": 500_500}
    assert resplit(current, 3_000_500, side=Side.SELL) == {"A": 833_000, "B": 1_667_000, "C": 500_500}
    assert resplit(current, 3_000_500, side=Side.BUY) is None
    filled = {"C": 500_500}
    assert resplit(current, 2_000_500, filled, side=Side.SELL) == {"A": 500_000, "B": 1_000_000, "C": 500_500}


def test_what_is_off_the_grid_cannot_be_split():
    assert resplit({"A": 6000, "B": 3000}, 4500) is None


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=6),
    st.data(),
    st.integers(0, 300),
    st.sampled_from([1, 3, 10]),
)
def test_every_split_adds_up_in_lots_and_keeps_what_is_filled(sizes, data, lots, pieces):
    current = {f"A{n}": size * LOT for n, size in enumerate(sizes)}
    filled = {a: data.draw(st.integers(0, face // LOT)) * LOT for a, face in current.items()}
    quantity = sum(filled.values()) + lots * LOT
    assume(quantity)
    found = resplit(current, quantity, filled, piece=pieces * LOT)
    if found is None:
        return
    assert sum(found.values()) == quantity
    for account, face in found.items():
        assert face >= filled[account]
        assert face % LOT == 0
        assert face in {0, filled[account]} or face >= pieces * LOT


@examples(200)
@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 6)), min_size=1, max_size=3),
    st.integers(1, 14),
    st.integers(1, 3),
)
def test_a_split_is_found_wherever_there_is_one(sizes, more, pieces):
    """Against all splits of a few lots."""
    current = {f"A{n}": size * LOT for n, (size, _) in enumerate(sizes)}
    filled = {f"A{n}": min(size, done) * LOT for n, (size, done) in enumerate(sizes)}
    quantity = sum(filled.values()) + more * LOT
    choices = [
        [f for f in range(0, quantity + 1, LOT) if f >= filled[a] and (f == filled[a] or f >= pieces * LOT)]
        for a in current
    ]
    possible = any(sum(split) == quantity for split in product(*choices))
    assert (resplit(current, quantity, filled, piece=pieces * LOT) is not None) == possible


def test_what_is_booked_or_allocated_is_filled_whichever_is_more():
    order = posted(("A", 5000, 2000), ("B", 5000, 1000), ("C", 5000, 0), filled=3000)
    assert filled_faces(order, {"A": 1000, "B": 2000}, 9000) == {"A": 2000, "B": 2000}
    with pytest.raises(Conflict, match="4,000") as refused:
        filled_faces(order, {"A": 1000, "B": 2000}, 3500)
    assert refused.value.extra == {"min_quantity": 4000}
    with pytest.raises(Conflict, match="3,000"):
        filled_faces(order, {}, 2000)


@pytest.mark.parametrize(
    "order", [posted(("A", 5000, None), filled=1000), posted(("A", 5000, 0), filled=None)]
)
def test_what_is_filled_for_whom_must_be_said(order):
    # R11.2
    with pytest.raises(Conflict, match="does not report"):
        filled_faces(order, {}, 4000)


def test_slices_are_those_of_one_account_each_that_add_up():
    assert stated_faces(posted(("B", 2000, 0), ("A", 1000, 0), ("C", 0, 0))) == {"A": 1000, "B": 2000}


@pytest.mark.parametrize(
    "order",
    [
        posted(),
        posted((None, 1000, 0)),
        posted(("A", None, 0)),
        posted(("A", 1000, 0), ("A", 1000, 0)),
        posted(("A", 1000, 0), face=2000),
        posted(("A", -1000, 0), face=-1000),
    ],
)
def test_slices_that_do_not_say_who_has_what_are_none(order):
    assert stated_faces(order) is None
    with pytest.raises(DataMissing):
        faces(order)


def test_a_slice_with_cents_is_kept_whole_or_left():
    # R11.1
    order = posted(("A", "491.76", 0), ("B", 9000, 0), face="9491.76")
    assert stated_faces(order) == {"A": Decimal("491.76"), "B": 9000}
    current = faces(order)
    assert current == {"A": Decimal("491.76"), "B": 9000}
    sold = resplit(current, Decimal("5491.76"), side=Side.SELL)
    assert sold == {"A": Decimal("491.76"), "B": 5000}
    assert resplit(current, 5000, side=Side.SELL) == {"A": 0, "B": 5000}
    assert resplit(current, 5491, side=Side.SELL) is None


def test_what_is_booked_of_several_slices_of_one_account_adds_up():
    order = posted(("A", 1000, "400.5"), ("B", 1000, 0), ("A", 2000, 100))
    assert booked_faces(order) == {"A": Decimal("500.5"), "B": 0}


@pytest.mark.parametrize("part", [(None, 1000, 0), ("A", 1000, None), ("A", 1000, -1)])
def test_where_one_booking_is_unknown_all_are(part):
    assert booked_faces(posted(("B", 1000, 500), part)) is None
