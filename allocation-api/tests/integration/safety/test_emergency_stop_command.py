"""The emergency stop as a command, beside a running service on the same database."""

from __future__ import annotations

import pytest

from app.cli import emergency_stop
from tests.support import saga
from tests.support.commands import run_command
from tests.support.saga import commit, preview

STOP = "system/emergency-stop"


@pytest.fixture
def desk(tmp_path):
    return saga.desks(tmp_path, count=1)[0]


@pytest.fixture
def run(desk, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", desk.settings.database_url)
    monkeypatch.setenv("FLASK_ENV", "development")

    def run(*arguments):
        status, out, complaint = run_command(emergency_stop.command, *arguments)
        return status, out + complaint

    return run


def on(run, user="demo_user", reason="the vendor is down"):
    return run("on", "--user", user, "--reason", reason)


def reset(run, user="demo_supervisor", reason="it is up"):
    return run("reset", "--user", user, "--reason", reason)


def test_a_stop_by_the_command_holds_the_next_order_of_a_running_service(desk, run):
    """R10.6"""
    allocation_id = preview(desk)
    assert run("status") == (0, "trading: OPEN\n")
    status, said = on(run)
    assert status == 0
    assert said.startswith("trading: STOPPED\nlast change: demo_user at ")
    assert said.endswith("reason: the vendor is down\n")
    assert commit(desk, allocation_id, status=409)["code"] == "TRADING_HALTED"
    assert desk.get(STOP)["changed_by"] == "demo_user"
    assert reset(run)[0] == 0
    commit(desk, allocation_id)
    actions = [r["action"] for r in desk.get("audit", request_id="emergency-stop")["audit_records"]]
    assert actions == ["EMERGENCY_STOP_RESET", "EMERGENCY_STOP"]
    assert desk.get("audit/verify")["whole"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("on", "--user", "nobody", "--reason", "x"), "--user: There is no active user 'nobody'"),
        (("on", "--user", "demo_user", "--reason", ""), "--reason: Between 1 and 500 characters"),
        (("on", "--user", "demo_user", "--reason", "a\u202eb"), "--reason: The character U+202E"),
        (("reset", "--user", "demo_supervisor", "--reason", "x"), "Trading is not stopped"),
        (("reset", "--user", "demo_user", "--reason", "x"), "This needs the permission trading:resume"),
    ],
)
def test_what_is_refused_is_said_and_changes_nothing(desk, run, arguments, said):
    status, complaint = run(*arguments)
    assert status == 1
    assert f"Refused: {said}" in complaint
    assert desk.get(STOP)["version"] == 0


def test_who_stopped_does_not_open_again(desk, run):
    on(run, user="demo_supervisor")
    status, complaint = reset(run)
    assert status == 1
    assert "You stopped trading yourself" in complaint
    assert desk.get(STOP)["state"] == "STOPPED"


def test_the_switch_of_the_settings_is_told(run, monkeypatch):
    monkeypatch.setenv("TRADING_HALTED", "true")
    assert "TRADING_HALTED is on in the settings" in run("status")[1]


def test_a_wrong_setting_is_said_in_a_line(run, monkeypatch):
    monkeypatch.setenv("PORT", "eighty")
    status, complaint = run("status")
    assert status == 1
    assert "PORT must be a whole number" in complaint


def test_a_database_that_is_not_there_is_no_open_desk(tmp_path, monkeypatch):
    """A URL with a slip in it must not be answered by a new and empty database."""
    file = tmp_path / "elsewhere" / "desk.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    status, out, complaint = run_command(emergency_stop.command, "status")
    assert (status, out) == (1, "")
    assert complaint.startswith(f"Cannot use the database: there is no database {file}")
    assert not file.parent.exists()
