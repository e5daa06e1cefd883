"""Client-side rate limiting: keeps the calls of each operation within the vendor's published quota."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from threading import Lock

from app.services.aladdin.operations import Operation

MIN_WAIT_SECONDS = 0.05
"""Shortest wait that is asked for: another thread may take the place that is about to become free."""


class Priority(IntEnum):
    """Priority class of a call: one for an order may use the reserve of a quota, an ordinary one may not."""

    ORDINARY = 0
    ORDER = 1


@dataclass(frozen=True, slots=True)
class QuotaLeft:
    """Calls of one operation in the present window, and those that are left to each priority class."""

    quota: int
    used: int
    ordinary: int
    order: int


class Quotas:
    """Sliding-window rate limiter with a reserve: bounds the calls of each operation in any window of time.

    The last part of every quota, the reserve, is kept for calls of `Priority.ORDER`, so that no number of
    ordinary reads keeps the desk from sending, changing or cancelling an order. Each process counts its own
    calls and has an equal part of the published quota. Safe to share between threads.

    Parameters
    ----------
    quota_seconds : float
        Length of the window, which the vendor does not publish.
    reserve_percent : int
        Part of each quota that is kept for orders; at least one call.
    processes : int
        Processes that share the published quota.
    monotonic : callable
        Seconds on a clock that only goes forward: one that is set back would make old calls new again.
    """

    def __init__(
        self,
        quota_seconds: float,
        *,
        reserve_percent: int = 0,
        processes: int = 1,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = quota_seconds
        self._reserve_percent = reserve_percent
        self._processes = processes
        self._monotonic = monotonic
        self._lock = Lock()
        self._calls: dict[str, deque[float]] = {}
        self._operations: dict[str, Operation] = {}

    def allowed(self, operation: Operation, priority: Priority) -> int:
        """Return how many calls of an operation this class may make in one window, if no other makes any."""
        quota = max(operation.quota // self._processes, 1)
        if priority is Priority.ORDER or not self._reserve_percent:
            return quota
        return max(quota - max(quota * self._reserve_percent // 100, 1), 1)

    def spend(self, operation: Operation, priority: Priority) -> float:
        """Count one call and return 0, or count nothing and return the seconds until there is room."""
        with self._lock:
            now = self._monotonic()
            calls = self._present(operation, now)
            excess = len(calls) - self.allowed(operation, priority)
            if excess >= 0:
                return max(calls[excess] + self._seconds - now, MIN_WAIT_SECONDS)
            calls.append(now)
            return 0.0

    def left(self) -> Mapping[str, QuotaLeft]:
        """Return what is left of each operation's quota by the operation's name, once it was called."""
        with self._lock:
            now = self._monotonic()
            return {
                name: self._left(operation, len(self._present(operation, now)))
                for name, operation in self._operations.items()
            }

    def _left(self, operation: Operation, used: int) -> QuotaLeft:
        quota = self.allowed(operation, Priority.ORDER)
        ordinary = self.allowed(operation, Priority.ORDINARY)
        return QuotaLeft(quota, used, max(ordinary - used, 0), max(quota - used, 0))

    def _present(self, operation: Operation, now: float) -> deque[float]:
        """Return the calls of an operation within the window that ends now."""
        self._operations[operation.name] = operation
        calls = self._calls.setdefault(operation.name, deque())
        while calls and calls[0] + self._seconds <= now:
            calls.popleft()
        return calls
