"""The link to Redis: when a Redis that has failed counts as back, and what is done then."""

from __future__ import annotations

from threading import Semaphore

import pytest

from app.core import metrics
from app.core.redis_link import PAUSE_SECONDS, RedisAway, RedisLink
from tests.support.redis_server import NOBODY, RedisServer
from tests.support.waiting import until


class Time:
    """A clock that stands, and waiting that lasts until the test ends it."""

    def __init__(self):
        self.now = 0.0
        self._turns = Semaphore(0)

    def monotonic(self):
        return self.now

    def sleep(self, _seconds):
        self._turns.acquire(timeout=30)

    def pass_pause(self):
        self.now += PAUSE_SECONDS
        self._turns.release()


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def server(tmp_path):
    found = RedisServer.start(tmp_path)
    yield found
    found.thaw()
    found.stop()


def link_to(url, time):
    return RedisLink(url, monotonic=time.monotonic, sleep=time.sleep)


def works():
    return metrics.REGISTRY.get_sample_value("allocator_redis_works")


def test_the_return_of_redis_is_noticed_and_debts_are_paid_where_nobody_asks(server, time):
    link, paid = link_to(server.url, time), []
    link.on_return(lambda redis: paid.append(redis.ping()))
    server.freeze()
    assert not link.answers()
    time.pass_pause()
    assert not link.answers()
    assert (works(), paid) == (0, [])
    server.thaw()
    # On a busy machine an answer may be late, and the link pauses once more.
    until(lambda: time.pass_pause() or works() == 1, "return", pause=0.2)
    assert paid == [True]
    assert link.answers()
    assert paid == [True]


def test_work_that_asks_nothing_does_not_say_that_redis_is_back(time):
    link = link_to(NOBODY, time)
    assert not link.answers()
    time.now += PAUSE_SECONDS
    with pytest.raises(RedisAway):
        link.ask(lambda _redis: [])
    assert works() == 0


def test_a_redis_that_fails_at_the_debt_is_not_back(server, time):
    link, paid = link_to(server.url, time), []

    def pay(redis):
        redis.execute_command("NO-SUCH-COMMAND" if not paid else "PING")

    link.on_return(pay)
    server.freeze()
    assert not link.answers()
    server.thaw()
    time.now += PAUSE_SECONDS
    assert not link.answers()
    assert works() == 0
    paid.append(1)
    time.now += PAUSE_SECONDS
    assert link.answers()
    assert works() == 1
