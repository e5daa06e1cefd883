"""The job table as a queue, on each database: claims with a fence, lines done once, and every way to end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import update

from app.core.errors import NotFound
from app.models import JobRow
from app.services.jobs.errors import JobCancelled, JobEnded, JobLost, JobTimedOut
from app.services.jobs.jobs import JobService
from app.services.jobs.states import JobErrorCode, JobState
from app.services.jobs.store import JobStore
from tests.storage.rows import MOMENT
from tests.support.job_lines import ANN, LINES, URGENT, Lines, make_table, write, written

LEASE = timedelta(seconds=30)
KINDS = (LINES.name,)


class Clock:
    def __init__(self):
        self.now = MOMENT

    def __call__(self):
        return self.now

    def move(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(database, clock):
    make_table(database)
    return JobStore(database, clock, LEASE)


@pytest.fixture
def rival(another, clock):
    """The store as another process has it."""
    return JobStore(another, clock, LEASE)


@pytest.fixture
def jobs(database, clock):
    return JobService(database, clock)


@pytest.fixture
def job_id(store, jobs):
    return jobs.submit(LINES, Lines(3), ANN)


def line(store, claim, number):
    store.advance(claim, number, 1, lambda session: write(session, claim.job_id, number))


def shown(jobs, job_id):
    job = jobs.get(job_id, ANN)
    return job.state, job.done, job.attempts, job.error and job.error.code


def test_a_job_goes_from_waiting_to_done(database, store, jobs, clock, job_id):
    assert store.due(KINDS) == (job_id,)
    assert store.due(("tests.other",)) == ()
    claim = store.claim(job_id, KINDS)
    assert (claim.fence, claim.attempts, claim.done, claim.payload) == (
        1,
        1,
        0,
        '{"count":3,"seconds":0.0,"at":null,"event":null}',
    )
    assert store.due(KINDS) == ()
    store.describe(claim, total=3, phase="writing")
    clock.move(10)
    for number in range(2):
        line(store, claim, number)
    job = jobs.get(job_id, ANN)
    assert (job.state, job.done, job.total, job.phase) == (JobState.RUNNING, 2, 3, "writing")
    # Two lines took 10 seconds, so the third takes 5.
    assert job.expected_end_at == MOMENT + timedelta(seconds=15)
    line(store, claim, 2)
    assert store.succeed(claim, "/v1/result")
    job = jobs.get(job_id, ANN)
    assert (job.state, job.done, job.result, job.error) == (JobState.SUCCEEDED, 3, "/v1/result", None)
    assert (job.created_at, job.started_at, job.ended_at) == (MOMENT, MOMENT, clock.now)
    assert job.expected_end_at is None
    assert written(database, job_id)[0] == [0, 1, 2]
    # Asked for, claimed, described, three lines, ended.
    assert job.version == 7


def test_one_of_many_claims_a_job(store, rival, job_id):
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda number: (store, rival)[number % 2].claim(job_id, KINDS), range(8)))
    assert [claim.fence for claim in claims if claim is not None] == [1]


def test_who_was_taken_for_dead_stores_nothing_any_more(database, store, rival, jobs, clock, job_id):
    first = store.claim(job_id, KINDS)
    line(store, first, 0)
    clock.move(29)
    assert rival.claim(job_id, KINDS) is None
    clock.move(1)
    second = rival.claim(job_id, KINDS)
    assert (second.fence, second.attempts, second.done) == (2, 2, 1)
    for late in (
        lambda: line(store, first, 1),
        lambda: store.renew(first),
        lambda: store.check(first, 1),
    ):
        with pytest.raises(JobLost):
            late()
    assert not store.succeed(first, None)
    assert not store.fail(first, JobErrorCode.JOB_FAILED, "x")
    assert not store.give_back(first)
    line(rival, second, 1)
    line(rival, second, 2)
    assert rival.succeed(second, None)
    assert written(database, job_id)[0] == [0, 1, 2]
    assert shown(jobs, job_id) == (JobState.SUCCEEDED, 3, 1, None)


def test_a_line_whose_answer_was_lost_is_not_done_again(database, store, job_id):
    claim = store.claim(job_id, KINDS)
    line(store, claim, 0)
    line(store, claim, 0)
    line(store, claim, 1)
    assert written(database, job_id)[0] == [0, 1]


def test_a_line_that_fails_leaves_neither_effect_nor_count(database, store, jobs, job_id):
    claim = store.claim(job_id, KINDS)

    def effect(session):
        write(session, job_id, 0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.advance(claim, 0, 1, effect)
    assert written(database, job_id)[0] == []
    assert jobs.get(job_id, ANN).done == 0


def test_a_renewed_lease_lasts_from_then_on(store, rival, clock, job_id):
    claim = store.claim(job_id, KINDS)
    clock.move(20)
    assert store.renew(claim) == JobState.RUNNING
    clock.move(29)
    assert rival.claim(job_id, KINDS) is None
    line(store, claim, 0)
    clock.move(29)
    assert rival.claim(job_id, KINDS) is None
    clock.move(1)
    assert rival.claim(job_id, KINDS).fence == 2


def test_a_job_that_waits_is_cancelled_at_once(store, jobs, job_id):
    cancelled = jobs.cancel(job_id, ANN)
    assert (cancelled.state, cancelled.error.code, cancelled.error.reason) == (
        JobState.ABORTED,
        "JOB_CANCELLED",
        "ann cancelled it.",
    )
    assert store.due(KINDS) == ()
    assert store.claim(job_id, KINDS) is None
    with pytest.raises(JobEnded):
        jobs.cancel(job_id, ANN)


def test_a_running_job_is_cancelled_by_its_worker(database, store, jobs, job_id):
    claim = store.claim(job_id, KINDS)
    line(store, claim, 0)
    assert jobs.cancel(job_id, ANN).state == JobState.ABORTING
    assert jobs.cancel(job_id, ANN).state == JobState.ABORTING
    assert store.renew(claim) == JobState.ABORTING
    for asked in (lambda: line(store, claim, 1), lambda: store.check(claim, 1)):
        with pytest.raises(JobCancelled):
            asked()
    assert store.abort(claim)
    assert shown(jobs, job_id) == (JobState.ABORTED, 1, 1, "JOB_CANCELLED")
    assert written(database, job_id)[0] == [0]


def test_a_job_that_was_done_before_its_worker_saw_the_cancellation_is_done(store, jobs, job_id):
    claim = store.claim(job_id, KINDS)
    jobs.cancel(job_id, ANN)
    assert store.succeed(claim, None)
    assert shown(jobs, job_id) == (JobState.SUCCEEDED, 0, 1, None)


def test_a_cancelled_job_whose_worker_died_is_ended_by_the_reaper(store, jobs, clock, job_id):
    store.claim(job_id, KINDS)
    jobs.cancel(job_id, ANN)
    clock.move(29)
    store.reap()
    assert jobs.get(job_id, ANN).state == JobState.ABORTING
    clock.move(1)
    assert store.claim(job_id, KINDS) is None
    store.reap()
    assert shown(jobs, job_id) == (JobState.ABORTED, 0, 1, "JOB_CANCELLED")


def test_a_job_that_kills_its_workers_fails_after_its_attempts(store, jobs, clock, job_id):
    for attempt in (1, 2, 3):
        store.reap()
        assert store.claim(job_id, KINDS).attempts == attempt
        clock.move(30)
    assert store.due(KINDS) == ()
    store.reap()
    job = jobs.get(job_id, ANN)
    assert (job.state, job.error.code, job.error.reason) == (
        JobState.FAILED,
        "JOB_WORKER_LOST",
        "The worker ended without an answer 3 times.",
    )
    assert job.ended_at == clock.now


def test_a_job_that_fails_is_tried_again_later_each_time(store, jobs, clock, job_id):
    for wait in (5, 10):
        assert store.retry(store.claim(job_id, KINDS), "Aladdin is away")
        assert shown(jobs, job_id)[0] == JobState.PENDING
        clock.move(wait - 1)
        assert store.due(KINDS) == ()
        clock.move(1)
        assert store.due(KINDS) == (job_id,)
    assert store.retry(store.claim(job_id, KINDS), "Aladdin is away")
    job = jobs.get(job_id, ANN)
    assert (job.state, job.attempts, job.error.code, job.error.reason) == (
        JobState.FAILED,
        3,
        "JOB_FAILED",
        "It failed 3 times, the last time with: Aladdin is away",
    )


def test_a_job_that_goes_on_has_all_of_its_attempts_again(store, jobs, clock, job_id):
    for number in range(3):
        claim = store.claim(job_id, KINDS)
        assert claim.attempts == (1 if number == 0 else 2)
        line(store, claim, number)
        assert store.retry(claim, "Aladdin is away")
        assert shown(jobs, job_id)[:3] == (JobState.PENDING, number + 1, 1)
        clock.move(5)
    for attempt, wait in ((2, 10), (3, 0)):
        claim = store.claim(job_id, KINDS)
        assert claim.attempts == attempt
        assert store.retry(claim, "Aladdin is away")
        clock.move(wait)
    assert shown(jobs, job_id)[:3] == (JobState.FAILED, 3, 3)


def test_urgent_kinds_come_first(store, jobs, clock, job_id):
    clock.move(1)
    urgent = jobs.submit(URGENT, Lines(1), ANN)
    kinds = (*KINDS, URGENT.name)
    assert store.due(kinds) == (job_id, urgent)
    assert store.due(kinds, (URGENT.name,)) == (urgent, job_id)


def test_a_job_that_a_stopping_worker_leaves_has_used_no_attempt(store, jobs, job_id):
    for _ in range(5):
        assert store.give_back(store.claim(job_id, KINDS))
    assert shown(jobs, job_id) == (JobState.PENDING, 0, 0, None)
    claim = store.claim(job_id, KINDS)
    jobs.cancel(job_id, ANN)
    assert store.give_back(claim)
    assert shown(jobs, job_id)[0] == JobState.ABORTED


def test_a_job_has_its_time_from_its_first_start(store, jobs, clock, job_id):
    clock.move(3_600)  # waiting does not count
    first = store.claim(job_id, KINDS)
    clock.move(300)
    second = store.claim(job_id, KINDS)
    assert first.deadline_at == second.deadline_at
    clock.move(299)
    line(store, second, 0)
    clock.move(1)
    with pytest.raises(JobTimedOut):
        line(store, second, 1)
    assert store.time_out(second)
    assert shown(jobs, job_id) == (JobState.TIMED_OUT, 1, 1, "JOB_TIMED_OUT")


def test_a_job_without_a_worker_times_out_by_the_reaper(store, jobs, clock, job_id):
    running, waiting = job_id, jobs.submit(LINES, Lines(3), ANN)
    store.claim(running, KINDS)
    store.retry(store.claim(waiting, KINDS), "away")
    clock.move(600)
    assert store.due(KINDS) == ()
    store.reap()
    for each in (running, waiting):
        assert shown(jobs, each)[0] == JobState.TIMED_OUT


def test_a_job_of_a_clock_that_was_set_back_is_done(store, rival, jobs, clock, job_id):
    clock.move(3_600)
    waiting, sent = jobs.submit(LINES, Lines(1), ANN), jobs.submit(LINES, Lines(1), ANN)
    left = store.claim(job_id, KINDS)
    set_columns(store, sent, sent_at=clock.now)
    clock.move(-3_600)
    assert rival.due(KINDS) == ()
    before = jobs.get(waiting, ANN).version
    store.reap()
    assert set(rival.due(KINDS)) == {waiting, sent}
    assert (jobs.get(waiting, ANN).due_at, jobs.get(waiting, ANN).version) == (clock.now, before + 1)
    assert columns(store, sent).sent_at is None
    # Its worker may live: it has a lease from now on, and not for an hour.
    clock.move(29)
    assert rival.claim(job_id, KINDS) is None
    line(store, left, 0)
    clock.move(30)
    assert rival.claim(job_id, KINDS).fence == 2


def test_waits_and_leases_of_a_clock_that_is_right_stay(store, rival, jobs, clock, job_id):
    other = jobs.submit(LINES, Lines(1), ANN)
    store.retry(store.claim(other, KINDS), "Aladdin is away")
    store.claim(job_id, KINDS)
    set_columns(store, job_id, sent_at=clock.now)
    before = [
        (row.due_at, row.lease_until, row.sent_at) for row in map(partial(columns, store), (job_id, other))
    ]
    clock.move(-4)  # as far as clocks of two hosts may differ
    store.reap()
    after = [
        (row.due_at, row.lease_until, row.sent_at) for row in map(partial(columns, store), (job_id, other))
    ]
    assert after == before


def columns(store, job_id):
    with store._database.read() as session:
        return session.get(JobRow, job_id)


def set_columns(store, job_id, **values):
    with store._database.write() as session:
        session.execute(update(JobRow).where(JobRow.id == job_id).values(**values))


def test_old_jobs_are_forgotten_once_they_are_over(store, jobs, clock, job_id):
    over = jobs.submit(LINES, Lines(1), ANN)
    store.succeed(store.claim(over, KINDS), None)
    store.forget(clock.now)
    assert jobs.get(over, ANN).has_ended
    clock.move(1)
    store.forget(clock.now)
    with pytest.raises(NotFound):
        jobs.get(over, ANN)
    assert jobs.get(job_id, ANN).state == JobState.PENDING


def test_what_belongs_to_a_job_is_stored_with_it_or_not_at_all(database, store, jobs):
    job_id = jobs.submit(
        LINES, Lines(1), ANN, total=1, alongside=lambda session, made: write(session, made, 7)
    )
    assert written(database, job_id)[0] == [7]
    before = store.due(KINDS)

    def fail(_session, _job_id):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        jobs.submit(LINES, Lines(1), ANN, alongside=fail)
    assert store.due(KINDS) == before
