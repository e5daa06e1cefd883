"""Counts our calls against the quotas that the vendor publishes for each operation."""

from __future__ import annotations

import time

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from app.services.aladdin.operations import Operation

SHORTEST_WAIT = 0.05
"""Seconds: a place that is about to become free may be taken by another thread."""


class Budgets:
    """As many calls of each operation as its quota allows in any window of time; threads share it.

    Parameters
    ----------
    quota_seconds : int
        The window, which the vendor does not publish.
    storage : limits.storage.MemoryStorage
        Where calls are counted.
    """

    def __init__(self, quota_seconds: int, storage: MemoryStorage | None = None) -> None:
        self._seconds = quota_seconds
        self._limiter = MovingWindowRateLimiter(storage or MemoryStorage())

    def spend(self, operation: Operation) -> float:
        """Count one call and return 0, or count nothing and return the seconds until there is room."""
        limit = RateLimitItemPerSecond(operation.quota, self._seconds)
        if self._limiter.hit(limit, operation.name):
            return 0.0
        free_at = self._limiter.get_window_stats(limit, operation.name).reset_time
        return max(free_at - time.time(), SHORTEST_WAIT)
