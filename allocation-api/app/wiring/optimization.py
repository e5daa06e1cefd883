"""Optimised portfolios."""

from __future__ import annotations

from app.services.optimization.service import OptimizationService
from app.wiring.container import Room, Services


def build(house: Services) -> Room[OptimizationService]:
    """Build the optimiser over market history."""
    return Room(
        OptimizationService(
            house.database, house.market_history.history, house.clock, house.settings.optimization.seconds
        )
    )
