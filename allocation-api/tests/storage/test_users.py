"""Users and the login brake on each database: what old rows become, and that nobody is let in by a race."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, insert, select, text

from app.core import migrate
from app.core.database import Database
from app.core.security import Role
from app.models import GrantKind, LoginBrakeRow, UserRow
from app.services.access.administration import UserAdministration
from app.services.access.brake import BrakeLimits
from app.services.access.errors import UserExists
from app.services.access.passwords import PasswordRules
from app.services.access.users import granted, user_of
from app.services.access.views import NewUser
from tests.support.desk import CHEAP
from tests.support.logins import Logins, StandingClock, add_user
from tests.support.users import OPERATOR, PASSWORD

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
OLD = {
    "pm": "portfolios:read allocations:commit audit:read",
    "doubled": "orders:read orders:read  reports:read",
    "nothing": "",
    "future": "portfolios:read planets:move",
}


@pytest.fixture
def clock():
    return StandingClock(NOON)


def users_of(database):
    with database.read() as session:
        return {row.username: row for row in session.scalars(select(UserRow)).unique()}


def test_users_of_an_older_database_keep_exactly_what_they_had_and_take_it_down_again(empty):
    migrate.upgrade(empty, "0014")
    statement = text(
        "INSERT INTO users (id, username, password_hash, permissions, active, created_at) "
        "VALUES (:id, :id, 'h', :permissions, :active, CAST(:at AS TIMESTAMP))"
        if empty.engine.dialect.name != "sqlite"
        else "INSERT INTO users (id, username, password_hash, permissions, active, created_at) "
        "VALUES (:id, :id, 'h', :permissions, :active, :at)"
    )
    with empty.engine.begin() as connection:
        for name, permissions in OLD.items():
            values = {"id": name, "permissions": permissions, "active": name != "nothing"}
            connection.execute(statement, values | {"at": "2026-06-30 09:00:00"})
    migrate.upgrade(empty)
    found = users_of(empty)
    assert {name: set(granted(row, GrantKind.PERMISSION)) for name, row in found.items()} == {
        "pm": {"portfolios:read", "allocations:commit", "audit:read"},
        "doubled": {"orders:read", "reports:read"},
        "nothing": set(),
        "future": {"portfolios:read", "planets:move"},
    }
    assert user_of(found["future"]).permissions == ("portfolios:read",)
    assert [row.active for row in found.values()].count(False) == 1
    for row in found.values():
        assert (user_of(row).groups, user_of(row).roles, row.version) == (None, (), 1)
        assert (row.password_hash, row.credentials_changed_at) == ("h", None)
    with empty.write() as session:
        session.get(UserRow, "pm").all_groups = False
    migrate.downgrade(empty, "0014")
    with empty.engine.connect() as connection:
        rows = connection.execute(text("SELECT id, permissions, active FROM users")).all()
    assert {name: set(permissions.split()) for name, permissions, _ in rows} == {
        name: set(permissions.split()) for name, permissions in OLD.items()
    }
    # The earlier version knows no limit to groups, and would show everything.
    assert {name for name, _, active in rows if not active} == {"nothing", "pm"}


def administration_of(database, clock):
    logins = Logins(database, clock)
    return UserAdministration(
        database, logins.audit, clock, CHEAP, logins.users, logins.brake, PasswordRules(12)
    )


def test_of_two_processes_that_add_the_same_name_one_does(database, another, clock):
    start = Barrier(4)

    def add(place):
        users = administration_of((database, another)[place % 2], clock)
        start.wait()
        try:
            users.add(NewUser(("dora", "DORA")[place // 2], PASSWORD, roles=(Role.TRADER,)), OPERATOR)
        except UserExists:
            return "taken"
        return "added"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(add, range(4))) == ["added", "taken", "taken", "taken"]
    assert list(users_of(database)) == ["dora"]


def test_grants_of_two_processes_at_once_all_stay(database, another, clock):
    user = administration_of(database, clock).add(NewUser("dora", PASSWORD), OPERATOR)
    roles = [Role.TRADER, Role.AUDITOR, Role.READ_ONLY, Role.COMPLIANCE]
    start = Barrier(4)

    def grant(place):
        users = administration_of((database, another)[place % 2], clock)
        start.wait()
        users.grant(user.id, OPERATOR, roles=[roles[place]])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(grant, range(4)))
    found = administration_of(database, clock).get(user.id)
    assert (set(found.roles), found.version) == (set(roles), 5)


def test_wrong_passwords_of_two_processes_at_once_lock_and_let_nobody_in(database, another, clock):
    add_user(database, clock)
    both = [Logins(database, clock), Logins(another, clock)]
    start = Barrier(8)

    def guess(place):
        start.wait()
        return [both[place % 2].attempt(f"wrong {place} {i}") for i in range(3)]

    with ThreadPoolExecutor(8) as pool:
        tried = Counter(outcome for outcomes in pool.map(guess, range(8)) for outcome in outcomes)
    assert tried == {"out": 10, 900.0: 14}
    assert [logins.attempt() for logins in both] == [900, 900]
    assert both[0].actions() == {"LOGIN_REFUSED": 10, "LOGIN_LOCKED": 1}
    with database.write() as session:
        both[1].brake.free(session, username="anna")
    assert [logins.attempt() for logins in both] == ["in", "in"]


def test_counts_are_kept_once_for_each_key(database, another, clock):
    both = [Logins(database, clock), Logins(another, clock)]
    start = Barrier(4)

    def guess(place):
        start.wait()
        return both[place % 2].attempt("wrong", name="nobody")

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(guess, range(4))) == {"out"}
    with database.read() as session:
        rows = session.execute(select(LoginBrakeRow.kind, LoginBrakeRow.failures)).all()
    assert sorted(tuple(row) for row in rows) == [("ADDRESS", 4), ("NAME", 4), ("PAIR", 4)]


def test_refused_logins_and_old_rows_are_cleared(database, clock):
    limits = BrakeLimits(timedelta(minutes=15), pair=3, name=30, address=50)
    logins = Logins(database, clock, limits=limits)
    assert [logins.attempt("wrong") for _ in range(5)] == ["out"] * 3 + [900] * 2
    logins.brake.sweep()
    with database.read() as session:
        assert session.scalar(select(func.sum(LoginBrakeRow.refused))) == 2
    clock.move(minutes=15)
    logins.brake.sweep()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(LoginBrakeRow)) == 0
    assert logins.actions()["LOGIN_LOCK_ENDED"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("server", ["sqlite", "postgresql"], indirect=True)
def test_many_rows_are_cleared_in_parts(database, clock):
    rows = [
        {
            "key": f"{i}",
            "kind": "PAIR",
            "window_from": NOON - timedelta(hours=1),
            "failures": 1,
            "refused": 0,
        }
        for i in range(1_200)
    ]
    with database.write() as session:
        session.execute(insert(LoginBrakeRow), rows)
    logins = Logins(database, clock)
    for _ in range(3):
        logins.brake.sweep()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(LoginBrakeRow)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("server", ["sqlite", "postgresql"], indirect=True)
def test_a_thousand_wrong_passwords_over_twenty_threads_and_two_databases_objects(
    database_url, database, clock
):
    add_user(database, clock)
    other = Database(database_url)
    both = [Logins(database, clock), Logins(other, clock)]

    def guess(place):
        return [both[place % 2].attempt(f"wrong {place} {i}") for i in range(50)]

    with ThreadPoolExecutor(20) as pool:
        tried = Counter(outcome for outcomes in pool.map(guess, range(20)) for outcome in outcomes)
    other.close()
    assert tried == {"out": 10, 900.0: 990}
