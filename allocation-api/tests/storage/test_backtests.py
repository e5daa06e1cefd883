"""Backtests on each database: they come back to the bit, and a grid is stored whole or not at all."""

from __future__ import annotations

from sqlalchemy import func, select

from app.models import BacktestGridRow, BacktestRow, JobRow
from app.services.backtest import submission
from tests.storage.conftest import database_of
from tests.support.backtests import backtest, import_prices, optimised

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
