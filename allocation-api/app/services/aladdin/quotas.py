"""Client-side rate limiting: keeps the calls of each operation within the vendor's published quota."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum

from app.core.redis_link import RedisAway
from app.services.aladdin.call_window import CallWindow, OwnWindow
from app.services.aladdin.operations import Operation

MIN_WAIT_SECONDS = 0.05
"""Shortest wait that is asked for: another thread may take the place that is about to become free."""

DIVIDED_PERCENT = 50
"""Part of each quota that processes with a pool divide, so that each has calls of its own without Redis."""


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


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a quota, all of which is for orders; ordinary calls stop at `ordinary`."""

    order: int
    ordinary: int

    def of(self, priority: Priority) -> int:
        return self.order if priority is Priority.ORDER else self.ordinary

    def left(self, used: int) -> tuple[int, int]:
        """Return what is left to ordinary calls and to those for orders."""
        return max(self.ordinary - used, 0), max(self.order - used, 0)


class Quotas:
    """Moving-window rate limiter with a reserve: bounds the calls of each operation in any window of time.

    The last part of every quota, the reserve, is kept for calls of `Priority.ORDER`, so that no number of
    ordinary reads keeps the desk from sending, changing or cancelling an order. Safe to share between
    threads.

    Without a pool each process has an equal part of the published quota. With one, half of each quota is
    divided so and half is the pool, which any process may spend once its own part is spent. What a process
    has of its own never depends on Redis, so the sum stays within the quota however many lose Redis.

    Parameters
    ----------
    quota_seconds : float
        Length of the window, which the vendor does not publish.
    reserve_percent : int
        Part of each quota that is kept for orders; at least one call.
    processes : int
        Processes that share the published quota.
    pool : CallWindow or None
        Where all processes count the calls of the pool.
    monotonic : callable
        Seconds on a clock that only goes forward.
    """

    def __init__(
        self,
        quota_seconds: float,
        *,
        reserve_percent: int = 0,
        processes: int = 1,
        pool: CallWindow | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reserve_percent = reserve_percent
        self._processes = processes
        self._pool = pool
        self._own = OwnWindow(quota_seconds, monotonic)
        self._operations: dict[str, Operation] = {}

    def allowed(self, operation: Operation, priority: Priority) -> int:
        """Return how many calls of an operation this class may make in one window, if no other makes any."""
        return self._own_part(operation).of(priority) + self._pool_part(operation).of(priority)

    def spend(self, operation: Operation, priority: Priority) -> float:
        """Count one call and return 0, or count nothing and return the seconds until there is room."""
        self._operations[operation.name] = operation
        wait = self._own.spend(operation.name, self._own_part(operation).of(priority))
        limit = self._pool_part(operation).of(priority)
        if wait and limit and self._pool is not None:
            with suppress(RedisAway):  # this process goes on with its own part
                wait = min(wait, self._pool.spend(operation.name, limit))
        return max(wait, MIN_WAIT_SECONDS) if wait else 0.0

    def left(self) -> Mapping[str, QuotaLeft]:
        """Return what is left of each operation's quota by the operation's name, once it was called."""
        known = dict(self._operations)
        own = self._own.used(dict.fromkeys(known, 0))
        limits = {name: self._pool_part(operation).order for name, operation in known.items()}
        pool = limits if self._pool is None else self._pool.used(limits)
        return {name: self._left(operation, own[name], pool[name]) for name, operation in known.items()}

    def _left(self, operation: Operation, own: int, pool: int) -> QuotaLeft:
        parts = self._own_part(operation).left(own), self._pool_part(operation).left(pool)
        ordinary, order = (sum(each) for each in zip(*parts, strict=True))
        return QuotaLeft(self.allowed(operation, Priority.ORDER), own + pool, ordinary, order)

    def _own_part(self, operation: Operation) -> _Part:
        """Return this process's part; the smallest one still allows a call."""
        divided = operation.quota
        if self._pool is not None:
            divided = divided * DIVIDED_PERCENT // 100
        quota = max(divided // self._processes, 1)
        return _Part(quota, max(self._without_reserve(quota), 1))

    def _pool_part(self, operation: Operation) -> _Part:
        """Return what all processes share: what they have not divided."""
        if self._pool is None:
            return _Part(0, 0)
        quota = max(operation.quota - self._own_part(operation).order * self._processes, 0)
        return _Part(quota, max(self._without_reserve(quota), 0))

    def _without_reserve(self, quota: int) -> int:
        return quota - max(quota * self._reserve_percent // 100, 1) if self._reserve_percent else quota
