"""Caches of the vendor's answers: what is kept of each kind, and the cache of this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from app.services.aladdin.single_flight import SingleFlightCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class AnswerKind(Generic[V]):
    """A kind of answer: its name, the type of an answer that is neither a fault nor "not found", its limits.

    `lifetime` is the time to live of most answers in seconds, 0 where the cache is switched off, `seconds`
    that of each; `size` bounds the weight of all that one process keeps, `weigh` is the weight of one.
    `changes` says that orders change such answers.
    """

    name: str
    of: Any
    lifetime: float
    seconds: Callable[[V], float]
    size: int
    weigh: Callable[[V], int] = lambda _: 1
    changes: bool = False


class AnswerCache(Protocol[K, V]):
    """TTL cache with single flight: concurrent requests for a key share one read."""

    def get(self, keys: Collection[K], read: Callable[[Sequence[K]], Mapping[K, V]]) -> dict[K, V]:
        """Return the answers to all keys; `read` gets those that are neither cached nor being read."""
        ...

    def forget(self) -> None:
        """Invalidate the cache and all reads under way: every later request reads anew."""
        ...


class Caches(Protocol):
    """Port through which caches are made: of this process, or over all of them."""

    def make(self, kind: AnswerKind[V]) -> AnswerCache[Any, V]:
        """Return an empty cache for one kind of answers."""
        ...


class OwnCaches:
    """Makes caches of this process."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer

    def make(self, kind: AnswerKind[V]) -> AnswerCache[Any, V]:
        """Return an empty cache for one kind of answers."""
        return SingleFlightCache(seconds=kind.seconds, size=kind.size, timer=self._timer, weigh=kind.weigh)
