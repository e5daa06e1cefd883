"""Readiness under many probes: a vendor that hangs holds no probe for long, and is asked once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Event
from time import monotonic

import pytest

from app.core.database import Database
from app.services.aladdin.errors import VendorTimedOut
from app.services.audit.trail import AuditService
from app.services.domain.book import GroupMembers
from app.services.domain.positions import AccountPositions
from app.services.ops.database_probe import DatabaseProbe
from app.services.ops.health import CACHE_TTL_SECONDS, MAX_AGE_SECONDS, DataAge, DataMode, HealthService
from app.services.safety.emergency_stop import EmergencyStop
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.unit.aladdin.clocks import FakeTime

TODAY = date(2026, 6, 30)


class Book:
    """A vendor's book that answers when it is let to; it counts how often it was asked for a node."""

    def __init__(self):
        self.free = Event()
        self.asked = 0
        self.error = None

    def node(self, ticker):
        self.asked += 1
        self.free.wait(60)
        if self.error is not None:
            raise self.error

    def group_members(self, group_ids):
        return (GroupMembers(group_ids[0], ("ACC001",)),)

    def positions(self, tickers, as_of):
        return (AccountPositions(tickers[0], None, None, None, TODAY),)


@pytest.fixture
def database(tmp_path):
    return Database(Desk(tmp_path, scenario=GOLDEN_BOOK).settings.database_url)


@pytest.fixture
def time():
    return FakeTime()


@pytest.fixture
def book():
    book = Book()
    yield book
    book.free.set()


@pytest.fixture
def make(database, book, time):
    def clock():
        return datetime(2026, 6, 30, tzinfo=UTC)

    stop = EmergencyStop(database, AuditService(database, clock), clock, halted=False)
    pool = ThreadPoolExecutor(4)
    yield lambda wait: HealthService(
        database,
        DatabaseProbe(database),
        book,
        book,
        pool,
        DataMode.MOCK,
        lambda: TODAY,
        stop,
        max_wait=wait,
        timer=time,
    )
    book.free.set()
    pool.shutdown()


def test_probes_while_the_vendor_hangs_come_back_and_share_one_question(make, book, time):
    health = make(0.0)
    for _ in range(5):
        seen = health.ready()
        assert (seen.ready, seen.aladdin, seen.database) == (False, "failed: no answer yet", "ok")
        time.now += 5.0
    assert book.asked <= 1


def test_a_check_that_takes_long_makes_nobody_wait_who_comes_later(make, time):
    health = make(0.5)
    assert health.ready().aladdin == "failed: no answer yet"
    time.now += 0.5
    began = monotonic()
    assert {health.ready().aladdin for _ in range(20)} == {"failed: no answer yet"}
    assert monotonic() - began < 20 * 0.5


def test_while_a_check_is_under_way_the_one_before_stands_for_it_for_a_while(make, book, time):
    health = make(0.0)
    book.free.set()
    while not health.ready().ready:
        pass
    book.free.clear()
    time.now += CACHE_TTL_SECONDS
    assert health.ready().ready
    time.now += MAX_AGE_SECONDS
    assert health.ready().aladdin == "failed: no answer yet"
    book.free.set()
    while not health.ready().ready:
        pass
    assert book.asked == 2


def test_what_was_seen_serves_for_a_moment_and_then_the_vendor_is_asked_again(make, book, time):
    health = make(60.0)
    book.free.set()
    assert [health.ready().ready for _ in range(5)] == [True] * 5
    assert book.asked == 1
    time.now += CACHE_TTL_SECONDS
    book.error = VendorTimedOut("no answer")
    assert health.ready().aladdin == "failed: VENDOR_TIMED_OUT"
    time.now += CACHE_TTL_SECONDS
    book.error = None
    assert health.ready().reference_date == TODAY
    assert book.asked == 3


def test_users_are_told_the_age_of_the_data_and_the_vendor_is_asked_once_a_minute(make, book, time):
    health = make(60.0)
    book.free.set()
    for _ in range(12):
        assert health.data_age() == DataAge(TODAY, 0, stale=False)
        time.now += 4.9
    assert book.asked == 1
    time.now += 1.3
    assert health.data_age() == DataAge(TODAY, 0, stale=False)
    assert book.asked == 2


def test_the_age_of_the_data_is_unknown_while_no_check_has_found_it(make, book, time):
    health = make(0.0)
    assert health.data_age() == DataAge(None, None, None)
    book.free.set()
    while health.data_age() == DataAge(None, None, None):
        pass
    assert book.asked == 1
    assert health.data_age() == DataAge(TODAY, 0, stale=False)


def test_stale_data_is_told_with_its_age():
    """R9.5: Thursday to Tuesday are three business days"""
    assert DataAge.of(date(2026, 6, 25), date(2026, 6, 30)) == DataAge(date(2026, 6, 25), 3, stale=True)
