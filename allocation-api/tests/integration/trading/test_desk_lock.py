"""The desk's lock, polled by a clock of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event
from threading import enumerate as enumerate_threads

import pytest

from app.models import LockRow
from app.services.trading.desk_lock import MAX_PAUSE_SECONDS, MIN_PAUSE_SECONDS, DeskLock
from app.services.trading.errors import DeskBusy
from tests.support.databases import migrated
from tests.support.desk import database_url
from tests.unit.aladdin.clocks import FakeTime

START = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path):
    made = migrated(database_url(tmp_path))
    yield made
    made.close()


class Time(FakeTime):
    """Sleeping moves this clock; something may happen after so many sleeps."""

    def __init__(self):
        super().__init__()
        self.after = {}

    def now_utc(self):
        return START + timedelta(seconds=self.now)

    def sleep(self, seconds):
        super().sleep(seconds)
        self.after.get(len(self.slept), lambda: None)()


def lock_of(database, time, seconds=100):
    return DeskLock(database, time.now_utc, seconds, sleep=time.sleep, monotonic=time)


def test_who_waits_gets_the_lock_when_it_is_given_back(database):
    time = Time()
    lock = lock_of(database, time)
    held = lock.acquire(0)
    time.after[3] = lambda: lock.release(held)
    lock.acquire(5)
    assert len(time.slept) == 3
    assert all(MIN_PAUSE_SECONDS <= pause <= MAX_PAUSE_SECONDS for pause in time.slept)


def test_who_waits_too_long_is_sent_away_in_time(database):
    time = Time()
    lock = lock_of(database, time)
    held = lock.acquire(0)
    with pytest.raises(DeskBusy):
        lock.acquire(5)
    assert sum(time.slept) == pytest.approx(5)
    lock.renew(held)


def test_a_lock_that_ran_out_while_somebody_waits_is_theirs(database):
    time = Time()
    lock = lock_of(database, time, seconds=2)
    lost = lock.acquire(0)
    lock.acquire(5)
    assert sum(time.slept) >= 2
    with pytest.raises(DeskBusy):
        lock.renew(lost)


def test_what_is_done_alongside_is_kept_with_the_renewal_or_not_at_all(database):
    time = Time()
    lock = lock_of(database, time, seconds=2)

    def write(session):
        session.get(LockRow, "idempotency-0").token = "alongside"

    def read():
        with database.read() as session:
            return session.get(LockRow, "idempotency-0").token

    lost = lock.acquire(0)
    time.sleep(3)
    held = lock.acquire(0)
    with pytest.raises(DeskBusy):
        lock.renew(lost, write)
    assert read() is None
    lock.renew(held, write)
    assert read() == "alongside"


def test_a_renewal_that_takes_most_of_the_lease_lets_nothing_be_sent(database):
    """Else the order would be on its way when the lease is over, and others would not find it."""
    time = Time()
    lock = lock_of(database, time, seconds=90)
    held = lock.acquire(0)
    lock.renew(held, lambda _session: time.sleep(29))
    with pytest.raises(DeskBusy, match="too long"):
        lock.renew(held, lambda _session: time.sleep(31))


# --- signs of life, and what the dead leave -----------------------------------------------------------------


def nothing(_session):
    pass


@pytest.mark.parametrize("sending", [True, False], ids=["sending", "checking"])
def test_a_lock_that_is_held_for_long_is_refused_at_once_and_free_in_a_moment_while_its_holder_lives(
    database, sending
):
    time = Time()
    lock = lock_of(database, time, seconds=100)
    held = lock.acquire(0)
    if sending:
        lock.renew(held)
    for held_for in (6, 12, 18):
        time.sleep(6)
        waited = len(time.slept)
        with pytest.raises(DeskBusy, match=f"at most {100 - held_for} seconds") as refused:
            lock.acquire(5)
        assert refused.value.retry_after == 5
        assert len(time.slept) == waited
        lock.beat(held)


def test_the_time_that_is_left_is_told_where_an_order_may_be_under_way_and_its_sender_is_silent(database):
    time = Time()
    lock = lock_of(database, time, seconds=100)
    lock.renew(lock.acquire(0))
    time.sleep(10)
    with pytest.raises(DeskBusy, match="at most 90 seconds") as refused:
        lock.acquire(5)
    assert refused.value.retry_after == 90
    time.sleep(88)
    with pytest.raises(DeskBusy, match="at most 2 seconds") as refused:
        lock.acquire(5)
    assert refused.value.retry_after == 2


def test_a_silent_holder_that_was_not_let_out_is_taken_over_soon_so_its_lock_is_worth_a_retry(database):
    time = Time()
    lock = lock_of(database, time, seconds=100)
    lock.acquire(0)
    time.sleep(20)
    with pytest.raises(DeskBusy, match="at most 80 seconds") as refused:
        lock.acquire(5)
    assert refused.value.retry_after == 5


def test_a_lock_that_is_held_for_a_moment_is_worth_a_retry_in_a_second(database):
    time = Time()
    lock = lock_of(database, time)
    lock.acquire(0)
    with pytest.raises(DeskBusy) as refused:
        lock.acquire(0)
    assert refused.value.retry_after == 1


@pytest.mark.parametrize("sending", [True, False], ids=["sending", "checking"])
def test_a_lock_of_the_dead_ends_one_lease_after_the_clock_was_set_back(database, sending):
    time = Time()
    lock = lock_of(database, time, seconds=100)
    held = lock.acquire(0, "A-1")
    if sending:
        lock.renew(held, subject="A-1")
    time.now -= 3600
    lock.redate()
    assert lock.silent_holder() is None
    time.sleep(10)
    silent = lock.silent_holder()
    assert (silent.token, silent.subject, silent.sending_at is not None) == (held.token, "A-1", sending)
    lock.redate()
    time.sleep(89)
    with pytest.raises(DeskBusy, match="at most 1 second"):
        lock.acquire(0)
    time.sleep(1)
    lock.acquire(0)


def test_who_lives_while_the_clock_is_set_back_keeps_its_lock(database):
    time = Time()
    lock = lock_of(database, time, seconds=100)
    held = lock.acquire(0)
    time.now -= 3600
    lock.redate()
    assert lock.beat(held)
    lock.renew(held)
    lock.release(held)
    assert lock.holder() is None
    lock.redate()


def test_clocks_that_differ_by_seconds_date_nothing_anew(database):
    time = Time()
    lock = lock_of(database, time, seconds=100)
    lock.acquire(0)
    before = lock.holder()
    time.now -= 5
    lock.redate()
    assert lock.holder() == before


def test_who_beats_is_alive_and_who_does_not_for_ten_seconds_is_presumed_dead(database):
    time = Time()
    lock = lock_of(database, time)
    held = lock.acquire(0, "A-1")
    assert lock.silent_holder() is None
    time.sleep(9)
    assert lock.silent_holder() is None
    assert lock.beat(held) is True
    time.sleep(9)
    assert lock.silent_holder() is None
    time.sleep(1)
    assert lock.silent_holder().subject == "A-1"


def test_a_free_lock_has_no_holder_and_one_that_was_given_back_beats_no_more(database):
    time = Time()
    lock = lock_of(database, time)
    assert lock.holder() is None
    held = lock.acquire(0, "A-1")
    lock.release(held)
    assert lock.holder() is None
    assert lock.beat(held) is False
    lock.acquire(0)
    assert lock.holder().subject is None


def test_who_was_taken_over_cannot_be_let_out_to_send_any_more(database):
    """The fencing token has changed: a process that only stood still sends nothing."""
    time = Time()
    lock = lock_of(database, time)
    paused = lock.acquire(0, "A-1")
    time.sleep(11)
    taken = lock.take_over(lock.silent_holder(), nothing)
    with pytest.raises(DeskBusy, match="nothing was sent"):
        lock.renew(paused, subject="A-1")
    assert lock.beat(paused) is False
    lock.release(paused)
    lock.renew(taken)


@pytest.mark.parametrize("sign", ["beat", "renew", "release"])
def test_nobody_is_taken_over_who_gives_a_sign_of_life_meanwhile(database, sign):
    time = Time()
    lock = lock_of(database, time)
    slow, done = lock.acquire(0, "A-1"), []
    time.sleep(11)
    seen = lock.silent_holder()
    getattr(lock, sign)(slow)
    with pytest.raises(DeskBusy, match="lives"):
        lock.take_over(seen, done.append)
    assert done == []


def test_of_two_who_take_over_one_does(database):
    time = Time()
    lock = lock_of(database, time)
    lock.acquire(0)
    time.sleep(11)
    seen = lock.silent_holder()
    lock.take_over(seen, nothing)
    with pytest.raises(DeskBusy):
        lock_of(database, time).take_over(seen, nothing)


def test_the_holder_says_how_far_its_send_has_come(database):
    time = Time()
    lock = lock_of(database, time)
    held = lock.acquire(0, "A-1")
    assert (lock.holder().subject, lock.holder().sending_at) == ("A-1", None)
    time.sleep(2)
    lock.renew(held, subject="A-1")
    assert lock.holder().sending_at == time.now_utc()
    lock.renew(held)  # a change of an order
    assert lock.holder().subject is None


def test_a_thread_beats_as_long_as_the_block_runs(database, monkeypatch):
    monkeypatch.setattr("app.services.trading.desk_lock.BEAT_SECONDS", 0.01)
    seen = Event()
    lock = DeskLock(database, lambda: START, 100)
    held = lock.acquire(0)

    class Watched(DeskLock):
        def beat(self, lease):
            seen.set()
            return super().beat(lease)

    with Watched(database, lambda: START, 100).beating(held):
        assert seen.wait(10)
    threads = [t for t in enumerate_threads() if t.name == "desk-heartbeat"]
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_the_sole_process_of_a_host_knows_that_the_one_before_it_has_ended(database):
    time = Time()
    sole = DeskLock(database, time.now_utc, 100, sole=True)
    assert sole.predecessor() is None
    sole.acquire(0, "A-1")
    assert sole.predecessor().subject == "A-1"
    assert lock_of(database, time).predecessor() is None


def test_nobody_knows_that_of_a_process_that_shares_its_vendor(database):
    time = Time()
    lock_of(database, time).acquire(0, "A-1")
    assert DeskLock(database, time.now_utc, 100, sole=True).predecessor() is None
