"""Preferences of users."""

from __future__ import annotations

from app.services.preferences.preferences import PreferenceService
from app.wiring.container import Room, Services


def build(house: Services) -> Room[PreferenceService]:
    """Build the service."""
    return Room(PreferenceService(house.database, house.clock))
