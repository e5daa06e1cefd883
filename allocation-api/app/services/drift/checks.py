"""Checks of drift: each keeps a snapshot of every account and group with targets (R19.14, R19.15)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, rows_changed
from app.models import TARGETS_LOCK, DriftLineRow, DriftSnapshotRow
from app.models.lock import serialise
from app.services.domain.book import AsOf
from app.services.domain.calendar import trade_date
from app.services.domain.caller import Caller, User
from app.services.drift.book_types import Measured
from app.services.drift.check_times import CheckTimes
from app.services.drift.history_types import AskedCheck, Check, CheckKind
from app.services.drift.kept import rows_of
from app.services.drift.own_books import OwnBooks
from app.services.jobs.jobs import JobService
from app.services.jobs.kinds import JobKind
from app.services.jobs.progress import Progress
from app.services.visibility.visibility import EVERYTHING, Visibility
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks

MAX_FORGOTTEN = 2_000
"""Snapshots that one run forgets."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CheckWork:
    """A check that a user asks for: of what the user may see."""

    user_id: str


CHECK = JobKind("drift.check", CheckWork, timeout_seconds=1_800)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long snapshots are kept: those of weekly checks, and all others."""

    weekly: timedelta
    others: timedelta


class DriftChecks:
    """Takes snapshots by schedule and for users, and forgets them.

    `users` and `visibility` say what the user may see for whom a job is done.
    """

    def __init__(
        self,
        database: Database,
        own_books: OwnBooks,
        jobs: JobService,
        times: CheckTimes,
        retention: Retention,
        clock: Clock,
        business_date: Callable[[], date],
        users: Callable[[str], User],
        visibility: Callable[[User], Visibility],
    ) -> None:
        self._database = database
        self._own_books = own_books
        self._jobs = jobs
        self._times = times
        self._retention = retention
        self._clock = clock
        self._business_date = business_date
        self._users = users
        self._visibility = visibility

    def scheduled(self) -> None:
        """Do the check of the last time that is over, where it is not done yet.

        On a later day than its own it is done by the positions at the start of that day, which are what its
        day ended with.
        """
        now = self._clock()
        day = self._times.last(now)
        kind = CheckKind.WEEKLY if self._times.is_weekly(day) else CheckKind.DAILY
        check = Check(day.isoformat(), kind, day)
        with self._database.read() as session:
            if _taken(session, check):
                return
        as_of = AsOf.TRADES if self._times.day_of(now) == day else AsOf.SOD
        measured = self._own_books.all(as_of, EVERYTHING)
        kept = self._database.retried(lambda session: _store(session, measured, check, as_of, now))
        log.info("drift is checked", business_date=check.check_id, kind=kind, snapshots=kept)

    def ask(self, caller: Caller, visible: Visibility) -> AskedCheck:  # noqa: ARG002 - the job looks itself
        """Ask for a check now, of what the caller may see when it is done."""
        return AskedCheck(self._jobs.submit(CHECK, CheckWork(caller.user_id), caller, total=1))

    def work(self, progress: Progress, asked: CheckWork) -> str:
        """Do a check that a user asked for, and return the path of its lines."""
        if not progress.done:
            visible = self._visibility(self._users(asked.user_id))
            now, day = self._clock(), trade_date(self._business_date())
            check = Check(progress.job_id, CheckKind.REQUESTED, day)
            measured = self._own_books.all(AsOf.TRADES, visible)
            progress.advance(lambda session: _store(session, measured, check, AsOf.TRADES, now))
        return f"/v1/drift/history?check_id={progress.job_id}"

    def forget(self) -> None:
        """Delete snapshots whose time is over, some at a time."""
        now, row = self._clock(), DriftSnapshotRow
        old = or_(
            and_(row.kind == CheckKind.WEEKLY, row.taken_at < now - self._retention.weekly),
            and_(row.kind != CheckKind.WEEKLY, row.taken_at < now - self._retention.others),
        )

        def work(session: Session) -> None:
            found = session.scalars(select(row.id).where(old).limit(MAX_FORGOTTEN)).all()
            for ids in chunks(found, MAX_IDS_PER_QUERY):
                rows_changed(session, delete(DriftLineRow).where(DriftLineRow.snapshot_id.in_(ids)))
                rows_changed(session, delete(row).where(row.id.in_(ids)))

        self._database.retried(work)


def _taken(session: Session, check: Check) -> frozenset[str]:
    query = select(DriftSnapshotRow.id).where(
        DriftSnapshotRow.business_date == check.business_date, DriftSnapshotRow.check_id == check.check_id
    )
    return frozenset(session.scalars(query))


def _store(session: Session, measured: Sequence[Measured], check: Check, as_of: AsOf, now: datetime) -> int:
    """Store the snapshots that are not there yet, and return how many those were: the first one stays."""
    serialise(session, TARGETS_LOCK)
    taken = _taken(session, check)
    found = [rows_of(each, check, as_of, now) for each in measured]
    new = [(row, lines) for row, lines in found if row.id not in taken]
    session.add_all(row for row, _ in new)
    session.flush()
    session.add_all(line for _, lines in new for line in lines)
    return len(new)
