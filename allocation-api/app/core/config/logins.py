"""Settings of logins: demo users, login brake and password rules."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.core.config.aladdin import AladdinSettings
from app.core.config.reader import Environment, Reader, SettingsError
from app.core.config.server import ServerSettings


@dataclass(frozen=True, slots=True)
class LoginSettings:
    """Demo users, login brake and password rules.

    So many failed logins within `lock_minutes` lock for as long: of a user name from one address, of a user
    name from all addresses together, and of one address with any names.
    """

    demo_users: bool
    max_failures: int
    max_failures_per_name: int
    max_failures_per_address: int
    lock_minutes: int
    password_min_characters: int


def login_settings(
    read: Reader, environment: Environment, server: ServerSettings, aladdin: AladdinSettings
) -> LoginSettings:
    """Read the section."""
    return LoginSettings(
        demo_users=_demo_users(read, environment, server, aladdin),
        max_failures=read.integer("LOGIN_MAX_FAILURES", 10, 3, 100),
        max_failures_per_name=read.integer("LOGIN_MAX_FAILURES_PER_NAME", 100, 3, 10_000),
        max_failures_per_address=read.integer("LOGIN_MAX_FAILURES_PER_ADDRESS", 50, 3, 10_000),
        lock_minutes=read.integer("LOGIN_LOCK_MINUTES", 15, 1, 1_440),
        password_min_characters=read.integer("PASSWORD_MIN_CHARACTERS", 12, 8, 64),
    )


def _demo_users(
    read: Reader, environment: Environment, server: ServerSettings, aladdin: AladdinSettings
) -> bool:
    """Return whether the demo users exist, whose password everybody knows.

    By default in development alone, with the built-in simulator, for clients of this machine. They can be
    asked for beside any simulator of this machine, and never beside a real Aladdin.
    """
    default = environment is Environment.DEVELOPMENT and aladdin.mock and _is_loopback(server.host)
    wanted = read.flag("DEMO_USERS", default=default)
    if wanted and not aladdin.mock and not _is_loopback(urlsplit(aladdin.host).hostname or ""):
        raise SettingsError(
            "DEMO_USERS must not be true with a real Aladdin (ALADDIN_HOST), because everybody knows the "
            "password of the demo users"
        )
    return wanted


def _is_loopback(host: str) -> bool:
    """Return whether a host is this machine, and no other reaches it."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
