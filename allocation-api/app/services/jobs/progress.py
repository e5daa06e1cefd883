"""Progress of a job, as the work on it reports it."""

from __future__ import annotations

from collections.abc import Callable

from app.services.jobs.errors import JobYielded
from app.services.jobs.hold import Hold
from app.services.jobs.store import Effect, JobStore


class Progress:
    """What the work on a job is given: how far it is, and how lines are stored.

    `done` lines are stored already, by this attempt or an earlier one: the work begins after them. A method
    raises a `JobInterrupted` where the work must not go on, because the job was cancelled or timed out, the
    lease is lost, the process stops or a more urgent job is due; it is let pass.

    Parameters
    ----------
    must_yield : callable
        Says after each line, and while it waits, whether a more urgent job waits for a worker.
    """

    def __init__(self, store: JobStore, hold: Hold, must_yield: Callable[[], bool] = lambda: False) -> None:
        self._store = store
        self._hold = hold
        self._must_yield = must_yield
        self.job_id = hold.claim.job_id
        self.done = hold.claim.done
        self.total = hold.claim.total

    def describe(self, *, total: int | None = None, phase: str | None = None) -> None:
        """Say how many lines there are, and what is being done."""
        self._hold.check()
        self.total = self.total if total is None else total
        shown = {name: value for name, value in (("total", total), ("phase", phase)) if value is not None}
        self._hold.persist(lambda: self._store.describe(self._hold.claim, **shown))

    def advance(self, effect: Effect | None = None, *, lines: int = 1) -> None:
        """Store the effect of the next lines and count them as done, in one transaction: each line once.

        `effect` is given the session and may be called again after a conflict, so it changes nothing else.
        """
        done = self.done
        self._hold.persist(lambda: self._store.advance(self._hold.claim, done, lines, effect))
        self.done = done + lines
        self._hold.check()
        if self.done != self.total:
            self._check_urgent()

    def check(self) -> None:
        """Check whether the work is to go on; for long lines, between whose parts it may stop."""
        self._hold.check()
        self._hold.persist(lambda: self._store.check(self._hold.claim, self.done))

    def check_waiting(self) -> None:
        """Check the same for work that only waits: it leaves its worker to a more urgent job."""
        self.check()
        self._check_urgent()

    def _check_urgent(self) -> None:
        if self._hold.persist(self._must_yield):
            raise JobYielded
