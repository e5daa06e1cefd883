"""A process that dies while it erases leaves every preview whole or erased with its record."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from app.core.clock import utc_now
from app.core.database import Database
from app.services.allocations.erasure import Erasure
from app.services.audit.trail import AuditService
from app.services.audit.verification import verify
from tests.support.databases import migrated
from tests.support.stored_previews import erased, store_previews

pytestmark = pytest.mark.slow

API_DIR = Path(__file__).resolve().parents[2]
PREVIEWS = 400
SCRIPT = """
import sys
from datetime import timedelta
from app.core.clock import utc_now
from app.core.database import Database
from app.services.allocations import erasure
from app.services.audit.trail import AuditService
erasure.BATCH_ROWS = 20
database = Database(sys.argv[1])
erasure.Erasure(database, AuditService(database, utc_now), utc_now, timedelta(days=30)).erase()
"""


def begun(url):
    return subprocess.Popen([sys.executable, "-c", SCRIPT, url], cwd=API_DIR)  # noqa: S603 - our own code


def test_it_is_killed_and_the_next_one_ends_it(tmp_path):
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    migrated(url).close()
    database = Database(url)
    store_previews(database, utc_now, PREVIEWS, utc_now() - timedelta(days=40))
    seen = []
    while len(seen) < 3:
        process = begun(url)
        before = erased(database)
        while erased(database) == before and process.poll() is None:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        seen.append(erased(database))
        with database.read() as session:
            assert verify(session).breaks == ()
    assert 0 < seen[0] < seen[-1] < PREVIEWS
    Erasure(database, AuditService(database, utc_now), utc_now, timedelta(days=30)).erase()
    assert erased(database) == PREVIEWS
    with database.read() as session:
        assert verify(session).breaks == ()
    database.close()
