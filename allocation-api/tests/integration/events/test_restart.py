"""A restart loses nothing and does nothing twice: at each step another process goes on with the database."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from tests.support.desk import TestClock
from tests.support.monitored import Portfolios, look, monitoring_desk, results, tell

API = Path(__file__).parents[3]
KILLED = 9
STEPS = ("received", "calculated")

PROGRAM = """
import os, sys
from datetime import timedelta
from pathlib import Path
from threading import Event
import pytest
from tests.support.monitored import Portfolios, monitoring_desk, tell

class Dies(Portfolios):
    def recalculate(self, portfolio_id, known_at):
        found = super().recalculate(portfolio_id, known_at)
        if sys.argv[2] == "calculated":
            os._exit(9)
        return found

with pytest.MonkeyPatch.context() as patch:
    desk = monitoring_desk(Path(sys.argv[1]), Dies(p=["A"]), patch, JOB_LEASE_SECONDS="5")
for number in range(3):
    tell(desk, f"d{number}", "A")
if sys.argv[2] == "received":
    os._exit(9)
desk.services.events.processor.run()
desk.clock.ahead += timedelta(seconds=31)
desk.services.events.processor.run()
desk.services.jobs.executor.run_next(Event(), lambda: None)
"""


@pytest.mark.parametrize("step", STEPS)
def test_after_a_process_was_killed_another_one_recalculates_once(tmp_path, monkeypatch, step):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(API), *sys.path])}
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM, str(tmp_path), step],
        cwd=API,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == KILLED, done.stderr
    desk = monitoring_desk(tmp_path, Portfolios(p=["A"]), monkeypatch)
    assert tell(desk, "d1", "A")["status"] == "duplicate"
    desk.clock.ahead += timedelta(seconds=120)
    for _ in range(3):
        look(desk)
    assert results(desk.services.database) == ["p"]
    desk.clock.ahead += timedelta(hours=2)
    desk.token = desk.login()["access_token"]
    look(desk)
    assert results(desk.services.database) == ["p"]
    (shown,) = desk.get("monitor/portfolio/p/status")["recalculations"]
    assert (shown["state"], shown["event_count"]) == ("DONE", 3)


def test_what_was_decided_is_done_by_the_next_process(tmp_path, monkeypatch):
    """One process takes the event, another decides what follows, a third queues the job, the last does it."""
    clock = TestClock()
    desks = [monitoring_desk(tmp_path, Portfolios(p=["A"]), monkeypatch, clock=clock) for _ in range(4)]
    tell(desks[0], "d0", "A")
    desks[1].services.events.processor.run()
    clock.ahead += timedelta(seconds=31)
    desks[2].services.events.processor.run()
    assert results(desks[0].services.database) == []
    look(desks[3])
    assert results(desks[0].services.database) == ["p"]


def test_a_schedule_that_came_while_nothing_ran_is_caught_up_by_the_next_process(tmp_path, monkeypatch):
    first = monitoring_desk(tmp_path, Portfolios(p=["A"]), monkeypatch)
    body = {"scheduled_recalculations": ["09:30"]}
    first.call("PUT", "monitor/portfolio/p/config", json=body)
    clock = TestClock()
    clock.ahead = timedelta(days=3)
    second = monitoring_desk(tmp_path, Portfolios(p=["A"]), monkeypatch, clock=clock)
    look(second)
    look(second)
    assert results(second.services.database) == ["p"]


def test_a_job_that_another_process_does_at_the_same_time_stores_one_result(tmp_path, monkeypatch):
    """The first one stands still while it calculates until its lease is over and the second has done it."""
    desk = monitoring_desk(tmp_path, Portfolios(p=["A"]), monkeypatch, JOB_LEASE_SECONDS="5")
    job_id = desk.post("monitor/portfolio/p/recalculate", status=202)["job_id"]
    other = monitoring_desk(tmp_path, Portfolios(p=["A"]), monkeypatch, clock=desk.clock)

    class Slow(Portfolios):
        def recalculate(self, portfolio_id, known_at):
            desk.clock.ahead += timedelta(minutes=5)
            assert other.services.jobs.executor.run(job_id, Event(), lambda: None)
            return super().recalculate(portfolio_id, known_at)

    with pytest.MonkeyPatch.context() as patch:
        slow = monitoring_desk(tmp_path, Slow(p=["A"]), patch, clock=desk.clock)
    assert slow.services.jobs.executor.run(job_id, Event(), lambda: None)
    assert results(desk.services.database) == ["p"]
