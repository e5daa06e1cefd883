"""The lock of the process that does the desk's periodic work: one of all processes, under a lease.

It is a row that is taken, renewed and released by compare-and-set with a random token. What is stored with a
renewal is stored under a lease that holds. A process that dies leaves the lock until its lease is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from os import getpid
from socket import gethostname

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.sql import Update

from app.core.clock import Clock, latest
from app.core.database import Database, new_id, rows_changed
from app.core.errors import NotReady
from app.models import PERIODIC_LOCK, LockRow

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=10)

SNOWFLAKE_LEASE = timedelta(seconds=60)
"""Longer: each renewal there is paid for, and stands in the way of others who write to the table."""

RENEWALS = 3
"""Renewals within one lease."""

SAFE_PART = 0.8
"""Part of the lease after which a leader that could not renew it starts nothing more: clocks differ."""


class LeaderLock:
    """The lock in row `periodic-work` of the table `locks`.

    Parameters
    ----------
    sole : bool
        Whether this process knows that a former sole process of its host has ended, see `app.core.sole`: it
        then takes that one's lock at once.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        sole: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._sole = sole
        self._monotonic = monotonic
        self._token = new_id()
        self._kind = f"{'sole' if sole else 'shared'}:{gethostname()[:64]}:"
        self._safe_until = -1.0
        is_snowflake = database.engine.dialect.name == "snowflake"
        self.lease = SNOWFLAKE_LEASE if is_snowflake else LEASE
        self.pause = self.lease.total_seconds() / RENEWALS
        """Seconds between two renewals, and between two looks of the others."""

    @property
    def holds(self) -> bool:
        """Whether this process leads, as far as it knows by its own clock."""
        return self._monotonic() < self._safe_until

    def hold(self, alongside: Callable[[Session], None]) -> bool:
        """Take the lock where it is free, or renew it, and do `alongside` in the same unit of work.

        False while another process has it.

        Raises
        ------
        NotReady
            When the database has no such row.
        """
        began = self._monotonic()
        free = self._unmoved_if_free()

        def work(session: Session) -> bool:
            now = self._clock()
            values = {
                "token": self._token,
                "held_until": now + self.lease,
                "beat_at": now,
                "process": f"{self._kind}{getpid()}",
            }
            if free is None or not rows_changed(session, free.values(values)):
                return False
            alongside(session)
            return True

        is_held = self._database.retried(work) if free is not None else False
        self._safe_until = began + SAFE_PART * self.lease.total_seconds() if is_held else -1.0
        return is_held

    def release(self) -> None:
        """Release the lock if this process has it; where that fails, its lease runs out."""
        self._safe_until = -1.0
        values = {"token": None, "held_until": None, "beat_at": None, "process": None}
        own = update(LockRow).where(LockRow.name == PERIODIC_LOCK, LockRow.token == self._token)
        try:
            self._database.retried(lambda session: rows_changed(session, own.values(values)))
        except SQLAlchemyError as error:
            log.warning("the lock of the periodic work could not be released", exc_info=error)

    def _unmoved_if_free(self) -> Update | None:
        """Return the condition that the lock is as it was read; None while another process has it.

        A lease from the future is of a clock that was set back since, and nobody would renew it.
        """
        row = LockRow.__table__.columns
        query = select(LockRow.token, LockRow.held_until, LockRow.process)
        with self._database.read() as session:
            found = session.execute(query.where(LockRow.name == PERIODIC_LOCK)).one_or_none()
        if found is None:
            raise NotReady(f"The table locks has no row {PERIODIC_LOCK!r}: migrate the database")
        now = self._clock()
        is_free = (
            found.token in {None, self._token}
            or found.held_until is None
            or not now < found.held_until <= latest(now, self.lease)
            or (self._sole and (found.process or "").startswith(self._kind))
        )
        if not is_free:
            return None
        unmoved = update(LockRow).where(LockRow.name == PERIODIC_LOCK)
        return unmoved.where(
            row.token.is_(None) if found.token is None else row.token == found.token,
            row.held_until.is_(None) if found.held_until is None else row.held_until == found.held_until,
        )
