"""Embedded workers: loops that look at the table and do what is due."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Event, Thread

import structlog

from app.core.jobs.embedded import join
from app.services.jobs.executor import JobExecutor

IDLE_SECONDS = 1.0
"""Between two looks at the table while nothing is due."""

AWAY_SECONDS = 2.0
"""Before the next look while the database is away."""

LOST_STATUS = 75
"""Exit status of a worker that stopped itself; its parent starts another one."""

log = structlog.get_logger(__name__)


def work(executor: JobExecutor, stopping: Event, on_lost: Callable[[], None] | None = None) -> None:
    """Do one job after another until `stopping` is set; without `on_lost`, a lost lease ends the process."""
    while not stopping.is_set():
        try:
            if executor.has_work and executor.run_next(stopping, on_lost or end_process):
                continue
        except Exception:  # the worker must outlive a database that is away
            log.exception("a worker cannot look for jobs")
            stopping.wait(AWAY_SECONDS)
        stopping.wait(IDLE_SECONDS)


def end_process() -> None:
    """End this process at once, whatever its threads do."""
    os._exit(LOST_STATUS)


class JobThreads:
    """Workers in threads of a serving process, for a vendor that is inside that process."""

    def __init__(self, executor: JobExecutor, count: int) -> None:
        self._executor = executor
        self._count = count
        self._stopping = Event()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Start the threads. Call it after a fork, which copies no threads."""
        self._stopping.clear()
        for _ in range(self._count):
            thread = Thread(target=self._work, name="job-worker", daemon=True)
            thread.start()
            self._threads.append(thread)

    def end(self) -> None:
        """Have the threads end after the lines that are being done."""
        self._stopping.set()

    def join(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for all threads together."""
        join(self._threads, timeout)
        self._threads.clear()

    def _work(self) -> None:
        # A thread cannot be ended: the fence keeps it from storing anything, and it stops after its line.
        work(self._executor, self._stopping, on_lost=lambda: None)
