"""Market history."""

from __future__ import annotations

from app.core.jobs.embedded import Job, Where
from app.services.jobs.kinds import Handler
from app.services.market_history.imports import MarketImports
from app.services.market_history.refresh import MarketRefreshes
from app.services.market_history.refresh_types import REFRESH
from app.services.market_history.service import MarketHistory
from app.wiring.container import MarketData, Room, Services


def build(house: Services) -> Room[MarketData]:
    """Build reads, imports and refreshes; with a simulated book, the demo universe is there on first use."""
    database, audit, clock = house.database, house.audit, house.clock
    settings = house.settings.market_history
    imports = MarketImports(database, audit, clock)
    refreshes = MarketRefreshes(database, imports, house.jobs.service, settings, clock)
    every = settings.interval
    return Room(
        MarketData(
            MarketHistory(database, audit, clock, demo=house.settings.aladdin.mock), imports, refreshes
        ),
        jobs=()
        if every is None
        else (Job("refresh-market-data", every.total_seconds(), refreshes.scheduled, Where.SCHEDULE),),
        handlers=(Handler(REFRESH, refreshes.work),),
    )
