"""SQLite that is locked, read-only, broken, away or too busy, by its own words; and which errors are ours."""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from snowflake.connector import errors as snowflake
from sqlalchemy import event, select
from sqlalchemy.dialects.postgresql import psycopg as postgresql
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from app.core.database import Database, WriteConflictError, is_unavailable
from app.models import AllocationRow
from app.services.audit.chain import AuditChainError
from tests.conftest import GOLDEN_BOOK, Desk

BODY = {
    "order": {
        "security_id": json.loads(GOLDEN_BOOK.read_text())["securities"][0]["cusip"],
        "side": "BUY",
        "quantity": 3_800_000,
    },
    "allocation_method": "PRO_RATA",
    "portfolio_groups": ["GOLDEN"],
}


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path, scenario=GOLDEN_BOOK, DATABASE_URL=f"sqlite:///{tmp_path / 'away.db'}")
    made.file = Path(tmp_path / "away.db")
    return made


def engine(desk) -> Engine:
    return desk.services.database.engine


@contextmanager
def pragma(desk, setting):
    """Set something on every connection for the block."""

    def connected(connection, _record):
        connection.execute(f"PRAGMA {setting}")

    engine(desk).dispose()
    event.listen(engine(desk), "connect", connected)
    try:
        yield
    finally:
        event.remove(engine(desk), "connect", connected)
        engine(desk).dispose()


@contextmanager
def locked(desk):
    holder = sqlite3.connect(desk.file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with pragma(desk, "busy_timeout=0"):
            yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


@contextmanager
def read_only(desk):
    with pragma(desk, "query_only=1"):
        yield


@contextmanager
def full(desk):
    with sqlite3.connect(desk.file) as found:
        (pages,) = found.execute("PRAGMA page_count").fetchone()
    found.close()
    with pragma(desk, f"max_page_count={pages}"):
        yield


@contextmanager
def replaced(desk, put):
    """Put something else in the place of the file for the block."""
    engine(desk).dispose()
    kept = desk.file.read_bytes()
    put(desk.file, kept)
    try:
        yield
    finally:
        engine(desk).dispose()
        for left in desk.file.parent.glob("away.db*"):
            if left.is_dir():
                left.rmdir()
            else:
                left.unlink()
        desk.file.write_bytes(kept)


def garbage(desk):
    return replaced(desk, lambda file, kept: file.write_bytes(b"no database" * 1_000))


def malformed(desk):
    return replaced(desk, lambda file, kept: file.write_bytes(kept[:4096] + b"\xff" * (len(kept) - 4096)))


def a_folder(desk):
    def put(file, _kept):
        file.unlink()
        file.mkdir()

    return replaced(desk, put)


@contextmanager
def too_busy(desk):
    """Let others have every connection of the pool."""
    pool = engine(desk).pool
    pool._timeout, usual = 0, pool._timeout
    taken = [engine(desk).connect() for _ in range(pool.size() + pool._max_overflow)]
    try:
        yield
    finally:
        for each in taken:
            each.close()
        pool._timeout = usual


def code(answer):
    return answer.status_code, answer.get_json()["code"]


def preview(desk):
    return desk.client.post("/v1/allocations/preview", json=BODY, headers=desk.headers)


def ready(desk):
    return desk.client.get("/health/ready")


@pytest.mark.parametrize("broken", [locked, read_only, full, garbage, malformed, a_folder, too_busy])
def test_a_database_that_fails_is_a_503_until_it_works_again(desk, broken):
    assert preview(desk).status_code == 200
    with broken(desk):
        answers = [preview(desk), preview(desk)]
    for answer in answers:
        assert code(answer) == (503, "DATABASE_UNAVAILABLE")
        assert int(answer.headers["Retry-After"]) > 0
        words = answer.text.lower()
        assert not any(hint in words for hint in ("sqlite", "select", "insert", "away.db", "disk", "lock"))
    again = preview(desk)
    assert again.status_code == 200
    assert desk.post(f"allocations/{again.get_json()['allocation_id']}/commit")["status"] == "SUCCESS"
    with desk.services.database.read() as session:
        assert len(session.scalars(select(AllocationRow)).all()) == 2
    assert desk.get("audit/verify")["whole"] is True


@pytest.mark.parametrize("broken", [garbage, malformed, a_folder, too_busy])
def test_readiness_says_so_and_comes_back(desk, broken):
    assert ready(desk).status_code == 200
    with broken(desk):
        answer = ready(desk)
    assert code(answer) == (503, "NOT_READY")
    assert answer.get_json()["database"].startswith("failed: ")
    assert ready(desk).status_code == 200


@pytest.mark.parametrize("broken", [locked, read_only])
def test_what_only_reads_goes_on_where_writing_fails(desk, broken):
    allocation_id = preview(desk).get_json()["allocation_id"]
    with broken(desk):
        assert desk.get(f"allocations/{allocation_id}")["status"] == "PREVIEWED"
        refused = desk.client.post(
            "/v1/auth/login", json={"username": "demo_user", "password": "demo_password"}
        )
    assert code(refused) == (503, "DATABASE_UNAVAILABLE")  # nobody comes in without an audit record


# --- which errors are ours ----------------------------------------------------------------------------------


def raised(work):
    """The error of a statement on a database that works."""
    database = Database("sqlite://")
    with pytest.raises(SQLAlchemyError) as caught, Session(database.engine) as session:
        work(session)
    database.close()
    return caught.value


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM nothing",
        "SELECT FROM WHERE",
        "INSERT INTO t VALUES (1)",
        "INSERT INTO t VALUES (NULL)",
        "SELECT :a",
    ],
)
def test_a_wrong_statement_says_nothing_of_the_database(statement):
    def work(session):
        session.connection().exec_driver_sql("CREATE TABLE t (a INTEGER NOT NULL PRIMARY KEY CHECK (a <> 1))")
        session.connection().exec_driver_sql(statement)

    assert not is_unavailable(raised(work))


