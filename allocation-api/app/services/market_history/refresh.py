"""Refreshes of market history from an exchange: jobs that import the daily bars that are over.

One refresh is open at a time, whoever asks. Each symbol is a line of the job: its bars, what is reported of
it and the progress are stored in one transaction. Days without a bar are reported and never filled.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import numpy as np
import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.config.market_history import ExchangeSettings, MarketHistorySettings, MarketSetting
from app.core.database import Database, rows_changed
from app.models import JobRow, MarketRefreshRow
from app.services.domain.caller import Caller
from app.services.jobs.jobs import JobService
from app.services.jobs.progress import Progress
from app.services.jobs.schedules import SYSTEM
from app.services.jobs.states import OPEN
from app.services.market_history import store
from app.services.market_history.bars import Bars, Days, date_of, day_number
from app.services.market_history.errors import ExchangeOff, RefreshFailed
from app.services.market_history.exchange import Exchange, ExchangeError, ExchangeFault
from app.services.market_history.import_types import ImportReport, ImportRequest, Rows
from app.services.market_history.imports import MarketImports
from app.services.market_history.refresh_types import (
    REFRESH,
    AskedRefresh,
    MissingDays,
    Refreshes,
    RefreshWork,
    SymbolRefresh,
)

OVERLAP_DAYS = 3
"""Stored days that are fetched again: what the exchange has corrected since supersedes them."""

PATH = "/v1/data/market/refresh"

log = structlog.get_logger(__name__)

# Here and not at the first use: msgspec must not inspect a class in two threads at once.
_GAPS = msgspec.json.Decoder(tuple[MissingDays, ...])
_FINDINGS = msgspec.json.Decoder(dict[str, int])


class _IsOpen(Exception):
    """A refresh is open already."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id)
        self.job_id = job_id


class MarketRefreshes:
    """Asks for refreshes, does their work, and shows the last one of each symbol.

    Parameters
    ----------
    exchange : callable
        Makes the client of an exchange, one for each job.
    """

    def __init__(
        self,
        database: Database,
        imports: MarketImports,
        jobs: JobService,
        settings: MarketHistorySettings,
        clock: Clock,
        exchange: Callable[[ExchangeSettings], Exchange] = Exchange,
    ) -> None:
        self._database = database
        self._imports = imports
        self._jobs = jobs
        self._settings = settings
        self._clock = clock
        self._exchange = exchange

    def ask(self, caller: Caller) -> AskedRefresh:
        """Ask for a refresh of all symbols; one that is open is this one.

        Raises
        ------
        ExchangeOff
            When there is no exchange.
        """
        markets = self._configured().markets
        work = RefreshWork(markets, caller.user_id, caller.username, caller.request_id)
        try:
            job_id = self._jobs.submit(REFRESH, work, caller, total=len(markets), alongside=_alone)
        except _IsOpen as found:
            return AskedRefresh(found.job_id)
        return AskedRefresh(job_id)

    def scheduled(self) -> None:
        """Ask for the refresh that is due."""
        self.ask(SYSTEM)

    def last(self) -> Refreshes:
        """Return what became of the last refresh of each symbol."""
        exchange, interval = self._settings.exchange, self._settings.interval
        if exchange is None:
            return Refreshes(None, None, ())
        with self._database.read() as session:
            rows = {row.symbol: row for row in session.scalars(select(MarketRefreshRow))}
        hours = None if interval is None else interval // timedelta(hours=1)
        shown = tuple(_shown(each, rows.get(each.symbol), exchange.name) for each in exchange.markets)
        return Refreshes(exchange.name, hours, shown)

    def work(self, progress: Progress, asked: RefreshWork) -> str:
        """Refresh the symbols that are left, and return the path of the report.

        Raises
        ------
        ExchangeOff
            When there is no exchange any more.
        RefreshFailed
            When a symbol failed, after all were tried.
        """
        exchange = self._exchange(self._configured())
        for market in asked.markets[progress.done :]:
            progress.describe(phase=market.symbol)
            progress.advance(self._refreshed(exchange, market, progress, asked))
        with self._database.read() as session:
            of_job = (MarketRefreshRow.job_id == progress.job_id, MarketRefreshRow.fault.is_not(None))
            failed = session.scalars(select(MarketRefreshRow.symbol).where(*of_job)).all()
        if failed:
            raise RefreshFailed(f"Not refreshed: {', '.join(sorted(failed))}. GET {PATH} says why.")
        return PATH

    def _configured(self) -> ExchangeSettings:
        exchange = self._settings.exchange
        if exchange is None:
            raise ExchangeOff("MARKET_EXCHANGE names no exchange: prices are imported from files alone.")
        return exchange

    def _refreshed(
        self, exchange: Exchange, market: MarketSetting, progress: Progress, asked: RefreshWork
    ) -> Callable[[Session], None]:
        """Fetch the bars of a symbol, and return what stores them with what is reported."""
        source = self._configured().name
        first, last = self._wanted(market.symbol)
        named: dict[str, Any] = {"exchange": source, "market": market.market, "job_id": progress.job_id}
        try:
            bars = exchange.daily(market.market, first, last, progress.check)
        except ExchangeError as error:
            log.warning("a symbol was not refreshed", symbol=market.symbol, fault=error.fault)
            fault, words = error.fault, str(error)
            return lambda session: self._failed(session, market.symbol, named, fault, words)
        if not len(bars.days):
            words = f"It has no bar from {date_of(first)} to {date_of(last)}."
            return lambda session: self._failed(session, market.symbol, named, ExchangeFault.NO_BARS, words)
        named["gaps"] = _json(_gaps(bars.days, first, last))
        caller = Caller(asked.user_id, asked.username, frozenset(), asked.request_id)
        request = ImportRequest(_rows(market.symbol, bars), source, dry_run=False)
        return lambda session: self._store(session, market.symbol, named, request, caller)

    def _wanted(self, symbol: str) -> tuple[int, int]:
        """Return the first and the last day to ask for; the last one is over."""
        exchange = self._configured()
        yesterday = day_number(self._clock().date()) - 1
        with self._database.read() as session:
            known = store.last_date(session, symbol, exchange.name)
        if known is None:
            return yesterday - exchange.days + 1, yesterday
        return min(day_number(known) - OVERLAP_DAYS + 1, yesterday), yesterday

    def _store(
        self, session: Session, symbol: str, named: dict[str, Any], request: ImportRequest, caller: Caller
    ) -> None:
        store.lock(session)
        report = self._imports.report(session, request)
        if report.refused_count:
            words = next(each.message for each in report.findings if each.is_refused)
            self._failed(session, symbol, named, ExchangeFault.ROWS_REFUSED, words)
            return
        if report.new_count or report.corrected_count:
            report = self._imports.within(session, request, caller)
        self._put(session, symbol, {**named, **_counts(report), **_success(self._clock())})

    def _failed(
        self, session: Session, symbol: str, named: dict[str, Any], fault: ExchangeFault, words: str
    ) -> None:
        store.lock(session)
        row = session.get(MarketRefreshRow, symbol)
        earlier = row if row and (row.exchange, row.market) == (named["exchange"], named["market"]) else None
        count = 1 if earlier is None else earlier.failures_in_row + 1
        told = {} if earlier else dict(_NOTHING)
        told |= {name: named[name] for name in ("exchange", "market", "job_id")}
        told |= {"tried_at": self._clock(), "fault": fault, "message": words, "failures_in_row": count}
        self._put(session, symbol, told)

    def _put(self, session: Session, symbol: str, values: dict[str, Any]) -> None:
        of_symbol = update(MarketRefreshRow).where(MarketRefreshRow.symbol == symbol)
        if not rows_changed(session, of_symbol.values(**values)):
            session.add(MarketRefreshRow(symbol=symbol, **values))


