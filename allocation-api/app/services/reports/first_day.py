"""First-day prices: what the market said of a bond at the end of the day on which it was traded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.columns import PRICE_UNIT
from app.core.database import Database
from app.models import OrderRow
from app.services.accounts import reference
from app.services.domain.book import AsOf, Price
from app.services.domain.positions import AccountPositions, latest_price

WINDOW = timedelta(days=7)
"""A price from longer after the trade date is none of its first day; weekends and holidays fit in."""

Positions = Callable[[Sequence[str], AsOf], Sequence[AccountPositions]]


class FirstDayPrices:
    """Stores, for orders that have none, the first price seen that is dated on or after their trade date."""

    def __init__(self, database: Database, positions: Positions, business_date: Callable[[], date]) -> None:
        self._database = database
        self._positions = positions
        self._business_date = business_date

    def store(self) -> None:
        """Look for prices and store those that are there; the vendor is asked once, or not at all.

        Raises
        ------
        VendorError
            When Aladdin cannot answer.
        """
        with self._database.read() as session:
            wanted = _wanted(session, self._business_date() - WINDOW)
            groups = tuple(group.group_id for group in reference.groups(session))
        if not wanted or not groups:
            return
        positions = self._positions(groups, AsOf.SOD)
        prices = {security_id: latest_price(positions, security_id) for security_id, _ in wanted}
        found = [
            (security_id, traded, price)
            for security_id, traded in wanted
            if (price := prices[security_id]) is not None and _is_first_day(price, traded)
        ]
        if found:
            self._database.retried(lambda session: _store(session, found))


def _wanted(session: Session, since: date) -> list[tuple[str, date]]:
    """Return bond and trade date of the orders that wait for a price, each pair once."""
    query = (
        select(OrderRow.security_id, OrderRow.trade_date)
        .where(OrderRow.trade_date >= since, OrderRow.first_day_price.is_(None))
        .distinct()
    )
    return [(security_id, traded) for security_id, traded in session.execute(query) if traded is not None]


def _is_first_day(price: Price, traded: date) -> bool:
    return price.price_date is not None and traded <= price.price_date <= traded + WINDOW


def _store(session: Session, found: Iterable[tuple[str, date, Price]]) -> None:
    for security_id, traded, price in found:
        session.execute(
            update(OrderRow)
            .where(
                OrderRow.security_id == security_id,
                OrderRow.trade_date == traded,
                OrderRow.first_day_price.is_(None),
            )
            .values(first_day_price=price.clean.quantize(PRICE_UNIT), first_day_price_date=price.price_date)
        )
