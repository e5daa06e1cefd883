"""Runs of the command `allocate`: files run again, runs that are not finished, users who lose rights."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import delete, select, update

from app.cli.allocate import command
from app.cli.kit.blotter_desk import Stopped, Wishes, blotter_desk
from app.cli.kit.blotter_runs import allocate
from app.core.clock import utc_now
from app.core.config import load_settings
from app.core.database import Database
from app.models import AllocationRow, BlotterGroupRow, BlotterLineRow, BlotterRow, IdempotencyKeyRow
from tests.support.blotter_files import GOOD, OPTIONS, add_bert, change, count, table, written
from tests.support.commands import run_command
from tests.support.users import set_user


def expire(url):
    """Let the lifetime of all previews be over."""
    change(url, lambda session: session.execute(update(AllocationRow).values(expires_at=utc_now())))


def test_a_file_whose_commit_was_stopped_is_sent_once_its_previews_are_over(url, tmp_path, monkeypatch):
    file = written(tmp_path, GOOD)
    with monkeypatch.context() as halted:
        halted.setenv("TRADING_HALTED", "true")
        assert run_command(command, file, *OPTIONS, "--commit")[0] == 4
    expire(url)
    status, _, errors = run_command(command, file, *OPTIONS, "--commit")
    assert (status, count(url, "blotters"), count(url, "orders")) == (0, 2, 1), errors
    run_command(command, file, *OPTIONS, "--commit")
    assert (count(url, "blotters"), count(url, "orders")) == (2, 1)


def test_a_file_that_was_sent_in_part_is_not_sent_again(url, tmp_path):
    file = written(tmp_path, GOOD, GOOD.replace("4000", "8000"))
    assert run_command(command, file, *OPTIONS)[0] == 0
    set_status(url, "SUBMITTED")
    expire(url)
    status, _, errors = run_command(command, file, *OPTIONS, "--commit")
    assert (status, count(url, "blotters"), count(url, "orders")) == (3, 1, 0), errors


def set_status(url, status):
    """Leave the first line's preview in a status."""

    def work(session):
        first = session.scalar(select(BlotterLineRow.allocation_id).where(BlotterLineRow.place == 0))
        session.execute(update(AllocationRow).where(AllocationRow.id == first).values(status=status))

    change(url, work)


@pytest.mark.parametrize(("status", "blotters"), [("FAILED", 2), ("REJECTED", 1), ("UNKNOWN", 1)])
def test_what_another_user_rejected_or_may_have_been_sent_is_not_asked_for_again(
    url, tmp_path, status, blotters
):
    file = written(tmp_path, GOOD)
    assert run_command(command, file, *OPTIONS)[0] == 0
    set_status(url, status)
    run_command(command, file, *OPTIONS)
    assert count(url, "blotters") == blotters


def test_a_file_is_not_sent_twice_where_its_first_blotter_is_forgotten(url, tmp_path):
    file = written(tmp_path, GOOD)
    run_command(command, file, *OPTIONS)
    expire(url)
    assert run_command(command, file, *OPTIONS, "--commit")[0] == 0
    assert count(url, "orders") == 1

    def forget(session):
        session.execute(delete(IdempotencyKeyRow))
        first = session.scalar(select(BlotterRow.id).order_by(BlotterRow.created_at).limit(1))
        for rows in (BlotterLineRow, BlotterGroupRow):
            session.execute(delete(rows).where(rows.blotter_id == first))
        session.execute(delete(BlotterRow).where(BlotterRow.id == first))

    change(url, forget)
    run_command(command, file, *OPTIONS, "--commit")
    assert (count(url, "blotters"), count(url, "orders")) == (1, 1)


# --- runs that are not finished -----------------------------------------------------------------------------


def test_a_run_that_is_not_finished_writes_what_there_is_beside_and_says_so(url, tmp_path, monkeypatch):
    file, out = written(tmp_path, GOOD, "594918BB9,BUY,4000,EQUAL,false"), tmp_path / "out.csv"
    beside = tmp_path / "out.incomplete.csv"
    with monkeypatch.context() as halted:
        halted.setenv("TRADING_HALTED", "true")
        status, output, errors = run_command(command, file, *OPTIONS, "--commit", "--out", str(out))
    assert (status, output, out.exists()) == (4, "", False)
    assert f"The results are not complete: {beside} has the lines as they are now." in errors
    assert [(row["line"], row["status"], row["allocated_quantity"]) for row in table(beside)] == [
        *[("1", "PREVIEWED", "1000")] * 4,
        ("2", "FAILED", ""),
    ]
    assert [fault["code"] for fault in table(tmp_path / "out.errors.csv")] == ["JOB_FAILED"]
    assert run_command(command, file, *OPTIONS, "--commit", "--out", str(out))[0] == 3
    assert (len(table(out)), beside.exists()) == (5, False)


