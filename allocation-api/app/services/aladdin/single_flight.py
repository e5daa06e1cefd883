"""Reads that are kept for a while, and made once however many ask for them at the same time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from cachetools import TTLCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True, eq=False)
class _Flight(Generic[K, V]):
    """One read on its way, by the thread that asked first; it always lands, with answers or an error."""

    keys: frozenset[K]
    landed: Future[Mapping[K, V]] = field(default_factory=Future)


class SharedReads(Generic[K, V]):
    """Answers by key, from memory, from a read that is on its way, or from a new one.

    A thread that begins a read runs it itself, at once and to its end, before it waits for anybody else's.
    So whoever waits, waits for a running thread, whatever pools and locks there are around.

    Parameters
    ----------
    seconds : float
        For how long an answer is kept; 0 keeps none, and still only one of many askers reads.
    size : int
        Weight of all answers that are kept; the least recently used are dropped first.
    timer : callable
        Seconds that only grow.
    weigh : callable
        Weight of one answer, 1 by default.
    keep : callable
        Says which answers are kept at all.
    """

    def __init__(
        self,
        *,
        seconds: float,
        size: int,
        timer: Callable[[], float],
        weigh: Callable[[V], int] = lambda _: 1,
        keep: Callable[[V], bool] = lambda _: True,
    ) -> None:
        self._kept: TTLCache[K, V] = TTLCache(size, seconds, timer=timer, getsizeof=weigh)
        self._flights: dict[K, _Flight[K, V]] = {}
        self._lock = Lock()
        self._size = size
        self._weigh = weigh
        self._keep = keep

    def get(self, keys: Collection[K], read: Callable[[Sequence[K]], Mapping[K, V]]) -> dict[K, V]:
        """Return the answers to all keys; `read` is called at most once, for those that nobody has or reads.

        Raises
        ------
        Exception
            Whatever `read` raises, to everybody who waits for that read. Who asked for only a part of what
            failed asks again: the rest may have been at fault. Errors are not kept.
        """
        found: dict[K, V] = {}
        awaited: set[_Flight[K, V]] = set()
        mine: list[K] = []
        with self._lock:
            for key in keys:
                try:
                    # Not `in` and then `[]`: the answer may expire in between.
                    found[key] = self._kept[key]
                except KeyError:
                    if key in self._flights:
                        awaited.add(self._flights[key])
                    elif key not in mine:
                        mine.append(key)
            if mine:
                flight: _Flight[K, V] = _Flight(frozenset(mine))
                self._flights |= dict.fromkeys(mine, flight)
        if mine:
            found |= self._fly(flight, mine, read)
        wanted = set(keys)
        for other in awaited:
            error = other.landed.exception()
            if error is None:
                answers = other.landed.result()
                found |= {key: answers[key] for key in other.keys & wanted}
            elif other.keys <= wanted:
                raise error
            else:
                found |= self.get(other.keys & wanted, read)
        return {key: found[key] for key in keys}

    def forget(self) -> None:
        """Drop every answer, and keep none that is on its way: those who ask from now on read anew."""
        with self._lock:
            self._kept.clear()
            self._flights.clear()

    def _fly(
        self, flight: _Flight[K, V], keys: Sequence[K], read: Callable[[Sequence[K]], Mapping[K, V]]
    ) -> Mapping[K, V]:
        try:
            answers = read(keys)
        except BaseException as error:
            # Whatever ends this thread's read must end the waiting of the others.
            self._land(flight, {})
            flight.landed.set_exception(error)
            raise
        self._land(flight, answers)
        flight.landed.set_result(answers)
        return answers

    def _land(self, flight: _Flight[K, V], answers: Mapping[K, V]) -> None:
        """Take a read off the list; its answers are kept only where nobody has said meanwhile to forget."""
        with self._lock:
            for key in flight.keys:
                if self._flights.get(key) is not flight:
                    continue
                del self._flights[key]
                if key in answers and self._keep(answers[key]) and self._weigh(answers[key]) <= self._size:
                    self._kept[key] = answers[key]
