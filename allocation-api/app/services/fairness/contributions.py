"""What an order adds to the ledger: what its accounts received and were entitled to (R15.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    AllocationLineRow,
    AllocationRow,
    OrderFillLineRow,
    OrderRow,
    OrderSliceRow,
)
from app.services.domain.fairness import entitlements
from app.services.domain.record import AllocationState, booking_of, is_over
from app.services.domain.side import Side

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """One account's part of what an order adds: faces."""

    entitled: Decimal = ZERO
    received: Decimal = ZERO

    @property
    def owed(self) -> Decimal:
        """Face that the account is owed by it."""
        return self.entitled - self.received

    def plus(self, other: Part) -> Part:
        """Return this part and another together."""
        return Part(self.entitled + other.entitled, self.received + other.received)

    def less(self, other: Part) -> Part:
        """Return this part less another."""
        return Part(self.entitled - other.entitled, self.received - other.received)


@dataclass(frozen=True, slots=True)
class LedgerOrder:
    """An order that is entered in a ledger, as it is stored now."""

    order_id: str
    allocation_id: str
    scope_id: str
    policy_id: str
    side: Side
    business_date: date
    quantity: Decimal
    filled_quantity: Decimal
    fill_count: int
    status: str
    allocation_state: str
    booked: str | None

    @property
    def is_over(self) -> bool:
        """Whether what was filled counts, and no more the slices."""
        return is_over(self.status, self.quantity, self.filled_quantity)


def ledger_order(session: Session, order_id: str) -> LedgerOrder | None:
    """Return an order as it is stored; None where its allocation is in no ledger."""
    order, allocation = OrderRow, AllocationRow
    query = (
        select(
            order.allocation_id,
            allocation.fairness_scope_id,
            allocation.fairness_policy_id,
            order.side,
            order.trade_date,
            order.created_at,
            order.quantity,
            order.filled_quantity,
            order.fill_count,
            order.status,
            order.allocation_state,
            order.booked,
        )
        .join(allocation, allocation.id == order.allocation_id)
        .where(order.order_id == order_id)
    )
    row = session.execute(query).one_or_none()
    if row is None or row.fairness_scope_id is None or row.fairness_policy_id is None:
        return None
    return LedgerOrder(
        order_id=order_id,
        allocation_id=row.allocation_id,
        scope_id=row.fairness_scope_id,
        policy_id=row.fairness_policy_id,
        side=Side(row.side),
        business_date=row.trade_date or row.created_at.date(),
        quantity=row.quantity,
        filled_quantity=row.filled_quantity,
        fill_count=row.fill_count,
        status=row.status,
        allocation_state=row.allocation_state,
        booked=row.booked,
    )


def contribution(session: Session, order: LedgerOrder) -> dict[str, Part]:
    """Return what an order adds to its ledger by account, as it is stored now.

    Received are the slices while the order works, what was filled for each account once it is over, and what
    Aladdin has booked where that differs and holds all that is filled. The entitlements share the same total,
    so what accounts are owed by one order sums to zero. Without an eligible account nobody is owed anything.
    """
    received = {account: face for account, face in _received(session, order).items() if face}
    line = AllocationLineRow
    weighted = session.execute(
        select(line.account_id, line.entitlement_weight).where(
            line.allocation_id == order.allocation_id, line.entitlement_weight.is_not(None)
        )
    )
    weights = {account: weight for account, weight in weighted if weight}
    entitled = entitlements(sum(received.values(), ZERO), weights) if weights else received
    accounts = sorted({*received, *entitled})
    return {a: Part(entitled.get(a, ZERO), received.get(a, ZERO)) for a in accounts}


def _received(session: Session, order: LedgerOrder) -> Mapping[str, Decimal]:
    if not order.is_over:
        slices = select(OrderSliceRow.account_id, OrderSliceRow.quantity)
        return dict(iter(session.execute(slices.where(OrderSliceRow.order_id == order.order_id))))
    booked = booking_of(order.booked)
    # A booking that lags behind the fills says nothing yet of what accounts will have received.
    is_whole = booked is not None and sum(booked.values(), ZERO) >= order.filled_quantity
    if booked is not None and is_whole and order.allocation_state == AllocationState.DIFFERENT:
        return booked
    line = OrderFillLineRow
    filled = select(line.account_id, line.filled_quantity).where(
        line.order_id == order.order_id, line.sequence == order.fill_count
    )
    return dict(iter(session.execute(filled)))
