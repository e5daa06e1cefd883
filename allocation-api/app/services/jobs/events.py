"""Changes of a job as they happen, for as long as one answer may take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import BoundedSemaphore

from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import NotFound
from app.services.domain.caller import Caller
from app.services.jobs.jobs import JobService, JobView

FOLLOW_SECONDS = 10.0
"""Longest time for which one answer follows a job: it holds a request thread meanwhile."""

LOOK_SECONDS = 0.5
"""Between two looks at the job."""

THREADS_PER_FOLLOWER = 4
"""Of so many request threads, one may follow a job."""


class JobEvents:
    """Follows jobs, in a part of the request threads: others are told how the job is now, and come again.

    Parameters
    ----------
    threads : int
        Request threads of this process.
    """

    def __init__(
        self,
        jobs: JobService,
        threads: int,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._jobs = jobs
        followers = threads // THREADS_PER_FOLLOWER
        self._places = BoundedSemaphore(followers) if followers else None
        self._monotonic = monotonic
        self._sleep = sleep

    def follow(self, job_id: str, caller: Caller, seen: int | None) -> Iterator[JobView]:
        """Return an iterator of the job's changes after version `seen`, which ends soon.

        Raises
        ------
        NotFound
            When there is no such job, or none that the caller may see.
        """
        return self._changes(self._jobs.get(job_id, caller), caller, seen)

    def _changes(self, job: JobView, caller: Caller, seen: int | None) -> Iterator[JobView]:
        if job.version != seen:
            yield job
        if job.has_ended or self._places is None or not self._places.acquire(blocking=False):
            return
        try:
            yield from self._followed(job, caller)
        except (NotFound, SQLAlchemyError):
            return  # the client comes again, and is told then
        finally:
            self._places.release()

    def _followed(self, job: JobView, caller: Caller) -> Iterator[JobView]:
        until = self._monotonic() + FOLLOW_SECONDS
        while not job.has_ended and self._monotonic() < until:
            self._sleep(LOOK_SECONDS)
            found = self._jobs.get(job.job_id, caller)
            if found.version != job.version:
                job = found
                yield job
