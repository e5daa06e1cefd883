"""Sessions on each database: concurrent refreshes, and one statement for each request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from app.core.database import new_id
from app.core.errors import Unauthenticated
from app.models import AuditRow, SessionRow, UserRow
from app.services.access.sessions import GRACE, Client, SessionService
from app.services.access.users import UserService, user_of
from app.services.audit.trail import AuditService
from tests.storage.rows import MOMENT
from tests.storage.test_statements import Count
from tests.support.desk import CHEAP

CLIENT = Client("192.0.2.17", "test")


class Clock:
    """Stands still until it is moved."""

    def __init__(self):
        self.now = MOMENT

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def user(database):
    row = UserRow(
        id=new_id(), username="ann", password_hash="", active=True, created_at=MOMENT, all_groups=True
    )
    with database.write() as session:
        session.add(row)
        session.flush()
        return user_of(row)


def sessions_of(database, clock):
    users = UserService(database, clock, CHEAP, demo=False)
    return SessionService(database, AuditService(database, clock), clock, users, timedelta(hours=12))


def refreshed(service, opened, refresh_id):
    """The id of the next refresh token, None where the session has ended."""
    try:
        return service.refresh(
            opened.id, opened.user.id, refresh_id, request_id="r", client=CLIENT
        ).refresh_id
    except Unauthenticated:
        return None


def test_two_refreshes_at_once_go_on_with_one_token(database, another, clock, user):
    services = [sessions_of(database, clock), sessions_of(another, clock)]
    for _ in range(5):
        opened = services[0].begin(user, since=MOMENT, client=CLIENT)
        together = Barrier(2)

        def race(service, opened=opened, together=together):
            together.wait()
            return refreshed(service, opened, opened.refresh_id)

        with ThreadPoolExecutor(2) as pool:
            following = list(pool.map(race, services))
        assert following[0] is not None
        assert following[0] == following[1] != opened.refresh_id
        assert services[0].user(opened.id, user.id) == user
        clock.now += GRACE + timedelta(seconds=1)
        assert refreshed(services[1], opened, following[0]) not in {None, *following}


def test_of_many_at_once_two_are_answered_and_the_session_ends(database, another, clock, user):
    """The token holds once, and once more; a third use is reuse, whatever the order."""
    services = [sessions_of(database, clock), sessions_of(another, clock)]
    opened = services[0].begin(user, since=MOMENT, client=CLIENT)
    together = Barrier(6)

    def race(number):
        together.wait()
        return refreshed(services[number % 2], opened, opened.refresh_id)

    with ThreadPoolExecutor(6) as pool:
        following = list(pool.map(race, range(6)))
    assert len([one for one in following if one]) == 2
    assert len({one for one in following if one}) == 1
    with pytest.raises(Unauthenticated):
        services[0].user(opened.id, user.id)
    with database.read() as session:
        assert list(session.scalars(select(AuditRow.action))) == ["REFRESH_TOKEN_REUSED"]


def test_a_session_that_is_ended_during_a_refresh_stays_ended(database, another, clock, user):
    ending, refreshing = sessions_of(database, clock), sessions_of(another, clock)
    for _ in range(5):
        opened = ending.begin(user, since=MOMENT, client=CLIENT)
        together = Barrier(2)

        def end(together=together):
            together.wait()
            database.retried(lambda session: ending.end_all_within(session, user.id))

        def go_on(opened=opened, together=together):
            together.wait()
            return refreshed(refreshing, opened, opened.refresh_id)

        with ThreadPoolExecutor(2) as pool:
            ended, _ = pool.submit(end), pool.submit(go_on)
            ended.result()
        with pytest.raises(Unauthenticated):
            refreshing.user(opened.id, user.id)


def test_user_and_session_are_read_by_one_statement(database, server, clock, user):
    service = sessions_of(database, clock)
    opened = service.begin(user, since=MOMENT, client=CLIENT)
    count = Count(database, server)
    with count():
        assert service.user(opened.id, user.id) == user
    assert len([statement for statement in count.sent if statement.startswith("SELECT")]) == 1


def test_what_a_session_is(database, clock, user):
    opened = sessions_of(database, clock).begin(user, since=MOMENT, client=CLIENT)
    with database.read() as session:
        row = session.get(SessionRow, opened.id)
    assert (row.user_id, row.origin, row.created_at, row.last_used_at) == (
        user.id,
        "PASSWORD",
        MOMENT,
        MOMENT,
    )
    assert row.expires_at == MOMENT + timedelta(hours=12)
    assert (row.address, row.user_agent, row.ended_at, row.rotated_at) == ("192.0.2.17", "test", None, None)
