"""`make services`: what is installed is started, reached by the printed settings, and stopped by Ctrl-C."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import redis
from sqlalchemy import create_engine, text

from tests.e2e.server_process import API_DIR
from tests.storage import servers

pytestmark = pytest.mark.slow

SCRIPT = API_DIR.parent / "scripts" / "services.py"


@pytest.fixture
def folder():
    """A folder that the user of PostgreSQL reaches."""
    with tempfile.TemporaryDirectory(prefix="allocator-services-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


def start(folder, **environment):
    return subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, str(SCRIPT), str(folder)],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(process):
    """What it says until all runs, with the settings by name."""
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if "Ctrl-C stops them" in line:
            break
    return lines, dict(line.split("=", 1) for line in lines if "_URL=" in line)


def ended(process, how=signal.SIGINT):
    process.send_signal(how)
    assert process.wait(60) == 0
    process.stdout.close()


def ask(settings, statement):
    engine = create_engine(settings["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        found = connection.execute(text(statement))
        found = found.scalar() if found.returns_rows else None
    engine.dispose()
    return found


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
def test_both_run_until_ctrl_c_and_the_database_stays_for_the_next_start(folder):
    try:
        servers._program("initdb")
    except servers.Unavailable as missing:
        pytest.skip(str(missing))
    first = start(folder)
    _, settings = said(first)
    with redis.Redis.from_url(settings["REDIS_URL"]) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    ask(settings, "CREATE TABLE kept (a int)")
    second = start(
        folder.parent / f"{folder.name}/second", PATH=str(Path(shutil.which("redis-server")).parent)
    )
    _, others = said(second)
    assert others["REDIS_URL"] != settings["REDIS_URL"]
    ended(second, signal.SIGTERM)
    ended(first)
    with redis.Redis.from_url(settings["REDIS_URL"]) as client, pytest.raises(redis.ConnectionError):
        client.ping()
    again = start(folder)
    _, settings = said(again)
    assert ask(settings, "SELECT count(*) FROM kept") == 0
    ended(again)


def test_a_missing_redis_is_said_and_the_rest_runs(folder):
    process = start(folder, PATH="")
    lines, settings = said(process)
    assert lines[0].startswith("Redis is not installed (Debian: redis-server)")
    assert "REDIS_URL" not in settings
    if settings:
        ended(process)
    else:
        assert process.wait(60) == 1
        process.stdout.close()
