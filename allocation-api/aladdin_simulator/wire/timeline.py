"""All states of one order, past and future, each with its time and the day on which it trades."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from aladdin_simulator.book import exact
from aladdin_simulator.wire.order_messages import Order
from aladdin_simulator.wire.order_rules import LIVE_STATUSES

AVERAGE_UNIT = Decimal("0.000001")
"""Unit of average prices."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The states of an order by `modify_time`; a client's change replaces those that were to come.

    `days` are the trade days of the states, and `touched` is the time of the client's last change.
    """

    states: tuple[Order, ...]
    days: tuple[date, ...]
    touched: datetime

    def at(self, moment: datetime) -> Order:
        """Return the state of the order at a time; before its entry, its first state."""
        return self.states[max(0, self._count(moment) - 1)]

    def settled(self, as_of: date) -> Order | None:
        """Return the state at a close, None for a later order; what is booked in it has settled."""
        count = bisect_right(self.days, as_of)
        return self.states[count - 1] if count else None

    def is_over(self, as_of: date) -> bool:
        """Return whether nothing happened after a close, nor will."""
        return self.days[-1] <= as_of and self.states[-1].order_status not in LIVE_STATUSES

    def touch(self, order: Order, future: tuple[Order, ...], days: tuple[date, ...]) -> Timeline:
        """Return the timeline after a client's change.

        Parameters
        ----------
        order : Order
            The state after the change.
        future : tuple
            The states that follow by themselves, in place of those that did.
        days : tuple of date
            Trade days of `order` and `future`; none counts as before the ones there are.
        """
        past = self._count(order.modify_time)
        latest = max(self.days[:past], default=date.min)
        kept = (*self.days[:past], *(max(day, latest) for day in days))
        return Timeline((*self.states[:past], order, *future), kept, order.modify_time)

    def _count(self, moment: datetime) -> int:
        return bisect_right(self.states, moment, key=lambda state: state.modify_time)


def booked_by_slice(order: Order | None) -> dict[int, Decimal]:
    """Return what is booked of every slice, by its id; nothing for no order."""
    details = order.order_details if order else ()
    return {detail.order_detail_id: exact(detail.quantity_booked) for detail in details}


@dataclass(frozen=True, slots=True)
class Fill:
    """What was booked of an order between two of its states: faces by account ticker, at one clean price."""

    price: Decimal
    faces: tuple[tuple[str, Decimal], ...]


def fill_between(before: Order | None, after: Order) -> Fill:
    """Return what was booked since `before`, None for all of it; the price is that part's average."""
    booked = booked_by_slice(before)
    faces = tuple(
        (detail.portfolio_reference.portfolio_ticker or "", face)
        for detail in after.order_details
        if (face := exact(detail.quantity_booked) - booked.get(detail.order_detail_id, Decimal(0)))
    )
    price, filled = exact(after.average_price), exact(after.fill_amount)
    had = exact(before.fill_amount) if before else Decimal(0)
    if before and had and filled != had:
        price = (price * filled - exact(before.average_price) * had) / (filled - had)
        price = price.quantize(AVERAGE_UNIT, rounding=ROUND_HALF_EVEN)
    return Fill(price, faces)
