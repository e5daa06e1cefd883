"""Listeners: doors with a connection, in threads of the leader's process, reconnected with backoff (R26.1).

The leader's look keeps them going; a process that leads no more hears nothing after `KEEP_SECONDS`. Two that
hear for a moment store each event once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import Protocol

import structlog
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, is_unavailable, rows_changed
from app.core.jobs.embedded import join
from app.models import EventListenerRow
from app.services.events import store
from app.services.events.inbox import EventInbox
from app.services.events.types import ListenerName, ListenerState, NewEvent

KEEP_SECONDS = 15.0
"""Time for which a listener goes on after a look of the leader."""

FIRST_BACKOFF_SECONDS = 1.0
MAX_BACKOFF_SECONDS = 60.0
"""Wait before the next connection: it doubles with each failure, and half of it is random (jitter)."""

BEAT = timedelta(seconds=30)
"""Between two signs of life that are stored."""

MAX_OUT_OF_ORDER = 1_000
"""Ids before the last seen one that are read again: a transaction with a lower one may commit later."""

PAGE_ROWS = 500
"""Rows of one page of a table that is read after a gap."""

MAX_REASON = 500

log = structlog.get_logger(__name__)


class ListenerLost(Exception):
    """The connection of a listener is gone, or was refused; the message says why."""


class Ear:
    """What a door is given: whether to go on, where events go, and how far its tables were read."""

    def __init__(
        self, name: ListenerName, database: Database, inbox: EventInbox, goes_on: Callable[[], bool]
    ) -> None:
        self._name = name
        self._database = database
        self._inbox = inbox
        self.goes_on = goes_on
        self.on_connected: Callable[[], None] = lambda: None

    def take(self, events: Sequence[NewEvent], table: str | None = None) -> None:
        """Store events, however long the database is away; a door that may not go on is lost.

        Raises
        ------
        ListenerLost
            When nothing could be stored by the end.
        """
        wait = FIRST_BACKOFF_SECONDS
        while True:
            try:
                self._inbox.add(events, cursor=None if table is None else self._cursor(table))
            except SQLAlchemyError as error:
                if not is_unavailable(error) or not self.goes_on():
                    raise ListenerLost("The database is away.") from error
                time.sleep(wait)
                wait = min(2 * wait, MAX_BACKOFF_SECONDS)
            else:
                return

    def read_from(self, table: str) -> int | None:
        """Return the id after which a table is read; None where it never was."""
        with self._database.read() as session:
            row = store.cursor(session, self._cursor(table))
        if row is None or row.last_id is None:
            return None
        return max(row.last_id - MAX_OUT_OF_ORDER, row.first_id or 0)

    def begin_at(self, table: str, last_id: int) -> None:
        """Store from which row on a table is read: what was there before is no event."""

        def work(session: Session) -> None:
            store.lock(session)
            store.move_cursor(session, self._cursor(table), last_id=last_id)

        self._database.retried(work)

    def _cursor(self, table: str) -> str:
        return store.cursor_name(self._name, table)


class Door(Protocol):
    """A door that keeps a connection."""

    @property
    def name(self) -> ListenerName:
        """Its name."""
        ...

    def hear(self, ear: Ear) -> None:
        """Connect, read what was missed, call `on_connected`, and hear until `goes_on` says no.

        Raises
        ------
        ListenerLost
            When the connection is gone.
        """
        ...


class Listeners:
    """Keeps the doors connected while `keep` is called."""

    def __init__(
        self,
        doors: Sequence[Door],
        database: Database,
        inbox: EventInbox,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._doors = tuple(doors)
        self._database = database
        self._inbox = inbox
        self._clock = clock
        self._monotonic = monotonic
        self._lock = Lock()
        self._threads: dict[ListenerName, Thread] = {}
        self._keep_until = 0.0
        self._stopping = Event()
        self._beat_at: datetime | None = None

    def keep(self) -> None:
        """Let all doors hear for a while, start those that do not, and return at once."""
        self._keep_until = self._monotonic() + KEEP_SECONDS
        self._beat()
        for door in self._doors:
            with self._lock:
                running = self._threads.get(door.name)
                if self._stopping.is_set() or (running is not None and running.is_alive()):
                    continue
                thread = Thread(target=self._run, args=(door,), name=f"hear-{door.name}", daemon=True)
                self._threads[door.name] = thread
            thread.start()

    def end(self) -> None:
        """Have all doors closed."""
        with self._lock:
            self._stopping.set()

    def join(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for all of them."""
        with self._lock:
            threads = list(self._threads.values())
        join(threads, timeout)

    def _goes_on(self) -> bool:
        return not self._stopping.is_set() and self._monotonic() < self._keep_until

    def _run(self, door: Door) -> None:
        failures = 0

        def connected() -> None:
            nonlocal failures
            failures = 0
            self._show(door.name, ListenerState.CONNECTED, None)

        ear = Ear(door.name, self._database, self._inbox, self._goes_on)
        ear.on_connected = connected
        while self._goes_on():
            try:
                door.hear(ear)
            except ListenerLost as error:
                self._lost(door.name, str(error))
            except Exception as error:  # the thread must outlive whatever a connection does
                log.warning("a listener failed", listener=door.name, exc_info=error)
                self._lost(door.name, f"Unexpected error ({type(error).__name__}).")
            if self._goes_on():
                self._stopping.wait(backoff(failures))
            failures += 1

    def _lost(self, name: ListenerName, reason: str) -> None:
        log.warning("a listener lost its connection", listener=name, reason=reason)
        self._show(name, ListenerState.LOST, reason)

    def _show(self, name: ListenerName, state: ListenerState, reason: str | None) -> None:
        """Store the state of a connection; where the database is away, the next change is shown."""
        now = self._clock()
        shown = {"state": state, "changed_at": now, "beat_at": now, "reason": reason and reason[:MAX_REASON]}

        def work(session: Session) -> None:
            store.lock(session)
            changed = update(EventListenerRow).where(EventListenerRow.name == name).values(shown)
            if not rows_changed(session, changed):
                session.add(EventListenerRow(name=name, **shown))

        try:
            self._database.retried(work)
        except SQLAlchemyError as error:
            log.warning("the state of a listener could not be stored", listener=name, exc_info=error)

    def _beat(self) -> None:
        now = self._clock()
        if not self._doors or (self._beat_at is not None and self._beat_at <= now < self._beat_at + BEAT):
            return
        names = [door.name for door in self._doors]
        beat = update(EventListenerRow).where(EventListenerRow.name.in_(names)).values(beat_at=now)
        self._database.retried(lambda session: rows_changed(session, beat))
        self._beat_at = now


def backoff(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row (exponential, with jitter)."""
    longest = min(FIRST_BACKOFF_SECONDS * 2.0 ** min(failures, 16), MAX_BACKOFF_SECONDS)
    return longest * (0.5 + random.random() / 2)
