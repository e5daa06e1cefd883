"""Calls of each operation in a moving window of time, counted in Redis for all processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from redis import Redis

from app.core.redis_link import RedisAway, RedisLink

NOW = "local at = redis.call('TIME'); local now = at[1] * 1000000 + at[2]"
"""The time of Redis, in microseconds: clocks of processes may differ."""

WINDOW = """
{now}
local calls, state, window, limit, counts = KEYS[1], KEYS[2], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local known = redis.call('HMGET', state, 'run', 'since')
local newest = tonumber(redis.call('LINDEX', calls, -1) or 0)
local since = tonumber(known[2] or 0)
if known[1] ~= run or since > now or newest > now + window then
  redis.call('DEL', calls)
  redis.call('HSET', state, 'run', run, 'since', string.format('%.0f', now))
  since = now
end
redis.call('PEXPIRE', state, {state_milliseconds})
if since + window > now then return {{since + window - now, limit}} end
now = math.max(now, newest)
local oldest = redis.call('LINDEX', calls, 0)
while oldest and tonumber(oldest) + window <= now do
  redis.call('LPOP', calls)
  oldest = redis.call('LINDEX', calls, 0)
end
local used = redis.call('LLEN', calls)
if used >= limit then
  return {{math.max(tonumber(redis.call('LINDEX', calls, used - limit)) + window - now, 1), used}}
end
if counts == '1' then
  redis.call('RPUSH', calls, string.format('%.0f', now))
  redis.call('PEXPIRE', calls, math.ceil(window / 1000))
end
return {{0, used}}
"""
"""Counts a call in the list of the times of calls; returns microseconds until room, and the calls before.

What a Redis that was started again, emptied, replaced or set back has counted before is not known, so it
allows nothing for one window.
"""

STATE_SECONDS = 7 * 86_400
"""Time after which Redis forgets since when it counts, where nobody asks; longer than any window."""

CALLS, STATE = "calls", "since"


class SharedWindow:
    """Counts the calls of all processes, by the clock of Redis, in one script and so at once.

    Redis has a list for each operation, the times of its calls, and since when it counts: nothing else.

    Parameters
    ----------
    redis : RedisLink
        Where they are counted.
    prefix : str
        Beginning of the keys; that of one vendor.
    seconds : float
        Length of the window.
    """

    def __init__(self, redis: RedisLink, prefix: str, seconds: float) -> None:
        self._redis = redis
        self._prefix = prefix
        self._window = round(seconds * 1e6)
        self._script = WINDOW.format(now=NOW, state_milliseconds=STATE_SECONDS * 1000)

    def spend(self, operation: str, limit: int) -> float:
        """Count one call and return 0; where the window has `limit` already, return the seconds to wait.

        Raises
        ------
        RedisAway
            When Redis does not answer: whether the call is counted there is unknown, and it must not be made.
        """
        answer: Any = self._redis.ask(
            lambda redis: redis.register_script(self._script)(
                **self._arguments(operation, limit, counts=True)
            )
        )
        return float(answer[0] / 1e6)

    def used(self, limits: Mapping[str, int]) -> Mapping[str, int]:
        """Return the calls of operations in the window that ends now; where nothing may be spent, all."""
        try:
            answers = self._redis.ask(lambda redis: self._count(redis, limits))
        except RedisAway:
            return limits
        return {operation: used for operation, (_, used) in zip(limits, answers, strict=True)}

    def _count(self, redis: Redis, limits: Mapping[str, int]) -> Any:
        script, pipeline = redis.register_script(self._script), redis.pipeline(transaction=False)
        for operation, limit in limits.items():
            script(**self._arguments(operation, limit, counts=False), client=pipeline)
        return pipeline.execute()

    def _arguments(self, operation: str, limit: int, *, counts: bool) -> dict[str, Any]:
        names = [f"{self._prefix}:{CALLS}:{operation}", f"{self._prefix}:{STATE}"]
        return {"keys": names, "args": [self._window, limit, int(counts)]}
