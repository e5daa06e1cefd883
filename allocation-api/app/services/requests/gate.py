"""Bulkhead: bounds the requests that wait for the vendor, so that all others find a thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from threading import Condition

from app.services.requests.errors import ServiceBusy

MAX_STALL_SECONDS = 0.5
"""Time without anybody leaving after which nobody waits any more: the vendor hangs."""

MAX_WAIT_SECONDS = 2.0
"""Longest wait for a place while others leave."""


class Errand(IntEnum):
    """What a request wants of the vendor; each kind has one place more than the kind before it."""

    READ = 0
    ORDER = 1
    CANCEL = 2


class VendorGate:
    """Semaphore with priority classes over the requests that ask the vendor.

    Reads have `reads` places. An order and a cancellation each find one more, and one thread at least is left
    to what asks no vendor: a slow vendor does not keep anybody from health, login or cancelling an order. A
    request beyond the places waits for a moment, which evens out bursts; once nobody leaves any more all who
    wait are refused, and those who come later at once, because a request that waits holds a thread, too.

    Parameters
    ----------
    threads : int
        Threads that serve requests.
    reads : int
        Places for reads.
    max_stall, max_wait : float
        Longest wait for a place while nobody leaves, and in all; in seconds.
    monotonic : callable
        Seconds on a clock that only goes forward.
    """

    def __init__(
        self,
        threads: int,
        reads: int,
        *,
        max_stall: float = MAX_STALL_SECONDS,
        max_wait: float = MAX_WAIT_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places = {errand: max(min(reads + errand, threads - 1), 1) for errand in Errand}
        self._max_stall = max_stall
        self._max_wait = max_wait
        self._monotonic = monotonic
        self._changed = Condition()
        self._inside = 0
        self._moved = monotonic()

    @property
    def reads(self) -> int:
        """Places of reads."""
        return self._places[Errand.READ]

    @property
    def inside(self) -> int:
        """Requests that hold a place now, of every kind."""
        with self._changed:
            return self._inside

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
            end = self._monotonic() + self._max_wait
            while self._inside >= self._places[errand]:
                # A stall is the same for all: behind others who have waited in vain nobody waits anew.
                left = min(end, self._moved + self._max_stall) - self._monotonic()
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
