"""Periodic work: what the leader does at once and at stored times, and what users see of it."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Event
from types import SimpleNamespace

import pytest

from app.core import metrics
from app.core.jobs.embedded import Job, Where, stop
from app.core.security import Permission
from app.services.jobs import leader_lock, periodic
from app.services.jobs.leader_lock import LeaderLock
from app.services.jobs.periodic import PeriodicWork
from app.services.jobs.worker import JobThreads
from tests.integration.jobs.test_jobs import submit, with_lines
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.job_lines import Lines
from tests.support.users import set_user
from tests.support.waiting import until


@pytest.fixture
def desk(tmp_path):
    """A desk without any worker."""
    return with_lines(Desk(tmp_path, scenario=GOLDEN_BOOK, JOB_WORKERS="0"))


@pytest.fixture
def work(desk):
    """Periodic work over the desk's database, as `work(job, ...)`; stopped at the end."""
    begun = []

    def start(*jobs, **more):
        services = desk.services
        lock = LeaderLock(services.database, desk.clock)
        begun.append(PeriodicWork(jobs, lock, services.jobs.store, desk.clock, **more))
        begun[-1].start()
        return lock

    yield start
    for each in begun:
        stop(each, timeout=0.5)


class Runs:
    """A job's work that counts its runs; it fails in those that are named, and may wait in the first."""

    def __init__(self, fails=(), until=None):
        self.count = 0
        self.fails = fails
        self.until = until

    def __call__(self):
        self.count += 1
        if self.until is not None and self.count == 1:
            self.until.wait(30)
        if self.count in self.fails:
            raise ZeroDivisionError


def away(*_):
    raise OSError("away")


def counted(name, outcome):
    return metrics.REGISTRY.get_sample_value("allocator_job_runs_total", {"job": name, "outcome": outcome})


def of_kind(desk, kind):
    return desk.get("jobs", of_all="true", kind=kind)["jobs"]


def test_periodic_jobs_are_done_without_workers_and_shown_by_their_kind_to_who_manages_jobs(desk, work):
    runs = Runs()
    work(Job("tests-daily", 86_400, runs, Where.SCHEDULE))
    mine = submit(desk, Lines(1))
    set_user(desk.services.database, permissions=[Permission.JOBS_MANAGE])
    until(lambda: any(job["state"] == "SUCCEEDED" for job in of_kind(desk, "periodic.tests-daily")), "run")
    (job,) = of_kind(desk, "periodic.tests-daily")
    assert (job["username"], job["attempts"], job["error"], runs.count) == ("system", 1, None, 1)
    assert counted("tests-daily", "DONE") == 1
    assert [each["job_id"] for each in desk.get("jobs", of_all="true")["jobs"]] == [mine]
    assert [each["job_id"] for each in desk.get("jobs")["jobs"]] == [mine]
    set_user(desk.services.database, permissions=[])
    assert desk.get("jobs", kind="periodic.tests-daily")["jobs"] == []
    assert desk.get(f"jobs/{job['job_id']}", status=404)["code"] == "NOT_FOUND"


def test_a_run_that_fails_is_counted_and_tried_again(desk, work):
    runs = Runs(fails=(1,))
    work(Job("tests-failing", 86_400, runs, Where.SCHEDULE))
    set_user(desk.services.database, permissions=[Permission.JOBS_MANAGE])
    until(lambda: of_kind(desk, "periodic.tests-failing") and runs.count == 2, "second attempt")
    until(lambda: of_kind(desk, "periodic.tests-failing")[0]["state"] == "SUCCEEDED", "end")
    assert (counted("tests-failing", "FAILED"), counted("tests-failing", "DONE")) == (1, 1)


def test_neither_a_run_that_hangs_nor_one_that_fails_keeps_the_others_from_being_done(work):
    end = Event()
    hanging, failing, other, stored = Runs(until=end), Runs(fails=range(99)), Runs(), Runs()
    hanging_too = [Job(f"hanging-{n}", 60, Runs(until=end), Where.SCHEDULE) for n in range(2)]
    work(
        Job("hanging", 0.05, hanging, Where.LEADER),
        Job("failing", 0.05, failing, Where.LEADER),
        Job("other", 0.05, other, Where.LEADER),
        *hanging_too,
        Job("stored", 60, stored, Where.SCHEDULE),
    )
    until(lambda: failing.count > 3 and other.count > 3 and stored.count == 1, "runs of the others")
    assert hanging.count == 1
    end.set()
    until(lambda: hanging.count > 1, "next run of what hung")


def test_a_leader_whose_look_hangs_leaves_the_lead_to_another_process(work, monkeypatch):
    monkeypatch.setattr(periodic, "HANG_LEASES", 0.05)
    end, there = Event(), Runs()
    lock = work(Job("look", 0.2, Runs(until=end), Where.LEADER))
    until(lambda: lock.holds, "lead")
    work(Job("look", 0.2, there, Where.LEADER))
    until(lambda: there.count > 1, "look of the other process")
    assert not lock.holds
    end.set()


