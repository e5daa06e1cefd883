"""Reports over stored allocations, orders and fills."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from app.core.clock import utc_now
from app.models import AccountRow, OrderRow, OrderSliceRow, PortfolioGroupRow
from app.services.audit.trail import AuditService
from app.services.domain.book import AsOf, Holding, Price
from app.services.domain.positions import AccountPositions
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.reports.committed import FairnessService
from app.services.reports.first_day import FirstDayPrices
from app.services.reports.history import HistoryReport
from app.services.reports.views import LineFilter, Period
from tests.support.databases import migrated
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.stored_allocations import AT, BOND, add_allocation, add_fill, line

MIDNIGHT = datetime(2026, 7, 1, tzinfo=UTC)
DAY = MIDNIGHT.date()
MONTH = Period(DAY, date(2026, 7, 31))


@pytest.fixture
def database(tmp_path):
    found = migrated(f"sqlite:///{tmp_path / 'test.db'}")
    yield found
    found.close()


@pytest.fixture
def add(database):
    def made(name, lines, **other):
        with database.write() as session:
            add_allocation(session, name, lines, **other)

    return made


@pytest.fixture
def history(database):
    return HistoryReport(database, lambda: AT)


def all_pages(history, filters, limit):
    seen, cursor = [], None
    while True:
        page = history.page(filters, cursor=cursor, limit=limit)
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            return seen


# --- history ------------------------------------------------------------------------------------------------


def test_a_line_says_what_was_allocated_and_what_was_filled(add, history):
    lines = {
        "A": line(1_000, filled="400", principal="396.07"),
        "B": line(0, most=0, reason="COMPLIANCE"),
    }
    add("one", lines, price=Decimal("99.0175"))
    a, b = history.page(LineFilter(), cursor=None, limit=10).items
    assert (a.account_id, a.allocated_quantity, a.filled_quantity) == ("A", 1_000, Decimal(400))
    assert (a.principal, a.average_price) == (Decimal("396.07"), Decimal("99.0175"))
    assert (a.allocation_id, a.order_id, a.status, a.side) == ("one", "O-one", "SUBMITTED", Side.BUY)
    assert (a.created_at, a.committed_at, a.created_by, a.method) == (AT, AT, "anna", Method.PRO_RATA)
    assert (b.account_id, b.reason_code) == ("B", "COMPLIANCE")
    assert (b.filled_quantity, b.principal, b.average_price) == (Decimal(0), Decimal(0), None)


def test_an_account_has_its_last_fill(database, add, history):
    add("one", {"A": line(1_000, filled="400", principal="396"), "B": line(500, filled="9", principal="9")})
    with database.write() as session:
        step = {"A": line(1_000, filled="1000", principal="985.50")}
        add_fill(session, "O-one", 2, Decimal("98.55"), step)
    a, b = history.page(LineFilter(), cursor=None, limit=10).items
    assert (a.filled_quantity, a.principal, a.average_price) == (1_000, Decimal("985.50"), Decimal("98.55"))
    assert b.filled_quantity == 9


def test_without_an_order_nothing_is_said_of_fills(add, history):
    add("one", {"A": line(1_000)}, order=False, status="PREVIEWED")
    (found,) = history.page(LineFilter(), cursor=None, limit=10).items
    assert (found.order_id, found.filled_quantity, found.committed_at) == (None, None, None)
    assert found.status == "EXPIRED"


@pytest.mark.parametrize(("status", "filled"), [("Active", Decimal(0)), ("Booked", None), ("Canceled", None)])
def test_an_order_that_was_over_before_fills_were_kept_is_not_called_unfilled(add, history, status, filled):
    add("one", {"A": line(1_000)}, order_status=status)
    (found,) = history.page(LineFilter(), cursor=None, limit=10).items
    assert found.filled_quantity == filled


def test_history_filters(add, history):
    add("one", {"A": line(1), "B": line(2)}, at=MIDNIGHT - timedelta(microseconds=1))
    add("two", {"A": line(3)}, at=MIDNIGHT, security_id="OTHER")
    add("three", {"A": line(4)}, at=MIDNIGHT + timedelta(days=1) - timedelta(microseconds=1), status="FAILED")
    add("four", {"A": line(5)}, at=MIDNIGHT + timedelta(days=1))

    def found(**filters):
        return [x.allocation_id for x in history.page(LineFilter(**filters), cursor=None, limit=9).items]

    assert found() == ["four", "three", "two", "one", "one"]
    assert found(account_id="B") == ["one"]
    assert found(date_from=DAY, date_to=DAY) == ["three", "two"]
    assert found(date_to=DAY - timedelta(days=1)) == ["one", "one"]
    assert found(date_from=date.max, date_to=date.max) == []
    assert found(security_id="other") == ["two"]
    assert found(status="FAILED") == ["three"]
    assert found(status="EXPIRED") == []


def test_a_big_history_is_paged_and_streamed_whole(database, add, history):
    names = [f"A|{i:04}" for i in range(1_700)]
    for k in range(3):
        at = AT + timedelta(seconds=k // 2)
        add(f"m{k}", {n: line(k, filled=k, principal=k) for n in names}, at=at)
    expected = [(f"m{k}", n) for k in (2, 1, 0) for n in names]
    statements = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    streamed = [(x.allocation_id, x.account_id) for x in history.all(LineFilter())]
    assert streamed == expected
    assert len(statements) < 15
    assert [(x.allocation_id, x.account_id) for x in all_pages(history, LineFilter(), 700)] == expected


# --- fairness -----------------------------------------------------------------------------------------------


def report(database, period=MONTH):
    return FairnessService(database).report(period)


def full(face, **more):
    """An account whose slice is filled."""
    return line(face, filled=face, principal=face, **more)


def test_fairness_is_computed_from_what_is_stored(database, add):
    # R13.1, R13.2
    """600 asked and 450 filled by NAV 1 : 2 are 150 and 300; C could take nothing."""
    add(
        "one",
        {
            "A": line(600, nav="100", filled="450", principal="445.50"),
            "B": line(0, nav="200"),
            "C": line(0, nav="9", most=0),
        },
        first_day_price=Decimal("99.5"),
    )
    add("two", {"A": full(400, nav=None, most=None)})
    found = report(database)
    a, b = found.accounts
    assert (found.allocations, found.not_comparable, found.asked_quantity) == (2, 1, 1_000)
    assert found.filled_quantity == 850
    assert (a.entitled_quantity, b.entitled_quantity) == (Decimal(150), Decimal(300))
    assert (a.average_price, a.price_difference) == (Decimal(99), Decimal(0))
    assert (a.gains.gained, a.gains.known, b.gains.known) == (1, 1, 0)
    assert (a.fill_ratio, a.not_comparable) == (Decimal("0.85"), 1)


def test_orders_without_a_fill_are_left_out_and_told_from_unknown_ones(database, add):
    # R13.2, R13.5
    add("filled", {"A": full(100), "B": full(100)})
    add("working", {"A": line(20_000_000)})
    add("cancelled", {"A": line(20_000_000)}, order_status="Canceled", status="CANCELLED")
    add("expired", {"A": line(20_000_000)}, order_status="Expired")
    add("older", {"A": line(20_000_000)}, order_status="Canceled", trade_date=None)
    add("booked", {"A": line(20_000_000)}, order_status="Booked")
    add("not-allocated", {"A": line(300)}, order_filled=Decimal(200))
    found = report(database)
    assert (found.allocations, found.not_filled, found.not_known) == (1, 3, 3)
    assert [(a.account_id, a.asked_quantity, a.entitlement_ratio) for a in found.accounts] == [
        ("A", 100, 1),
        ("B", 100, 1),
    ]


def test_an_account_that_got_its_slice_at_aladdin_is_in_the_report(database, add):
    """The desk gave 300 of A's 1,000 to Z at Aladdin, where both were filled."""
    add("one", {"A": full(1_000)})
    with database.write() as session:
        for account, face in (("A", 700), ("Z", 300)):
            session.merge(OrderSliceRow(order_id="O-one", account_id=account, quantity=Decimal(face)))
        add_fill(session, "O-one", 2, Decimal(99), {"A": full(700), "Z": full(300)})
    a, z = report(database).accounts
    assert [(x.account_id, x.asked_quantity, x.filled_quantity) for x in (a, z)] == [
        ("A", 700, 700),
        ("Z", 300, 300),
    ]
    assert (z.not_comparable, z.entitled_quantity) == (1, None)


