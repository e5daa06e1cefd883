"""`make reset` deletes the embedded database and the mock's journal together, or neither."""

from __future__ import annotations

import sqlite3

import pytest

from app.cli.reset import reset
from app.core.config import SettingsError, load_settings


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
            {"FLASK_ENV": "production", "JWT_SECRET_KEY": "s" * 40, "MOCK_ALADDIN_DATA": "true"},
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
