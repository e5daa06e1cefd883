"""Changes as they happen, for as long as one answer may take; clients go on after the last one they saw."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import BoundedSemaphore

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import Database
from app.models import MonitorChangeRow
from app.services.events.types import Change, ChangeKind
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility

FOLLOW_SECONDS = 10.0
"""Longest time for which one answer goes on: it holds a request thread meanwhile."""

LOOK_SECONDS = 0.5
"""Between two looks for changes."""

THREADS_PER_FOLLOWER = 8
"""Of so many request threads, one may follow changes."""

MAX_CHANGES = 500
"""Changes that one look reads."""


class MonitorChanges:
    """Follows the log of changes, in a part of the request threads; others get what there is, and come again.

    Parameters
    ----------
    threads : int
        Request threads of this process.
    """

    def __init__(
        self,
        database: Database,
        threads: int,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database = database
        followers = threads // THREADS_PER_FOLLOWER
        self._places = BoundedSemaphore(followers) if followers else None
        self._monotonic = monotonic
        self._sleep = sleep

    def follow(self, seen: int | None, visible: Visibility) -> Iterator[Change]:
        """Yield the visible changes after number `seen`, by default those from now on, until the answer ends.

        Without a number the last change is yielded first, so that the client has one to go on after; likewise
        with one that is still to come, as after the database was restored. What is of no portfolio is visible
        to all.
        """
        last = self._last(visible)
        if seen is None or seen > last:
            seen = last - 1
        for change in self._after(seen, visible):
            seen = change.sequence
            yield change
        if self._places is None or not self._places.acquire(blocking=False):
            return
        try:
            yield from self._followed(seen, visible)
        except SQLAlchemyError:
            return  # the client comes again, and is told then
        finally:
            self._places.release()

    def _followed(self, seen: int, visible: Visibility) -> Iterator[Change]:
        until = self._monotonic() + FOLLOW_SECONDS
        while self._monotonic() < until:
            self._sleep(LOOK_SECONDS)
            for change in self._after(seen, visible):
                seen = change.sequence
                yield change

    def _last(self, visible: Visibility) -> int:
        query = select(func.max(MonitorChangeRow.sequence)).where(*rows.monitor_changes(visible))
        with self._database.read() as session:
            return session.scalar(query) or 0

    def _after(self, seen: int, visible: Visibility) -> list[Change]:
        conditions = rows.monitor_changes(visible)
        query = select(MonitorChangeRow).where(MonitorChangeRow.sequence > seen, *conditions)
        with self._database.read() as session:
            found = session.scalars(query.order_by(MonitorChangeRow.sequence).limit(MAX_CHANGES))
            return [
                Change(
                    row.sequence,
                    row.at,
                    ChangeKind(row.kind),
                    row.portfolio_id,
                    row.event_id,
                    row.recalculation_id,
                )
                for row in found
            ]
