"""Order store of the simulated vendor: posts, changes and cancels block orders, in memory. Thread-safe."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from aladdin_simulator.book import SimulatorBook, exact
from aladdin_simulator.wire.compliance import Compliance
from aladdin_simulator.wire.exposures import Exposures
from aladdin_simulator.wire.fills import Fills, Timeline
from aladdin_simulator.wire.order_messages import (
    CancelRequest,
    CancelResult,
    ExternalKey,
    Order,
    OrderInput,
    PostConfig,
    PostOutput,
    PostRequest,
    PostResult,
)
from aladdin_simulator.wire.order_rules import (
    BOOKED,
    CANCELED,
    COMPL_PENDING,
    INVALID_ARGUMENT,
    LIVE_STATUSES,
    NOT_FOUND,
    SIGNS,
    OrderRefusedError,
    OrderRules,
    check_live,
)
from aladdin_simulator.wire.portfolios import Portfolios
from aladdin_simulator.wire.position_rows import AccountSlice, PosSource

Clock = Callable[[], datetime]


class OrderDesk:
    """All orders of one simulator, each with its timeline.

    Like the vendor, the desk does not detect duplicates: two orders may have the same external id.
    """

    def __init__(
        self, book: SimulatorBook, portfolios: Portfolios, fills: Fills, *, clock: Clock, first_order_id: int
    ) -> None:
        self._bonds = book.bond_by_cusip
        self._rules = OrderRules(book, portfolios)
        self._compliance = Compliance(book)
        self._fills = fills
        self._clock = clock
        self._next_id = first_order_id
        self._timelines: dict[str, Timeline] = {}
        self._exposures = Exposures(book.bond_by_cusip)
        self._lock = threading.Lock()

    def orders(self, moment: datetime) -> list[Order]:
        """Return the states of all orders at a time, oldest first."""
        with self._lock:
            timelines = list(self._timelines.values())
        return [timeline.at(moment) for timeline in timelines]

    def slices(self) -> dict[str, list[AccountSlice]]:
        """Return the booked slices of all orders and the open slices of live ones, by account ticker."""
        slices: dict[str, list[AccountSlice]] = {}
        for order in self.orders(self._clock()):
            for ticker, part in self._parts(order):
                slices.setdefault(ticker, []).append(part)
        return slices

    def post(self, request: PostRequest, *, compliance_times_out: bool = False) -> PostResult:
        """Post a new order or a change; with `whatIf` return the result without storing it.

        Compliance reports violations and never blocks. If it times out, the order is posted as
        `Compl Pending`, without violations.
        """
        config = request.post_order_config or PostConfig(what_if=False)
        pending = compliance_times_out and config.run_compliance
        with self._lock:
            try:
                order = self._read(request.order)
            except OrderRefusedError as refusal:
                return PostResult(error=refusal.status)
            if pending and order.order_status != BOOKED:
                order = replace(order, order_status=COMPL_PENDING)
            violations = None
            if config.run_compliance and not pending:
                own = self._timelines.get(order.id or "")
                elsewhere = self._exposures.elsewhere(order, own, order.modify_time)
                violations = self._compliance.violations(order, elsewhere) or None
            if not config.what_if:
                order = self._keep(order)
            return PostResult(output=PostOutput(order=order, compliance_violations=violations))

    def cancel(self, request: CancelRequest) -> CancelResult:
        """Cancel the open part of a live order; booked fills stay."""
        with self._lock:
            try:
                order, now = self._to_touch(self._find(request))
                check_live(order, "canceled")
            except OrderRefusedError as refusal:
                return CancelResult(error=refusal.status)
            comments = (*(order.order_comments or ()), *(request.order_comments or ()))
            canceled = replace(
                order,
                order_status=CANCELED,
                version=order.version + 1,
                touch_count=order.touch_count + 1,
                modify_time=now,
                order_comments=comments or None,
            )
            return CancelResult(output=self._keep(canceled))

    def _read(self, sent: OrderInput) -> Order:
        if sent.id is None:
            return self._rules.new_order(sent, self._clock())
        order, now = self._to_touch(self._timeline(sent.id))
        return self._rules.changed_order(order, sent, now)

    def _to_touch(self, timeline: Timeline) -> tuple[Order, datetime]:
        """Return an order's present state and the current time, which is never before its last change."""
        now = max(self._clock(), timeline.touched)
        return timeline.at(now), now

    def _keep(self, order: Order) -> Order:
        """Store an order with its future states; a new one gets the next id."""
        if order.id is None:
            order = replace(order, id=str(self._next_id))
            self._next_id += 1
        order_id = order.id or ""
        before = self._timelines.get(order_id)
        timeline = before or Timeline((), order.modify_time)
        self._timelines[order_id] = timeline.touch(order, self._fills.future_states(order))
        self._exposures.replace(before, self._timelines[order_id])
        return order

    def _find(self, request: CancelRequest) -> Timeline:
        """Return the order to cancel: by its id, or the oldest with the external id, live ones first."""
        if request.order_id is not None:
            return self._timeline(request.order_id)
        key = request.external_reference
        if key is None:
            raise OrderRefusedError(INVALID_ARGUMENT, "orderId or externalReference is needed")
        now = self._clock()
        matches = [timeline for timeline in self._timelines.values() if has_key(timeline.at(now), key)]
        if not matches:
            raise OrderRefusedError(NOT_FOUND, f"no order with externalId1 {key.external_id1}")
        return min(matches, key=lambda timeline: timeline.at(now).order_status not in LIVE_STATUSES)

    def _timeline(self, order_id: str) -> Timeline:
        if order_id not in self._timelines:
            raise OrderRefusedError(NOT_FOUND, f"no order {order_id}")
        return self._timelines[order_id]

    def _parts(self, order: Order) -> Iterator[tuple[str, AccountSlice]]:
        """Yield each account's booked slice at the average price, and its open slice at the market price."""
        side = order.transaction_type or ""
        bond = self._bonds[order.asset_id or ""].settling(order.settle_date)
        live = order.order_status in LIVE_STATUSES
        for detail in order.order_details:
            booked, quantity = exact(detail.quantity_booked), exact(detail.quantity)
            parts = [
                (PosSource.TRADE, booked, exact(order.average_price)),
                (PosSource.ORDER, quantity - booked if live else Decimal(0), bond.price),
            ]
            for source, face, price in parts:
                if face:
                    yield (
                        detail.portfolio_reference.portfolio_ticker or "",
                        AccountSlice(
                            source=source,
                            order_id=int(order.id or 0),
                            order_status=order.order_status if source is PosSource.ORDER else None,
                            transaction_type=side,
                            bond=bond,
                            face=SIGNS[side] * face,
                            price=price,
                        ),
                    )


def has_key(order: Order, key: ExternalKey) -> bool:
    """Return whether an order has this external id under this account code."""
    reference = order.external_order_reference
    return (
        reference is not None
        and reference.external_id1 == key.external_id1
        and reference.account_code == key.account_code
    )
