"""Users, logins and sessions."""

from __future__ import annotations

import httpx
import structlog

from app.core.config.sign_on import SignOnSettings
from app.core.jobs.embedded import Job, Where
from app.core.state_gauges import StateGauge
from app.services.access.administration import UserAdministration
from app.services.access.brake import BrakeLimits, LoginBrake
from app.services.access.logins import LoginService
from app.services.access.passwords import PasswordRules
from app.services.access.provider import OpenIdProvider
from app.services.access.sessions import SessionService
from app.services.access.sign_on import SignOnService
from app.services.access.users import UserService
from app.services.requests.gate import VendorGate
from app.wiring.container import Access, Room, Services

SWEEP_SECONDS = 15
"""Seconds between two runs of the job that keeps the login brake's table small."""

SIGN_ONS_AT_ONCE = 2
"""Requests of a process that wait for the identity provider at a time."""

CLEARING_SECONDS = 3_600
"""Period of the job that deletes expired sessions."""

log = structlog.get_logger(__name__)


def build(house: Services) -> Room[Access]:
    """Build the services; create the demo users where they are allowed, and deactivate them elsewhere."""
    database, audit, clock, passwords = house.database, house.audit, house.clock, house.passwords
    settings = house.settings.logins
    users = UserService(database, clock, passwords, demo=settings.demo_users)
    users.ensure_demo_users()
    brake = LoginBrake(database, audit, clock, BrakeLimits.of(settings))
    rules = PasswordRules(settings.password_min_characters)
    administration = UserAdministration(database, audit, clock, passwords, users, brake, rules)
    if not administration.has_administrator():
        log.warning("no user may manage users", command="python -m app users add NAME --role administrator")
    lifetime = house.settings.access.refresh_token_lifetime
    sessions = SessionService(database, audit, clock, users, lifetime)
    return Room(
        Access(
            logins=LoginService(database, audit, clock, passwords, users, brake, rules),
            users=users,
            administration=administration,
            sessions=sessions,
            sign_on=_sign_on(house, users, sessions),
        ),
        jobs=(
            Job("login-brake", SWEEP_SECONDS, brake.sweep, Where.EVERY_PROCESS, last=True),
            Job("old-sessions", CLEARING_SECONDS, sessions.forget_expired, Where.SCHEDULE),
        ),
        gauges=(
            StateGauge(
                "allocator_sessions_open",
                "Sessions that have neither ended nor expired.",
                lambda session: {"": sessions.count_open(session)},
            ),
        ),
    )


def _sign_on(house: Services, users: UserService, sessions: SessionService) -> SignOnService:
    settings = house.settings.sign_on
    provider = None if settings is None else _provider(house, settings)
    return SignOnService(house.database, house.audit, house.clock, users, sessions, provider, settings)


def _provider(house: Services, settings: SignOnSettings) -> OpenIdProvider:
    gate = VendorGate(house.settings.server.threads, SIGN_ONS_AT_ONCE)
    return OpenIdProvider(settings, httpx.Client(), house.clock, gate)
