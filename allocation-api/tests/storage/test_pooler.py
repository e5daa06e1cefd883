"""The service on PostgreSQL behind PgBouncer in transaction mode: each transaction gets any session."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import text

from app.core import migrate
from app.core.clock import utc_now
from app.core.database import Database, new_id
from app.services.jobs.executor import JobExecutor
from app.services.jobs.jobs import JobService
from app.services.jobs.kinds import Handlers
from app.services.jobs.leader_lock import LeaderLock
from app.services.jobs.store import JobStore
from tests.storage import servers
from tests.storage.conftest import database_of, started
from tests.support import saga
from tests.support.job_lines import ANN, HANDLER, LINES, Lines, make_table, written

on_postgresql = pytest.mark.parametrize("server", ["postgresql"], indirect=True)
LEASE = timedelta(seconds=30)
PREVIEWS, JOBS, LINES_OF_A_JOB = 4, 4, 5
SESSION_STATE = re.compile(
    r"execute (?!<unnamed>)"
    r"|(statement|execute <unnamed>): (PREPARE|LISTEN|LOAD|DECLARE .* WITH HOLD|CREATE (LOCAL )?TEMP)\b"
    r"|(statement|execute <unnamed>): SET (?!LOCAL|TRANSACTION|CONSTRAINTS)"
    r"|pg_(try_)?advisory_lock",
    re.IGNORECASE,
)
"""What the manual of PgBouncer names as not working in this mode, as PostgreSQL's log shows it."""


@pytest.fixture
def pooled(server):
    manager = servers.pgbouncer(server)
    yield started(manager)
    manager.__exit__(None, None, None)


@pytest.fixture
def url(pooled):
    """A database whose migrations ran through the pooler."""
    found = pooled.url_of(f"pooled_{new_id()[:8]}")
    database = Database(found)
    migrate.upgrade(database)
    database.close()
    return found


@pytest.fixture
def pair(tmp_path, url):
    """Two processes of the service on one database behind the pooler."""
    found = saga.desks(tmp_path, DATABASE_URL=url)
    yield found
    for desk in found:
        database_of(desk).close()


def sessions_of(database, transactions):
    """The server's sessions that transactions of one connection got."""
    found = set()
    with database.engine.connect() as connection:
        for _ in range(transactions):
            found.add(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar())
            connection.rollback()
    return found


@on_postgresql
def test_the_whole_service_works_and_leaves_nothing_in_a_session(pooled, pair):
    begin = len(pooled.process.lines)
    left = [saga.preview(pair[n % 2], 200_000) for n in range(PREVIEWS)]
    barrier = Barrier(2 * PREVIEWS)

    def commit(n):
        barrier.wait(60)
        desk, allocation_id = pair[n % 2], left[n // 2]
        status, answer = desk.ask(f"allocations/{allocation_id}/commit", {})
        return None if status == 200 else answer["code"]

    with ThreadPoolExecutor(2 * PREVIEWS) as pool:
        refused = set(pool.map(commit, range(2 * PREVIEWS))) - {None}
    # Those who wait too long for the desk are sent away, and may come again.
    assert refused <= {"DESK_BUSY", "ALREADY_COMMITTED", "ACCOUNTS_UNSETTLED"}
    for allocation_id in left:
        if saga.status(pair[0], allocation_id) == "PREVIEWED":
            saga.commit(pair[0], allocation_id)
        saga.check_one_order(pair[1], allocation_id)

    databases = [database_of(desk) for desk in pair]
    make_table(databases[0])
    jobs = JobService(databases[0], utc_now)
    job_ids = [jobs.submit(LINES, Lines(LINES_OF_A_JOB), ANN) for _ in range(JOBS)]
    handlers = Handlers()
    handlers.add([HANDLER])
    workers = [JobExecutor(JobStore(each, utc_now, LEASE), handlers) for each in databases]

    def work(worker):
        while worker.run_next(Event(), lambda: None):
            pass

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, workers))
    for job_id in job_ids:
        assert jobs.get(job_id, ANN).state == "SUCCEEDED"
        assert written(databases[0], job_id)[0] == list(range(LINES_OF_A_JOB))

    leader, other = (LeaderLock(each, utc_now) for each in databases)
    assert leader.hold(lambda _: None)
    assert not other.hold(lambda _: None)
    assert leader.hold(lambda _: None)
    leader.release()
    assert other.hold(lambda _: None)
    other.release()

    assert len(sessions_of(databases[0], 2 * servers.POOLED_CONNECTIONS)) > 1
    mark = new_id()
    with databases[0].read() as session:
        session.execute(text(f"SELECT '{mark}'"))
    arrived = pooled.statements(mark)
    assert len(arrived) > len(left)
    assert [line for line in pooled.process.lines[begin:] if SESSION_STATE.search(line)] == []


@on_postgresql
def test_limits_are_those_of_a_transaction(pooled, url):
    database = Database(url)
    with database.engine.connect() as connection:
        run = connection.exec_driver_sql
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        assert [run(f"SHOW {name}").scalar() for name in names] == ["1min", "5s", "1min"]
        connection.rollback()
        # Beneath SQLAlchemy, and so in a transaction without limits of its own: what the session has.
        driver = connection.connection.driver_connection
        assert [driver.execute(f"SHOW {name}").fetchone()[0] for name in names] == ["0", "0", "0"]
        driver.rollback()
    database.close()


@pytest.mark.parametrize(
    ("line", "is_state"),
    [
        ("LOG:  execute _pg3_0: SELECT 1", True),
        ("LOG:  execute <unnamed>: SELECT 1", False),
        ("LOG:  statement: LISTEN changes", True),
        ("LOG:  statement: SET lock_timeout = '5s'", True),
        ("LOG:  statement: SET LOCAL lock_timeout = '5s'", False),
        ("LOG:  statement: SELECT pg_try_advisory_lock(1)", True),
        ("LOG:  statement: SELECT pg_advisory_xact_lock(1)", False),
        ("LOG:  statement: CREATE TEMP TABLE a (b int)", True),
    ],
)
def test_state_of_a_session_is_told_from_that_of_a_transaction(line, is_state):
    assert bool(SESSION_STATE.search(line)) is is_state
