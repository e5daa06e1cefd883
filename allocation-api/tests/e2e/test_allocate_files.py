"""Blotters as files in processes of the command `allocate` that are killed, doubled and stopped."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.e2e.server_process import API_DIR, Server
from tests.e2e.simulator_process import GOLDEN
from tests.support.databases import migrated
from tests.support.waiting import until

pytestmark = pytest.mark.slow

LINES = 12
HEADER = "security_id,side,quantity,base_metric,respect_cash"
OPTIONS = ("--user", "demo_user", "--method", "PRO_RATA", "--group", "GOLDEN")


class Folder:
    """A database, the mock vendor's journal, and a folder for blotters."""

    def __init__(self, path):
        self.path = path
        self.drop = path / "drop"
        self.drop.mkdir()
        self.settings = {
            "FLASK_ENV": "development",
            "LOG_LEVEL": "ERROR",
            "MOCK_ALADDIN_DATA": "true",
            "MOCK_DATA_SCENARIO": str(GOLDEN),
            "MOCK_JOURNAL": str(path / "journal.db"),
            "DATABASE_URL": f"sqlite:///{path / 'desk.db'}",
            "JOB_LEASE_SECONDS": "2",
        }
        migrated(self.settings["DATABASE_URL"])
        self.processes = []

    def file(self, name="morning.csv", *, first=4_000, lines=LINES):
        file = self.path / name
        rows = [f"912828YW4,BUY,{first + 1_000 * i},EQUAL,false" for i in range(lines)]
        file.write_text("\n".join([HEADER, *rows]) + "\n")
        return file

    def start(self, *arguments):
        command = [sys.executable, "-m", "app", "allocate", *map(str, arguments), *OPTIONS]
        process = subprocess.Popen(  # noqa: S603 - our own module
            command,
            cwd=API_DIR,
            env=os.environ | self.settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def run(self, *arguments):
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=120)
        return process.returncode, output, errors

    def count(self, query):
        with closing(sqlite3.connect(self.path / "desk.db", timeout=30)) as database:
            found = database.execute(f"SELECT COUNT(*) FROM {query}")  # noqa: S608 - our own
            return found.fetchone()[0]

    def orders_at_the_vendor(self):
        with closing(sqlite3.connect(self.path / "journal.db", timeout=30)) as journal:
            return journal.execute("SELECT COUNT(*) FROM entries").fetchone()[0]

    def sent(self):
        return self.count("allocations WHERE status = 'SUBMITTED'")


@pytest.fixture
def folder(tmp_path):
    found = Folder(tmp_path)
    yield found
    for process in found.processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_killed_in_the_middle_and_run_again_nothing_is_sent_twice(folder):
    file, out = folder.file(), folder.path / "out.csv"
    process = folder.start(file, "--commit", "--out", out)
    until(lambda: folder.sent() >= 3, "some lines are sent")
    process.kill()
    process.wait()
    assert folder.sent() < LINES
    assert not out.exists()
    status, _, errors = folder.run(file, "--commit", "--out", out)
    assert status == 0, errors
    assert (folder.sent(), folder.count("orders"), folder.count("blotters")) == (LINES, LINES, 1)
    assert folder.orders_at_the_vendor() == LINES
    with out.open() as rows:
        found = list(csv.DictReader(rows))
    assert {(row["line"], row["status"]) for row in found} == {
        (f"{i}", "SUBMITTED") for i in range(1, LINES + 1)
    }
    status, _, errors = folder.run(file, "--commit")
    assert (status, folder.orders_at_the_vendor()) == (0, LINES)
    assert "was taken before" in errors


def test_two_watchers_take_each_file_once_and_one_goes_on_with_what_a_dead_one_left(folder):
    watching = ("--watch", folder.drop, "--commit", "--every", "0.2", "--dead-after", "3")
    first = folder.start(*watching)
    until(lambda: list(folder.drop.glob("working/*")), "the first watcher")
    shutil.copy(folder.file("one.csv", lines=8), folder.drop)
    until(lambda: folder.sent() >= 2, "some lines are sent")
    first.kill()
    first.wait()
    assert [file.name for file in folder.drop.glob("working/*/*")] == ["one.csv"]
    # The mock vendor is in one of them, whose workers do the jobs of the other one, too.
    both = [folder.start(*watching), folder.start(*watching)]
    for i in range(3):
        source = folder.file(f"more{i}.csv", first=1_000 * (20 + i), lines=1)
        source.replace(folder.drop / source.name)
    until(lambda: len(list(folder.drop.glob("done/*.allocations.csv"))) == 4, "all files are done")
    until(lambda: not list(folder.drop.glob("working/*/*")), "nothing is left")
    for process in both:
        process.send_signal(signal.SIGINT)
    for process in both:
        assert process.wait(60) == 0, process.stderr.read()
    assert (folder.orders_at_the_vendor(), folder.count("blotters")) == (11, 4)
    assert len(list(folder.drop.glob("done/*.csv"))) == 8
    assert [file.name for file in folder.drop.iterdir() if file.is_file()] == []


def test_an_interrupt_ends_a_run_after_its_line_and_the_next_one_goes_on(folder):
    file = folder.file()
    process = folder.start(file, "--commit")
    until(lambda: folder.sent() >= 2, "some lines are sent")
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert 2 <= folder.sent() < LINES
    assert folder.run(file, "--commit")[0] == 0
    assert folder.orders_at_the_vendor() == LINES


def test_beside_a_server_with_the_mock_vendor_its_workers_do_the_work(folder):
    server = Server(folder.path, **{**folder.settings, "JOB_WORKERS": "1"})
    server.start()
    try:
        status, output, errors = folder.run(folder.file(lines=2), "--commit")
        assert status == 0, errors
        assert "2 lines" in output
    finally:
        assert server.stop() == 0
    assert folder.orders_at_the_vendor() == 2
