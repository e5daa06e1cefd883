"""User activity log: user, endpoint, status and duration of each request, written in batches by a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.models import UserActivityRow
from app.services.domain.caller import User
from app.services.requests.queued_rows import MAX_QUEUED_ROWS, QueuedRows
from app.services.visibility.visibility import Visibility
from app.utils.paging import page, within_days


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
    """Notes the requests of users, for a limited time; a background job writes them."""

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
        self._rows = QueuedRows(database, UserActivityRow, max_queued=max_queued)

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
        self._rows.add(_columns(activity))

    def write(self) -> None:
        """Write what was noted; a batch that cannot be written stays queued for the next run.

        Raises
        ------
        SQLAlchemyError
            When the database fails.
        """
        self._rows.write()

    def forget(self) -> None:
        """Delete the activity that is older than its lifetime."""
        self._rows.forget(self._clock() - self._lifetime)

    def list(
        self, filters: ActivityFilter, visible: Visibility, *, cursor: str | None, limit: int
    ) -> ActivityPage:
        """Return a page of requests, newest first; a limited user sees its own."""
        order = (UserActivityRow.at, UserActivityRow.id)
        with self._database.read() as session:
            query = _filtered(filters, self._zone).where(*_visible(visible))
            found = page(session, query, order, cursor, limit, _activity)
        return ActivityPage(found.items, found.next_cursor, self._rows.dropped)


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
