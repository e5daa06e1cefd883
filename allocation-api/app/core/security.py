"""Permissions, and password hashing with Argon2id."""

from __future__ import annotations

from enum import StrEnum

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


NOT_OF_PORTFOLIO_MANAGERS = frozenset(
    {
        Permission.COMPLIANCE_BYPASS,
        Permission.FAIRNESS_POLICY,
        Permission.ALLOCATIONS_APPROVE,
        Permission.ALLOCATIONS_SETTLE,
    }
)

PORTFOLIO_MANAGER = tuple(p for p in Permission if p not in NOT_OF_PORTFOLIO_MANAGERS)
"""Permissions of portfolio managers: not to switch compliance off, nor what those who supervise decide."""

SUPERVISOR = (
    Permission.PORTFOLIOS_READ,
    Permission.SECURITIES_READ,
    Permission.MARKET_DATA_READ,
    Permission.ALLOCATIONS_READ,
    Permission.ORDERS_READ,
    Permission.REPORTS_READ,
    Permission.AUDIT_READ,
    Permission.FAIRNESS_POLICY,
    Permission.ALLOCATIONS_APPROVE,
    Permission.ALLOCATIONS_SETTLE,
)
"""Permissions of those who supervise: they read everything, approve, settle, state the policy; no trading."""


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
