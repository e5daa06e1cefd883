"""The service behind `Idempotency-Key`, on the configured database: one holder and one answer for a key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from app.core.database import Database, new_id
from app.services.requests.errors import IdempotencyKeyInUse, IdempotencyKeyReused
from app.services.requests.idempotency import IdempotencyService, Reservation, StoredAnswer
from tests.support.databases import migrated
from tests.support.desk import TestClock, database_url

HOLD, LIFETIME = timedelta(seconds=60), timedelta(hours=1)
FIRST, OTHER = "1" * 64, "2" * 64
ANSWER = StoredAnswer(200, "application/json", '{"price": 101.25, "name": "Zoë \\u0000"}\n')
MANY = 16


@pytest.fixture
def clock():
    return TestClock()


@pytest.fixture
def processes(tmp_path, clock):
    """Two services on one database, each with connections of its own."""
    url = database_url(tmp_path)
    databases = [migrated(url), Database(url)]
    yield [IdempotencyService(d, clock, hold=HOLD, lifetime=LIFETIME) for d in databases]
    for each in databases:
        each.close()


@pytest.fixture
def key():
    return new_id()


def reserve_at_once(processes, key, fingerprints):
    """What each of many gets who come at the same moment, errors included."""
    barrier = Barrier(MANY)

    def reserve(n):
        barrier.wait(60)
        try:
            return processes[n % 2].reserve("user", key, fingerprints[n % len(fingerprints)])
        except (IdempotencyKeyInUse, IdempotencyKeyReused) as error:
            return type(error)

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(reserve, range(MANY)))


def test_of_many_at_once_one_gets_the_key(processes, key):
    got = reserve_at_once(processes, key, [FIRST])
    (holder,) = (each for each in got if isinstance(each, Reservation))
    assert holder.resumed is False
    assert [each for each in got if each is not holder] == [IdempotencyKeyInUse] * (MANY - 1)


def test_of_many_requests_at_once_one_gets_the_key(processes, key):
    got = reserve_at_once(processes, key, [FIRST, OTHER, "3" * 64])
    assert sum(isinstance(each, Reservation) for each in got) == 1
    assert IdempotencyKeyReused in got


def test_of_many_at_once_one_takes_a_dead_one_s_place(processes, key, clock):
    dead = processes[0].reserve("user", key, FIRST)
    clock.ahead += HOLD
    got = reserve_at_once(processes, key, [FIRST])
    (holder,) = (each for each in got if isinstance(each, Reservation))
    assert holder.resumed is True
    assert (holder.key_id, holder.token != dead.token) == (dead.key_id, True)


def test_an_answer_comes_back_as_it_was_given(processes, key):
    processes[0].keep(processes[0].reserve("user", key, FIRST), ANSWER)
    assert processes[1].reserve("user", key, FIRST) == ANSWER
    with pytest.raises(IdempotencyKeyReused):
        processes[1].reserve("user", key, OTHER)
    assert isinstance(processes[1].reserve("another user", key, OTHER), Reservation)


def test_the_answer_of_one_taken_for_dead_is_not_kept(processes, key, clock):
    late = processes[0].reserve("user", key, FIRST)
    clock.ahead += HOLD
    holder = processes[1].reserve("user", key, FIRST)
    processes[0].keep(late, StoredAnswer(500, "text/plain", "late"))
    processes[0].release(late)
    with pytest.raises(IdempotencyKeyInUse):
        processes[0].reserve("user", key, FIRST)
    processes[1].keep(holder, ANSWER)
    assert processes[0].reserve("user", key, FIRST) == ANSWER


def test_what_was_let_go_is_resumed_by_the_same_request_alone(processes, key):
    processes[0].release(processes[0].reserve("user", key, FIRST))
    with pytest.raises(IdempotencyKeyReused):
        processes[1].reserve("user", key, OTHER)
    assert processes[1].reserve("user", key, FIRST).resumed is True


def test_a_key_that_was_forgotten_is_new(processes, key, clock):
    processes[0].keep(processes[0].reserve("user", key, FIRST), ANSWER)
    clock.ahead += LIFETIME
    processes[1].forget_old()
    assert processes[0].reserve("user", key, OTHER).resumed is False


def test_user_and_key_are_kept_apart(processes, key):
    user = key[:30]
    ids = {processes[0].reserve(*pair, FIRST).key_id for pair in ((user, "ab"), (f"{user}a", "b"))}
    assert len(ids) == 2


@pytest.fixture
def still(clock, monkeypatch):
    """The clock, which moves by hand alone."""
    moment = clock()
    monkeypatch.setattr("tests.support.desk.utc_now", lambda: moment)
    return clock


def test_a_key_of_the_dead_is_free_one_hold_after_the_clock_was_set_back(processes, key, still):
    first, second = processes
    held = first.reserve("user", key, FIRST)
    still.ahead -= timedelta(hours=1)
    with pytest.raises(IdempotencyKeyInUse):  # its process may live
        second.reserve("user", key, FIRST)
    still.ahead += HOLD - timedelta(seconds=1)
    with pytest.raises(IdempotencyKeyInUse):
        second.reserve("user", key, FIRST)
    still.ahead += timedelta(seconds=1)
    taken = second.reserve("user", key, FIRST)
    assert (taken.resumed, taken.token == held.token) == (True, False)


def test_a_key_is_kept_as_it_is_where_clocks_differ_little(processes, key, still):
    first, second = processes
    first.reserve("user", key, FIRST)
    still.ahead -= timedelta(seconds=5)
    with pytest.raises(IdempotencyKeyInUse):
        second.reserve("user", key, FIRST)
    still.ahead += HOLD
    with pytest.raises(IdempotencyKeyInUse):  # it ends 65 seconds after the clock was set back
        second.reserve("user", key, FIRST)
