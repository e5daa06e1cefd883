"""Composition root: `app.wiring.<room>` builds each room from those on the floors below it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from app.core import migrate
from app.core.clock import Clock, utc_now
from app.core.config import Settings, SettingsError
from app.core.database import Database
from app.core.jobs.embedded import Job
from app.core.redis_link import RedisLink
from app.core.security import Passwords
from app.core.sole import hold
from app.core.state_gauges import StateCollector, StateGauge
from app.services.jobs.kinds import Handler
from app.services.jobs.leader_lock import LeaderLock
from app.services.jobs.periodic import PeriodicWork
from app.wiring import (
    access,
    accounts,
    aladdin,
    alerts,
    allocations,
    audit,
    backtest,
    blotters,
    drift,
    events,
    execution,
    fairness,
    jobs,
    market_history,
    ops,
    optimization,
    preferences,
    proposals,
    reallocation,
    regimes,
    reports,
    requests,
    risk,
    safety,
    securities,
    trading,
)
from app.wiring.aladdin import MOCK_TWICE, READS_PER_REQUEST
from app.wiring.container import Room, Services

ROOMS: dict[str, Callable[[Services], Room[Any]]] = {
    "aladdin": aladdin.build,
    "audit": audit.build,
    "preferences": preferences.build,
    "requests": requests.build,
    "safety": safety.build,
    "jobs": jobs.build,
    "access": access.build,
    "accounts": accounts.build,
    "securities": securities.build,
    "ops": ops.build,
    "market_history": market_history.build,
    "fairness": fairness.build,
    "risk": risk.build,
    "regimes": regimes.build,
    "allocations": allocations.build,
    "trading": trading.build,
    "execution": execution.build,
    "drift": drift.build,
    "backtest": backtest.build,
    "blotters": blotters.build,
    "reports": reports.build,
    "proposals": proposals.build,
    "reallocation": reallocation.build,
    "optimization": optimization.build,
    "events": events.build,
    "alerts": alerts.build,
}
"""Builders of the rooms, lowest floor first."""


def hold_mock(settings: Settings) -> bool:
    """Make this process the only one of its host with a simulator inside on this database, until it ends.

    False where the vendor is shared, the real one or a simulator of its own process: there may be others.

    Raises
    ------
    SettingsError
        When another process is.
    """
    if not settings.aladdin.mock:
        return False
    if not hold(settings.aladdin.mock_lock):
        raise SettingsError(MOCK_TWICE)
    return True


def build_services(
    settings: Settings,
    *,
    clock: Clock | None = None,
    passwords: Passwords | None = None,
    transport: httpx.BaseTransport | None = None,
    sole: bool = False,
) -> Services:
    """Build every room on a database whose schema is up to date; the embedded one is upgraded.

    Parameters
    ----------
    settings : Settings
        Settings from `load_settings`.
    clock, passwords, transport
        Substitutes for tests. `transport` carries the HTTP calls to the vendor.
    sole
        Whether this is the only process that may send orders of the database, see `hold_mock`.
    """
    database = Database(settings.database_url)
    migrate.prepare(database)
    redis_url = settings.requests.redis_url
    house = Services(
        settings=settings,
        clock=clock or utc_now,
        database=database,
        passwords=passwords or Passwords(),
        pool=ThreadPoolExecutor(READS_PER_REQUEST * settings.server.threads, thread_name_prefix="reads"),
        transport=transport,
        sole=sole,
        redis=None if redis_url is None else RedisLink(redis_url),
    )
    periodic: list[Job] = []
    gauges: list[StateGauge] = []
    handlers: list[Handler[Any]] = []
    for name, build in ROOMS.items():
        room = build(house)
        setattr(house, name, room.service)
        periodic += room.jobs
        gauges += room.gauges
        handlers += room.handlers
    house.jobs.handlers.add(handlers)
    leader = LeaderLock(database, house.clock, sole=sole)
    house.periodic = PeriodicWork(periodic, leader, house.jobs.store, house.clock)
    house.state = StateCollector(database, gauges)
    return house
