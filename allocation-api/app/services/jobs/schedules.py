"""Schedules: when each periodic job is due next, and the jobs that are entered for it.

What was missed is caught up once: however many periods are over, one job is entered, and the next one is due
at the first moment of the old rhythm, or of its clock, that is still to come.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock, latest
from app.core.database import new_id, rows_changed
from app.models import JobRow, ScheduleRow
from app.services.domain.caller import Caller
from app.services.jobs.kinds import PERIODIC, JobKind
from app.services.jobs.rows import new_row
from app.services.jobs.states import ENDED, OPEN

SYSTEM = Caller(user_id="system", username="system", permissions=frozenset(), request_id="periodic")
"""Who asks for periodic jobs."""

TIMEOUT_SECONDS = 1_800
"""Time after which a run is given up, and the next one may begin beside it."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """What a periodic job is asked for: nothing beyond its kind."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A periodic job and its period, or the longest one where `at` returns the moments of a clock."""

    name: str
    every: timedelta
    at: Callable[[datetime], datetime] | None = None

    @property
    def kind(self) -> JobKind[Nothing]:
        """Kind of its jobs."""
        return JobKind(f"{PERIODIC}{self.name}", Nothing, timeout_seconds=TIMEOUT_SECONDS)


class Schedules:
    """Enters the jobs that are due; each schedule has one job that is not over at most."""

    def __init__(self, schedules: Sequence[Schedule], clock: Clock) -> None:
        self._schedules = tuple(schedules)
        self._clock = clock

    def enter(self, session: Session) -> bool:
        """Enter the job that is due for longest, and say whether others are due, too.

        It belongs into a unit of work that holds the leader's lock, so that no two processes enter the same.
        One job at a time: on Snowflake the table of the lock is held meanwhile, and orders wait for it. What
        is not in the table yet is due at once.
        """
        now = self._clock()
        stored = select(ScheduleRow).where(ScheduleRow.name.in_([each.name for each in self._schedules]))
        rows = {row.name: row.next_due_at for row in session.scalars(stored)}
        found = [each for each in self._schedules if _is_due(rows.get(each.name), each.every, now)]
        if not found:
            return False
        schedule = min(found, key=lambda each: rows.get(each.name, datetime.min.replace(tzinfo=UTC)))
        due = rows.get(schedule.name)
        following = schedule.at(now) if schedule.at else _following(due, schedule.every, now)
        if due is None:
            session.add(ScheduleRow(name=schedule.name, next_due_at=following))
        else:
            moved = update(ScheduleRow).where(ScheduleRow.name == schedule.name)
            rows_changed(session, moved.values(next_due_at=following))
        self._enter(session, schedule.kind, now)
        return len(found) > 1

    def _enter(self, session: Session, kind: JobKind[Nothing], now: datetime) -> None:
        of_kind = select(func.count()).where(JobRow.kind == kind.name, JobRow.state.in_(OPEN))
        if session.scalar(of_kind):
            return
        ended = (JobRow.kind == kind.name, JobRow.state.in_(ENDED))
        last = session.scalar(select(func.max(JobRow.created_at)).where(*ended))
        if last is not None:
            rows_changed(session, delete(JobRow).where(*ended, JobRow.created_at < last))
        session.add(new_row(new_id(), kind, Nothing(), SYSTEM, now))


def _is_due(due: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether it is due, or of a clock that was set back since."""
    return due is None or not now < due <= latest(now, every)


def _following(due: datetime | None, every: timedelta, now: datetime) -> datetime:
    if due is None or due > now:
        return now + every
    return due + every * ((now - due) // every + 1)
