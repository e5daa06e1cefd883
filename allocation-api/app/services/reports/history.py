"""Allocation history report: one line for each account of each allocation, newest first.

Accounts are those of the preview, and those that got a slice or a fill of its order at Aladdin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, not_, null, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.clock import Clock
from app.core.database import Database
from app.models import (
    AccountRow,
    AllocationLineRow,
    AllocationRow,
    OrderFillLineRow,
    OrderRow,
    OrderSliceRow,
    SecurityRow,
)
from app.services.accounts import reference
from app.services.allocations.store import has_status, present_status
from app.services.allocations.types import ReasonCode
from app.services.domain.face import exact_face
from app.services.domain.record import AllocationState
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.reports.standing import Standing, standing
from app.services.reports.views import HistoryLine, LineFilter
from app.services.visibility import rows as conditions
from app.services.visibility.visibility import Visibility
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks
from app.utils.paging import Page, decode_cursor, encode_cursor, every, within_days

MAX_LINES_PER_READ = 2_000
"""Lines in one read when all lines are streamed."""

_Part: TypeAlias = type[OrderSliceRow | OrderFillLineRow]
_Query: TypeAlias = Select[Any, Any, Any, Any, Any, Any]
"""A query for lines; it selects the fields of `_Found`."""


class HistoryReport:
    """Reads the history report with keyset pagination."""

    def __init__(self, database: Database, clock: Clock, zone: ZoneInfo) -> None:
        """`zone` is the desk's: its days are those of the filters and lines."""
        self._database = database
        self._clock = clock
        self._zone = zone

    def page(
        self, filters: LineFilter, visible: Visibility, *, cursor: str | None, limit: int
    ) -> Page[HistoryLine]:
        """Return one page of the lines of visible allocations.

        Raises
        ------
        InvalidRequest
            Naming `cursor`, when it is not the `next_cursor` of an earlier page.
        """
        with self._database.read() as session:
            return self._page(session, _Asked(_known(session, filters), visible), cursor, limit)

    def all(self, filters: LineFilter, visible: Visibility) -> Iterator[HistoryLine]:
        """Yield all visible lines by keyset pagination: what is added meanwhile repeats and skips none."""
        return every(lambda cursor: self.page(filters, visible, cursor=cursor, limit=MAX_LINES_PER_READ))

    def _page(self, session: Session, asked: _Asked, cursor: str | None, limit: int) -> Page[HistoryLine]:
        after = None if cursor is None else _Place.of(cursor)
        query = self._filtered(_previewed_lines(), asked, AllocationLineRow.account_id)
        rows = _read(session, query, AllocationLineRow.account_id, after, limit)
        others = self._others(session, asked, after, rows, limit)
        if others:
            rows = sorted([*rows, *others], key=lambda row: row.account_id)
            rows.sort(key=lambda row: (row.allocation.created_at, row.allocation.id), reverse=True)
        more, rows = len(rows) > limit, rows[:limit]
        orders = {row.order.order_id: row.order for row in rows if row.order is not None}
        now = standing(session, list(orders.values()), asked.filters.account_id)
        lines = tuple(self._line(row, now) for row in rows)
        return Page(lines, _Place.at(rows[-1]).cursor if more else None)

    def _others(
        self, session: Session, asked: _Asked, after: _Place | None, rows: Sequence[_Found], limit: int
    ) -> Sequence[_Found]:
        """Return the accounts that no preview has, between the lines of previews that are given."""
        until = _Place.at(rows[-1]) if len(rows) > limit else None
        ids: Sequence[Sequence[str]] = [()]
        if asked.filters.account_id is None:
            near = {row.allocation.id for row in rows} | ({after.allocation_id} if after else set())
            ids = list(chunks(sorted(near), MAX_IDS_PER_QUERY))
        found: dict[tuple[str, str], _Found] = {}
        parts: tuple[_Part, ...] = (OrderSliceRow, OrderFillLineRow)
        for part, some in product(parts, ids):
            query = self._filtered(_lines_of_others(part), asked, part.account_id)
            if some:
                query = query.where(OrderRow.allocation_id.in_(some))
            if until is not None:
                query = query.where(not_(_is_after(until, part.account_id)))
            for one in _read(session, query, part.account_id, after, limit):
                found[one.allocation.id, one.account_id] = one
        return list(found.values())

    def _filtered(self, query: _Query, asked: _Asked, account_id: InstrumentedAttribute[str]) -> _Query:
        allocation, filters = AllocationRow, asked.filters
        query = query.where(
            *conditions.allocations(asked.visible),
            *within_days(allocation.created_at, filters.date_from, filters.date_to, self._zone),
        )
        if filters.account_id is not None:
            query = query.where(account_id == filters.account_id)
        if filters.allocation_id is not None:
            query = query.where(allocation.id == filters.allocation_id)
        if filters.security_id is not None:
            query = query.where(allocation.security_id == filters.security_id)
        if filters.status is not None:
            query = query.where(*has_status(filters.status, self._clock()))
        return query

    def _line(self, row: _Found, now: Standing) -> HistoryLine:
        allocation, line, order = row.allocation, row.line, row.order
        previewed = line.allocated_quantity if line else Decimal(0)
        filled = now.fill(order, row.account_id) if order else None
        return HistoryLine(
            allocation_id=allocation.id,
            business_date=allocation.created_at.astimezone(self._zone).date(),
            created_at=allocation.created_at,
            committed_at=allocation.committed_at or (order.created_at if order else None),
            account_id=row.account_id,
            account_name=row.account_name,
            security_id=allocation.security_id,
            security_description=row.security_description,
            side=Side(allocation.side),
            method=Method(allocation.method),
            status=present_status(allocation, self._clock()),
            allocated_quantity=exact_face(previewed),
            ordered_quantity=now.slice_face(order, row.account_id, previewed) if order else None,
            filled_quantity=filled.quantity if filled else None,
            booked_quantity=now.booked(order, row.account_id) if order else None,
            average_price=filled.average_price if filled and filled.quantity else None,
            principal=filled.principal if filled else None,
            order_id=order.order_id if order else None,
            order_status=order.status if order else None,
            allocation_state=AllocationState(order.allocation_state) if order else None,
            reason_code=None if line is None or line.reason_code is None else ReasonCode(line.reason_code),
            created_by=allocation.username,
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which lines are asked for, by a user who sees so much."""

    filters: LineFilter
    visible: Visibility


@dataclass(frozen=True, slots=True)
class _Found:
    """What is read for one line; `line` is None of an account that no preview has."""

    allocation: AllocationRow
    account_id: str
    line: AllocationLineRow | None
    order: OrderRow | None
    account_name: str | None
    security_description: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Sort key of a line."""

    created_at: datetime
    allocation_id: str
    account_id: str

    @classmethod
    def at(cls, row: _Found) -> _Place:
        return cls(row.allocation.created_at, row.allocation.id, row.account_id)

    @classmethod
    def of(cls, cursor: str) -> _Place:
        created_at, key = decode_cursor(cursor)
        allocation_id, _, account_id = key.partition("|")
        return cls(created_at, allocation_id, account_id)

    @property
    def cursor(self) -> str:
        return encode_cursor(self.created_at, f"{self.allocation_id}|{self.account_id}")


def _previewed_lines() -> _Query:
    """Return the query for the lines of previews."""
    allocation, line = AllocationRow, AllocationLineRow
    return (
        select(allocation, line.account_id, line, OrderRow, AccountRow.account_name, SecurityRow.description)
        .join(line, line.allocation_id == allocation.id)
        .outerjoin(OrderRow, OrderRow.allocation_id == allocation.id)
        .outerjoin(AccountRow, AccountRow.account_id == line.account_id)
        .outerjoin(SecurityRow, SecurityRow.security_id == allocation.security_id)
    )


def _lines_of_others(part: _Part) -> _Query:
    """Return the query for accounts with a slice or a fill in an order whose preview does not have them."""
    allocation, line = AllocationRow, AllocationLineRow
    previewed = exists().where(line.allocation_id == allocation.id, line.account_id == part.account_id)
    return (
        select(
            allocation, part.account_id, null(), OrderRow, AccountRow.account_name, SecurityRow.description
        )
        .join(OrderRow, OrderRow.allocation_id == allocation.id)
        .join(part, part.order_id == OrderRow.order_id)
        .outerjoin(AccountRow, AccountRow.account_id == part.account_id)
        .outerjoin(SecurityRow, SecurityRow.security_id == allocation.security_id)
        .where(~previewed)
        .distinct()
    )


def _read(
    session: Session,
    query: _Query,
    account_id: InstrumentedAttribute[str],
    after: _Place | None,
    limit: int,
) -> list[_Found]:
    """Return the first rows after a place, at most one more than `limit`."""
    allocation = AllocationRow
    if after is not None:
        query = query.where(allocation.created_at <= after.created_at, _is_after(after, account_id))
    query = query.order_by(allocation.created_at.desc(), allocation.id.desc(), account_id).limit(limit + 1)
    return [_Found(*row) for row in session.execute(query)]


def _is_after(place: _Place, account_id: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    allocation = AllocationRow
    return or_(
        allocation.created_at < place.created_at,
        and_(allocation.created_at == place.created_at, allocation.id < place.allocation_id),
        and_(
            allocation.created_at == place.created_at,
            allocation.id == place.allocation_id,
            account_id > place.account_id,
        ),
    )


def _known(session: Session, filters: LineFilter) -> LineFilter:
    if filters.security_id is None:
        return filters
    return replace(filters, security_id=reference.canonical_id(session, filters.security_id))