_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("succeeded_at", "import_id", "first_date", "last_date")),
    "row_count": 0,
    "new_count": 0,
    "corrected_count": 0,
    "gaps": "[]",
    "findings": "{}",
}


def _alone(session: Session, job_id: str) -> None:
    """Keep a refresh from being stored beside one that is open."""
    store.lock(session)
    others = (JobRow.kind == REFRESH.name, JobRow.state.in_(OPEN), JobRow.id != job_id)
    found = session.scalars(select(JobRow.id).where(*others)).first()
    if found is not None:
        raise _IsOpen(found)


def _rows(symbol: str, bars: Bars) -> Rows:
    count = len(bars.days)
    paths = [f"rows.{place}" for place in range(count)]
    values = [(row[0], row[1], row[2], row[3], row[4]) for row in bars.values.T.tolist()]
    return Rows(paths, [symbol] * count, bars.days.tolist(), values)


def _gaps(days: Days, first: int, last: int) -> list[MissingDays]:
    """Return the days from first to last that are not there, run by run."""
    missing = np.setdiff1d(np.arange(first, last + 1), days)
    runs = np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1)
    return [MissingDays(date_of(run[0]), date_of(run[-1]), len(run)) for run in runs if len(run)]


def _counts(report: ImportReport) -> dict[str, Any]:
    (asset,) = report.assets
    return {
        "import_id": report.import_id,
        "first_date": asset.first_date,
        "last_date": asset.last_date,
        "row_count": report.row_count,
        "new_count": report.new_count,
        "corrected_count": report.corrected_count,
        "findings": _json(report.counts),
    }


def _success(now: object) -> dict[str, Any]:
    return {"tried_at": now, "succeeded_at": now, "fault": None, "message": None, "failures_in_row": 0}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _shown(market: MarketSetting, row: MarketRefreshRow | None, exchange: str) -> SymbolRefresh:
    """Return what is told of a symbol; a refresh from another market than the one of now is none of it."""
    if row is None or (row.market, row.exchange) != (market.market, exchange):
        return SymbolRefresh(market.symbol, market.market)
    return SymbolRefresh(
        symbol=row.symbol,
        market=row.market,
        job_id=row.job_id,
        tried_at=row.tried_at,
        fault=None if row.fault is None else ExchangeFault(row.fault),
        message=row.message,
        failures_in_row=row.failures_in_row,
        succeeded_at=row.succeeded_at,
        import_id=row.import_id,
        first_date=row.first_date,
        last_date=row.last_date,
        row_count=row.row_count,
        new_count=row.new_count,
        corrected_count=row.corrected_count,
        gaps=_GAPS.decode(row.gaps),
        findings=_FINDINGS.decode(row.findings),
    )
