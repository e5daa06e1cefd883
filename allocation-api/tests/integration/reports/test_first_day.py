"""First-day prices: which are stored, of which orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core.clock import utc_now
from app.models import OrderRow, PortfolioGroupRow
from app.services.audit.trail import AuditService
from app.services.domain.book import AsOf, Holding, Price
from app.services.domain.positions import AccountPositions
from app.services.reports.first_day import FirstDayPrices
from tests.support.stored_allocations import BOND, line

MIDNIGHT = datetime(2026, 7, 1, tzinfo=UTC)
DAY = MIDNIGHT.date()


class Book:
    """Positions in which the bond has the prices that the test names."""

    def __init__(self, *prices):
        self.prices, self.asked = prices, []

    def positions(self, groups, as_of):
        self.asked.append((tuple(groups), as_of))
        return [
            AccountPositions(f"A{i}", None, None, None, None, (holding(i, p),))
            for i, p in enumerate(self.prices)
        ]


def holding(i, price):
    face = Decimal(1_000)
    return Holding(f"A{i}", BOND, None, face, face, None, price, None, None, None)


def price(clean, day):
    return Price(Decimal(clean), day, "ALADDIN")


@pytest.fixture
def with_group(database):
    with database.write() as session:
        session.add(PortfolioGroupRow(group_id="G", group_name="g", description="", strategy="", manager=""))


def stored_prices(database):
    with database.read() as session:
        rows = session.execute(select(OrderRow.order_id, OrderRow.first_day_price))
        return {order_id.removeprefix("O-"): found for order_id, found in rows}


def store(database, book, today=DAY):
    FirstDayPrices(database, AuditService(database, utc_now), book.positions, lambda: today).store()


def test_the_first_price_on_or_after_the_trade_date_is_stored_once(database, add, with_group):
    add("mine", {"A": line(1)})
    add("other", {"A": line(1)}, security_id="OTHER")
    add("undated", {"A": line(1)}, trade_date=None)
    book = Book(price("98.5", DAY - timedelta(days=1)))
    store(database, book)
    assert stored_prices(database) == {"mine": None, "other": None, "undated": None}
    store(database, Book(price("98.5", DAY - timedelta(days=1)), price("99.125", DAY), price("97", None)))
    assert stored_prices(database) == {"mine": Decimal("99.125"), "other": None, "undated": None}
    store(database, Book(price("101", DAY + timedelta(days=1))), DAY + timedelta(days=1))
    assert stored_prices(database)["mine"] == Decimal("99.125")
    assert book.asked == [(("G",), AsOf.SOD)]


def test_aladdin_is_not_asked_when_nothing_waits(database, add, with_group):
    add("mine", {"A": line(1)}, first_day_price=Decimal(1))
    add("undated", {"A": line(1)}, trade_date=None)
    book = Book(price("99", DAY))
    store(database, book)
    assert book.asked == []


def test_a_price_from_weeks_later_is_no_first_day_price(database, add, with_group):
    # R13.3
    add("mine", {"A": line(1)})
    later = DAY + timedelta(days=8)
    store(database, Book(price("99", later)), DAY + timedelta(days=7))
    assert stored_prices(database) == {"mine": None}
    book = Book(price("99", DAY))
    store(database, book, later)
    assert book.asked == []


@pytest.mark.parametrize(("days", "kept"), [(0, None), (1, Decimal("99.5")), (7, Decimal("99.5")), (8, None)])
def test_where_prices_stand_still_within_a_day_a_later_one_is_needed(database, add, with_group, days, kept):
    # R13.3
    add("mine", {"A": line(1)})
    book = Book(price("99.5", DAY + timedelta(days=days)))
    FirstDayPrices(
        database, AuditService(database, utc_now), book.positions, lambda: DAY, least_days=1
    ).store()
    assert stored_prices(database) == {"mine": kept}
