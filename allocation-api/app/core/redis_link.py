"""Link to the Redis that all processes share; what it does must never hold a request up, nor fail one."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock, Thread
from typing import TypeVar

import structlog
from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from app.core import metrics

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 0.25
"""Longest wait for an answer."""

PAUSE_SECONDS = 10.0
"""Time for which a Redis that has failed is left alone."""

PREFIX = "allocator:1"
"""Beginning of the keys of what processes share; the number changes with the meaning of the values."""

T = TypeVar("T")


class RedisAway(Exception):
    """Redis does not answer, or not as it should; whoever asks goes on without it."""


class RedisLink:
    """Connections to Redis, which is left alone for a while after a failure. Safe to share between threads.

    A thread waits for a Redis that has failed, so that its return is noticed also where nobody asks.

    Parameters
    ----------
    url : str
        Where Redis is.
    monotonic, sleep : callables
        Seconds on a clock that only goes forward, and waiting.
    """

    def __init__(
        self,
        url: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url
        self.pool = ConnectionPool.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._client = Redis(connection_pool=self.pool)
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = Lock()
        self._failed_until: float | None = None
        self._debts: list[Callable[[Redis], object]] = []
        metrics.REDIS_WORKS.set(1)

    def on_return(self, pay: Callable[[Redis], object]) -> None:
        """Have work done as soon as a Redis that has failed answers again, before anything else."""
        self._debts.append(pay)

    def ask(self, work: Callable[[Redis], T], *, insist: bool = False) -> T:
        """Do work with a client of Redis; `insist` asks a Redis that has just failed, too.

        Raises
        ------
        RedisAway
            When Redis fails, or has failed within the last seconds.
        """
        until = self._failed_until
        if until is not None and not insist and self._monotonic() < until:
            raise RedisAway("Redis failed a moment ago")
        try:
            if until is not None:
                self._client.ping()  # for `work` may ask nothing
                for pay in self._debts:
                    pay(self._client)
            answer = work(self._client)
        except RedisError as error:
            self._failed(error)
            raise RedisAway(str(error)) from error
        if until is not None:
            self._works_again()
        return answer

    def answers(self) -> bool:
        """Say whether Redis answers."""
        try:
            self.ask(lambda redis: redis.ping())
        except RedisAway:
            return False
        return True

    def _failed(self, error: RedisError) -> None:
        with self._lock:
            is_first = self._failed_until is None
            self._failed_until = self._monotonic() + PAUSE_SECONDS
        metrics.REDIS_WORKS.set(0)
        if is_first:
            log.warning("Redis fails: each process counts and caches for itself", reason=str(error))
            Thread(target=self._await_return, name="redis-return", daemon=True).start()

    def _await_return(self) -> None:
        while self._failed_until is not None:
            self._sleep(PAUSE_SECONDS)
            self.answers()

    def _works_again(self) -> None:
        with self._lock:
            is_first = self._failed_until is not None
            self._failed_until = None
        metrics.REDIS_WORKS.set(1)
        if is_first:
            log.warning("Redis works again: all processes count and cache together")
