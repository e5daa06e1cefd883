"""Permissions, roles, and password hashing with Argon2id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from threading import BoundedSemaphore
from types import MappingProxyType

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerificationError, VerifyMismatchError

from app.core.errors import AllocatorError


class Permission(StrEnum):
    """Permissions of users, as carried in the access token."""

    PORTFOLIOS_READ = "portfolios:read"
    SECURITIES_READ = "securities:read"
    MARKET_DATA_READ = "market-data:read"
    MARKET_HISTORY_READ = "market-history:read"
    MARKET_HISTORY_WRITE = "market-history:write"
    MONITORING_WRITE = "monitoring:write"
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
    TARGETS_WRITE = "targets:write"
    TRADING_STOP = "trading:stop"
    TRADING_RESUME = "trading:resume"
    REFERENCE_WRITE = "reference:write"
    USERS_MANAGE = "users:manage"
    JOBS_MANAGE = "jobs:manage"
    ALERTS_ACKNOWLEDGE = "alerts:acknowledge"
    ALERTS_MANAGE = "alerts:manage"
    BROKERS_READ = "brokers:read"
    BROKERS_CONNECT = "brokers:connect"
    BROKERS_TRADE = "brokers:trade"


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
        Permission.MARKET_HISTORY_READ,
        Permission.ALLOCATIONS_READ,
        Permission.ORDERS_READ,
        Permission.REPORTS_READ,
    }
)
_TRADE = _READ | {
    Permission.ALLOCATIONS_PREVIEW,
    Permission.ALLOCATIONS_COMMIT,
    Permission.ORDERS_WRITE,
    Permission.ALERTS_ACKNOWLEDGE,
    Permission.BROKERS_READ,
    Permission.BROKERS_CONNECT,
    Permission.BROKERS_TRADE,
}

ROLES: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.PORTFOLIO_MANAGER: _TRADE
        | {
            Permission.WARNINGS_OVERRIDE,
            Permission.AUDIT_READ,
            Permission.TARGETS_WRITE,
            Permission.MARKET_HISTORY_WRITE,
            Permission.MONITORING_WRITE,
            Permission.TRADING_STOP,
        },
        Role.TRADER: _TRADE | {Permission.TRADING_STOP},
        Role.COMPLIANCE: _READ
        | {
            Permission.AUDIT_READ,
            Permission.FAIRNESS_POLICY,
            Permission.TARGETS_WRITE,
            Permission.ALLOCATIONS_APPROVE,
            Permission.ALLOCATIONS_SETTLE,
            Permission.TRADING_STOP,
            Permission.TRADING_RESUME,
            Permission.ALERTS_ACKNOWLEDGE,
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
                Permission.MARKET_HISTORY_READ,
                Permission.MARKET_HISTORY_WRITE,
                Permission.USERS_MANAGE,
                Permission.JOBS_MANAGE,
                Permission.ALERTS_ACKNOWLEDGE,
                Permission.ALERTS_MANAGE,
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


MAX_HASHES_AT_ONCE = 2
"""Password hashes that a process computes at a time: each takes 64 MiB and a core."""

MAX_TURN_WAIT_SECONDS = 1.0
"""Longest wait for the turn to compute a hash."""


MIN_MEMORY_KIB = 8
"""Least memory of an Argon2 hash."""


class HashingBusy(AllocatorError):
    """Too many passwords are being checked; a short while later there is a turn again."""

    status, code, title = 503, "LOGIN_BUSY", "Too many logins at the same time"
    retry_after = 2.0


class Passwords:
    """Password hashing with Argon2id, by default with the library's cost parameters.

    Hashes are computed inside `turn` alone: a semaphore bounds them, so that a flood of logins takes neither
    all memory nor all cores. A refusal costs the same whatever is stored: no hash, none that can be read, or
    one of earlier parameters. What its own verification did not cost is computed for nothing.
    """

    def __init__(
        self, hasher: PasswordHasher | None = None, *, max_wait_seconds: float = MAX_TURN_WAIT_SECONDS
    ) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = BoundedSemaphore(MAX_HASHES_AT_ONCE)
        self._max_wait_seconds = max_wait_seconds

    @contextmanager
    def turn(self) -> Iterator[HashingTurn]:
        """Yield the right to compute hashes, one after another.

        Raises
        ------
        HashingBusy
            When no turn is free within a second.
        """
        if not self._turns.acquire(timeout=self._max_wait_seconds):
            raise HashingBusy("Many users log in at this moment. Try again in a few seconds")
        try:
            yield HashingTurn(self._hasher)
        finally:
            self._turns.release()

    def hash(self, password: str) -> str:
        """Return the Argon2id hash of a password, salt and parameters included."""
        with self.turn() as hashing:
            return hashing.hash(password)


class HashingTurn:
    """The right to compute hashes, as long as `Passwords.turn` lasts."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher

    def hash(self, password: str) -> str:
        """Return the Argon2id hash of a password, salt and parameters included."""
        return self._hasher.hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Return whether the password matches; None, an unknown user, takes the same time as a known one."""
        spent = 0
        try:
            if password_hash is not None:
                return self._hasher.verify(password_hash, password)
        except VerifyMismatchError:
            used = extract_parameters(password_hash or "")
            spent = used.time_cost * used.memory_cost
        except (VerificationError, ValueError):
            pass  # the hash cannot be read, so nothing was computed
        self._spend(self._hasher.time_cost * self._hasher.memory_cost - spent, password)
        return False

    def is_outdated(self, password_hash: str) -> bool:
        """Return whether a hash that was verified has other parameters than new ones get."""
        return self._hasher.check_needs_rehash(password_hash)

    def _spend(self, cost: int, password: str) -> None:
        """Compute a hash of this cost, passes times KiB, for nothing."""
        memory = cost // self._hasher.time_cost
        lanes = max(1, min(self._hasher.parallelism, memory // 8))  # Argon2 needs 8 KiB for each lane
        if memory >= MIN_MEMORY_KIB:
            type(self._hasher)(self._hasher.time_cost, memory, lanes).hash(password)
