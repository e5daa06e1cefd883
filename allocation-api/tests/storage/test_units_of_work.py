"""Units of work that meet: isolation, rollback, conflicts and what becomes of them, on each database."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select, update
from sqlalchemy.exc import DBAPIError

from app.core.database import Database, WriteConflictError, _is_conflict, new_id
from app.models import ORDERS_LOCK, AuditRow, LockRow, UserIdentityRow
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.audit.verification import Span
from tests.storage.rows import MOMENT


def identity(subject):
    return UserIdentityRow(issuer="i", subject=subject, user_id="u", created_at=MOMENT)


def stored(database):
    with database.read() as session:
        return sorted(session.scalars(select(UserIdentityRow.subject)))


def test_a_failing_unit_of_work_leaves_nothing(database):
    def fail():
        with database.write() as session:
            session.add(identity("x"))
            session.flush()
            session.execute(insert(UserIdentityRow), [vars_of("y"), vars_of("z")])
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fail()
    assert stored(database) == []


def vars_of(subject):
    return {"issuer": "i", "subject": subject, "user_id": "u", "created_at": MOMENT}


def test_what_is_not_committed_is_seen_by_nobody_else(database, another):
    with database.write() as session:
        session.add(identity("x"))
        session.flush()
        assert session.scalars(select(UserIdentityRow.subject)).all() == ["x"]
        assert stored(another) == []
    assert stored(another) == ["x"]


def take(database, holder, now, seconds=30):
    """Take the desk's lock by compare-and-set; say whether that succeeded."""

    def work(session):
        row = session.get(LockRow, ORDERS_LOCK)
        if row.held_until is not None and row.held_until > now:
            return False
        unmoved = update(LockRow).where(
            LockRow.name == ORDERS_LOCK,
            LockRow.token.is_(None) if row.token is None else LockRow.token == row.token,
        )
        values = {"token": holder, "held_until": now + timedelta(seconds=seconds)}
        moved = session.execute(unmoved.values(values), execution_options={"synchronize_session": False})
        return moved.rowcount == 1

    return database.retried(work)


def test_one_of_many_takes_a_lock(database, another):
    together = threading.Barrier(6)

    def contend(number):
        together.wait()
        return take((database, another)[number % 2], f"{number}", MOMENT)

    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(contend, range(6)))
    assert sum(taken) == 1
    with database.read() as session:
        row = session.get(LockRow, ORDERS_LOCK)
    assert (row.token, row.held_until) == (f"{taken.index(True)}", MOMENT + timedelta(seconds=30))
    assert take(another, "late", MOMENT + timedelta(seconds=30)) is True


def record(database):
    audit = AuditService(database, lambda: MOMENT)
    return database.retried(
        lambda session: audit.record(
            session,
            Action.LOGIN,
            user_id=None,
            username="ann",
            request_id="r",
            entity_type=EntityType.USER,
            entity_id="ann",
        )
    )


def test_the_chain_stays_one_when_two_processes_record_at_once(database, another):
    with ThreadPoolExecutor(4) as pool:
        keys = list(pool.map(record, (database, another) * 6))
    found = AuditService(database, lambda: MOMENT).verify(Span())
    assert (found.whole, found.records) == (True, 12)
    with database.read() as session:
        assert set(session.scalars(select(AuditRow.id))) == set(keys)


def collide(first, second):
    """Let two units change one row, the second while the first has not ended; return the second's error."""

    def touch(session):
        session.execute(update(LockRow).where(LockRow.name == ORDERS_LOCK).values(token=new_id()))

    def lose():
        with second.write() as session:
            touch(session)

    with first.write() as session:
        touch(session)
        with pytest.raises(DBAPIError) as lost:
            lose()
    return lost.value


@pytest.mark.parametrize("server", ["postgresql", "snowflake"], indirect=True)
def test_who_waits_too_long_for_a_row_is_told_so_and_may_try_again(database, impatient):
    error = collide(database, impatient)
    expected = {"postgresql": ("55P03", None), "snowflake": ("40001", 625)}[database.engine.dialect.name]
    assert (error.orig.sqlstate, getattr(error.orig, "errno", None)) == expected
    assert _is_conflict(error)


HOLDER = """
import sys
from sqlalchemy import update
from app.core.database import Database
from app.models import ORDERS_LOCK, LockRow
with Database(sys.argv[1]).write() as session:
    session.execute(update(LockRow).where(LockRow.name == ORDERS_LOCK).values(token="killed"))
    print("held", flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_process_had_not_committed_is_undone_and_locks_nobody(database, database_url):
    command = (sys.executable, "-c", HOLDER, database_url)
    folder = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:  # noqa: S603
        assert holder.stdout.readline() == b"held\n"
        holder.kill()
    before = database.retried(lambda session: session.get(LockRow, ORDERS_LOCK).token)
    database.retried(lambda session: setattr(session.get(LockRow, ORDERS_LOCK), "token", "mine"))
    with database.read() as session:
        assert (before, session.get(LockRow, ORDERS_LOCK).token) == (None, "mine")


@pytest.fixture
def impatient(database, database_url):
    """The same database for somebody who does not wait for locks as long as we do."""
    found = Database(database_url)
    if found.engine.dialect.name == "postgresql":

        def hurry(connection, _record):
            connection.execute("SET lock_timeout = '50ms'")
            connection.commit()

        event.listen(found.engine, "connect", hurry)
    yield found
    found.close()


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_a_deadlock_is_undone_and_done_again(database, another):
    met = threading.Barrier(2)
    tries = []

    def cross(which, first, second):
        def work(session):
            tries.append(first)
            session.execute(update(LockRow).where(LockRow.name == first).values(token=first))
            if tries.count(first) == 1:
                met.wait()
            session.execute(update(LockRow).where(LockRow.name == second).values(token=first))

        which.retried(work)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(cross, database, "idempotency-0", "idempotency-1")
        other = pool.submit(cross, another, "idempotency-1", "idempotency-0")
        one.result()
        other.result()
    assert len(tries) == 3  # one of the two lost, and was done anew


def test_a_unit_that_loses_is_done_anew(database, database_url):
    waited = []
    patient = Database(database_url, sleep=waited.append)
    tries = []

    def work(session):
        tries.append(1)
        session.add(identity(f"try-{len(tries)}"))
        session.flush()
        if len(tries) < 3:
            raise WriteConflictError("others were faster")

    patient.retried(work)
    patient.close()
    assert stored(database) == ["try-3"]
    assert len(waited) == 2


def test_connections_that_the_server_dropped_are_replaced(database, another, server):
    if server.kind == "postgresql":
        with database.engine.connect() as connection:
            mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with another.engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_terminate_backend({mine})")
    else:
        database.engine.dispose()
    with database.write() as session:
        session.add(identity("x"))
    assert stored(database) == ["x"]
