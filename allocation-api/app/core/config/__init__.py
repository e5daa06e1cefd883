"""Settings: read once from the environment and `.env`, validated and immutable; one section per room."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

from app.core.config.access import AccessSettings, access_settings
from app.core.config.aladdin import AladdinSettings, aladdin_settings
from app.core.config.alerts import AlertsSettings, alerts_settings
from app.core.config.allocations import AllocationsSettings, allocations_settings
from app.core.config.backtest import BacktestSettings, backtest_settings
from app.core.config.database import database_url, mock_journal, mock_lock
from app.core.config.drift import DriftSettings, drift_settings
from app.core.config.events import EventsSettings, events_settings
from app.core.config.execution import ExecutionSettings, execution_settings
from app.core.config.jobs import JobsSettings, jobs_settings
from app.core.config.logins import LoginSettings, login_settings
from app.core.config.market_history import MarketHistorySettings, market_history_settings
from app.core.config.ops import OpsSettings, ops_settings
from app.core.config.optimization import OptimizationSettings, optimization_settings
from app.core.config.reader import API_DIR, Environment, Reader, SettingsError, SettingSpec
from app.core.config.reallocation import ReallocationSettings, reallocation_settings
from app.core.config.regimes import RegimesSettings, regimes_settings
from app.core.config.reports import ReportsSettings, reports_settings
from app.core.config.requests import RequestsSettings, requests_settings
from app.core.config.safety import SafetySettings, safety_settings
from app.core.config.server import ServerSettings, server_settings
from app.core.config.sign_on import SignOnSettings, sign_on_settings
from app.core.config.trading import TradingSettings, trading_settings
from app.core.config.unknown import unknown_settings

__all__ = [
    "API_DIR",
    "AladdinSettings",
    "ReportsSettings",
    "SettingSpec",
    "Settings",
    "SettingsError",
    "environment",
    "load_settings",
    "setting_specs",
]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of the service; `.env.example` documents each.

    `warnings` say which names of the environment look like settings and are none.
    """

    environment: Environment
    database_url: str = field(repr=False)
    business_date: date | None
    business_timezone: str
    server: ServerSettings
    access: AccessSettings
    logins: LoginSettings
    sign_on: SignOnSettings | None
    requests: RequestsSettings
    jobs: JobsSettings
    aladdin: AladdinSettings
    allocations: AllocationsSettings
    safety: SafetySettings
    trading: TradingSettings
    drift: DriftSettings
    optimization: OptimizationSettings
    reallocation: ReallocationSettings
    market_history: MarketHistorySettings
    regimes: RegimesSettings
    backtest: BacktestSettings
    reports: ReportsSettings
    execution: ExecutionSettings
    events: EventsSettings
    alerts: AlertsSettings
    ops: OpsSettings
    warnings: tuple[str, ...] = ()

    @property
    def is_development(self) -> bool:
        """Whether the secret and mock data have defaults."""
        return self.environment is Environment.DEVELOPMENT

    @property
    def vendor_processes(self) -> int:
        """Processes that call the vendor, each with an equal part of its quotas."""
        return self.server.workers + (0 if self.jobs.in_threads else self.jobs.workers)

    @property
    def zone(self) -> ZoneInfo:
        """The desk's time zone, in which its business dates begin and end."""
        return ZoneInfo(self.business_timezone)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite")


def environment() -> dict[str, str]:
    """Return the process environment over `allocation-api/.env` over the repository's `.env`."""
    merged: dict[str, str] = {}
    for file in (API_DIR.parent / ".env", API_DIR / ".env"):
        merged.update({k: v for k, v in dotenv_values(file, interpolate=False).items() if v})
    merged.update({k: v for k, v in os.environ.items() if v})
    return merged


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Build the settings from an environment; by default from the process's environment and `.env`.

    Raises
    ------
    SettingsError
        Naming every setting that is missing, invalid, or a misspelt safety switch.
    """
    given = environment() if env is None else env
    read = Reader(given)
    try:
        settings = _settings(read)
    except SettingsError as error:
        read.fail(str(error))
        read.check()
        raise
    unknown = unknown_settings(given, [spec.name for spec in read.specs])
    for name in unknown:
        if name.is_unsafe:
            read.fail(name.words)
    read.check()
    return replace(settings, warnings=tuple(name.words for name in unknown))


def setting_specs() -> tuple[SettingSpec, ...]:
    """Return every setting that the code reads, with its default in development."""
    read = Reader({})
    _settings(read)
    return read.specs


def _settings(read: Reader) -> Settings:
    kind = Environment(read.choice("FLASK_ENV", tuple(Environment), Environment.DEVELOPMENT))
    access = access_settings(read, kind)
    url = database_url(read)
    aladdin = aladdin_settings(read, kind, mock_journal(read, url), mock_lock(url))
    server = server_settings(read, kind, aladdin)
    requests = requests_settings(read, server.threads)
    return Settings(
        environment=kind,
        database_url=url,
        business_date=read.day("BUSINESS_DATE"),
        business_timezone=read.timezone("BUSINESS_TIMEZONE", "America/New_York"),
        server=server,
        access=access,
        logins=login_settings(read, kind, server, aladdin),
        sign_on=sign_on_settings(read),
        requests=requests,
        jobs=jobs_settings(read, aladdin, requests),
        aladdin=aladdin,
        allocations=allocations_settings(read),
        safety=safety_settings(read),
        trading=trading_settings(read, aladdin),
        drift=drift_settings(read),
        optimization=optimization_settings(read),
        reallocation=reallocation_settings(read),
        market_history=market_history_settings(read),
        regimes=regimes_settings(read),
        backtest=backtest_settings(read),
        reports=reports_settings(read),
        execution=execution_settings(read),
        events=events_settings(read, url),
        alerts=alerts_settings(read, kind),
        ops=ops_settings(read),
    )
