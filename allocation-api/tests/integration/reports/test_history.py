"""The history of allocations by account, and the list of allocations, over stored rows."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import delete

from app.models import AccountRow, OrderSliceRow, SecurityRow
from app.services.allocations.history import HistoryFilter, summaries
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.reports.history import HistoryReport
from app.services.reports.views import LineFilter
from app.services.visibility.visibility import EVERYTHING
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.statements import sent_by
from tests.support.stored_allocations import AT, BOND, UTC_ZONE, add_allocation, add_fill, full, line

MIDNIGHT = datetime(2026, 7, 1, tzinfo=UTC)
DAY = MIDNIGHT.date()


@pytest.fixture
def history(database):
    return HistoryReport(database, lambda: AT, UTC_ZONE)


@pytest.fixture
def listed(database):
    """The list of allocations."""

    def read():
        with database.read() as session:
            return summaries(
                session, HistoryFilter(), EVERYTHING, AT, zone=UTC_ZONE, cursor=None, limit=10
            ).items

    return read


def all_pages(history, filters, limit):
    seen, cursor = [], None
    while True:
        page = history.page(filters, EVERYTHING, cursor=cursor, limit=limit)
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            return seen


def test_a_line_says_what_was_allocated_and_what_was_filled(add, history):
    lines = {
        "A": line(1_000, filled="400", principal="396.07"),
        "B": line(0, most=0, reason="COMPLIANCE"),
    }
    add("one", lines, price=Decimal("99.0175"))
    a, b = history.page(LineFilter(), EVERYTHING, cursor=None, limit=10).items
    assert (a.account_id, a.allocated_quantity, a.filled_quantity) == ("A", 1_000, Decimal(400))
    assert (a.principal, a.average_price) == (Decimal("396.07"), Decimal("99.0175"))
    assert (a.allocation_id, a.order_id, a.status, a.side) == ("one", "O-one", "SUBMITTED", Side.BUY)
    assert (a.created_at, a.committed_at, a.created_by, a.method) == (AT, AT, "anna", Method.PRO_RATA)
    assert (b.account_id, b.reason_code) == ("B", "COMPLIANCE")
    assert (b.filled_quantity, b.principal, b.average_price) == (Decimal(0), Decimal(0), None)


def test_an_account_has_its_last_fill(database, add, history):
    add("one", {"A": line(1_000, filled="400", principal="396"), "B": line(500, filled="9", principal="9")})
    with database.write() as session:
        # A fill has a line for every account that the one before has (R12.1).
        step = {
            "A": line(1_000, filled="1000", principal="985.50"),
            "B": line(500, filled="9", principal="8.87"),
        }
        add_fill(session, "O-one", 2, Decimal("98.55"), step)
    a, b = history.page(LineFilter(), EVERYTHING, cursor=None, limit=10).items
    assert (a.filled_quantity, a.principal, a.average_price) == (1_000, Decimal("985.50"), Decimal("98.55"))
    assert (b.filled_quantity, b.principal, b.average_price) == (9, Decimal("8.87"), Decimal("98.55"))


def test_without_an_order_nothing_is_said_of_fills(add, history):
    add("one", {"A": line(1_000)}, order=False, status="PREVIEWED")
    (found,) = history.page(LineFilter(), EVERYTHING, cursor=None, limit=10).items
    assert (found.order_id, found.filled_quantity, found.committed_at) == (None, None, None)
    assert found.status == "EXPIRED"


@pytest.mark.parametrize(
    ("status", "trade_date", "filled"),
    [
        ("Active", DAY, 0),
        ("Canceled", DAY, 0),
        ("Expired", DAY, 0),
        ("Rejected", DAY, 0),
        ("Booked", DAY, None),
        ("Active", None, 0),
        ("Canceled", None, None),
        ("Booked", None, None),
    ],
)
def test_unfilled_is_0_and_unknown_is_null(add, history, listed, status, trade_date, filled):
    """Orders have a trade date since fills are recorded; a booked order without a fill is not unfilled."""
    add("one", {"A": line(1_000), "B": line(0)}, order_status=status, trade_date=trade_date)
    lines = history.page(LineFilter(), EVERYTHING, cursor=None, limit=10).items
    assert [x.filled_quantity for x in lines] == [filled, filled]
    assert [x.principal for x in lines] == [filled, filled]
    assert [x.ordered_quantity for x in lines] == [1_000, 0]
    assert [(x.ordered_quantity, x.filled_quantity) for x in listed()] == [(1_000, filled)]


def test_fills_that_could_not_be_allocated_are_unknown_for_each_account(add, history, listed):
    """Aladdin has filled 500, and 400 of them are recorded by account."""
    lines = {"A": line(1_000, filled="400", principal="396"), "B": line(0)}
    add("one", lines, order_filled=Decimal(500))
    found = history.page(LineFilter(), EVERYTHING, cursor=None, limit=10).items
    assert [x.filled_quantity for x in found] == [None, None]
    assert [x.filled_quantity for x in listed()] == [500]


def test_a_line_says_whether_its_fill_is_final_and_what_aladdin_booked(add, history):
    # R12.6
    """Ours is 5,000 and 2,000, Aladdin's 6,000 and 1,000 of an order that is over."""
    lines = {"A": line(10_000, filled=5_000, principal=1), "B": line(3_000, filled=2_000, principal=1)}
    booked = '{"A":"6000","B":"1000"}'
    add("one", lines, order_status="Canceled", allocation_state="DIFFERENT", booked=booked)
    found = history.page(LineFilter(), EVERYTHING, cursor=None, limit=10).items
    assert [x.allocation_state for x in found] == ["DIFFERENT"] * 2
    assert [(x.filled_quantity, x.booked_quantity) for x in found] == [(None, 6_000), (None, 1_000)]


