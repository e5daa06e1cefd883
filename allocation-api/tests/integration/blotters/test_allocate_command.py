"""The command `allocate` in this process: results, errors by row, exit statuses, and who may."""

from __future__ import annotations

import json
import time
from threading import Event

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete

from app.cli.allocate import command
from app.cli.kit.blotter_results import LineFault, replaced
from app.cli.kit.blotter_runs import DONE, REFUSED, STOPPED, UNFINISHED, Outcome
from app.cli.kit.blotter_watch import Watch
from app.core.database import Database
from app.models import IdempotencyKeyRow
from app.services.jobs.leader_lock import LeaderLock
from tests.support.blotter_files import GOOD, OPTIONS, add_bert, count, table, written
from tests.support.commands import run_command


def test_results_come_as_csv_xlsx_and_json_and_lines_that_fail_by_row(url, tmp_path):
    file = written(tmp_path, GOOD, "", "594918BB9,BUY,4000,EQUAL,false")
    for ending in ("csv", "json", "xlsx"):
        out = tmp_path / f"out.{ending}"
        status, output, errors = run_command(command, file, *OPTIONS, "--out", str(out))
        assert (status, errors.count("row 4")) == (3, 1), errors
        assert output.endswith(": 2 lines\n")
    rows = table(tmp_path / "out.csv")
    assert [(r["line"], r["row"], r["account_id"], r["allocated_quantity"]) for r in rows] == [
        ("1", "2", "ACC001", "1000"),
        ("1", "2", "ACC002", "1000"),
        ("1", "2", "ACC003", "1000"),
        ("1", "2", "ACC004", "1000"),
        ("2", "4", "", ""),
    ]
    found = json.loads((tmp_path / "out.json").read_text())["allocations"]
    assert [row["allocated_quantity"] for row in found] == [1000, 1000, 1000, 1000, None]
    sheet = load_workbook(tmp_path / "out.xlsx")["Allocations"]
    assert sheet.max_row == 6
    (fault,) = table(tmp_path / "out.errors.csv")
    assert (fault["row"], bool(fault["code"])) == ("4", True)


def test_a_file_that_is_refused_stores_nothing_and_all_errors_are_named(url, tmp_path):
    file = written(tmp_path, "912828YW4,HOLD,many,EQUAL,false")
    status, _, errors = run_command(command, file, *OPTIONS)
    assert status == 1
    assert [(f["row"], f["column"]) for f in table(tmp_path / "morning.errors.csv")] == [
        ("2", "side"),
        ("2", "quantity"),
    ]
    assert errors.count("morning.csv: row 2, column ") == 2
    assert run_command(command, written(tmp_path, GOOD), *OPTIONS, "--dry-run")[0] == 0
    assert not (tmp_path / "morning.errors.csv").exists()
    assert count(url, "blotters") == 0


def test_a_file_is_one_blotter_also_when_its_key_is_forgotten(url, tmp_path):
    file = written(tmp_path, GOOD)
    assert run_command(command, file, *OPTIONS, "--commit")[0] == 0
    database = Database(url)
    with database.write() as session:
        session.execute(delete(IdempotencyKeyRow))
    database.close()
    run_command(command, file, *OPTIONS, "--commit")
    assert (count(url, "blotters"), count(url, "orders")) == (1, 1)


def test_the_command_never_leads_the_periodic_work(url, tmp_path, monkeypatch):
    led = []
    monkeypatch.setattr(LeaderLock, "hold", lambda *_: led.append("held"))
    assert run_command(command, written(tmp_path, GOOD), *OPTIONS, "--commit")[0] == 0
    assert led == []


def test_a_file_is_one_blotter_until_it_is_asked_for_again(url, tmp_path):
    file = written(tmp_path, GOOD)
    ids = [run_command(command, file, *OPTIONS)[1] for _ in range(2)]
    assert ids[0] == ids[1]
    assert run_command(command, file, *OPTIONS, "--again")[1] != ids[0]
    other = written(tmp_path, GOOD, name="evening.csv")
    assert run_command(command, other, *OPTIONS)[1] not in ids
    assert count(url, "blotters") == 3


