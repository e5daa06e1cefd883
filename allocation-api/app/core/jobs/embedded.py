"""Background jobs: one daemon thread per process runs each job at the start and then periodically."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread

import structlog

from app.core import metrics

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Periodic job that runs `every` so many seconds; it may run in several processes at once.

    A job that is `last` runs once more when the runner stops.
    """

    name: str
    every: float
    work: Callable[[], None]
    last: bool = False


class JobRunner:
    """Scheduler of periodic jobs: runs them one after another in a daemon thread, from `start` to `stop`.

    A job that fails is logged and runs again when it is next due; the other jobs are not affected.
    """

    def __init__(self, jobs: Sequence[Job], *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._jobs = tuple(jobs)
        self._monotonic = monotonic
        self._stopping = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Start the thread, with every job due at once. Call it after a fork, which copies no threads."""
        self._stopping.clear()
        self._thread = Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Stop after the running job and the `last` ones, and wait at most `timeout` seconds for it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout)
            self._thread = None

    def do(self, name: str) -> None:
        """Run one job now, in the calling thread.

        Raises
        ------
        KeyError
            When there is no job of that name. Errors of the job are passed on.
        """
        {job.name: job for job in self._jobs}[name].work()

    def _run(self) -> None:
        due = {job.name: self._monotonic() for job in self._jobs}
        while not self._stopping.is_set():
            for job in self._jobs:
                if due[job.name] <= self._monotonic() and not self._stopping.is_set():
                    self._guarded(job)
                    due[job.name] = self._monotonic() + job.every
            self._stopping.wait(max(0.0, min(due.values(), default=1.0) - self._monotonic()))
        for job in self._jobs:
            if job.last:
                self._guarded(job)

    def _guarded(self, job: Job) -> None:
        try:
            job.work()
        except Exception:  # the thread must survive any failure of a job
            metrics.JOB_RUNS.labels(job.name, "FAILED").inc()
            log.exception("background job failed", job=job.name)
        else:
            metrics.JOB_RUNS.labels(job.name, "DONE").inc()
            metrics.JOB_SUCCESS.labels(job.name).set_to_current_time()
