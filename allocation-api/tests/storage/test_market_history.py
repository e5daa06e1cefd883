"""Market history on each database: imports by two processes at once, and prices that come back exactly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from math import nan

import pytest

from app.core.clock import utc_now
from app.services.audit.trail import AuditService
from app.services.domain.caller import Caller
from app.services.market_history.bars import CLOSE, HIGH, day_number
from app.services.market_history.import_types import ImportRequest, Rows
from app.services.market_history.imports import MarketImports
from app.services.market_history.service import MarketHistory
from app.services.market_history.types import Asset, LatestRequest

CALLER = Caller("u", "anna", frozenset(), "r")
MOMENT = datetime(2026, 6, 30, 9, tzinfo=UTC)
DAY = day_number(date(2026, 1, 5))


def asked(symbol, *closes):
    days = range(DAY, DAY + len(closes))
    values = [(nan, 1 / 3, nan, close, nan) for close in closes]
    rows = Rows([f"rows.{at}" for at in range(len(closes))], [symbol] * len(closes), days, values)
    return ImportRequest(rows, "test", dry_run=False)


@pytest.fixture
def history(database):
    return MarketHistory(database, AuditService(database, utc_now), utc_now, demo=False)


def imports(database):
    """Imports of a process whose clock stands still."""
    return MarketImports(database, AuditService(database, lambda: MOMENT), lambda: MOMENT)


def test_prices_come_back_bit_by_bit_as_they_were_known(database, history):
    first = imports(database).load(asked("A", 0.1, 1e12), CALLER)
    second = imports(database).load(asked("A", 0.1, 2.5, 3.25), CALLER)
    assert (second.new_count, second.corrected_count, second.unchanged_count) == (1, 1, 1)
    assert first.arrived_at < second.arrived_at
    now = history.known(("A",), None)["A"]
    assert now.bars.values[CLOSE].tolist() == [0.1, 2.5, 3.25]
    assert now.bars.values[HIGH].tolist() == [1 / 3] * 3
    assert now.bars.days.tolist() == [DAY, DAY + 1, DAY + 2]
    assert now.arrived_at == second.arrived_at
    (asset,) = history.assets()
    assert asset == Asset("A", date(2026, 1, 5), date(2026, 1, 7), second.arrived_at)
    then = history.known(("A",), first.arrived_at)["A"]
    assert then.bars.values[CLOSE].tolist() == [0.1, 1e12]


def test_imports_at_once_arrive_one_after_another(database, history):
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda close: imports(database).load(asked("A", close), CALLER), (1, 2, 3)))
    assert len({report.arrived_at for report in found}) == 3
    last = max(found, key=lambda report: report.arrived_at)
    assert sorted(report.new_count for report in found) == [0, 0, 1]
    closes = [history.known(("A",), report.arrived_at)["A"].bars.closes[0] for report in found]
    assert sorted(closes) == [1, 2, 3]
    assert history.known(("A",), None)["A"].bars.closes[0] == closes[found.index(last)]


def test_the_demo_universe_is_loaded_once_by_processes_that_begin_together(database):
    def read(_):
        audit = AuditService(database, utc_now)
        found = MarketHistory(database, audit, utc_now, demo=True).latest(LatestRequest(("CM-GOLD",)))
        return found.data["CM-GOLD"].price

    with ThreadPoolExecutor(2) as pool:
        prices = set(pool.map(read, range(2)))
    assert len(prices) == 1
    with database.read() as session:
        assert session.connection().exec_driver_sql("SELECT COUNT(*) FROM market_imports").scalar() == 1
        assert session.connection().exec_driver_sql("SELECT COUNT(*) FROM market_blocks").scalar() == 27
