"""`make reset` deletes the embedded database and the mock's journal together, or neither."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import app.cli
from app.cli.reset import reset
from app.core.config import SettingsError, load_settings
from tests.support.signing import SIGNING_KEY


@pytest.fixture
def settings(tmp_path):
    return load_settings({"DATABASE_URL": f"sqlite:///{tmp_path / 'desk.db'}"})


def used(file):
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (x)")
    connection.commit()
    return connection


def test_both_files_go_and_what_lies_beside_them_stays(settings, tmp_path):
    other = tmp_path / "other.db"
    other.write_text("mine")
    for name in ("desk.db", "desk-aladdin.db"):
        used(tmp_path / name).close()
    assert [file.name for file in reset(settings)] == ["desk.db", "desk-aladdin.db"]
    assert list(tmp_path.iterdir()) == [other]
    assert reset(settings) == []


def run(tmp_path):
    """Run the command as make does, from the folder of the package."""
    return subprocess.run(
        [sys.executable, "-m", "app", "reset"],
        cwd=Path(app.cli.__file__).parents[2],
        env={**os.environ, "FLASK_ENV": "development", "DATABASE_URL": f"sqlite:///{tmp_path / 'desk.db'}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_deletes_both_and_says_so(tmp_path):
    files = [tmp_path / name for name in ("desk.db", "desk-aladdin.db")]
    for file in files:
        used(file).close()
    done = run(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"Deleted {file}" for file in files]
    assert list(tmp_path.iterdir()) == []
    assert run(tmp_path).stdout == "There was nothing to delete\n"


def test_the_command_fails_in_one_line_while_a_service_runs(tmp_path):
    service = used(tmp_path / "desk.db")
    refused = run(tmp_path)
    service.close()
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Cannot reset: {tmp_path / 'desk.db'} is in use")
    assert len(refused.stderr.splitlines()) == 1
    assert (tmp_path / "desk.db").exists()


def test_the_journal_of_a_simulator_on_its_own_goes_with_them_or_none_goes(settings, tmp_path):
    files = [tmp_path / name for name in ("desk.db", "desk-aladdin.db", "simulator.db")]
    for file in files[:2]:
        used(file).close()
    simulator = used(files[2])
    with pytest.raises(SettingsError, match=r"simulator\.db is in use"):
        reset(settings, files[2])
    assert all(file.exists() for file in files)
    simulator.close()
    assert reset(settings, files[2]) == files


@pytest.mark.parametrize("busy", ["desk.db", "desk-aladdin.db"])
def test_while_a_service_runs_nothing_is_deleted(settings, tmp_path, busy):
    for name in ("desk.db", "desk-aladdin.db"):
        used(tmp_path / name).close()
    service = sqlite3.connect(tmp_path / busy)
    service.execute("PRAGMA journal_mode = WAL")
    service.execute("SELECT * FROM t").fetchall()
    with pytest.raises(SettingsError, match=rf"{busy} is in use .* Stop the service first"):
        reset(settings)
    assert {"desk.db", "desk-aladdin.db"} <= {file.name for file in tmp_path.iterdir()}
    service.close()
    assert len(reset(settings)) == 2


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            {"FLASK_ENV": "production", "JWT_SECRET_KEY": SIGNING_KEY, "MOCK_ALADDIN_DATA": "true"},
            "only a mock desk in development",
        ),
        (
            {
                "MOCK_ALADDIN_DATA": "false",
                "ALADDIN_HOST": "https://a.example",
                "ALADDIN_GROUPS": "A",
                "ALADDIN_CLIENT_ID": "a",
                "ALADDIN_CLIENT_SECRET": "b",
            },
            "only a mock desk in development",
        ),
        (
            {"DATABASE_URL": "postgresql+psycopg://u@h/desk"},
            "Drop that database and create it anew, delete .*desk",
        ),
    ],
)
def test_nothing_but_an_embedded_mock_desk_is_reset(tmp_path, environment, said):
    file = tmp_path / "desk.db"
    used(file).close()
    with pytest.raises(SettingsError, match=said):
        reset(load_settings({"DATABASE_URL": f"sqlite:///{file}", **environment}))
    assert file.exists()
