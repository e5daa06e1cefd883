"""First-day prices: the market price of a bond at the end of the trade date, stored by order (R13.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.database import Database, rows_changed
from app.core.numbers import PRICE_UNIT
from app.models import OrderRow
from app.services.accounts import reference
from app.services.audit.trail import Action, AuditService, Changed, EntityType
from app.services.domain.book import AsOf, Price
from app.services.domain.positions import AccountPositions, latest_price

FIRST_DAY_WINDOW = timedelta(days=7)
"""Longest time from trade date to price date of a first-day price; weekends and holidays fit in."""

Positions = Callable[[Sequence[str], AsOf], Sequence[AccountPositions]]


class FirstDayPrices:
    """Background job: stores the first market price of each order that is dated late enough.

    Parameters
    ----------
    least_days : int
        Days from trade date to the earliest price date: 0 where prices move within a day, so that the trade
        date's last price says something; 1 where they do not, as in a simulator.
    """

    def __init__(
        self,
        database: Database,
        audit: AuditService,
        positions: Positions,
        business_date: Callable[[], date],
        *,
        least_days: int = 0,
    ) -> None:
        self._least = timedelta(days=least_days)
        self._database = database
        self._audit = audit
        self._positions = positions
        self._business_date = business_date

    def store(self) -> None:
        """Store the missing first-day prices that are known by now, with at most one read of the vendor.

        Raises
        ------
        VendorError
            When Aladdin does not answer.
        """
        with self._database.read() as session:
            wanted = _wanted(session, self._business_date() - FIRST_DAY_WINDOW)
            groups = tuple(group.group_id for group in reference.groups(session))
        if not wanted or not groups:
            return
        positions = self._positions(groups, AsOf.SOD)
        prices = {security_id: latest_price(positions, security_id) for security_id, _ in wanted}
        found = [
            (security_id, traded, price)
            for security_id, traded in wanted
            if (price := prices[security_id]) is not None and self._is_first_day(price, traded)
        ]
        if found:
            self._database.retried(lambda session: self._store(session, found))

    def _store(self, session: Session, found: Iterable[tuple[str, date, Price]]) -> None:
        for security_id, traded, price in found:
            missing = (
                OrderRow.security_id == security_id,
                OrderRow.trade_date == traded,
                OrderRow.first_day_price.is_(None),
            )
            order_ids = session.scalars(select(OrderRow.order_id).where(*missing)).all()
            values = {
                "first_day_price": price.clean.quantize(PRICE_UNIT),
                "first_day_price_date": price.price_date,
            }
            for order_id in order_ids:
                store = update(OrderRow).where(OrderRow.order_id == order_id, *missing).values(**values)
                if rows_changed(session, store):
                    after = {name: str(value) for name, value in values.items()}
                    self._audit.record_system(
                        session,
                        Action.FIRST_DAY_PRICE,
                        EntityType.ORDER,
                        order_id,
                        after=after,
                        rows=(Changed(OrderRow, values.keys()),),
                    )

    def _is_first_day(self, price: Price, traded: date) -> bool:
        day = price.price_date
        return day is not None and traded + self._least <= day <= traded + FIRST_DAY_WINDOW


def _wanted(session: Session, since: date) -> list[tuple[str, date]]:
    """Return the distinct (security id, trade date) of orders without a first-day price."""
    query = (
        select(OrderRow.security_id, OrderRow.trade_date)
        .where(OrderRow.trade_date >= since, OrderRow.first_day_price.is_(None))
        .distinct()
    )
    return [(security_id, traded) for security_id, traded in session.execute(query) if traded is not None]
