"""Block orders that were sent: listed, read, changed, cancelled, with the vendor's present word on them.

An order grows only within cash and compliance as they are now, whatever its preview was let off: otherwise
a change would be a way round the checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.errors import Conflict, FieldError, Forbidden, InvalidRequest, NotFound
from app.models import OrderRow
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorDenied, VendorRejected
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.allocations.capacity import capacities
from app.services.allocations.inputs import InputsLoader
from app.services.allocations.store import load, stored_inputs
from app.services.allocations.types import PreviewInputs
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.block_order import OrderStatus, PostedOrder, Slice
from app.services.domain.caller import Caller
from app.services.trading.errors import BookChanged
from app.services.trading.gateway import OrderGateway
from app.services.trading.orders.answers import Order, OrderFills, fill_view, order_view
from app.services.trading.orders.change import Change, ChangeStatus, OrderOutcome, state
from app.services.trading.orders.ledger import OrderLedger, StoredOrder
from app.services.trading.orders.slices import Resplit, faces, filled_faces
from app.services.trading.states import in_words, is_pending
from app.services.trading.unsettled import check_settled
from app.utils.paging import Page, page

log = structlog.get_logger(__name__)


class OrderService:
    """The orders of this system. Their state is the vendor's; ours is the last that was seen."""

    def __init__(
        self,
        database: Database,
        orders: VendorOrders,
        gateway: OrderGateway,
        inputs: InputsLoader,
        audit: AuditService,
        ledger: OrderLedger,
    ) -> None:
        self._database = database
        self._orders = orders
        self._gateway = gateway
        self._inputs = inputs
        self._audit = audit
        self._ledger = ledger

    def list(
        self,
        *,
        status: str | None,
        security_id: str | None,
        allocation_id: str | None,
        cursor: str | None,
        limit: int,
    ) -> Page[Order]:
        """Return orders, newest first, after asking the vendor for those of the page.

        `status` is looked for among what was seen last, which the watch keeps fresh; an order of the page
        that turns out to have another one by now is left out.
        """
        query = select(OrderRow)
        for column, wanted in (
            (OrderRow.security_id, security_id),
            (OrderRow.allocation_id, allocation_id),
            (OrderRow.status, status),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        with self._database.read() as session:
            found = page(session, query, (OrderRow.created_at, OrderRow.order_id), cursor, limit, lambda r: r)
        posted = self._sync(found.items)
        shown = self._kept([row.order_id for row in found.items])
        orders = [order_view(kept, posted.get(kept.row.order_id)) for kept in shown]
        fitting = tuple(order for order in orders if status in {None, order.status})
        return Page(items=fitting, next_cursor=found.next_cursor)

    def get(self, order_id: str) -> Order:
        """Return one order.

        Raises
        ------
        NotFound
            When this system sent no such order.
        """
        return order_view(*self._read(order_id))

    def fills(self, order_id: str) -> OrderFills:
        """Return what was filled of an order, step by step, and for which account.

        Raises
        ------
        NotFound
            When this system sent no such order.
        """
        order = self.get(order_id)
        return OrderFills(
            order_id=order_id,
            quantity=order.quantity,
            filled_quantity=order.filled_quantity,
            average_price=order.average_price,
            fills=tuple(fill_view(row, lines) for row, lines in self._ledger.fills(order_id)),
        )

    def sync(self, allocation_id: str) -> None:
        """Record what Aladdin shows now of the order of an allocation; without one nothing is done."""
        with self._database.read() as session:
            rows = list(session.scalars(select(OrderRow).where(OrderRow.allocation_id == allocation_id)))
        self._sync(rows)

    def modify(
        self,
        order_id: str,
        *,
        quantity: int,
        comment: str,
        touch_count: int | None,
        caller: Caller,
        resumed: bool = False,
    ) -> OrderOutcome:
        """Split a new quantity over the same accounts in proportion to their slices.

        No slice falls below what is filled; a slice that grows must fit what its account can take now, cash
        and compliance included, whatever the preview was allowed to skip. `touch_count` is that of the order
        as the caller saw it; None skips the comparison. Where an earlier try of the same request (`resumed`)
        has brought the order there already, that is recorded and nothing is sent.

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
        with refusals, self._gateway.exclusive() as lease:
            done = self._seen_done(order_id, lambda seen: seen.face == quantity) if resumed else None
            if done is not None:
                change = Change(Action.MODIFY, order_id, done, None, comment, caller)
                return self._carry_out(change, lambda: done, f"The order is already {quantity:,} face")
            kept, posted = self._live(order_id, touch_count)
            slices = self._split(kept, posted, quantity)
            change = Change(Action.MODIFY, order_id, posted, slices, comment, caller)
            return self._carry_out(
                change,
                lambda: self._gateway.modify(
                    order_id, slices, posted.touch_count, comment, caller, lease, self._intent(change)
                ),
                f"The order is now {quantity:,} face",
            )

    def cancel(
        self, order_id: str, *, reason: str, touch_count: int | None, caller: Caller, resumed: bool = False
    ) -> OrderOutcome:
        """Cancel what is open of an order; what is filled stays. `touch_count` is as for `modify` (R11.5).

        One that an earlier try of the same request (`resumed`) cancelled is a success.

        Raises
        ------
        NotFound
            When this system sent no such order.
        Conflict
            When the order is final already, or was touched by somebody else.
        OrderOutcomeUnknown
            When the vendor may have cancelled it; that is recorded.
        """
        with self._refusals_audited(Action.CANCEL_REFUSED, order_id, reason, caller):
            done = self._seen_done(order_id, _is_cancelled) if resumed else None
            if done is not None:
                change = Change(Action.CANCEL, order_id, done, None, reason, caller)
                return self._carry_out(change, lambda: done, "The order is cancelled already")
            _, posted = self._live(order_id, touch_count)
            change = Change(Action.CANCEL, order_id, posted, None, reason, caller)
            return self._carry_out(
                change,
                lambda: self._gateway.cancel(
                    order_id,
                    posted.touch_count,
                    reason,
                    caller,
                    lambda: self._database.retried(self._intent(change)),
                ),
                "The order is cancelled",
            )

    # --- reading --------------------------------------------------------------------------------------------

    def _read(self, order_id: str) -> tuple[StoredOrder, PostedOrder | None]:
        with self._database.read() as session:
            row = session.get(OrderRow, order_id)
        if row is None:
            raise NotFound(f"There is no order {order_id!r}")
        found = self._sync([row])
        (kept,) = self._kept([order_id])
        return kept, found.get(order_id)

    def _sync(self, rows: Sequence[OrderRow]) -> dict[str, PostedOrder]:
        """Ask the vendor for orders, and record what is new; those that it does not show are absent."""
        posted = {order.order_id: order for order in self._orders.orders([row.order_id for row in rows])}
        for kept in self._ledger.read(rows).values():
            self._ledger.sync(kept, posted.get(kept.row.order_id))
        return posted

    def _kept(self, order_ids: Sequence[str]) -> Sequence[StoredOrder]:
        """Return what is kept of orders now, in the order of their ids."""
        with self._database.read() as session:
            rows = {
                r.order_id: r
                for r in session.scalars(select(OrderRow).where(OrderRow.order_id.in_(order_ids)))
            }
        kept = self._ledger.read(list(rows.values()))
        return [kept[order_id] for order_id in order_ids]

    def _seen_done(self, order_id: str, is_done: Callable[[PostedOrder], bool]) -> PostedOrder | None:
        """Return the order where an earlier try of the same request has changed it already."""
        _, seen = self._read(order_id)
        return seen if seen is not None and is_done(seen) else None

    def _live(self, order_id: str, touch_count: int | None) -> tuple[StoredOrder, PostedOrder]:
        # R11.4
        kept, posted = self._read(order_id)
        if posted is None:
            raise Conflict(f"Aladdin does not show the order {order_id}, so it cannot be changed")
        if OrderStatus.of(posted.status).is_final:
            raise Conflict(
                f"The order {order_id} is {posted.status} and does not change any more",
                extra={"order_status": posted.status},
            )
        if touch_count is not None and touch_count != posted.touch_count:
            raise Conflict(
                f"The order {order_id} has changed: touch count {posted.touch_count}, not {touch_count}",
                extra={"touch_count": posted.touch_count},
            )
        return kept, posted

    # --- changing -------------------------------------------------------------------------------------------

    def _split(self, kept: StoredOrder, posted: PostedOrder, quantity: int) -> Sequence[Slice]:
        with self._database.read() as session:
            inputs = stored_inputs(load(session, kept.row.allocation_id))
        current = faces(posted)
        if quantity == sum(current.values()):
            return [Slice(a, Decimal(face)) for a, face in current.items()]
        filled = filled_faces(posted, kept.allocated, quantity)
        feasible = capacities(inputs)
        resplit = Resplit(
            current, filled, quantity, feasible.increment, feasible.piece, inputs.request.order.side
        )
        split = resplit.split()
        if split is None:
            message = f"cannot be split into lots of {feasible.increment:,} and pieces of {feasible.piece:,}"
            raise InvalidRequest(f"quantity {message}", errors=[FieldError("quantity", message)])
        grown = {a: face - current[a] for a, face in split.items() if face > current[a]}
        if grown:
            self._check_growth(inputs, grown)
        return [Slice(a, Decimal(face)) for a, face in split.items() if face > 0]

    def _check_growth(self, inputs: PreviewInputs, grown: dict[str, int]) -> None:
        """See whether the accounts can take more, by the book as it stands with this order in it (R11.3)."""
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
                    session, action, caller, EntityType.ORDER, order_id, after=after
                )
            )
            raise

    def _intent(self, change: Change) -> Callable[[Session], None]:
        """Return what audits that a change is about to be sent.

        Should this process end before it records what became of the change, this tells whose it was.
        """
        after = {**change.wanted, "comment": change.comment}

        def store(session: Session) -> None:
            self._audited(session, change.intended, change, after)

        return store

    def _carry_out(self, change: Change, action: Callable[[], PostedOrder], message: str) -> OrderOutcome:
        """Let the vendor make a change, and record what became of it: made, refused, or not known."""
        try:
            after = action()
        except OrderOutcomeUnknown as error:
            self._record(change, None, ChangeStatus.UNKNOWN, error.detail)
            raise
        except VendorRejected as error:
            if isinstance(error, VendorDenied):
                raise
            return self._record(change, None, ChangeStatus.FAILED, error.detail)
        # A cancelled order has no use for compliance any more, whatever it was called when that was asked.
        pending = change.action is Action.MODIFY and is_pending(after)
        outcome = ChangeStatus.PENDING_COMPLIANCE if pending else ChangeStatus.SUCCESS
        try:
            return self._record(change, after, outcome, in_words(message, after))
        except SQLAlchemyError as error:
            detail = f"Aladdin changed the order {after.order_id}, but that could not be recorded"
            log.critical("a change was made but not recorded", order_id=after.order_id, exc_info=error)
            raise OrderOutcomeUnknown(detail, extra={"order_id": after.order_id}) from error

    def _record(
        self, change: Change, after: PostedOrder | None, outcome: ChangeStatus, message: str
    ) -> OrderOutcome:
        def store(session: Session) -> str:
            if after is not None:
                self._ledger.change(session, change.order_id, after, change.slices)
            seen = {} if after is None else state(after)
            told = {**seen, "outcome": outcome, "comment": change.comment, "message": message}
            return self._audited(session, change.action, change, told)

        return OrderOutcome(outcome, change.order_id, message, self._database.retried(store))

    def _audited(self, session: Session, action: Action, change: Change, after: Mapping[str, object]) -> str:
        return self._audit.record_for(
            session,
            action,
            change.caller,
            EntityType.ORDER,
            change.order_id,
            before=state(change.before),
            after=after,
        )


def _is_cancelled(posted: PostedOrder) -> bool:
    return OrderStatus.of(posted.status) is OrderStatus.CANCELLED
