"""Two processes that look at the same time, and one after a restart: one alert, told once (R21.2)."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from app.core.database import Database
from app.models import AlertChannelRow, AlertDeliveryRow, AlertEventRow, AlertRow
from app.services.alerts.channel_rows import ChannelTerms, columns_of
from app.services.alerts.types import ChannelKind, RuleName
from tests.support.alert_process import FOUND, alert_look
from tests.support.databases import prepare

RULE = RuleName.VENDOR_STALE
FOUND_AT = datetime(2026, 6, 30, tzinfo=UTC)
API_DIR = Path(__file__).resolve().parents[3]


def test_two_processes_and_a_restart_leave_one_alert_that_is_told_once(tmp_path):
    url, go = f"sqlite:///{tmp_path / 'alerts.db'}", tmp_path / "go"
    database = Database(prepare(url))
    terms = columns_of(ChannelTerms("one", ChannelKind.WEBHOOK, url="https://hooks.example.com/"))
    now = {"created_at": FOUND_AT, "updated_at": FOUND_AT}
    with database.write() as session:
        session.add(AlertChannelRow(id="one", **terms, version=1, updated_by="anna", **now))
    command = [sys.executable, "-m", "tests.support.alert_process", url, str(go)]
    running = [subprocess.Popen(command, cwd=API_DIR, env=os.environ) for _ in range(2)]  # noqa: S603
    go.touch()
    assert [each.wait(60) for each in running] == [0, 0]
    alert_look(Database(url)).compare(RULE, [FOUND])
    with database.read() as session:
        (alert,) = session.scalars(select(AlertRow)).all()
        deliveries = session.scalar(select(func.count()).select_from(AlertDeliveryRow))
        opened = session.scalars(select(AlertEventRow).where(AlertEventRow.kind == "OPENED")).all()
    assert (alert.state, deliveries, len(opened)) == ("OPEN", 1, 1)
    assert alert.count > 1
