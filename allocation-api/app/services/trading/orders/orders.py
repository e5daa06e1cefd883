"""Block orders at the vendor: listed and read with their present state, changed and cancelled.

An order grows only within cash and compliance as they are now, also where its preview skipped them (R11.3):
otherwise a change would bypass the checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.errors import AllocatorError, Conflict, Forbidden, NotFound
from app.models import OrderRow
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorDenied, VendorRejected
from app.services.aladdin.shared_orders import OrderReader, SharedOrders
from app.services.allocations.inputs import InputsLoader
from app.services.audit.trail import Action, AuditService, Changed, EntityType
from app.services.domain.block_order import OrderStatus, PostedOrder
from app.services.domain.caller import Caller
from app.services.domain.face import Face, face_text
from app.services.safety.order_limits import OrderLimits
from app.services.trading.approval_policy import ApprovalPolicy
from app.services.trading.gateway import OrderGateway
from app.services.trading.orders.answers import Order, OrderFills, fill_view, order_views
from app.services.trading.orders.change import Change, ChangeStatus, OrderOutcome, state
from app.services.trading.orders.ledger import OrderLedger
from app.services.trading.orders.listing import OrderFilter
from app.services.trading.orders.new_slices import NewSlices
from app.services.trading.orders.observation import StoredOrder
from app.services.trading.states import is_cancelled, is_pending, outcome_message
from app.services.visibility import rows
from app.services.visibility.visibility import EVERYTHING, Visibility
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks
from app.utils.paging import Page, page

log = structlog.get_logger(__name__)


class OrderService:
    """Reads, changes and cancels the orders of this system; every read synchronises with the vendor.

    Those who look at an order share the reads of `shared`; before a change it is read by `orders`. The days
    of the list are those of `zone`.
    """

    def __init__(
        self,
        database: Database,
        shared: SharedOrders,
        orders: OrderReader,
        gateway: OrderGateway,
        inputs: InputsLoader,
        audit: AuditService,
        ledger: OrderLedger,
        policy: ApprovalPolicy,
        limits: OrderLimits,
        zone: ZoneInfo,
    ) -> None:
        self._database = database
        self._zone = zone
        self._shared = shared
        self._orders = orders
        self._gateway = gateway
        self._new_slices = NewSlices(database, inputs, audit, policy, limits)
        self._audit = audit
        self._ledger = ledger

    def list(
        self,
        filters: OrderFilter,
        visible: Visibility,
        *,
        cursor: str | None,
        limit: int,
        slices: bool = True,
        recorded: bool = False,
    ) -> Page[Order]:
        """Return a page of visible orders, newest first, after a sync of that page with the vendor.

        The filter is of what is stored, which the order watch keeps fresh; an order of the page that does not
        match any more after the sync is left out. Where `recorded` is asked for, there is no sync.
        """
        with self._database.read() as session:
            query = filters.query(session, visible, self._zone)
            found = page(session, query, (OrderRow.created_at, OrderRow.order_id), cursor, limit, lambda r: r)
        posted = {} if recorded else self._look(found.items)
        rows = found.items if recorded else self._rows([row.order_id for row in found.items])
        stored_orders = [*self._ledger.read(rows, parts=slices).values()]
        with self._database.read() as session:
            orders = order_views(session, stored_orders, posted, slices=slices)
        return Page(items=tuple(filter(filters.holds, orders)), next_cursor=found.next_cursor)

    def get(self, order_id: str, visible: Visibility) -> Order:
        """Return one order, and where its rows are not as the audit trail has them.

        Raises
        ------
        NotFound
            When this system sent no such order, or it is not visible.
        """
        row = self._row(order_id, visible)
        posted = self._look([row]).get(order_id)
        (stored,) = self._ledger.read(self._rows([order_id])).values()
        with self._database.read() as session:
            (order,) = order_views(session, [stored], {} if posted is None else {order_id: posted})
            return replace(order, evidence_breaks=self._audit.row_breaks(session, EntityType.ORDER, order_id))

    def check_visible(self, order_id: str, visible: Visibility) -> None:
        """Check that a user may still see an order, before an answer about it is given again.

        Raises
        ------
        NotFound
            When it is not visible.
        """
        if visible.limited:
            self._row(order_id, visible)

    def fills(self, order_id: str, visible: Visibility) -> OrderFills:
        """Return the recorded fills of an order with each account's part.

        Raises
        ------
        NotFound
            When this system sent no such order, or it is not visible.
        """
        order = self.get(order_id, visible)
        return OrderFills(
            order_id=order_id,
            quantity=order.quantity,
            filled_quantity=order.filled_quantity,
            average_price=order.average_price,
            fills=tuple(fill_view(row, lines) for row, lines in self._ledger.fills(order_id)),
            evidence_breaks=order.evidence_breaks,
        )

    def sync(self, allocation_id: str) -> None:
        """Record the present state at Aladdin of an allocation's order; without an order do nothing."""
        with self._database.read() as session:
            rows = list(session.scalars(select(OrderRow).where(OrderRow.allocation_id == allocation_id)))
        self._look(rows)

    def modify(
        self,
        order_id: str,
        *,
        face: Face,
        comment: str,
        touch_count: int | None,
        caller: Caller,
        visible: Visibility,
        resumed: bool = False,
    ) -> OrderOutcome:
        """Split a new quantity over the same accounts in proportion to their slices (R11.1, R11.2, R11.3).

        No slice falls below its filled face; a slice that grows must fit what its account can take now, cash
        and compliance included. `touch_count` is the version that the caller read; None skips the comparison.
        In a repeated request (`resumed`) whose first attempt has reached the vendor, that is recorded and
        nothing is sent.

        Raises
        ------
        NotFound
            When this system sent no such order, or it is not visible.
        InvalidRequest
            Naming `quantity`, when it cannot be split in tradable lots, or is more than the desk's maximum.
        Conflict
            When the order is final or not as recorded, has another touch count, or an account is full.
        OrderOutcomeUnknown
            When the vendor may have changed it; that is audited.
        """
        refusals = self._refusals_audited(Action.MODIFY_REFUSED, order_id, comment, caller)
        with refusals, self._gateway.exclusive() as lease:
            self.check_visible(order_id, visible)
            done = self._already_done(order_id, lambda order: order.face == face) if resumed else None
            if done is not None:
                change = Change(Action.MODIFY, order_id, done, None, comment, caller)
                return self._carry_out(
                    change, lambda: done, f"Aladdin has already changed the order to {face_text(face)} face"
                )
            stored, posted = self._changeable(order_id, touch_count)
            slices = self._new_slices.of(stored, posted, face)
            change = Change(Action.MODIFY, order_id, posted, slices, comment, caller)
            return self._carry_out(
                change,
                lambda: self._gateway.modify(posted, slices, comment, caller, lease, self._intent(change)),
                f"Aladdin changed the order to {face_text(face)} face",
            )

    def cancel(
        self,
        order_id: str,
        *,
        reason: str,
        touch_count: int | None,
        caller: Caller,
        visible: Visibility,
        resumed: bool = False,
    ) -> OrderOutcome:
        """Cancel the open part of an order; filled face stays with its accounts (R11.5).

        `touch_count` is as for `modify`. In a repeated request (`resumed`) an order that is cancelled already
        is a success.

        Raises
        ------
        NotFound
            When this system sent no such order, or it is not visible.
        Conflict
            When the order is final already, or has another touch count.
        OrderOutcomeUnknown
            When the vendor may have cancelled it; that is audited.
        """
        with self._refusals_audited(Action.CANCEL_REFUSED, order_id, reason, caller):
            self.check_visible(order_id, visible)
            done = self._already_done(order_id, is_cancelled) if resumed else None
            if done is not None:
                change = Change(Action.CANCEL, order_id, done, None, reason, caller)
                return self._carry_out(change, lambda: done, "Aladdin has already cancelled the order")
            _, posted = self._changeable(order_id, touch_count)
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
                "Aladdin cancelled the order",
            )

    # --- reading --------------------------------------------------------------------------------------------

    def _row(self, order_id: str, visible: Visibility) -> OrderRow:
        query = select(OrderRow).where(OrderRow.order_id == order_id, *rows.orders(visible))
        with self._database.read() as session:
            row = session.scalar(query)
        if row is None:
            raise NotFound(f"There is no order {order_id!r}")
        return row

    def _read(self, order_id: str) -> tuple[StoredOrder, PostedOrder | None]:
        """Read an order that is about to be changed, and record what is new of it."""
        row = self._row(order_id, EVERYTHING)
        posted = next(iter(self._orders.orders([order_id])), None)
        self._record_seen([row], {} if posted is None else {order_id: posted})
        (stored,) = self._ledger.read(self._rows([order_id])).values()
        return stored, posted

    def _look(self, rows: Sequence[OrderRow]) -> Mapping[str, PostedOrder]:
        """Look at orders at the vendor and record what is new; those that it does not show are absent.

        The rows were read before, so what is fresh is newer than they are.
        """
        seen = self._shared.see([row.order_id for row in rows])
        self._record_seen([row for row in rows if row.order_id in seen.fresh], seen.posted)
        return seen.posted

    def _record_seen(self, rows: Sequence[OrderRow], posted: Mapping[str, PostedOrder]) -> None:
        for stored in self._ledger.read(rows).values():
            self._ledger.sync(stored, posted.get(stored.row.order_id))

    def _rows(self, order_ids: Sequence[str]) -> Sequence[OrderRow]:
        """Return orders as they are stored now, in the order of the given ids."""
        with self._database.read() as session:
            found = {
                row.order_id: row
                for ids in chunks(order_ids, MAX_IDS_PER_QUERY)
                for row in session.scalars(select(OrderRow).where(OrderRow.order_id.in_(ids)))
            }
        return [found[order_id] for order_id in order_ids]

    def _already_done(self, order_id: str, is_done: Callable[[PostedOrder], bool]) -> PostedOrder | None:
        """Return the vendor's order if an earlier attempt of the request has taken effect, else None."""
        _, posted = self._read(order_id)
        return posted if posted is not None and is_done(posted) else None

    def _changeable(self, order_id: str, touch_count: int | None) -> tuple[StoredOrder, PostedOrder]:
        stored, posted = self._read(order_id)  # R11.4
        if posted is None:
            raise Conflict(f"Aladdin does not show the order {order_id}, so it cannot be changed")
        if OrderStatus.of(posted.status).is_final:
            raise Conflict(
                f"The order {order_id} is {posted.status} at Aladdin and cannot be changed any more",
                extra={"order_status": posted.status},
            )
        if touch_count is not None and touch_count != posted.touch_count:
            raise Conflict(
                f"The order {order_id} has changed since it was read: its touch count is "
                f"{posted.touch_count}, not {touch_count}. Read the order again",
                extra={"touch_count": posted.touch_count},
            )
        return stored, posted

    # --- changing -------------------------------------------------------------------------------------------

    @contextmanager
    def _refusals_audited(
        self, action: Action, order_id: str, comment: str, caller: Caller
    ) -> Iterator[None]:
        """Audit a refusal and raise it again."""
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
        """Return the work that audits the intent of a change, stored before the change is sent.

        If the process dies before it records the outcome, this record names the caller.
        """
        after = {**change.wanted, "comment": change.comment}

        def store(session: Session) -> None:
            self._audit_change(session, change.intended, change, after)

        return store

    def _carry_out(self, change: Change, action: Callable[[], PostedOrder], message: str) -> OrderOutcome:
        """Run a change at the vendor and record its outcome: made, refused, or unknown."""
        try:
            after = action()
        except OrderOutcomeUnknown as error:
            self._record(change, None, ChangeStatus.UNKNOWN, error.detail)
            raise
        except VendorRejected as error:
            if isinstance(error, VendorDenied):
                raise
            return self._record(change, None, ChangeStatus.FAILED, error.detail)
        # A cancelled order needs no compliance check any more, also where the vendor still reports one.
        pending = change.action is Action.MODIFY and is_pending(after)
        outcome = ChangeStatus.PENDING_COMPLIANCE if pending else ChangeStatus.SUCCESS
        try:
            return self._record(change, after, outcome, outcome_message(message, after))
        except SQLAlchemyError as error:
            detail = f"Aladdin changed the order {after.order_id}, but this could not be recorded here"
            log.critical("a change was made but not recorded", order_id=after.order_id, exc_info=error)
            raise OrderOutcomeUnknown(detail, extra={"order_id": after.order_id}) from error
        finally:
            self._take_over(after)

    def _take_over(self, after: PostedOrder) -> None:
        """Record what is booked of an order that is over with its change; a failure is left to the watch."""
        if not OrderStatus.of(after.status).is_final:
            return
        try:
            self._read(after.order_id)
        except (AllocatorError, SQLAlchemyError) as error:
            log.warning("the booking of an order was not read", order_id=after.order_id, reason=str(error))

    def _record(
        self, change: Change, after: PostedOrder | None, outcome: ChangeStatus, message: str
    ) -> OrderOutcome:
        def store(session: Session) -> str:
            written: Sequence[Changed] = ()
            if after is not None:
                written = self._ledger.change(session, change.order_id, after, change.slices)
            state_after = {} if after is None else state(after)
            audited = {**state_after, "outcome": outcome, "comment": change.comment, "message": message}
            return self._audit_change(session, change.action, change, audited, written)

        return OrderOutcome(outcome, change.order_id, message, self._database.retried(store))

    def _audit_change(
        self,
        session: Session,
        action: Action,
        change: Change,
        after: Mapping[str, object],
        written: Sequence[Changed] = (),
    ) -> str:
        return self._audit.record_for(
            session,
            action,
            change.caller,
            EntityType.ORDER,
            change.order_id,
            before=state(change.before),
            after=after,
            rows=written,
        )
