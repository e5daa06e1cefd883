"""Rows that wait in memory to be written in batches by a job, so that noting them delays no request."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from threading import Lock

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.database import Database, insert_many
from app.models import UsageEventRow, UserActivityRow

log = structlog.get_logger(__name__)

Row = Mapping[str, object]
"""The columns of one row, its `id` and the time `at` among them."""

MAX_QUEUED_ROWS = 10_000
"""Bound of a queue; when it is full, new rows are dropped and counted."""

MAX_BATCH_ROWS = 500
"""Rows written by one statement."""


class QueuedRows:
    """Bounded queue of rows of one table."""

    def __init__(
        self,
        database: Database,
        table: type[UserActivityRow | UsageEventRow],
        *,
        max_queued: int = MAX_QUEUED_ROWS,
    ) -> None:
        self._database = database
        self._table = table
        self._max_queued = max_queued
        self._queue: deque[Row] = deque()
        self._queue_lock = Lock()
        self._write_lock = Lock()
        self._dropped = 0
        self._dropped_logged = 0
        self._in_doubt = False

    @property
    def dropped(self) -> int:
        """Rows that this process has dropped since its start."""
        return self._dropped

    def add(self, row: Row) -> bool:
        """Queue a row, or drop and count it when the queue is full; say whether it is kept."""
        with self._queue_lock:
            is_kept = len(self._queue) < self._max_queued
            if is_kept:
                self._queue.append(row)
            else:
                self._dropped += 1
        return is_kept

    def write(self) -> None:
        """Write the queue in batches; a batch that cannot be written stays queued for the next run.

        Raises
        ------
        SQLAlchemyError
            When the database fails.
        """
        self._log_dropped()
        with self._write_lock:
            while batch := self._first():
                self._store(batch)
                with self._queue_lock:
                    for _ in batch:
                        self._queue.popleft()

    def forget(self, before: datetime) -> None:
        """Delete the stored rows from before a time."""
        old = delete(self._table).where(self._table.at < before)
        self._database.retried(lambda session: session.execute(old))

    def _first(self) -> tuple[Row, ...]:
        with self._queue_lock:
            return tuple(islice(self._queue, MAX_BATCH_ROWS))

    def _store(self, batch: Sequence[Row]) -> None:
        """Write a batch in one unit of work; after a failure, skip rows that were stored after all."""
        may_be_stored, self._in_doubt = self._in_doubt, True

        def store(session: Session) -> None:
            known: set[object] = set()
            if may_be_stored:
                ids = [row["id"] for row in batch]
                known = set(session.scalars(select(self._table.id).where(self._table.id.in_(ids))))
            insert_many(session, self._table, [row for row in batch if row["id"] not in known])

        self._database.retried(store)
        self._in_doubt = False

    def _log_dropped(self) -> None:
        dropped = self._dropped
        if dropped > self._dropped_logged:
            log.warning(
                "rows that waited to be written were dropped",
                table=self._table.__tablename__,
                rows=dropped - self._dropped_logged,
            )
            self._dropped_logged = dropped
