"""Jobs of backtests: killed in the middle and taken up, cancelled, lost, and strategies that fail in them."""

from __future__ import annotations

import multiprocessing
import os
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import select

from app.core.config import load_settings
from app.models import BacktestPartRow, BacktestResultRow
from app.services.backtest import run, store
from app.wiring import build_services
from tests.support.backtests import fixed, import_prices, optimised, work
from tests.support.desk import Desk

LEASE = timedelta(seconds=300)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    import_prices(desk)
    return desk


def ask(desk, body=None):
    asked = desk.post("backtest/run", body or optimised(costs=0.001, benchmark="BT-B"), status=202)
    return asked["backtest_id"], asked["job_id"]


def stored(desk, backtest_id):
    """The bytes of all that is stored of a backtest."""
    with desk.services.database.read() as session:
        parts = session.scalars(
            select(BacktestPartRow.content)
            .where(BacktestPartRow.backtest_id == backtest_id)
            .order_by(BacktestPartRow.place)
        ).all()
        found = session.scalar(
            select(BacktestResultRow.result).where(BacktestResultRow.backtest_id == backtest_id)
        )
    return parts, found


def die_at(url, job_id, place):
    """Run a job in a process that ends without a word before it stores the part at this place."""
    services = build_services(
        load_settings({"FLASK_ENV": "development", "DATABASE_URL": url, "MOCK_JOURNAL": "memory"})
    )
    add = store.add_part

    def dying(backtest_id, at, content, session):
        if at == place:
            os._exit(9)
        add(backtest_id, at, content, session)

    store.add_part = dying
    services.jobs.executor.run(job_id, Event(), lambda: None)


@pytest.mark.parametrize("place", [0, 3])
def test_a_killed_job_is_taken_up_and_gives_the_same_bytes(desk, place):
    whole, whole_job = ask(desk)
    assert work(desk, whole_job)
    killed, killed_job = ask(desk)
    process = multiprocessing.get_context("spawn").Process(
        target=die_at, args=(desk.settings.database_url, killed_job, place)
    )
    process.start()
    process.join(60)
    assert process.exitcode == 9
    job = desk.get(f"jobs/{killed_job}")
    assert (job["state"], job["done"], len(stored(desk, killed)[0])) == ("RUNNING", place, place)
    assert not work(desk, killed_job)  # the lease of who died still holds
    desk.clock.ahead += LEASE
    assert work(desk, killed_job)
    assert desk.get(f"jobs/{killed_job}")["state"] == "SUCCEEDED"
    assert stored(desk, killed) == stored(desk, whole)


def test_a_worker_that_stops_leaves_the_rest_to_the_next(desk, monkeypatch):
    """R24.9: 139 decisions of 160 days, 20 of which are seen before, are 6 parts and the result."""
    backtest_id, job_id = ask(desk)
    part, stopping = run._part, Event()

    def stops(simulation, state):
        stopping.set()
        return part(simulation, state)

    monkeypatch.setattr(run, "_part", stops)
    done = []
    while (job := desk.get(f"jobs/{job_id}"))["state"] != "SUCCEEDED":
        done.append(job["done"])
        stopping.clear()
        assert work(desk, job_id, stopping)
    assert job["total"] == 7
    assert done == list(range(7))  # each line by another attempt
    assert job["result"] == f"/v1/backtest/{backtest_id}"


def test_a_cancelled_backtest_stops_after_a_part(desk, monkeypatch):
    backtest_id, job_id = ask(desk)
    part = run._part

    def cancels(simulation, state):
        if state.decisions == 50:
            desk.call("DELETE", f"jobs/{job_id}")
        return part(simulation, state)

    monkeypatch.setattr(run, "_part", cancels)
    assert work(desk, job_id)
    assert (desk.get(f"jobs/{job_id}")["state"], len(stored(desk, backtest_id)[0])) == ("ABORTED", 2)
    shown = desk.get(f"backtest/{backtest_id}")
    assert (shown["status"], shown["summary"]) == ("ABORTED", None)


def test_what_no_prices_of_a_day_can_meet_ends_the_job_with_the_day(desk):
    """A return of a year of 900 % is more than any asset is expected to have."""
    body = fixed(
        "optimization", parameters={"window": 40, "min_window": 20, "target_return": 9}, frequency="weekly"
    )
    backtest_id, job_id = ask(desk, body)
    assert work(desk, job_id)
    shown = desk.get(f"backtest/{backtest_id}")
    assert shown["status"] == "FAILED"
    assert "At the close of 2024-01-29" in shown["error"]
    assert "TARGET_RETURN" in shown["error"]
    assert desk.get(f"jobs/{job_id}")["error"]["code"] == "JOB_REFUSED"


def test_a_result_outlives_its_job_and_a_job_without_one_is_told(desk):
    done, done_job = ask(desk)
    assert work(desk, done_job)
    lost, lost_job = ask(desk)
    desk.call("DELETE", f"jobs/{lost_job}")
    before = desk.get(f"backtest/{done}")
    desk.services.jobs.store.forget(desk.clock() + timedelta(days=1))
    desk.get(f"jobs/{done_job}", status=404)
    assert desk.get(f"backtest/{done}") == before
    shown = desk.get(f"backtest/{lost}")
    assert (shown["status"], shown["error"]) == ("FAILED", "Its job is forgotten, and there is no result.")
