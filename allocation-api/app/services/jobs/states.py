"""States of a job."""

from __future__ import annotations

from enum import StrEnum


class JobState(StrEnum):
    """What becomes of a job.

    PENDING waits for a worker, RUNNING has one. ABORTING was cancelled while it was running, and its worker
    has not stopped yet. The others are final.
    """

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    ABORTING = "ABORTING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    ABORTED = "ABORTED"
    TIMED_OUT = "TIMED_OUT"


class JobErrorCode(StrEnum):
    """Why a job, or its last attempt, was not done."""

    JOB_CANCELLED = "JOB_CANCELLED"
    JOB_TIMED_OUT = "JOB_TIMED_OUT"
    JOB_WORKER_LOST = "JOB_WORKER_LOST"
    """Its workers ended without an answer."""

    JOB_REFUSED = "JOB_REFUSED"
    """What was asked for cannot be done, and another attempt would not help."""

    JOB_FAILED = "JOB_FAILED"
    """Something failed on our side or at Aladdin."""


HELD = (JobState.RUNNING, JobState.ABORTING)
"""A worker has the job, as long as its lease lasts."""

OPEN = (JobState.PENDING, *HELD)
"""Something is still to happen."""

ENDED = tuple(state for state in JobState if state not in OPEN)
