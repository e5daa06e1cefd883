"""A worker's hold on one job: its lease is renewed in time, or the worker stops itself before it is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Self, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import is_unavailable
from app.services.jobs.errors import JobLost, WorkerStopping
from app.services.jobs.store import Claim, JobStore

T = TypeVar("T")

RENEWALS = 4
"""Renewals within one lease: three may fail, and the worker still has the job."""

SAFE_PART = 0.8
"""Part of the lease after which the worker stops itself: clocks of several hosts differ."""

LOOK_SECONDS = 0.1
"""Between two looks whether the lease still holds."""

AGAIN_SECONDS = 0.2
"""Between two attempts to reach a database that is away."""

log = structlog.get_logger(__name__)


class Hold:
    """Lease on a claimed job, renewed in a thread of its own while the context lasts.

    A lease that cannot be renewed in time is lost: `on_lost` is called, by another thread, so that a
    connection that hangs delays neither. A job whose time is over is not renewed any more.

    Parameters
    ----------
    claimed_at : float
        Monotonic seconds before the claim was made.
    on_lost : callable
        Ends the process where that can be: whatever hangs in it then ends, too.
    stopping : Event
        Set when the process is to end.
    """

    def __init__(
        self,
        store: JobStore,
        claim: Claim,
        claimed_at: float,
        *,
        on_lost: Callable[[], None],
        stopping: Event,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.claim = claim
        self._store = store
        self._on_lost = on_lost
        self._stopping = stopping
        self._monotonic = monotonic
        self._seconds = store.lease.total_seconds()
        self._left = Event()
        self._lost = Event()
        self._ends_at = claimed_at
        self._renewed(claimed_at)

    def __enter__(self) -> Self:
        for work in (self._renew, self._watch):
            Thread(target=work, name="job-lease", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.set()

    def check(self) -> None:
        """Check that the work may go on, as far as this process knows.

        Raises
        ------
        JobLost, WorkerStopping
            When it may not.
        """
        if self._lost.is_set():
            raise JobLost
        if self._stopping.is_set():
            raise WorkerStopping

    def persist(self, work: Callable[[], T]) -> T:
        """Do what stores something and renews the lease; while the database is away, again until it is done.

        `work` may have been done where it failed, so it must bear being repeated.

        Raises
        ------
        JobLost
            When the lease is over before the database is back.
        """
        while True:
            began = self._monotonic()
            try:
                done = work()
            except SQLAlchemyError as error:
                if not is_unavailable(error):
                    raise
                if self._lost.wait(AGAIN_SECONDS) or self._monotonic() >= self._ends_at:
                    raise JobLost from error
            else:
                self._renewed(began)
                return done

    def _renewed(self, began: float) -> None:
        self._ends_at = max(self._ends_at, began + SAFE_PART * self._seconds)

    def _renew(self) -> None:
        wait = self._seconds / RENEWALS
        while not self._left.wait(wait):
            if self._store.is_overdue(self.claim):
                return
            began = self._monotonic()
            try:
                self._store.renew(self.claim)
            except JobLost:
                # Or it has just ended: then nobody asks for the hold any more.
                self._lost.set()
                return
            except Exception:  # the thread goes on, and the lease ends if all fail
                log.warning("the lease of a job was not renewed", job_id=self.claim.job_id, exc_info=True)
                wait = AGAIN_SECONDS
            else:
                self._renewed(began)
                wait = self._seconds / RENEWALS

    def _watch(self) -> None:
        while not self._left.wait(LOOK_SECONDS):
            if self._monotonic() >= self._ends_at:
                self._lost.set()
                log.error("the lease of a job is over before its work", job_id=self.claim.job_id)
                self._on_lost()
                return
