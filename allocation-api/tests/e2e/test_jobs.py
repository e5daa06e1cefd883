"""Jobs on real worker processes that are killed, stopped, or lose their database: each line is done once."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from app.core.clock import utc_now
from app.models import JobRow
from app.services.jobs.jobs import JobService
from tests.e2e.cut_line import CutLine
from tests.e2e.job_engines import LEASE_SECONDS, Celery, Embedded
from tests.storage import servers
from tests.storage.conftest import started
from tests.support.databases import migrated
from tests.support.job_lines import ANN, LINES, Lines, make_table, written
from tests.support.signing import SIGNING_KEY
from tests.support.waiting import until

pytestmark = pytest.mark.slow

SERVER, WORKER = ("-m", "tests.e2e.job_server"), ("-m", "tests.e2e.job_worker")
NOBODY = {
    "MOCK_ALADDIN_DATA": "false",
    "ALADDIN_HOST": "http://127.0.0.1:1",
    "ALADDIN_GROUPS": "CORE",
    "ALADDIN_CLIENT_ID": "allocator",
    "ALADDIN_CLIENT_SECRET": "not-a-secret",
    "JWT_SECRET_KEY": SIGNING_KEY,
}
"""A vendor that no job asks."""


class Jobs:
    """A database with its jobs, and what does them."""

    def __init__(self, database, engine):
        self.database = database
        self.engine = engine
        self._service = JobService(database, utc_now, engine.sender(database))

    def submit(self, count, **more):
        return self._service.submit(LINES, Lines(count, **more), ANN)

    def get(self, job_id):
        return self._service.get(job_id, ANN)

    def cancel(self, job_id):
        return self._service.cancel(job_id, ANN)

    def lines(self, job_id):
        return written(self.database, job_id)[0]

    def pids(self, job_id):
        return written(self.database, job_id)[1]

    def claims(self, job_id):
        """How often a worker has claimed the job."""
        with self.database.read() as session:
            return session.get_one(JobRow, job_id).fence

    def running(self, job_id, lines=5):
        """Wait until a worker has done some lines."""
        until(lambda: len(self.lines(job_id)) >= lines, f"{lines} lines")

    def ended(self, job_id):
        until(lambda: self.get(job_id).has_ended, "the end")
        return self.get(job_id)


@pytest.fixture(params=[Embedded, Celery], ids=["embedded", "celery"])
def kind(request):
    if request.param is Celery:
        pytest.importorskip("celery")
    return request.param


@pytest.fixture
def jobs(tmp_path, kind):
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    database = migrated(url)
    make_table(database)
    engine = kind(tmp_path, {"DATABASE_URL": url, **NOBODY}, SERVER, WORKER)
    engine.start()
    yield Jobs(database, engine)
    engine.close()
    database.close()


def test_two_workers_share_the_jobs(jobs):
    found = [jobs.submit(20, seconds=0.02) for _ in range(6)]
    assert [jobs.ended(each).state for each in found] == ["SUCCEEDED"] * 6
    assert [jobs.lines(each) for each in found] == [list(range(20))] * 6
    assert all(len(jobs.pids(each)) == 1 for each in found)
    assert len(set().union(*(jobs.pids(each) for each in found))) == 2


def test_a_killed_worker_is_replaced_and_another_one_goes_on(jobs):
    job_id = jobs.submit(100, seconds=0.02)
    jobs.running(job_id)
    (killed,) = jobs.pids(job_id)
    os.kill(killed, signal.SIGKILL)
    job = jobs.ended(job_id)
    # Its attempts are counted from its last line.
    assert (job.state, job.done, job.attempts) == ("SUCCEEDED", 100, 1)
    assert jobs.lines(job_id) == list(range(100))
    assert len(jobs.pids(job_id) - {killed}) == 1


def test_a_job_that_kills_its_workers_fails_with_the_reason(jobs):
    poison, other = jobs.submit(5, at=3, event="die"), jobs.submit(5)
    assert jobs.ended(other).state == "SUCCEEDED"
    job = jobs.ended(poison)
    assert (job.state, job.error.code) == ("FAILED", "JOB_WORKER_LOST")
    assert job.error.reason == "The worker ended without an answer 3 times."
    assert jobs.lines(poison) == [0, 1, 2]
    assert jobs.ended(jobs.submit(5)).state == "SUCCEEDED"


def test_a_cancelled_job_stops_within_a_second_of_its_line(jobs):
    job_id = jobs.submit(10_000, seconds=0.1)
    jobs.running(job_id)
    asked = time.monotonic()
    assert jobs.cancel(job_id).state == "ABORTING"
    job = jobs.ended(job_id)
    assert time.monotonic() - asked < 1.1
    assert job.state == "ABORTED"
    assert jobs.lines(job_id) == list(range(job.done))


def test_a_stop_leaves_the_job_to_the_next_start_without_a_used_attempt(jobs):
    job_id = jobs.submit(100, seconds=0.02)
    jobs.running(job_id)
    assert jobs.engine.stop() == 0
    job = jobs.get(job_id)
    assert (job.state, job.attempts) == ("PENDING", 0)
    jobs.engine.start()
    assert jobs.ended(job_id).state == "SUCCEEDED"
    assert jobs.lines(job_id) == list(range(100))


@pytest.mark.parametrize("kind", [Embedded], indirect=True)
def test_workers_end_with_a_parent_that_was_killed(jobs):
    job_id = jobs.submit(10_000, seconds=0.02)
    jobs.running(job_id)
    (worker,) = jobs.pids(job_id)
    jobs.engine.kill_parent()
    until(lambda: not Path(f"/proc/{worker}/stat").exists(), "the end of the worker")
    assert jobs.get(job_id).state == "PENDING"


@pytest.fixture
def cut_jobs(tmp_path, kind):
    """Jobs on a PostgreSQL whose line to the workers can be cut; the test has another line."""
    manager = servers.postgresql()
    url = make_url(started(manager).url_of("test_jobs"))
    line = CutLine(url.port)
    database = migrated(url.render_as_string(hide_password=False))
    make_table(database)
    cut = url.set(port=line.port).render_as_string(hide_password=False)
    engine = kind(tmp_path, {"DATABASE_URL": cut, **NOBODY}, SERVER, WORKER)
    engine.start()
    yield Jobs(database, engine), line
    engine.close()
    line.cut()
    database.close()
    manager.__exit__(None, None, None)


@pytest.mark.parametrize("seconds", [0.5, 5])
def test_while_the_database_is_away_nothing_is_done_twice(cut_jobs, seconds):
    """For less than the lease, and for longer: then the workers stop themselves, and others come."""
    jobs, line = cut_jobs
    found = [jobs.submit(150, seconds=0.02) for _ in range(2)]
    for each in found:
        jobs.running(each)
    line.cut()
    time.sleep(seconds)
    done = [len(jobs.lines(each)) for each in found]
    assert max(done) < 150
    line.join()
    ends = [jobs.ended(each) for each in found]
    assert [job.state for job in ends] == ["SUCCEEDED"] * 2
    assert [jobs.lines(each) for each in found] == [list(range(150))] * 2
    assert [jobs.claims(each) for each in found] == ([1, 1] if seconds < LEASE_SECONDS else [2, 2])


@pytest.mark.parametrize("kind", [Celery], indirect=True)
def test_while_redis_is_restarted_jobs_go_on_and_none_is_lost(jobs):
    running = [jobs.submit(150, seconds=0.02) for _ in range(2)]
    for each in running:
        jobs.running(each)
    waiting = [jobs.submit(5) for _ in range(3)]
    jobs.engine.redis.stop()
    unsent = jobs.submit(5)
    time.sleep(0.5)
    jobs.engine.redis.again()  # it has kept nothing
    found = [*running, *waiting, unsent]
    assert [jobs.ended(each).state for each in found] == ["SUCCEEDED"] * 6
    assert [len(jobs.lines(each)) for each in found] == [150, 150, 5, 5, 5, 5]
    assert [jobs.get(each).attempts for each in found] == [1] * 6
