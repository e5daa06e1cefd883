"""Verifying the audit trail over HTTP and from the command line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from app.cli import audit
from app.core.config import API_DIR
from app.core.security import Permission
from tests.support.commands import run_command


def tamper(desk, statement, *values):
    with desk.services.database.engine.begin() as connection:
        connection.exec_driver_sql(statement, values)


def test_what_a_desk_does_leaves_a_whole_chain(desk):
    bond = desk.get("securities/search", query="us", limit=1)["securities"][0]["cusip"]
    shown = desk.preview(bond, 1_000_000)
    commit = f"allocations/{shown['allocation_id']}/commit"
    done = desk.post(commit, {"override_warnings": True})
    desk.post(commit, {"override_warnings": True}, status=409)
    found = desk.get("audit/verify")
    assert (found["whole"], found["break_count"], found["breaks"]) == (True, 0, [])
    assert found["records"] >= 4
    record = desk.get(f"audit/{done['audit_id']}")
    assert record["sequence"] < found["anchor"]["sequence"]
    assert record["day"] == found["anchor"]["day"]
    assert desk.get("audit/verify", anchor=found["anchor"]["text"])["whole"] is True


def test_a_changed_record_is_named(golden_desk):
    record = golden_desk.get("audit")["audit_records"][0]
    anchor = golden_desk.get("audit/verify")["anchor"]["text"]
    tamper(golden_desk, "UPDATE audit_events SET username = 'x' WHERE id = ?", record["audit_id"])
    found = golden_desk.get("audit/verify", date_from=record["day"])
    assert found["whole"] is False
    assert found["breaks"] == [
        {
            "damage": "CHANGED",
            "day": record["day"],
            "sequence": record["sequence"],
            "audit_id": record["audit_id"],
            "message": "the record does not match its hash",
            **dict.fromkeys(("table", "key", "column", "recorded", "found")),
        }
    ]
    assert golden_desk.get("audit/verify", date_from="2999-01-01")["anchor"] is None
    gone = anchor.replace(record["hash"], "0" * 64)
    damages = [b["damage"] for b in golden_desk.get("audit/verify", anchor=gone)["breaks"]]
    assert damages == ["CHANGED", "ANCHOR_MISSING"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"date_from": "2026-07-01", "date_to": "2026-06-30"}, "date_to"),
        ({"date_from": "yesterday"}, "date_from"),
        ({"anchor": "2026-06-30:1"}, "anchor"),
        ({"anchor": f"2026-06-30:1:{'a' * 64}", "date_from": "2026-07-01"}, "anchor"),
    ],
)
def test_a_wrong_span_is_a_422_that_names_it(desk, query, field):
    refused = desk.get("audit/verify", status=422, **query)
    assert [e["field"] for e in refused["errors"]] == [field]


def test_verifying_needs_the_permission_to_read_the_trail(golden_desk):
    golden_desk.log_in_without(Permission.AUDIT_READ)
    assert golden_desk.get("audit/verify", status=403)["permission"] == "audit:read"


# --- from the command line ----------------------------------------------------------------------------------


@pytest.fixture
def command(golden_desk, monkeypatch):
    """Run the verifier on the desk's database: exit status, output, errors."""
    monkeypatch.setattr(audit, "load_settings", lambda: golden_desk.settings)

    def run(*arguments):
        return run_command(audit.command, *arguments)

    return run


def test_the_command_says_that_the_trail_is_whole(command, golden_desk):
    status, out, err = command()
    anchor = golden_desk.get("audit/verify")["anchor"]["text"]
    assert (status, err) == (0, "")
    assert out == f"whole: 2 records on 1 day; 10 rows, of 0 of them no record\nanchor: {anchor}\n"
    assert command("--anchor", anchor)[0] == 0


def test_the_command_prints_what_http_answers(command, golden_desk):
    golden_desk.login()
    tamper(golden_desk, "DELETE FROM audit_events WHERE sequence = 1")
    status, out, _ = command("--json")
    assert status == 1
    assert json.loads(out) == golden_desk.get("audit/verify")


def test_the_command_lists_what_is_wrong(command, golden_desk):
    anchor = golden_desk.get("audit/verify")["anchor"]["text"]
    tamper(golden_desk, "DELETE FROM audit_events")
    status, out, _ = command("--anchor", anchor)
    assert status == 1
    day, sequence, _ = anchor.split(":")
    lines = out.splitlines()
    assert lines[0] == "BROKEN: 0 records on 1 day; 10 rows, of 10 of them no record"
    assert lines[1].startswith(f"REMOVED {day} 1 -: the records up to sequence {sequence} are missing")
    assert lines[2].startswith(f"ANCHOR_MISSING {day} {sequence} -: ")


@pytest.mark.parametrize(
    "arguments",
    [("--anchor", "x"), ("--anchor", f"2026-06-30:1:{'a' * 64}", "--date-from", "2026-07-01")],
)
def test_the_command_says_when_it_cannot_verify(command, arguments):
    status, out, err = command(*arguments)
    assert (status, out) == (2, "")
    assert "anchor" in err


@pytest.mark.slow
def test_the_command_runs_by_itself_and_fails_without_a_trail(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "app", "audit"],
        cwd=API_DIR,
        env={"DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}", "PATH": ""},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert b"Cannot verify" in done.stderr