def test_an_account_has_its_name(database, add):
    add("one", {"A": full(1), "B": full(1)})
    with database.write() as session:
        session.add(AccountRow(account_id="A", account_name="Alpha", restrictions=""))
    assert [a.account_name for a in report(database).accounts] == ["Alpha", None]


def test_fairness_filters(database, add):
    add("early", {"A": full(1)}, at=MIDNIGHT - timedelta(microseconds=1))
    add("first", {"A": full(10)}, at=MIDNIGHT)
    end = MIDNIGHT + timedelta(days=1)
    add("last", {"A": full(100)}, at=end - timedelta(microseconds=1), side="SELL", groups=("G", "H"))
    add("late", {"A": full(1_000)}, at=end)
    add("method", {"A": full(10_000)}, method="CUSTOM_WEIGHTS")
    add("refused", {"A": full(100_000)}, status="FAILED")
    add("preview", {"A": full(100_000)}, status="PREVIEWED", order=False)
    add("cancelled", {"A": full(1_000_000)}, status="CANCELLED")

    def total(**filters):
        return report(database, Period(DAY, DAY, **filters)).filled_quantity

    assert total() == 1_010_110
    assert total(side=Side.SELL) == 100
    assert total(group_id="H") == 100
    assert total(method=Method.CUSTOM_WEIGHTS) == 10_000
    assert total(group_id="NONE") == 0


