"""The login brake: when it locks, whom, for how long, and what is left of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.security import HashingBusy, Passwords
from app.models import AuditRow, LoginBrakeRow, UserRow
from app.services.access.brake import Attempt, site_of
from tests.support.databases import migrated
from tests.support.logins import Logins, StandingClock, add_user
from tests.support.users import PASSWORD

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    return StandingClock(NOON)


@pytest.fixture
def database(tmp_path, clock):
    found = migrated(f"sqlite:///{tmp_path / 'a.db'}")
    add_user(found, clock)
    yield found
    found.close()


@pytest.fixture
def logins(database, clock):
    return Logins(database, clock)


def rows(database):
    with database.read() as session:
        return {row.kind: row for row in session.scalars(select(LoginBrakeRow))}


def after_of(database, action):
    with database.read() as session:
        return session.scalars(select(AuditRow.after).where(AuditRow.action == action)).all()


def test_ten_wrong_passwords_lock_the_name_at_that_address(logins):
    assert [logins.attempt("wrong") for _ in range(10)] == ["out"] * 10
    assert logins.attempt() == 900
    assert logins.attempt("wrong") == 900


def test_others_at_the_address_and_the_name_elsewhere_are_not_locked(logins, database, clock):
    add_user(database, clock, "bert")
    for _ in range(11):
        logins.attempt("wrong")
    assert logins.attempt(name="bert") == "in"
    assert logins.attempt(address="10.0.0.2") == "in"


def test_a_lock_ends_by_itself_and_is_told_with_what_it_refused(logins, database, clock):
    for _ in range(10):
        logins.attempt("wrong")
    clock.move(minutes=10)
    assert [logins.attempt() for _ in range(7)] == [300] * 7
    clock.move(seconds=299)
    assert logins.attempt() == 1
    clock.move(seconds=1)
    logins.brake.sweep()
    assert logins.attempt() == "in"
    (ended,) = after_of(database, "LOGIN_LOCK_ENDED")
    assert ended == '{"kind":"PAIR","address":"10.0.0.1","failures":10,"refused":8}'


def test_a_lock_that_has_ended_is_told_by_the_next_login_if_no_job_came_before(logins, database, clock):
    for _ in range(12):
        logins.attempt("wrong")
    clock.move(minutes=15)
    assert logins.attempt("wrong") == "out"
    assert len(after_of(database, "LOGIN_LOCK_ENDED")) == 1
    assert rows(database)["PAIR"].failures == 1


def test_a_success_forgets_the_failures_of_the_pair(logins):
    for _ in range(3):
        assert [logins.attempt("wrong") for _ in range(9)] == ["out"] * 9
        assert logins.attempt() == "in"


def test_a_success_at_the_last_moment_is_no_failure_and_no_lock(logins, database):
    for _ in range(9):
        logins.attempt("wrong")
    assert logins.attempt() == "in"
    assert logins.attempt("wrong") == "out"
    assert "LOGIN_LOCKED" not in logins.actions()


def test_failures_count_within_a_window_only(logins, clock):
    for _ in range(9):
        logins.attempt("wrong")
    clock.move(minutes=15)
    assert [logins.attempt("wrong") for _ in range(9)] == ["out"] * 9
    assert logins.attempt() == "in"


def test_guesses_from_many_addresses_lock_the_name_but_not_where_it_is_known(logins, clock):
    assert logins.attempt(address="10.0.9.9") == "in"
    tried = [logins.attempt("wrong", address=f"10.0.{i}.1") for i in range(31)]
    assert tried == ["out"] * 30 + [900]
    assert logins.attempt(address="10.0.8.8") == 900
    assert logins.attempt(address="10.0.9.9") == "in"
    # The known address has its own limit, so that nobody guesses from there either.
    assert [logins.attempt("wrong", address="10.0.9.9") for _ in range(11)] == ["out"] * 10 + [900]
    clock.move(days=31)
    assert [logins.attempt("wrong", address=f"10.0.{i}.2") for i in range(30)] == ["out"] * 30
    assert logins.attempt(address="10.0.9.9") == 900


def test_one_password_on_many_names_locks_the_address(logins):
    tried = [logins.attempt("wrong", name=f"user{i}") for i in range(51)]
    assert tried == ["out"] * 50 + [900]
    assert logins.attempt() == 900
    assert logins.attempt(address="10.0.0.2") == "in"


def test_whoever_guesses_in_an_office_of_one_address_does_not_lock_out_the_desk(logins, database, clock):
    add_user(database, clock, "bert")
    assert logins.attempt() == "in"
    assert [logins.attempt("wrong", name=f"user{i}") for i in range(51)] == ["out"] * 50 + [900]
    assert logins.attempt() == "in"
    assert logins.attempt(name="bert") == 900  # has not logged in from there
    # Its own limit holds for the known name.
    assert [logins.attempt("wrong") for _ in range(11)] == ["out"] * 10 + [900]
    assert logins.attempt() == 900


def test_an_own_account_does_not_give_back_the_failures_of_an_address(logins, database, clock):
    add_user(database, clock, "mallory")
    out = 0
    for i in range(200):
        if logins.attempt("wrong", name=f"user{i}") == "out":
            out += 1
            logins.attempt(name="mallory")
    assert out == 50


def test_unknown_disabled_and_known_names_are_braked_alike(logins, database, clock):
    add_user(database, clock, "gone", active=False)
    for name in ("anna", "gone", "nobody"):
        tried = [logins.attempt("wrong", name=name, address=f"10.1.0.{len(name)}") for _ in range(11)]
        assert tried == ["out"] * 10 + [900]


def test_the_spelling_of_a_name_makes_no_other_name(logins):
    for spelling in ("anna", "ANNA", " Anna "):
        for _ in range(4):
            logins.attempt("wrong", name=spelling)
    assert logins.attempt() == 900


def test_a_lock_is_recorded_once_and_what_it_refuses_writes_nothing(logins, database):
    for _ in range(10):
        logins.attempt("wrong")
    before = logins.actions()
    assert before == {"LOGIN_REFUSED": 10, "LOGIN_LOCKED": 1}
    with database.read() as session:
        size = session.scalar(select(func.count()).select_from(LoginBrakeRow))
    for _ in range(200):
        logins.attempt("wrong")
    assert logins.actions() == before
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(LoginBrakeRow)) == size == 3
    logins.brake.sweep()
    assert rows(database)["PAIR"].refused == 200


def test_no_hash_is_computed_while_a_lock_holds(database, clock):
    computed = []

    class Noting(PasswordHasher):
        def verify(self, hash, password):  # noqa: A002 - the library's name
            computed.append("verify")
            return super().verify(hash, password)

        def hash(self, password, *, salt=None):
            computed.append("hash")
            return super().hash(password, salt=salt)

    logins = Logins(database, clock, passwords=Passwords(Noting(1, 8, 1)))
    for _ in range(10):
        logins.attempt("wrong")
    assert len(computed) >= 10
    computed.clear()
    for name in ("anna", "ANNA"):
        assert logins.attempt(name=name) == 900
    assert computed == []


def test_an_attempt_that_finds_no_turn_is_no_failure(database, clock):
    passwords = Passwords(PasswordHasher(1, 8, 1), max_wait_seconds=0.01)
    logins = Logins(database, clock, passwords=passwords)
    for _ in range(9):
        logins.attempt("wrong")
    with passwords.turn(), passwords.turn():
        for _ in range(5):
            with pytest.raises(HashingBusy):
                logins.attempt()
    assert logins.actions() == {"LOGIN_REFUSED": 9}
    assert logins.attempt() == "in"


def test_an_attempt_in_flight_that_is_given_back_takes_its_part_of_a_lock_with_it(logins):
    early = logins.brake.reserve(Attempt.of("anna", "10.0.0.1"))
    for _ in range(9):
        logins.attempt("wrong")
    assert logins.attempt() == 900
    logins.brake.release(early)
    assert logins.attempt("wrong") == "out"
    assert logins.attempt() == 900


def test_another_process_knows_a_lock_and_unlocking_frees_at_once(logins, database, clock):
    another = Logins(database, clock)
    for _ in range(10):
        logins.attempt("wrong")
    assert another.attempt() == 900
    with database.write() as session:
        assert another.brake.free(session, username="Anna") == 1
    assert logins.attempt() == "in"


def test_unlocking_an_address_frees_all_that_failed_there(logins, database):
    for i in range(51):
        logins.attempt("wrong", name=f"user{i}")
    with database.write() as session:
        assert logins.brake.free(session, address="10.0.0.1") == 1
    assert logins.attempt() == "in"


def test_rows_are_cleared_when_they_are_over(logins, database, clock):
    for i in range(20):
        logins.attempt("wrong", name=f"user{i}", address=f"10.2.{i}.1")
    logins.attempt()
    clock.move(minutes=16)
    logins.brake.sweep()
    left = rows(database)
    assert set(left) == {"PAIR"}  # the address at which anna is known
    clock.move(days=31)
    logins.brake.sweep()
    assert rows(database) == {}


def test_a_hash_of_earlier_parameters_is_replaced_at_the_login(database, clock):
    stronger = Passwords(PasswordHasher(2, 64, 1))
    logins = Logins(database, clock, passwords=stronger)
    assert logins.attempt() == "in"
    with database.read() as session:
        row = session.scalars(select(UserRow)).unique().one()
    assert extract_parameters(row.password_hash).memory_cost == 64
    assert (row.version, row.credentials_changed_at) == (1, None)
    assert Logins(database, clock, passwords=stronger).attempt() == "in"
    before = row.password_hash
    with database.read() as session:
        assert session.scalar(select(UserRow.password_hash)) == before


@pytest.mark.parametrize("stored", ["", "rubbish", "$argon2id$v=19$m=8,t=1,p=1$YWJj"])
def test_a_hash_that_cannot_be_read_lets_nobody_in(database, clock, stored):
    add_user(database, clock, "odd", password_hash=stored)
    logins = Logins(database, clock)
    for password in (PASSWORD, stored, "x"):
        assert logins.attempt(password, name="odd") == "out"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        (None, "unknown"),
        ("", "unknown"),
        ("a socket", "unknown"),
    ],
)
def test_addresses_count_by_their_owner(address, counted):
    assert site_of(address) == counted


@given(st.text(max_size=60))
def test_any_address_is_short_enough_to_be_stored(address):
    assert 1 <= len(site_of(address)) <= 64
