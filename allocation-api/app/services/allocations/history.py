"""Allocation history: pages of summaries, newest first, by keyset pagination."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app.models import AllocationGroupRow, AllocationLineRow, AllocationRow, OrderRow
from app.services.accounts import reference
from app.services.allocations.orders import filled_face, groups_of, orders_of
from app.services.allocations.store import AllocationStatus, has_status, present_status
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility
from app.utils.paging import Page, page, within_days


@dataclass(frozen=True, slots=True)
class AllocationSummary:
    """Summary of one allocation; quantities are face.

    `ordered_quantity` is the order's after every change. It is None without an order, `filled_quantity` also
    where that is unknown.
    """

    allocation_id: str
    status: AllocationStatus
    created_at: datetime
    expires_at: datetime
    created_by: str
    security_id: str
    security_description: str | None
    side: Side
    method: Method
    quantity: Decimal
    total_allocated: Decimal
    unallocated: Decimal
    ordered_quantity: Decimal | None
    filled_quantity: Decimal | None
    portfolio_groups: tuple[str, ...]
    aladdin_order_id: str | None


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Filter of allocations; `None` does not filter. Days are the desk's, both inclusive.

    `account_id` is of an account that the preview gives some.
    """

    date_from: date | None = None
    date_to: date | None = None
    status: AllocationStatus | None = None
    security_id: str | None = None
    group_id: str | None = None
    username: str | None = None
    method: Method | None = None
    side: Side | None = None
    account_id: str | None = None


def summaries(
    session: Session,
    filters: HistoryFilter,
    visible: Visibility,
    now: datetime,
    *,
    zone: ZoneInfo,
    cursor: str | None,
    limit: int,
) -> Page[AllocationSummary]:
    """Return one page of the visible allocations that match, with their status at `now`.

    The days of the filter are those of `zone`.

    Raises
    ------
    InvalidRequest
        Naming `cursor`, when it is not the `next_cursor` of an earlier page.
    """
    order = (AllocationRow.created_at, AllocationRow.id)
    query = _filtered(session, select(AllocationRow), filters, now, zone).where(*rows.allocations(visible))
    found = page(session, query, order, cursor, limit, lambda row: row)
    ids = [row.id for row in found.items]
    groups, orders = groups_of(session, ids), orders_of(session, ids)
    names = reference.descriptions(session, {row.security_id for row in found.items})
    items = tuple(
        _summary(row, groups[row.id], orders.get(row.id), names.get(row.security_id), now)
        for row in found.items
    )
    return Page(items, found.next_cursor)


def _filtered(
    session: Session, query: Select[AllocationRow], filters: HistoryFilter, now: datetime, zone: ZoneInfo
) -> Select[AllocationRow]:
    query = query.where(*within_days(AllocationRow.created_at, filters.date_from, filters.date_to, zone))
    if filters.status is not None:
        query = query.where(*has_status(filters.status, now))
    security_id = filters.security_id and reference.canonical_id(session, filters.security_id)
    for column, wanted in (
        (AllocationRow.security_id, security_id),
        (AllocationRow.username, filters.username),
        (AllocationRow.method, filters.method),
        (AllocationRow.side, filters.side),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if filters.group_id is not None:
        asked = (AllocationGroupRow.allocation_id == AllocationRow.id) & (
            AllocationGroupRow.group_id == filters.group_id
        )
        query = query.where(exists().where(asked))
    if filters.account_id is not None:
        line, given = AllocationLineRow, AllocationLineRow.allocated_quantity != 0
        of = (line.allocation_id == AllocationRow.id) & (line.account_id == filters.account_id)
        query = query.where(exists().where(of, given))
    return query


def _summary(
    row: AllocationRow,
    groups: tuple[str, ...],
    order: OrderRow | None,
    description: str | None,
    now: datetime,
) -> AllocationSummary:
    return AllocationSummary(
        allocation_id=row.id,
        status=present_status(row, now),
        created_at=row.created_at,
        expires_at=row.expires_at,
        created_by=row.username,
        security_id=row.security_id,
        security_description=description,
        side=Side(row.side),
        method=Method(row.method),
        quantity=row.quantity,
        total_allocated=row.total_allocated,
        unallocated=row.quantity - row.total_allocated,
        ordered_quantity=order.quantity if order else None,
        filled_quantity=filled_face(order) if order else None,
        portfolio_groups=groups,
        aladdin_order_id=row.aladdin_order_id,
    )
