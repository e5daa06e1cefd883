"""Reads the committed allocations of a period for the fairness report, in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.models import AllocationGroupRow, AllocationLineRow, AllocationRow, OrderRow
from app.services.accounts import reference
from app.services.allocations.store import AllocationStatus
from app.services.domain.record import AllocationState
from app.services.domain.side import Side
from app.services.reports.fairness import AllocationFacts, LineFacts, fairness
from app.services.reports.standing import Standing, standing
from app.services.reports.views import FairnessReport, Period
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility
from app.utils.chunks import chunks
from app.utils.paging import within_days

MAX_ALLOCATIONS_PER_CHUNK = 100
"""Allocations in memory at the same time."""

COMMITTED = (AllocationStatus.SUBMITTED, AllocationStatus.CANCELLED)
"""Statuses of allocations whose order Aladdin accepted; a cancelled one may be filled in part."""


@dataclass(frozen=True, slots=True)
class _Previewed:
    """What a preview says of an account; None where it was not kept.

    `base` is its weight by the policy, 0 where it had none; its NAV where no ledger has the allocation.
    """

    face: Decimal
    base: Decimal | None
    max_face: Decimal | None


_NO_FACE = Decimal(0)
_NOT_KNOWN = _Previewed(_NO_FACE, None, None)
_NOT_ELIGIBLE = _Previewed(_NO_FACE, _NO_FACE, _NO_FACE)


@dataclass(slots=True)
class _Preview:
    """What a preview says of its accounts, and of those that it does not have."""

    others: _Previewed = _NOT_KNOWN
    accounts: dict[str, _Previewed] = field(default_factory=dict)


class FairnessService:
    """Computes fairness reports from stored allocations and fills."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        """`zone` is the desk's: its days are those of a period."""
        self._database = database
        self._zone = zone

    def report(self, period: Period, visible: Visibility) -> FairnessReport:
        """Return the fairness report of a period, over its visible allocations."""
        with self._database.read() as session:
            orders = _orders(session, period, visible, self._zone)
            found = fairness(period, self._zone.key, _facts(session, orders))
            known = reference.accounts(session, [account.account_id for account in found.accounts])
        names = {account_id: account.account_name for account_id, account in known.items()}
        named = (replace(account, account_name=names.get(account.account_id)) for account in found.accounts)
        return replace(found, accounts=tuple(named))


def _orders(session: Session, period: Period, visible: Visibility, zone: ZoneInfo) -> Sequence[OrderRow]:
    query = (
        select(OrderRow)
        .join(AllocationRow, AllocationRow.id == OrderRow.allocation_id)
        .where(
            AllocationRow.status.in_(COMMITTED),
            *rows.allocations(visible),
            *within_days(OrderRow.created_at, period.date_from, period.date_to, zone),
        )
        .order_by(OrderRow.created_at, OrderRow.order_id)
    )
    if period.side is not None:
        query = query.where(OrderRow.side == period.side)
    if period.method is not None:
        query = query.where(AllocationRow.method == period.method)
    if period.group_id is not None:
        query = query.where(asked_for(period.group_id))
    return session.scalars(query).all()


def asked_for(group_id: str) -> ColumnElement[bool]:
    """Return the condition that an allocation was asked for a group."""
    group = AllocationGroupRow
    return exists().where((group.allocation_id == AllocationRow.id) & (group.group_id == group_id))


def _facts(session: Session, orders: Sequence[OrderRow]) -> Iterator[AllocationFacts]:
    for chunk in chunks(orders, MAX_ALLOCATIONS_PER_CHUNK):
        now = standing(session, chunk)
        previewed = _previewed(session, [order.allocation_id for order in chunk])
        for order in chunk:
            lines = _lines(order, previewed.get(order.allocation_id, _Preview()), now)
            yield AllocationFacts(
                Side(order.side),
                order.average_price,
                order.first_day_price,
                lines,
                provisional=order.allocation_state != AllocationState.OF_RECORD,
            )


def _lines(order: OrderRow, previewed: _Preview, now: Standing) -> tuple[LineFacts, ...] | None:
    """Return one line for each account of an order; None where it is unknown what was filled for them.

    That is so where Aladdin has booked something else (R12.6). What an account could have taken that got its
    slice at Aladdin is unknown, because no preview has it; by the ledger's weights it is entitled to nothing.
    """
    if order.allocation_state == AllocationState.DIFFERENT:
        return None
    lines = []
    for account_id in sorted({*previewed.accounts, *now.accounts(order)}):
        known = previewed.accounts.get(account_id, previewed.others)
        fill = now.fill(order, account_id)
        if fill is None:
            return None
        asked = now.slice_face(order, account_id, known.face)
        lines.append(LineFacts(account_id, asked, known.base, known.max_face, fill.quantity, fill.principal))
    return tuple(lines)


def _previewed(session: Session, allocation_ids: Sequence[str]) -> Mapping[str, _Preview]:
    line, allocation = AllocationLineRow, AllocationRow
    found: dict[str, _Preview] = {}
    query = (
        select(
            line.allocation_id,
            line.account_id,
            line.allocated_quantity,
            line.nav,
            line.max_quantity,
            line.entitlement_weight,
            allocation.fairness_scope_id,
        )
        .join(allocation, allocation.id == line.allocation_id)
        .where(line.allocation_id.in_(allocation_ids))
    )
    for row in session.execute(query):
        by_policy = row.fairness_scope_id is not None
        preview = found.setdefault(row.allocation_id, _Preview(_NOT_ELIGIBLE if by_policy else _NOT_KNOWN))
        base = row.entitlement_weight or _NO_FACE if by_policy else row.nav
        preview.accounts[row.account_id] = _Previewed(row.allocated_quantity, base, row.max_quantity)
    return found
