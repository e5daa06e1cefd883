"""Deletion of backtests and grids: by who asked for them, while they run, and when their time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.models import BacktestGridRow, BacktestPartRow, BacktestResultRow, BacktestRow
from app.services.backtest import run
from tests.support.backtests import backtest, fixed, import_prices, work
from tests.support.desk import Desk

GRID = {"base": fixed("rebalancing"), "grid": {"threshold": [0.02, 0.05]}}


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    import_prices(desk)
    return desk


@pytest.fixture
def keeping_days(tmp_path):
    desk = Desk(tmp_path, BACKTEST_DAYS="30")
    import_prices(desk)
    return desk


def counts(desk):
    tables = (BacktestGridRow, BacktestRow, BacktestPartRow, BacktestResultRow)
    with desk.services.database.read() as session:
        return [session.scalar(select(func.count()).select_from(each)) for each in tables]


def delete(desk, path, status=200, **more):
    return desk.call("DELETE", path, status=status, **more)


def grid(desk, *, done=True):
    made = desk.post("backtest/grids", GRID, status=202)
    for each in made["backtests"] if done else ():
        assert work(desk, each["job_id"])
    return made


def deletions(desk):
    records = desk.get("audit", action="BACKTEST_DELETED")["audit_records"]
    return [(each["entity_type"], each["entity_id"], each["before"]) for each in records]


def test_a_backtest_is_deleted_with_all_that_is_stored_of_it_and_that_is_audited(desk):
    # R24.11
    kept = backtest(desk, fixed(name="kept"))
    gone = backtest(desk, fixed(name="gone"))
    before = counts(desk)
    path = f"backtest/{gone['backtest_id']}"
    assert delete(desk, path) == {"backtest_id": gone["backtest_id"]}
    assert before[1:] == [2, 14, 2]  # R24.9: 159 decisions are 7 parts
    assert counts(desk) == [0, 1, 7, 1]
    for each in (path, f"{path}/transactions", f"{path}/time-series"):
        desk.get(each, status=404)
    delete(desk, path, 404)
    assert desk.get(f"backtest/{kept['backtest_id']}") == kept
    ((kind, entity_id, told),) = deletions(desk)
    assert (kind, entity_id) == ("backtest", gone["backtest_id"])
    assert (told["name"], told["backtest_count"], told["strategy"]) == ("gone", 1, "fixed_weights")


def test_a_grid_goes_whole_and_none_of_it_alone(desk):
    one, other = grid(desk), grid(desk)
    first = one["backtests"][0]["backtest_id"]
    problem = delete(desk, f"backtest/{first}", 409)
    assert problem["code"] == "BACKTEST_OF_GRID"
    assert one["grid_id"] in problem["detail"]
    assert delete(desk, f"backtest/grids/{one['grid_id']}") == {"grid_id": one["grid_id"]}
    desk.get(f"backtest/{first}", status=404)
    desk.get(f"backtest/grids/{one['grid_id']}", status=404)
    assert counts(desk) == [1, 2, 14, 2]
    assert [each["grid_id"] for each in desk.get("backtest/grids")["grids"]] == [other["grid_id"]]
    ((kind, entity_id, told),) = deletions(desk)
    assert (kind, entity_id, told["backtest_count"]) == ("backtest_grid", one["grid_id"], 2)


def test_only_who_asked_for_it_deletes_it(desk):
    found, made = backtest(desk, fixed()), grid(desk)
    token = desk.login("demo_supervisor")["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    before = counts(desk)
    delete(desk, f"backtest/{found['backtest_id']}", 404, headers=headers)
    delete(desk, f"backtest/grids/{made['grid_id']}", 404, headers=headers)
    assert (counts(desk), deletions(desk)) == (before, [])


def test_jobs_that_wait_are_cancelled_with_their_grid(desk):
    made = grid(desk, done=False)
    delete(desk, f"backtest/grids/{made['grid_id']}")
    states = {desk.get(f"jobs/{each['job_id']}")["state"] for each in made["backtests"]}
    assert states == {"ABORTED"}
    assert not work(desk, made["backtests"][0]["job_id"])
    assert counts(desk) == [0, 0, 0, 0]


@pytest.mark.parametrize("decisions", [0, 50])
def test_a_job_that_runs_stores_nothing_more(desk, monkeypatch, decisions):
    asked = desk.post("backtest/run", fixed(), status=202)
    part = run._part

    def deletes(simulation, state):
        if state.decisions == decisions:
            delete(desk, f"backtest/{asked['backtest_id']}")
        return part(simulation, state)

    monkeypatch.setattr(run, "_part", deletes)
    assert work(desk, asked["job_id"])
    assert desk.get(f"jobs/{asked['job_id']}")["state"] == "ABORTED"
    assert counts(desk) == [0, 0, 0, 0]


def test_of_a_deletion_all_is_done_or_nothing(desk, monkeypatch):
    made = grid(desk)
    before = counts(desk)

    def fails(*_args, **_more):
        raise ZeroDivisionError

    monkeypatch.setattr(desk.services.backtest.deletion, "_record", fails)
    delete(desk, f"backtest/grids/{made['grid_id']}", 500)
    assert counts(desk) == before


def test_grids_are_listed_with_how_far_they_are(desk):
    done, waiting = grid(desk), grid(desk, done=False)
    listed = desk.get("backtest/grids")["grids"]
    shown = [(each["grid_id"], each["backtest_count"], each["statuses"]) for each in listed]
    assert shown == [(waiting["grid_id"], 2, {"PENDING": 2}), (done["grid_id"], 2, {"SUCCEEDED": 2})]
    assert listed[0]["request"]["grid"]["threshold"] == [0.02, 0.05]
    first = desk.get("backtest/grids", limit=1)
    rest = desk.get("backtest/grids", limit=1, cursor=first["next_cursor"])
    assert [each["grid_id"] for each in rest["grids"]] == [done["grid_id"]]
    desk.services.jobs.store.forget(desk.clock() + timedelta(days=1))
    assert desk.get("backtest/grids")["grids"][1]["statuses"] == {"SUCCEEDED": 2}


def test_old_ones_are_forgotten_but_for_those_at_work(keeping_days):
    desk = keeping_days
    backtest(desk, fixed())
    grid(desk)
    going_on, half_done = desk.post("backtest/run", fixed(), status=202), grid(desk, done=False)
    assert work(desk, half_done["backtests"][0]["job_id"])
    desk.services.periodic.do("old-backtests")
    assert counts(desk)[:2] == [2, 6]
    desk.clock.ahead += timedelta(days=31)
    desk.token = desk.login()["access_token"]
    young = backtest(desk, fixed())
    desk.services.periodic.do("old-backtests")
    assert counts(desk)[:2] == [1, 4]
    for found in (going_on, young, *half_done["backtests"]):
        desk.get(f"backtest/{found['backtest_id']}")
    assert deletions(desk) == []


def test_more_than_a_unit_of_work_takes_are_forgotten(keeping_days, monkeypatch):
    monkeypatch.setattr("app.services.backtest.store.MAX_FORGOTTEN", 2)
    desk = keeping_days
    for _ in range(5):
        backtest(desk, fixed("buy_and_hold"))
    desk.clock.ahead += timedelta(days=31)
    desk.services.periodic.do("old-backtests")
    assert counts(desk) == [0, 0, 0, 0]


def test_they_are_kept_for_good_unless_a_time_is_set(desk):
    assert "old-backtests" not in {job.name for job in desk.services.periodic._jobs.values()}
