"""Market history."""

from __future__ import annotations

from app.services.market_history.imports import MarketImports
from app.services.market_history.service import MarketHistory
from app.wiring.container import MarketData, Room, Services


def build(house: Services) -> Room[MarketData]:
    """Build reads and imports; with a simulated book, the demo universe is there on first use."""
    database, audit, clock = house.database, house.audit, house.clock
    return Room(
        MarketData(
            MarketHistory(database, audit, clock, demo=house.settings.aladdin.mock),
            MarketImports(database, audit, clock),
        )
    )
