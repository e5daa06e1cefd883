"""Risk."""

from __future__ import annotations

from app.services.risk.service import RiskService
from app.wiring.container import Room, Services


def build(house: Services) -> Room[RiskService]:
    """Build the measuring of portfolios by market history."""
    return Room(RiskService(house.market_history.history))
