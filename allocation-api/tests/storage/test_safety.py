"""The emergency stop, and the desk's lock of a dead process, on each database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from app.services.aladdin.mock_lease import MockLease
from tests.storage.conftest import database_of
from tests.storage.rows import MOMENT
from tests.support import saga
from tests.support.databases import migrated
from tests.support.saga import POST, check_one_order, commit, preview, settle, status


class Time:
    """Sleeping moves this clock; something may happen after each sleep."""

    def __init__(self):
        self.now = 0.0
        self.after_each = lambda: None

    def now_utc(self):
        return MOMENT + timedelta(seconds=self.now)

    def sleep(self, seconds):
        self.now += seconds
        self.after_each()


@pytest.fixture
def pair(tmp_path, database_url):
    """Two processes on one database and one vendor."""
    migrated(database_url).close()
    found = saga.desks(tmp_path, DATABASE_URL=database_url)
    yield found
    for desk in found:
        database_of(desk).close()


def test_one_host_alone_has_a_simulator_inside_until_its_lease_is_over(database, another, tmp_path):
    time = Time()
    mine, theirs = (
        MockLease(each, time.now_utc, tmp_path / name, sleep=time.sleep)
        for each, name in ((database, "mine"), (another, "theirs"))
    )
    assert mine.acquire()
    time.after_each = mine.renew
    assert theirs.acquire() is False
    assert MockLease(database, time.now_utc, tmp_path / "mine").acquire()  # the next process of this host
    time.after_each = lambda: None
    assert theirs.acquire()
    time.after_each = theirs.renew
    assert mine.acquire() is False


def test_a_lease_of_the_dead_ends_one_lease_after_the_clock_was_set_back(database, another, tmp_path):
    time = Time()
    mine, theirs = (
        MockLease(each, time.now_utc, tmp_path / name, sleep=time.sleep)
        for each, name in ((database, "mine"), (another, "theirs"))
    )
    assert mine.acquire()
    time.now -= 3_600
    time.after_each = mine.renew
    assert theirs.acquire() is False  # who lives keeps it
    time.now -= 3_600
    time.after_each = lambda: None
    before = time.now
    assert theirs.acquire()
    assert time.now - before == 15


def test_a_stop_of_one_process_holds_the_orders_of_the_other(pair):
    # R10.6
    first, second = pair
    waiting = preview(second, 38_000)
    shown = first.post("system/emergency-stop", {"reason": "Kurse für 中文 falsch"})
    assert second.get("system/emergency-stop") == {
        name: value for name, value in shown.items() if name not in {"cancelled_orders", "order_under_way"}
    }
    assert commit(second, waiting, status=409)["code"] == "TRADING_HALTED"
    second.reset_stop()
    commit(second, waiting)
    assert first.wire.count(POST) == 1
    assert first.get("audit/verify")["whole"] is True


def test_of_two_who_stop_at_once_one_changes_the_state(pair):
    start = Barrier(2)

    def stop(desk):
        start.wait()
        return desk.post("system/emergency-stop", {"reason": desk.token[-8:].replace("\\", "")})

    with ThreadPoolExecutor(2) as pool:
        shown = list(pool.map(stop, pair))
    assert shown[0] == shown[1]
    assert shown[0]["version"] == 1
    assert len(pair[0].get("audit", action="EMERGENCY_STOP")["audit_records"]) == 2


def test_a_stop_and_an_order_at_once_leave_one_order_or_none(pair):
    # R10.6
    sender, stopper = pair
    allocation_id, start = preview(sender, 38_000), Barrier(2)

    def send():
        start.wait()
        return sender.ask(f"allocations/{allocation_id}/commit", {"override_warnings": True})

    def stop():
        start.wait()
        return stopper.post("system/emergency-stop", {"reason": "race"})

    with ThreadPoolExecutor(2) as pool:
        sent, stopped = pool.submit(send), pool.submit(stop)
        stopped.result()
        code, _ = sent.result()
    assert (code, sender.wire.count(POST)) in {(200, 1), (409, 0)}
    assert commit(sender, preview(sender, 38_000), status=409)["code"] == "TRADING_HALTED"


@pytest.mark.parametrize("at", ["after", "before"])
def test_the_lock_of_a_dead_process_is_taken_over_where_its_order_is_found(pair, at):
    # R10.7
    dying, survivor = pair
    left = preview(survivor, 38_000)
    saga.die(dying, left, at=at)
    saga.fall_silent(survivor)
    survivor.services.periodic.do("take-over")
    if at == "after":
        check_one_order(survivor, left)
        return
    assert status(survivor, left) == "COMMITTING"
    survivor.clock.ahead += saga.LEASE
    settle(survivor)
    check_one_order(survivor, left)
    assert survivor.wire.count(POST) == 1


def test_a_dead_process_that_was_not_let_out_to_send_is_taken_over(pair):
    # R10.7
    dying, survivor = pair
    left = preview(survivor, 38_000)
    saga.die_after(dying, left, "/position")
    saga.fall_silent(survivor)
    survivor.services.periodic.do("take-over")
    check_one_order(survivor, left)
    assert survivor.wire.count(POST) == 1
