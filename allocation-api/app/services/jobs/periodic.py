"""Periodic work: what each process does for itself, and what one of all processes, the leader, does for all.

The leader does it in its own process, in threads that do nothing else. So it waits for no worker that is
busy, away or switched off, and neither a run that hangs nor one that fails keeps the others from being done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from functools import partial
from threading import Event, Thread

import structlog
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.jobs.embedded import Job, JobRunner, Where, counted, guarded, join
from app.services.jobs.executor import JobExecutor
from app.services.jobs.kinds import Handler, Handlers
from app.services.jobs.leader_lock import LeaderLock
from app.services.jobs.schedules import Nothing, Schedule, Schedules
from app.services.jobs.store import JobStore

HANG_LEASES = 12
"""Leases of the lead after which a look counts as hanging: where statements take longer, so may a look."""

AWAY_SECONDS = 2.0
"""Before the next attempt while the database is away."""

JOBS_AT_ONCE = 3
"""Jobs of schedules that the leader does at a time: each has a connection to the database."""

log = structlog.get_logger(__name__)


class PeriodicWork:
    """Does periodic jobs from `start` to `end`; the jobs' names differ."""

    def __init__(
        self,
        jobs: Sequence[Job],
        lock: LeaderLock,
        store: JobStore,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._own = self._runner(())
        self._looks = tuple(job.name for job in jobs if job.where is Where.LEADER)
        schedules = [
            Schedule(job.name, timedelta(seconds=job.every), job.at)
            for job in jobs
            if job.where is Where.SCHEDULE
        ]
        self._schedules = Schedules(schedules, clock)
        self._handlers = Handlers()
        self._handlers.add(self._handler(schedule) for schedule in schedules)
        self._executor = JobExecutor(store, self._handlers)
        self._store = store
        self._lock = lock
        self._monotonic = monotonic
        self._stopping = Event()
        self._thread: Thread | None = None
        self._running: dict[str, tuple[float, Thread]] = {}
        self._leads_since = 0.0
        self._due: dict[str, float] = {}
        self._next_look = 0.0

    def start(self) -> None:
        """Start the threads. Call it after a fork, which copies no threads."""
        self._stopping.clear()
        self._own.start()
        self._thread = Thread(target=self._lead, name="leader", daemon=True)
        self._thread.start()

    def start_beside(self, looks: Collection[str]) -> None:
        """Start what each process does, and these looks of the leader, without ever leading.

        It is for a command: it may end at any moment, and nobody reads its metrics. What it waits for itself
        it looks after, since there may be no leader.

        Raises
        ------
        KeyError
            When there is no job of such a name.
        """
        self._own = self._runner([self._jobs[name] for name in looks])
        self._own.start()

    def end(self) -> None:
        """Have the lead left to another process, and the last jobs done."""
        self._stopping.set()
        self._own.end()

    def join(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for all that runs."""
        until = time.monotonic() + timeout
        if self._thread is not None:
            join([self._thread], timeout)
            self._thread = None
        self._own.join(until - time.monotonic())
        join([thread for _, thread in self._running.copy().values()], until - time.monotonic())

    def do(self, name: str) -> None:
        """Do one job now, in the calling thread.

        Raises
        ------
        KeyError
            When there is no job of that name. Errors of the job are passed on.
        """
        self._jobs[name].work()

    def _runner(self, beside: Sequence[Job]) -> JobRunner:
        own = [job for job in self._jobs.values() if job.where is Where.EVERY_PROCESS]
        return JobRunner([*own, *beside])

    # --- the lead -------------------------------------------------------------------------------------------

    def _lead(self) -> None:
        self._next_look = self._monotonic()
        while not self._stopping.is_set():
            try:
                self._turn()
            except Exception:  # the thread must outlive a database that is away
                log.warning("a process cannot look who does the periodic work", exc_info=True)
                self._next_look = self._monotonic() + AWAY_SECONDS
            self._stopping.wait(max(0.0, self._next_moment() - self._monotonic()))
        self._lock.release()

    def _next_moment(self) -> float:
        if not self._lock.holds:
            return self._next_look
        return min([self._next_look, *self._due.values()])

    def _turn(self) -> None:
        if self._next_look <= self._monotonic():
            self._next_look = self._monotonic() + self._look()
        if self._lock.holds:
            self._start_looks()

    def _look(self) -> float:
        """Take or renew the lead and start the jobs that are due; return the seconds until the next time."""
        if self._stands_back():
            return self._lock.lease.total_seconds()
        did, is_more = self._lock.holds, False

        def enter(session: Session) -> None:
            nonlocal is_more
            is_more = self._schedules.enter(session)

        if self._lock.hold(enter):
            if not did:
                log.info("this process does the periodic work of all")
                self._leads_since = self._monotonic()
                self._due = dict.fromkeys(self._looks, self._leads_since)
            self._start_jobs()
        elif did:
            log.warning("another process does the periodic work of all now")
        return 0.0 if is_more else self._lock.pause

    def _stands_back(self) -> bool:
        """Leave the lead to another process where a look hangs, whenever this one has led for so long."""
        late = self._hung_since()
        if not self._lock.holds or self._leads_since > late:
            return False
        hanging = {name for name, (began, _) in self._running.copy().items() if began <= late}
        found = hanging.intersection(self._looks)
        if not found:
            return False
        log.error("periodic jobs hang: another process is to do them", jobs=sorted(found))
        self._lock.release()
        return True

    def _hung_since(self) -> float:
        return self._monotonic() - HANG_LEASES * self._lock.lease.total_seconds()

    def _start_looks(self) -> None:
        now = self._monotonic()
        for name in self._looks:
            if self._due[name] <= now:
                self._due[name] = now + self._jobs[name].every
                self._spawn(name, partial(guarded, self._jobs[name]))

    def _start_jobs(self) -> None:
        for job_id in self._store.due(self._handlers.names) if self._handlers.names else ():
            if self._jobs_running() < JOBS_AT_ONCE:
                self._spawn(job_id, partial(self._run, job_id))

    def _jobs_running(self) -> int:
        """Return how many jobs are being done; one that hangs must not keep others waiting for ever."""
        late = self._hung_since()
        running = self._running.copy().items()
        return sum(name not in self._looks and began > late for name, (began, _) in running)

    def _run(self, job_id: str) -> None:
        try:
            # A thread cannot be ended: the fence keeps it from storing anything.
            self._executor.run(job_id, self._stopping, on_lost=lambda: None)
        except Exception:  # the job's lease runs out, and it is done again
            log.exception("a periodic job could not be done", job_id=job_id)

    def _spawn(self, name: str, work: Callable[[], None]) -> None:
        """Do some work in a thread, unless it is being done."""
        if name in self._running:
            return

        def done() -> None:
            try:
                work()
            finally:
                self._running.pop(name, None)

        thread = Thread(target=done, name=f"periodic-{name}", daemon=True)
        self._running[name] = (self._monotonic(), thread)
        try:
            thread.start()
        except RuntimeError:  # there are too many threads
            self._running.pop(name)
            raise

    def _handler(self, schedule: Schedule) -> Handler[Nothing]:
        name = schedule.name
        return Handler(schedule.kind, lambda _progress, _nothing: counted(self._jobs[name]))
