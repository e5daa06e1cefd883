"""Users and sessions."""

from __future__ import annotations

from app.services.access.auth import AuthService
from app.wiring.container import Room, Services


def build(house: Services) -> Room[AuthService]:
    """Build the service; create the demo users in development, and deactivate them elsewhere."""
    auth = AuthService(
        house.database, house.audit, house.clock, house.passwords, demo=house.settings.is_development
    )
    auth.ensure_demo_users()
    return Room(auth)
