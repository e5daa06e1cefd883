"""Allocation history report: one line for each account of each allocation, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.models import AllocationLineRow, AllocationRow, OrderRow
from app.services.accounts import reference
from app.services.allocations.store import has_status, present_status
from app.services.allocations.types import ReasonCode
from app.services.domain.block_order import OrderStatus
from app.services.domain.record import AllocationState
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.reports.fills import NO_FILL, AccountFill, Fills, latest_fills
from app.services.reports.views import HistoryLine, LineFilter
from app.utils.paging import Page, decode_cursor, encode_cursor, within_days

MAX_LINES_PER_READ = 2_000
"""Lines in one read when all lines are streamed."""


class HistoryReport:
    """Reads the history report with keyset pagination."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def page(self, filters: LineFilter, *, cursor: str | None, limit: int) -> Page[HistoryLine]:
        """Return one page of lines.

        Raises
        ------
        InvalidRequest
            Naming `cursor`, when it is not the `next_cursor` of an earlier page.
        """
        with self._database.read() as session:
            return self._page(session, _known(session, filters), cursor, limit)

    def all(self, filters: LineFilter) -> Iterator[HistoryLine]:
        """Yield all lines by keyset pagination: lines added meanwhile neither repeat nor skip others."""
        cursor: str | None = None
        while True:
            found = self.page(filters, cursor=cursor, limit=MAX_LINES_PER_READ)
            yield from found.items
            cursor = found.next_cursor
            if cursor is None:
                return

    def _page(
        self, session: Session, filters: LineFilter, cursor: str | None, limit: int
    ) -> Page[HistoryLine]:
        allocation, line = AllocationRow, AllocationLineRow
        query = self._filtered(filters)
        if cursor is not None:
            created_at, key = decode_cursor(cursor)
            allocation_id, _, account_id = key.partition("|")
            query = query.where(
                or_(
                    allocation.created_at < created_at,
                    and_(allocation.created_at == created_at, allocation.id < allocation_id),
                    and_(
                        allocation.created_at == created_at,
                        allocation.id == allocation_id,
                        line.account_id > account_id,
                    ),
                )
            )
        query = query.order_by(allocation.created_at.desc(), allocation.id.desc(), line.account_id)
        rows = session.execute(query.limit(limit + 1)).all()
        more, rows = len(rows) > limit, rows[:limit]
        orders = sorted({row.OrderRow.order_id for row in rows if row.OrderRow is not None})
        fills = latest_fills(session, orders, filters.account_id)
        lines = tuple(self._line(row[0], row[1], row[2], fills) for row in rows)
        end = lines[-1] if more else None
        return Page(
            lines, encode_cursor(end.created_at, f"{end.allocation_id}|{end.account_id}") if end else None
        )

    def _filtered(self, filters: LineFilter) -> Select[AllocationRow, AllocationLineRow, OrderRow]:
        allocation, line = AllocationRow, AllocationLineRow
        query = (
            select(allocation, line, OrderRow)
            .join(line, line.allocation_id == allocation.id)
            .outerjoin(OrderRow, OrderRow.allocation_id == allocation.id)
            .where(*within_days(allocation.created_at, filters.date_from, filters.date_to))
        )
        if filters.account_id is not None:
            query = query.where(line.account_id == filters.account_id)
        if filters.security_id is not None:
            query = query.where(allocation.security_id == filters.security_id)
        if filters.status is not None:
            query = query.where(*has_status(filters.status, self._clock()))
        return query

    def _line(
        self, allocation: AllocationRow, line: AllocationLineRow, order: OrderRow | None, fills: Fills
    ) -> HistoryLine:
        filled = _filled(order, fills.get((order.order_id, line.account_id))) if order else None
        return HistoryLine(
            allocation_id=allocation.id,
            created_at=allocation.created_at,
            committed_at=allocation.committed_at or (order.created_at if order else None),
            account_id=line.account_id,
            security_id=allocation.security_id,
            side=Side(allocation.side),
            method=Method(allocation.method),
            status=present_status(allocation, self._clock()),
            allocated_quantity=line.allocated_quantity,
            filled_quantity=filled.quantity if filled else None,
            average_price=filled.average_price if filled and filled.quantity else None,
            principal=filled.principal if filled else None,
            order_id=order.order_id if order else None,
            allocation_state=AllocationState(order.allocation_state) if order else None,
            reason_code=None if line.reason_code is None else ReasonCode(line.reason_code),
            created_by=allocation.username,
        )


def _known(session: Session, filters: LineFilter) -> LineFilter:
    if filters.security_id is None:
        return filters
    return replace(filters, security_id=reference.canonical_id(session, filters.security_id))


def _filled(order: OrderRow, fill: AccountFill | None) -> AccountFill | None:
    """Return the fill of one account; None where it is unknown.

    It is of a final order without a recorded fill, and of one of which Aladdin's booking differs (R12.6).
    """
    if order.allocation_state == AllocationState.DIFFERENT:
        return None
    if fill is not None:
        return fill
    return None if order.fill_count == 0 and OrderStatus.of(order.status).is_final else NO_FILL
