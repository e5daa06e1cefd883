"""Reallocation, by market history, with the service that is asked for liquidity."""

from __future__ import annotations

from app.services.reallocation.liquidity import LiquidityService
from app.services.reallocation.service import ReallocationService
from app.services.reallocation.targets import Targets
from app.services.securities.lookup import SecurityLookup
from app.wiring.container import Room, Services


def build(house: Services) -> Room[ReallocationService]:
    """Build the service."""
    database, history = house.database, house.market_history.history
    return Room(
        ReallocationService(
            database,
            house.audit,
            history,
            Targets(history, house.drift.target_sets),
            LiquidityService(house.settings.reallocation, house.clock),
            house.blotters.service,
            SecurityLookup(database, house.aladdin.book),
            house.clock,
            house.aladdin.business_date,
        )
    )