def test_it_needs_a_user_who_may(url, tmp_path):
    file = written(tmp_path, GOOD)
    assert run_command(command, file, *OPTIONS)[0] == 0
    assert run_command(command, file, "--user", "nobody")[0::2] == (
        1,
        "Refused: --user: There is no active user 'nobody'.\n",
    )
    add_bert(url)
    status, _, errors = run_command(command, file, "--user", "bert", *OPTIONS[2:], "--commit")
    assert status == 1
    assert "allocations:commit" in errors


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--watch", "."),
        ("--out", "x.txt"),
        ("--dry-run", "--commit"),
        ("--comment", "why"),
        ("--out", "no/folder/x.csv"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_done(tmp_path, arguments):
    file = [] if not arguments else [written(tmp_path, GOOD)]
    assert run_command(command, *file, *OPTIONS, *arguments)[0] == 2


def test_a_result_is_there_whole_or_not_at_all(tmp_path):
    file = tmp_path / "out.csv"
    file.write_text("before")
    with pytest.raises(RuntimeError), replaced(file) as target:  # noqa: PT012 - it fails half way
        target.write(b"half")
        raise RuntimeError
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


class Taken:
    """What a watcher gave to the desk; it ends after some files."""

    def __init__(self, folder, *outcomes, dead_after=60.0):
        self.names, self.outcomes, self.ending = [], list(outcomes), Event()
        self.watch = Watch(
            folder,
            self.take,
            lambda _outcome, file: file.write_text("results"),
            self.ending,
            ending_of_results=".csv",
            every=0.05,
            dead_after=dead_after,
        )

    def take(self, _content, name):
        self.names.append(name)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        if not self.outcomes:
            self.ending.set()
        return outcome


def test_files_go_where_they_ended_and_others_stay(tmp_path):
    for name in ("a.csv", "b.xlsx", "note.txt", ".hidden.csv", "~$b.xlsx"):
        (tmp_path / name).write_text(name)
    taken = Taken(tmp_path, Outcome(DONE), Outcome(REFUSED))
    taken.watch.run()
    assert taken.names == ["a.csv", "b.xlsx"]
    ends = {str(file.relative_to(tmp_path)).split("-")[0] for file in tmp_path.rglob("*") if file.is_file()}
    assert ends == {"done/a", "failed/b", "note.txt", ".hidden.csv", "~$b.xlsx"}
    assert len(list(tmp_path.glob("done/a-*.allocations.csv"))) == 1


def test_a_file_that_cannot_be_begun_for_now_is_tried_again_and_said_once(tmp_path, capsys):
    """Whoever is limited to groups is asked for them at Aladdin for each file, and it may be away."""
    (tmp_path / "a.csv").write_text("1")
    away = Outcome(UNFINISHED, (LineFault(None, None, "VISIBILITY_UNKNOWN", "Try again."),))
    taken = Taken(tmp_path, away, away, Outcome(DONE))
    taken.watch.run()
    assert taken.names == ["a.csv"] * 3
    assert [file.parent.name for file in tmp_path.rglob("a-*.csv")].count("done") == 2
    assert capsys.readouterr().err.count("trying again: Try again.") == 1


def test_a_file_that_still_grows_is_left_alone(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("1")
    taken = Taken(tmp_path, Outcome(DONE))
    assert taken.watch._arrived() == []
    file.write_text("1,2")
    assert taken.watch._arrived() == []
    assert taken.watch._arrived() == [file]


def test_a_file_is_claimed_by_one_watcher_alone(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("1")
    both = [Taken(tmp_path, Outcome(DONE)).watch for _ in range(2)]
    for watch in both:
        watch._mine.mkdir(parents=True)
    assert [watch._claim(file) for watch in both] == [True, False]


def test_what_a_dead_watcher_left_is_taken_and_what_a_living_one_has_is_not(tmp_path):
    left = tmp_path / "working" / "dead" / "a.csv"
    left.parent.mkdir(parents=True)
    left.write_text("1")
    taken = Taken(tmp_path, Outcome(DONE), dead_after=0.2)
    assert taken.watch._left() == []
    time.sleep(0.15)
    left.parent.touch()
    assert taken.watch._left() == []
    time.sleep(0.15)
    assert taken.watch._left() == []
    time.sleep(0.1)
    assert taken.watch._left() == [left]


def test_a_file_stays_claimed_while_the_drive_is_away_or_its_work_was_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("app.cli.kit.blotter_watch.AGAIN_SECONDS", 0.01)
    (tmp_path / "a.csv").write_text("1")
    taken = Taken(tmp_path, OSError("away"), Outcome(STOPPED))
    taken.watch.run()
    assert taken.names == ["a.csv", "a.csv"]
    assert [file.name for file in tmp_path.glob("working/*/*")] == ["a.csv"]
