"""Rate limits per user: a moving window over the cost of requests, by the library `limits`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from app.core.redis_link import RedisAway, RedisLink
from app.services.requests.errors import TooManyRequests

WINDOW_SECONDS = 60

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a user may still ask for: `left` of `limit` in the present window.

    In `reset_seconds` the oldest request leaves the window.
    """

    limit: int
    left: int
    reset_seconds: float


class _Window:
    """One moving window per user, of `limit` units of cost, in one store."""

    def __init__(self, limit: int, store: Storage) -> None:
        self._item = RateLimitItemPerMinute(limit, namespace="rate")
        self._limiter = MovingWindowRateLimiter(store)

    def spend(self, user_id: str, cost: int, spent: int) -> tuple[bool, Allowance]:
        """Count a cost unless it goes beyond the limit.

        A request that costs more than the limit, with what it has spent already, counts as the whole.
        """
        most = self._item.amount - spent
        passed = most <= 0 or self._limiter.hit(self._item, user_id, cost=min(cost, most))
        return passed, self.allowance(user_id)

    def allowance(self, user_id: str) -> Allowance:
        """Return what is left, without counting."""
        resets_at, left = self._limiter.get_window_stats(self._item, user_id)
        return Allowance(self._item.amount, left, max(resets_at - time.time(), 0.0))


class RateLimits:
    """Limits what one user may ask for in a minute, by the cost of the requests.

    With Redis all processes count together. Without it, or while it fails, each process counts for itself, up
    to an equal part of the limit: a user whose requests all go to one process has only that part.

    Parameters
    ----------
    per_minute : int
        Units of cost per user and minute; 0 switches the limits off.
    processes : int
        Processes that share the limit.
    redis : RedisLink or None
        Where the processes count together.
    """

    def __init__(
        self,
        per_minute: int,
        *,
        processes: int = 1,
        redis: RedisLink | None = None,
    ) -> None:
        self._off = per_minute == 0
        self._own = _Window(ceil(per_minute / processes), MemoryStorage())
        self._redis = redis
        self._shared = None if redis is None else _Window(per_minute, _store(redis))

    def charge(self, user_id: str, cost: int, *, spent: int = 0) -> Allowance | None:
        """Count a request and return what is left; None where the limits are off.

        `spent` is what the same request has been charged before.

        Raises
        ------
        TooManyRequests
            When the user has too little left for it; it is not counted.
        """
        if self._off:
            return None
        passed, allowance = self._counted(lambda window: window.spend(user_id, cost, spent))
        if passed:
            return allowance
        wait = _wait(allowance, cost)
        raise TooManyRequests(
            "You have sent too many requests within a minute; a preview of many accounts counts as several. "
            f"Try again in {ceil(wait)} seconds. Orders can still be cancelled",
            retry_after=wait,
        )

    def allowance(self, user_id: str) -> Allowance | None:
        """Return what is left to a user, without counting; None where the limits are off."""
        return None if self._off else self._counted(lambda window: window.allowance(user_id))

    def _counted(self, count: Callable[[_Window], T]) -> T:
        """Count in Redis; while it fails, here: limits must neither stop the desk nor end."""
        if self._redis is None or self._shared is None:
            return count(self._own)
        shared = self._shared
        try:
            return self._redis.ask(lambda _: count(shared))
        except RedisAway:
            return count(self._own)


def _store(redis: RedisLink) -> RedisStorage:
    return RedisStorage(redis.url, redis.pool, key_prefix="allocator")


def _wait(allowance: Allowance, cost: int) -> float:
    """Return about when enough has left the window, as if its requests were spread evenly over it."""
    used, missing = allowance.limit - allowance.left, min(cost, allowance.limit) - allowance.left
    spread = WINDOW_SECONDS - allowance.reset_seconds
    return max(allowance.reset_seconds + spread * (missing - 1) / max(used, 1), 1.0)
