"""What is kept of our orders: the state that Aladdin showed last, the slices, and the fills."""

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
from app.models import OrderFillLineRow, OrderFillRow, OrderRow, OrderSliceRow
from app.services.allocations.store import AllocationStatus, load, stored_inputs
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.block_order import UNREPORTED, OrderStatus, PostedOrder, Slice
from app.services.trading.orders.fills import allocate_fill
from app.services.trading.orders.slices import stated_faces
from app.services.trading.rows import slice_rows
from app.services.trading.states import compare_and_set
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks

log = structlog.get_logger(__name__)

Item = TypeVar("Item")
Recorded = TypeVar("Recorded", OrderFillRow, OrderFillLineRow)

TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An order as it is kept: its row, slices and allocated fills, face by account.

    `fill` is the block's filled face and average price at the last recorded fill.
    """

    row: OrderRow
    slices: Mapping[str, int]
    allocated: Mapping[str, int]
    fill: tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Update:
    """What there is to record of an order that was looked at.

    `slices` are None where they did not change. A fill that is new is either in `fill` or `unallocated` says
    why it cannot be allocated.
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
    """A new fill of the block, allocated: face by account after it; `price` is 0 when nothing is filled."""

    filled_quantity: Decimal
    price: Decimal
    allocated: Mapping[str, int]
    factor: Decimal


class OrderLedger:
    """Keeps what Aladdin shows of our orders.

    A row moves by compare-and-set from the state that was kept before Aladdin was asked, so that an older
    sight never replaces a newer one, and two who see the same fill record it once.
    """

    def __init__(self, database: Database, audit: AuditService, clock: Clock) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def read(self, rows: Sequence[OrderRow]) -> dict[str, StoredOrder]:
        """Return what is kept of orders, by id."""
        slices: dict[str, dict[str, int]] = {row.order_id: {} for row in rows}
        allocated: dict[str, dict[str, int]] = {row.order_id: {} for row in rows}
        fills = dict.fromkeys(slices, (Decimal(0), Decimal(0)))
        with self._database.read() as session:
            for ids in chunks(list(slices), MAX_IDS_PER_QUERY):
                for part in session.scalars(select(OrderSliceRow).where(OrderSliceRow.order_id.in_(ids))):
                    slices[part.order_id][part.account_id] = int(part.quantity)
                for fill in session.scalars(_last(OrderFillRow).where(OrderRow.order_id.in_(ids))):
                    fills[fill.order_id] = (fill.filled_quantity, fill.average_price)
                for line in session.scalars(_last(OrderFillLineRow).where(OrderRow.order_id.in_(ids))):
                    allocated[line.order_id][line.account_id] = int(line.filled_quantity)
        return {
            r.order_id: StoredOrder(r, slices[r.order_id], allocated[r.order_id], fills[r.order_id])
            for r in rows
        }

    def sync(self, kept: StoredOrder, posted: PostedOrder | None) -> None:
        """Record what Aladdin shows of an order, where that differs from what is kept.

        Who loses against somebody who records something newer records nothing: the next look tells.
        """
        seen = self._update(kept, posted)
        if seen is not None:
            self._database.retried(lambda session: self._record(session, kept.row, kept, seen))

    def change(
        self, session: Session, order_id: str, after: PostedOrder, sent: Sequence[Slice] | None
    ) -> None:
        """Store in the caller's unit of work what a change of ours has made of an order; its fills are left.

        `sent` are the slices that the order was given, None where it keeps its own.

        Raises
        ------
        WriteConflictError
            When somebody recorded something of the order meanwhile: the unit must be done again.
        """
        row = session.get_one(OrderRow, order_id, populate_existing=True)
        given = None if sent is None else {part.account_id: int(part.face) for part in sent}
        slices = stated_faces(after) or given
        values = {
            "status": after.status or row.status,
            "quantity": row.quantity if slices is None else Decimal(sum(slices.values())),
        }
        if not _move(session, row, values, self._moment(row)):
            raise WriteConflictError(f"the order {order_id} was recorded by others meanwhile")
        if slices is not None:
            _replace_slices(session, order_id, slices)
        _settle_allocation(session, row, after.status)

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

    def _update(self, kept: StoredOrder, posted: PostedOrder | None) -> Update | None:
        row = kept.row
        if posted is None:
            known = OrderStatus.of(row.status)
            if known is OrderStatus.UNREPORTED or known.is_final:
                return None  # Aladdin forgets old orders: what became of one that is over stays known.
            return Update(UNREPORTED, row.quantity, row.filled_quantity, row.average_price, None, None, None)
        stated = stated_faces(posted)
        slices = stated if stated is not None and stated != kept.slices else None
        filled = row.filled_quantity if posted.filled_face is None else posted.filled_face
        price = _average_price(row, posted, filled)
        fill, unallocated = self._fill(kept, posted, slices or kept.slices, filled, price)
        quantity = row.quantity if posted.face is None else posted.face
        seen = Update(posted.status or row.status, quantity, filled, price, slices, fill, unallocated)
        same = (row.status, row.quantity, row.filled_quantity, row.average_price)
        if (seen.status, seen.quantity, seen.filled_quantity, seen.average_price) == same:
            return seen if slices is not None or fill is not None else None
        return seen

    def _fill(
        self,
        kept: StoredOrder,
        posted: PostedOrder,
        slices: Mapping[str, int],
        filled: Decimal,
        price: Decimal | None,
    ) -> tuple[FillUpdate | None, str | None]:
        """Allocate a fill that is new, or say why that is not possible (R12.5)."""
        had, had_price = kept.fill
        changed = slices is not kept.slices and any(slices.get(a, 0) < x for a, x in kept.allocated.items())
        if filled == had and (not filled or price in {None, had_price}) and not changed:
            return None, None
        if filled and price is None:
            return None, "Aladdin states no average price yet"
        block = sum(slices.values())
        if posted.face is not None and posted.face != block:
            return None, f"the slices add up to {block:,}, the order has {posted.face:,}"
        if not 0 <= filled <= block or filled != int(filled):
            return None, f"{filled:,} filled of {block:,} cannot be"
        try:
            with self._database.read() as session:
                inputs = stored_inputs(load(session, kept.row.allocation_id))
        except msgspec.DecodeError as error:
            return None, f"its preview cannot be read: {error}"
        allocated = allocate_fill(slices, int(filled), inputs.increment, kept.allocated)
        return FillUpdate(filled, price or Decimal(0), allocated, inputs.security.factor), None

    # --- recording ------------------------------------------------------------------------------------------

    def _record(self, session: Session, row: OrderRow, kept: StoredOrder, seen: Update) -> None:
        """Store a sighting with its audit records, all or nothing."""
        at = self._moment(row)
        sequence = row.fill_count + (seen.fill is not None)
        values = {
            "status": seen.status,
            "quantity": seen.quantity,
            "filled_quantity": seen.filled_quantity,
            "average_price": seen.average_price,
            "fill_count": sequence,
        }
        if not _move(session, row, values, at):
            return
        if seen.slices is not None:
            _replace_slices(session, row.order_id, seen.slices)
        if seen.fill is not None:
            _add_fill(session, row.order_id, sequence, at, kept, seen.fill)
        _settle_allocation(session, row, seen.status)
        if seen.slices is not None:
            before = {"quantity": float(row.quantity), "slices": dict(kept.slices)}
            after = {"quantity": float(seen.quantity), "slices": dict(seen.slices)}
            self._audit_seen(session, Action.ORDER_CHANGED, row, before, after)
        if seen.fill is not None:
            after = _fill_recorded(seen, seen.fill, sequence)
            self._audit_seen(session, Action.FILL_RECORDED, row, _state(row), after)
        elif seen.unallocated is not None:
            log.warning("a fill was not allocated", order_id=row.order_id, reason=seen.unallocated)
            after = {**_state(seen), "message": f"The fill is not allocated: {seen.unallocated}"}
            self._audit_seen(session, Action.FILL_UNALLOCATED, row, _state(row), after)

    def _audit_seen(
        self,
        session: Session,
        action: Action,
        row: OrderRow,
        before: Mapping[str, object],
        after: Mapping[str, object],
    ) -> None:
        self._audit.record_own(session, action, EntityType.ORDER, row.order_id, before=before, after=after)

    def _moment(self, row: OrderRow) -> datetime:
        """Return now, but never a moment at which the row was changed before: it tells its versions apart."""
        return max(self._clock(), row.updated_at + TICK)


