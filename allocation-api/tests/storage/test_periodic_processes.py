"""Two processes with periodic jobs on each database: one leads, and the other goes on when it is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.models import PERIODIC_LOCK, JobRow, LockRow
from tests.storage.periodic_process import LEASE_SECONDS
from tests.support.waiting import until

pytestmark = pytest.mark.slow

API_DIR = Path(__file__).resolve().parents[2]
PERIODS = 5


class Processes:
    def __init__(self, database, url, file):
        self.database, self._url, self._file = database, url, file
        self._all = []
        self.ahead(0)
        with database.write() as session:
            session.execute(text("CREATE TABLE runs (name VARCHAR(16), pid BIGINT, at DOUBLE PRECISION)"))

    def ahead(self, seconds):
        self._file.write_text(str(seconds))

    def start(self):
        command = (sys.executable, "-m", "tests.storage.periodic_process", self._url, str(self._file))
        process = subprocess.Popen(command, cwd=API_DIR, stdin=subprocess.PIPE)  # noqa: S603 - our own code
        self._all.append(process)
        until(lambda: self.runs("own", process.pid), "run of the process itself")
        return process

    def stop(self, process):
        process.stdin.close()
        process.wait(20)

    def kill_all(self):
        for process in self._all:
            process.kill()
            process.wait()
            process.stdin.close()

    def runs(self, name, pid=None):
        """When a job ran, and where."""
        with self.database.read() as session:
            rows = session.execute(
                text("SELECT at, pid FROM runs WHERE name = :name ORDER BY at"), {"name": name}
            )
            return [(at, int(found)) for at, found in rows if pid in {None, found}]

    def leader(self):
        with self.database.read() as session:
            held = session.scalars(select(LockRow.process).where(LockRow.name == PERIODIC_LOCK)).one()
        return None if held is None else int(held.rpartition(":")[2])

    def states(self, kind):
        with self.database.read() as session:
            return list(session.scalars(select(JobRow.state).where(JobRow.kind == kind)))


@pytest.fixture
def processes(database, database_url, tmp_path):
    found = Processes(database, database_url, tmp_path / "ahead")
    yield found
    found.kill_all()


def test_one_of_two_processes_does_the_periodic_work_and_the_other_goes_on_when_it_is_killed(processes):
    both = [processes.start(), processes.start()]
    time.sleep(PERIODS)
    led = processes.leader()
    leader, other = sorted(both, key=lambda process: process.pid != led)
    looks, failing, often = (processes.runs(name) for name in ("look", "failing", "often"))
    # Each once a second, by the leader alone; the first run of each was before the second process began.
    assert {pid for _, pid in looks} == {leader.pid}
    gaps = [after - before for (before, _), (after, _) in pairwise(looks)]
    assert len(looks) >= PERIODS
    assert min(gaps) > 0.5
    # One fails each time and one never ends; neither keeps the others from being done.
    assert len(failing) >= PERIODS
    assert len(processes.runs("hanging")) == 1
    assert len(processes.runs("hourly")) == 1
    assert 2 <= len(often) <= 1 + (often[-1][0] - often[0][0] + LEASE_SECONDS) // 4
    assert {pid for _, pid in processes.runs("own")} == {leader.pid, other.pid}

    leader.kill()
    killed = time.time()
    until(lambda: processes.runs("look", other.pid), "look of the other process")
    assert processes.runs("look", other.pid)[0][0] - killed < LEASE_SECONDS + 1.5
    assert len(processes.runs("hourly")) == 1

    processes.ahead(3 * 3_600)
    until(lambda: len(processes.runs("hourly")) == 2, "run that was missed")
    time.sleep(LEASE_SECONDS)
    assert [pid for _, pid in processes.runs("hourly")] == [leader.pid, other.pid]
    assert processes.states("periodic.hourly") == ["SUCCEEDED"] * 2


def test_a_leader_that_stops_leaves_the_lead_at_once(processes):
    first = processes.start()
    until(lambda: processes.leader() == first.pid, "leader")
    second = processes.start()
    processes.stop(first)
    stopped = time.time()
    until(lambda: processes.runs("look", second.pid), "look of the other process")
    assert processes.runs("look", second.pid)[0][0] - stopped < LEASE_SECONDS / 3 + 1
