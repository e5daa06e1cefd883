"""The one door through which orders leave: permission, emergency stop, then the vendor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from app.core.errors import DeskBusy, OrderOutcomeUnknown, TradingHalted, VendorError
from app.core.security import Permission
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.block_order import BlockOrder, PostedOrder, Slice
from app.services.views import Caller, require

PATIENCE = 5.0
"""Seconds that an order waits for others to be sent before it."""


class OrderGateway:
    """Sends, changes and cancels orders for callers who may; nothing else in the system does.

    Whatever becomes of an attempt, the positions that were read before it are worth nothing after it:
    `forget_positions` drops them.
    """

    def __init__(self, orders: VendorOrders, forget_positions: Callable[[], None], *, halted: bool) -> None:
        self._orders = orders
        self._forget_positions = forget_positions
        self._halted = halted
        self._lock = Lock()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other sender of this process out, from reading the book to the recorded outcome.

        Two orders that were both checked against the same cash before either was sent would spend it twice.
        Whoever waits too long is sent away, so that waiting requests do not use up the server's threads.

        Raises
        ------
        DeskBusy
            When others keep the door for longer than `PATIENCE`.
        """
        if not self._lock.acquire(timeout=PATIENCE):
            raise DeskBusy("Other orders are being sent at this moment: try again")
        try:
            yield
        finally:
            self._lock.release()

    def post(self, order: BlockOrder, caller: Caller) -> PostedOrder:
        """Send a new order once; when the answer is lost, look for it under its external id and adopt it.

        Raises
        ------
        Forbidden, TradingHalted
            Before anything is sent.
        OrderOutcomeUnknown
            When the vendor may have the order, but does not show it.
        VendorError
            Any other: nothing was placed.
        """
        self._admit(caller, Permission.ALLOCATIONS_COMMIT)
        try:
            return self._orders.post_order(order)
        except OrderOutcomeUnknown as unknown:
            try:
                found = self._orders.order_by_external_id(order.external_id)
            except VendorError as error:
                # Not being able to look changes nothing: the order may still be live.
                raise unknown from error
            if found is None:
                raise
            return found
        finally:
            self._forget_positions()

    def modify(
        self, order_id: str, slices: Sequence[Slice], touch_count: int | None, comment: str, caller: Caller
    ) -> PostedOrder:
        """Replace the slices of an order, unless somebody touched it since it was read."""
        self._admit(caller, Permission.ORDERS_WRITE)
        try:
            return self._orders.modify_order(
                order_id, slices=slices, touch_count=touch_count, comment=comment
            )
        finally:
            self._forget_positions()

    def cancel(self, order_id: str, touch_count: int | None, reason: str, caller: Caller) -> PostedOrder:
        """Cancel an order, unless somebody touched it since it was read. The emergency stop bars nothing."""
        require(caller, Permission.ORDERS_WRITE)
        try:
            return self._orders.cancel_order(order_id, reason, touch_count=touch_count)
        finally:
            self._forget_positions()

    def _admit(self, caller: Caller, permission: Permission) -> None:
        require(caller, permission)
        if self._halted:
            raise TradingHalted("Trading is halted: no order is sent until TRADING_HALTED is taken back")
