"""Client-side rate limiting: keeps the calls of each operation within the vendor's published quota."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

from app.services.aladdin.operations import Operation

MIN_WAIT_SECONDS = 0.05
"""Shortest wait that is asked for: another thread may take the place that is about to become free."""


class Quotas:
    """Sliding-window rate limiter: at most `operation.quota` calls of an operation in any window of time.

    Each process counts its own calls. Safe to share between threads.

    Parameters
    ----------
    quota_seconds : float
        Length of the window, which the vendor does not publish.
    monotonic : callable
        Seconds on a clock that only goes forward: one that is set back would make old calls new again.
    """

    def __init__(self, quota_seconds: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds = quota_seconds
        self._monotonic = monotonic
        self._lock = Lock()
        self._calls: dict[str, deque[float]] = {}

    def spend(self, operation: Operation) -> float:
        """Count one call and return 0, or count nothing and return the seconds until there is room."""
        with self._lock:
            now = self._monotonic()
            calls = self._calls.setdefault(operation.name, deque(maxlen=operation.quota))
            if len(calls) == operation.quota:
                free_at = calls[0] + self._seconds
                if free_at > now:
                    return max(free_at - now, MIN_WAIT_SECONDS)
            calls.append(now)  # drops the oldest call, which lies outside the window
            return 0.0
