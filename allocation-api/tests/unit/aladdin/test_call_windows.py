"""Calls in a moving window, counted in this process or in Redis: the same, by the clock of each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.redis_link import RedisAway, RedisLink
from app.services.aladdin import shared_window
from app.services.aladdin.call_window import OwnWindow
from app.services.aladdin.operations import Api, Operation
from app.services.aladdin.quotas import Priority, QuotaLeft, Quotas
from app.services.aladdin.shared_window import SharedWindow
from tests.support.redis_server import NOBODY, RedisServer
from tests.unit.aladdin.clocks import FakeTime

HUNDRED = Operation("Hundred", "GET", Api.ORDERS, "/hundred", 100)
ORDINARY, ORDER = Priority.ORDINARY, Priority.ORDER
START = 1_782_800_000


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    server = RedisServer.start(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


class RedisTime:
    """A clock of Redis that the test moves."""

    def __init__(self, client):
        self._client = client
        self.now = START

    @property
    def now(self):
        return self._now

    @now.setter
    def now(self, seconds):
        self._now = seconds
        self._client.set("time", round(seconds * 1_000_000))


@pytest.fixture
def redis_time(redis, monkeypatch):
    monkeypatch.setattr(shared_window, "NOW", "local now = tonumber(redis.call('GET', 'time'))")
    client = redis.client()
    yield RedisTime(client)
    client.close()


def shared(redis, prefix=None):
    return SharedWindow(RedisLink(redis.url), prefix or f"test:{uuid4()}", 60)


@pytest.fixture(params=["own", "shared"])
def counted(request):
    """A way to make a new window, and its clock."""
    if request.param == "own":
        time = FakeTime()
        return (lambda: OwnWindow(60, time)), time
    redis, time = request.getfixturevalue("redis"), request.getfixturevalue("redis_time")

    def make():
        window = shared(redis)
        window.used({"a": 1, "b": 1})
        time.now += 60  # a Redis that knows nothing allows nothing for one window
        return window

    return make, time


def spend(window, limit, calls, operation="a"):
    return [window.spend(operation, limit) for _ in range(calls)]


def test_a_call_beyond_the_limit_waits_until_one_leaves_the_window(counted):
    make, time = counted
    window = make()
    assert spend(window, 3, 3) == [0.0] * 3
    assert spend(window, 3, 1) == [60.0]
    time.now += 59.5
    assert spend(window, 3, 1) == [0.5]
    time.now += 0.5
    assert spend(window, 3, 4) == [0.0] * 3 + [60.0]


def test_a_lower_limit_waits_for_as_many_as_are_above_it(counted):
    make, time = counted
    window = make()
    for _ in range(4):
        window.spend("a", 4)
        time.now += 10
    assert window.spend("a", 2) == 40.0
    assert window.spend("a", 4) == 20.0


def test_operations_are_counted_apart_and_used_counts_nothing(counted):
    make, time = counted
    window = make()
    spend(window, 2, 2)
    assert [dict(window.used({"a": 5, "b": 5})) for _ in range(2)] == [{"a": 2, "b": 0}] * 2
    assert spend(window, 2, 3, "b") == [0.0, 0.0, 60.0]
    time.now += 60
    assert window.used({"a": 5, "b": 5}) == {"a": 0, "b": 0}


def test_many_threads_pass_no_more_than_the_limit(counted):
    window = counted[0]()
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda _: window.spend("a", 50), range(200)))
    assert waits.count(0.0) == 50


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(calls=st.lists(st.tuples(st.sampled_from([8, 10]), st.integers(0, 30)), max_size=40))
def test_no_window_of_time_has_more_than_the_limit(counted, calls):
    make, time = counted
    window, made = make(), []
    for limit, pause in calls:
        time.now += pause
        room = sum(at > time.now - 60 for at in made) < limit
        assert (window.spend("a", limit) == 0.0) is room
        if room:
            made.append(time.now)


# --- Redis --------------------------------------------------------------------------------------------------


def test_a_redis_that_knows_nothing_allows_nothing_for_one_window(redis, redis_time):
    window = shared(redis)
    assert window.spend("a", 5) == 60.0
    assert window.used({"a": 5}) == {"a": 5}
    redis_time.now += 59
    assert window.spend("a", 5) == 1.0
    redis_time.now += 1
    assert window.spend("a", 5) == 0.0


def test_one_that_was_started_again_with_what_it_had_saved_is_like_a_new_one(redis, redis_time):
    prefix = f"test:{uuid4()}"
    window = shared(redis, prefix)
    window.used({"a": 1})
    redis_time.now += 60
    assert window.spend("a", 5) == 0.0
    client = redis.client()
    client.hset(f"{prefix}:since", "run", "of-another-start")
    client.close()
    assert window.spend("a", 5) == 60.0


@pytest.mark.parametrize(("back", "later"), [(30, 30.0), (100, 0.0), (600, 0.0)])
def test_a_clock_that_is_set_back_allows_no_more_for_a_window(redis, redis_time, back, later):
    window = shared(redis)
    window.used({"a": 1})
    redis_time.now += 300
    spend(window, 3, 3)
    redis_time.now -= back
    assert window.spend("a", 3) == 60.0
    redis_time.now += 60
    assert window.spend("a", 3) == later


def test_keys_end_by_themselves_and_say_nothing_but_when(redis):
    window = shared(redis, "ending")
    link = RedisLink(redis.url)
    window.used({"a": 1})
    client = redis.client()
    client.hset("ending:since", "since", 1)
    assert window.spend("a", 5) == 0.0
    assert 0 < client.ttl("ending:calls:a") <= 60
    assert 0 < client.ttl("ending:since") <= shared_window.STATE_SECONDS
    assert sorted(client.keys("ending*")) == [b"ending:calls:a", b"ending:since"]
    (at,) = client.lrange("ending:calls:a", 0, -1)
    assert abs(int(at) / 1e6 - client.time()[0]) < 60
    client.close()
    assert link.answers()


def test_windows_of_several_processes_are_one(redis, redis_time):
    prefix = f"test:{uuid4()}"
    ours, theirs = shared(redis, prefix), shared(redis, prefix)
    ours.used({"a": 1})
    redis_time.now += 60
    assert spend(ours, 3, 2) == [0.0, 0.0]
    assert spend(theirs, 3, 2) == [0.0, 60.0]


# --- quotas with a pool -------------------------------------------------------------------------------------


class Pool:
    """Quotas of several processes over one pool."""

    def __init__(self, redis, time, processes):
        self.prefix = f"test:{uuid4()}"
        self.own = FakeTime()
        shared(redis, self.prefix).used({"Hundred": 1})
        time.now += 60
        self.links = [RedisLink(redis.url, monotonic=self.own) for _ in range(processes)]
        self.quotas = [
            Quotas(
                60,
                reserve_percent=20,
                processes=processes,
                pool=SharedWindow(link, self.prefix, 60),
                monotonic=self.own,
            )
            for link in self.links
        ]

    def made(self, process, priority, most=200):
        """How many calls pass until one does not."""
        return next(n for n in range(most) if self.quotas[process].spend(HUNDRED, priority))


def test_half_is_divided_and_any_process_may_spend_the_rest(redis, redis_time):
    pool = Pool(redis, redis_time, 2)
    # 25 of its own and a pool of 50, each less a fifth for orders.
    assert pool.quotas[0].allowed(HUNDRED, ORDER) == 75
    assert pool.made(0, ORDINARY) == 20 + 40
    assert pool.made(1, ORDINARY) == 20
    assert pool.quotas[0].left() == {"Hundred": QuotaLeft(quota=75, used=60, ordinary=0, order=15)}
    assert pool.made(0, ORDER) == 5 + 10
    assert pool.made(1, ORDER) == 5
    assert [pool.made(p, each) for p in (0, 1) for each in Priority] == [0] * 4


def test_the_sum_is_the_published_quota_however_many_there_are(redis, redis_time):
    for processes in (1, 3, 7):
        pool = Pool(redis, redis_time, processes)
        assert sum(pool.made(p, ORDER) for p in range(processes)) == 100


def test_without_redis_each_has_its_own_part_and_the_pool_comes_back_after_a_window(
    tmp_path, redis_time, redis
):
    server = RedisServer.start(tmp_path)
    client = server.client()
    try:
        client.set("time", START * 1_000_000)
        pool = Pool(server, RedisTime(client), 2)
        assert pool.made(0, ORDER) == 75
        server.stop()
        assert pool.made(1, ORDER) == 25
        assert pool.quotas[1].left()["Hundred"] == QuotaLeft(75, 75, 0, 0)
        server.again()  # it has kept nothing
        pool.own.now += 59
        RedisTime(client).now = START + 120
        assert [pool.made(p, ORDER) for p in (0, 1)] == [0, 0]
        pool.own.now += 1
        RedisTime(client).now = START + 179
        assert [pool.made(p, ORDER) for p in (0, 1)] == [25, 25]
        RedisTime(client).now = START + 180
        assert pool.made(0, ORDER) == 50
    finally:
        client.close()
        server.stop()


def test_a_call_of_which_redis_may_have_heard_is_not_made():
    link = RedisLink(NOBODY)
    with pytest.raises(RedisAway):
        SharedWindow(link, "test", 60).spend("a", 5)
    quotas = Quotas(60, processes=2, pool=SharedWindow(link, "test", 60))
    assert next(n for n in range(200) if quotas.spend(HUNDRED, ORDER)) == 25


def test_more_processes_than_calls_have_one_each_and_no_pool():
    small = Operation("Small", "GET", Api.ORDERS, "/small", 2)
    quotas = Quotas(60, reserve_percent=20, processes=8, pool=OwnWindow(60))
    assert [quotas.allowed(small, each) for each in Priority] == [1, 1]
