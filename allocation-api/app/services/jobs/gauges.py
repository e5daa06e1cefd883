"""Gauges of jobs."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.state_gauges import StateGauge
from app.models import JobRow
from app.services.jobs.states import OPEN


def gauges() -> tuple[StateGauge, ...]:
    """Return the gauges of the room."""
    return (StateGauge("allocator_jobs_open", "Jobs that are not over, by state.", _open, "state"),)


def _open(session: Session) -> Mapping[str, float]:
    query = select(JobRow.state, func.count()).where(JobRow.state.in_(OPEN)).group_by(JobRow.state)
    counts = dict(session.execute(query).all())
    return {state: counts.get(state, 0) for state in OPEN}
