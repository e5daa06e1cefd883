"""What is asked of a refresh from an exchange, and what became of it by symbol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.core.config.market_history import ExchangeName, MarketSetting
from app.services.jobs.kinds import JobKind
from app.services.market_history.exchange import ExchangeFault


@dataclass(frozen=True, slots=True)
class RefreshWork:
    """The markets to refresh, one a line of the job, and who asked for it."""

    markets: tuple[MarketSetting, ...]
    user_id: str
    username: str
    request_id: str


REFRESH = JobKind("market_history.refresh", RefreshWork)


@dataclass(frozen=True, slots=True)
class AskedRefresh:
    """The job of a refresh."""

    job_id: str


@dataclass(frozen=True, slots=True)
class MissingDays:
    """Days in a row that were asked for, and of which the exchange has no bar."""

    first_date: date
    last_date: date
    day_count: int


@dataclass(frozen=True, slots=True)
class SymbolRefresh:
    """What became of the last refresh of a symbol; all is None or 0 before the first one.

    `fault` and `message` say why it failed. Days and counts are of the last one that did not.
    """

    symbol: str
    market: str
    job_id: str | None = None
    tried_at: datetime | None = None
    fault: ExchangeFault | None = None
    message: str | None = None
    failures_in_row: int = 0
    succeeded_at: datetime | None = None
    import_id: str | None = None
    first_date: date | None = None
    last_date: date | None = None
    row_count: int = 0
    new_count: int = 0
    corrected_count: int = 0
    gaps: tuple[MissingDays, ...] = ()
    findings: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refreshes:
    """The exchange, the hours between two refreshes, and each of its symbols."""

    exchange: ExchangeName | None
    interval_hours: int | None
    symbols: tuple[SymbolRefresh, ...]
