"""Views of orders and fills: stored rows mapped to the value objects that the service returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AllocationRow, OrderFillLineRow, OrderFillRow, OrderRow
from app.services.accounts.reference import descriptions
from app.services.allocations.orders import filled_face, groups_of, previewed_faces, recorded_booking
from app.services.allocations.store import AllocationStatus
from app.services.audit.breaks import Break
from app.services.domain.block_order import PostedOrder
from app.services.domain.record import AllocationState, FillKind
from app.services.domain.side import Side
from app.services.trading.orders.observation import BookingWarning, StoredOrder
from app.services.trading.orders.slices import booked_faces
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks


@dataclass(frozen=True, slots=True)
class OrderSlice:
    """One account's slice of a block order; quantities are face.

    `previewed_quantity` is what the preview gave it, `quantity` its slice after every change.
    `filled_quantity` is what is recorded of the account here, None where it is unknown; `booked_quantity`
    what the vendor reports, and `difference_quantity` the first less the second.
    """

    account_id: str
    previewed_quantity: Decimal
    quantity: Decimal
    filled_quantity: Decimal | None
    booked_quantity: Decimal | None
    difference_quantity: Decimal | None


@dataclass(frozen=True, slots=True)
class Order:
    """A block order that this system sent, with its state at the vendor.

    `touch_count` is the vendor's version number of the order, `previewed_quantity` what its preview
    allocated. `security_description` is None of a bond that is not in the search index. `evidence_breaks` are
    looked for where one order is read.
    """

    order_id: str
    allocation_id: str
    security_id: str
    side: Side
    previewed_quantity: Decimal
    quantity: Decimal
    filled_quantity: Decimal | None
    average_price: Decimal | None
    status: str
    settlement_date: date | None
    created_at: datetime
    updated_at: datetime
    created_by: str
    touch_count: int | None
    allocation_state: AllocationState
    slices: tuple[OrderSlice, ...]
    warnings: tuple[BookingWarning, ...]
    security_description: str | None
    portfolio_groups: tuple[str, ...]
    allocation_status: AllocationStatus
    evidence_breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class AllocatedFill:
    """One account's part of a fill, in face.

    All but `quantity` are the account's totals after it; `principal` is clean, in the bond's currency.
    """

    account_id: str
    quantity: Decimal
    filled_quantity: Decimal
    average_price: Decimal | None
    principal: Decimal


@dataclass(frozen=True, slots=True)
class Fill:
    """One recorded fill of an order, in face; a negative `quantity` was taken back by the vendor.

    `kind` is whose split it is (R12.6).

    `at` is when it was recorded. `filled_quantity` and `average_price` are the order's after it.
    """

    sequence: int
    kind: FillKind
    at: datetime
    quantity: Decimal
    filled_quantity: Decimal
    average_price: Decimal | None
    allocations: tuple[AllocatedFill, ...]


@dataclass(frozen=True, slots=True)
class OrderFills:
    """The fills of an order: the total and each recorded fill, in face."""

    order_id: str
    quantity: Decimal
    filled_quantity: Decimal | None
    average_price: Decimal | None
    fills: tuple[Fill, ...]
    evidence_breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class _Origin:
    """The allocation that an order came from, as it is stored, with the face that its preview gave."""

    status: AllocationStatus
    total: Decimal
    groups: tuple[str, ...]
    description: str | None
    previewed: Mapping[str, Decimal]


def order_views(
    session: Session,
    orders: Sequence[StoredOrder],
    posted: Mapping[str, PostedOrder],
    *,
    slices: bool = True,
) -> Sequence[Order]:
    """Return stored orders, with the vendor's present numbers of those that it shows, by order id.

    Without `slices` these are empty.
    """
    origins = _origins(session, [stored.row for stored in orders], slices=slices)
    return [
        _order(stored, posted.get(stored.row.order_id), origins[stored.row.allocation_id], slices=slices)
        for stored in orders
    ]


def _origins(session: Session, orders: Sequence[OrderRow], *, slices: bool) -> dict[str, _Origin]:
    ids, row = [order.allocation_id for order in orders], AllocationRow
    groups = groups_of(session, ids)
    names = descriptions(session, {order.security_id for order in orders})
    previewed = previewed_faces(session, ids) if slices else {}
    return {
        allocation_id: _Origin(
            AllocationStatus(status),
            total,
            groups[allocation_id],
            names.get(security_id),
            previewed.get(allocation_id, {}),
        )
        for chunk in chunks(ids, MAX_IDS_PER_QUERY)
        for allocation_id, status, total, security_id in session.execute(
            select(row.id, row.status, row.total_allocated, row.security_id).where(row.id.in_(chunk))
        )
    }


def _order(stored: StoredOrder, posted: PostedOrder | None, origin: _Origin, *, slices: bool) -> Order:
    row = stored.row
    # What was read of Aladdin is recorded, and may be older than what another reader has recorded since.
    filled = None if posted and posted.filled_face is None else filled_face(row)
    return Order(
        order_id=row.order_id,
        allocation_id=row.allocation_id,
        security_id=row.security_id,
        side=Side(row.side),
        previewed_quantity=origin.total,
        quantity=row.quantity,
        filled_quantity=filled,
        average_price=row.average_price,
        status=row.status,
        settlement_date=row.settlement_date,
        created_at=row.created_at,
        updated_at=row.updated_at,
        created_by=row.created_by,
        touch_count=posted.touch_count if posted else None,
        allocation_state=AllocationState(row.allocation_state),
        slices=_slices(stored, posted, filled, origin.previewed) if slices else (),
        warnings=stored.fill.warnings,
        security_description=origin.description,
        portfolio_groups=origin.groups,
        allocation_status=origin.status,
    )


def _slices(
    stored: StoredOrder, posted: PostedOrder | None, filled: Decimal | None, previewed: Mapping[str, Decimal]
) -> tuple[OrderSlice, ...]:
    told = None if posted is None else booked_faces(posted)
    recorded = recorded_booking(stored.row)
    booked = told if recorded is None else recorded
    is_unknown = filled is None and not stored.allocated
    some = {a for faces in (stored.allocated, booked or {}) for a, face in faces.items() if face}
    return tuple(
        _slice(
            account,
            previewed.get(account, Decimal(0)),
            stored.slices.get(account, Decimal(0)),
            None if is_unknown else stored.allocated.get(account, Decimal(0)),
            None if booked is None else booked.get(account, Decimal(0)),
        )
        for account in sorted({*stored.slices, *some})
    )


def _slice(
    account_id: str, previewed: Decimal, face: Decimal, filled: Decimal | None, booked: Decimal | None
) -> OrderSlice:
    difference = None if filled is None or booked is None else filled - booked
    return OrderSlice(account_id, previewed, face, filled, booked, difference)


def fill_view(row: OrderFillRow, lines: Sequence[OrderFillLineRow]) -> Fill:
    """Return a recorded fill with the accounts' parts of it."""
    return Fill(
        sequence=row.sequence,
        kind=FillKind(row.kind),
        at=row.at,
        quantity=row.quantity,
        filled_quantity=row.filled_quantity,
        average_price=row.average_price if row.filled_quantity else None,
        allocations=tuple(
            AllocatedFill(
                account_id=line.account_id,
                quantity=line.quantity,
                filled_quantity=line.filled_quantity,
                average_price=row.average_price if line.filled_quantity else None,
                principal=line.principal,
            )
            for line in lines
        ),
    )
