"""Distributed lock with a lease: one process at a time sends orders, over all processes and hosts.

The lock is a database row that is acquired, renewed and released by compare-and-set with a random token.
Renewing it is the last step before an order is sent, so a process that has lost the lease sends nothing. The
lease of a process that dies expires; recovery takes it over earlier where that process has given no heartbeat
for a while and its order cannot be under way.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from os import getpid
from socket import gethostname
from threading import Event, Thread

import structlog
from sqlalchemy import or_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.sql import Update

from app.core.clock import Clock, latest
from app.core.database import Database, new_id, rows_changed
from app.core.errors import NotReady
from app.models import ORDERS_LOCK, LockRow
from app.services.trading.errors import DeskBusy

log = structlog.get_logger(__name__)

MIN_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.01, 0.1
"""Pause between two attempts to acquire a held lock; drawn at random so that attempts do not collide."""

MAX_RENEWAL_PART = 1 / 3
"""Part of a lease within which a renewal must be stored; the order arrives and shows in the rest."""

BEAT_SECONDS = 3.0
"""Period of the holder's heartbeat."""

SILENCE = timedelta(seconds=10)
"""Time without a heartbeat after which the holder is presumed dead: three beats, and a second for clocks."""

LONG_HOLD = timedelta(seconds=5)
"""Time after which a lock counts as held for long: who wants it then is refused at once."""

RETRY_SECONDS = 5.0
"""`Retry-After` while the holder may release the lock, or recovery take it over, long before it expires."""


