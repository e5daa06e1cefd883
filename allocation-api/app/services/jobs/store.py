"""The job table as a queue: leased claims with a fence, and every move of a job by compare-and-set.

A fence says which claim of a job a worker acts for. Each of its statements asks for the fence, so that a
worker that stood still while its lease ran out changes nothing after another one has claimed the job.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, case, delete, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Update

from app.core.clock import Clock, latest
from app.core.database import Database, rows_changed
from app.models import JobRow
from app.services.jobs.errors import JobCancelled, JobLost, JobTimedOut
from app.services.jobs.states import ENDED, HELD, OPEN, JobErrorCode, JobState

MAX_LOOK = 10
"""Jobs that a worker tries to claim at one look; others may be first at some of them."""

MAX_REAPED = 100
"""Jobs that one run of the reaper ends."""

MAX_REASON = 1_000
"""Characters of a reason that are kept."""

RETRY_SECONDS = 5
"""Wait before the second attempt; each further one doubles it."""

MAX_RETRY_SECONDS = 60
"""Longest wait before an attempt."""

Effect = Callable[[Session], object]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's claim on a job: it holds while the job has this fence."""

    job_id: str
    kind: str
    payload: str
    fence: int
    attempts: int
    max_attempts: int
    done: int
    total: int | None
    deadline_at: datetime


