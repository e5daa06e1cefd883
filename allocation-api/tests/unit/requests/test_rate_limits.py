"""Rate limits per user: by cost, in a moving window, in Redis or in this process."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import structlog

from app.core import redis_link
from app.core.logging import configure_logging
from app.core.redis_link import RedisLink
from app.services.requests import rate_limits
from app.services.requests.errors import TooManyRequests
from app.services.requests.rate_limits import RateLimits
from tests.support.redis_server import NOBODY, RedisServer
from tests.unit.aladdin.clocks import FakeTime


def spend(rates, user, *costs):
    """Which of these requests pass."""
    passed = []
    for cost in costs:
        try:
            rates.charge(user, cost)
        except TooManyRequests:
            passed.append(False)
        else:
            passed.append(True)
    return passed


def test_a_user_may_spend_the_limit_and_no_more():
    rates = RateLimits(5)
    assert spend(rates, "a", *[1] * 7) == [True] * 5 + [False] * 2


@pytest.mark.parametrize("cost", [9, 10, 11, 5_000])
def test_the_largest_request_that_is_charged_in_parts_passes_when_nothing_else_was_spent(cost):
    rates = RateLimits(10)
    rates.charge("a", 1)
    assert rates.charge("a", cost, spent=1).left == 0
    assert spend(rates, "a", 1) == [False]
    other = RateLimits(10)
    assert spend(other, "a", 1) == [True]
    with pytest.raises(TooManyRequests):
        other.charge("a", 10, spent=0)


def test_users_do_not_share_a_limit():
    rates = RateLimits(2)
    spend(rates, "a", 1, 1)
    assert spend(rates, "b", 1, 1, 1) == [True, True, False]


def test_a_request_counts_by_its_cost_and_a_refused_one_not_at_all():
    rates = RateLimits(10)
    assert spend(rates, "a", 6, 6, 4, 1) == [True, False, True, False]


def test_a_request_that_costs_more_than_the_limit_takes_all_of_it():
    rates = RateLimits(10)
    assert spend(rates, "a", 11, 1) == [True, False]
    assert spend(rates, "b", 1, 11) == [True, False]


def test_what_is_left_is_told():
    rates = RateLimits(10)
    assert rates.allowance("a").left == 10
    charged = rates.charge("a", 4)
    assert (charged.limit, charged.left, rates.allowance("a").left) == (10, 6, 6)
    assert 59 < charged.reset_seconds <= 60


def test_a_refusal_says_when_to_try_again():
    rates = RateLimits(3)
    spend(rates, "a", 3)
    with pytest.raises(TooManyRequests) as caught:
        rates.charge("a", 1)
    assert 58 < caught.value.retry_after <= 60
    stated = int(re.search(r"Try again in (\d+) seconds", caught.value.detail)[1])
    assert stated == pytest.approx(caught.value.retry_after, abs=1)


def test_the_limit_can_be_switched_off():
    rates = RateLimits(0)
    assert [rates.charge("a", 1_000) for _ in range(5)] == [None] * 5
    assert rates.allowance("a") is None


@pytest.mark.parametrize(("limit", "processes", "part"), [(600, 4, 150), (10, 3, 4), (1, 8, 1)])
def test_without_redis_each_process_has_an_equal_part(limit, processes, part):
    rates = RateLimits(limit, processes=processes)
    assert spend(rates, "a", *[1] * (part + 1)) == [True] * part + [False]


def test_many_threads_pass_no_more_than_the_limit():
    rates = RateLimits(50)
    with ThreadPoolExecutor(16) as pool:
        passed = list(pool.map(lambda _: spend(rates, "a", 1)[0], range(200)))
    assert passed.count(True) == 50


# --- Redis --------------------------------------------------------------------------------------------------


@pytest.fixture
def warned():
    """Warnings are written, whatever another test has set."""
    configure_logging("WARNING")


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    server = RedisServer.start(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


def test_with_redis_processes_count_together(redis):
    ours, theirs = (RateLimits(4, processes=2, redis=RedisLink(redis.url)) for _ in range(2))
    assert spend(ours, "together", 1, 1) == [True, True]
    assert spend(theirs, "together", 1, 1, 1) == [True, True, False]
    assert (ours.allowance("together").limit, ours.allowance("together").left) == (4, 0)


def test_costs_count_in_redis_as_they_do_here(redis):
    rates = RateLimits(10, redis=RedisLink(redis.url))
    assert spend(rates, "costs", 6, 6, 4, 1) == [True, False, True, False]
    with pytest.raises(TooManyRequests) as caught:
        rates.charge("costs", 1)
    assert 58 < caught.value.retry_after <= 60


def test_keys_in_redis_end_by_themselves(redis):
    RateLimits(10, redis=RedisLink(redis.url)).charge("ending", 1)
    client = redis.client()
    (key,) = client.keys("*ending*")
    assert 0 < client.ttl(key) <= rate_limits.WINDOW_SECONDS
    client.close()


def test_a_redis_that_is_away_stops_nobody_and_is_left_alone_for_a_while(warned):
    clock = FakeTime()
    rates = RateLimits(4, processes=2, redis=RedisLink(NOBODY, monotonic=clock))
    with structlog.testing.capture_logs() as logs:
        assert spend(rates, "a", 1, 1, 1) == [True, True, False]
    assert [log["log_level"] for log in logs] == ["warning"]
    assert logs[0]["event"].startswith("Redis fails")


def test_when_redis_is_back_it_counts_again(tmp_path, warned):
    clock = FakeTime()
    server = RedisServer.start(tmp_path)
    rates = RateLimits(4, processes=2, redis=RedisLink(server.url, monotonic=clock))
    try:
        assert spend(rates, "a", 1, 1, 1) == [True] * 3
        server.stop()
        assert spend(rates, "a", 1, 1, 1) == [True, True, False]
        server.again()
        assert spend(rates, "a", 1) == [False]
        clock.now += redis_link.PAUSE_SECONDS
        with structlog.testing.capture_logs() as logs:
            assert spend(rates, "a", 1, 1, 1, 1, 1) == [True] * 4 + [False]
        assert [log["event"][:18] for log in logs] == ["Redis works again:"]
    finally:
        server.stop()


def test_a_redis_that_does_not_answer_costs_a_moment_once(tmp_path):
    server = RedisServer.start(tmp_path)
    rates = RateLimits(1_000, redis=RedisLink(server.url))
    try:
        rates.charge("a", 1)
        server.freeze()
        began = time.monotonic()
        assert spend(rates, "a", *[1] * 100) == [True] * 100
        assert time.monotonic() - began < 5 * redis_link.TIMEOUT_SECONDS
    finally:
        server.thaw()
        server.stop()
