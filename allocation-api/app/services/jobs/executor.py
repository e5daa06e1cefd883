"""Does one job, whoever calls: an embedded worker, or a task of a message broker."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Event

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import is_unavailable
from app.core.errors import AllocatorError
from app.services.jobs.errors import JobCancelled, JobLost, JobTimedOut, JobYielded, WorkerStopping
from app.services.jobs.hold import Hold
from app.services.jobs.kinds import Handlers
from app.services.jobs.progress import Progress
from app.services.jobs.states import JobErrorCode
from app.services.jobs.store import Claim, JobStore

FIRST_OWN_FAULT = 500
"""Status from which an error is not the caller's."""

log = structlog.get_logger(__name__)


class JobExecutor:
    """Claims a job, does its work under a lease, and stores how it ended."""

    def __init__(
        self, store: JobStore, handlers: Handlers, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._handlers = handlers
        self._monotonic = monotonic

    @property
    def has_work(self) -> bool:
        """Whether any kind of job can be done here."""
        return bool(self._handlers.names)

    def run_next(self, stopping: Event, on_lost: Callable[[], None]) -> bool:
        """Do the job that is due for longest, an urgent one before others; False where none is due."""
        due = self._store.due(self._handlers.names, self._handlers.urgent)
        return any(self.run(job_id, stopping, on_lost) for job_id in due)

    def wake(self, job_id: str, stopping: Event, on_lost: Callable[[], None]) -> None:
        """Do a job that a message broker has sent, after the urgent ones that are due."""
        urgent = self._handlers.urgent
        while not stopping.is_set() and any(
            self.run(each, stopping, on_lost) for each in self._store.due(urgent, urgent)
        ):
            pass
        self.run(job_id, stopping, on_lost)

    def run(self, job_id: str, stopping: Event, on_lost: Callable[[], None]) -> bool:
        """Do a job; False where it is not to be done now, or another worker was first.

        Parameters
        ----------
        stopping : Event
            When it is set, the job is left to another worker after the line that is being done.
        on_lost : callable
            Called in another thread when the lease is over before the work. It ends the process, if the
            process is a worker's own.
        """
        claimed_at = self._monotonic()
        claim = self._store.claim(job_id, self._handlers.names)
        if claim is None:
            return False
        log.info("a job starts", job_id=job_id, kind=claim.kind, attempt=claim.attempts, done=claim.done)
        try:
            with Hold(self._store, claim, claimed_at, on_lost=on_lost, stopping=stopping) as hold:
                end = self._done(claim, hold)
                is_stored = hold.persist(end)
        except JobLost:
            is_stored = False
        log.info("a job stops", job_id=job_id, kind=claim.kind, is_stored=is_stored)
        return True

    def _done(self, claim: Claim, hold: Hold) -> Callable[[], bool]:
        """Do the work, and return what stores how it ended."""
        store = self._store
        try:
            result = self._handlers.of(claim.kind)(Progress(store, hold, self._yields(claim)), claim.payload)
        except JobCancelled:
            return lambda: store.abort(claim)
        except JobTimedOut:
            return lambda: store.time_out(claim)
        except (WorkerStopping, JobYielded):
            return lambda: store.give_back(claim)
        except JobLost:
            raise
        except AllocatorError as error:
            reason = error.detail
            if error.status < FIRST_OWN_FAULT:
                return lambda: store.fail(claim, JobErrorCode.JOB_REFUSED, reason)
            log.warning("a job failed", job_id=claim.job_id, kind=claim.kind, exc_info=error)
        except Exception as error:
            reason = f"Unexpected error ({type(error).__name__})."
            log.exception("a job failed", job_id=claim.job_id, kind=claim.kind)
        else:
            return lambda: store.succeed(claim, result)
        return lambda: store.retry(claim, reason)

    def _yields(self, claim: Claim) -> Callable[[], bool]:
        """Return what says whether a job is to be left for a more urgent one: else this worker has none."""
        urgent = self._handlers.urgent
        if not urgent or claim.kind in urgent:
            return lambda: False
        return lambda: self._is_due(urgent)

    def _is_due(self, kinds: Sequence[str]) -> bool:
        """Say whether a job of these kinds is due; while the database is away the line at hand finds out."""
        try:
            return bool(self._store.due(kinds))
        except SQLAlchemyError as error:
            if not is_unavailable(error):
                raise
            return False