class JobStore:
    """Claims jobs and moves them.

    Parameters
    ----------
    lease : timedelta
        Time for which a claim or its renewal holds.
    """

    def __init__(self, database: Database, clock: Clock, lease: timedelta) -> None:
        self._database = database
        self._clock = clock
        self.lease = lease

    # --- to claim -------------------------------------------------------------------------------------------

    def due(self, kinds: Sequence[str], first: Sequence[str] = ()) -> tuple[str, ...]:
        """Return jobs that a worker may claim, the longest due first; those of kinds `first` come before."""
        order = (case((JobRow.kind.in_(first), 0), else_=1), JobRow.due_at) if first else (JobRow.due_at,)
        query = select(JobRow.id).where(JobRow.kind.in_(kinds), self.claimable())
        with self._database.read() as session:
            return tuple(session.scalars(query.order_by(*order).limit(MAX_LOOK)))

    def claim(self, job_id: str, kinds: Sequence[str]) -> Claim | None:
        """Claim a job that is due, or whose worker has let its lease run out; None where there is no such."""

        def work(session: Session) -> Claim | None:
            query = select(JobRow, JobRow.payload).where(JobRow.id == job_id, JobRow.kind.in_(kinds))
            found = session.execute(query.where(self.claimable())).one_or_none()
            return None if found is None else self._claimed(session, *found)

        return self._database.retried(work)

    def claimable(self) -> ColumnElement[bool]:
        """Return the condition that a worker may claim a job now."""
        now = self._clock()
        left = and_(
            JobRow.state == JobState.RUNNING,
            JobRow.lease_until <= now,
            JobRow.attempts < JobRow.max_attempts,
        )
        in_time = or_(JobRow.deadline_at.is_(None), JobRow.deadline_at > now)
        return and_(or_(and_(JobRow.state == JobState.PENDING, JobRow.due_at <= now), left), in_time)

    def _claimed(self, session: Session, row: JobRow, payload: str) -> Claim | None:
        now = self._clock()
        deadline = row.deadline_at or now + timedelta(seconds=row.timeout_seconds)
        values = {
            "state": JobState.RUNNING,
            "fence": row.fence + 1,
            "attempts": row.attempts + 1,
            "lease_until": now + self.lease,
            "started_at": row.started_at or now,
            "deadline_at": deadline,
            "version": row.version + 1,
        }
        unmoved = (JobRow.id == row.id, JobRow.fence == row.fence, JobRow.state == row.state)
        if not rows_changed(session, update(JobRow).where(*unmoved).values(values)):
            return None
        return Claim(
            row.id,
            row.kind,
            payload,
            fence=row.fence + 1,
            attempts=row.attempts + 1,
            max_attempts=row.max_attempts,
            done=row.done,
            total=row.total,
            deadline_at=deadline,
        )

    # --- as the worker that holds the claim -----------------------------------------------------------------

    def renew(self, claim: Claim) -> JobState:
        """Renew the lease, and return the state: ABORTING where the job was cancelled.

        Raises
        ------
        JobLost
            When the claim does not hold any more.
        """

        def work(session: Session) -> JobState:
            if not rows_changed(session, _held(claim).values(lease_until=self._clock() + self.lease)):
                raise JobLost
            return JobState(session.scalars(select(JobRow.state).where(JobRow.id == claim.job_id)).one())

        return self._database.retried(work)

    def advance(self, claim: Claim, done: int, lines: int, effect: Effect | None) -> None:
        """Count the lines after the first `done` as done, in one transaction with their effect.

        It may be repeated where the answer to an attempt was lost: lines that were counted stay so.

        Raises
        ------
        JobCancelled, JobTimedOut, JobLost
            Nothing is stored then.
        """

        def work(session: Session) -> bool:
            statement = _held(claim, JobState.RUNNING).where(JobRow.done == done)
            # A job that goes on has all of its attempts again: they are for a line that nobody gets over.
            values = {"lease_until": self._clock() + self.lease, "done": done + lines, "attempts": 1}
            if not rows_changed(session, statement.values({**values, "version": JobRow.version + 1})):
                return False
            if effect is not None:
                effect(session)
            return True

        if self.is_overdue(claim):
            raise JobTimedOut
        if not self._database.retried(work):
            self.check(claim, done + lines)

    def check(self, claim: Claim, done: int) -> None:
        """Check that the claim holds and its job is to go on, with so many lines done.

        Raises
        ------
        JobCancelled, JobTimedOut, JobLost
            When it is not.
        """
        query = select(JobRow.state, JobRow.done).where(JobRow.id == claim.job_id)
        with self._database.read() as session:
            found = session.execute(query.where(JobRow.fence == claim.fence)).one_or_none()
        if found is not None and found.state == JobState.ABORTING:
            raise JobCancelled
        if found is None or found.state != JobState.RUNNING or found.done != done:
            raise JobLost
        if self.is_overdue(claim):
            raise JobTimedOut

    def is_overdue(self, claim: Claim) -> bool:
        """Whether the time of the job is over."""
        return claim.deadline_at <= self._clock()

    def describe(self, claim: Claim, **values: Any) -> None:
        """Store what is shown of a running job: its total, its phase."""
        self._move(claim, HELD, **values)

    def succeed(self, claim: Claim, result: str | None) -> bool:
        """End a job whose work is done, even if it was cancelled meanwhile; False if the claim is lost."""
        return self._end(claim, HELD, JobState.SUCCEEDED, result=result, error_code=None, error_reason=None)

    def fail(self, claim: Claim, code: JobErrorCode, reason: str) -> bool:
        """End a job that another attempt would not help."""
        return self._end(claim, HELD, JobState.FAILED, error_code=code, error_reason=reason[:MAX_REASON])

    def abort(self, claim: Claim) -> bool:
        """End a cancelled job."""
        return self._end(claim, (JobState.ABORTING,), JobState.ABORTED)

    def time_out(self, claim: Claim) -> bool:
        """End a job whose time is over."""
        return self._end(claim, HELD, JobState.TIMED_OUT, **_timed_out())

    def give_back(self, claim: Claim) -> bool:
        """Leave the job to the next worker, without a used attempt; one that was cancelled is ABORTED."""
        return self._pend(claim, {"attempts": JobRow.attempts - 1, "due_at": self._clock()})

    def retry(self, claim: Claim, reason: str) -> bool:
        """Have the job tried again a while later, or end it after its last attempt."""
        with self._database.read() as session:
            found = session.scalar(select(JobRow.attempts).where(JobRow.id == claim.job_id))
        attempts = claim.attempts if found is None else found
        if attempts >= claim.max_attempts:
            tried = f"It failed {attempts} times, the last time with: {reason}"
            return self.fail(claim, JobErrorCode.JOB_FAILED, tried)
        wait = timedelta(seconds=min(RETRY_SECONDS * 2 ** (attempts - 1), MAX_RETRY_SECONDS))
        values = {
            "due_at": self._clock() + wait,
            "error_code": JobErrorCode.JOB_FAILED,
            "error_reason": reason[:MAX_REASON],
        }
        return self._pend(claim, values)

    def _pend(self, claim: Claim, values: dict[str, Any]) -> bool:
        free = {"state": JobState.PENDING, "lease_until": None, "sent_at": None}
        return self._move(claim, (JobState.RUNNING,), **free, **values) or self.abort(claim)

    def _end(self, claim: Claim, states: Sequence[JobState], state: JobState, **values: Any) -> bool:
        ended = {"state": state, "lease_until": None, "ended_at": self._clock()}
        return self._move(claim, states, **ended, **values)

    def _move(self, claim: Claim, states: Sequence[JobState], **values: Any) -> bool:
        statement = _held(claim, *states).values({**values, "version": JobRow.version + 1})
        return bool(self._database.retried(lambda session: rows_changed(session, statement)))

    # --- of nobody's claim ----------------------------------------------------------------------------------

    def reap(self) -> None:
        """End the jobs that no worker goes on with: cancelled, out of time, or after their last attempt.

        Those that nobody would see, because the clock was set back, are made visible first.
        """
        self._redate()
        now = self._clock()
        overdue = JobRow.deadline_at <= now
        let_go = and_(JobRow.state.in_(HELD), JobRow.lease_until <= now)
        last = or_(JobRow.state == JobState.ABORTING, JobRow.attempts >= JobRow.max_attempts, overdue)
        query = select(JobRow).where(or_(and_(let_go, last), and_(JobRow.state == JobState.PENDING, overdue)))
        with self._database.read() as session:
            rows = list(session.scalars(query.limit(MAX_REAPED)))
        for row in rows:
            # A worker that renews its lease just now is alive after all.
            free = or_(JobRow.lease_until.is_(None), JobRow.lease_until <= now)
            statement = _unmoved(row).where(free).values(_reaped(row, now))
            self._database.retried(partial(rows_changed, statement=statement))

    def _redate(self) -> None:
        """Let what was stored in the future begin or end now: the clock was set back since.

        Else no worker would see those jobs for as long as it was set back. A lease ends one lease from now,
        and is never shortened: it was renewed before now.
        """
        now = self._clock()
        late = JobRow.due_at > latest(now, timedelta(seconds=MAX_RETRY_SECONDS))
        ahead: tuple[tuple[ColumnElement[bool], dict[str, Any]], ...] = (
            (and_(JobRow.state == JobState.PENDING, late), {"due_at": now, "version": JobRow.version + 1}),
            (
                and_(JobRow.state.in_(HELD), JobRow.lease_until > latest(now, self.lease)),
                {"lease_until": now + self.lease},
            ),
            (and_(JobRow.state.in_(OPEN), JobRow.sent_at > latest(now)), {"sent_at": None}),
        )
        with self._database.read() as session:
            found = select(JobRow.id).where(or_(*(condition for condition, _ in ahead))).limit(1)
            if session.scalar(found) is None:
                return
        log.warning("jobs were stored in the future: the clock was set back")

        def work(session: Session) -> None:
            for condition, values in ahead:
                rows_changed(session, update(JobRow).where(condition).values(values))

        self._database.retried(work)

    def forget(self, before: datetime) -> None:
        """Delete the jobs that ended before a moment."""
        old = delete(JobRow).where(JobRow.state.in_(ENDED), JobRow.ended_at < before)
        self._database.retried(lambda session: session.execute(old))


