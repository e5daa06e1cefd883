"""`python -m app users`: what it writes, how it refuses, and that it never sees a password as an argument."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.cli import users
from app.core.database import Database
from app.models import AuditRow, UserRow
from tests.support.databases import prepare
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.users import OTHER_PASSWORD, PASSWORD


@pytest.fixture
def url(tmp_path, monkeypatch):
    found = prepare(f"sqlite:///{tmp_path / 'allocator.db'}")
    monkeypatch.setenv("DATABASE_URL", found)
    monkeypatch.setenv("DEMO_USERS", "false")
    return found


def run(*arguments, given=None):
    done = CliRunner().invoke(users.command, arguments, input=given)
    return done.exit_code, done.output


def add(*more, name="anna", password=PASSWORD):
    return run("add", name, "--by", "ops", "--password-stdin", *more, given=f"{password}\n")


def stored(url, statement):
    database = Database(url)
    with database.read() as session:
        found = session.scalars(statement).unique().all()
    database.close()
    return found


def test_a_user_is_added_with_a_password_from_standard_input(url):
    status, said = add("--role", "trader", "--permission", "audit:read", "--group", "GOLDEN")
    assert status == 0
    assert "user: anna\n" in said
    assert "roles: trader\n" in said
    assert "portfolio groups: GOLDEN" in said
    (record,) = stored(url, select(AuditRow))
    assert (record.action, record.username, record.user_id) == ("USER_ADDED", "ops", None)
    assert PASSWORD not in said + (record.after or "")


def test_a_password_is_asked_for_twice_and_not_shown(url):
    status, said = run("add", "anna", given=f"{PASSWORD}\n{PASSWORD}\n")
    assert (status, PASSWORD in said) == (0, False)
    status, _ = run("set-password", "anna", given=f"{OTHER_PASSWORD}\n{PASSWORD}\n")
    assert status != 0
    assert len(stored(url, select(AuditRow))) == 1


def test_the_password_is_no_argument(url):
    assert run("add", "anna", "--password", PASSWORD)[0] == 2
    assert run("add", "anna", PASSWORD)[0] == 2
    assert stored(url, select(UserRow)) == []


def test_refusals_are_plain_lines_that_do_not_repeat_the_password(url):
    status, said = add(name="a b", password="passw0rd")
    assert status == 1
    lines = said.splitlines()
    assert [line.split(":")[:2] for line in lines] == [
        ["Refused", " username"],
        ["Refused", " password"],
        ["Refused", " password"],
    ]
    assert "passw0rd" not in said
    assert run("show", "nobody") == (1, "Refused: There is no user nobody\n")
    assert run("add", "anna", "--role", "king")[0] == 2
    assert run("groups", "anna")[0] == 2
    assert run("unlock")[0] == 2
    assert run("unlock", "--address", "300.1.1.1")[0] == 2
    assert run("grant", "anna")[0] == run("revoke", "anna")[0] == 2


def test_all_commands_change_what_they_say(url):
    add(name="root-one", password=OTHER_PASSWORD)
    add("--role", "administrator")
    for arguments, expected in (
        (("grant", "root-one", "--role", "administrator"), "roles: administrator\n"),
        (
            ("grant", "anna", "--role", "auditor", "--permission", "orders:write"),
            "roles: auditor administrator\n",
        ),
        (("revoke", "ANNA", "--role", "administrator"), "roles: auditor\n"),
        (("groups", "anna", "GOLDEN", "CORE FI"), "portfolio groups: CORE FI GOLDEN\n"),
        (("groups", "anna", "--all"), "portfolio groups: all groups\n"),
        (("disable", "anna"), "state: disabled\n"),
        (("enable", "anna"), "state: active\n"),
        (("sessions", "end", "anna"), "sessions ended at: 20"),
        (("unlock", "anna"), "user: anna\n"),
        (("show", "anna"), "single permissions: orders:write\n"),
    ):
        status, said = run(*arguments)
        assert status == 0, said
        assert expected in said, arguments
    assert run("unlock", "--address", "10.0.0.1") == (0, "10.0.0.1: 0 locks ended\n")
    status, said = run("list", "--name", "ANN")
    assert (status, said) == (0, "anna\tactive\tauditor orders:write\tall groups\n")
    assert run("list", "--disabled") == (0, "")
    status, said = run("disable", "root-one")
    assert status == 1
    assert "last user who may manage users" in said


def test_a_user_of_the_command_logs_in_and_a_locked_one_is_freed(tmp_path, monkeypatch):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK)
    monkeypatch.setenv("DATABASE_URL", desk.settings.database_url)
    add("--role", "trader")
    assert desk.login("anna", PASSWORD)["user"]["roles"] == ["trader"]
    wrong, right = ({"username": "anna", "password": password} for password in ("wrong", PASSWORD))
    statuses = [desk.client.post("/v1/auth/login", json=wrong).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    refused = desk.client.post("/v1/auth/login", json=right)
    assert refused.get_json()["code"] == "LOGIN_BLOCKED"
    assert 880 <= int(refused.headers["Retry-After"]) <= 900
    assert "locked (pair 127.0.0.1): until 20" in run("show", "anna")[1]
    assert run("unlock", "anna")[0] == 0
    assert desk.login("anna", PASSWORD)


def test_an_unusable_database_is_one_line(monkeypatch, tmp_path):
    """A folder is none."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}")
    status, said = run("list")
    assert (status, said.startswith("Cannot use the database: ")) == (1, True)
    assert len(said.splitlines()) == 1


def test_the_command_makes_the_embedded_database_that_is_not_there_yet(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    assert add("--role", "administrator")[0] == 0