def test_many_allocations_take_few_statements(database, add):
    lines = {f"A{i:04}": line(1_000, nav=str(1_000 + i), filled=1_000, principal=990) for i in range(100)}
    for k in range(120):
        add(f"m{k:03}", lines, first_day_price=Decimal(100))
    statements = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    found = report(database)
    assert len(statements) < 12
    assert found.filled_quantity == 120 * 100 * 1_000
    assert (len(found.accounts), found.accounts[0].gains.known) == (100, 120)
    total = sum(a.entitled_quantity for a in found.accounts)
    assert abs(total - found.filled_quantity) < 1


# --- first-day prices ---------------------------------------------------------------------------------------


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


# --- a desk -------------------------------------------------------------------------------------------------


def test_a_desk_reads_its_reports(golden_desk):
    account = golden_desk.get("portfolio-groups")["portfolio_groups"][0]["accounts"][0]["account_id"]
    bond = golden_desk.get("securities/search", query="us", limit=1)["securities"][0]["cusip"]
    group = golden_desk.get("portfolio-groups")["portfolio_groups"][0]["group_id"]
    preview = golden_desk.preview(bond, 1_000_000, groups=(group,))
    golden_desk.post(f"allocations/{preview['allocation_id']}/commit", {"override_warnings": True})
    golden_desk.services.jobs.do("first-day-prices")
    lines = golden_desk.get("reports/allocation-history", account_id=account)["lines"]
    assert [entry["allocation_id"] for entry in lines] == [preview["allocation_id"]]
    path = f"/v1/reports/allocation-history?format=csv&account_id={account}"
    answer = golden_desk.client.get(path, headers=golden_desk.headers)
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["allocated_quantity"] == str(lines[0]["allocated_quantity"])


def test_an_order_cancelled_at_once_moves_no_ratio(tmp_path):
    # R13.5
    """3,800,000 by NAV of which nothing is ever filled."""
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, MOCK_FILL_SECONDS="0")
    preview = desk.preview("912828YW4", 3_800_000, groups=("GOLDEN",))
    (order_id,) = desk.post(f"allocations/{preview['allocation_id']}/commit")["aladdin_order_ids"]
    desk.call("DELETE", f"orders/{order_id}", json={"reason": "withdrawn"})
    days = {"date_from": "2000-01-01", "date_to": "2100-01-01"}
    found = desk.get("reports/fairness", **days)
    assert (found["allocations"], found["not_filled"], found["accounts"]) == (0, 1, [])
