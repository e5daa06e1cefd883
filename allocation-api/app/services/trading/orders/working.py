"""Working orders: cancels all that Aladdin may still fill, one by one and each with its own outcome.

It belongs to the emergency stop. One request cancels a bounded number in a bounded time, because it holds a
thread of the server and the vendor has quotas; what is left is named, and the next request goes on with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import Database
from app.core.errors import AllocatorError
from app.models import AllocationRow, OrderRow
from app.services.aladdin.errors import OrderOutcomeUnknown
from app.services.domain.block_order import FINAL_WORDS
from app.services.domain.caller import Caller
from app.services.trading.errors import DeskBusy
from app.services.trading.gateway import OrderGateway
from app.services.trading.orders.change import ChangeStatus
from app.services.trading.orders.orders import OrderService
from app.services.trading.states import UNSETTLED
from app.services.visibility import rows
from app.services.visibility.visibility import EVERYTHING, Visibility

log = structlog.get_logger(__name__)

MAX_CANCEL_SECONDS = 20.0
"""Time after which one request begins no further cancellation."""


class CancelOutcome(StrEnum):
    """Outcome for one working order. UNKNOWN: Aladdin may have cancelled it. NOT_TRIED: the time was over."""

    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    NOT_TRIED = "NOT_TRIED"


@dataclass(frozen=True, slots=True)
class CancelledOrder:
    """Outcome of the cancellation of one working order."""

    order_id: str
    outcome: CancelOutcome
    message: str


@dataclass(frozen=True, slots=True)
class Cancellations:
    """Outcomes of the working orders, newest order first.

    `order_under_way` says that an order was being sent all the while, or that the outcome of one is unknown:
    it may work and is not among them.
    """

    orders: tuple[CancelledOrder, ...] = ()
    order_under_way: bool = False


class WorkingOrders:
    """Cancels the working orders of the desk."""

    def __init__(
        self,
        database: Database,
        gateway: OrderGateway,
        orders: OrderService,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._orders = orders
        self._monotonic = monotonic

    def cancel_all(self, reason: str, caller: Caller, visible: Visibility) -> Cancellations:
        """Cancel all visible working orders after the one that is just sent; each attempt is audited."""
        end = self._monotonic() + MAX_CANCEL_SECONDS
        under_way = self._is_under_way()
        working = OrderRow.status.not_in(FINAL_WORDS)
        newest = (OrderRow.created_at.desc(), OrderRow.order_id)
        with self._database.read() as session:
            found = list(
                session.scalars(
                    select(OrderRow.order_id).where(working, *rows.orders(visible)).order_by(*newest)
                )
            )
        done = tuple(
            self._cancel(order_id, reason, caller)
            if self._monotonic() < end
            else CancelledOrder(order_id, CancelOutcome.NOT_TRIED, "The time was over. Repeat the request")
            for order_id in found
        )
        return Cancellations(done, order_under_way=under_way or self._is_any_unknown())

    def _is_any_unknown(self) -> bool:
        """Say whether Aladdin may have an order that is not recorded here, and so cannot be cancelled yet."""
        unsettled = select(AllocationRow.id).where(AllocationRow.status.in_(UNSETTLED)).limit(1)
        with self._database.read() as session:
            return session.scalar(unsettled) is not None

    def _is_under_way(self) -> bool:
        """Wait for the order that is being sent, so that it is recorded; True where that takes too long."""
        try:
            with self._gateway.exclusive():
                return False
        except DeskBusy:
            return True

    def _cancel(self, order_id: str, reason: str, caller: Caller) -> CancelledOrder:
        try:
            done = self._orders.cancel(
                order_id, reason=reason, touch_count=None, caller=caller, visible=EVERYTHING, resumed=True
            )
        except OrderOutcomeUnknown as error:
            return CancelledOrder(order_id, CancelOutcome.UNKNOWN, error.detail)
        except AllocatorError as error:
            return CancelledOrder(order_id, CancelOutcome.FAILED, error.detail)
        except SQLAlchemyError as error:
            log.exception("a working order could not be cancelled", order_id=order_id, exc_info=error)
            return CancelledOrder(order_id, CancelOutcome.UNKNOWN, "The database failed. Repeat the request")
        outcome = CancelOutcome.CANCELLED if done.status is ChangeStatus.SUCCESS else CancelOutcome.FAILED
        return CancelledOrder(order_id, outcome, done.message)
