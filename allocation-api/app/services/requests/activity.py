"""User activity log: user, endpoint, status and duration of each request, written in batches by a job."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from threading import Lock
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, insert_many, new_id
from app.models import UserActivityRow
from app.services.domain.caller import User
from app.services.visibility.visibility import Visibility
from app.utils.paging import page, within_days

log = structlog.get_logger(__name__)

MAX_QUEUED_ROWS = 10_000
"""Bound of the queue of requests to be written; when it is full, new ones are dropped and counted."""

MAX_BATCH_ROWS = 500
"""Requests written by one statement."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One answered request. `endpoint` is its route, not the requested path."""

    id: str
    at: datetime
    user_id: str | None
    username: str | None
    method: str
    endpoint: str
    status: int
    duration_ms: int
    request_id: str


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """Filters of requests; None matches all. The days are the desk's, both included."""

    username: str | None = None
    endpoint: str | None = None
    status: int | None = None
    date_from: date | None = None
    date_to: date | None = None


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """A page of requests; `dropped` is the number dropped by this process since its start."""

    items: tuple[Activity, ...]
    next_cursor: str | None
    dropped: int


class ActivityService:
    """Bounded in-memory queue of requests, so that logging them delays none; a background job writes it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        lifetime: timedelta,
        zone: ZoneInfo,
        *,
        max_queued: int = MAX_QUEUED_ROWS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._lifetime = lifetime
        self._zone = zone
        self._max_queued = max_queued
        self._queue: deque[Activity] = deque()
        self._queue_lock = Lock()
        self._write_lock = Lock()
        self._dropped = 0
        self._dropped_logged = 0
        self._in_doubt = False

    def note(
        self,
        *,
        user: User | None,
        method: str,
        endpoint: str,
        status: int,
        duration_ms: int,
        request_id: str,
    ) -> None:
        """Queue a request that was just answered; drop and count it when the queue is full."""
        activity = Activity(
            id=new_id(),
            at=self._clock(),
            user_id=user.id if user else None,
            username=user.username if user else None,
            method=method,
            endpoint=endpoint,
            status=status,
            duration_ms=duration_ms,
            request_id=request_id,
        )
        with self._queue_lock:
            if len(self._queue) < self._max_queued:
                self._queue.append(activity)
            else:
                self._dropped += 1

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

    def forget(self) -> None:
        """Delete the activity that is older than its lifetime."""
        oldest = self._clock() - self._lifetime
        self._database.retried(
            lambda session: session.execute(delete(UserActivityRow).where(UserActivityRow.at < oldest))
        )

    def _first(self) -> tuple[Activity, ...]:
        with self._queue_lock:
            return tuple(islice(self._queue, MAX_BATCH_ROWS))

    def _store(self, batch: Sequence[Activity]) -> None:
        """Write a batch in one unit of work; after a failure, skip rows that were stored after all."""
        may_be_stored, self._in_doubt = self._in_doubt, True

        def store(session: Session) -> None:
            ids = [activity.id for activity in batch]
            known: set[str] = set()
            if may_be_stored:
                known = set(session.scalars(select(UserActivityRow.id).where(UserActivityRow.id.in_(ids))))
            rows = [_columns(activity) for activity in batch if activity.id not in known]
            insert_many(session, UserActivityRow, rows)

        self._database.retried(store)
        self._in_doubt = False

    def _log_dropped(self) -> None:
        dropped = self._dropped
        if dropped > self._dropped_logged:
            log.warning("user activity was dropped", requests=dropped - self._dropped_logged)
            self._dropped_logged = dropped

    def list(
        self, filters: ActivityFilter, visible: Visibility, *, cursor: str | None, limit: int
    ) -> ActivityPage:
        """Return a page of requests, newest first; a limited user sees its own."""
        order = (UserActivityRow.at, UserActivityRow.id)
        with self._database.read() as session:
            query = _filtered(filters, self._zone).where(*_visible(visible))
            found = page(session, query, order, cursor, limit, _activity)
        return ActivityPage(found.items, found.next_cursor, self._dropped)


def _visible(visible: Visibility) -> tuple[ColumnElement[bool], ...]:
    return (UserActivityRow.user_id == visible.user_id,) if visible.limited else ()


def _filtered(filters: ActivityFilter, zone: ZoneInfo) -> Select[UserActivityRow]:
    query = select(UserActivityRow)
    for column, wanted in (
        (UserActivityRow.username, filters.username),
        (UserActivityRow.endpoint, filters.endpoint),
        (UserActivityRow.status, filters.status),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    return query.where(*within_days(UserActivityRow.at, filters.date_from, filters.date_to, zone))


def _columns(activity: Activity) -> dict[str, object]:
    return {name: getattr(activity, name) for name in Activity.__slots__}


def _activity(row: UserActivityRow) -> Activity:
    return Activity(**{name: getattr(row, name) for name in Activity.__slots__})
