"""Order ledger: the stored state, slices and fills of our orders, synchronised with Aladdin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

import msgspec
import structlog
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, WriteConflictError, insert_many, rows_changed
from app.models import (
    AllocationLineRow,
    AllocationRow,
    OrderFillLineRow,
    OrderFillRow,
    OrderRow,
    OrderSliceRow,
)
from app.services.allocations.orders import is_last_fill
from app.services.allocations.store import AllocationStatus, load, stored_inputs
from app.services.audit.trail import Action, AuditService, Changed, EntityType
from app.services.domain.block_order import OrderStatus, PostedOrder, Slice
from app.services.domain.money import principal
from app.services.domain.record import AllocationState, FillKind
from app.services.fairness.ledger import FairnessLedger
from app.services.trading.orders.observation import (
    BookingWarning,
    FillTerms,
    FillUpdate,
    RecordedFill,
    StoredOrder,
    Update,
    observe,
)
from app.services.trading.orders.slices import stated_faces
from app.services.trading.rows import slice_rows
from app.services.trading.states import compare_and_set
from app.services.visibility.visibility import EVERYTHING
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks

log = structlog.get_logger(__name__)

_WARNINGS = msgspec.json.Decoder(tuple[BookingWarning, ...])

Recorded = TypeVar("Recorded", OrderFillRow, OrderFillLineRow)

VERSION_STEP = timedelta(microseconds=1)
"""Least difference of two versions of an order, in the resolution of the column."""


class OrderLedger:
    """Stores the state of our orders at Aladdin under an optimistic lock.

    A row is changed by compare-and-set on the version that was read before Aladdin was asked: an older answer
    never replaces a newer one, and two processes that read the same fill record it once.
    """

    def __init__(
        self, database: Database, audit: AuditService, clock: Clock, fairness: FairnessLedger
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._fairness = fairness

    def read(self, rows: Sequence[OrderRow], *, parts: bool = True) -> dict[str, StoredOrder]:
        """Return stored orders by id, with their slices and allocated fills unless `parts` is false."""
        slices: dict[str, dict[str, Decimal]] = {row.order_id: {} for row in rows}
        allocated: dict[str, dict[str, Decimal]] = {row.order_id: {} for row in rows}
        fills = dict.fromkeys(slices, RecordedFill())
        with self._database.read() as session:
            for ids in chunks(list(slices), MAX_IDS_PER_QUERY):
                for fill in session.scalars(_of_last_fill(OrderFillRow, ids)):
                    fills[fill.order_id] = recorded_fill(fill)
                if not parts:
                    continue
                for part in session.scalars(select(OrderSliceRow).where(OrderSliceRow.order_id.in_(ids))):
                    slices[part.order_id][part.account_id] = part.quantity
                for line in session.scalars(_of_last_fill(OrderFillLineRow, ids)):
                    allocated[line.order_id][line.account_id] = line.filled_quantity
        return {
            r.order_id: StoredOrder(r, slices[r.order_id], allocated[r.order_id], fills[r.order_id])
            for r in rows
        }

    def sync(self, stored: StoredOrder, posted: PostedOrder | None) -> None:
        """Record the state of an order at Aladdin where it differs from the stored one.

        If another process has changed the row meanwhile, nothing is recorded; the next sync compares again.
        """
        observed = observe(stored, posted, lambda: self._terms(stored.row.allocation_id))
        if observed is not None:
            self._database.retried(lambda session: self._record(session, stored.row, stored, observed))

    def change(
        self, session: Session, order_id: str, after: PostedOrder, sent: Sequence[Slice] | None
    ) -> Sequence[Changed]:
        """Store the new status and slices of an order after a change of ours, in the caller's unit of work.

        Fills are left to the next sync. `sent` are the slices that were sent, None where the order keeps its
        own. What was written is returned, for the audit record.

        Raises
        ------
        WriteConflictError
            When another process has changed the row meanwhile: the unit of work must be retried.
        """
        row = session.get_one(OrderRow, order_id, populate_existing=True)
        given = None if sent is None else {part.account_id: part.face for part in sent}
        slices = stated_faces(after) or given
        values = {
            "status": after.status or row.status,
            "quantity": row.quantity if slices is None else sum(slices.values(), Decimal(0)),
        }
        if not _move(session, row, values, self._next_version(row)):
            raise WriteConflictError(f"another process has changed the order {order_id} meanwhile")
        if slices is not None:
            _replace_slices(session, order_id, slices)
        entered = self._fairness.settle(session, order_id)
        self._settle_allocation(session, row, after.status)
        resliced = () if slices is None else (Changed(OrderSliceRow),)
        return (_written(row, values), *resliced, *entered)

    def fills(self, order_id: str) -> list[tuple[OrderFillRow, list[OrderFillLineRow]]]:
        """Return the fills of an order, first to last, each with its accounts' lines by account id."""
        fill, line = OrderFillRow, OrderFillLineRow
        with self._database.read() as session:
            found = session.scalars(select(fill).where(fill.order_id == order_id).order_by(fill.sequence))
            lines: dict[int, list[OrderFillLineRow]] = {}
            for part in session.scalars(
                select(line).where(line.order_id == order_id).order_by(line.account_id)
            ):
                lines.setdefault(part.sequence, []).append(part)
            return [(row, lines.get(row.sequence, [])) for row in found]

    def _terms(self, allocation_id: str) -> FillTerms:
        line = AllocationLineRow
        with self._database.read() as session:
            most = session.execute(
                select(line.account_id, line.max_quantity).where(line.allocation_id == allocation_id)
            )
            return FillTerms(stored_inputs(load(session, allocation_id, EVERYTHING)), dict(iter(most)))

    # --- recording ------------------------------------------------------------------------------------------

    def _record(self, session: Session, row: OrderRow, stored: StoredOrder, observed: Update) -> None:
        """Store an update with its audit records, in one transaction."""
        at = self._next_version(row)
        sequence = row.fill_count + (observed.fill is not None)
        values = {
            "status": observed.status,
            "quantity": observed.quantity,
            "filled_quantity": observed.filled_quantity,
            "average_price": observed.average_price,
            "fill_count": sequence,
            "allocation_state": observed.state,
            "booked": observed.booked,
        }
        if not _move(session, row, values, at):
            return
        if observed.slices is not None:
            _replace_slices(session, row.order_id, observed.slices)
        if observed.fill is not None:
            _add_fill(session, row.order_id, sequence, at, stored, observed.fill)
        entered = self._fairness.settle(session, row.order_id)
        self._settle_allocation(session, row, observed.status)
        self._audit_update(session, stored, observed, sequence, (_written(row, values), *entered))

    def _audit_update(
        self,
        session: Session,
        stored: StoredOrder,
        observed: Update,
        sequence: int,
        written: Sequence[Changed],
    ) -> None:
        """Record new slices, a fill, a difference; without any of these the new state alone."""
        row = stored.row
        if observed.slices is not None:
            before = {"quantity": float(row.quantity), "slices": numbers(stored.slices)}
            after = {"quantity": float(observed.quantity), "slices": numbers(observed.slices)}
            resliced = (*written, Changed(OrderSliceRow))
            self._audit_order(session, Action.ORDER_CHANGED, row, before, after, resliced)
        if observed.fill is not None:
            self._audit_fill(session, stored, observed, observed.fill, sequence, written)
        elif observed.unallocated is not None:
            log.warning("a fill was not allocated", order_id=row.order_id, reason=observed.unallocated)
            after = {**_state(observed), "message": f"The fill is not allocated: {observed.unallocated}"}
            self._audit_order(session, Action.FILL_UNALLOCATED, row, _state(row), after, written)
        if observed.state is AllocationState.DIFFERENT and observed.state != row.allocation_state:
            held = stored.allocated if observed.fill is None else observed.fill.allocated
            booked = observed.booking
            before = {**_state(row), "allocations": numbers(held)}
            after = {**_state(observed), "booked": None if booked is None else numbers(booked)}
            log.warning("Aladdin's booking differs from the fills", order_id=row.order_id)
            self._audit_order(session, Action.ALLOCATION_DIFFERENT, row, before, after, written)
        elif observed.slices is None and observed.fill is None and observed.unallocated is None:
            self._audit_order(session, Action.ORDER_UPDATED, row, _state(row), _state(observed), written)

    def _audit_fill(
        self,
        session: Session,
        stored: StoredOrder,
        observed: Update,
        fill: FillUpdate,
        sequence: int,
        written: Sequence[Changed],
    ) -> None:
        """Audit a fill; one taken over from Aladdin names the split before it, and what it breaks."""
        row = stored.row
        before, after = _state(row), _fill_recorded(observed, fill, sequence)
        action = Action.FILL_RECORDED
        if fill.kind is FillKind.BOOKED:
            action = Action.ALLOCATION_TAKEN_OVER
            before |= {"allocations": numbers(stored.allocated)}
            after |= {"warnings": [warning.message for warning in fill.warnings]}
            for warning in fill.warnings:
                log.warning("a booking breaks a rule", order_id=row.order_id, reason=warning.message)
        this = {"sequence": sequence}
        filled = (*written, Changed(OrderFillRow, where=this), Changed(OrderFillLineRow, where=this))
        self._audit_order(session, action, row, before, after, filled)

    def _audit_order(
        self,
        session: Session,
        action: Action,
        row: OrderRow,
        before: Mapping[str, object],
        after: Mapping[str, object],
        changed: Sequence[Changed],
    ) -> None:
        self._audit.record_system(
            session, action, EntityType.ORDER, row.order_id, before=before, after=after, rows=changed
        )

    def _settle_allocation(self, session: Session, row: OrderRow, status: str | None) -> None:
        """Move the allocation of a cancelled order to CANCELLED, wherever the order was cancelled."""
        if OrderStatus.of(status) is not OrderStatus.CANCELLED:
            return
        before, after = AllocationStatus.SUBMITTED, AllocationStatus.CANCELLED
        if compare_and_set(session, row.allocation_id, before, after):
            self._audit.record_system(
                session,
                Action.ALLOCATION_CANCELLED,
                EntityType.ALLOCATION,
                row.allocation_id,
                before={"status": before},
                after={"status": after, "order_id": row.order_id},
                rows=(Changed(AllocationRow, ("status",)),),
            )

    def _next_version(self, row: OrderRow) -> datetime:
        """Return now, or the row's version plus one step if that is later: versions grow strictly."""
        return max(self._clock(), row.updated_at + VERSION_STEP)


