"""Orders watched without anybody asking: what Aladdin shows of them is recorded from time to time."""

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
from app.services.aladdin.vendor_orders import MAX_IDS_PER_SEARCH, VendorOrders
from app.services.domain.block_order import PostedOrder
from app.services.trading.orders.ledger import OrderLedger
from app.services.trading.states import FINAL
from app.utils.chunks import chunks

log = structlog.get_logger(__name__)

AFTERWARDS = timedelta(days=1)
"""How long a final order is still looked at: fills come with its end, and some are taken back after it."""


class OrderWatch:
    """Looks at all orders that may change, in one call; several processes may do so at once."""

    def __init__(self, database: Database, orders: VendorOrders, ledger: OrderLedger, clock: Clock) -> None:
        self._database = database
        self._orders = orders
        self._ledger = ledger
        self._clock = clock
        self._is_away = False

    def sync(self) -> None:
        """Record what is new; an order that cannot be recorded is logged and does not stop the others."""
        live = OrderRow.status.not_in(FINAL)
        fresh = OrderRow.updated_at >= self._clock() - AFTERWARDS
        with self._database.read() as session:
            rows = list(session.scalars(select(OrderRow).where(or_(live, fresh))))
        posted = self._ask([row.order_id for row in rows])
        if posted is None:
            return
        for kept in self._ledger.read(rows).values():
            try:
                self._ledger.sync(kept, posted.get(kept.row.order_id))
            except (AllocatorError, SQLAlchemyError):
                log.exception("an order was not recorded", order_id=kept.row.order_id)

    def _ask(self, order_ids: list[str]) -> dict[str, PostedOrder] | None:
        """Ask for the orders; None when Aladdin does not answer, which is logged when it begins and ends."""
        try:
            found = [
                order for ids in chunks(order_ids, MAX_IDS_PER_SEARCH) for order in self._orders.orders(ids)
            ]
        except VendorError as error:
            if not self._is_away:
                log.warning("the orders cannot be watched", code=error.code, reason=error.detail)
            self._is_away = True
            return None
        if self._is_away:
            log.info("the orders are watched again")
        self._is_away = False
        return {order.order_id: order for order in found}
