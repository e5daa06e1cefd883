"""Declarative base of the tables, and units of work with retry of write conflicts."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar, cast

from sqlalchemy import CursorResult, Delete, Table, Update, insert
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, Session
from tenacity import Retrying, retry_if_exception, stop_after_attempt, stop_after_delay, wait_random

from app.core.engines import MAX_INSERT_ROWS, engine_of

T = TypeVar("T")

MAX_ATTEMPTS = 40
"""Attempts at a unit of work that loses against others."""

MAX_WAIT_SECONDS = 0.25
"""Longest wait between two attempts; it is random (jitter), so that they do not conflict again."""

MAX_RETRY_SECONDS = 60
"""No further attempt after this time, since each attempt may wait for a lock."""

CONFLICTS = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATEs of a write conflict: serialization failure, deadlock, lock not available."""

SNOWFLAKE_LOCKED = 625
"""Snowflake's error number for a statement that was aborted while waiting for a table's lock."""

PROGRAMMING_ERRORS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
"""Errors that a working database raises for a wrong statement."""


class Base(DeclarativeBase):
    """Declarative base of all tables."""


def new_id() -> str:
    """Return a random UUID as key, since Snowflake's autoincrement is not usable."""
    return str(uuid.uuid4())


def id_of(kind: str, key: str) -> str:
    """Return the UUID (version 5) of what is made under an idempotency key: each try of it has the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}:{key}"))


def insert_many(session: Session, table: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Bulk insert: one statement per thousand rows, all of the same columns; no rows are allowed."""
    # Into the table, not the mapped class: the mapper goes through each value of each row once more.
    statement = insert(cast("Table", table.__table__))
    for start in range(0, len(rows), MAX_INSERT_ROWS):
        session.execute(statement, rows[start : start + MAX_INSERT_ROWS])


def rows_changed(session: Session, statement: Update | Delete) -> int:
    """Execute an UPDATE or DELETE and return its row count, which tells whether a compare-and-set succeeded.

    Objects that the session has loaded are not refreshed.
    """
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return done.rowcount if isinstance(done, CursorResult) else 0


class WriteConflictError(SQLAlchemyError):
    """A compare-and-set failed, because another unit of work was first; this unit is rolled back."""


class Database:
    """Engine and units of work, for reading and for writing.

    A writing unit commits at its end or rolls back. On SQLite it takes the write lock at its start (BEGIN
    IMMEDIATE), because a read transaction that begins to write fails if another has written in between.
    """

    def __init__(self, url: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.engine = engine_of(url)
        self._sleep = sleep
        self._writer = self.engine.execution_options(immediate=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that is never committed."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session that is committed when the block ends, and rolled back when it raises."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def retried(self, work: Callable[[Session], T]) -> T:
        """Run a writing unit of work, and retry it from its start after a write conflict.

        `work` must have no effect but on its session; calls to the vendor come before it.

        Raises
        ------
        WriteConflictError, DBAPIError
            The last conflict, after `MAX_ATTEMPTS` attempts or `MAX_RETRY_SECONDS`. Any other error at its
            first occurrence.
        """

        def once() -> T:
            with self.write() as session:
                return work(session)

        retrying = Retrying(
            retry=retry_if_exception(_is_conflict),
            stop=stop_after_attempt(MAX_ATTEMPTS) | stop_after_delay(MAX_RETRY_SECONDS),
            wait=wait_random(0, MAX_WAIT_SECONDS),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(once)

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def _is_conflict(error: BaseException) -> bool:
    """Return whether a unit of work was rolled back because of another one, and can be retried.

    False for errors that leave open whether the unit was committed, such as a lost connection.
    """
    if isinstance(error, WriteConflictError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    states = (getattr(error.orig, "sqlstate", None), getattr(error.orig, "pgcode", None))
    return not CONFLICTS.isdisjoint(states) or getattr(error.orig, "errno", None) == SNOWFLAKE_LOCKED


def is_unavailable(error: BaseException) -> bool:
    """Return whether the database is down, failing or overloaded, rather than a statement of ours wrong.

    Doubtful errors count as unavailability: the caller may retry, and the log has the details.
    """
    if isinstance(error, DisconnectionError | PoolTimeoutError) or _is_conflict(error):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    # SQLite raises OperationalError for a wrong statement, too; its error code distinguishes them.
    is_wrong_statement = (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) == sqlite3.SQLITE_ERROR
    return not (isinstance(error, PROGRAMMING_ERRORS) or is_wrong_statement)
