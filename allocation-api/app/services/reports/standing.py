"""What each account has of orders now: its slice, and what was filled for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import OrderFillRow, OrderRow, OrderSliceRow
from app.services.allocations.orders import filled_face, is_last_fill, recorded_booking
from app.services.domain.record import AllocationState
from app.services.reports.fills import NO_FILL, AccountFill, latest_fills
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks


@dataclass(frozen=True, slots=True)
class Standing:
    """Slices and fills of some orders; `recorded` is the block's filled face after the last recorded fill."""

    slices: Mapping[str, Mapping[str, Decimal]]
    fills: Mapping[str, Mapping[str, AccountFill]]
    recorded: Mapping[str, Decimal]

    def accounts(self, order: OrderRow) -> set[str]:
        """Return the accounts that have a slice or a fill."""
        return {*self.slices.get(order.order_id, ()), *self.fills.get(order.order_id, ())}

    def slice_face(self, order: OrderRow, account_id: str, previewed: Decimal) -> Decimal:
        """Return an account's slice; what was previewed where an order is older than stored slices."""
        slices = self.slices.get(order.order_id)
        return previewed if slices is None else slices.get(account_id, Decimal(0))

    def fill(self, order: OrderRow, account_id: str) -> AccountFill | None:
        """Return an account's fill; None where it is unknown.

        It is unknown where the order's filled face is, is not what the recorded fills add up to, or is not
        what Aladdin has booked for an order that is over (R12.6).
        """
        if order.allocation_state == AllocationState.DIFFERENT:
            return None
        if filled_face(order) != self.recorded.get(order.order_id, Decimal(0)):
            return None
        return self.fills.get(order.order_id, {}).get(account_id, NO_FILL)

    def booked(self, order: OrderRow, account_id: str) -> Decimal | None:
        """Return the face that Aladdin has booked for an account; None where it does not say."""
        booking = recorded_booking(order)
        return None if booking is None else booking.get(account_id, Decimal(0))


def standing(session: Session, orders: Sequence[OrderRow], account_id: str | None = None) -> Standing:
    """Return what accounts have of orders, or one account."""
    ids = [order.order_id for order in orders]
    fills: dict[str, dict[str, AccountFill]] = {}
    for (order_id, account), fill in latest_fills(session, ids, account_id).items():
        fills.setdefault(order_id, {})[account] = fill
    return Standing(_slices(session, ids), fills, _recorded(session, ids))


def _slices(session: Session, order_ids: Sequence[str]) -> Mapping[str, Mapping[str, Decimal]]:
    part = OrderSliceRow
    found: dict[str, dict[str, Decimal]] = {}
    for ids in chunks(order_ids, MAX_IDS_PER_QUERY):
        query = select(part.order_id, part.account_id, part.quantity).where(part.order_id.in_(ids))
        for order_id, account_id, face in session.execute(query):
            found.setdefault(order_id, {})[account_id] = face
    return found


def _recorded(session: Session, order_ids: Sequence[str]) -> Mapping[str, Decimal]:
    fill = OrderFillRow
    query = select(fill.order_id, fill.filled_quantity).join(OrderRow, is_last_fill(fill))
    return {
        order_id: face
        for ids in chunks(order_ids, MAX_IDS_PER_QUERY)
        for order_id, face in session.execute(query.where(fill.order_id.in_(ids)))
    }
