"""Permissions, roles, and password hashing with Argon2id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Permission(StrEnum):
    """Permissions of users, as carried in the access token."""

    PORTFOLIOS_READ = "portfolios:read"
    SECURITIES_READ = "securities:read"
    MARKET_DATA_READ = "market-data:read"
    ALLOCATIONS_READ = "allocations:read"
    ALLOCATIONS_PREVIEW = "allocations:preview"
    ALLOCATIONS_COMMIT = "allocations:commit"
    ALLOCATIONS_APPROVE = "allocations:approve"
    ALLOCATIONS_SETTLE = "allocations:settle"
    WARNINGS_OVERRIDE = "allocations:override-warnings"
    COMPLIANCE_BYPASS = "compliance:bypass"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    REPORTS_READ = "reports:read"
    AUDIT_READ = "audit:read"
    FAIRNESS_POLICY = "fairness:policy"
    TRADING_STOP = "trading:stop"
    TRADING_RESUME = "trading:resume"
    REFERENCE_WRITE = "reference:write"


class Role(StrEnum):
    """Roles of users: named sets of permissions, in `ROLES`."""

    PORTFOLIO_MANAGER = "portfolio_manager"
    TRADER = "trader"
    COMPLIANCE = "compliance"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    READ_ONLY = "read_only"


_READ = frozenset(
    {
        Permission.PORTFOLIOS_READ,
        Permission.SECURITIES_READ,
        Permission.MARKET_DATA_READ,
        Permission.ALLOCATIONS_READ,
        Permission.ORDERS_READ,
        Permission.REPORTS_READ,
    }
)
_TRADE = _READ | {
    Permission.ALLOCATIONS_PREVIEW,
    Permission.ALLOCATIONS_COMMIT,
    Permission.ORDERS_WRITE,
}

ROLES: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.PORTFOLIO_MANAGER: _TRADE
        | {Permission.WARNINGS_OVERRIDE, Permission.AUDIT_READ, Permission.TRADING_STOP},
        Role.TRADER: _TRADE | {Permission.TRADING_STOP},
        Role.COMPLIANCE: _READ
        | {
            Permission.AUDIT_READ,
            Permission.FAIRNESS_POLICY,
            Permission.ALLOCATIONS_APPROVE,
            Permission.ALLOCATIONS_SETTLE,
            Permission.TRADING_STOP,
            Permission.TRADING_RESUME,
        },
        Role.AUDITOR: _READ | {Permission.AUDIT_READ},
        Role.ADMINISTRATOR: frozenset(
            {
                Permission.PORTFOLIOS_READ,
                Permission.SECURITIES_READ,
                Permission.AUDIT_READ,
                Permission.ALLOCATIONS_SETTLE,
                Permission.TRADING_STOP,
                Permission.TRADING_RESUME,
                Permission.REFERENCE_WRITE,
            }
        ),
        Role.READ_ONLY: _READ,
    }
)
"""What each role may do. A change here holds at once for every user of the role.

`compliance:bypass` is in none: it is granted to a user by its own name. Administrators do not trade.
"""


def effective_permissions(roles: Iterable[str], granted: Iterable[str]) -> tuple[Permission, ...]:
    """Return the permissions of roles and single grants together; unknown names give none."""
    held = {name for role in known_roles(roles) for name in ROLES[role]} | set(granted)
    return tuple(permission for permission in Permission if permission in held)


def known_roles(roles: Iterable[str]) -> tuple[Role, ...]:
    """Return the roles of these names, in the order of `Role`; unknown names are left out."""
    held = set(roles)
    return tuple(role for role in Role if role in held)


class Passwords:
    """Password hashing with Argon2id, by default with the library's cost parameters."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._decoy = self._hasher.hash("no account has this password")

    def hash(self, password: str) -> str:
        """Return the Argon2id hash of a password, salt and parameters included."""
        return self._hasher.hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Return whether the password matches; an unknown user (None) takes the same time as a known one."""
        try:
            matches = self._hasher.verify(password_hash or self._decoy, password)
        except (VerificationError, InvalidHashError):
            return False
        return matches and password_hash is not None
