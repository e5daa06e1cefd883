"""A fairness ledger over stored orders that are changed by hand, and the same by another calculation."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import delete, insert, select, update

from app.models import (
    AllocationGroupRow,
    AllocationLineRow,
    AllocationRow,
    FairnessBalanceRow,
    FairnessEntryRow,
    OrderFillLineRow,
    OrderFillRow,
    OrderRow,
    OrderSliceRow,
)
from app.services.allocations import snapshot
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.fairness.ledger import FairnessLedger
from app.services.fairness.policies import FairnessPolicies
from tests.storage.rows import MOMENT, allocation, order

UNITS = 10_000
FINAL = {"Booked", "Canceled", "Rejected", "Expired"}


class LedgerDesk:
    """Stores orders as the rooms above do, each change in one unit of work with the ledger."""

    def __init__(self, database, clock=lambda: MOMENT):
        self.database = database
        self.audit = AuditService(database, clock)
        self.policies = FairnessPolicies(database, self.audit, clock)
        self.ledger = FairnessLedger(self.policies, clock)

    def unit(self, order_id, change):
        """Run a change and settle the order in one unit of work."""

        def work(session):
            change(session)
            settled = self.ledger.settle(session, order_id)
            if settled:
                self.audit.record_system(
                    session, Action.ORDER_UPDATED, EntityType.ORDER, order_id, rows=settled
                )

        self.database.retried(work)

    def commit(self, order_id, slices, weights, **more):
        """Record an order with its allocation; a weight of None is an account that is not eligible."""
        self.unit(order_id, lambda session: add_order(session, order_id, slices, weights, **more))

    def reslice(self, order_id, slices):
        def change(session):
            session.execute(delete(OrderSliceRow).where(OrderSliceRow.order_id == order_id))
            add_slices(session, order_id, slices)
            values = {"quantity": sum(slices.values(), Decimal(0))}
            session.execute(update(OrderRow).where(OrderRow.order_id == order_id).values(values))

        self.unit(order_id, change)

    def fill(self, order_id, faces, *, status="Open", state="PROVISIONAL", booked=None):
        """Record the next fill of an order, its status, and what Aladdin has booked."""

        def change(session):
            row = session.get_one(OrderRow, order_id, populate_existing=True)
            total = sum(faces.values(), Decimal(0))
            sequence = row.fill_count
            if faces:
                sequence += 1
                add_fill(session, order_id, sequence, faces)
            text = None if booked is None else json.dumps({a: f"{face}" for a, face in booked.items()})
            values = {
                "status": status,
                "fill_count": sequence,
                "filled_quantity": total,
                "allocation_state": state,
                "booked": text,
            }
            session.execute(update(OrderRow).where(OrderRow.order_id == order_id).values(values))

        self.unit(order_id, change)

    def settle(self, order_id):
        self.unit(order_id, lambda _: None)

    def balances(self):
        row = FairnessBalanceRow
        query = select(row.scope_id, row.side, row.account_id, row.balance)
        with self.database.read() as session:
            return {tuple(key): face for *key, face in session.execute(query)}

    def entries(self, order_id=None):
        query = select(FairnessEntryRow).order_by(
            FairnessEntryRow.order_id,
            FairnessEntryRow.sequence,
            FairnessEntryRow.kind,
            FairnessEntryRow.account_id,
        )
        if order_id is not None:
            query = query.where(FairnessEntryRow.order_id == order_id)
        with self.database.read() as session:
            return session.scalars(query).all()


def add_order(
    session,
    order_id,
    slices,
    weights,
    *,
    day=date(2026, 3, 2),
    scope="CORE",
    policy="default",
    made_of=None,
    reasons=None,
    **more,
):
    """Store an order; `made_of` are the inputs of its preview, `reasons` why accounts were not eligible."""
    key = f"a-{order_id}"
    side = more.get("side", "BUY")
    document = {} if made_of is None else {"snapshot": snapshot.encode(made_of), "status": "SUBMITTED"}
    session.execute(
        insert(AllocationRow),
        [allocation(id=key, side=side, fairness_scope_id=scope, fairness_policy_id=policy, **document)],
    )
    if made_of is not None:
        groups = [{"allocation_id": key, "group_id": g} for g in made_of.request.portfolio_groups]
        session.execute(insert(AllocationGroupRow), groups)
    why = reasons or {}
    accounts = sorted({*slices, *weights, *why})
    lines = [
        {
            "allocation_id": key,
            "account_id": account,
            "allocated_quantity": slices.get(account, Decimal(0)),
            "allocated_notional": Decimal(0),
            "settlement_amount": Decimal(0),
            "entitlement_weight": weights.get(account),
            "reason_code": why.get(account),
        }
        for account in accounts
    ]
    session.execute(insert(AllocationLineRow), lines)
    total = sum(slices.values(), Decimal(0))
    values = order(key, order_id=order_id, quantity=total, trade_date=day, **more)
    session.execute(insert(OrderRow), [values])
    add_slices(session, order_id, slices)


def add_slices(session, order_id, slices):
    rows = [{"order_id": order_id, "account_id": a, "quantity": face} for a, face in slices.items()]
    if rows:
        session.execute(insert(OrderSliceRow), rows)


def add_fill(session, order_id, sequence, faces):
    total = sum(faces.values(), Decimal(0))
    session.execute(
        insert(OrderFillRow),
        [
            {
                "order_id": order_id,
                "sequence": sequence,
                "at": MOMENT,
                "quantity": total,
                "filled_quantity": total,
                "average_price": Decimal(100),
            }
        ],
    )
    session.execute(
        insert(OrderFillLineRow),
        [
            {
                "order_id": order_id,
                "sequence": sequence,
                "account_id": account,
                "quantity": face,
                "filled_quantity": face,
                "principal": Decimal(0),
            }
            for account, face in faces.items()
        ],
    )


# --- the same by another calculation ------------------------------------------------------------------------


def shared(total, weights):
    """Largest remainder in fractions: face by account."""
    whole = sum(map(Fraction, weights.values()))
    exact = {a: Fraction(total) * UNITS * Fraction(w) / whole for a, w in weights.items()}
    found = {a: share.numerator // share.denominator for a, share in exact.items()}
    by_rest = sorted(exact, key=lambda a: (found[a] - exact[a], a))
    for account in by_rest[: int(Fraction(total) * UNITS) - sum(found.values())]:
        found[account] += 1
    return {a: Decimal(units) / UNITS for a, units in found.items()}


def recomputed(database):
    """What every account is owed by all orders together: entitled less received, by ledger and account.

    Read from orders, slices, fills and weights alone; right where nothing was carried.
    """
    owed = defaultdict(Decimal)
    with database.read() as session:
        for row in session.scalars(select(OrderRow)):
            parent = session.get_one(AllocationRow, row.allocation_id)
            if parent.fairness_scope_id is None:
                continue
            got = {a: face for a, face in received(session, row).items() if face}
            lines = session.scalars(
                select(AllocationLineRow).where(AllocationLineRow.allocation_id == parent.id)
            )
            weights = {x.account_id: x.entitlement_weight for x in lines if x.entitlement_weight}
            due = shared(sum(got.values(), Decimal(0)), weights) if weights else got
            for account in {*got, *due}:
                key = (parent.fairness_scope_id, row.side, account)
                owed[key] += due.get(account, Decimal(0)) - got.get(account, Decimal(0))
    return dict(owed)


def received(session, row):
    if row.status not in FINAL and not 0 < row.quantity <= row.filled_quantity:
        parts = session.scalars(select(OrderSliceRow).where(OrderSliceRow.order_id == row.order_id))
        return {part.account_id: part.quantity for part in parts}
    if row.allocation_state == "DIFFERENT" and row.booked is not None:
        booked = {account: Decimal(face) for account, face in json.loads(row.booked).items()}
        if not sum(booked.values()) < row.filled_quantity:
            return booked
    last = select(OrderFillLineRow).where(
        OrderFillLineRow.order_id == row.order_id, OrderFillLineRow.sequence == row.fill_count
    )
    return {line.account_id: line.filled_quantity for line in session.scalars(last)}


def some(faces):
    return {key: face for key, face in faces.items() if face}
