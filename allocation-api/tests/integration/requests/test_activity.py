"""User activity as it is written, kept through failures of the database, listed and forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from app.models import UserActivityRow
from app.services.domain.caller import User
from app.services.requests.activity import ActivityFilter, ActivityService
from app.services.visibility.visibility import EVERYTHING
from tests.support.databases import migrated

ANNA = User("u-1", "anna", ())
MIDNIGHT = datetime(2026, 7, 1, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = MIDNIGHT

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def database(tmp_path):
    found = migrated(f"sqlite:///{tmp_path / 'test.db'}", sleep=lambda _: None)
    yield found
    found.close()


@pytest.fixture
def activity(database, clock):
    return ActivityService(database, clock, timedelta(days=90), ZoneInfo("UTC"), max_queued=1_200)


def note(activity, count=1, *, user=ANNA, endpoint="/v1/orders", status=200):
    for i in range(count):
        activity.note(
            user=user, method="GET", endpoint=endpoint, status=status, duration_ms=i, request_id=f"r-{i}"
        )


def stored(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(UserActivityRow))


class Statements:
    """Counts the inserts of a database, and fails some of them, before or after they are done."""

    def __init__(self, database):
        self.sizes, self.fail_before, self.fail_commit = [], 0, 0
        event.listen(database.engine, "before_cursor_execute", self._before)
        event.listen(database.engine, "commit", self._commit)

    def _before(self, connection, cursor, statement, parameters, context, executemany):
        if statement.startswith("INSERT INTO user_activity"):
            if self.fail_before:
                self.fail_before -= 1
                raise OperationalError("insert", None, OSError("away"))
            self.sizes.append(len(parameters) // len(UserActivityRow.__table__.columns))

    def _commit(self, connection):
        if self.fail_commit:
            self.fail_commit -= 1
            connection.connection.driver_connection.commit()
            raise OperationalError("commit", None, OSError("the answer was lost"))


def test_what_was_noted_is_written_in_batches_of_500(database, activity):
    statements = Statements(database)
    note(activity, 1_100)
    assert stored(database) == 0
    activity.write()
    assert stored(database) == 1_100
    assert statements.sizes == [500, 500, 100]
    activity.write()
    assert statements.sizes == [500, 500, 100]


def test_a_full_queue_drops_the_newest_and_counts_them(database, activity):
    note(activity, 1_200, endpoint="/v1/first")
    note(activity, 7, endpoint="/v1/late")
    activity.write()
    assert stored(database) == 1_200
    page = activity.list(ActivityFilter(endpoint="/v1/late"), EVERYTHING, cursor=None, limit=5)
    assert (page.items, page.dropped) == ((), 7)
    note(activity, 1, endpoint="/v1/late")
    activity.write()
    assert (
        len(activity.list(ActivityFilter(endpoint="/v1/late"), EVERYTHING, cursor=None, limit=5).items) == 1
    )


def test_what_cannot_be_written_waits_for_the_next_time(database, activity):
    statements = Statements(database)
    note(activity, 600)
    statements.fail_before = 1
    with pytest.raises(OperationalError):
        activity.write()
    assert stored(database) == 0
    note(activity, 700)
    activity.write()
    assert stored(database) == 1_200
    assert activity.list(ActivityFilter(), EVERYTHING, cursor=None, limit=1).dropped == 100


def test_a_batch_that_was_written_though_its_answer_was_lost_is_not_there_twice(database, activity):
    statements = Statements(database)
    note(activity, 600)
    statements.fail_commit = 1
    with pytest.raises(OperationalError):
        activity.write()
    assert stored(database) == 500
    activity.write()
    assert stored(database) == 600


def test_many_threads_note_while_it_is_written(database, activity):
    threads = [Thread(target=note, args=(activity, 100)) for _ in range(8)]
    for thread in threads:
        thread.start()
    activity.write()
    for thread in threads:
        thread.join()
    activity.write()
    assert stored(database) == 800


def test_days_begin_and_end_at_midnight_utc(activity, clock):
    for name, moment in (
        ("before", MIDNIGHT - timedelta(microseconds=1)),
        ("first", MIDNIGHT),
        ("last", MIDNIGHT + timedelta(days=1) - timedelta(microseconds=1)),
        ("after", MIDNIGHT + timedelta(days=1)),
    ):
        clock.now = moment
        note(activity, endpoint=name)
    activity.write()
    day = MIDNIGHT.date()
    found = activity.list(ActivityFilter(date_from=day, date_to=day), EVERYTHING, cursor=None, limit=10)
    assert [a.endpoint for a in found.items] == ["last", "first"]


def test_filters_hold_together_and_pages_miss_nothing(activity, clock):
    for i in range(9):
        clock.now = MIDNIGHT + timedelta(seconds=i // 3)
        note(activity, user=ANNA if i % 2 else None, status=200 + i, endpoint=f"/v1/{i}")
    activity.write()
    seen, cursor = [], None
    while True:
        page = activity.list(ActivityFilter(), EVERYTHING, cursor=cursor, limit=2)
        seen += [a.status for a in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == list(range(200, 209))
    assert [(s - 200) // 3 for s in seen] == [2, 2, 2, 1, 1, 1, 0, 0, 0]
    found = activity.list(ActivityFilter(username="anna", status=203), EVERYTHING, cursor=None, limit=9).items
    assert [(a.username, a.user_id, a.status) for a in found] == [("anna", "u-1", 203)]


def test_what_is_older_than_its_lifetime_is_forgotten(database, activity, clock):
    note(activity, 3)
    clock.now += timedelta(days=90)
    note(activity, 2)
    activity.write()
    activity.forget()
    assert stored(database) == 5
    clock.now += timedelta(microseconds=1)
    activity.forget()
    assert stored(database) == 2


def test_a_desk_s_requests_are_listed_once_the_job_has_written_them(golden_desk):
    golden_desk.get("portfolio-groups")
    golden_desk.services.periodic.do("activity")
    listed = golden_desk.get("audit/activity", endpoint="/v1/portfolio-groups")
    assert [(a["username"], a["status"]) for a in listed["activity"]] == [("demo_user", 200)]
    assert listed["dropped"] == 0
    logins = golden_desk.get("audit/activity", endpoint="/v1/auth/login")["activity"]
    assert [a["username"] for a in logins] == [None]
    golden_desk.services.periodic.do("old-activity")
    assert golden_desk.get("audit/activity")["activity"]
