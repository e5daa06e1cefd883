"""Distributed lock with a lease: one process at a time sends orders, over all processes and hosts.

The lock is a database row that is acquired, renewed and released by compare-and-set with a random token.
Renewing it is the last step before an order is sent, so a process that has lost the lease sends nothing. The
lease of a process that dies expires.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.sql import Update

from app.core.clock import Clock
from app.core.database import Database, new_id, rows_changed
from app.core.errors import NotReady
from app.models import ORDERS_LOCK, LockRow
from app.services.trading.errors import DeskBusy

log = structlog.get_logger(__name__)

MIN_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.01, 0.1
"""Pause between two attempts to acquire a held lock; drawn at random so that attempts do not collide."""

MAX_RENEWAL_PART = 1 / 3
"""Part of a lease within which a renewal must be stored; the order arrives and shows in the rest."""


@dataclass(slots=True)
class Lease:
    """Lease on the desk's lock: the right to send orders until it expires.

    With `releasable` False it is not released at the end but expires, and no other process sends until then.
    `renewed` is the start of the last renewal, in monotonic seconds.
    """

    token: str
    releasable: bool = True
    renewed: float = 0.0


class DeskLock:
    """The lock in row `orders` of the table `locks`. A lease expires `seconds` after its last renewal."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        seconds: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._duration = timedelta(seconds=seconds)
        self._sleep = sleep
        self._monotonic = monotonic

    def acquire(self, max_wait: float) -> Lease:
        """Acquire the lock, polling for up to `max_wait` seconds.

        Raises
        ------
        DeskBusy
            When another process held it all the time.
        NotReady
            When the database has no such row.
        """
        lease = Lease(new_id())
        end = self._monotonic() + max_wait
        while not (self._is_free() and self._acquired(lease)):
            left = end - self._monotonic()
            if left <= 0:
                raise DeskBusy("Another order is being sent. Try again in a moment")
            self._sleep(min(left, random.uniform(MIN_PAUSE_SECONDS, MAX_PAUSE_SECONDS)))
        return lease

    def renew(self, lease: Lease, alongside: Callable[[Session], None] | None = None) -> None:
        """Renew the lease from now on, and do `alongside` in the same unit of work.

        Raises
        ------
        DeskBusy
            When another process holds the lock by now; `alongside` is rolled back too. Or when storing took
            so much of the lease that an order sent now might arrive after its end; `alongside` is stored.
        """

        def work(session: Session) -> None:
            lease.renewed, held_until = self._monotonic(), self._clock() + self._duration
            if not rows_changed(session, _own(lease).values(held_until=held_until)):
                raise DeskBusy(
                    "The right to send orders expired before the order was sent: nothing was sent. Try again"
                )
            if alongside is not None:
                alongside(session)

        self._database.retried(work)
        if self._monotonic() - lease.renewed > self._duration.total_seconds() * MAX_RENEWAL_PART:
            raise DeskBusy("The database took too long, so nothing was sent. Try again")

    def release(self, lease: Lease) -> None:
        """Release the lock if this lease still holds it; where that fails, the lease expires by itself."""
        if not lease.releasable:
            log.warning("the desk lock is kept until its lease expires: the outcome of a change is unknown")
            return
        statement = _own(lease).values(token=None, held_until=None)
        try:
            self._database.retried(lambda session: rows_changed(session, statement))
        except SQLAlchemyError as error:
            log.warning("the desk lock could not be released: its lease expires by itself", exc_info=error)

    def _is_free(self) -> bool:
        with self._database.read() as session:
            row = session.execute(
                select(LockRow.token, LockRow.held_until).where(LockRow.name == ORDERS_LOCK)
            ).one_or_none()
        if row is None:
            raise NotReady(f"The table locks has no row {ORDERS_LOCK!r}: migrate the database")
        return row.token is None or row.held_until is None or row.held_until <= self._clock()

    def _acquired(self, lease: Lease) -> bool:
        try:
            return self._database.retried(lambda session: self._take(session, lease))
        except SQLAlchemyError:
            # The lock may have been acquired and only the answer lost: then nothing else would release it.
            self.release(lease)
            raise

    def _take(self, session: Session, lease: Lease) -> bool:
        now = self._clock()
        free = or_(LockRow.token.is_(None), LockRow.held_until.is_(None), LockRow.held_until <= now)
        statement = update(LockRow).where(LockRow.name == ORDERS_LOCK, free)
        return (
            rows_changed(session, statement.values(token=lease.token, held_until=now + self._duration)) == 1
        )


def _own(lease: Lease) -> Update:
    return update(LockRow).where(LockRow.name == ORDERS_LOCK, LockRow.token == lease.token)
