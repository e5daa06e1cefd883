"""The vendor's order desk: takes, changes and cancels block orders, in memory and safe for threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from aladdin_simulator.book import SimulatorBook, exact
from aladdin_simulator.wire.order_messages import (
    CancelRequest,
    CancelResult,
    Detail,
    ExternalKey,
    Order,
    OrderInput,
    PostOutput,
    PostRequest,
    PostResult,
)
from aladdin_simulator.wire.order_rules import (
    CANCELED,
    INVALID_ARGUMENT,
    LIVE_STATUSES,
    NOT_FOUND,
    SIGNS,
    OrderRefusedError,
    OrderRules,
    check_live,
)
from aladdin_simulator.wire.portfolios import Portfolios
from aladdin_simulator.wire.position_rows import LiveSlice

Clock = Callable[[], datetime]


class OrderDesk:
    """All orders of one simulator.

    An order stays `Open` until it is canceled. Two orders with the same external id are two orders: like the
    vendor, the desk does not look for repetitions.
    """

    def __init__(
        self, book: SimulatorBook, portfolios: Portfolios, *, clock: Clock, first_order_id: int
    ) -> None:
        self._bonds = book.bond_by_cusip
        self._rules = OrderRules(book, portfolios)
        self._clock = clock
        self._next_id = first_order_id
        self._orders: dict[str, Order] = {}
        self._lock = threading.Lock()

    def orders(self) -> list[Order]:
        """Return all orders as they are now, oldest first."""
        with self._lock:
            return list(self._orders.values())

    def live_slices(self) -> dict[str, list[LiveSlice]]:
        """Return what is open in live orders, by account ticker."""
        slices: dict[str, list[LiveSlice]] = {}
        for order in self.orders():
            if order.order_status in LIVE_STATUSES:
                for detail in order.order_details:
                    if detail.quantity > detail.quantity_booked:
                        ticker = detail.portfolio_reference.portfolio_ticker or ""
                        slices.setdefault(ticker, []).append(self._slice(order, detail))
        return slices

    def post(self, request: PostRequest) -> PostResult:
        """Take a new order, or a change of one that exists; with `whatIf` say what would come of it."""
        what_if = request.post_order_config is not None and request.post_order_config.what_if
        with self._lock:
            try:
                order = self._read(request.order)
            except OrderRefusedError as refusal:
                return PostResult(error=refusal.status)
            return PostResult(output=PostOutput(order=order if what_if else self._keep(order)))

    def cancel(self, request: CancelRequest) -> CancelResult:
        """Cancel a live order."""
        with self._lock:
            try:
                order = self._find(request)
                check_live(order, "canceled")
            except OrderRefusedError as refusal:
                return CancelResult(error=refusal.status)
            comments = (*(order.order_comments or ()), *(request.order_comments or ()))
            canceled = replace(
                order,
                order_status=CANCELED,
                version=order.version + 1,
                touch_count=order.touch_count + 1,
                modify_time=self._clock(),
                order_comments=comments or None,
            )
            return CancelResult(output=self._keep(canceled))

    def _read(self, sent: OrderInput) -> Order:
        now = self._clock()
        if sent.id is None:
            return self._rules.new_order(sent, now)
        return self._rules.changed_order(self._by_id(sent.id), sent, now)

    def _keep(self, order: Order) -> Order:
        """Store an order; a new one gets the next id."""
        if order.id is None:
            order = replace(order, id=str(self._next_id))
            self._next_id += 1
        self._orders[order.id or ""] = order
        return order

    def _find(self, request: CancelRequest) -> Order:
        """Find the order to cancel: by its id, or the oldest with the external id, live ones first."""
        if request.order_id is not None:
            return self._by_id(request.order_id)
        key = request.external_reference
        if key is None:
            raise OrderRefusedError(INVALID_ARGUMENT, "orderId or externalReference is needed")
        matches = [order for order in self._orders.values() if has_key(order, key)]
        if not matches:
            raise OrderRefusedError(NOT_FOUND, f"no order with externalId1 {key.external_id1}")
        return min(matches, key=lambda order: order.order_status not in LIVE_STATUSES)

    def _by_id(self, order_id: str) -> Order:
        if order_id not in self._orders:
            raise OrderRefusedError(NOT_FOUND, f"no order {order_id}")
        return self._orders[order_id]

    def _slice(self, order: Order, detail: Detail) -> LiveSlice:
        side = order.transaction_type or ""
        return LiveSlice(
            order_id=int(order.id or 0),
            order_status=order.order_status,
            transaction_type=side,
            bond=self._bonds[order.asset_id or ""],
            face=SIGNS[side] * exact(detail.quantity - detail.quantity_booked),
        )


def has_key(order: Order, key: ExternalKey) -> bool:
    """Say whether an order carries this external id of this account code."""
    reference = order.external_order_reference
    return (
        reference is not None
        and reference.external_id1 == key.external_id1
        and reference.account_code == key.account_code
    )
