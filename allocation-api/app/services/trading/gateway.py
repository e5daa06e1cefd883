"""Order gateway: the only code that sends, changes or cancels orders.

It checks permission, size and emergency stop, and sends under the desk's lease only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from sqlalchemy.orm import Session

from app.core.security import Permission
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorDenied, VendorError, VendorRejected
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.domain.block_order import BlockOrder, PostedOrder, Slice, total_face
from app.services.domain.caller import Caller, require
from app.services.domain.face import exact_face
from app.services.safety.emergency_stop import EmergencyStop
from app.services.safety.order_limits import OrderLimits
from app.services.trading.desk_lock import LONG_HOLD, DeskLock, Holder, Lease

MAX_WAIT_SECONDS = 5.0
"""Longest wait of an order for the desk's lease."""


class OrderGateway:
    """Sends, changes and cancels orders at the vendor for callers with the permission.

    After every attempt, whatever its outcome, `forget_positions` invalidates the cached positions.
    """

    def __init__(
        self,
        orders: VendorOrders,
        forget_positions: Callable[[], None],
        desk: DeskLock,
        stop: EmergencyStop,
        limits: OrderLimits,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._orders = orders
        self._forget_positions = forget_positions
        self._desk = desk
        self._stop = stop
        self._limits = limits
        self._monotonic = monotonic
        self._lock = Lock()
        self._since: float | None = None

    @contextmanager
    def exclusive(self, max_wait: float | None = None, *, subject: str | None = None) -> Iterator[Lease]:
        """Mutual exclusion of all senders, over threads and processes: a process lock, then the desk's lease.

        It covers everything from reading the book to the recorded outcome, because two orders that are both
        checked against the same cash before either is sent spend it twice. The wait is bounded so that
        waiting requests do not use up the server's threads, and nobody waits for one that is held for long.

        Parameters
        ----------
        max_wait : float, optional
            Longest wait in seconds; `MAX_WAIT_SECONDS` unless given.
        subject : str, optional
            Id of the allocation that is committed; recovery goes on with it if this process dies.

        Raises
        ------
        DeskBusy
            When the lease does not become free in that time.
        """
        end = self._monotonic() + (MAX_WAIT_SECONDS if max_wait is None else max_wait)
        with self._turn(end):
            lease = self._desk.acquire(max(0.0, end - self._monotonic()), subject)
            with self._held(lease):
                yield lease

    @contextmanager
    def taken_over(self, holder: Holder, alongside: Callable[[Session], None]) -> Iterator[Lease]:
        """Mutual exclusion of all senders in the place of a holder that is presumed dead.

        Parameters
        ----------
        alongside
            Work stored in one transaction with the lock.

        Raises
        ------
        DeskBusy
            When the holder lives, or another thread or process was first.
        """
        with self._turn(self._monotonic()):
            lease = self._desk.take_over(holder, alongside)
            with self._held(lease):
                yield lease

    @contextmanager
    def _turn(self, end: float) -> Iterator[None]:
        """Hold the lock of this process, after waiting until `end` at most."""
        since, now = self._since, self._monotonic()
        is_held_long = since is not None and now - since >= LONG_HOLD.total_seconds()
        if not self._lock.acquire(timeout=0.0 if is_held_long else max(0.0, end - now)):
            raise self._desk.busy()
        self._since = self._monotonic()
        try:
            yield
        finally:
            self._since = None
            self._lock.release()

    @contextmanager
    def _held(self, lease: Lease) -> Iterator[None]:
        try:
            with self._desk.beating(lease):
                yield
        finally:
            self._desk.release(lease)

    def post(
        self, order: BlockOrder, caller: Caller, lease: Lease, alongside: Callable[[Session], None]
    ) -> PostedOrder:
        """Send a new order once; after a lost answer or a refusal look it up by its external id (R10.7).

        An order that is found is returned as posted: its answer was lost, or the vendor refused a duplicate.

        Parameters
        ----------
        alongside
            Work stored in one transaction with the renewed lease, right before the order is sent.

        Raises
        ------
        Forbidden, OrderTooLarge, TradingHalted, DeskBusy
            Before anything is sent.
        OrderOutcomeUnknown
            When the vendor may have the order, but does not show it or does not answer.
        VendorError
            Any other: nothing was placed.
        """
        require(caller, Permission.ALLOCATIONS_COMMIT)
        self._limits.check(exact_face(order.face))
        self._desk.renew(lease, self._admitted(alongside), subject=order.external_id)
        try:
            return self._orders.post_order(order)
        except VendorDenied:
            raise
        except (OrderOutcomeUnknown, VendorRejected) as reason:
            try:
                found = self._orders.order_by_external_id(order.external_id)
            except VendorError as error:
                # A failed lookup leaves the outcome open: the order may be live.
                raise OrderOutcomeUnknown(reason.detail, extra=reason.extra) from error
            if found is None:
                raise
            return found
        finally:
            self._forget_positions()

    def modify(
        self,
        before: PostedOrder,
        slices: Sequence[Slice],
        comment: str,
        caller: Caller,
        lease: Lease,
        alongside: Callable[[Session], None],
    ) -> PostedOrder:
        """Replace the slices of an order under the vendor's optimistic lock, its touch count (R11.4).

        When the answer is lost, the lease is not released but expires: the vendor may still make the order
        larger, and its positions do not show yet what that takes. An order above the desk's maximum may still
        become smaller (R2.8).

        Parameters
        ----------
        before
            The order as it was read.
        alongside
            Work stored in one transaction with the renewed lease, right before the change is sent.

        Raises
        ------
        Forbidden, OrderTooLarge, TradingHalted, DeskBusy
            Before anything is sent.
        OrderOutcomeUnknown
            When the vendor may have made the change, or may still make it.
        """
        require(caller, Permission.ORDERS_WRITE)
        face = total_face(tuple(slices))
        if before.face is None or face > before.face:
            self._limits.check(exact_face(face))
        self._desk.renew(lease, self._admitted(alongside))
        try:
            return self._orders.modify_order(
                before.order_id, slices=slices, touch_count=before.touch_count, comment=comment
            )
        except OrderOutcomeUnknown:
            lease.releasable = False
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
        """Cancel an order under the vendor's optimistic lock, its touch count (R11.4).

        Neither the emergency stop nor the desk's lease is checked: a cancellation spends nothing (R10.6).

        Parameters
        ----------
        beforehand
            Stores the intent right before the cancellation is sent; where that fails nothing is sent.
        """
        require(caller, Permission.ORDERS_WRITE)
        beforehand()
        try:
            return self._orders.cancel_order(order_id, reason, touch_count=touch_count)
        finally:
            self._forget_positions()

    def _admitted(self, alongside: Callable[[Session], None]) -> Callable[[Session], None]:
        """Return the work that goes with the renewed lease, behind the emergency stop (R10.6)."""

        def work(session: Session) -> None:
            self._stop.check(session)
            alongside(session)

        return work