def test_where_the_leader_hangs_and_the_next_one_dies_the_third_does_the_look(work, monkeypatch):
    monkeypatch.setattr(leader_lock, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(periodic, "HANG_LEASES", 0.5)
    end, second, third = Event(), Runs(), Runs()
    hung = work(Job("look", 0.1, Runs(until=end), Where.LEADER))
    until(lambda: hung.holds, "lead")
    dying = work(Job("look", 0.1, second, Where.LEADER))
    until(lambda: second.count > 0, "look of the second process")
    monkeypatch.setattr(dying, "hold", away)
    monkeypatch.setattr(dying, "release", lambda: None)
    work(Job("look", 0.1, third, Where.LEADER))
    until(lambda: third.count > 0, "look of the third process")
    end.set()


def test_a_command_does_the_looks_that_it_names_and_never_leads(desk, monkeypatch):
    led = []
    monkeypatch.setattr(LeaderLock, "hold", lambda *_: led.append("held"))
    own, named, other, stored = Runs(), Runs(), Runs(), Runs()
    jobs = (
        Job("own", 0.05, own, Where.EVERY_PROCESS),
        Job("named", 0.05, named, Where.LEADER),
        Job("other", 0.05, other, Where.LEADER),
        Job("stored", 0.05, stored, Where.SCHEDULE),
    )
    lock = LeaderLock(desk.services.database, desk.clock)
    found = PeriodicWork(jobs, lock, desk.services.jobs.store, desk.clock)
    found.start_beside(["named"])
    until(lambda: own.count > 2 and named.count > 2, "runs")
    stop(found)
    assert (other.count, stored.count, led) == (0, 0, [])


def test_while_the_database_is_away_nothing_is_begun_once_the_lease_is_over(desk, work, monkeypatch):
    """The process goes by its own clock, and leads again when the database is back."""
    seconds = [0.0]
    monkeypatch.setattr(periodic, "AWAY_SECONDS", 0.05)
    runs = Runs()
    lock = LeaderLock(desk.services.database, desk.clock, monotonic=lambda: seconds[0])
    found = PeriodicWork([Job("look", 0.05, runs, Where.LEADER)], lock, desk.services.jobs.store, desk.clock)
    found.start()
    until(lambda: runs.count > 1, "look")
    with monkeypatch.context() as patch:
        patch.setattr(type(desk.services.database), "retried", away)
        seconds[0] = 8.0  # four fifths of the lease
        until(lambda: not lock.holds, "end")
        time.sleep(0.2)
        before = runs.count
        time.sleep(0.3)
        assert runs.count == before
    until(lambda: runs.count > before, "look after it")
    stop(found, timeout=1)


def test_a_stop_waits_once_for_all_that_hangs(desk):
    end, begun = Event(), []

    def hang(*_):
        begun.append(1)
        end.wait(30)

    executor = SimpleNamespace(has_work=True, run_next=hang)
    threads = JobThreads(executor, 3)
    jobs = [Job("own", 60, hang, Where.EVERY_PROCESS), Job("look", 60, hang, Where.LEADER)]
    lock = LeaderLock(desk.services.database, desk.clock)
    found = PeriodicWork(jobs, lock, desk.services.jobs.store, desk.clock)
    found.start()
    threads.start()
    until(lambda: len(begun) == 5, "begin of all")
    began = time.monotonic()
    stop(threads, found, timeout=1)
    assert time.monotonic() - began < 1.9
    assert not lock.holds
    end.set()


def test_each_job_of_the_service_is_done_where_it_has_to_be(desk):
    """What is in a process's memory, or is its own, is done by each; safety does not wait for a schedule."""
    jobs = desk.services.periodic._jobs.values()
    where = {place: {job.name for job in jobs if job.where is place} for place in Where}
    assert where[Where.EVERY_PROCESS] == {"activity", "usage", "login-brake", "quota-gauges", "take-over"}
    assert where[Where.LEADER] == {
        "settle",
        "watch",
        "reap-jobs",
        "alerts",
        "send-alerts",
        "process-events",
        "broker-orders",
    }
    assert where[Where.SCHEDULE] == {
        "alerts-of-drift",
        "alerts-of-trail",
        "alerts-of-vendor",
        "alerts-of-whole-trail",
        "broker-keys",
        "check-drift",
        "expire",
        "erase-previews",
        "first-day-prices",
        "forget-blotters",
        "forget-keys",
        "old-activity",
        "old-alerts",
        "old-drift",
        "old-events",
        "old-jobs",
        "old-sessions",
        "old-usage",
    }
