"""Market history: 20 assets over 10 years imported, and read as arrays.

Run with `make bench`, or `python -m benchmarks.market_history`, on a new SQLite database. `rows` are the same
days stored as one row each and read by a Core select into arrays: the ratio says what blocks of columns save,
whatever the machine is.
"""

from __future__ import annotations

import csv
import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Column, Date, Float, MetaData, String, Table, insert, select

from app.core import migrate
from app.core.clock import utc_now
from app.core.database import Database
from app.schemas.market_history_rows import COLUMNS, rows_of_csv
from app.services.audit.trail import AuditService
from app.services.domain.caller import Caller
from app.services.market_history.bars import Bars
from app.services.market_history.import_types import ImportRequest
from app.services.market_history.imports import MarketImports
from app.services.market_history.service import MarketHistory
from app.services.market_history.universe import MIN_DAYS, generate

CALLER = Caller("benchmark", "benchmark", frozenset(), "benchmark")
REPEATS = 5

METADATA = MetaData()
PRICES = Table(
    "benchmark_prices",
    METADATA,
    Column("symbol", String(32), primary_key=True),
    Column("day", Date, primary_key=True),
    *(Column(name, Float) for name in COLUMNS[2:]),
)


def as_csv(universe: dict[str, Bars]) -> bytes:
    """Return the universe as the file that a desk would send."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for symbol, bars in universe.items():
        for day, values in zip(bars.dates, bars.values.T, strict=True):
            writer.writerow([day, symbol, *(f"{value:.10g}" for value in values)])
    return text.getvalue().encode()


def best(work: Callable[[], Any]) -> float:
    """Return the seconds of the quickest of some runs."""
    seconds = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def store_rows(database: Database, universe: dict[str, Bars]) -> None:
    """Store each day as a row."""
    METADATA.create_all(database.engine)
    with database.write() as session:
        for symbol, bars in universe.items():
            dates = bars.dates.tolist()
            rows = [
                dict(zip(("symbol", "day", *COLUMNS[2:]), (symbol, day, *values), strict=True))
                for day, values in zip(dates, bars.values.T.tolist(), strict=True)
            ]
            session.execute(insert(PRICES), rows)


def read_rows(database: Database) -> dict[str, np.ndarray]:
    """Read the rows into arrays."""
    found: dict[str, list[Any]] = {}
    with database.read() as session:
        for symbol, day, *values in session.execute(select(PRICES).order_by(PRICES.c.symbol, PRICES.c.day)):
            found.setdefault(symbol, []).append((day.toordinal(), *values))
    return {symbol: np.array(rows) for symbol, rows in found.items()}


def main() -> None:
    """Print what an import and a read take."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'market.db'}")
        migrate.prepare(database)
        audit = AuditService(database, utc_now)
        universe = {
            symbol: bars.take(np.arange(MIN_DAYS)) for symbol, bars in generate(utc_now().date()).items()
        }
        file = as_csv(universe)
        begun, spent = time.perf_counter(), time.process_time()
        rows = rows_of_csv(file)
        read = time.perf_counter()
        report = MarketImports(database, audit, utc_now).load(
            ImportRequest(rows, "file", dry_run=False), CALLER
        )
        done, spent = time.perf_counter(), time.process_time() - spent
        assert report.new_count == 20 * MIN_DAYS  # noqa: S101
        print(f"{report.new_count:,} rows, {len(file) / 1e6:.1f} MB of CSV")
        took, reading = done - begun, read - begun
        print(f"import      {took:6.2f} s  of it reading the file {reading:.2f} s, CPU {spent:.2f} s")
        history = MarketHistory(database, audit, utc_now, demo=False)
        blocks = best(lambda: history.known(tuple(universe), None))
        store_rows(database, universe)
        single = best(lambda: read_rows(database))
        print(f"read blocks {blocks * 1e3:6.1f} ms")
        print(f"read rows   {single * 1e3:6.1f} ms  {single / blocks:.1f} times as long")
        database.close()


if __name__ == "__main__":
    sys.exit(main())
