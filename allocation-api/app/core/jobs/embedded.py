"""Periodic jobs, and the runner of those that each process does itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from threading import Event, Thread
from typing import Protocol

import structlog

from app.core import metrics

STOP_SECONDS = 10.0
"""Longest wait for all background work of a process at its stop; the parent waits longer."""

log = structlog.get_logger(__name__)


class Where(StrEnum):
    """Which process does a periodic job.

    EVERY_PROCESS is for what a process has in its memory or is itself the subject of. LEADER is done by one
    process, from the moment it leads, without a row for each run: for looks that follow each other closely.
    SCHEDULE is done by that process, too, as a job at times that are stored, so that a run which was missed
    is caught up once.
    """

    EVERY_PROCESS = "EVERY_PROCESS"
    LEADER = "LEADER"
    SCHEDULE = "SCHEDULE"


@dataclass(frozen=True, slots=True)
class Job:
    """Periodic job that runs `every` so many seconds, or by a clock.

    `at` is of a schedule: it returns the first moment of the clock after a moment, and `every` is the longest
    time between two of them. A job may run in several processes at once all the same: while another process
    becomes the leader, the one before may still be at its run. One that is `last` runs once more when the
    runner stops.
    """

    name: str
    every: float
    work: Callable[[], None]
    where: Where
    last: bool = False
    at: Callable[[datetime], datetime] | None = None


class Background(Protocol):
    """Work in threads of a process."""

    def end(self) -> None:
        """Tell the threads to end, and wait for nothing."""
        ...

    def join(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for all of them together."""
        ...


def stop(*works: Background, timeout: float = STOP_SECONDS) -> None:
    """End all works at once, and wait at most `timeout` seconds for all of them together."""
    for work in works:
        work.end()
    until = time.monotonic() + timeout
    for work in works:
        work.join(until - time.monotonic())


def join(threads: Sequence[Thread], timeout: float) -> None:
    """Wait at most `timeout` seconds for all threads together."""
    until = time.monotonic() + timeout
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def counted(job: Job) -> None:
    """Do a job and count how it ended; its errors are passed on."""
    try:
        job.work()
    except Exception:
        metrics.JOB_RUNS.labels(job.name, "FAILED").inc()
        raise
    metrics.JOB_RUNS.labels(job.name, "DONE").inc()
    metrics.JOB_SUCCESS.labels(job.name).set_to_current_time()


def guarded(job: Job) -> None:
    """Do a job and count how it ended; an error is logged, and the thread survives it."""
    try:
        counted(job)
    except Exception:
        log.exception("background job failed", job=job.name)


class JobRunner:
    """Runner of jobs of this process: one after another in a daemon thread, from `start` to `end`.

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

    def end(self) -> None:
        """Have the thread end after the running job and the `last` ones."""
        self._stopping.set()

    def join(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for the thread."""
        if self._thread is not None:
            join([self._thread], timeout)
            self._thread = None

    def _run(self) -> None:
        due = {job.name: self._monotonic() for job in self._jobs}
        while not self._stopping.is_set():
            for job in self._jobs:
                if due[job.name] <= self._monotonic() and not self._stopping.is_set():
                    guarded(job)
                    due[job.name] = self._monotonic() + job.every
            self._stopping.wait(max(0.0, min(due.values(), default=1.0) - self._monotonic()))
        for job in self._jobs:
            if job.last:
                guarded(job)
