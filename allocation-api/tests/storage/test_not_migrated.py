"""A server's database whose schema is not up to date: said once, in one line, by everything that starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core import migrate
from app.core.migrate import NotMigrated
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.signing import SIGNING_KEY

API_DIR = Path(__file__).resolve().parents[2]
NO_VENDOR = {
    "FLASK_ENV": "production",
    "MOCK_ALADDIN_DATA": "false",
    "JWT_SECRET_KEY": SIGNING_KEY,
    "ALADDIN_HOST": "https://127.0.0.1:1",
    "ALADDIN_CLIENT_ID": "id",
    "ALADDIN_CLIENT_SECRET": "secret",
    "ALADDIN_ACCOUNT_CODE": "code",
    "ALADDIN_GROUPS": "G",
    "HOST": "127.0.0.1",
    "PORT": "0",
}


def said_by(url, *command, workers=3):
    """Run a command until it ends by itself; return its exit status and the lines that it said."""
    done = subprocess.run(  # noqa: S603 - the commands are written in this file
        [sys.executable, *command],
        cwd=API_DIR,
        env={**os.environ, **NO_VENDOR, "DATABASE_URL": url, "WORKERS": str(workers)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


@pytest.mark.parametrize("revision", [None, "0005"])
def test_a_schema_that_is_not_up_to_date_is_refused(empty, revision):
    if empty.engine.dialect.name == "sqlite":
        migrate.prepare(empty)  # the embedded database is upgraded
        return
    if revision:
        migrate.upgrade(empty, revision)
    with pytest.raises(NotMigrated, match="run make migrate"):
        migrate.prepare(empty)
    migrate.upgrade(empty)
    migrate.prepare(empty)


def test_a_database_of_a_later_version_is_refused(database):
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for start in (migrate.prepare, migrate.upgrade, migrate.require_head):
        with pytest.raises(NotMigrated, match=r"later version .* 9999"):
            start(database)


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_three_server_processes_say_it_once(database_url):
    status, lines = said_by(database_url, "run.py")
    assert status == 1
    (line,) = lines
    assert line.startswith("Cannot start: the database in DATABASE_URL has no schema yet")
    assert line.endswith("run make migrate")


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_the_audit_command_says_it_once(database_url):
    status, (line,) = said_by(database_url, "-m", "app", "audit")
    assert status == 2
    assert line.endswith("run make migrate")


@pytest.mark.slow
def test_a_server_that_does_not_answer_is_said_once():
    status, (line,) = said_by("postgresql+psycopg://nobody@127.0.0.1:1/none", "run.py")
    assert status == 1
    assert line.startswith("Cannot start: the database in DATABASE_URL cannot be used: ")


def test_simulated_reference_data_under_a_real_vendor_is_said_once(tmp_path):
    url = f"sqlite:///{tmp_path / 'mock.db'}"
    Desk(tmp_path, scenario=GOLDEN_BOOK, DATABASE_URL=url)
    # With many server processes some fail while the first failure is being handled.
    status, lines = said_by(url, "run.py", workers=12)
    assert status != 0
    assert len([line for line in lines if line.startswith("Cannot start: ")]) == 1
    assert "Traceback" not in "".join(lines)
