"""Order ledger: the stored state, slices and fills of our orders, synchronised with Aladdin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

import msgspec
import structlog
from sqlalchemy import Select, and_, delete, select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.columns import CENT
from app.core.database import Database, WriteConflictError, insert_many, rows_changed
from app.models import AllocationRow, OrderFillLineRow, OrderFillRow, OrderRow, OrderSliceRow
from app.services.allocations.store import AllocationStatus, load, stored_inputs
from app.services.audit.trail import Action, AuditService, Changed, EntityType
from app.services.domain.block_order import UNREPORTED, OrderStatus, PostedOrder, Slice
from app.services.trading.orders.fills import allocate_fill
from app.services.trading.orders.slices import stated_faces
from app.services.trading.rows import slice_rows
from app.services.trading.states import compare_and_set
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks

log = structlog.get_logger(__name__)

Item = TypeVar("Item")
Recorded = TypeVar("Recorded", OrderFillRow, OrderFillLineRow)

VERSION_STEP = timedelta(microseconds=1)
"""Least difference of two versions of an order, in the resolution of the column."""


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """A stored order: its row, slices and allocated fills, face by account.

    `fill` is the block's filled face and average price after the last recorded fill.
    """

    row: OrderRow
    slices: Mapping[str, int]
    allocated: Mapping[str, int]
    fill: tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Update:
    """New state of an order to be recorded after a sync; quantities are face.

    `slices` are None where they did not change. A new fill is in `fill`, or `unallocated` says why it cannot
    be allocated.
    """

    status: str
    quantity: Decimal
    filled_quantity: Decimal
    average_price: Decimal | None
    slices: Mapping[str, int] | None
    fill: FillUpdate | None
    unallocated: str | None


@dataclass(frozen=True, slots=True)
class FillUpdate:
    """A new fill of the block: totals after it, face by account; `price` is 0 when nothing is filled."""

    filled_quantity: Decimal
    price: Decimal
    allocated: Mapping[str, int]
    factor: Decimal


class OrderLedger:
    """Stores the state of our orders at Aladdin under an optimistic lock.

    A row is changed by compare-and-set on the version that was read before Aladdin was asked: an older answer
    never replaces a newer one, and two processes that read the same fill record it once.
    """

    def __init__(self, database: Database, audit: AuditService, clock: Clock) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def read(self, rows: Sequence[OrderRow]) -> dict[str, StoredOrder]:
        """Return stored orders by id, with their slices and allocated fills."""
        slices: dict[str, dict[str, int]] = {row.order_id: {} for row in rows}
        allocated: dict[str, dict[str, int]] = {row.order_id: {} for row in rows}
        fills = dict.fromkeys(slices, (Decimal(0), Decimal(0)))
        with self._database.read() as session:
            for ids in chunks(list(slices), MAX_IDS_PER_QUERY):
                for part in session.scalars(select(OrderSliceRow).where(OrderSliceRow.order_id.in_(ids))):
                    slices[part.order_id][part.account_id] = int(part.quantity)
                for fill in session.scalars(_of_last_fill(OrderFillRow).where(OrderRow.order_id.in_(ids))):
                    fills[fill.order_id] = (fill.filled_quantity, fill.average_price)
                for line in session.scalars(
                    _of_last_fill(OrderFillLineRow).where(OrderRow.order_id.in_(ids))
                ):
                    allocated[line.order_id][line.account_id] = int(line.filled_quantity)
        return {
            r.order_id: StoredOrder(r, slices[r.order_id], allocated[r.order_id], fills[r.order_id])
            for r in rows
        }

    def sync(self, stored: StoredOrder, posted: PostedOrder | None) -> None:
        """Record the state of an order at Aladdin where it differs from the stored one.

        If another process has changed the row meanwhile, nothing is recorded; the next sync compares again.
        """
        observed = self._update(stored, posted)
        if observed is not None:
            self._database.retried(lambda session: self._record(session, stored.row, stored, observed))

    def change(
        self, session: Session, order_id: str, after: PostedOrder, sent: Sequence[Slice] | None
    ) -> None:
        """Store the new status and slices of an order after a change of ours, in the caller's unit of work.

        Fills are left to the next sync. `sent` are the slices that were sent, None where the order keeps its
        own.

        Raises
        ------
        WriteConflictError
            When another process has changed the row meanwhile: the unit of work must be retried.
        """
        row = session.get_one(OrderRow, order_id, populate_existing=True)
        given = None if sent is None else {part.account_id: int(part.face) for part in sent}
        slices = stated_faces(after) or given
        values = {
            "status": after.status or row.status,
            "quantity": row.quantity if slices is None else Decimal(sum(slices.values())),
        }
        if not _move(session, row, values, self._next_version(row)):
            raise WriteConflictError(f"another process has changed the order {order_id} meanwhile")
        if slices is not None:
            _replace_slices(session, order_id, slices)
        self._settle_allocation(session, row, after.status)

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

    # --- what is new ----------------------------------------------------------------------------------------

    def _update(self, stored: StoredOrder, posted: PostedOrder | None) -> Update | None:
        row = stored.row
        if posted is None:
            known = OrderStatus.of(row.status)
            if known is OrderStatus.UNREPORTED or known.is_final:
                return None  # Aladdin drops old orders: a final status stays.
            return Update(UNREPORTED, row.quantity, row.filled_quantity, row.average_price, None, None, None)
        stated = stated_faces(posted)
        slices = stated if stated is not None and stated != stored.slices else None
        filled = row.filled_quantity if posted.filled_face is None else posted.filled_face
        price = _average_price(row, posted, filled)
        fill, unallocated = self._fill(stored, posted, slices or stored.slices, filled, price)
        quantity = row.quantity if posted.face is None else posted.face
        observed = Update(posted.status or row.status, quantity, filled, price, slices, fill, unallocated)
        same = (row.status, row.quantity, row.filled_quantity, row.average_price)
        if (observed.status, observed.quantity, observed.filled_quantity, observed.average_price) == same:
            return observed if slices is not None or fill is not None else None
        return observed

    def _fill(
        self,
        stored: StoredOrder,
        posted: PostedOrder,
        slices: Mapping[str, int],
        filled: Decimal,
        price: Decimal | None,
    ) -> tuple[FillUpdate | None, str | None]:
        """Allocate a new fill, or return why that is not possible (R12.5)."""
        had, had_price = stored.fill
        changed = slices is not stored.slices and any(
            slices.get(a, 0) < x for a, x in stored.allocated.items()
        )
        if filled == had and (not filled or price in {None, had_price}) and not changed:
            return None, None
        if filled and price is None:
            return None, "Aladdin reports no average price yet"
        block = sum(slices.values())
        if posted.face is not None and posted.face != block:
            return None, f"the slices add up to {block:,} face, but the order has {posted.face:,}"
        if not 0 <= filled <= block or filled != int(filled):
            return None, f"{filled:,} filled of {block:,} is not a possible fill"
        try:
            with self._database.read() as session:
                inputs = stored_inputs(load(session, stored.row.allocation_id))
        except msgspec.DecodeError as error:
            return None, f"its preview cannot be read: {error}"
        allocated = allocate_fill(slices, int(filled), inputs.increment, stored.allocated)
        return FillUpdate(filled, price or Decimal(0), allocated, inputs.security.factor), None

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
        }
        if not _move(session, row, values, at):
            return
        if observed.slices is not None:
            _replace_slices(session, row.order_id, observed.slices)
        if observed.fill is not None:
            _add_fill(session, row.order_id, sequence, at, stored, observed.fill)
        self._settle_allocation(session, row, observed.status)
        self._audit_observed(session, row, stored, observed, sequence)

    def _audit_observed(
        self, session: Session, row: OrderRow, stored: StoredOrder, observed: Update, sequence: int
    ) -> None:
        """Record what was observed: new slices, a fill or why it is not allocated, else the new state."""
        if observed.slices is not None:
            before = {"quantity": float(row.quantity), "slices": dict(stored.slices)}
            after = {"quantity": float(observed.quantity), "slices": dict(observed.slices)}
            resliced = (Changed(OrderRow), Changed(OrderSliceRow))
            self._audit_order(session, Action.ORDER_CHANGED, row, before, after, resliced)
        if observed.fill is not None:
            this = {"sequence": sequence}
            after = _fill_recorded(observed, observed.fill, sequence)
            filled = (Changed(OrderRow), Changed(OrderFillRow, this), Changed(OrderFillLineRow, this))
            self._audit_order(session, Action.FILL_RECORDED, row, _state(row), after, filled)
        elif observed.unallocated is not None:
            log.warning("a fill was not allocated", order_id=row.order_id, reason=observed.unallocated)
            after = {**_state(observed), "message": f"The fill is not allocated: {observed.unallocated}"}
            self._audit_order(session, Action.FILL_UNALLOCATED, row, _state(row), after)
        elif observed.slices is None:
            self._audit_order(session, Action.ORDER_CHANGED, row, _state(row), _state(observed))

    def _audit_order(
        self,
        session: Session,
        action: Action,
        row: OrderRow,
        before: Mapping[str, object],
        after: Mapping[str, object],
        changed: Sequence[Changed] = (Changed(OrderRow),),
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
                rows=(Changed(AllocationRow),),
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


def _replace_slices(session: Session, order_id: str, slices: Mapping[str, int]) -> None:
    old = delete(OrderSliceRow).where(OrderSliceRow.order_id == order_id)
    rows_changed(session, old)
    insert_many(session, OrderSliceRow, slice_rows(order_id, slices))


def _add_fill(
    session: Session, order_id: str, sequence: int, at: datetime, stored: StoredOrder, fill: FillUpdate
) -> None:
    """Store a fill and each account's part of it, all at the block's average price."""
    insert_many(
        session,
        OrderFillRow,
        [
            {
                "order_id": order_id,
                "sequence": sequence,
                "at": at,
                "quantity": fill.filled_quantity - stored.fill[0],
                "filled_quantity": fill.filled_quantity,
                "average_price": fill.price,
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
                "quantity": Decimal(face - stored.allocated.get(account, 0)),
                "filled_quantity": Decimal(face),
                "principal": principal(face, fill.price, fill.factor),
            }
            for account, face in fill.allocated.items()
        ],
    )


def principal(face: int, price: Decimal, factor: Decimal) -> Decimal:
    """Return face x price / 100 x factor, rounded to the cent, half to even, as previews are (R12.4).

    Each account is rounded on its own, so the sum may differ from the block's principal by some cents.
    """
    return (face * price * factor / 100).quantize(CENT)


def _of_last_fill(entity: type[Recorded]) -> Select[Recorded]:
    """Return the query for the rows of the last fill of each order."""
    last = and_(OrderRow.order_id == entity.order_id, OrderRow.fill_count == entity.sequence)
    return select(entity).join(OrderRow, last)


def _average_price(row: OrderRow, posted: PostedOrder, filled: Decimal) -> Decimal | None:
    """Return the average price of the fills; the stored one where Aladdin leaves out an unchanged one."""
    if not filled:
        return None
    price = posted.average_price
    if price is None or price <= 0:
        return row.average_price if filled == row.filled_quantity else None
    return price


def _state(of: OrderRow | Update) -> dict[str, object]:
    return {
        "status": of.status,
        "quantity": float(of.quantity),
        "filled_quantity": float(of.filled_quantity),
        "average_price": None if of.average_price is None else float(of.average_price),
    }


def _fill_recorded(observed: Update, fill: FillUpdate, sequence: int) -> dict[str, object]:
    return {**_state(observed), "sequence": sequence, "allocations": dict(fill.allocated)}
