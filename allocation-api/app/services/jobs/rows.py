"""Rows of new jobs."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import msgspec

from app.models import JobRow
from app.services.domain.caller import Caller
from app.services.jobs.kinds import JobKind
from app.services.jobs.states import JobState

P = TypeVar("P")


def new_row(
    job_id: str, kind: JobKind[P], payload: P, caller: Caller, now: datetime, total: int | None = None
) -> JobRow:
    """Return the row of a job that is asked for now."""
    return JobRow(
        id=job_id,
        kind=kind.name,
        payload=msgspec.json.encode(payload, order="deterministic").decode(),
        user_id=caller.user_id,
        username=caller.username,
        created_at=now,
        due_at=now,
        state=JobState.PENDING,
        fence=0,
        attempts=0,
        max_attempts=kind.max_attempts,
        timeout_seconds=kind.timeout_seconds,
        done=0,
        total=total,
        version=1,
    )
