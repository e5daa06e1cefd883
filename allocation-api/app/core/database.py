"""The base of every table, and units of work."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import CursorResult, Delete, Update, insert
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
"""How often a unit of work that loses against others is done before it is given up."""

MAX_WAIT_SECONDS = 0.25
"""Seconds between two of these at most; the wait is random, so that those who collided do not do so again."""

MAX_RETRY_SECONDS = 60
"""Seconds after which it is not done once more, however few the tries were: each may wait for a lock."""

CONFLICTS = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATEs by which a database says that a unit of work lost: serialisation, deadlock, a lock not had."""

SNOWFLAKE_LOCKED = 625
"""Snowflake's error number for a statement that was given up because others hold the table."""

PROGRAMMING_ERRORS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
"""What a database that works says to a statement that is wrong."""


class Base(DeclarativeBase):
    """Base of every table."""


def new_id() -> str:
    """Return a random key: Snowflake hands none out."""
    return str(uuid.uuid4())


def insert_many(session: Session, table: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows of the same columns, by one statement for each thousand of them; none is fine.

    Without `render_nulls` SQLAlchemy would begin a new statement wherever another column is None.
    """
    for start in range(0, len(rows), MAX_INSERT_ROWS):
        some = rows[start : start + MAX_INSERT_ROWS]
        session.execute(insert(table), some, execution_options={"render_nulls": True})


def rows_changed(session: Session, statement: Update | Delete) -> int:
    """Carry out a change and return the number of rows that it changed: what compare-and-set goes by.

    Objects that the session has loaded are left as they are.
    """
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return done.rowcount if isinstance(done, CursorResult) else 0


class WriteConflictError(SQLAlchemyError):
    """Other units of work moved what this one had to move: nothing of this one is kept."""


class Database:
    """One engine and the two kinds of unit of work: reading and writing.

    A writing unit commits at its end or rolls back. On SQLite it takes the write lock at its start, because a
    reader that upgrades to writer fails at once when somebody else wrote in between.
    """

    def __init__(self, url: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.engine = engine_of(url)
        self._sleep = sleep
        self._writer = self.engine.execution_options(immediate=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session whose work is thrown away."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session that is committed when the block ends, and rolled back when it raises."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def retried(self, work: Callable[[Session], T]) -> T:
        """Do a writing unit of work, anew from its start when it loses against another one.

        `work` must have no effect but on its session: what asked the vendor for anything comes before it.

        Raises
        ------
        WriteConflictError, DBAPIError
            The last conflict, when it lost `MAX_ATTEMPTS` times or for too long. Any other error at its first
            occurrence.
        """

        def once() -> T:
            with self.write() as session:
                return work(session)

        trying = Retrying(
            retry=retry_if_exception(_is_conflict),
            stop=stop_after_attempt(MAX_ATTEMPTS) | stop_after_delay(MAX_RETRY_SECONDS),
            wait=wait_random(0, MAX_WAIT_SECONDS),
            sleep=self._sleep,
            reraise=True,
        )
        return trying(once)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _is_conflict(error: BaseException) -> bool:
    """Say whether a unit of work was rolled back because of another one, and can be done again.

    An error that leaves open whether the unit was kept, such as a lost connection, is none.
    """
    if isinstance(error, WriteConflictError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    told = (getattr(error.orig, "sqlstate", None), getattr(error.orig, "pgcode", None))
    return not CONFLICTS.isdisjoint(told) or getattr(error.orig, "errno", None) == SNOWFLAKE_LOCKED


def is_unavailable(error: BaseException) -> bool:
    """Say whether the database is away, fails or is too busy, rather than that a statement of ours is wrong.

    What cannot be told apart counts as the database's: the caller may try again, and the log has it all.
    """
    if isinstance(error, DisconnectionError | PoolTimeoutError) or _is_conflict(error):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    # SQLite calls a wrong statement an operational error, too, and tells them apart by its code.
    mistaken = (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) == sqlite3.SQLITE_ERROR
    return not (isinstance(error, PROGRAMMING_ERRORS) or mistaken)
