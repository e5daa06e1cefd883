"""Order API of the simulated vendor: posts, changes and cancels block orders. Thread- and process-safe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from aladdin_simulator.book import exact
from aladdin_simulator.wire.desk_day import DeskDay, Today
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
    check_live,
)
from aladdin_simulator.wire.order_store import Clock, OrderStore
from aladdin_simulator.wire.position_rows import AccountSlice, PosSource
from aladdin_simulator.wire.timeline import Timeline, booked_by_slice, fill_between


class OrderDesk:
    """Carries out what clients ask of orders.

    Like the vendor, the desk does not detect duplicates: two orders may have the same external id.
    """

    def __init__(self, store: OrderStore, today: Today, *, clock: Clock) -> None:
        self._store = store
        self._today = today
        self._clock = clock

    def orders(self, moment: datetime) -> list[Order]:
        """Return the states of all orders at a time, oldest first."""
        return [timeline.at(moment) for timeline in self._store.timelines().values()]

    def slices(self, day: DeskDay) -> dict[str, list[AccountSlice]]:
        """Return the booked slices of all orders that are not in a day's positions, and the open ones."""
        now = self._clock()
        slices: dict[str, list[AccountSlice]] = {}
        for timeline in self._store.timelines().values():
            if not timeline.is_over(day.book.as_of):
                for ticker, part in _parts(timeline, now, day):
                    slices.setdefault(ticker, []).append(part)
        return slices

    def post(self, request: PostRequest, *, compliance_times_out: bool = False) -> PostResult:
        """Post a new order or a change; with `whatIf` return the result without storing it.

        Compliance reports violations and never blocks. If it times out, the order is posted as
        `Compl Pending`, without violations.
        """
        config = request.post_order_config or PostConfig(what_if=False)
        pending = compliance_times_out and config.run_compliance
        with self._store.turn():
            day = self._today()
            try:
                order = self._read(day, request.order)
            except OrderRefusedError as refusal:
                return PostResult(error=refusal.status)
            if pending and order.order_status != BOOKED:
                order = replace(order, order_status=COMPL_PENDING)
            violations = None
            if config.run_compliance and not pending:
                own = self._store.timeline(order.id or "")
                elsewhere = day.exposures.elsewhere(order, own, order.modify_time)
                violations = day.compliance.violations(order, elsewhere) or None
            if not config.what_if:
                order = self._store.keep(order)
            return PostResult(output=PostOutput(order=order, compliance_violations=violations))

    def cancel(self, request: CancelRequest) -> CancelResult:
        """Cancel the open part of a live order; booked fills stay."""
        with self._store.turn():
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
            return CancelResult(output=self._store.keep(canceled))

    def _read(self, day: DeskDay, sent: OrderInput) -> Order:
        if sent.id is None:
            return day.rules.new_order(sent, self._clock())
        order, now = self._to_touch(self._timeline(sent.id))
        return day.rules.changed_order(order, sent, now)

    def _to_touch(self, timeline: Timeline) -> tuple[Order, datetime]:
        """Return an order's present state and the current time, which is never before its last change."""
        now = max(self._clock(), timeline.touched)
        return timeline.at(now), now

    def _find(self, request: CancelRequest) -> Timeline:
        """Return the order to cancel: by its id, or the oldest with the external id, live ones first."""
        if request.order_id is not None:
            return self._timeline(request.order_id)
        key = request.external_reference
        if key is None:
            raise OrderRefusedError(INVALID_ARGUMENT, "orderId or externalReference is needed")
        now = self._clock()
        matches = [
            timeline for timeline in self._store.timelines().values() if has_key(timeline.at(now), key)
        ]
        if not matches:
            raise OrderRefusedError(NOT_FOUND, f"no order with externalId1 {key.external_id1}")
        return min(matches, key=lambda timeline: timeline.at(now).order_status not in LIVE_STATUSES)

    def _timeline(self, order_id: str) -> Timeline:
        timeline = self._store.timeline(order_id)
        if timeline is None:
            raise OrderRefusedError(NOT_FOUND, f"no order {order_id}")
        return timeline


def has_key(order: Order, key: ExternalKey) -> bool:
    """Return whether an order has this external id under this account code."""
    reference = order.external_order_reference
    return (
        reference is not None
        and reference.external_id1 == key.external_id1
        and reference.account_code == key.account_code
    )


def _parts(timeline: Timeline, now: datetime, day: DeskDay) -> Iterator[tuple[str, AccountSlice]]:
    """Yield each account's slice that was booked since the close, and its open slice at the market price."""
    order, settled = timeline.at(now), timeline.settled(day.book.as_of)
    side, bond = (
        order.transaction_type or "",
        day.book.bond_by_cusip[order.asset_id or ""].settling(order.settle_date),
    )
    live = order.order_status in LIVE_STATUSES
    price = fill_between(settled, order).price
    before = booked_by_slice(settled)
    for detail in order.order_details:
        booked, quantity = exact(detail.quantity_booked), exact(detail.quantity)
        parts = [
            (PosSource.TRADE, booked - before.get(detail.order_detail_id, Decimal(0)), price),
            (PosSource.ORDER, quantity - booked if live else Decimal(0), bond.price),
        ]
        for source, face, clean in parts:
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
                        price=clean,
                    ),
                )
