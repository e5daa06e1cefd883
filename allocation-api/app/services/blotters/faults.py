"""Errors of a line: those of its own, after which the job goes on, and those that pass by themselves."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import is_unavailable, new_id
from app.core.errors import AllocatorError, DatabaseUnavailable, NotReady
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorUnavailable
from app.services.allocations.compared import Problem
from app.services.jobs.errors import JobInterrupted
from app.services.visibility.errors import VisibilityUnknown

LOOK_SECONDS = 0.5
"""Between two looks, while a line waits, whether the work is to go on."""

VENDOR_WAIT_SECONDS = 900.0
"""Longest wait of one line for Aladdin, where it says or we know when to come again."""

log = structlog.get_logger(__name__)


def problem_of(error: Exception) -> Problem:
    """Return what an error says of a line; what is a mistake of ours is found in the log by its reference.

    Raises
    ------
    Exception
        The error itself, where it is not of this line: the database, Aladdin or the lease is away.
    """
    if isinstance(error, JobInterrupted | DatabaseUnavailable | NotReady | VisibilityUnknown):
        raise error
    if isinstance(error, VendorUnavailable) and not isinstance(error, OrderOutcomeUnknown):
        raise error
    if isinstance(error, SQLAlchemyError) and is_unavailable(error):
        raise error
    if isinstance(error, AllocatorError) and type(error) is not AllocatorError:
        return Problem.of(error)
    reference = new_id()
    log.error("unexpected error in a line of a blotter", reference=reference, exc_info=error)
    detail = f"Something went wrong on our side; the reference {reference} finds it in our logs."
    return Problem(AllocatorError.code, AllocatorError.title, detail, ())


@dataclass(slots=True)
class Time:
    """How time passes: as it does, or as a test says."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


class Patience:
    """Waits of one line for what passes by itself, in short steps, `most` seconds in all.

    `check` is called between the steps, and raises where the work is not to go on.
    """

    def __init__(self, most: float, check: Callable[[], None], time_: Time) -> None:
        self._check = check
        self._time = time_
        self._most = most
        self.renew()

    def renew(self) -> None:
        """Begin anew, for the next line."""
        self._end = self._time.monotonic() + self._most

    def wait(self, error: AllocatorError, seconds: float | None) -> None:
        """Wait so many seconds.

        Raises
        ------
        AllocatorError
            The error, where nobody knows for how long, or it would be for too long.
        """
        if seconds is None or self._time.monotonic() + seconds > self._end:
            raise error
        while seconds > 0:
            self._check()
            self._time.sleep(min(seconds, LOOK_SECONDS))
            seconds -= LOOK_SECONDS
