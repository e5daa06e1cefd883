"""The keeper: work that nobody asks for, done beside the requests, at the start and from time to time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do `every` so many seconds; it may run in several processes at once.

    One that is `last` is done once more when the keeper stops.
    """

    name: str
    every: float
    work: Callable[[], None]
    last: bool = False


class JobRunner:
    """Runs jobs one after the other in a thread of its own, from `start` to `stop`.

    A job that fails is logged and done again when its time comes: the others go on.
    """

    def __init__(self, jobs: Sequence[Job], *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._jobs = tuple(jobs)
        self._monotonic = monotonic
        self._stopping = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin, with every job at once. A fork does not take the thread along."""
        self._stopping.clear()
        self._thread = Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Let the job under way end, and wait so many seconds for that."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout)
            self._thread = None

    def do(self, name: str) -> None:
        """Do one job now, in this thread.

        Raises
        ------
        KeyError
            When there is no job of that name. What the job raises comes through.
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
        except Exception:  # the thread must outlive whatever one job does
            log.exception("a job of the keeper failed", job=job.name)
