"""Market regimes."""

from __future__ import annotations

from dataclasses import asdict

from app.services.kernels.regimes.types import Thresholds
from app.services.regimes.service import RegimeService
from app.wiring.container import Room, Services


def build(house: Services) -> Room[RegimeService]:
    """Build the classifier with the thresholds of the settings."""
    found = asdict(house.settings.regimes)
    bars_per_year = found.pop("bars_per_year")
    return Room(RegimeService(house.market_history.history, Thresholds(**found), bars_per_year, house.clock))
