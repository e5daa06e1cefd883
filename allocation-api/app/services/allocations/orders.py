"""What is stored of allocations beside the orders that they became."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.models import AllocationGroupRow, AllocationLineRow, OrderFillLineRow, OrderFillRow, OrderRow
from app.services.domain.block_order import OrderStatus
from app.services.domain.record import AllocationState, booking_of
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


def recorded_booking(order: OrderRow) -> Mapping[str, Decimal] | None:
    """Return what Aladdin was last seen to have booked, by account; absent is 0, None where it did not say.

    Of an order that is over and unfilled nothing is booked, whether it said so or not.
    """
    is_unfilled = order.allocation_state == AllocationState.OF_RECORD and filled_face(order) == 0
    return {} if order.booked is None and is_unfilled else booking_of(order.booked)


def is_last_fill(part: type[OrderFillRow | OrderFillLineRow]) -> ColumnElement[bool]:
    """Return the SQL condition that a fill or its line is of the last fill of `OrderRow`.

    It has a line for every account that any fill of the order has.
    """
    return and_(OrderRow.order_id == part.order_id, OrderRow.fill_count == part.sequence)


def orders_of(session: Session, allocation_ids: Sequence[str]) -> Mapping[str, OrderRow]:
    """Return the orders of allocations by allocation id; absent where there is none."""
    return {
        row.allocation_id: row
        for ids in chunks(allocation_ids, MAX_IDS_PER_QUERY)
        for row in session.scalars(select(OrderRow).where(OrderRow.allocation_id.in_(ids)))
    }


def groups_of(session: Session, allocation_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the portfolio groups of allocations by allocation id, in the order of the groups' ids."""
    found: dict[str, list[str]] = {allocation_id: [] for allocation_id in allocation_ids}
    for ids in chunks(allocation_ids, MAX_IDS_PER_QUERY):
        query = select(AllocationGroupRow).where(AllocationGroupRow.allocation_id.in_(ids))
        for row in session.scalars(query):
            found[row.allocation_id].append(row.group_id)
    return {allocation_id: tuple(sorted(group_ids)) for allocation_id, group_ids in found.items()}


def previewed_faces(session: Session, allocation_ids: Sequence[str]) -> Mapping[str, Mapping[str, Decimal]]:
    """Return what previews allocated: face by account, of accounts that got some, by allocation id."""
    line = AllocationLineRow
    found: dict[str, dict[str, Decimal]] = {}
    for ids in chunks(allocation_ids, MAX_IDS_PER_QUERY):
        query = select(line.allocation_id, line.account_id, line.allocated_quantity)
        for allocation_id, account_id, face in session.execute(query.where(line.allocation_id.in_(ids))):
            if face:
                found.setdefault(allocation_id, {})[account_id] = Decimal(face)
    return found
