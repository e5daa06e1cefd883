"""Background job: synchronises the stored state of live and recently final orders with Aladdin."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import AllocatorError
from app.models import OrderRow
from app.services.aladdin.errors import VendorError
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.domain.block_order import FINAL_WORDS, PostedOrder
from app.services.domain.record import AllocationState
from app.services.trading.orders.ledger import OrderLedger

log = structlog.get_logger(__name__)

WATCH_AFTER_FINAL = timedelta(days=1)
"""Time for which a final order is still synchronised: fills come with its end or are corrected after it."""


class OrderWatch:
    """Synchronises all orders that may change, read in batches; safe to run in several processes at once."""

    def __init__(self, database: Database, orders: VendorOrders, ledger: OrderLedger, clock: Clock) -> None:
        self._database = database
        self._orders = orders
        self._ledger = ledger
        self._clock = clock
        self._is_failing = False

    def sync(self) -> None:
        """Record what is new of all watched orders; one that fails is logged and does not stop the others."""
        live = OrderRow.status.not_in(FINAL_WORDS)
        fresh = OrderRow.updated_at >= self._clock() - WATCH_AFTER_FINAL
        open_ends = OrderRow.allocation_state != AllocationState.OF_RECORD
        with self._database.read() as session:
            rows = list(session.scalars(select(OrderRow).where(or_(live, fresh, open_ends))))
        posted = self._ask([row.order_id for row in rows])
        if posted is None:
            return
        for stored in self._ledger.read(rows).values():
            try:
                self._ledger.sync(stored, posted.get(stored.row.order_id))
            except (AllocatorError, SQLAlchemyError):
                log.exception("the state of an order could not be recorded", order_id=stored.row.order_id)

    def _ask(self, order_ids: list[str]) -> dict[str, PostedOrder] | None:
        """Read the orders; None when Aladdin fails, which is logged once when it begins and when it ends."""
        try:
            found = self._orders.orders(order_ids)
        except VendorError as error:
            if not self._is_failing:
                log.warning("order sync is failing", code=error.code, reason=error.detail)
            self._is_failing = True
            return None
        if self._is_failing:
            log.info("order sync works again")
        self._is_failing = False
        return {order.order_id: order for order in found}
