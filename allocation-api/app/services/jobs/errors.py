"""Errors of jobs, and the interruptions that end the work on one."""

from __future__ import annotations

from app.core.errors import Conflict


class JobEnded(Conflict):
    """The job is over, so it cannot be cancelled."""

    code, title = "JOB_ENDED", "The job is over"


class JobInterrupted(Exception):
    """The worker must not go on with the job: a handler lets it pass, and what it has not stored is lost."""


class JobCancelled(JobInterrupted):
    """A user asked for the end of the job."""


class JobTimedOut(JobInterrupted):
    """The time that the kind gives a job is over."""


class JobLost(JobInterrupted):
    """The lease is over or another worker has claimed the job (fencing): nothing of it can be stored."""


class WorkerStopping(JobInterrupted):
    """The worker's process ends; another worker goes on with the job."""


class JobYielded(JobInterrupted):
    """A more urgent job is due, and this worker does it first; the job is left to the next one."""
