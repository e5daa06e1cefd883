"""Reads the committed allocations of a period for the fairness report, in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.models import AllocationGroupRow, AllocationLineRow, AllocationRow, OrderRow, OrderSliceRow
from app.services.allocations.store import AllocationStatus
from app.services.domain.block_order import REJECTED_WORDS
from app.services.domain.side import Side
from app.services.reports.fairness import AllocationFacts, LineFacts, fairness
from app.services.reports.fills import NO_FILL, AccountFill, latest_fills
from app.services.reports.views import FairnessReport, Period
from app.utils.chunks import chunks
from app.utils.paging import within_days

MAX_ALLOCATIONS_PER_CHUNK = 100
"""Allocations in memory at the same time."""

COMMITTED = (AllocationStatus.SUBMITTED, AllocationStatus.CANCELLED)
"""Statuses of allocations whose order Aladdin accepted; a cancelled one may be filled in part."""


class FairnessService:
    """Computes fairness reports from stored allocations and fills."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def report(self, period: Period) -> FairnessReport:
        """Return the fairness report of a period."""
        with self._database.read() as session:
            return fairness(period, _facts(session, _orders(session, period)))


def _orders(session: Session, period: Period) -> Sequence[OrderRow]:
    query = (
        select(OrderRow)
        .join(AllocationRow, AllocationRow.id == OrderRow.allocation_id)
        .where(
            AllocationRow.status.in_(COMMITTED),
            OrderRow.status.not_in(REJECTED_WORDS),
            *within_days(OrderRow.created_at, period.date_from, period.date_to),
        )
        .order_by(OrderRow.created_at, OrderRow.order_id)
    )
    if period.side is not None:
        query = query.where(OrderRow.side == period.side)
    if period.method is not None:
        query = query.where(AllocationRow.method == period.method)
    if period.group_id is not None:
        asked = (AllocationGroupRow.allocation_id == AllocationRow.id) & (
            AllocationGroupRow.group_id == period.group_id
        )
        query = query.where(exists().where(asked))
    return session.scalars(query).all()


def _facts(session: Session, orders: Sequence[OrderRow]) -> Iterator[AllocationFacts]:
    for chunk in chunks(orders, MAX_ALLOCATIONS_PER_CHUNK):
        ids = [order.order_id for order in chunk]
        slices, fills = _slices(session, ids), latest_fills(session, ids)
        filled: dict[str, dict[str, AccountFill]] = {order_id: {} for order_id in ids}
        for (order_id, account_id), fill in fills.items():
            filled[order_id][account_id] = fill
        previewed = _previewed(session, [order.allocation_id for order in chunk])
        for order in chunk:
            lines = _lines(
                previewed.get(order.allocation_id, {}), slices.get(order.order_id), filled[order.order_id]
            )
            yield AllocationFacts(Side(order.side), order.average_price, order.first_day_price, lines)


def _lines(
    previewed: Mapping[str, LineFacts], slices: Mapping[str, int] | None, fills: Mapping[str, AccountFill]
) -> tuple[LineFacts, ...]:
    """Return one line for each account of an order, with its present slice in face.

    An order from before slices were stored has the slices of its preview. What an account could have taken
    that got its slice at Aladdin is unknown, because no preview has it.
    """
    lines = []
    for account_id in sorted({*previewed, *(slices or {}), *fills}):
        known = previewed.get(account_id, LineFacts(account_id, 0, None, None))
        fill = fills.get(account_id, NO_FILL)
        face = known.allocated if slices is None else slices.get(account_id, 0)
        lines.append(replace(known, allocated=face, filled=fill.quantity, principal=fill.principal))
    return tuple(lines)


def _previewed(session: Session, allocation_ids: Sequence[str]) -> Mapping[str, Mapping[str, LineFacts]]:
    line = AllocationLineRow
    found: dict[str, dict[str, LineFacts]] = {}
    query = select(
        line.allocation_id, line.account_id, line.allocated_quantity, line.nav, line.max_quantity
    ).where(line.allocation_id.in_(allocation_ids))
    for allocation_id, account_id, allocated, nav, max_quantity in session.execute(query):
        found.setdefault(allocation_id, {})[account_id] = LineFacts(account_id, allocated, nav, max_quantity)
    return found


def _slices(session: Session, order_ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    part = OrderSliceRow
    found: dict[str, dict[str, int]] = {}
    query = select(part.order_id, part.account_id, part.quantity).where(part.order_id.in_(order_ids))
    for order_id, account_id, quantity in session.execute(query):
        found.setdefault(order_id, {})[account_id] = int(quantity)
    return found
