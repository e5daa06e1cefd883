"""The one door through which orders leave: permission, emergency stop, the desk's lock, then the vendor."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from sqlalchemy.orm import Session

from app.core.security import Permission
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorDenied, VendorError, VendorRejected
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.domain.block_order import BlockOrder, PostedOrder, Slice
from app.services.domain.caller import Caller, require
from app.services.trading.desk_lock import DeskLock, Lease
from app.services.trading.errors import DeskBusy, TradingHalted

PATIENCE = 5.0
"""Seconds that an order waits for others to be sent before it."""


class OrderGateway:
    """Sends, changes and cancels orders for callers who may; nothing else in the system does.

    Whatever becomes of an attempt, the positions that were read before it are worth nothing after it:
    `forget_positions` drops them.
    """

    def __init__(
        self,
        orders: VendorOrders,
        forget_positions: Callable[[], None],
        desk: DeskLock,
        *,
        halted: bool,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._orders = orders
        self._forget_positions = forget_positions
        self._desk = desk
        self._halted = halted
        self._monotonic = monotonic
        self._lock = Lock()

    @contextmanager
    def exclusive(self, patience: float | None = None) -> Iterator[Lease]:
        """Keep every other sender out, in all processes, from reading the book to the recorded outcome.

        Two orders that were both checked against the same cash before either was sent would spend it twice.
        Whoever waits too long is sent away, so that waiting requests do not use up the server's threads. The
        threads of one process queue here, so that only one of them asks the database.

        Parameters
        ----------
        patience : float, optional
            Seconds to wait; `PATIENCE` unless given.

        Raises
        ------
        DeskBusy
            When others keep the door for longer.
        """
        end = self._monotonic() + (PATIENCE if patience is None else patience)
        if not self._lock.acquire(timeout=max(0.0, end - self._monotonic())):
            raise DeskBusy("Other orders are being sent at this moment: try again")
        try:
            lease = self._desk.acquire(max(0.0, end - self._monotonic()))
            try:
                yield lease
            finally:
                self._desk.release(lease)
        finally:
            self._lock.release()

    def post(
        self, order: BlockOrder, caller: Caller, lease: Lease, alongside: Callable[[Session], None]
    ) -> PostedOrder:
        """Send a new order once; unless the vendor has taken it, look for it under its external id (R10.7).

        One that is there is adopted: its answer was lost, or it was refused because it is there already.

        Parameters
        ----------
        alongside
            What is stored with the renewed lease, in one unit of work, right before the order leaves.

        Raises
        ------
        Forbidden, TradingHalted, DeskBusy
            Before anything is sent.
        OrderOutcomeUnknown
            When the vendor may have the order, but does not show it, or cannot be asked.
        VendorError
            Any other: nothing was placed.
        """
        self._admit(caller, Permission.ALLOCATIONS_COMMIT)
        self._desk.renew(lease, alongside)
        try:
            return self._orders.post_order(order)
        except VendorDenied:
            raise
        except (OrderOutcomeUnknown, VendorRejected) as reason:
            try:
                found = self._orders.order_by_external_id(order.external_id)
            except VendorError as error:
                # Not being able to look changes nothing: the order may still be live.
                raise OrderOutcomeUnknown(reason.detail, extra=reason.extra) from error
            if found is None:
                raise
            return found
        finally:
            self._forget_positions()

    def modify(
        self,
        order_id: str,
        slices: Sequence[Slice],
        touch_count: int | None,
        comment: str,
        caller: Caller,
        lease: Lease,
        alongside: Callable[[Session], None],
    ) -> PostedOrder:
        """Replace the slices of an order, unless somebody touched it since it was read.

        When the answer is lost, nobody sends anything until the lease has run out: the vendor may still make
        the order larger, and does not show yet what that takes.

        Parameters
        ----------
        alongside
            What is stored with the renewed lease, in one unit of work, right before the change leaves.

        Raises
        ------
        Forbidden, TradingHalted, DeskBusy
            Before anything is sent.
        OrderOutcomeUnknown
            When the vendor may have made the change, or may still make it.
        """
        self._admit(caller, Permission.ORDERS_WRITE)
        self._desk.renew(lease, alongside)
        try:
            return self._orders.modify_order(
                order_id, slices=slices, touch_count=touch_count, comment=comment
            )
        except OrderOutcomeUnknown:
            lease.given_back = False
            raise
        finally:
            self._forget_positions()

    def cancel(
        self,
        order_id: str,
        touch_count: int | None,
        reason: str,
        caller: Caller,
        beforehand: Callable[[], None],
    ) -> PostedOrder:
        """Cancel an order, unless somebody touched it since it was read.

        Neither the emergency stop nor other senders bar this.

        Parameters
        ----------
        beforehand
            What stores, right before the cancellation leaves, that it does; nothing is sent where that fails.
        """
        require(caller, Permission.ORDERS_WRITE)
        beforehand()
        try:
            return self._orders.cancel_order(order_id, reason, touch_count=touch_count)
        finally:
            self._forget_positions()

    def _admit(self, caller: Caller, permission: Permission) -> None:
        # R10.6
        require(caller, permission)
        if self._halted:
            raise TradingHalted("Trading is halted: no order is sent until TRADING_HALTED is taken back")
