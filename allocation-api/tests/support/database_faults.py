"""A database that fails at the n-th thing it is asked for: a statement, or the end of a unit of work."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from threading import Lock

from sqlalchemy import Engine, event

SECRET = "disk I/O error at /var/secret"


class Fault(Enum):
    """How the database fails. A commit that is LOST is done, and its answer does not come."""

    ONCE = "once"
    FROM_THEN_ON = "from then on"
    LOST = "lost"


class FaultyDatabase:
    """Counts statements (BEGIN is one) and commits of an engine, for lost ones commits alone, and fails."""

    def __init__(self, engine: Engine) -> None:
        self._lock = Lock()
        self._count = 0
        self._at: int | None = None
        self._fault = Fault.ONCE
        self.hit = False
        self._do_commit = engine.dialect.do_commit
        event.listen(engine, "before_cursor_execute", self._statement)
        engine.dialect.do_commit = self._commit

    @contextmanager
    def failing(self, n: int, fault: Fault) -> Iterator[None]:
        """Fail at the n-th thing asked for within the block, from 1; `hit` says whether it came to that."""
        with self._lock:
            self._count, self._at, self._fault, self.hit = 0, n, fault, False
        try:
            yield
        finally:
            with self._lock:
                self._at = None

    def _statement(self, *_: object) -> None:
        if self._fault is not Fault.LOST and self._due():
            raise sqlite3.OperationalError(SECRET)

    def _commit(self, connection: object) -> None:
        due = self._due()
        if not due or self._fault is Fault.LOST:
            self._do_commit(connection)
        if due:
            raise sqlite3.OperationalError(SECRET)

    def _due(self) -> bool:
        with self._lock:
            if self._at is None:
                return False
            self._count += 1
            later = self._fault is Fault.FROM_THEN_ON and self._count > self._at
            due = later or self._count == self._at
            self.hit = self.hit or due
            return due
