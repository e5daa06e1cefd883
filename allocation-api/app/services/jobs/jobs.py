"""Jobs as users see them: asked for, listed, followed, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, WriteConflictError, new_id, rows_changed
from app.core.errors import NotFound
from app.core.security import Permission
from app.models import JobRow
from app.services.domain.caller import Caller, require
from app.services.jobs.errors import JobEnded
from app.services.jobs.kinds import PERIODIC, JobKind
from app.services.jobs.rows import new_row
from app.services.jobs.states import ENDED, JobErrorCode, JobState
from app.services.jobs.store import cancel_statement
from app.services.visibility.errors import WholeDeskOnly
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks
from app.utils.paging import Page, page

P = TypeVar("P")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed, or its last attempt."""

    code: JobErrorCode
    reason: str


@dataclass(frozen=True, slots=True)
class JobView:
    """A job; `version` counts the changes of what is shown."""

    job_id: str
    kind: str
    state: JobState
    version: int
    user_id: str
    username: str
    created_at: datetime
    due_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    expected_end_at: datetime | None
    done: int
    total: int | None
    phase: str | None
    attempts: int
    max_attempts: int
    result: str | None
    error: JobError | None

    @property
    def has_ended(self) -> bool:
        """Whether the state is final."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs: of a state, of a kind, of all users instead of the own ones."""

    state: JobState | None = None
    kind: str | None = None
    of_all: bool = False


class JobService:
    """Takes jobs, shows and cancels them.

    Each user sees the own ones. With `jobs:manage` a user sees and cancels those of all, unless portfolio
    groups limit what the user may see.

    Parameters
    ----------
    wake : callable
        Told of each new job after its row is committed; nothing depends on its success.
    """

    def __init__(
        self, database: Database, clock: Clock, wake: Callable[[str], None] = lambda _: None
    ) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake

    def submit(
        self,
        kind: JobKind[P],
        payload: P,
        caller: Caller,
        *,
        total: int | None = None,
        alongside: Callable[[Session, str], None] = lambda _session, _job_id: None,
    ) -> str:
        """Ask for a job and return its id; `alongside` stores in the same transaction what belongs to it."""
        (job_id,) = self.submit_all(
            kind, [(payload, total)], caller, alongside=lambda session, ids: alongside(session, *ids)
        )
        return job_id

    def submit_all(
        self,
        kind: JobKind[P],
        asked: Sequence[tuple[P, int | None]],
        caller: Caller,
        *,
        alongside: Callable[[Session, tuple[str, ...]], None],
    ) -> tuple[str, ...]:
        """Ask for jobs, all or none, by payload and total; `alongside` stores in the same transaction."""
        job_ids, now = tuple(new_id() for _ in asked), self._clock()

        def store(session: Session) -> None:
            for job_id, (payload, total) in zip(job_ids, asked, strict=True):
                session.add(new_row(job_id, kind, payload, caller, now, total))
            alongside(session, job_ids)

        self._database.retried(store)
        for job_id in job_ids:
            self._wake(job_id)
        return job_ids

    def list(self, filters: JobFilter, caller: Caller, *, cursor: str | None, limit: int) -> Page[JobView]:
        """Return a page of jobs, newest first; periodic ones only where their kind is asked for.

        Raises
        ------
        Forbidden, WholeDeskOnly
            When those of all are asked for, and the caller may not see them.
        """
        query = select(JobRow)
        if not filters.of_all:
            query = query.where(JobRow.user_id == caller.user_id)
        else:
            _require_all(caller)
        if filters.state is not None:
            query = query.where(JobRow.state == filters.state)
        if filters.kind is not None:
            query = query.where(JobRow.kind == filters.kind)
        else:
            query = query.where(JobRow.kind.not_like(f"{PERIODIC}%"))
        with self._database.read() as session:
            order = (JobRow.created_at, JobRow.id)
            return page(session, query, order, cursor, limit, self._view)

    def get(self, job_id: str, caller: Caller) -> JobView:
        """Return a job.

        Raises
        ------
        NotFound
            When there is none, or none that the caller may see.
        """
        with self._database.read() as session:
            return self._view(_row(session, job_id, caller))

    def cancel(self, job_id: str, caller: Caller) -> JobView:
        """Ask for the end of a job: ABORTED at once while it waits, ABORTING until its worker stops.

        Raises
        ------
        NotFound
            When there is none, or none that the caller may see.
        JobEnded
            When it is over.
        """

        def work(session: Session) -> None:
            row = _row(session, job_id, caller)
            if row.state in ENDED:
                raise JobEnded(f"The job is over already: {row.state}")
            if row.state == JobState.ABORTING:
                return
            if not rows_changed(session, cancel_statement(row, self._clock(), caller.username)):
                raise WriteConflictError("the job moved")

        self._database.retried(work)
        return self.get(job_id, caller)

    def cancel_open(self, session: Session, job_ids: Sequence[str], by: str) -> None:
        """Ask for the end of those jobs that are not over, in the unit of work of what they were for.

        Raises
        ------
        WriteConflictError
            When one moves meanwhile.
        """
        going_on = select(JobRow).where(JobRow.state.in_((JobState.PENDING, JobState.RUNNING)))
        for some in chunks(job_ids, MAX_IDS_PER_QUERY):
            for row in session.scalars(going_on.where(JobRow.id.in_(some))).all():
                if not rows_changed(session, cancel_statement(row, self._clock(), by)):
                    raise WriteConflictError("the job moved")

    def _view(self, row: JobRow) -> JobView:
        error = row.error_code and JobError(JobErrorCode(row.error_code), row.error_reason or "")
        return JobView(
            job_id=row.id,
            kind=row.kind,
            state=JobState(row.state),
            version=row.version,
            user_id=row.user_id,
            username=row.username,
            created_at=row.created_at,
            due_at=row.due_at,
            started_at=row.started_at,
            ended_at=row.ended_at,
            expected_end_at=_expected_end(row, self._clock()),
            done=row.done,
            total=row.total,
            phase=row.phase,
            attempts=row.attempts,
            max_attempts=row.max_attempts,
            result=row.result,
            error=error or None,
        )


def _row(session: Session, job_id: str, caller: Caller) -> JobRow:
    row = session.get(JobRow, job_id)
    if row is None or (row.user_id != caller.user_id and not _sees_all(caller)):
        raise NotFound(f"There is no job {job_id!r}")
    return row


def _sees_all(caller: Caller) -> bool:
    return Permission.JOBS_MANAGE in caller.permissions and caller.groups is None


def _require_all(caller: Caller) -> None:
    require(caller, Permission.JOBS_MANAGE)
    if caller.groups is not None:
        raise WholeDeskOnly(
            "The jobs of all users are of the whole desk, and portfolio groups limit what you may see. "
            "Leave out of_all to see your own"
        )


def _expected_end(row: JobRow, now: datetime) -> datetime | None:
    """Return when the job ends if its other lines take as long as those that are done."""
    if row.state != JobState.RUNNING or row.started_at is None or not row.total or not row.done:
        return None
    seconds = max((now - row.started_at).total_seconds(), 0.0) * (row.total - row.done) / row.done
    return now + timedelta(seconds=round(seconds)) if row.done < row.total else None