def _move(session: Session, row: OrderRow, values: Mapping[str, object], at: datetime) -> bool:
    """Compare-and-set of an order's row. False if it has been changed since it was read."""
    unchanged = update(OrderRow).where(
        OrderRow.order_id == row.order_id,
        OrderRow.updated_at == row.updated_at,
        OrderRow.fill_count == row.fill_count,
    )
    return rows_changed(session, unchanged.values(**values, updated_at=at)) == 1


def _written(row: OrderRow, values: Mapping[str, object]) -> Changed:
    """Return what differs from the row as it was read, and its version."""
    return Changed(OrderRow, [*(n for n, value in values.items() if getattr(row, n) != value), "updated_at"])


def _replace_slices(session: Session, order_id: str, slices: Mapping[str, Decimal]) -> None:
    old = delete(OrderSliceRow).where(OrderSliceRow.order_id == order_id)
    rows_changed(session, old)
    insert_many(session, OrderSliceRow, slice_rows(order_id, slices))


def _add_fill(
    session: Session, order_id: str, sequence: int, at: datetime, stored: StoredOrder, fill: FillUpdate
) -> None:
    """Store a fill and each account's part of it, all at the block's average price (R12.4)."""
    insert_many(
        session,
        OrderFillRow,
        [
            {
                "order_id": order_id,
                "sequence": sequence,
                "at": at,
                "quantity": fill.filled_quantity - stored.fill.filled_quantity,
                "filled_quantity": fill.filled_quantity,
                "average_price": fill.price,
                "kind": fill.kind,
                "warnings": msgspec.json.encode(fill.warnings).decode() if fill.warnings else None,
            }
        ],
    )
    insert_many(
        session,
        OrderFillLineRow,
        [
            {
                "order_id": order_id,
                "sequence": sequence,
                "account_id": account,
                "quantity": face - stored.allocated.get(account, 0),
                "filled_quantity": face,
                "principal": principal(face, fill.price, fill.factor),
            }
            for account, face in fill.allocated.items()
        ],
    )


