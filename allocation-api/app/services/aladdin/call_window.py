"""Calls of each operation in a moving window of time, counted in this process."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Protocol


class CallWindow(Protocol):
    """Port through which calls are counted: in this process, or in Redis for all of them."""

    def spend(self, operation: str, limit: int) -> float:
        """Count one call and return 0; where the window has `limit` already, return the seconds to wait.

        Raises
        ------
        RedisAway
            Where the calls are counted in Redis, and it does not answer: nothing is counted.
        """
        ...

    def used(self, limits: Mapping[str, int]) -> Mapping[str, int]:
        """Return the calls of operations in the window that ends now; where nothing may be spent, all."""
        ...


class OwnWindow:
    """Counts the calls of this process. Safe to share between threads.

    Parameters
    ----------
    seconds : float
        Length of the window.
    monotonic : callable
        Seconds on a clock that only goes forward: one that is set back would make old calls new again.
    """

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._lock = Lock()
        self._calls: dict[str, deque[float]] = {}

    def spend(self, operation: str, limit: int) -> float:
        """Count one call and return 0; where the window has `limit` already, return the seconds to wait."""
        with self._lock:
            now = self._monotonic()
            calls = self._present(operation, now)
            excess = len(calls) - limit
            if excess >= 0:
                return calls[excess] + self._seconds - now
            calls.append(now)
            return 0.0

    def used(self, limits: Mapping[str, int]) -> Mapping[str, int]:
        """Return the calls of operations in the window that ends now."""
        with self._lock:
            now = self._monotonic()
            return {operation: len(self._present(operation, now)) for operation in limits}

    def _present(self, operation: str, now: float) -> deque[float]:
        calls = self._calls.setdefault(operation, deque())
        while calls and calls[0] + self._seconds <= now:
            calls.popleft()
        return calls
