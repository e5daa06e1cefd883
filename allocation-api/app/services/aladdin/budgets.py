"""Counts our calls against the quotas that the vendor publishes for each operation."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

from app.services.aladdin.operations import Operation

SHORTEST_WAIT = 0.05
"""Seconds: a place that is about to become free may be taken by another thread."""


class Budgets:
    """As many calls of each operation as its quota allows in any window of time; threads share it.

    Parameters
    ----------
    quota_seconds : float
        The window, which the vendor does not publish.
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
                    return max(free_at - now, SHORTEST_WAIT)
            calls.append(now)  # and the oldest goes, which lies outside the window
            return 0.0