def wrapped(original, base, *, lost=False):
    """The error as SQLAlchemy gives it out."""
    return DBAPIError.instance(
        "SELECT 1", {}, original, base, connection_invalidated=lost, dialect=postgresql.dialect()
    )


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        (psycopg.OperationalError("connection refused"), True),
        (psycopg.errors.AdminShutdown("terminating connection"), True),
        (psycopg.errors.DiskFull("no space"), True),
        (psycopg.errors.SerializationFailure("could not serialize"), True),
        (psycopg.errors.ReadOnlySqlTransaction("read-only"), True),
        (psycopg.InterfaceError("cursor closed"), True),
        (psycopg.errors.UniqueViolation("twice"), False),
        (psycopg.errors.UndefinedTable("no such table"), False),
        (psycopg.errors.NumericValueOutOfRange("too large"), False),
        (psycopg.NotSupportedError("not supported"), False),
        (snowflake.OperationalError(msg="could not connect", errno=250001), True),
        (snowflake.DatabaseError(msg="failed to connect", errno=250001), True),
        (snowflake.Error(msg="503"), True),
        (snowflake.ProgrammingError(msg="waiting for a lock", errno=625), True),
        (snowflake.ProgrammingError(msg="does not exist", errno=2003), False),
    ],
)
def test_the_words_of_other_databases_are_understood(original, expected):
    base = snowflake.Error if isinstance(original, snowflake.Error) else psycopg.Error
    assert is_unavailable(wrapped(original, base)) is expected


def test_a_lost_connection_is_the_database_s_whatever_it_is_called():
    assert is_unavailable(wrapped(psycopg.ProgrammingError("closed"), psycopg.Error, lost=True))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (WriteConflictError("lost every time"), True),
        (PoolTimeoutError("no connection"), True),
        (AuditChainError("two ends"), False),
        (ValueError("no"), False),
    ],
)
def test_errors_of_our_own_are_sorted_too(error, expected):
    assert is_unavailable(error) is expected
