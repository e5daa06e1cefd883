"""Properties of the ledger under random orders, whose slices, fills, bookings and ends change by hand."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.models import FairnessEntryRow
from app.services.audit.balances import wrong_balances
from app.services.fairness.recompute import disagreements
from tests.support.databases import migrated
from tests.support.fairness import LedgerDesk, recomputed, some
from tests.support.profiles import examples

UNIT = Decimal("0.0001")
ACCOUNTS = st.sampled_from("ABCDE")
FACES = st.dictionaries(ACCOUNTS, st.integers(1, 10**11).map(lambda n: n * UNIT), min_size=1)
WEIGHTS = st.dictionaries(ACCOUNTS, st.decimals("0.01", "1e12", places=2))
CHANGES = st.one_of(
    st.tuples(st.just("reslice"), FACES),
    st.tuples(st.just("fill"), FACES),
    st.tuples(st.sampled_from(["Booked", "Canceled", "Expired", "Rejected"]), FACES),
    st.tuples(st.just("Canceled"), st.just({})),
    st.tuples(st.just("different"), FACES),
    st.tuples(st.just("settle"), st.just({})),
)
ORDERS = st.lists(
    st.tuples(FACES, WEIGHTS, st.sampled_from(["BUY", "SELL"]), st.lists(CHANGES, max_size=4)),
    min_size=1,
    max_size=4,
)


def run(desk, orders, *, turned=False):
    """Commit all orders, then apply their changes in turn."""

    def given_as(faces):
        return dict(reversed(faces.items())) if turned else faces

    for number, (slices, weights, side, _) in enumerate(orders):
        desk.commit(f"o{number}", given_as(slices), given_as(weights), side=side)
    for step in range(4):
        for number, (*_, changes) in enumerate(orders):
            if step < len(changes):
                apply(desk, f"o{number}", *changes[step])


def apply(desk, order_id, kind, faces):
    if kind == "reslice":
        desk.reslice(order_id, faces)
    elif kind == "fill":
        desk.fill(order_id, faces)
    elif kind == "different":
        desk.fill(order_id, faces, status="Booked", state="DIFFERENT", booked=faces)
    elif kind == "settle":
        desk.settle(order_id)
    else:
        desk.fill(order_id, faces, status=kind, state="OF_RECORD")


def ledger_of(orders, **how):
    """The balances after all orders, checked."""
    with TemporaryDirectory() as folder:
        database = migrated(f"sqlite:///{Path(folder) / 'ledger.db'}")
        desk = LedgerDesk(database)
        run(desk, orders, **how)
        check(desk)
        found = desk.balances()
        database.close()
    return found


def check(desk):
    assert some(desk.balances()) == some(recomputed(desk.database))
    sums = defaultdict(Decimal)
    with desk.database.read() as session:
        assert list(wrong_balances(session)) == []
        assert list(disagreements(session)) == []
        for entry in session.scalars(select(FairnessEntryRow)):
            assert entry.amount == entry.entitled - entry.received
            sums[entry.order_id, entry.sequence] += entry.amount
    assert set(sums.values()) <= {0}


@examples(25)
@given(ORDERS)
def test_the_ledger_is_what_orders_fills_and_weights_say_to_the_unit(orders):
    """R15.5: each settlement sums to zero, and so does the ledger, whatever happens to its orders."""
    ledger_of(orders)


@examples(8)
@given(ORDERS)
def test_the_order_of_accounts_changes_nothing(orders):
    assert ledger_of(orders) == ledger_of(orders, turned=True)


@examples(8)
@given(ORDERS, FACES, WEIGHTS)
def test_an_order_that_is_cancelled_has_never_been(orders, slices, weights):
    """R15.5"""
    cancelled = (slices, weights, "BUY", [("reslice", slices), ("Canceled", {})])
    assert some(ledger_of([*orders, cancelled])) == some(ledger_of(orders))
