"""TTL cache over all processes: answers of the vendor are kept in Redis, and read once for all of them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, Generic, TypeVar

import msgspec
from redis import Redis

from app.core.redis_link import RedisAway, RedisLink
from app.services.aladdin.answer_cache import AnswerCache, AnswerKind, OwnCaches
from app.services.aladdin.answer_codec import AnswerCodec
from app.services.aladdin.single_flight import SingleFlightCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

LOCK_SECONDS = 5.0
"""Time for which other processes leave a read to the one that has begun with it."""

POLL_SECONDS = 0.05
"""Period of looking for the answer of another process."""

MAX_BYTES = 4_000_000
"""Largest answer that is put into Redis; a larger one is read by each process."""

GENERATION_SECONDS = 86_400
"""Time after which the name of a generation is made anew; longer than any answer lives."""

LOOK = """
local found = {}
for i, name in ipairs(KEYS) do
  local value = redis.call('GET', name)
  if value then
    found[i] = {value, redis.call('PTTL', name)}
  elseif ARGV[2] == '0' or redis.call('SET', name .. ':lock', ARGV[1], 'NX', 'PX', ARGV[2]) then
    found[i] = 1
  else
    found[i] = 0
  end
end
return found
"""
"""Looks for answers; of each that is not there the lock is taken, unless another process has it."""

UNLOCK = """
for _, name in ipairs(KEYS) do
  if redis.call('GET', name .. ':lock') == ARGV[1] then redis.call('DEL', name .. ':lock') end
end
"""
"""Removes the locks of this read: one that has run out may be another's."""


@dataclass(frozen=True, slots=True)
class _Aged(Generic[V]):
    """An answer, and the seconds that it has left."""

    answer: V
    seconds: float


