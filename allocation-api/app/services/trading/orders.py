"""Block orders that were sent: listed, read, changed, cancelled, with the vendor's present word on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import (
    BookChanged,
    Conflict,
    FieldError,
    Forbidden,
    InvalidRequest,
    NotFound,
    OrderOutcomeUnknown,
    VendorDenied,
    VendorRejected,
)
from app.models import OrderRow
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.allocation.problem import Side
from app.services.audit import Action, AuditService
from app.services.block_order import CANCELED, PostedOrder, PostedSlice, Slice
from app.services.paging import page
from app.services.preview import snapshot
from app.services.preview.capacity import capacities
from app.services.preview.inputs import InputsLoader
from app.services.preview.service import Status, load
from app.services.preview_types import PreviewInputs
from app.services.trading.gateway import OrderGateway
from app.services.trading.recheck import check_settled
from app.services.trading.slices import faces, filled_faces, proportional
from app.services.trading.states import FINAL, UNREPORTED, compare_and_set, in_words, is_pending
from app.services.views import PENDING_COMPLIANCE, Caller, Order, OrderOutcome, OrderSlice, Page

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of an order that somebody asks for: to which state, why, by whom."""

    action: Action
    row: OrderRow
    before: PostedOrder
    comment: str
    caller: Caller


class OrderService:
    """The orders of this system. Their state is the vendor's; ours is the last that was seen."""

    def __init__(
        self,
        database: Database,
        orders: VendorOrders,
        gateway: OrderGateway,
        inputs: InputsLoader,
        audit: AuditService,
        clock: Clock,
    ) -> None:
        self._database = database
        self._orders = orders
        self._gateway = gateway
        self._inputs = inputs
        self._audit = audit
        self._clock = clock

    def list(
        self,
        *,
        status: str | None,
        security_id: str | None,
        allocation_id: str | None,
        cursor: str | None,
        limit: int,
    ) -> Page[Order]:
        """Return orders, newest first, after asking the vendor for those that may have changed."""
        query = select(OrderRow)
        for column, wanted in (
            (OrderRow.security_id, security_id),
            (OrderRow.allocation_id, allocation_id),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        with self._database.read() as session:
            live = list(session.scalars(query.where(OrderRow.status.not_in(FINAL))))
        posted = self._posted(row.order_id for row in live)
        self._see(live, posted)
        if status is not None:
            query = query.where(OrderRow.status == status)
        with self._database.read() as session:
            found = page(session, query, (OrderRow.created_at, OrderRow.order_id), cursor, limit, lambda r: r)
        asked = {row.order_id for row in live}
        posted |= self._posted(row.order_id for row in found.items if row.order_id not in asked)
        orders = tuple(_order(row, posted.get(row.order_id)) for row in found.items)
        return Page(items=orders, next_cursor=found.next_cursor)

    def get(self, order_id: str) -> Order:
        """Return one order.

        Raises
        ------
        NotFound
            When this system sent no such order.
        """
        row, posted = self._read(order_id)
        return _order(row, posted)

    def modify(
        self, order_id: str, *, quantity: int, comment: str, caller: Caller, resumed: bool = False
    ) -> OrderOutcome:
        """Split a new quantity over the same accounts in proportion to their slices.

        No slice falls below what is filled; a slice that grows must fit what its account can take now, cash
        and compliance included, whatever the preview was allowed to skip. Where an earlier try of the same
        request (`resumed`) has brought the order there already, that is recorded and nothing is sent.

        Raises
        ------
        NotFound
            When this system sent no such order.
        InvalidRequest
            Naming `quantity`, when it cannot be split in tradable lots.
        Conflict
            When the order is final, was touched by somebody else, or an account cannot take its part.
        OrderOutcomeUnknown
            When the vendor may have changed it; that is recorded.
        """
        refusals = self._refusals_audited(Action.MODIFY_REFUSED, order_id, comment, caller)
        with refusals, self._gateway.alone() as lease:
            if resumed:
                row, seen = self._read(order_id)
                if seen is not None and seen.face == quantity:
                    done = Change(Action.MODIFY, row, seen, comment, caller)
                    return self._carry_out(done, lambda: seen, f"The order is already {quantity:,} face")
            row, posted = self._live(order_id)
            slices = self._split(row, posted, quantity)
            change = Change(Action.MODIFY, row, posted, comment, caller)
            return self._carry_out(
                change,
                lambda: self._gateway.modify(order_id, slices, posted.touch_count, comment, caller, lease),
                f"The order is now {quantity:,} face",
            )

    def cancel(self, order_id: str, *, reason: str, caller: Caller, resumed: bool = False) -> OrderOutcome:
        """Cancel an order; one that an earlier try of the same request (`resumed`) cancelled is a success.

        Raises
        ------
        NotFound
            When this system sent no such order.
        Conflict
            When the order is final already.
        OrderOutcomeUnknown
            When the vendor may have cancelled it; that is recorded.
        """
        with self._refusals_audited(Action.CANCEL_REFUSED, order_id, reason, caller):
            if resumed:
                row, seen = self._read(order_id)
                if seen is not None and seen.status == CANCELED:
                    done = Change(Action.CANCEL, row, seen, reason, caller)
                    return self._carry_out(done, lambda: seen, "The order is cancelled already")
            row, posted = self._live(order_id)
            change = Change(Action.CANCEL, row, posted, reason, caller)
            return self._carry_out(
                change, lambda: self._gateway.cancel(order_id, reason, caller), "The order is cancelled"
            )

    # --- reading --------------------------------------------------------------------------------------------

    def _read(self, order_id: str) -> tuple[OrderRow, PostedOrder | None]:
        with self._database.read() as session:
            row = session.get(OrderRow, order_id)
        if row is None:
            raise NotFound(f"There is no order {order_id!r}")
        found = self._posted([order_id])
        self._see([row], found)
        return row, found.get(order_id)

    def _posted(self, order_ids: Iterable[str]) -> dict[str, PostedOrder]:
        """Ask the vendor for orders, by id; those that it does not show are absent."""
        return {order.order_id: order for order in self._orders.orders(list(order_ids))}

    def _live(self, order_id: str) -> tuple[OrderRow, PostedOrder]:
        row, posted = self._read(order_id)
        if posted is None:
            raise Conflict(f"Aladdin does not show the order {order_id}, so it cannot be changed")
        if posted.status in FINAL:
            raise Conflict(
                f"The order {order_id} is {posted.status} and does not change any more",
                extra={"order_status": posted.status},
            )
        return row, posted

    def _see(self, rows: Iterable[OrderRow], posted: dict[str, PostedOrder]) -> None:
        """Keep the vendor's state where it differs from the last that was seen."""
        changed = []
        for row in rows:
            found = posted.get(row.order_id)
            status = found.status or row.status if found else UNREPORTED
            quantity = found.face if found and found.face is not None else row.quantity
            if (status, quantity) != (row.status, row.quantity):
                row.status, row.quantity = status, quantity
                changed.append(row)
        if changed:
            with self._database.write() as session:
                for row in changed:
                    self._keep(session, row)

    def _keep(self, session: Session, row: OrderRow) -> None:
        """Store an order's state; a cancelled order cancels its allocation, whoever cancelled it."""
        row.updated_at = self._clock()
        session.merge(row)
        if row.status == CANCELED:
            compare_and_set(session, row.allocation_id, Status.SUBMITTED, Status.CANCELLED)

    # --- changing -------------------------------------------------------------------------------------------

    def _split(self, row: OrderRow, posted: PostedOrder, quantity: int) -> Sequence[Slice]:
        with self._database.read() as session:
            inputs = snapshot.decode(load(session, row.allocation_id).snapshot, PreviewInputs)
        current = faces(posted)
        if quantity == sum(current.values()):
            return [Slice(a, Decimal(face)) for a, face in current.items()]
        filled = filled_faces(posted, quantity)
        feasible = capacities(inputs)
        split = proportional(current, quantity, feasible.increment, feasible.piece)
        if sum(split.values()) != quantity:
            message = f"cannot be split into lots of {feasible.increment:,} and pieces of {feasible.piece:,}"
            raise InvalidRequest(f"quantity {message}", errors=[FieldError("quantity", message)])
        below = [a for a, face in split.items() if face < filled.get(a, 0)]
        if below:
            raise Conflict(f"The new quantity lies below what is filled for {', '.join(below)}")
        grown = {a: face - current[a] for a, face in split.items() if face > current[a]}
        if grown:
            self._check_growth(inputs, grown)
        return [Slice(a, Decimal(face)) for a, face in split.items() if face > 0]

    def _check_growth(self, inputs: PreviewInputs, grown: dict[str, int]) -> None:
        """See whether the accounts can take more, by the book as it stands with this order in it."""
        with self._database.read() as session:
            check_settled(session, grown)
        request = inputs.request
        more = sum(grown.values())
        asked = replace(
            request,
            order=replace(request.order, quantity=more, settlement_date=inputs.settlement_date),
            constraints=replace(request.constraints, respect_cash=True, compliance_check=True),
        )
        try:
            now = self._inputs.load(asked)
        except InvalidRequest as error:
            raise BookChanged(f"The order can no longer grow: {error.detail}") from error
        feasible = capacities(now)
        able = feasible.by_account
        short = [
            {"account_id": a, "additional_quantity": face, "max_quantity": able[a].cap if a in able else 0}
            for a, face in grown.items()
            if a not in able or face > able[a].cap
        ]
        if short or more > feasible.quantity:
            raise BookChanged(
                "The accounts cannot take the larger order",
                extra={"accounts": short, "additional": more, "max_additional": feasible.quantity},
            )

    @contextmanager
    def _refusals_audited(
        self, action: Action, order_id: str, comment: str, caller: Caller
    ) -> Iterator[None]:
        """Record who was refused what; the refusal itself goes on to the caller."""
        try:
            yield
        except (Conflict, Forbidden) as error:
            after = {"code": error.code, "message": error.detail, "comment": comment}
            self._database.retried(
                lambda session: self._audit.record_for(
                    session, action, caller, "order", order_id, after=after
                )
            )
            raise

    def _carry_out(self, change: Change, action: Callable[[], PostedOrder], message: str) -> OrderOutcome:
        """Let the vendor make a change, and record what became of it: made, refused, or not known."""
        try:
            after = action()
        except OrderOutcomeUnknown as error:
            self._record(change, None, "UNKNOWN", error.detail)
            raise
        except VendorRejected as error:
            if isinstance(error, VendorDenied):
                raise
            return self._record(change, None, "FAILED", error.detail)
        # A cancelled order has no use for compliance any more, whatever it was called when that was asked.
        pending = change.action is Action.MODIFY and is_pending(after)
        outcome = PENDING_COMPLIANCE if pending else "SUCCESS"
        try:
            return self._record(change, after, outcome, in_words(message, after))
        except SQLAlchemyError as error:
            detail = f"Aladdin changed the order {after.order_id}, but that could not be recorded"
            log.critical("a change was made but not recorded", order_id=after.order_id, exc_info=error)
            raise OrderOutcomeUnknown(detail, extra={"order_id": after.order_id}) from error

    def _record(self, change: Change, after: PostedOrder | None, outcome: str, message: str) -> OrderOutcome:
        row = change.row

        def store(session: Session) -> str:
            if after is not None:
                row.status = after.status or row.status
                row.quantity = after.face if after.face is not None else row.quantity
                self._keep(session, row)
            return self._audit.record_for(
                session,
                change.action,
                change.caller,
                "order",
                row.order_id,
                before=_state(change.before),
                after={
                    **(_state(after) if after is not None else {}),
                    "outcome": outcome,
                    "comment": change.comment,
                    "message": message,
                },
            )

        return OrderOutcome(outcome, row.order_id, message, self._database.retried(store))


def _state(posted: PostedOrder) -> dict[str, object]:
    return {
        "status": posted.status,
        "quantity": None if posted.face is None else float(posted.face),
        "slices": {s.account_id or "?": None if s.face is None else float(s.face) for s in posted.slices},
    }


def _order(row: OrderRow, posted: PostedOrder | None) -> Order:
    return Order(
        order_id=row.order_id,
        allocation_id=row.allocation_id,
        security_id=row.security_id,
        side=Side(row.side),
        quantity=row.quantity,
        filled_quantity=posted.filled_face if posted else None,
        average_price=posted.average_price if posted else None,
        status=row.status,
        settlement_date=row.settlement_date,
        created_at=row.created_at,
        updated_at=row.updated_at,
        created_by=row.created_by,
        slices=tuple(_slice(s) for s in posted.slices) if posted else (),
    )


def _slice(part: PostedSlice) -> OrderSlice:
    return OrderSlice(part.account_id or "", part.face or Decimal(0), part.booked_face)
