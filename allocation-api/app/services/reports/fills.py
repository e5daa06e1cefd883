"""Latest recorded fill of each order and account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import OrderFillLineRow, OrderFillRow, OrderRow
from app.services.allocations.orders import is_last_fill
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks


@dataclass(frozen=True, slots=True)
class AccountFill:
    """Filled face of an account, its clean principal, and the average price per 100 of face."""

    quantity: Decimal
    principal: Decimal
    average_price: Decimal


NO_FILL = AccountFill(Decimal(0), Decimal(0), Decimal(0))

Fills: TypeAlias = Mapping[tuple[str, str], AccountFill]
"""Fills by (order id, account id)."""


def latest_fills(session: Session, order_ids: Sequence[str], account_id: str | None = None) -> Fills:
    """Return the totals after the last recorded fill, by order and account; absent without any fill."""
    line, fill = OrderFillLineRow, OrderFillRow
    query = (
        select(line.order_id, line.account_id, line.filled_quantity, line.principal, fill.average_price)
        .join(OrderRow, is_last_fill(line))
        .join(fill, (fill.order_id == line.order_id) & (fill.sequence == line.sequence))
    )
    if account_id is not None:
        query = query.where(line.account_id == account_id)
    return {
        (order_id, account): AccountFill(face, principal, price)
        for ids in chunks(order_ids, MAX_IDS_PER_QUERY)
        for order_id, account, face, principal, price in session.execute(query.where(line.order_id.in_(ids)))
    }
