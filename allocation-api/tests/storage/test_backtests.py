"""Backtests on each database: they come back to the bit, and a grid is stored whole or not at all."""

from __future__ import annotations

from sqlalchemy import func, select

from app.models import BacktestGridRow, BacktestResultRow, BacktestRow, JobRow
from app.services.backtest import submission
from tests.storage.conftest import database_of
from tests.support.backtests import backtest, fixed, import_prices, optimised, work

WANTED = ("summary", "time_series", "transactions", "period_allocations", "data")


def test_a_backtest_comes_back_to_the_bit(desk):
    import_prices(desk)
    once = backtest(desk, optimised(frequency="weekly", costs=0.001, benchmark="BT-A"))
    assert once["status"] == "SUCCEEDED"
    again = backtest(desk, once["request"])
    assert [again[name] for name in WANTED] == [once[name] for name in WANTED]
    listed = desk.get("backtest")["backtests"]
    assert [each["backtest_id"] for each in listed] == [again["backtest_id"], once["backtest_id"]]
    assert listed[1]["summary"] == once["summary"]


def test_of_a_grid_all_backtests_are_stored_or_none(desk, monkeypatch):
    import_prices(desk)
    rows, made = submission.BacktestRow, []

    def fails_at_the_second(**values):
        made.append(values["place"])
        if values["place"] == 1:
            raise ZeroDivisionError
        return rows(**values)

    monkeypatch.setattr(submission, "BacktestRow", fails_at_the_second)
    body = {"base": optimised(), "grid": {"window": [20, 30, 40]}}
    assert desk.post("backtest/grids", body, status=500)["code"] == "INTERNAL_ERROR"
    assert made == [0, 1]
    with database_of(desk).read() as session:
        counts = [
            session.scalar(select(func.count()).select_from(kind).where(*of))
            for kind, of in (
                (BacktestGridRow, ()),
                (BacktestRow, ()),
                (JobRow, (JobRow.kind == "backtest.run",)),
            )
        ]
    assert counts == [0, 0, 0]


def test_grids_are_listed_and_deleted_with_all_of_their_backtests(desk):
    import_prices(desk)
    kept = backtest(desk, fixed("buy_and_hold"))
    body = {"base": fixed("rebalancing", frequency="weekly"), "grid": {"threshold": [0.02, 0.05]}}
    grids = [desk.post("backtest/grids", body, status=202) for _ in range(2)]
    for each in (*grids[0]["backtests"], grids[1]["backtests"][0]):
        assert work(desk, each["job_id"])
    listed = desk.get("backtest/grids")["grids"]
    shown = {each["grid_id"]: each["statuses"] for each in listed}
    assert shown == {
        grids[0]["grid_id"]: {"SUCCEEDED": 2},
        grids[1]["grid_id"]: {"SUCCEEDED": 1, "PENDING": 1},
    }
    for each in grids:
        desk.call("DELETE", f"backtest/grids/{each['grid_id']}")
    assert desk.get(f"jobs/{grids[1]['backtests'][1]['job_id']}")["state"] == "ABORTED"
    tables = (BacktestGridRow, BacktestRow, BacktestResultRow)
    with database_of(desk).read() as session:
        counts = [session.scalar(select(func.count()).select_from(each)) for each in tables]
    assert counts == [0, 1, 1]
    desk.call("DELETE", f"backtest/{kept['backtest_id']}")
    assert desk.get("backtest")["backtests"] == []
