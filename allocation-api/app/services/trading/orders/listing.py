"""The list of orders: which rows a filter lets pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from app.models import AllocationGroupRow, OrderRow, OrderSliceRow
from app.services.accounts import reference
from app.services.domain.block_order import FINAL_WORDS, OrderStatus
from app.services.domain.record import AllocationState
from app.services.domain.side import Side
from app.services.trading.orders.answers import Order
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility
from app.utils.paging import within_days


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Filter of orders; `None` does not filter. Days are the desk's, both inclusive.

    `is_open` is whether Aladdin may still change the order; `account_id` is of an account with a slice.
    """

    status: str | None = None
    is_open: bool | None = None
    side: Side | None = None
    security_id: str | None = None
    allocation_id: str | None = None
    allocation_state: AllocationState | None = None
    group_id: str | None = None
    account_id: str | None = None
    username: str | None = None
    date_from: date | None = None
    date_to: date | None = None

    def query(self, session: Session, visible: Visibility, zone: ZoneInfo) -> Select[OrderRow]:
        """Return the statement for the visible orders that match as they are stored."""
        row = OrderRow
        security_id = self.security_id and reference.canonical_id(session, self.security_id)
        equal = (
            (row.security_id, security_id),
            (row.allocation_id, self.allocation_id),
            (row.allocation_state, self.allocation_state),
            (row.side, self.side),
            (row.created_by, self.username),
            (func.lower(row.status), self.status and self.status.lower()),
        )
        query = select(row).where(
            *rows.orders(visible),
            *within_days(row.created_at, self.date_from, self.date_to, zone),
            *(column == wanted for column, wanted in equal if wanted is not None),
        )
        if self.is_open is not None:
            words = row.status.not_in(FINAL_WORDS) if self.is_open else row.status.in_(FINAL_WORDS)
            query = query.where(words)
        if self.group_id is not None:
            group = AllocationGroupRow
            asked = (group.allocation_id == row.allocation_id) & (group.group_id == self.group_id)
            query = query.where(exists().where(asked))
        if self.account_id is not None:
            part = OrderSliceRow
            sliced = (part.order_id == row.order_id) & (part.account_id == self.account_id)
            query = query.where(exists().where(sliced))
        return query

    def holds(self, order: Order) -> bool:
        """Return whether an order still matches after it was read from Aladdin."""
        if self.is_open is not None and OrderStatus.of(order.status).is_final is self.is_open:
            return False
        return self.status is None or order.status.lower() == self.status.lower()
