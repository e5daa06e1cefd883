"""Recalculations: queued as jobs, one of a portfolio after the other, each stored once (R26.5)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.models import MonitorRow, RecalculationRow
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.caller import Caller
from app.services.events import planning, recalculation_rows, store
from app.services.events.errors import RecalculationLimit, RecalculationRunning
from app.services.events.portfolios import Portfolios, Recalculated
from app.services.events.types import (
    ChangeKind,
    RecalculationReason,
    RecalculationState,
    RequestedRecalculation,
    Timing,
)
from app.services.jobs.jobs import JobService
from app.services.jobs.kinds import JobKind
from app.services.jobs.progress import Progress
from app.services.jobs.schedules import SYSTEM
from app.services.market_history import store as market_history
from app.services.visibility.visibility import Visibility

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RecalculationWork:
    """A recalculation of a portfolio; its row has the id of the job."""

    portfolio_id: str


RECALCULATE = JobKind("events.recalculate", RecalculationWork, timeout_seconds=1_800)


class _Moved(Exception):
    """The recalculation has moved meanwhile, or its portfolio has a job: nothing is stored."""


class Recalculations:
    """Asks for recalculations, and does the work of their jobs."""

    def __init__(
        self,
        database: Database,
        audit: AuditService,
        clock: Clock,
        jobs: JobService,
        portfolios: Portfolios,
        timing: Timing,
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._jobs = jobs
        self._portfolios = portfolios
        self._timing = timing

    def due_at(self, session: Session, row: RecalculationRow) -> datetime | None:
        """Return when a PENDING recalculation is due by the configuration of now; None while that is off."""
        now, monitor = self._clock(), session.get(MonitorRow, row.portfolio_id)
        config = recalculation_rows.config_of(monitor)
        if not config.automatic_recalculation:
            return None
        queued = recalculation_rows.queued_times(session, row.portfolio_id, now, self._timing.max_per_day)
        interval = timedelta(seconds=config.minimum_interval)
        return planning.due_at(recalculation_rows.wanted(row, now), queued, interval, self._timing)

    def queue(self, row: RecalculationRow) -> None:
        """Ask for the job of a PENDING recalculation, unless it or its portfolio has moved meanwhile."""

        def alongside(session: Session, job_id: str) -> None:
            store.lock(session)
            self._move_to_queue(session, row, job_id)

        work = RecalculationWork(row.portfolio_id)
        with suppress(_Moved):
            self._jobs.submit(RECALCULATE, work, SYSTEM, total=1, alongside=alongside)

    def request(self, portfolio_id: str, caller: Caller, visible: Visibility) -> RequestedRecalculation:
        """Ask for a recalculation at once, whatever the debounce and the minimum interval.

        One that is PENDING is this one: its events are answered by it.

        Raises
        ------
        NotFound
            When there is no such portfolio, or it is not visible.
        RecalculationRunning
            When the portfolio has a job that has not ended.
        RecalculationLimit
            When it was recalculated as often as it may be in 24 hours.
        """
        now = self._clock()
        found: list[str] = []

        def alongside(session: Session, job_id: str) -> None:
            store.lock(session)
            self._portfolios.find(session, portfolio_id, visible)
            self._check_request(session, portfolio_id, now)
            row = recalculation_rows.want(
                session,
                portfolio_id,
                RecalculationReason.REQUEST,
                [now],
                now,
                passes_interval=True,
                by=caller.username,
            )
            session.flush()
            self._move_to_queue(session, row, job_id)
            found[:] = [row.id]
            after = {"recalculation_id": row.id, "job_id": job_id}
            requested = Action.RECALCULATION_REQUESTED
            self._audit.record_for(session, requested, caller, EntityType.MONITOR, portfolio_id, after=after)

        work = RecalculationWork(portfolio_id)
        job_id = self._jobs.submit(RECALCULATE, work, caller, total=1, alongside=alongside)
        with self._database.read() as session:
            takes = recalculation_rows.typical_duration(session)
        return RequestedRecalculation(now, None if takes is None else now + takes, job_id, found[0])

    def work(self, progress: Progress, asked: RecalculationWork) -> str | None:
        """Do a job: calculate by the data of now, and store the result once.

        What counts is known up to the last import, not up to the time on the clock: an import that is under
        way arrived before it, and is not read.
        """
        read_at = self._clock()
        with self._database.read() as session:
            row = session.scalar(select(RecalculationRow).where(RecalculationRow.job_id == progress.job_id))
            known_at = market_history.last_import_at(session) or read_at
        if row is None or row.state != RecalculationState.QUEUED or progress.done:
            return None if row is None else row.result
        progress.describe(total=1, phase="recalculating")
        done = self._portfolios.recalculate(asked.portfolio_id, known_at)
        result = {"known_at": known_at, "result": done.path}
        progress.advance(lambda session: self._finish(session, row, done, read_at, result))
        log.info("a portfolio was recalculated", portfolio_id=asked.portfolio_id, reason=row.reason)
        return done.path

    def _finish(
        self,
        session: Session,
        row: RecalculationRow,
        done: Recalculated,
        read_at: datetime,
        result: Mapping[str, object],
    ) -> None:
        """Store a result, and end the recalculation that it covers: of events received before it was read."""
        store.lock(session)
        now = self._clock()
        told = ChangeKind.RECALCULATION_DONE
        if not recalculation_rows.move(
            session, row, RecalculationState.DONE, told, now, ended_at=now, **result
        ):
            return
        done.store(session)
        pending = recalculation_rows.open_one(session, row.portfolio_id, RecalculationState.PENDING)
        if pending is not None and pending.last_event_at <= read_at:
            told = ChangeKind.RECALCULATION_COVERED
            recalculation_rows.move(session, pending, RecalculationState.COVERED, told, now, ended_at=now)

    def _move_to_queue(self, session: Session, row: RecalculationRow, job_id: str) -> None:
        now = self._clock()
        if recalculation_rows.open_one(session, row.portfolio_id, RecalculationState.QUEUED) is not None:
            raise _Moved
        told = ChangeKind.RECALCULATION_QUEUED
        values = {"job_id": job_id, "queued_at": now}
        if not recalculation_rows.move(session, row, RecalculationState.QUEUED, told, now, **values):
            raise _Moved

    def _check_request(self, session: Session, portfolio_id: str, now: datetime) -> None:
        running = recalculation_rows.open_one(session, portfolio_id, RecalculationState.QUEUED)
        if running is not None:
            raise RecalculationRunning(
                "The portfolio is being recalculated: ask again when the job has ended",
                extra={"job_id": running.job_id},
            )
        limit = self._timing.max_per_day
        queued = recalculation_rows.queued_times(session, portfolio_id, now, limit)
        if recalculation_rows.queued_in_day(queued, now) >= limit:
            free_at = queued[-limit] + planning.DAY
            raise RecalculationLimit(
                f"The portfolio was recalculated {limit} times in 24 hours, which is the limit. "
                f"The next one may begin at {free_at:%Y-%m-%dT%H:%M:%SZ}"
            )
