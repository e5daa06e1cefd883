"""What the accounts' orders come to by issuer, kept up to date so that nobody has to look at every order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from aladdin_simulator.book import Bond, exact
from aladdin_simulator.wire.fills import Course
from aladdin_simulator.wire.order_messages import Order
from aladdin_simulator.wire.order_rules import EXPIRED, LIVE_STATUSES, SIGNS


class Exposures:
    """The market value of what is booked in all orders and open in live ones, by issuer and account ticker.

    A fill changes no value: what was open is booked then. So an order counts the same from one touch to the
    next and is added up once; only one that a day's end will expire is looked at each time.
    """

    def __init__(self, bonds: Mapping[str, Bond]) -> None:
        self._bonds = bonds
        self._sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        self._expiring: dict[str, dict[str | None, Course]] = defaultdict(dict)

    def replace(self, before: Course | None, course: Course) -> None:
        """Count a course in place of what it was before its last touch; None for a new order's."""
        if before is not None:
            self._count(before, -1)
        self._count(course, 1)

    def elsewhere(self, order: Order, own: Course | None, moment: datetime) -> Mapping[str, Decimal]:
        """Return what all orders but this one come to in bonds of its issuer, by account; sales count less.

        Parameters
        ----------
        own : Course or None
            The order's own course if it is kept already.
        """
        issuer = self._issuer(order)
        values = defaultdict(Decimal, self._sums[issuer])
        others = [course for course in self._expiring[issuer].values() if course is not own]
        self._add(values, (course.at(moment) for course in others), 1)
        if own is not None and not _expires(own):
            self._add(values, [own.states[-1]], -1)
        return values

    def _count(self, course: Course, times: int) -> None:
        last = course.states[-1]
        issuer = self._issuer(last)
        if not _expires(course):
            self._add(self._sums[issuer], [last], times)
        elif times > 0:
            self._expiring[issuer][last.id] = course
        else:
            del self._expiring[issuer][last.id]

    def _add(self, values: dict[str, Decimal], orders: Iterable[Order], times: int) -> None:
        for order in orders:
            bond, sign = self._bonds[order.asset_id or ""], times * SIGNS[order.transaction_type or ""]
            live = order.order_status in LIVE_STATUSES
            for detail in order.order_details:
                face = exact(detail.quantity if live else detail.quantity_booked)
                values[detail.portfolio_reference.portfolio_ticker or ""] += sign * bond.market_value(face)

    def _issuer(self, order: Order) -> str:
        return self._bonds[order.asset_id or ""].issuer_id


def _expires(course: Course) -> bool:
    return course.states[-1].order_status == EXPIRED