@pytest.mark.parametrize(
    ("order", "booked"),
    [
        # An order that is over and unfilled has nothing to book; what was filled may be booked for anybody.
        ({"order_status": "Canceled", "allocation_state": "OF_RECORD"}, 0),
        ({"order_status": "Active", "allocation_state": "PROVISIONAL"}, None),
        ({"order_status": "Booked", "allocation_state": "OF_RECORD", "order_filled": Decimal(1_000)}, None),
        ({"order_status": "Booked", "allocation_state": "OF_RECORD"}, None),
        ({"order_status": "Canceled", "allocation_state": "DIFFERENT", "booked": '{"B":"7"}'}, 0),
    ],
)
def test_nothing_booked_is_0_and_unknown_is_null(add, history, order, booked):
    # R12.6
    add("one", {"A": line(1_000)}, trade_date=DAY, **order)
    (found, *_) = history.page(LineFilter(), EVERYTHING, cursor=None, limit=10).items
    assert found.booked_quantity == booked


def test_without_an_order_nothing_is_ordered(add, history, listed):
    add("one", {"A": line(1_000)}, order=False, status="FAILED")
    (found,) = history.page(LineFilter(), EVERYTHING, cursor=None, limit=10).items
    assert (found.allocated_quantity, found.ordered_quantity, found.order_status) == (1_000, None, None)
    (summary,) = listed()
    assert (summary.total_allocated, summary.ordered_quantity, summary.filled_quantity) == (1_000, None, None)