def _move(session: Session, row: OrderRow, values: Mapping[str, object], at: datetime) -> bool:
    """Change an order's row unless it has moved since it was read, and say whether that was done."""
    unmoved = update(OrderRow).where(
        OrderRow.order_id == row.order_id,
        OrderRow.updated_at == row.updated_at,
        OrderRow.fill_count == row.fill_count,
    )
    return rows_changed(session, unmoved.values(**values, updated_at=at)) == 1


def _settle_allocation(session: Session, row: OrderRow, status: str | None) -> None:
    """Let a cancelled order cancel its allocation, whoever cancelled it."""
    if OrderStatus.of(status) is OrderStatus.CANCELLED:
        compare_and_set(session, row.allocation_id, AllocationStatus.SUBMITTED, AllocationStatus.CANCELLED)


def _replace_slices(session: Session, order_id: str, slices: Mapping[str, int]) -> None:
    old = delete(OrderSliceRow).where(OrderSliceRow.order_id == order_id)
    rows_changed(session, old)
    insert_many(session, OrderSliceRow, slice_rows(order_id, slices))


def _add_fill(
    session: Session, order_id: str, sequence: int, at: datetime, kept: StoredOrder, fill: FillUpdate
) -> None:
    """Store a fill and each account's part of it, every account at the block's average price."""
    insert_many(
        session,
        OrderFillRow,
        [
            {
                "order_id": order_id,
                "sequence": sequence,
                "at": at,
                "quantity": fill.filled_quantity - kept.fill[0],
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
                "quantity": Decimal(face - kept.allocated.get(account, 0)),
                "filled_quantity": Decimal(face),
                "principal": principal(face, fill.price, fill.factor),
            }
            for account, face in fill.allocated.items()
        ],
    )


def principal(face: int, price: Decimal, factor: Decimal) -> Decimal:
    """Return face x price / 100 x factor to the cent, half a cent to the even one, as previews do (R12.4).

    Each account's is rounded by itself, so that together they may differ from the block's by some cents.
    """
    return (face * price * factor / 100).quantize(CENT)


def _last(entity: type[Recorded]) -> Select[Recorded]:
    """Return the query for what belongs to the last fills of orders."""
    last = and_(OrderRow.order_id == entity.order_id, OrderRow.fill_count == entity.sequence)
    return select(entity).join(OrderRow, last)


def _average_price(row: OrderRow, posted: PostedOrder, filled: Decimal) -> Decimal | None:
    """Return the price of what is filled; the one that is kept where Aladdin leaves it out this time."""
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


def _fill_recorded(seen: Update, fill: FillUpdate, sequence: int) -> dict[str, object]:
    return {**_state(seen), "sequence": sequence, "allocations": dict(fill.allocated)}