def _of_last_fill(entity: type[Recorded], order_ids: Sequence[str]) -> Select[Recorded]:
    """Return the query for the rows of the last fill of each order."""
    return select(entity).join(OrderRow, is_last_fill(entity)).where(OrderRow.order_id.in_(order_ids))


def _state(of: OrderRow | Update) -> dict[str, object]:
    return {
        "status": of.status,
        "quantity": float(of.quantity),
        "filled_quantity": float(of.filled_quantity),
        "average_price": None if of.average_price is None else float(of.average_price),
        "allocation_state": of.state if isinstance(of, Update) else of.allocation_state,
    }


def _fill_recorded(observed: Update, fill: FillUpdate, sequence: int) -> dict[str, object]:
    return {**_state(observed), "sequence": sequence, "allocations": numbers(fill.allocated)}


def recorded_fill(row: OrderFillRow) -> RecordedFill:
    """Return a recorded fill without its lines."""
    warnings = _WARNINGS.decode(row.warnings) if row.warnings else ()
    return RecordedFill(row.filled_quantity, row.average_price, FillKind(row.kind), warnings)


def numbers(faces: Mapping[str, Decimal]) -> dict[str, int | float]:
    """Return faces by account as JSON numbers."""
    return {a: float(face) if face % 1 else int(face) for a, face in faces.items()}
