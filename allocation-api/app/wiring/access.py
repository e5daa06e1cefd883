"""Users, logins and sessions."""

from __future__ import annotations

from app.services.access.logins import LoginService
from app.services.access.sessions import SessionService
from app.services.access.users import UserService
from app.wiring.container import Access, Room, Services


def build(house: Services) -> Room[Access]:
    """Build the services; create the demo users in development, and deactivate them elsewhere."""
    users = UserService(house.database, house.clock, house.passwords, demo=house.settings.is_development)
    users.ensure_demo_users()
    return Room(
        Access(
            logins=LoginService(house.database, house.audit, house.passwords, users),
            users=users,
            sessions=SessionService(house.database, house.audit, house.clock),
        )
    )
