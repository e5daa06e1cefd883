"""Migrations up and down on each database, with what is stored on the way."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from app.core import migrate
from app.core.database import Base, Database
from app.models import (
    ALERTS_LOCK,
    CHOICE_LOCK,
    EVENTS_LOCK,
    EXECUTION_LOCK,
    FAIRNESS_LOCK,
    FIX_LOCK,
    IDEMPOTENCY_LOCKS,
    LOGIN_LOCK,
    MARKET_LOCK,
    MOCK_LOCK,
    ORDERS_LOCK,
    PERIODIC_LOCK,
    PREFERENCES_LOCK,
    START_LOCK,
    STOP_LOCK,
    TARGETS_LOCK,
    USERS_LOCK,
    AllocationGroupRow,
    AllocationLineRow,
    AllocationRow,
    AuditRow,
    LimitRow,
    LockRow,
    OrderFillLineRow,
    OrderFillRow,
    OrderRow,
    OrderSliceRow,
)
from app.models.lock import serialise
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.audit.verification import Span, verify
from tests.storage.rows import MOMENT, allocation, order


def columns(database):
    found = inspect(database.engine)
    return {table: {c["name"] for c in found.get_columns(table)} for table in Base.metadata.tables}


def tables(database):
    return set(inspect(database.engine).get_table_names())


def test_up_down_and_up_again(empty):
    migrate.upgrade(empty)
    first = columns(empty)
    assert first == {name: {c.name for c in table.columns} for name, table in Base.metadata.tables.items()}
    migrate.downgrade(empty, "base")
    assert tables(empty) == {"alembic_version"}
    migrate.upgrade(empty)
    migrate.upgrade(empty)
    assert columns(empty) == first


@pytest.mark.parametrize("server", ["sqlite", "postgresql"], indirect=True)
def test_the_tables_are_exactly_the_models(database):
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.parametrize("server", ["snowflake"], indirect=True)
def test_large_documents_are_variant_and_what_is_hashed_is_text(database):
    found = inspect(database.engine)
    kinds = {
        (table, c["name"]): str(c["type"].__class__.__name__)
        for table in ("allocations", "audit_events", "idempotency_keys")
        for c in found.get_columns(table)
    }
    for name in ("snapshot", "result", "commit_result"):
        assert kinds["allocations", name] == "VARIANT"
    for place in (("audit_events", "before"), ("audit_events", "after"), ("idempotency_keys", "answer")):
        assert kinds[place] == "VARCHAR"


def fill(database):
    """Put a row into each table that later revisions touch."""
    with database.write() as session:
        session.add(AllocationRow(**allocation(id="a", snapshot='{"z":1,"a":0.1}', settle_after=MOMENT)))
        session.flush()
        session.execute(insert(AllocationGroupRow), [{"allocation_id": "a", "group_id": "G"}])
        line = {"allocation_id": "a", "settlement_amount": Decimal("-12345678901.23"), "nav": None}
        lines = [(0, Decimal("0.00")), (7_000, Decimal("12345678901.20"))]
        session.execute(
            insert(AllocationLineRow),
            [
                line | {"account_id": f"{i}", "allocated_quantity": quantity, "allocated_notional": money}
                for i, (quantity, money) in enumerate(lines)
            ],
        )
        session.add(OrderRow(**order("a", order_id="o", quantity=Decimal("7000.5"))))
        session.add(LimitRow(code="c", scope="s", scope_id="i", value=Decimal("0.1")))
        session.flush()
        session.add(OrderSliceRow(order_id="o", account_id="1", quantity=Decimal(7_000)))
        session.add(fill_row())
        session.flush()
        session.add(fill_line())
        AuditService(database, lambda: MOMENT).record(
            session,
            Action.LOGIN,
            user_id=None,
            username="ann",
            request_id="r",
            entity_type=EntityType.USER,
            entity_id="ann",
            after={"x": 'é " \\'},
        )


def fill_row():
    number = Decimal("7000.5")
    return OrderFillRow(
        order_id="o",
        sequence=1,
        at=MOMENT,
        quantity=number,
        filled_quantity=number,
        average_price=Decimal("99.1"),
    )


def fill_line():
    number = Decimal("7000.5")
    return OrderFillLineRow(
        order_id="o",
        sequence=1,
        account_id="1",
        quantity=number,
        filled_quantity=number,
        principal=Decimal("0.1"),
    )


def test_what_is_stored_goes_down_and_up_again(database):
    fill(database)
    migrate.downgrade(database, "0002")
    assert "order_slices" not in tables(database)
    migrate.upgrade(database)
    with database.read() as session:
        row = session.get(AllocationRow, "a")
        assert (row.snapshot, row.result, row.created_at) == ('{"z":1,"a":0.1}', "{}", MOMENT)
        assert row.settle_after is None
        lines = session.execute(
            select(AllocationLineRow.allocated_notional, AllocationLineRow.settlement_amount).order_by(
                AllocationLineRow.account_id
            )
        ).all()
        settled = Decimal("-12345678901.23")
        assert [tuple(line) for line in lines] == [(0, settled), (Decimal("12345678901.20"), settled)]
        assert session.scalar(select(OrderRow.quantity)) == Decimal("7000.5")
        assert session.scalar(select(OrderRow.filled_quantity)) == 0
        assert session.scalar(select(OrderRow.fill_count)) == 0
        slices = session.execute(select(OrderSliceRow.account_id, OrderSliceRow.quantity)).all()
        assert [tuple(s) for s in slices] == [("1", 7_000)]
        assert session.scalar(select(AuditRow.after)) == '{"x":"é \\" \\\\"}'
        # The chain is whole: breaks without a table are its own, and it has no record of what `fill` put in.
        assert None not in {found.table for found in verify(session, Span()).breaks}
        names = {CHOICE_LOCK, FAIRNESS_LOCK, FIX_LOCK, LOGIN_LOCK, ORDERS_LOCK, START_LOCK, USERS_LOCK}
        names |= {MOCK_LOCK, PERIODIC_LOCK, PREFERENCES_LOCK, STOP_LOCK, TARGETS_LOCK, *IDEMPOTENCY_LOCKS}
        names |= {ALERTS_LOCK, EVENTS_LOCK, EXECUTION_LOCK, MARKET_LOCK}
        assert set(session.scalars(select(LockRow.name))) == names


def test_orders_filled_in_full_or_not_at_all_are_of_record_before_aladdin_shows_them_again(database):
    # R12.6
    fill(database)
    ended = {
        "full": {"status": "Booked", "quantity": 5, "filled_quantity": 5, "fill_count": 1},
        "none": {"status": "Canceled", "quantity": 5, "filled_quantity": 0, "fill_count": 0},
        "part": {"status": "Canceled", "quantity": 5, "filled_quantity": 2, "fill_count": 1},
        "untold": {"status": "Booked", "quantity": 5, "filled_quantity": 0, "fill_count": 0},
        "works": {"status": "Active", "quantity": 5, "filled_quantity": 2, "fill_count": 1},
    }
    with database.write() as session:
        for name, values in ended.items():
            session.add(OrderRow(**order("a", order_id=name, **values)))
    migrate.downgrade(database, "0006")
    migrate.upgrade(database)
    with database.read() as session:
        rows = session.execute(select(OrderRow.order_id, OrderRow.allocation_state, OrderRow.booked)).all()
        assert session.scalar(select(OrderFillRow.kind)) == "CALCULATED"
    found = {name: (state, booked) for name, state, booked in rows}
    assert found.pop("full") == found.pop("none") == ("OF_RECORD", None)
    assert set(found.values()) == {("PROVISIONAL", None)}


@pytest.mark.slow
def test_groups_are_joined_again_on_the_way_down(database):
    fill(database)
    with database.write() as session:
        session.execute(insert(AllocationGroupRow), [{"allocation_id": "a", "group_id": "CORE FI"}])
    migrate.downgrade(database, "0004")
    with database.engine.connect() as connection:
        found = connection.execute(text("SELECT portfolio_groups FROM allocations")).scalar()
    assert found == "CORE FI G"
    migrate.upgrade(database)
    assert "portfolio_groups" not in columns(database)["allocations"]


@pytest.mark.slow
def test_records_from_before_the_chain_are_chained_in_the_order_of_their_time(empty):
    migrate.upgrade(empty, "0001")
    old = ("z", "2026-06-30 09:00:00"), ("a", "2026-06-30 23:59:59.999999"), ("c", "2026-07-02 00:00:00")
    names = "id, at, username, action, entity_type, entity_id, request_id, after"
    with empty.engine.begin() as connection:
        for key, at in reversed(old):
            values = {"key": key, "at": at, "after": '{"x": "é \\" \\u0001"}'}
            connection.execute(
                text(
                    f"INSERT INTO audit_events ({names}) VALUES "  # noqa: S608 - names from above
                    "(:key, CAST(:at AS TIMESTAMP), 'ann', 'LOGIN', 'user', 'ann', 'r', :after)"
                    if empty.engine.dialect.name != "sqlite"
                    else f"INSERT INTO audit_events ({names}) VALUES "  # noqa: S608 - names from above
                    "(:key, :at, 'ann', 'LOGIN', 'user', 'ann', 'r', :after)"
                ),
                values,
            )
    migrate.upgrade(empty)
    with empty.read() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.day, AuditRow.sequence)).all()
        assert [(r.id, r.day, r.sequence) for r in rows] == [
            ("z", "2026-06-30", 1),
            ("a", "2026-06-30", 2),
            ("c", "2026-07-02", 1),
        ]
        assert verify(session, Span()).whole
    migrate.downgrade(empty, "0001")
    assert "hash" not in {c["name"] for c in inspect(empty.engine).get_columns("audit_events")}


# --- SQLite: numbers that were doubles ----------------------------------------------------------------------


@pytest.mark.slow
def test_doubles_are_written_out_as_they_were_read(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    migrate.upgrade(database, "0003")
    old = {
        "0.1": "0.10",
        "1234567890123.45": "1234567890123.45",
        "-7": "-7.00",
        "1e15": "1000000000000000.00",
    }
    with database.engine.begin() as connection:
        run = connection.exec_driver_sql
        at = datetime(2026, 6, 30).isoformat(" ")  # noqa: DTZ001 - as it is stored
        texts = ("id", "status", "user_id", "username", "request_id", "security_id", "side", "method")
        texts += ("portfolio_groups", "engine_version", "snapshot_sha256", "snapshot", "result")
        names = (*texts, "created_at", "expires_at", "quantity", "total_allocated", "warning_count")
        values = ["a"] * len(texts) + [at, at, 1, 1, 0]
        marks = ", ".join("?" * len(names))
        run(f"INSERT INTO allocations ({', '.join(names)}) VALUES ({marks})", tuple(values))  # noqa: S608
        for i, number in enumerate(old):
            run(f"INSERT INTO allocation_lines VALUES ('a', '{i}', 1, {number}, {number}, NULL, NULL, 5)")  # noqa: S608
        run(
            "INSERT INTO orders (order_id, allocation_id, external_id, security_id, side, quantity, status, "
            "created_at, updated_at, created_by, average_price) "
            "VALUES ('o', 'a', 'x', 'S', 'BUY', 7000.5, 'NEW', ?, ?, 'ann', 99.123456789)",
            (at, at),
        )
        run("INSERT INTO order_slices VALUES ('o', '1', 7000)")
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT allocated_notional, settlement_amount, nav, max_quantity FROM allocation_lines "
            "ORDER BY account_id"
        ).all()
        assert [tuple(row) for row in found] == [(n, n, None, "5.0000") for n in old.values()]
        priced = connection.exec_driver_sql(
            "SELECT quantity, filled_quantity, average_price FROM orders"
        ).one()
        assert tuple(priced) == ("7000.5000", "0.0000", "99.1234567890")
        kept = {i["name"] for i in inspect(connection).get_indexes("allocation_lines")}
        assert kept == {"ix_allocation_lines_account_id"}
    with database.read() as session:
        assert session.scalar(select(OrderRow.average_price)) == Decimal("99.123456789")
        assert session.scalar(select(OrderSliceRow.quantity)) == 7_000
    migrate.downgrade(database, "0003")
    with database.engine.connect() as connection:
        assert (
            connection.exec_driver_sql("SELECT allocated_notional FROM allocation_lines").all()[0][0] == 0.1
        )
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


def test_a_migration_that_would_lose_what_rows_refer_to_is_undone(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    migrate.upgrade(database)
    lost = "INSERT INTO allocation_groups VALUES ('nowhere', 'G')"
    with pytest.raises(IntegrityError, match="refers to none"), migrate.schema_change(database) as connection:
        connection.exec_driver_sql(lost)
    with database.read() as session:
        assert session.scalars(select(AllocationGroupRow)).all() == []
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), database.engine.begin() as connection:
        connection.exec_driver_sql(lost)
    database.close()


def test_a_lock_that_the_first_form_of_a_revision_lacked_is_there_afterwards(empty):
    migrate.upgrade(empty, "0005")
    with empty.engine.begin() as connection:
        connection.execute(text("DELETE FROM locks WHERE name = 'start'"))
    migrate.upgrade(empty)
    with empty.write() as session:
        serialise(session, START_LOCK)