def test_a_run_that_is_stopped_writes_what_there_is(url, tmp_path, monkeypatch):
    file, out = written(tmp_path, GOOD), tmp_path / "out.json"

    def stopped(*_):
        raise Stopped("It was stopped.")

    monkeypatch.setattr("app.cli.kit.blotter_desk.BlotterDesk.finish", stopped)
    assert run_command(command, file, *OPTIONS, "--out", str(out))[0] == 130
    (row,) = json.loads((tmp_path / "out.incomplete.json").read_text())["allocations"]
    assert (row["line"], row["status"], row["allocated_quantity"]) == (1, "PENDING", None)


@pytest.mark.parametrize("is_key_kept", [True, False])
def test_a_blotter_that_the_user_may_not_see_any_more_has_no_results(url, tmp_path, is_key_kept):
    """Neither the blotter nor, asked for anew, its group: both are refused."""
    file, out = written(tmp_path, GOOD), tmp_path / "out.csv"
    add_bert(url)
    options = ("--user", "bert", *OPTIONS[2:], "--out", str(out))
    assert run_command(command, file, *options)[0] == 0
    out.unlink()
    database = Database(url)
    set_user(database, "bert", permissions=["allocations:preview"], groups=["OTHER"])
    database.close()
    if not is_key_kept:
        change(url, lambda session: session.execute(delete(IdempotencyKeyRow)))
    status, output, _ = run_command(command, file, *options)
    assert (status, output) == (1, "")
    assert list(tmp_path.glob("out*")) == [tmp_path / "out.errors.csv"]


def test_results_that_cannot_be_written_are_not_finished(url, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.cli.kit.blotter_runs.write_results", full)
    status, output, errors = run_command(
        command, written(tmp_path, GOOD), *OPTIONS, "--out", str(tmp_path / "out.csv")
    )
    assert (status, output) == (4, "")
    assert "The results were not written: [Errno 28] No space left on device. Run it again" in errors


def test_lines_whose_previews_are_erased_have_a_row(url, tmp_path):
    file, out = written(tmp_path, GOOD, GOOD.replace("4000", "8000")), tmp_path / "out.csv"
    run_command(command, file, *OPTIONS)
    set_status(url, "SUBMITTED")

    def erase(session):
        line = BlotterLineRow
        second = select(line.allocation_id).where(line.place == 1).scalar_subquery()
        values = {"status": "EXPIRED", "snapshot": None, "result": None}
        session.execute(update(AllocationRow).where(AllocationRow.id == second).values(**values))

    change(url, erase)
    assert run_command(command, file, *OPTIONS, "--out", str(out))[0] == 3
    assert [(row["line"], row["status"]) for row in table(out)] == [("1", "SUBMITTED")] * 4 + [
        ("2", "EXPIRED")
    ]


# --- who ----------------------------------------------------------------------------------------------------


def test_what_the_user_may_is_read_for_each_file(url, tmp_path):
    """A watcher lives for days: who lost a permission or a group meanwhile sends nothing more."""
    settings, content = load_settings(), Path(written(tmp_path, GOOD)).read_bytes()
    wishes = Wishes({"allocation_method": "PRO_RATA", "portfolio_groups": ["GOLDEN"]})

    def ends(desk, name, *, commit=False):
        outcome = allocate(desk, content, name, replace(wishes, commit=commit), quiet=True)
        return outcome.status, [fault.code for fault in outcome.faults], outcome.blotter_id is not None

    def allow(**more):
        database = Database(url)
        set_user(database, **more)
        database.close()

    may = ["allocations:preview", "allocations:commit"]
    with blotter_desk(settings, "demo_user", Event()) as desk:
        assert ends(desk, "a.csv") == (0, [], True)
        allow(permissions=may)
        assert ends(desk, "b.csv", commit=True) == (0, [], True)
        allow(permissions=may, groups=["OTHER"])
        assert ends(desk, "c.csv") == (1, ["INVALID_REQUEST"], False)
        allow(permissions=may[:1], groups=["GOLDEN"])
        assert ends(desk, "d.csv") == (0, [], True)
        assert ends(desk, "e.csv", commit=True) == (1, ["FORBIDDEN"], False)
        allow(active=False)
        assert ends(desk, "f.csv") == (1, ["INVALID_REQUEST"], False)