def test_an_account_that_only_aladdin_s_order_has_is_in_the_history(database, add, history):
    """Z has a slice, Y a fill; neither is in the preview. Pages of every size list all, once and in order."""
    for k in range(3):
        add(f"m{k}", {a: full(100) for a in ("A", "M")}, at=AT + timedelta(seconds=k // 2))
    with database.write() as session:
        session.add(OrderSliceRow(order_id="O-m1", account_id="Z", quantity=Decimal(40)))
        session.add(OrderSliceRow(order_id="O-m1", account_id="B", quantity=Decimal(30)))
        session.merge(OrderSliceRow(order_id="O-m1", account_id="A", quantity=Decimal(30)))
        add_fill(session, "O-m1", 2, Decimal(99), {a: full(10) for a in ("A", "M", "Y")})
        session.add(AccountRow(account_id="Z", account_name="Zeta", restrictions=""))
    expected = [("m2", "A"), ("m2", "M"), *(("m1", a) for a in "ABMYZ"), ("m0", "A"), ("m0", "M")]
    for size in range(1, 10):
        found = all_pages(history, LineFilter(), size)
        assert [(x.allocation_id, x.account_id) for x in found] == expected
    by_account = {x.account_id: x for x in found if x.allocation_id == "m1"}
    assert {a: (x.allocated_quantity, x.ordered_quantity) for a, x in by_account.items()} == {
        "A": (100, 30),
        "B": (0, 30),
        "M": (100, 100),
        "Y": (0, 0),
        "Z": (0, 40),
    }
    assert (by_account["Y"].filled_quantity, by_account["Z"].filled_quantity) == (10, 0)
    assert by_account["Z"].account_name == "Zeta"
    (one,) = all_pages(history, LineFilter(account_id="Z"), 5)
    assert (one.allocation_id, one.account_id) == ("m1", "Z")


def test_an_order_from_before_slices_were_stored_has_those_of_its_preview(database, add, history):
    add("one", {"A": line(1_000)})
    with database.write() as session:
        session.execute(delete(OrderSliceRow))
    (found,) = history.page(LineFilter(), EVERYTHING, cursor=None, limit=10).items
    assert found.ordered_quantity == 1_000


def test_names_stand_beside_ids(database, add, history):
    add("one", {"A": line(1), "B": line(1)})
    with database.write() as session:
        session.add(AccountRow(account_id="A", account_name="Alpha", restrictions=""))
        session.add(SecurityRow(security_id=BOND, description="T 4.375 05/15/34", currency="USD"))
    found = history.page(LineFilter(), EVERYTHING, cursor=None, limit=10).items
    assert [x.account_name for x in found] == ["Alpha", None]
    assert {x.security_description for x in found} == {"T 4.375 05/15/34"}


def test_history_filters(add, history):
    add("one", {"A": line(1), "B": line(2)}, at=MIDNIGHT - timedelta(microseconds=1))
    add("two", {"A": line(3)}, at=MIDNIGHT, security_id="OTHER")
    add("three", {"A": line(4)}, at=MIDNIGHT + timedelta(days=1) - timedelta(microseconds=1), status="FAILED")
    add("four", {"A": line(5)}, at=MIDNIGHT + timedelta(days=1))

    def found(**filters):
        return [
            x.allocation_id
            for x in history.page(LineFilter(**filters), EVERYTHING, cursor=None, limit=9).items
        ]

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
    statements = sent_by(database.engine)
    streamed = [(x.allocation_id, x.account_id) for x in history.all(LineFilter(), EVERYTHING)]
    assert streamed == expected
    assert len(statements) < 24
    assert [(x.allocation_id, x.account_id) for x in all_pages(history, LineFilter(), 700)] == expected


# --- the list of allocations as a table, and orders that Aladdin does not show ------------------------------


def test_the_list_of_allocations_as_a_table(tmp_path):
    """3,800,000 changed to 1,900,000, and a preview of 380,000 that is not committed."""
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, MOCK_FILL_SECONDS="0")
    first, second = (desk.preview("912828YW4", q, groups=("GOLDEN",)) for q in (3_800_000, 380_000))
    (order_id,) = desk.post(f"allocations/{first['allocation_id']}/commit")["aladdin_order_ids"]
    desk.call("PUT", f"orders/{order_id}", json={"quantity": 1_900_000, "comment": "half"})

    def fetched(**query):
        answer = desk.client.get("/v1/allocations", headers=desk.headers, query_string=query)
        assert answer.status_code == 200, answer.text
        return answer

    found = list(csv.DictReader(io.StringIO(fetched(format="csv", limit=1).text)))
    columns = (
        "allocation_id",
        "security_description",
        "total_allocated",
        "ordered_quantity",
        "filled_quantity",
    )
    assert [tuple(row[c] for c in columns) for row in found] == [
        (second["allocation_id"], "US Treasury 2.5 05/31/2031", "380000", "", ""),
        (first["allocation_id"], "US Treasury 2.5 05/31/2031", "3800000", "1900000", "0"),
    ]
    book = openpyxl.load_workbook(io.BytesIO(fetched(format="xlsx", status="SUBMITTED").data))
    head, only = book["Allocations"].iter_rows(values_only=True)
    row = dict(zip(head, only, strict=True))
    assert (row["allocation_id"], row["ordered_quantity"]) == (first["allocation_id"], 1_900_000)
    assert dict(book["Parameters"].iter_rows(values_only=True))["Status"] == "SUBMITTED"


def test_every_page_of_a_list_is_in_its_table(tmp_path, monkeypatch):
    monkeypatch.setattr("app.api.allocations.MAX_ROWS_PER_READ", 2)
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK)
    made = [
        desk.preview("912828YW4", 380_000 + 38_000 * k, groups=("GOLDEN",))["allocation_id"] for k in range(5)
    ]
    text = desk.client.get("/v1/allocations?format=csv", headers=desk.headers).text
    assert [row["allocation_id"] for row in csv.DictReader(io.StringIO(text))] == made[::-1]


@pytest.mark.parametrize(("trade_date", "filled"), [(DAY, 0), (None, None)])
def test_an_ended_order_that_aladdin_no_longer_shows_is_unfilled_or_unknown(tmp_path, trade_date, filled):
    """It ended before fills were recorded where it has no trade date."""
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK)
    with desk.services.database.write() as session:
        add_allocation(session, "one", {"A": line(1_000)}, order_status="Canceled", trade_date=trade_date)
    order = desk.get("orders/O-one")
    assert (order["filled_quantity"], order["slices"][0]["filled_quantity"]) == (filled, filled)
