"""The desk's lock, polled by a clock of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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