class SharedCaches:
    """Makes caches that all processes share.

    Parameters
    ----------
    redis : RedisLink
        Where answers are kept.
    prefix : str
        Beginning of the keys; that of one vendor and one version of the service.
    timer, sleep : callables
        Seconds on a clock that only goes forward, and waiting.
    """

    def __init__(
        self,
        redis: RedisLink,
        prefix: str,
        *,
        timer: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._redis = redis
        self._prefix = prefix
        self._timer = timer
        self._sleep = sleep

    def make(self, kind: AnswerKind[V]) -> AnswerCache[Any, V]:
        """Return the cache of one kind of answers; where it is switched off nobody waits for another."""
        if not kind.lifetime:
            return OwnCaches(self._timer).make(kind)
        return SharedCache(self._redis, f"{self._prefix}:{kind.name}", kind, self._timer, self._sleep)


class SharedCache(Generic[K, V]):
    """Keeps answers in this process and in Redis, under the generation in which their read began.

    Each process asks Redis for the generation before it uses an answer that orders change; `forget` begins a
    new one, so no process uses what was read before an order of any other. While Redis is away each process
    keeps answers for itself. A thread that waits for another process's read waits for `LOCK_SECONDS` at most,
    and has no read of its own to begin, so there is no deadlock.
    """

    def __init__(
        self,
        redis: RedisLink,
        prefix: str,
        kind: AnswerKind[V],
        timer: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._redis = redis
        self._prefix = prefix
        self._kind = kind
        self._timer = timer
        self._sleep = sleep
        self._codec: AnswerCodec[V] = AnswerCodec(kind.of)
        self._own: SingleFlightCache[tuple[str, K], _Aged[V]] = SingleFlightCache(
            seconds=lambda aged: aged.seconds,
            size=kind.size,
            timer=timer,
            weigh=lambda aged: kind.weigh(aged.answer),
        )
        self._last, self._alone = "", token_hex(8)
        self._is_owed = False
        redis.on_return(self._pay)

    def get(self, keys: Collection[K], read: Callable[[Sequence[K]], Mapping[K, V]]) -> dict[K, V]:
        """Return the answers to all keys; errors of `read` as for `SingleFlightCache.get`."""
        generation = self._generation() if self._kind.changes else ""

        def through(missing: Sequence[tuple[str, K]]) -> dict[tuple[str, K], _Aged[V]]:
            found = self._through(generation, [key for _, key in missing], read)
            return {(generation, key): aged for key, aged in found.items()}

        found = self._own.get([(generation, key) for key in keys], through)
        return {key: aged.answer for (_, key), aged in found.items()}

    def forget(self) -> None:
        """Begin a new generation; where Redis fails, as soon as it answers this process again."""
        self._own.forget()
        self._is_owed = True
        with suppress(RedisAway):
            self._redis.ask(self._begin, insist=True)

    # --- generations ----------------------------------------------------------------------------------------

    def _generation(self) -> str:
        """Return the present generation; while Redis is away, one of this process alone."""

        def work(redis: Redis) -> str:
            if self._is_owed:
                return self._begin(redis)
            name = f"{self._prefix}:generation"
            found = redis.get(name)
            if found is None:
                redis.set(name, token_hex(8), ex=GENERATION_SECONDS, nx=True)
                found = redis.get(name)
            return bytes(found or b"").decode()  # type: ignore[arg-type]

        try:
            self._last = self._redis.ask(work)
        except RedisAway:
            return f"{self._last}-{self._alone}"
        return self._last

    def _pay(self, redis: Redis) -> None:
        if self._is_owed:
            self._begin(redis)

    def _begin(self, redis: Redis) -> str:
        """Begin a new generation, by a random name: no Redis that has forgotten them repeats one."""
        generation = token_hex(8)
        self._is_owed = False
        try:
            redis.set(f"{self._prefix}:generation", generation, ex=GENERATION_SECONDS)
        except BaseException:
            self._is_owed = True
            raise
        return generation

    # --- answers --------------------------------------------------------------------------------------------

    def _through(
        self, generation: str, keys: Sequence[K], read: Callable[[Sequence[K]], Mapping[K, V]]
    ) -> dict[K, _Aged[V]]:
        """Return what Redis has, what another process is reading, and the rest by reading it."""
        found: dict[K, _Aged[V]] = {}
        names = {key: f"{self._prefix}:{generation}:{_digest(key)}" for key in keys}
        token, until = token_hex(8), self._timer() + LOCK_SECONDS
        while names:
            mine = self._looked_up(names, found, token, locks=self._timer() < until)
            if mine:
                found |= self._read({key: names[key] for key in mine}, read, token)
            names = {key: name for key, name in names.items() if key not in found and key not in mine}
            if names and not mine:
                self._sleep(POLL_SECONDS)
        return found

    def _looked_up(
        self, names: Mapping[K, str], found: dict[K, _Aged[V]], token: str, *, locks: bool
    ) -> list[K]:
        """Add what Redis has to `found`, and return the keys that this thread is to read."""
        lock = round(LOCK_SECONDS * 1000) if locks else 0
        try:
            seen: Any = self._redis.ask(
                lambda redis: redis.register_script(LOOK)(keys=list(names.values()), args=[token, lock])
            )
        except RedisAway:
            return list(names)
        mine = []
        for key, look in zip(names, seen, strict=True):
            answer = self._codec.decode(look[0]) if isinstance(look, list) else None
            if answer is not None and look[1] > 0:
                found[key] = _Aged(answer, look[1] / 1000)
            elif look != 0:
                mine.append(key)
        return mine

    def _read(
        self, names: Mapping[K, str], read: Callable[[Sequence[K]], Mapping[K, V]], token: str
    ) -> dict[K, _Aged[V]]:
        """Read answers, put them into Redis, and let go of their locks, whatever happens."""
        found: dict[K, _Aged[V]] = {}
        try:
            answers = read(list(names))
            found = {key: _Aged(answer, self._kind.seconds(answer)) for key, answer in answers.items()}
            return found
        finally:
            self._keep({names[key]: aged for key, aged in found.items() if key in names}, names, token)

    def _keep(self, found: Mapping[str, _Aged[V]], names: Mapping[K, str], token: str) -> None:
        packed = {name: self._codec.encode(aged.answer) for name, aged in found.items() if aged.seconds > 0}

        def work(redis: Redis) -> None:
            pipeline = redis.pipeline(transaction=False)
            for name, content in packed.items():
                if len(content) <= MAX_BYTES:
                    pipeline.set(name, content, px=max(round(found[name].seconds * 1000), 1))
            pipeline.eval(UNLOCK, len(names), *names.values(), token)
            pipeline.execute()

        with suppress(RedisAway):
            self._redis.ask(work)


def _digest(key: object) -> str:
    """Return what stands for a key: no name of an account or a security is in the names of Redis."""
    return hashlib.sha256(msgspec.json.encode(key)).hexdigest()[:32]
