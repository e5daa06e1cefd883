"""User activity: who used which endpoint, written in batches beside the requests."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from threading import Lock

import structlog
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, insert_many, new_id
from app.models import UserActivityRow
from app.services.domain.caller import User
from app.utils.paging import page, within_days

log = structlog.get_logger(__name__)

MOST_WAITING = 10_000
"""Requests that wait to be written; while there are so many, new ones are counted and thrown away."""

BATCH = 500
"""Requests written with one statement."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One answered request. `endpoint` is its route, never the path that was asked for."""

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
    """Which requests are wanted; `None` filters nothing. The days are UTC, both included."""

    username: str | None = None
    endpoint: str | None = None
    status: int | None = None
    date_from: date | None = None
    date_to: date | None = None


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """A page of requests; `dropped` were thrown away by this process since it began."""

    items: tuple[Activity, ...]
    next_cursor: str | None
    dropped: int


class ActivityService:
    """Takes note of requests without making them wait, and writes what it noted when told to."""

    def __init__(
        self, database: Database, clock: Clock, lifetime: timedelta, *, most_waiting: int = MOST_WAITING
    ) -> None:
        self._database = database
        self._clock = clock
        self._lifetime = lifetime
        self._most_waiting = most_waiting
        self._waiting: deque[Activity] = deque()
        self._noting = Lock()
        self._writing = Lock()
        self._dropped = 0
        self._dropped_told = 0
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
        """Take note of a request that was just answered; with too many waiting it is only counted."""
        noted = Activity(
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
        with self._noting:
            if len(self._waiting) < self._most_waiting:
                self._waiting.append(noted)
            else:
                self._dropped += 1

    def write(self) -> None:
        """Write what waits. What cannot be written goes on waiting for the next time.

        Raises
        ------
        SQLAlchemyError
            When the database fails.
        """
        self._tell_dropped()
        with self._writing:
            while batch := self._first():
                self._store(batch)
                with self._noting:
                    for _ in batch:
                        self._waiting.popleft()

    def forget(self) -> None:
        """Delete what is older than its lifetime."""
        oldest = self._clock() - self._lifetime
        self._database.retried(
            lambda session: session.execute(delete(UserActivityRow).where(UserActivityRow.at < oldest))
        )

    def _first(self) -> tuple[Activity, ...]:
        with self._noting:
            return tuple(islice(self._waiting, BATCH))

    def _store(self, batch: Sequence[Activity]) -> None:
        """Write a batch in one unit; after a failure some of it may be there already."""
        doubtful, self._in_doubt = self._in_doubt, True

        def store(session: Session) -> None:
            ids = [activity.id for activity in batch]
            known: set[str] = set()
            if doubtful:
                known = set(session.scalars(select(UserActivityRow.id).where(UserActivityRow.id.in_(ids))))
            rows = [_columns(activity) for activity in batch if activity.id not in known]
            insert_many(session, UserActivityRow, rows)

        self._database.retried(store)
        self._in_doubt = False

    def _tell_dropped(self) -> None:
        dropped = self._dropped
        if dropped > self._dropped_told:
            log.warning("user activity was dropped", requests=dropped - self._dropped_told)
            self._dropped_told = dropped

    def list(self, filters: ActivityFilter, *, cursor: str | None, limit: int) -> ActivityPage:
        """Return requests, newest first."""
        order = (UserActivityRow.at, UserActivityRow.id)
        with self._database.read() as session:
            found = page(session, _filtered(filters), order, cursor, limit, _activity)
        return ActivityPage(found.items, found.next_cursor, self._dropped)


def _filtered(filters: ActivityFilter) -> Select[UserActivityRow]:
    query = select(UserActivityRow)
    for column, wanted in (
        (UserActivityRow.username, filters.username),
        (UserActivityRow.endpoint, filters.endpoint),
        (UserActivityRow.status, filters.status),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    return query.where(*within_days(UserActivityRow.at, filters.date_from, filters.date_to))


def _columns(activity: Activity) -> dict[str, object]:
    return {name: getattr(activity, name) for name in Activity.__slots__}


def _activity(row: UserActivityRow) -> Activity:
    return Activity(**{name: getattr(row, name) for name in Activity.__slots__})
