"""TTL cache with single flight: concurrent requests for a key share one read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from cachetools import TLRUCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True, eq=False)
class _Flight(Generic[K, V]):
    """One read under way in the thread that asked first; its future always completes."""

    keys: frozenset[K]
    answers: Future[Mapping[K, V]] = field(default_factory=Future)


class SingleFlightCache(Generic[K, V]):
    """TTL cache that reads each key once, however many threads ask for it at the same time (single flight).

    A thread that begins a read runs it itself, at once and to its end, before it waits for another thread's
    read. So every wait is for a running thread, and there is no deadlock.

    Parameters
    ----------
    seconds : callable
        Time to live of an answer; with 0 it is not cached, and concurrent requests still share one read.
    size : int
        Total weight of all cached answers; the least recently used are evicted first.
    timer : callable
        Seconds on a clock that only goes forward.
    weigh : callable
        Weight of one answer, 1 by default.
    """

    def __init__(
        self,
        *,
        seconds: Callable[[V], float],
        size: int,
        timer: Callable[[], float],
        weigh: Callable[[V], int] = lambda _: 1,
    ) -> None:
        self._cache: TLRUCache[K, V] = TLRUCache(
            size, lambda _, answer, now: now + seconds(answer), timer=timer, getsizeof=weigh
        )
        self._flights: dict[K, _Flight[K, V]] = {}
        self._lock = Lock()
        self._size = size
        self._weigh = weigh

    def get(self, keys: Collection[K], read: Callable[[Sequence[K]], Mapping[K, V]]) -> dict[K, V]:
        """Return the answers to all keys; `read` gets those that are neither cached nor being read.

        Raises
        ------
        Exception
            Any error of `read`, in every thread that waits for all keys of that read. A thread that waits for
            a part of them reads that part again, since the rest may be the cause. Errors are not cached.
        """
        found: dict[K, V] = {}
        awaited: set[_Flight[K, V]] = set()
        mine: list[K] = []
        with self._lock:
            for key in keys:
                try:
                    # Not `in` and then `[]`: the answer may expire in between.
                    found[key] = self._cache[key]
                except KeyError:
                    if key in self._flights:
                        awaited.add(self._flights[key])
                    elif key not in mine:
                        mine.append(key)
            if mine:
                flight: _Flight[K, V] = _Flight(frozenset(mine))
                self._flights |= dict.fromkeys(mine, flight)
        if mine:
            found |= self._run(flight, mine, read)
        wanted = set(keys)
        for other in awaited:
            error = other.answers.exception()
            if error is None:
                answers = other.answers.result()
                found |= {key: answers[key] for key in other.keys & wanted}
            elif other.keys <= wanted:
                raise error
            else:
                found |= self.get(other.keys & wanted, read)
        return {key: found[key] for key in keys}

    def forget(self) -> None:
        """Invalidate the cache and all reads under way: every later request reads anew."""
        with self._lock:
            self._cache.clear()
            self._flights.clear()

    def _run(
        self, flight: _Flight[K, V], keys: Sequence[K], read: Callable[[Sequence[K]], Mapping[K, V]]
    ) -> Mapping[K, V]:
        try:
            answers = read(keys)
        except BaseException as error:
            # Any error, KeyboardInterrupt included, must end the wait of the other threads.
            self._store(flight, {})
            flight.answers.set_exception(error)
            raise
        self._store(flight, answers)
        flight.answers.set_result(answers)
        return answers

    def _store(self, flight: _Flight[K, V], answers: Mapping[K, V]) -> None:
        """Remove a read from those under way, and cache its answers unless `forget` came in between."""
        with self._lock:
            for key in flight.keys:
                if self._flights.get(key) is not flight:
                    continue
                del self._flights[key]
                if key in answers and self._weigh(answers[key]) <= self._size:
                    self._cache[key] = answers[key]
