"""How many statements go out, counted where they leave and where they arrive."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import event, insert, select, text

from app.core.database import insert_many, new_id
from app.models import AllocationLineRow, AllocationRow, BlotterLineRow, BlotterRow, OrderRow, UserIdentityRow
from tests.storage.rows import MOMENT, allocation
from tests.support.saga import change_row, row

BLOTTER = {
    "id": "b",
    "created_at": MOMENT,
    "user_id": "u",
    "username": "u",
    "line_count": 1,
    "policy": "{}",
    "caller": "{}",
    "preview_job_id": "j",
}
MAX_PREVIEW_STATEMENTS = 14
MAX_COMPARISON_STATEMENTS = 11
MAX_CHOICE_STATEMENTS = 30
MAX_COMMIT_STATEMENTS = 96
MAX_FILL_STATEMENTS = 32
PING = re.compile(r"ROLLBACK$|statement: ;$|SELECT set_config\(")
"""Whether a connection still lives, that what only read is over, and the limits of a transaction."""


class Count:
    """Statements as SQLAlchemy sends them, and as the server gets them; SQLite is its own server."""

    def __init__(self, database, server):
        self._engine, self._server = database.engine, server
        self.sent, self.arrived = [], []

    @contextmanager
    def __call__(self):
        start = self._mark()
        event.listen(self._engine, "before_cursor_execute", self._send)
        event.listen(self._engine, "checkout", self._trace)
        yield
        event.remove(self._engine, "before_cursor_execute", self._send)
        event.remove(self._engine, "checkout", self._trace)
        end = self._mark()
        if self._server.process is not None:
            lines = self._server.statements(end)
            first = next(i for i, line in enumerate(lines) if start in line)
            self.arrived = lines[first + 1 :]
        self.arrived = [line for line in self.arrived if not PING.search(line)]

    def _mark(self):
        mark = new_id()
        with self._engine.connect() as connection:
            connection.exec_driver_sql(f"SELECT '{mark}' AS mark")
            if self._server.process is None:
                connection.connection.driver_connection.set_trace_callback(None)
        return mark

    def _send(self, _connection, _cursor, statement, *_rest):
        if not PING.search(statement):
            self.sent.append(statement)

    def _trace(self, connection, *_rest):
        if self._server.process is None:
            connection.set_trace_callback(self.arrived.append)


def inserts(statements):
    return [s for s in statements if "INSERT INTO" in s]


def lines(number):
    """Rows of which every second has other columns that are NULL."""
    return [
        {
            "allocation_id": "a",
            "account_id": f"{i:05}",
            "allocated_quantity": i,
            "allocated_notional": i,
            "settlement_amount": i,
            "reason_code": "NO_CASH" if i % 2 else None,
            "nav": i if i % 3 else None,
            "max_quantity": None,
        }
        for i in range(number)
    ]


@pytest.mark.parametrize(("rows", "statements"), [(0, 0), (1, 1), (1_000, 1), (1_001, 2)])
def test_many_rows_are_one_statement_for_each_thousand(database, server, rows, statements):
    with database.write() as session:
        session.add(AllocationRow(**allocation(id="a")))
    count = Count(database, server)
    with count(), database.write() as session:
        insert_many(session, AllocationLineRow, lines(rows))
    assert len(inserts(count.arrived)) == statements
    with database.read() as session:
        found = session.scalars(select(AllocationLineRow.reason_code).order_by(AllocationLineRow.account_id))
        assert list(found) == [row["reason_code"] for row in lines(rows)]


@pytest.mark.parametrize(("rows", "statements"), [(1, 1), (250, 1), (251, 2)])
def test_many_rows_with_documents_are_one_statement_for_each_250(database, server, rows, statements):
    """Where documents cannot be among VALUES; elsewhere it is one for each thousand, as for all rows."""
    with database.write() as session:
        session.add(BlotterRow(**BLOTTER))
    documents = [f'{{"a":[{i},1.50],"it\'s":"50 % (x)s"}}' for i in range(rows)]
    blank = {"blotter_id": "b", "allocation_id": None}
    found = [
        {
            **blank,
            "place": i,
            "line": i + 1,
            "priority": i if i % 3 else None,
            "request": text_,
            "problem": None,
        }
        for i, text_ in enumerate(documents)
    ]
    count = Count(database, server)
    with count(), database.write() as session:
        insert_many(session, BlotterLineRow, found)
    is_snowflake = database.engine.dialect.name == "snowflake"
    assert len(inserts(count.arrived)) == (statements if is_snowflake else 1)
    line = BlotterLineRow
    with database.read() as session:
        stored = session.execute(select(line.request, line.priority).order_by(line.place)).all()
    assert [request for request, _ in stored] == documents
    assert [priority for _, priority in stored] == [row["priority"] for row in found]


def test_objects_of_a_session_go_out_together(database, server):
    count = Count(database, server)
    with count(), database.write() as session:
        session.add_all(
            [UserIdentityRow(issuer="i", subject=f"{i}", user_id="u", created_at=MOMENT) for i in range(200)]
        )
    assert len(inserts(count.arrived)) == 1


def test_a_preview_of_a_thousand_accounts(large_desk, server):
    desk, database = large_desk
    bond = desk.get("securities/search", query="treasury", limit=1)["securities"][0]["cusip"]
    count = Count(database, server)
    with count():
        shown = desk.preview(bond, 5_000_000, groups=["ALL"], order={"side": "SELL"})
    assert len(shown["allocations"]) == 1_000
    assert (
        len({line["reason"] is None for line in shown["allocations"]}) == 2
    )  # some have a reason, some none
    for statements in (count.sent, count.arrived):
        start = next(i for i, s in enumerate(statements) if "INSERT INTO allocations" in s)
        written = statements[start - 1 :]  # with what begins the transaction
        assert len(written) <= MAX_PREVIEW_STATEMENTS, written
        assert len(inserts(written)) == 4  # allocation, groups, lines, audit
    assert desk.post(f"allocations/{shown['allocation_id']}/replay")["identical"] is True


def test_a_comparison_of_a_thousand_accounts_and_the_choice_of_a_variant(large_desk, server):
    desk, database = large_desk
    bond = desk.get("securities/search", query="treasury", limit=1)["securities"][0]["cusip"]
    variants = [
        {"allocation_method": "PRO_RATA", "parameters": {"base_metric": b}} for b in ("NAV", "POSITION")
    ]
    count = Count(database, server)
    with count():
        shown = desk.compare(bond, 5_000_000, *variants, groups=["ALL"], order={"side": "SELL"})
    for statements in (count.sent, count.arrived):
        start = next(i for i, s in enumerate(statements) if "INSERT INTO comparisons" in s)
        written = statements[start - 1 :]
        assert len(written) <= MAX_COMPARISON_STATEMENTS, written
        assert len(inserts(written)) == 3  # comparison, groups, audit
    path = f"allocations/compare/{shown['comparison_id']}"
    assert desk.get(path) == shown
    count = Count(database, server)
    with count():
        chosen = desk.post(f"{path}/choose", {"variant": "2"})
    for statements in (count.sent, count.arrived):
        assert len(statements) <= MAX_CHOICE_STATEMENTS, statements
        assert len(inserts(statements)) == 4  # allocation, groups, lines, audit
    assert chosen["summary"] == shown["variants"][1]["summary"]
    assert desk.post(f"{path}/choose", {"variant": "2"}) == chosen
    assert desk.post(f"allocations/{chosen['allocation_id']}/replay")["identical"] is True
    first = next(a["account_id"] for a in chosen["allocations"] if a["allocated_quantity"])
    edited = desk.post(f"allocations/{chosen['allocation_id']}/adjust", {first: 0})
    assert edited["adjustment"]["fixed"] == {first: 0}
    assert desk.get(f"allocations/{edited['allocation_id']}") == edited
    assert desk.post(f"allocations/{edited['allocation_id']}/replay")["identical"] is True


def test_updates_by_compare_and_set_say_how_many_they_moved(database):
    with database.write() as session:
        session.execute(insert(AllocationRow), [allocation(id="a")])
    move = text("UPDATE allocations SET status = 'X' WHERE id = 'a' AND status = 'PREVIEWED'")
    with database.write() as session:
        assert session.execute(move).rowcount == 1
        assert session.execute(move).rowcount == 0


@pytest.mark.slow
def test_an_order_of_a_thousand_accounts_is_sent_settled_and_filled_in_few_statements(large_desk, server):
    desk, database = large_desk
    bond = desk.get("securities/search", query="treasury", limit=1)["securities"][0]["cusip"]

    def previewed():
        return desk.preview(bond, 40_000_000, groups=["ALL"])["allocation_id"]

    def few(most, writes, work):
        count = Count(database, server)
        with count():
            found = work()
        for statements in (count.sent, count.arrived):
            assert len(inserts(statements)) == writes, statements
            assert len(statements) <= most, statements
        return found

    key, left = previewed(), previewed()
    commit = f"allocations/{key}/commit"
    done = few(MAX_COMMIT_STATEMENTS, 7, lambda: desk.post(commit, {"override_warnings": True}))
    intent = row(desk, key).commit_intent
    change_row(desk, left, status="COMMITTING", commit_intent=intent, settle_after=MOMENT)
    few(MAX_COMMIT_STATEMENTS, 6, lambda: desk.services.periodic.do("settle"))
    assert desk.get(f"allocations/{left}")["status"] == "SUBMITTED"
    order_id = done["aladdin_order_ids"][0]
    (posted,) = desk.services.aladdin.orders.orders([order_id])
    filled = replace(posted, filled_face=posted.face, average_price=Decimal("99.5"))
    with database.read() as session:
        order = session.get(OrderRow, order_id)
    ledger = desk.ledger()
    few(MAX_FILL_STATEMENTS, 4, lambda: ledger.sync(ledger.read([order])[order_id], filled))
    ((fill, parts),) = ledger.fills(order_id)
    assert fill.quantity == sum(part.quantity for part in parts) == posted.face
    assert len(parts) > 100
