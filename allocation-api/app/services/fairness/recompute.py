"""Recomputation of the fairness ledger from the orders and fills that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import FAIRNESS_LOCK, AllocationRow, OrderRow
from app.models.lock import serialise
from app.services.audit.balances import ledgers, summed
from app.services.domain.side import Side
from app.services.fairness.contributions import Part, contribution, ledger_order
from app.services.fairness.ledger import entered, replace_balances


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An account whose entries of an order are not what its orders and fills say."""

    order_id: str
    account_id: str
    entered: Part
    recomputed: Part


def disagreements(session: Session) -> Iterator[Disagreement]:
    """Yield where what an order has entered is not what its slices, fills and bookings say, by order id."""
    orders = (
        select(OrderRow.order_id)
        .join(AllocationRow, AllocationRow.id == OrderRow.allocation_id)
        .where(AllocationRow.fairness_scope_id.is_not(None))
        .order_by(OrderRow.order_id)
    )
    for order_id in session.scalars(orders).all():
        order = ledger_order(session, order_id)
        if order is None:
            continue
        said, _ = entered(session, order_id)
        now = contribution(session, order)
        for account in sorted({*said, *now}):
            one, other = said.get(account, Part()), now.get(account, Part())
            if one != other:
                yield Disagreement(order_id, account, one, other)


def rebuild_balances(session: Session) -> int:
    """Replace every balance by the sum of its entries, under the ledger's lock; return their number."""
    serialise(session, FAIRNESS_LOCK)
    count = 0
    for scope_id, side in ledgers(session):
        sums = summed(session, (scope_id, side))
        if sums:
            as_of = max(balance.as_of for balance in sums.values())
            faces = {account: balance.face for account, balance in sums.items()}
            replace_balances(session, scope_id, Side(side), faces, as_of)
        count += len(sums)
    return count
