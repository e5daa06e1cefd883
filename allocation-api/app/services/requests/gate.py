"""Bulkhead: bounds the requests that wait for the vendor, so that all others find a thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from threading import Condition

from app.services.requests.errors import ServiceBusy

MAX_WAIT_SECONDS = 0.5
"""Longest wait for a place. While nobody leaves for as long, nobody waits at all: the vendor hangs."""


class Errand(IntEnum):
    """What a request wants of the vendor; each kind has one place more than the kind before it."""

    READ = 0
    ORDER = 1
    CANCEL = 2


class VendorGate:
    """Semaphore with priority classes over the requests that ask the vendor.

    Reads have `reads` places. An order and a cancellation each find one more, and one thread at least is left
    to what asks no vendor: a slow vendor does not keep anybody from health, login or cancelling an order. A
    request beyond the places waits for a moment, which evens out bursts; while nobody has left for as long
    it is refused at once, because a request that waits holds a thread, too.

    Parameters
    ----------
    threads : int
        Threads that serve requests.
    reads : int
        Places for reads.
    max_wait : float
        Longest wait for a place, in seconds.
    monotonic : callable
        Seconds on a clock that only goes forward.
    """

    def __init__(
        self,
        threads: int,
        reads: int,
        *,
        max_wait: float = MAX_WAIT_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places = {errand: max(min(reads + errand, threads - 1), 1) for errand in Errand}
        self._max_wait = max_wait
        self._monotonic = monotonic
        self._changed = Condition()
        self._inside = 0
        self._moved = monotonic()

    @contextmanager
    def passing(self, errand: Errand) -> Iterator[None]:
        """Hold a place for a request of this kind.

        Raises
        ------
        ServiceBusy
            When none becomes free in time; nothing was done.
        """
        self._enter(errand)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, errand: Errand) -> None:
        with self._changed:
            arrived = self._monotonic()
            while self._inside >= self._places[errand]:
                # Counted from the last movement: behind others who have waited in vain nobody waits anew.
                left = min(arrived, self._moved) + self._max_wait - self._monotonic()
                if left <= 0:
                    raise ServiceBusy(
                        "Too many requests are waiting for Aladdin at this moment. Try again in a moment. "
                        "Orders can still be cancelled"
                    )
                self._changed.wait(left)
            self._inside += 1
            self._moved = self._monotonic()

    def _leave(self) -> None:
        with self._changed:
            self._inside -= 1
            self._moved = self._monotonic()
            self._changed.notify_all()
