"""Which jobs Celery's workers are told of, and what becomes of them while Redis is away."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from app.services.jobs.broker import MAX_SENT, JobSender
from app.services.jobs.jobs import JobService
from app.services.jobs.schedules import Schedule, Schedules
from app.services.jobs.store import JobStore
from tests.support.databases import migrated
from tests.support.job_lines import ANN, LINES, Lines
from tests.support.redis_server import NOBODY

STALE = timedelta(seconds=30)


class Clock:
    def __init__(self):
        self.now = datetime(2026, 7, 1, 12, tzinfo=UTC)

    def __call__(self):
        return self.now


class Desk:
    def __init__(self, folder):
        self.clock = Clock()
        self.database = migrated(f"sqlite:///{folder / 'jobs.db'}")
        self.store = JobStore(self.database, self.clock, STALE)
        self.sender = JobSender(NOBODY, self.store, self.database, self.clock, STALE)
        self.jobs = JobService(self.database, self.clock)
        self.told = []

    def submit(self):
        return self.jobs.submit(LINES, Lines(1), ANN)

    def look(self, seconds=0):
        """Move the clock, and return the jobs that are sent then."""
        self.clock.now += timedelta(seconds=seconds)
        before = len(self.told)
        self.sender.send_stale()
        return self.told[before:]


class FakeApp:
    """Celery, which notes what is sent."""

    def __init__(self, told):
        self._told = told

    def send_task(self, name, args, **_):
        assert name == "allocator.run_job"
        self._told.append(args[0])


@pytest.fixture
def desk(tmp_path):
    found = Desk(tmp_path)
    yield found
    found.database.close()


def test_a_job_is_sent_again_until_a_worker_begins_with_it(desk, monkeypatch):
    monkeypatch.setattr("app.services.jobs.broker.celery_app", lambda _: pytest.fail("not asked for"))
    desk.sender._app = FakeApp(desk.told)
    job_id = desk.submit()
    assert desk.look() == [job_id]
    assert desk.look(29) == []
    assert desk.look(1) == [job_id]
    claim = desk.store.claim(job_id, (LINES.name,))
    assert desk.look(29) == []
    # The lease is over, so the worker is dead.
    assert desk.look(1) == [job_id]
    claim = desk.store.claim(job_id, (LINES.name,))
    desk.store.give_back(claim)
    assert desk.look() == [job_id]
    desk.store.succeed(desk.store.claim(job_id, (LINES.name,)), None)
    assert desk.look(3_600) == []


def test_a_look_sends_a_few_those_that_wait_for_longest(desk):
    desk.sender._app = FakeApp(desk.told)
    found = []
    for _ in range(MAX_SENT + 5):
        found.append(desk.submit())
        desk.clock.now += timedelta(milliseconds=1)
    assert desk.look() == found[:MAX_SENT]
    assert desk.look() == found[MAX_SENT:]


def test_what_the_leader_does_itself_is_not_sent(desk):
    desk.sender._app = FakeApp(desk.told)
    schedules = Schedules([Schedule("hourly", timedelta(hours=1))], desk.clock)
    desk.database.retried(schedules.enter)
    assert len(desk.store.due(("periodic.hourly",))) == 1
    assert desk.look(60) == []


def test_while_redis_is_away_a_job_is_kept_and_its_user_does_not_wait(desk):
    pytest.importorskip("celery")
    jobs = JobService(desk.database, desk.clock, desk.sender.send)
    job_id = jobs.submit(LINES, Lines(1), ANN)  # loads Celery
    began = time.monotonic()
    assert not desk.sender.send(job_id)
    assert time.monotonic() - began < 4
    assert jobs.get(job_id, ANN).state == "PENDING"
    assert desk.store.due((LINES.name,)) == (job_id,)
