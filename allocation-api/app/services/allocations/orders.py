"""What is known of the orders that allocations became, by their stored rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import OrderRow
from app.services.domain.block_order import OrderStatus
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks


def filled_face(order: OrderRow) -> Decimal | None:
    """Return the filled face of an order; 0 where nothing is filled, None where that is unknown.

    It is unknown of a booked order without a fill, and of one that ended before fills were recorded.
    """
    if order.filled_quantity or order.fill_count:
        return order.filled_quantity
    status = OrderStatus.of(order.status)
    # Orders have a trade date since fills are recorded.
    is_unknown = status is OrderStatus.BOOKED or (status.is_final and order.trade_date is None)
    return None if is_unknown else Decimal(0)


def orders_of(session: Session, allocation_ids: Sequence[str]) -> Mapping[str, OrderRow]:
    """Return the orders of allocations by allocation id; absent where there is none."""
    return {
        row.allocation_id: row
        for ids in chunks(allocation_ids, MAX_IDS_PER_QUERY)
        for row in session.scalars(select(OrderRow).where(OrderRow.allocation_id.in_(ids)))
    }