@dataclass(slots=True)
class Lease:
    """Lease on the desk's lock: the right to send orders until it expires.

    With `releasable` False it is not released at the end but expires, and no other process sends until then.
    `renewed` is the start of the last renewal, in monotonic seconds.
    """

    token: str
    releasable: bool = True
    renewed: float = 0.0


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, as it was read: the fencing token and how far the send has come.

    `subject` is the allocation that is committed, None for a change of an order. `sending_at` is when the
    holder was last let out to send, None before: then its order cannot leave once the token has changed.
    `process` is the holder's kind, host and process id.
    """

    token: str
    process: str | None
    held_until: datetime
    subject: str | None
    taken_at: datetime | None
    beat_at: datetime | None
    sending_at: datetime | None


class DeskLock:
    """The lock in row `orders` of the table `locks`. A lease expires `seconds` after its last renewal.

    `sole` says that this process alone of its host may send, see `app.core.sole`.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        seconds: float,
        *,
        sole: bool = False,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._duration = timedelta(seconds=seconds)
        self._sole = sole
        self._kind = f"{'sole' if sole else 'shared'}:{gethostname()[:64]}:"
        self._sleep = sleep
        self._monotonic = monotonic

    def acquire(self, max_wait: float, subject: str | None = None) -> Lease:
        """Acquire the lock for a subject, polling for up to `max_wait` seconds.

        Raises
        ------
        DeskBusy
            When another process held it all the time, or has held it for long already.
        NotReady
            When the database has no such row.
        """
        lease = Lease(new_id())
        end = self._monotonic() + max_wait
        while True:
            holder = self.holder()
            if holder is None and self._acquired(lease, subject):
                return lease
            left = end - self._monotonic()
            if left <= 0 or self._is_held_long(holder):
                raise self._busy(holder)
            self._sleep(min(left, random.uniform(MIN_PAUSE_SECONDS, MAX_PAUSE_SECONDS)))

    def renew(
        self,
        lease: Lease,
        alongside: Callable[[Session], None] | None = None,
        *,
        subject: str | None = None,
    ) -> None:
        """Renew the lease from now on to send an order of this subject, and do `alongside` in the same unit.

        Raises
        ------
        DeskBusy
            When another process holds the lock by now; `alongside` is rolled back too. Or when storing took
            so much of the lease that an order sent now might arrive after its end; `alongside` is stored.
        """

        def work(session: Session) -> None:
            now = self._clock()
            lease.renewed = self._monotonic()
            let_out = _own(lease).values(
                held_until=now + self._duration, beat_at=now, sending_at=now, subject=subject
            )
            if not rows_changed(session, let_out):
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
        try:
            self._database.retried(lambda session: rows_changed(session, _own(lease).values(_FREE)))
        except SQLAlchemyError as error:
            log.warning("the desk lock could not be released: its lease expires by itself", exc_info=error)

    # --- signs of life --------------------------------------------------------------------------------------

    @contextmanager
    def beating(self, lease: Lease) -> Iterator[None]:
        """Give the holder's heartbeat from a thread of its own while the block runs."""
        over = Event()
        Thread(target=self._beat, args=(lease, over), name="desk-heartbeat", daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def beat(self, lease: Lease) -> bool:
        """Store a sign of life. False if the lease is lost."""
        alive = _own(lease).values(beat_at=self._clock())
        return self._database.retried(lambda session: rows_changed(session, alive)) == 1

    def holder(self) -> Holder | None:
        """Return who holds the lock; None while it is free.

        Raises
        ------
        NotReady
            When the database has no such row.
        """
        with self._database.read() as session:
            row = session.get(LockRow, ORDERS_LOCK)
        if row is None:
            raise NotReady(f"The table locks has no row {ORDERS_LOCK!r}: migrate the database")
        if row.token is None or row.held_until is None or row.held_until <= self._clock():
            return None
        return Holder(
            token=row.token,
            process=row.process,
            held_until=row.held_until,
            subject=row.subject,
            taken_at=row.taken_at,
            beat_at=row.beat_at,
            sending_at=row.sending_at,
        )

    def silent_holder(self) -> Holder | None:
        """Return the holder that is presumed dead for want of a heartbeat; None where there is none."""
        holder = self.holder()
        return holder if holder is not None and self._is_silent(holder) else None

    def redate(self) -> None:
        """Let a lease from the future end one lease from now: the clock was set back since it was renewed.

        Else the lock of a process that died would stay held for as long as the clock was set back. It is
        never shortened: the holder renewed it before now.
        """
        holder, now = self.holder(), self._clock()
        if holder is None or holder.beat_at is None or holder.beat_at <= latest(now):
            return
        log.warning("the desk lock was held from the future: the clock was set back", beat_at=holder.beat_at)
        unchanged = update(LockRow).where(
            LockRow.name == ORDERS_LOCK, LockRow.token == holder.token, LockRow.beat_at == holder.beat_at
        )
        dated = unchanged.values(taken_at=now, beat_at=now, held_until=now + self._duration)
        self._database.retried(lambda session: rows_changed(session, dated))

    def predecessor(self) -> Holder | None:
        """Return the holder that was the sole process of this host, and so has ended; None without any."""
        holder = self.holder()
        if not self._sole or holder is None or holder.process is None:
            return None
        return holder if holder.process.startswith(self._kind) else None

    def busy(self) -> DeskBusy:
        """Return the refusal of an order, with the time after which the lock is free at the latest."""
        return self._busy(self.holder())

    # --- what the dead leave --------------------------------------------------------------------------------

    def take_over(self, holder: Holder, alongside: Callable[[Session], None]) -> Lease:
        """Take the lock over from a holder, and do `alongside` in the same unit of work.

        From then on the former holder's renewal fails, so it sends nothing if it lives after all.

        Raises
        ------
        DeskBusy
            When the holder has given a sign of life, has been let out to send, or holds it no more.
        """
        lease = Lease(new_id())

        def work(session: Session) -> None:
            unchanged = update(LockRow).where(
                LockRow.name == ORDERS_LOCK,
                LockRow.token == holder.token,
                LockRow.beat_at == holder.beat_at,
                LockRow.sending_at == holder.sending_at,
            )
            if rows_changed(session, unchanged.values(self._taken(lease, None))) != 1:
                raise DeskBusy("The process that sends orders lives after all")
            alongside(session)

        self._database.retried(work)
        return lease

    # --- inside ---------------------------------------------------------------------------------------------

    def _beat(self, lease: Lease, over: Event) -> None:
        while not over.wait(BEAT_SECONDS):
            try:
                if not self.beat(lease):
                    return
            except SQLAlchemyError as error:
                log.warning("a heartbeat of the desk lock could not be stored", exc_info=error)

    def _is_held_long(self, holder: Holder | None) -> bool:
        return (
            holder is not None
            and holder.taken_at is not None
            and self._clock() - holder.taken_at >= LONG_HOLD
        )

    def _busy(self, holder: Holder | None) -> DeskBusy:
        if holder is None or holder.taken_at is None or not self._is_held_long(holder):
            return DeskBusy("Another order is being sent. Try again in a moment")
        now = self._clock()
        held, left = (now - holder.taken_at).total_seconds(), (holder.held_until - now).total_seconds()
        busy = DeskBusy(
            f"Another order has been on its way for {held:.0f} seconds, and its outcome is not known yet. "
            f"Orders can be sent again in at most {max(1.0, left):.0f} seconds"
        )
        busy.retry_after = max(1.0, left)
        if not self._is_stuck(holder):
            busy.retry_after = min(busy.retry_after, RETRY_SECONDS)
        return busy

    def _is_stuck(self, holder: Holder) -> bool:
        """Say whether the lock may stay held to its end: its holder was let out to send, and is silent."""
        return holder.sending_at is not None and self._is_silent(holder)

    def _is_silent(self, holder: Holder) -> bool:
        return holder.beat_at is not None and self._clock() - holder.beat_at >= SILENCE

    def _acquired(self, lease: Lease, subject: str | None) -> bool:
        try:
            return self._database.retried(lambda session: self._take(session, lease, subject))
        except SQLAlchemyError:
            # The lock may have been acquired and only the answer lost: then nothing else would release it.
            self.release(lease)
            raise

    def _take(self, session: Session, lease: Lease, subject: str | None) -> bool:
        free = or_(LockRow.token.is_(None), LockRow.held_until.is_(None), LockRow.held_until <= self._clock())
        statement = update(LockRow).where(LockRow.name == ORDERS_LOCK, free)
        return rows_changed(session, statement.values(self._taken(lease, subject))) == 1

    def _taken(self, lease: Lease, subject: str | None) -> dict[str, object]:
        now = self._clock()
        return {
            "token": lease.token,
            "process": f"{self._kind}{getpid()}",
            "held_until": now + self._duration,
            "subject": subject,
            "taken_at": now,
            "beat_at": now,
            "sending_at": None,
        }


_FREE = dict.fromkeys(("token", "process", "held_until", "subject", "taken_at", "beat_at", "sending_at"))
"""Values of the row while nobody holds the lock."""


def _own(lease: Lease) -> Update:
    return update(LockRow).where(LockRow.name == ORDERS_LOCK, LockRow.token == lease.token)