def cancel_statement(row: JobRow, now: datetime, by: str) -> Update:
    """Return the compare-and-set that cancels a job: at once where no worker has it, else by its worker."""
    values: dict[str, Any] = {
        "state": JobState.ABORTING,
        "error_code": JobErrorCode.JOB_CANCELLED,
        "error_reason": f"{by} cancelled it.",
        "version": JobRow.version + 1,
    }
    if row.state == JobState.PENDING:
        values |= {"state": JobState.ABORTED, "ended_at": now}
    return _unmoved(row).values(values)


def _held(claim: Claim, *states: JobState) -> Update:
    return update(JobRow).where(
        JobRow.id == claim.job_id, JobRow.fence == claim.fence, JobRow.state.in_(states or HELD)
    )


def _unmoved(row: JobRow) -> Update:
    return update(JobRow).where(JobRow.id == row.id, JobRow.fence == row.fence, JobRow.state == row.state)


def _reaped(row: JobRow, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"lease_until": None, "ended_at": now, "version": JobRow.version + 1}
    if row.state == JobState.ABORTING:
        return {**values, "state": JobState.ABORTED}
    if row.deadline_at is not None and row.deadline_at <= now:
        return {**values, "state": JobState.TIMED_OUT, **_timed_out()}
    reason = f"The worker ended without an answer {row.attempts} times."
    return {
        **values,
        "state": JobState.FAILED,
        "error_code": JobErrorCode.JOB_WORKER_LOST,
        "error_reason": reason,
    }


def _timed_out() -> dict[str, Any]:
    return {
        "error_code": JobErrorCode.JOB_TIMED_OUT,
        "error_reason": "It was not done in the time that its kind allows.",
    }
