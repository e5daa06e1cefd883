"""Refreshes from an exchange: what jobs store and report, and what they leave when they fail or end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import count
from threading import Event

import pytest
from sqlalchemy import delete, select

from app.core.config import load_settings
from app.core.jobs.embedded import Where
from app.core.security import Permission
from app.models import JobRow, MarketBlockRow, MarketImportRow
from app.services.jobs.schedules import Schedule, Schedules
from app.services.market_history.exchange import Exchange
from app.services.market_history.refresh_types import REFRESH
from tests.support.backtests import work
from tests.support.desk import Desk, TestClock
from tests.support.kraken_server import KrakenServer, candle
from tests.support.users import set_user


class Exchanged:
    """A desk with a stand-in for its exchange, both by one clock; each test has symbols of its own."""

    def __init__(self, folder):
        self.clock = TestClock()
        self.kraken = KrakenServer("BTC/USD", "ETH/USD", now=self.clock)
        settings = {"MARKET_EXCHANGE": "kraken", "MARKET_EXCHANGE_URL": self.kraken.url}
        self.desk = Desk(folder, clock=self.clock, JOB_WORKERS="0", MARKET_EXCHANGE_DAYS="30", **settings)
        self.refreshes = self.desk.services.market_history.refreshes
        self.refreshes._exchange = partial(Exchange, sleep=lambda _: None, pause=1)

    def begin(self, name):
        """Take symbols of this name, at the time of now, with an exchange that has all days."""
        self.btc, self.eth = f"{name}-BTC", f"{name}-ETH"
        self.trade(f"{self.btc}=BTC/USD", f"{self.eth}=ETH/USD")
        self.move(-self.clock.ahead)
        self.kraken.of_market.clear()
        self.kraken.faults.clear()
        self.kraken.asked.clear()
        for market, candles in self.kraken.candles.items():
            candles.clear()
            self.kraken.fill(market, self.today - 60, self.today + 60)

    def trade(self, *markets):
        settings = load_settings({"MARKET_EXCHANGE": "kraken", "MARKET_EXCHANGE_SYMBOLS": ",".join(markets)})
        found = self.refreshes._settings
        exchange = replace(found.exchange, markets=settings.market_history.exchange.markets)
        self.refreshes._settings = replace(found, exchange=exchange)

    def move(self, by):
        """Move the clock, and log in anew."""
        self.clock.ahead += by
        self.desk.token = self.desk.login()["access_token"]

    @property
    def today(self):
        return self.clock().date().toordinal() - date(1970, 1, 1).toordinal()

    def ask(self):
        return self.desk.post("data/market/refresh", status=202)["job_id"]

    def refresh(self):
        """Ask for a refresh, do its job, and return the job and the report by symbol."""
        job_id = self.ask()
        assert work(self.desk, job_id)
        return self.desk.get(f"jobs/{job_id}"), self.report()

    def report(self):
        return {each["symbol"]: each for each in self.desk.get("data/market/refresh")["symbols"]}

    def stored(self, symbol, **query):
        return self.desk.get("data/market", assets=symbol, **query)["data"][symbol]


def day(number):
    return f"{date(1970, 1, 1) + timedelta(days=int(number))}"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    made = Exchanged(tmp_path_factory.mktemp("refresh"))
    yield made
    made.kraken.stop()


NAMES = (f"T{number}" for number in count())


@pytest.fixture
def exchanged(house):
    house.begin(next(NAMES))
    return house


def test_a_first_refresh_stores_the_days_that_are_over_and_reports_by_symbol(exchanged):
    before = exchanged.report()[exchanged.btc]
    assert (before["market"], before["tried_at"], before["row_count"], before["gaps"]) == (
        "BTC/USD",
        None,
        0,
        [],
    )
    today = exchanged.today
    exchanged.kraken.candles["BTC/USD"][today - 1] = candle(64_123.5, low=60_000, high=65_000, volume=7.25)
    job, report = exchanged.refresh()
    assert (job["state"], job["done"], job["total"], job["result"]) == (
        "SUCCEEDED",
        2,
        2,
        "/v1/data/market/refresh",
    )
    told = report[exchanged.btc]
    assert (told["row_count"], told["new_count"], told["corrected_count"], told["gaps"]) == (30, 30, 0, [])
    assert (told["first_date"], told["last_date"]) == (day(today - 30), day(today - 1))
    assert (told["fault"], told["failures_in_row"], told["job_id"]) == (None, 0, job["job_id"])
    assert told["tried_at"] == told["succeeded_at"] is not None
    stored = exchanged.stored(exchanged.btc, fields="prices,volumes")
    assert (stored["dates"][-1], stored["prices"][-1], stored["volumes"][-1]) == (
        day(today - 1),
        64_123.5,
        7.25,
    )
    assert exchanged.stored(exchanged.eth)["prices"] == [100 + each % 7 for each in range(today - 30, today)]
    shown = exchanged.desk.get("data/market", assets=exchanged.btc)["metadata"]
    assert shown["source"] == ["kraken"]


def test_the_next_refresh_brings_the_next_days_and_corrections_and_what_was_known_stays(exchanged):
    _, first = exchanged.refresh()
    known_at = exchanged.desk.get("data/market", assets=exchanged.btc)["metadata"]["last_updated"]
    exchanged.move(timedelta(days=2))
    today = exchanged.today
    corrected = today - 4
    exchanged.kraken.candles["BTC/USD"][corrected] = candle(103.25)
    was = exchanged.stored(exchanged.btc)["prices"]
    _, report = exchanged.refresh()
    told = report[exchanged.btc]
    assert (told["row_count"], told["new_count"], told["corrected_count"]) == (5, 2, 1)
    assert told["findings"] == {"CORRECTION": 1}
    assert told["import_id"] != first[exchanged.btc]["import_id"]
    assert report[exchanged.eth]["corrected_count"] == 0
    now = exchanged.stored(exchanged.btc)
    assert now["prices"][now["dates"].index(day(corrected))] == 103.25
    assert exchanged.stored(exchanged.btc, known_at=known_at)["prices"] == was


def test_a_refresh_that_brings_nothing_imports_nothing(exchanged):
    exchanged.refresh()
    last = exchanged.desk.get("data/market", assets=exchanged.btc)["metadata"]["last_updated"]
    exchanged.move(timedelta(minutes=1))
    job, report = exchanged.refresh()
    assert job["state"] == "SUCCEEDED"
    assert (
        report[exchanged.btc]["import_id"],
        report[exchanged.btc]["row_count"],
        report[exchanged.btc]["new_count"],
    ) == (
        None,
        3,
        0,
    )
    assert exchanged.desk.get("data/market", assets=exchanged.btc)["metadata"]["last_updated"] == last


def test_days_without_a_bar_are_reported_and_not_filled(exchanged):
    today = exchanged.today
    for missing in (today - 30, today - 20, today - 19, today - 1):
        del exchanged.kraken.candles["BTC/USD"][missing]
    _, report = exchanged.refresh()
    assert report[exchanged.btc]["gaps"] == [
        {"first_date": day(today - 30), "last_date": day(today - 30), "day_count": 1},
        {"first_date": day(today - 20), "last_date": day(today - 19), "day_count": 2},
        {"first_date": day(today - 1), "last_date": day(today - 1), "day_count": 1},
    ]
    stored = exchanged.stored(exchanged.btc)["dates"]
    assert (len(stored), day(today - 20) in stored) == (26, False)


def test_a_symbol_that_fails_keeps_no_other_from_being_stored_and_fails_the_job(exchanged):
    exchanged.kraken.of_market["XXBTZUSD"] = 503
    for failures in (1, 2, 3):
        job, report = exchanged.refresh()
        assert (job["state"], job["error"]["code"]) == ("FAILED", "JOB_REFUSED")
        assert job["error"]["reason"].startswith(f"Not refreshed: {exchanged.btc}. ")
        told = report[exchanged.btc]
        assert (told["fault"], told["failures_in_row"], told["succeeded_at"]) == (
            "UNREACHABLE",
            failures,
            None,
        )
        assert report[exchanged.eth]["fault"] is None
    exchanged.kraken.of_market.clear()
    job, report = exchanged.refresh()
    told = report[exchanged.btc]
    assert (job["state"], told["fault"], told["message"], told["failures_in_row"]) == (
        "SUCCEEDED",
        None,
        None,
        0,
    )
    assert told["new_count"] == 30


def test_an_exchange_without_bars_and_one_with_prices_of_0_are_faults(exchanged):
    exchanged.kraken.candles["BTC/USD"].clear()
    exchanged.kraken.candles["ETH/USD"][exchanged.today - 1] = (0, 0, 0, 0, 0)
    job, report = exchanged.refresh()
    assert (job["state"], report[exchanged.btc]["fault"], report[exchanged.eth]["fault"]) == (
        "FAILED",
        "NO_BARS",
        "ROWS_REFUSED",
    )
    assert report[exchanged.eth]["message"] == "The price is 0. A price above 0 is expected."
    assert exchanged.desk.get("data/market", assets=exchanged.eth, status=422)["code"] == "UNKNOWN_ASSET"


def test_a_refresh_that_is_open_is_the_one_that_is_asked_for(exchanged):
    job_id = exchanged.ask()
    assert exchanged.ask() == job_id
    exchanged.refreshes.scheduled()
    listed = exchanged.desk.get("jobs", kind=REFRESH.name)["jobs"]
    assert [each["job_id"] for each in listed if each["state"] == "PENDING"] == [job_id]
    assert work(exchanged.desk, job_id)
    later = exchanged.ask()
    assert later != job_id
    assert work(exchanged.desk, later)


def test_it_is_refreshed_every_four_hours_once_whatever_was_missed_and_how_many_processes_there_are(
    exchanged,
):
    desk = exchanged.desk
    job = desk.services.periodic._jobs["refresh-market-data"]
    assert (job.where, job.every) == (Where.SCHEDULE, 4 * 3_600)
    assert desk.get("data/market/refresh")["interval_hours"] == 4
    processes = [Schedules([Schedule(job.name, timedelta(seconds=job.every))], exchanged.clock) for _ in "ab"]

    def due():
        """Enter what is due in each process, and do it as the leader does."""
        for each in processes:
            with desk.services.database.write() as session:
                each.enter(session)
        of_kind = desk.services.jobs.store.due([f"periodic.{job.name}"])
        for _ in of_kind:
            job.work()
        with desk.services.database.write() as session:
            session.execute(delete(JobRow).where(JobRow.kind == f"periodic.{job.name}"))
        return len(of_kind)

    def refreshed():
        while desk.services.jobs.executor.run_next(Event(), lambda: None):
            pass
        with desk.services.database.read() as session:
            of_system = (JobRow.kind == REFRESH.name, JobRow.username == "system")
            return session.scalars(select(JobRow.state).where(*of_system)).all()

    assert (due(), due()) == (1, 0)
    assert refreshed() == ["SUCCEEDED"]
    exchanged.move(timedelta(hours=3, minutes=59))
    assert due() == 0
    exchanged.move(timedelta(hours=25))  # over a midnight, so that there is a new bar whenever this runs
    assert (due(), due()) == (1, 0)
    assert refreshed() == ["SUCCEEDED"] * 2
    with desk.services.database.read() as session:
        imported = select(MarketImportRow.username).join(MarketBlockRow)
        found = session.scalars(imported.where(MarketBlockRow.symbol == exchanged.btc)).all()
    assert found == ["system", "system"]


def test_a_worker_that_stops_leaves_the_symbols_that_are_left_to_the_next(exchanged, monkeypatch):
    job_id, stopping = exchanged.ask(), Event()
    daily = Exchange.daily

    def stopped(*asked):
        try:
            return daily(*asked)
        finally:
            stopping.set()

    monkeypatch.setattr(Exchange, "daily", stopped)
    work(exchanged.desk, job_id, stopping)
    assert exchanged.desk.get(f"jobs/{job_id}")["done"] == 1
    asked = len(exchanged.kraken.bars_asked("BTC/USD"))
    monkeypatch.setattr(Exchange, "daily", daily)
    work(exchanged.desk, job_id)
    assert exchanged.desk.get(f"jobs/{job_id}")["state"] == "SUCCEEDED"
    assert len(exchanged.kraken.bars_asked("BTC/USD")) == asked
    assert {each["new_count"] for each in exchanged.report().values()} == {30}


def test_a_refresh_that_is_cancelled_while_it_asks_stores_nothing_more(exchanged, monkeypatch):
    job_id, page = exchanged.ask(), Exchange._page

    def cancelled(self, market, *more):
        if market == "ETH/USD":
            exchanged.desk.call("DELETE", f"jobs/{job_id}")
        return page(self, market, *more)

    monkeypatch.setattr(Exchange, "_page", cancelled)
    work(exchanged.desk, job_id)
    assert exchanged.desk.get(f"jobs/{job_id}")["state"] == "ABORTED"
    assert exchanged.kraken.bars_asked("ETH/USD") == []
    assert exchanged.desk.get("data/market", assets=exchanged.eth, status=422)["code"] == "UNKNOWN_ASSET"
    assert exchanged.report()[exchanged.eth]["tried_at"] is None


def test_what_was_reported_of_another_market_is_not_told_of_this_one(exchanged):
    exchanged.refresh()
    exchanged.trade(f"{exchanged.btc}=ETH/USD")
    assert exchanged.report()[exchanged.btc]["tried_at"] is None
    exchanged.kraken.of_market["XETHZUSD"] = "EGeneral:Invalid arguments"
    _, report = exchanged.refresh()
    told = report[exchanged.btc]
    assert (told["fault"], told["failures_in_row"], told["row_count"]) == ("REFUSED", 1, 0)
    assert (told["succeeded_at"], told["import_id"], told["first_date"]) == (None, None, None)


def test_without_an_exchange_there_is_no_refresh_and_without_the_permission_none_either(tmp_path):
    desk = Desk(tmp_path)
    assert desk.get("data/market/refresh") == {"exchange": None, "interval_hours": None, "symbols": []}
    assert desk.post("data/market/refresh", {}, status=409)["code"] == "EXCHANGE_OFF"
    assert "refresh-market-data" not in desk.services.periodic._jobs
    set_user(desk.services.database, permissions=[Permission.MARKET_HISTORY_READ])
    assert desk.post("data/market/refresh", {}, status=403)["code"] == "FORBIDDEN"


def test_dominance_and_totals_are_imported_from_files(tmp_path):
    desk = Desk(tmp_path)
    text = (
        "date,symbol,open,high,low,close\r\n"
        "2026-06-29,BTC.D,57.1,57.9,56.8,57.32\r\n2026-06-30,BTC.D,57.32,58,57,57.85\r\n"
        "2026-06-29,STABLE.D,,,,7.4\r\n2026-06-30,TOTALES,3.21e12,3.3e12,3.2e12,3.254321e12\r\n"
    )
    report = desk.call("POST", "data/market/import", data=text, content_type="text/csv")
    assert (report["new_count"], report["refused_count"], report["counts"]) == (4, 0, {})
    shown = desk.get("data/market", assets="BTC.D,STABLE.D,TOTALES")["data"]
    assert [shown[each]["prices"] for each in ("BTC.D", "STABLE.D", "TOTALES")] == [
        [57.32, 57.85],
        [7.4],
        [3_254_321_000_000],
    ]
    rows = [{"date": "2026-06-30", "symbol": "TOTALES", "close": 1e15}]
    assert desk.post("data/market/import", {"rows": rows})["corrected_count"] == 1
    rows[0]["close"] = 1.1e15
    assert desk.post("data/market/import", {"rows": rows}, status=422)["code"] == "INVALID_REQUEST"
