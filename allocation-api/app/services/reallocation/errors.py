"""Errors of reallocation."""

from __future__ import annotations

from app.core.errors import Conflict


class NothingPlanned(Conflict):
    """The reallocation has no trades, so that there is no blotter to be made of it."""

    code, title = "NOTHING_PLANNED", "The reallocation has no trades"


class ReallocationStale(Conflict):
    """The reallocation is of another business date."""

    code, title = "REALLOCATION_STALE", "The reallocation is not of today"


class VaultLimitsViolated(Conflict):
    """The reallocation was evaluated with the limits of the vault, and violates one."""

    code, title = "VAULT_LIMITS_VIOLATED", "Limits of the vault are violated"
