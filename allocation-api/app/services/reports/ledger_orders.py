"""Reads the orders of fairness ledgers: what each adds by its entries, and the terms of its preview."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from app.core.database import Database
from app.models import AllocationLineRow, AllocationRow, FairnessEntryRow, OrderRow
from app.services.allocations.grid import Grid
from app.services.allocations.store import stored_inputs
from app.services.allocations.types import PreviewInputs, ReasonCode
from app.services.domain.fairness import Carry, FairnessPolicy
from app.services.domain.record import AllocationState
from app.services.domain.side import Side
from app.services.fairness.contributions import Part
from app.services.fairness.errors import PolicyGoneError
from app.services.fairness.ledger import EntryKind
from app.services.fairness.policies import FairnessPolicies
from app.services.reports.committed import COMMITTED, asked_for
from app.services.reports.fairness_ledger import OrderTerms
from app.services.reports.ledger_views import LedgerPeriod
from app.services.reports.running_ledger import EnteredOrder, LedgerKey
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks
from app.utils.paging import within_days

MAX_ORDERS_PER_CHUNK = 50
"""Orders whose parts and snapshots are in memory at the same time."""

_NO_PART = Part()


@dataclass(frozen=True, slots=True)
class LedgerOrders:
    """Orders up to the end of a period, by business date and time of entry, from the ledgers it asks for.

    Those before the period begin where balances were zero, so that its first balances can be reckoned. They
    come without their parts: accounts times orders of years do not fit into memory (`with_parts`).
    """

    scopes: tuple[str, ...]
    orders: tuple[EnteredOrder, ...]

    @classmethod
    def read(
        cls, session: Session, policies: FairnessPolicies, period: LedgerPeriod, visible: Visibility
    ) -> LedgerOrders:
        """Read the ledgers of all visible orders that were asked for the group, in few statements.

        A ledger is that of a set of groups, so either all its orders are visible or none.

        Raises
        ------
        PolicyGoneError
            When the policy of an order is not stored any more.
        """
        by_scope: dict[str, set[str]] = {}
        for scope_id, policy_id in list(_ledgers(session, period.group_id, visible)):
            by_scope.setdefault(scope_id, set()).add(policy_id)
        named = {p: _named(session, policies, p) for found in by_scope.values() for p in found}
        # Where every order begins a year at zero, no earlier year has to be read.
        resets = all(policy.carry is Carry.YEARLY_RESET for policy in named.values())
        begin = date(period.date_from.year, 1, 1) if resets else date.min
        scopes = tuple(sorted(by_scope))
        return cls(scopes, _entered(session, scopes, begin, period, named))


def _ledgers(session: Session, group_id: str | None, visible: Visibility) -> Iterator[tuple[str, str]]:
    """Yield scope and policy of the visible orders that were asked for a group, or of all."""
    allocation = AllocationRow
    query = select(allocation.fairness_scope_id, allocation.fairness_policy_id).distinct()
    query = query.where(allocation.fairness_scope_id.is_not(None), allocation.status.in_(COMMITTED))
    query = query.where(*rows.allocations(visible))
    if group_id is not None:
        query = query.where(asked_for(group_id))
    for scope_id, policy_id in session.execute(query):
        if scope_id is not None and policy_id is not None:
            yield scope_id, policy_id


def _named(session: Session, policies: FairnessPolicies, policy_id: str) -> FairnessPolicy:
    found = policies.named(session, policy_id)
    if found is None:
        raise PolicyGoneError(f"the fairness policy {policy_id} of the ledger is gone")
    return found


def _entered(
    session: Session,
    scopes: Sequence[str],
    begin: date,
    period: LedgerPeriod,
    policies: Mapping[str, FairnessPolicy],
) -> tuple[EnteredOrder, ...]:
    """Return the orders without their parts."""
    entry = FairnessEntryRow
    named = (entry.order_id, entry.allocation_id, entry.scope_id, entry.side, entry.policy_id)
    query = (
        select(
            *named,
            func.min(entry.business_date).label("business_date"),
            func.min(entry.created_at).label("entered_at"),
        )
        .where(entry.kind != EntryKind.CARRY, entry.business_date.between(begin, period.date_to))
        # An order that is entered by a policy of its own meanwhile belongs to the next report.
        .where(entry.policy_id.in_(policies))
        .group_by(*named)
    )
    if period.side is not None:
        query = query.where(entry.side == period.side)
    found = [
        EnteredOrder(
            order_id=row.order_id,
            allocation_id=row.allocation_id,
            ledger=LedgerKey(row.scope_id, Side(row.side)),
            policy=policies[row.policy_id],
            business_date=row.business_date,
            entered_at=row.entered_at,
        )
        for ids in chunks(scopes, MAX_IDS_PER_QUERY)
        for row in session.execute(query.where(entry.scope_id.in_(ids)))
    ]
    return tuple(sorted(found, key=lambda o: (o.business_date, o.entered_at, o.order_id)))


def with_parts(database: Database, orders: Sequence[EnteredOrder]) -> Iterator[EnteredOrder]:
    """Yield orders with what they add, in their order, so that a few are in memory at the same time."""
    for chunk in chunks(orders, MAX_ORDERS_PER_CHUNK):
        with database.read() as session:
            parts = _parts(session, [order.order_id for order in chunk])
        for order in chunk:
            yield replace(order, parts=parts[order.order_id])


def with_inputs(
    database: Database, orders: Sequence[EnteredOrder]
) -> Iterator[tuple[EnteredOrder, PreviewInputs, OrderTerms]]:
    """Yield orders with what they add and what their previews were made of, as `with_parts`."""
    for chunk in chunks(orders, MAX_ORDERS_PER_CHUNK):
        keys = [order.allocation_id for order in chunk]
        order_ids = [order.order_id for order in chunk]
        with database.read() as session:
            parts = _parts(session, order_ids)
            inputs = _inputs(session, keys)
            lines = _lines(session, keys)
            states = _states(session, order_ids)
        for order in chunk:
            made = inputs[order.allocation_id]
            terms = _terms(made, lines[order.allocation_id], states[order.order_id])
            yield replace(order, parts=parts[order.order_id]), made, terms


def _parts(session: Session, order_ids: Sequence[str]) -> dict[str, dict[str, Part]]:
    """Return what orders add by account, all their corrections included."""
    entry = FairnessEntryRow
    query = select(entry.order_id, entry.account_id, entry.entitled, entry.received)
    found: dict[str, dict[str, Part]] = {order_id: {} for order_id in order_ids}
    for row in session.execute(query.where(entry.kind != EntryKind.CARRY, entry.order_id.in_(order_ids))):
        parts = found[row.order_id]
        parts[row.account_id] = parts.get(row.account_id, _NO_PART).plus(Part(row.entitled, row.received))
    return found


def _inputs(session: Session, allocation_ids: Sequence[str]) -> dict[str, PreviewInputs]:
    row = AllocationRow
    query = select(row).where(row.id.in_(allocation_ids)).options(undefer(row.snapshot))
    return {found.id: stored_inputs(found) for found in session.scalars(query)}


@dataclass(slots=True)
class _Lines:
    """Accounts of one allocation: those that were eligible, and why the others were not."""

    eligible: set[str] = field(default_factory=set)
    left_out: dict[str, ReasonCode | None] = field(default_factory=dict)


def _terms(inputs: PreviewInputs, lines: _Lines, state: str) -> OrderTerms:
    excluded = inputs.request.constraints.excluded
    return OrderTerms(
        piece=Grid.of(inputs).piece,
        provisional=state != AllocationState.OF_RECORD,
        eligible=frozenset(lines.eligible),
        left_out=lines.left_out,
        excluded={account: words for account, words in excluded.items() if account in lines.left_out},
    )


def _lines(session: Session, allocation_ids: Sequence[str]) -> dict[str, _Lines]:
    line = AllocationLineRow
    query = select(line.allocation_id, line.account_id, line.reason_code, line.entitlement_weight)
    found = {allocation_id: _Lines() for allocation_id in allocation_ids}
    for row in session.execute(query.where(line.allocation_id.in_(allocation_ids))):
        lines = found[row.allocation_id]
        if row.entitlement_weight:
            lines.eligible.add(row.account_id)
        else:
            lines.left_out[row.account_id] = ReasonCode(row.reason_code) if row.reason_code else None
    return found


def _states(session: Session, order_ids: Sequence[str]) -> dict[str, str]:
    query = select(OrderRow.order_id, OrderRow.allocation_state).where(OrderRow.order_id.in_(order_ids))
    return dict(iter(session.execute(query)))


def before_ledger(session: Session, period: LedgerPeriod, visible: Visibility, zone: ZoneInfo) -> int:
    """Count the visible orders sent in a period that are in no ledger, because their previews are older."""
    query = (
        select(func.count())
        .select_from(OrderRow)
        .join(AllocationRow, AllocationRow.id == OrderRow.allocation_id)
        .where(
            AllocationRow.fairness_scope_id.is_(None),
            *rows.allocations(visible),
            AllocationRow.status.in_(COMMITTED),
            *within_days(OrderRow.created_at, period.date_from, period.date_to, zone),
        )
    )
    if period.side is not None:
        query = query.where(OrderRow.side == period.side)
    if period.group_id is not None:
        query = query.where(asked_for(period.group_id))
    return session.scalar(query) or 0
