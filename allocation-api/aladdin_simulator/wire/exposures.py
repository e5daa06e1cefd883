"""Running totals of the accounts' orders by issuer, so that a compliance check need not read all orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from aladdin_simulator.book import Bond, exact
from aladdin_simulator.wire.order_messages import Order
from aladdin_simulator.wire.order_rules import EXPIRED, LIVE_STATUSES, SIGNS
from aladdin_simulator.wire.timeline import Timeline, booked_by_slice


class Exposures:
    """Market value of the booked part of all orders and the open part of live ones, by issuer and account.

    A fill changes no value, since what was open is then booked. So an order's value is constant between two
    changes and is added to the totals once; only orders that will expire are evaluated at each query. What
    settled up to a close is in the positions, and is not counted.

    Parameters
    ----------
    bonds : mapping
        Bonds by CUSIP.
    as_of : date
        The close of the positions.
    """

    def __init__(self, bonds: Mapping[str, Bond], as_of: date) -> None:
        self._bonds = bonds
        self._as_of = as_of
        self._sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        self._expiring: dict[str, dict[str | None, Timeline]] = defaultdict(dict)

    def replace(self, before: Timeline | None, timeline: Timeline) -> None:
        """Replace an order's former timeline, None for a new order, by its present one."""
        if before is not None:
            self._count(before, -1)
        self._count(timeline, 1)

    def elsewhere(self, order: Order, own: Timeline | None, moment: datetime) -> Mapping[str, Decimal]:
        """Return the value of all other orders in bonds of the issuer, by account; sales are negative.

        Parameters
        ----------
        own : Timeline or None
            The order's own timeline, if it is stored already.
        """
        issuer = self._issuer(order)
        values = defaultdict(Decimal, self._sums[issuer])
        others = [timeline for timeline in self._expiring[issuer].values() if timeline is not own]
        for timeline in others:
            self._add(values, timeline, timeline.at(moment), 1)
        if own is not None and not _expires(own):
            self._add(values, own, own.states[-1], -1)
        return values

    def _count(self, timeline: Timeline, times: int) -> None:
        if timeline.is_over(self._as_of):
            return
        last = timeline.states[-1]
        issuer = self._issuer(last)
        if not _expires(timeline):
            self._add(self._sums[issuer], timeline, last, times)
        elif times > 0:
            self._expiring[issuer][last.id] = timeline
        else:
            del self._expiring[issuer][last.id]

    def _add(self, values: dict[str, Decimal], timeline: Timeline, order: Order, times: int) -> None:
        settled = booked_by_slice(timeline.settled(self._as_of))
        bond, sign = self._bonds[order.asset_id or ""], times * SIGNS[order.transaction_type or ""]
        live = order.order_status in LIVE_STATUSES
        for detail in order.order_details:
            face = exact(detail.quantity if live else detail.quantity_booked)
            face -= settled.get(detail.order_detail_id, Decimal(0))
            values[detail.portfolio_reference.portfolio_ticker or ""] += sign * bond.market_value(face)

    def _issuer(self, order: Order) -> str:
        return self._bonds[order.asset_id or ""].issuer_id


def _expires(timeline: Timeline) -> bool:
    return timeline.states[-1].order_status == EXPIRED
