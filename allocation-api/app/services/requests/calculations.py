"""Bulkhead for requests that calculate for long, so that all others find a thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from app.services.requests.errors import CalculationsBusy

MAX_WAIT_SECONDS = 5.0
"""Longest wait for a place."""

THREADS_PER_CALCULATION = 4
"""Of so many request threads, one may calculate, and one more may wait for that."""


class CalculationPlaces:
    """Semaphore over requests that calculate; a second one bounds those that wait, which hold threads too.

    So half of the threads at least are left to everything else. A process of one thread has one place.

    Parameters
    ----------
    threads : int
        Threads that serve requests.
    max_wait : float
        Longest wait for a place, in seconds.
    """

    def __init__(self, threads: int, *, max_wait: float = MAX_WAIT_SECONDS) -> None:
        places = max(threads // THREADS_PER_CALCULATION, 1)
        self._admitted = BoundedSemaphore(min(2 * places, max(threads // 2, 1)))
        self._places = BoundedSemaphore(places)
        self._max_wait = max_wait

    @contextmanager
    def calculating(self) -> Iterator[None]:
        """Hold a place.

        Raises
        ------
        CalculationsBusy
            When none becomes free in time, or as many wait as may; nothing was done.
        """
        if not self._admitted.acquire(blocking=False):
            raise _busy()
        try:
            if not self._places.acquire(timeout=self._max_wait):
                raise _busy()
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._admitted.release()


def _busy() -> CalculationsBusy:
    return CalculationsBusy("As many requests calculate at this moment as may. Try again in a moment")
