"""Users, logins and sessions."""

from __future__ import annotations

from app.core.jobs.embedded import Job
from app.services.access.logins import LoginService
from app.services.access.sessions import SessionService
from app.services.access.users import UserService
from app.wiring.container import Access, Room, Services

CLEARING_SECONDS = 3_600
"""Period of the job that deletes expired sessions."""


def build(house: Services) -> Room[Access]:
    """Build the services; create the demo users in development, and deactivate them elsewhere."""
    users = UserService(house.database, house.clock, house.passwords, demo=house.settings.is_development)
    users.ensure_demo_users()
    lifetime = house.settings.access.refresh_token_lifetime
    sessions = SessionService(house.database, house.audit, house.clock, users, lifetime)
    return Room(
        Access(
            logins=LoginService(house.database, house.audit, house.passwords, users),
            users=users,
            sessions=sessions,
        ),
        jobs=(Job("old-sessions", CLEARING_SECONDS, sessions.forget_expired),),
    )
