"""The leader's lock and the schedules on each database: one process leads, and each period has one job."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.models import PERIODIC_LOCK, JobRow, LockRow, ScheduleRow
from app.services.jobs import leader_lock
from app.services.jobs.leader_lock import LeaderLock
from app.services.jobs.schedules import Schedule, Schedules
from app.services.jobs.store import JobStore
from tests.storage.rows import MOMENT

HOURLY = Schedule("hourly", timedelta(hours=1))
EACH_MINUTE = Schedule("each-minute", timedelta(minutes=1))


class Clock:
    """Both clocks of a process: the time of day, and seconds that never go back."""

    def __init__(self):
        self.now = MOMENT
        self.passed = 100.0

    def __call__(self):
        return self.now

    def monotonic(self):
        return self.passed

    def move(self, seconds):
        self.now += timedelta(seconds=seconds)
        self.passed += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def one_lease(monkeypatch):
    monkeypatch.setattr(leader_lock, "SNOWFLAKE_LEASE", leader_lock.LEASE)


def lock_of(database, clock, **more):
    return LeaderLock(database, clock, monotonic=clock.monotonic, **more)


@pytest.fixture
def first(database, clock):
    return lock_of(database, clock)


@pytest.fixture
def second(another, clock):
    return lock_of(another, clock)


def nothing(_session):
    pass


def refused(_session):
    raise AssertionError("it was stored without the lock")


def test_one_process_leads_until_its_lease_is_over(first, second, clock):
    assert first.hold(nothing)
    assert not second.hold(refused)
    clock.move(9)
    assert first.hold(nothing)
    clock.move(9)
    assert not second.hold(refused)
    # Two seconds before others may take it, the leader that could not renew it starts nothing more.
    assert not first.holds
    clock.move(1)
    assert second.hold(nothing)
    assert second.holds
    assert not first.hold(refused)


def test_one_of_many_processes_leads_and_enters_the_jobs(database, another, clock):
    schedules = Schedules([HOURLY, EACH_MINUTE], clock)
    locks = [lock_of((database, another)[number % 2], clock) for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        held = list(pool.map(lambda lock: lock.hold(schedules.enter), locks))
    assert sorted(held) == [False] * 5 + [True]
    (leading,) = [lock for lock, has in zip(locks, held, strict=True) if has]
    assert leading.hold(schedules.enter)
    assert sorted(kinds(database)) == ["periodic.each-minute", "periodic.hourly"]


def test_a_leader_that_stops_leaves_the_lead_at_once(first, second):
    first.hold(nothing)
    first.release()
    assert not first.holds
    assert second.hold(nothing)
    first.release()  # which is not its own any more
    assert not first.hold(refused)


def test_a_sole_process_takes_the_lead_of_the_one_before_at_once(database, another, clock):
    lock_of(database, clock, sole=True).hold(nothing)
    assert not lock_of(another, clock).hold(refused)
    assert lock_of(another, clock, sole=True).hold(nothing)


def test_a_sole_process_leaves_the_lead_to_another_host(database, another, clock, monkeypatch):
    lock_of(database, clock, sole=True).hold(nothing)
    monkeypatch.setattr(leader_lock, "gethostname", lambda: "elsewhere")
    assert not lock_of(another, clock, sole=True).hold(refused)


def test_a_lease_from_the_future_is_of_a_clock_that_was_set_back(first, second, clock):
    clock.move(3_600)
    first.hold(nothing)
    clock.now -= timedelta(hours=1)
    assert second.hold(nothing)


def test_what_fails_beside_the_lock_leaves_no_lock(first, second, database):
    with pytest.raises(AssertionError):
        first.hold(refused)
    assert not first.holds
    assert second.hold(nothing)
    with database.read() as session:
        assert session.get(LockRow, PERIODIC_LOCK).process.startswith("shared:")


# --- schedules ----------------------------------------------------------------------------------------------


def kinds(database):
    with database.read() as session:
        return list(session.scalars(select(JobRow.kind).order_by(JobRow.created_at)))


def due(database, name="hourly"):
    with database.read() as session:
        return session.get(ScheduleRow, name).next_due_at


class Leader:
    def __init__(self, database, clock, *schedules):
        self.database, self.clock = database, clock
        self.store = JobStore(database, clock, timedelta(seconds=30))
        self.kinds = [schedule.kind.name for schedule in schedules]
        self.schedules = Schedules(schedules, clock)

    def enter(self):
        self.database.retried(self.schedules.enter)

    def waiting(self):
        return self.store.due(self.kinds)

    def do(self):
        """Do what waits, and say how many jobs that were."""
        found = self.waiting()
        for job_id in found:
            assert self.store.succeed(self.store.claim(job_id, self.kinds), None)
        return len(found)


@pytest.fixture
def leader(database, clock):
    return Leader(database, clock, HOURLY)


def test_a_new_schedule_is_due_at_once_and_then_once_in_each_period(database, leader, clock):
    counts = []
    for _ in range(8):  # 0:00, 0:20, 0:40, 1:00 ...
        leader.enter()
        leader.enter()
        counts.append(leader.do())
        clock.move(20 * 60)
    assert counts == [1, 0, 0, 1, 0, 0, 1, 0]


def test_of_several_that_are_due_one_is_entered_at_a_time_the_longest_due_first(database, clock):
    schedules = Schedules([HOURLY, EACH_MINUTE], clock)
    assert [database.retried(schedules.enter) for _ in range(3)] == [True, False, False]
    clock.move(2 * 3_600)
    with database.write() as session:
        session.execute(update(ScheduleRow).where(ScheduleRow.name == "hourly").values(next_due_at=clock.now))
        session.execute(update(JobRow).values(state="SUCCEEDED"))
    assert database.retried(schedules.enter)
    assert (due(database), due(database, "each-minute")) == (clock.now, clock.now + timedelta(minutes=1))
    assert not database.retried(schedules.enter)
    assert due(database) == clock.now + timedelta(hours=1)


def test_missed_runs_are_caught_up_once_in_the_old_rhythm(database, leader, clock):
    leader.enter()
    assert leader.do() == 1
    clock.move(5 * 3_600 + 600)
    leader.enter()
    leader.enter()
    assert leader.do() == 1
    assert due(database) == MOMENT + timedelta(hours=6)
    clock.move(3_000)
    leader.enter()
    assert leader.do() == 1


def test_by_a_clock_a_missed_run_is_caught_up_once_and_the_next_one_is_at_its_time(database, clock):
    """MOMENT lies between two times of the clock, which are two hours apart and five later."""
    times = [clock.now + timedelta(hours=hours) for hours in (1, 3, 8)]
    at = Schedule("at", timedelta(hours=6), lambda now: min(each for each in times if each > now))
    leader = Leader(database, clock, at)
    leader.enter()
    assert (leader.do(), due(database, "at")) == (1, times[0])
    clock.now = times[1] + timedelta(minutes=20)
    leader.enter()
    leader.enter()
    assert (leader.do(), due(database, "at")) == (1, times[2])
    clock.now = times[2] - timedelta(seconds=1)
    leader.enter()
    assert leader.do() == 0


def test_a_schedule_from_the_future_is_due(database, leader, clock):
    clock.move(3 * 3_600)
    leader.enter()
    leader.do()
    clock.move(-3 * 3_600)
    leader.enter()
    assert leader.do() == 1
    assert due(database) == MOMENT + timedelta(hours=1)


def test_a_shorter_period_holds_at_once(database, leader, clock):
    leader.enter()
    leader.do()
    other = Leader(database, clock, Schedule("hourly", timedelta(minutes=1)))
    clock.move(60)
    other.enter()
    assert other.do() == 1


def test_while_a_job_is_not_over_no_other_of_its_kind_is_entered(database, leader, clock):
    leader.enter()
    (job_id,) = leader.waiting()
    for _ in range(3):
        clock.move(3_600)
        leader.enter()
    assert leader.waiting() == (job_id,)
    claim = leader.store.claim(job_id, leader.kinds)
    clock.move(10)
    leader.enter()
    assert kinds(database) == ["periodic.hourly"]
    leader.store.succeed(claim, None)
    clock.move(3_600)
    leader.enter()
    assert kinds(database) == ["periodic.hourly"] * 2


def test_of_the_jobs_that_are_over_the_last_one_is_kept(database, leader, clock):
    for _ in range(4):
        leader.enter()
        leader.do()
        clock.move(3_600)
    with database.read() as session:
        asked = list(session.scalars(select(JobRow.created_at).order_by(JobRow.created_at)))
    assert asked == [MOMENT + timedelta(hours=hour) for hour in (2, 3)]


def test_a_run_whose_process_died_is_done_again_when_its_lease_is_over(database, leader, clock):
    leader.enter()
    (job_id,) = leader.waiting()
    leader.store.claim(job_id, leader.kinds)
    clock.move(29)
    assert leader.waiting() == ()
    clock.move(1)
    assert leader.do() == 1
    with database.write() as session:
        row = session.get(JobRow, job_id)
        assert (row.attempts, row.state) == (2, "SUCCEEDED")


def test_jobs_of_users_are_left_alone(database, leader, clock):
    leader.enter()
    leader.do()
    with database.write() as session:
        session.execute(update(JobRow).values(kind="blotters.preview"))
    clock.move(3_600)
    leader.enter()
    leader.do()
    clock.move(3_600)
    leader.enter()
    assert sorted(kinds(database)) == ["blotters.preview", "periodic.hourly", "periodic.hourly"]
