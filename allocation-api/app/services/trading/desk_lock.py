"""The desk's lock: one sender of orders at a time, over all processes.

It is a row of the database, taken, kept and given back by compare-and-set. Whoever holds it has a token, and
proves with it, as the last thing before an order leaves, that nobody has taken over. A process that stops
gives nothing back: its lock runs out.
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

SHORTEST_PAUSE, LONGEST_PAUSE = 0.01, 0.1
"""Seconds between two looks at a lock that others have; random, so that those who wait do not collide."""

LATEST = 1 / 3
"""Part of a lease within which its renewal must be stored; the rest is for the order to arrive and show."""


@dataclass(slots=True)
class Lease:
    """The right to send orders until it runs out or somebody takes over after that.

    One that is not `given_back` keeps everybody out until it has run out. `renewed` is when that was begun
    last, in monotonic seconds.
    """

    token: str
    given_back: bool = True
    renewed: float = 0.0


class DeskLock:
    """The row `orders` of the table `locks`. A lease lasts `seconds` from when it was taken or renewed."""

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
        self._lasting = timedelta(seconds=seconds)
        self._sleep = sleep
        self._monotonic = monotonic

    def acquire(self, patience: float) -> Lease:
        """Take the lock, waiting for others up to `patience` seconds.

        Raises
        ------
        DeskBusy
            When others had it all the time.
        NotReady
            When the database has no such row.
        """
        lease = Lease(new_id())
        end = self._monotonic() + patience
        while not (self._is_free() and self._taken(lease)):
            left = end - self._monotonic()
            if left <= 0:
                raise DeskBusy("Other orders are being sent at this moment: try again")
            self._sleep(min(left, random.uniform(SHORTEST_PAUSE, LONGEST_PAUSE)))
        return lease

    def renew(self, lease: Lease, alongside: Callable[[Session], None] | None = None) -> None:
        """Make the lease last from now, and do `alongside` in the same unit of work.

        Raises
        ------
        DeskBusy
            When somebody has taken over; nothing is kept of `alongside` either. Or when storing it took so
            much of the lease that what is sent now might arrive after its end; then it is kept.
        """

        def work(session: Session) -> None:
            lease.renewed, held_until = self._monotonic(), self._clock() + self._lasting
            if not rows_changed(session, _own(lease).values(held_until=held_until)):
                raise DeskBusy("This took so long that others send their orders now: nothing was sent")
            if alongside is not None:
                alongside(session)

        self._database.retried(work)
        if self._monotonic() - lease.renewed > self._lasting.total_seconds() * LATEST:
            raise DeskBusy("The database took too long: nothing was sent")

    def release(self, lease: Lease) -> None:
        """Give the lock back, if nobody has taken over; where that fails it runs out by itself."""
        if not lease.given_back:
            log.warning("the desk stays shut until its lock runs out")
            return
        statement = _own(lease).values(token=None, held_until=None)
        try:
            self._database.retried(lambda session: rows_changed(session, statement))
        except SQLAlchemyError as error:
            log.warning("the desk's lock was not given back, it runs out", exc_info=error)

    def _is_free(self) -> bool:
        with self._database.read() as session:
            row = session.execute(
                select(LockRow.token, LockRow.held_until).where(LockRow.name == ORDERS_LOCK)
            ).one_or_none()
        if row is None:
            raise NotReady(f"The table locks has no row {ORDERS_LOCK!r}: the database is not migrated")
        return row.token is None or row.held_until is None or row.held_until <= self._clock()

    def _taken(self, lease: Lease) -> bool:
        try:
            return self._database.retried(lambda session: self._take(session, lease))
        except SQLAlchemyError:
            # Perhaps it was, and only the answer is lost: nobody would give it back.
            self.release(lease)
            raise

    def _take(self, session: Session, lease: Lease) -> bool:
        now = self._clock()
        free = or_(LockRow.token.is_(None), LockRow.held_until.is_(None), LockRow.held_until <= now)
        statement = update(LockRow).where(LockRow.name == ORDERS_LOCK, free)
        return rows_changed(session, statement.values(token=lease.token, held_until=now + self._lasting)) == 1


def _own(lease: Lease) -> Update:
    return update(LockRow).where(LockRow.name == ORDERS_LOCK, LockRow.token == lease.token)
