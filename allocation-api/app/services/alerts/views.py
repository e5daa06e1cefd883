"""Who may read the alerts of a rule, and what lists of alerts are asked for and answered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.core.security import Permission
from app.services.alerts.types import Alert, AlertState, Event, RuleName, Severity
from app.services.domain.caller import Caller

PERMISSIONS: Mapping[RuleName, Permission | None] = {
    RuleName.DRIFT: Permission.PORTFOLIOS_READ,
    RuleName.NEEDS_REBALANCING: Permission.PORTFOLIOS_READ,
    RuleName.COMMIT_REFUSED: Permission.ALLOCATIONS_READ,
    RuleName.ORDER_UNKNOWN: Permission.ALLOCATIONS_READ,
    RuleName.CHAIN_BROKEN: Permission.AUDIT_READ,
    RuleName.VENDOR_STALE: None,
    RuleName.LEDGER_ABOVE_BOUND: Permission.REPORTS_READ,
    RuleName.TRADING_STOPPED: None,
    RuleName.JOB_FAILED: Permission.JOBS_MANAGE,
}
"""What a user needs to read the alerts of a rule; None is nothing."""

PUBLIC = frozenset({RuleName.VENDOR_STALE, RuleName.TRADING_STOPPED})
"""Rules whose alerts are for users whom portfolio groups limit, too, though they are of the whole desk."""


def may_read(rule: RuleName, caller: Caller) -> bool:
    """Return whether a user may read the alerts of a rule, as far as groups allow it."""
    needed = PERMISSIONS[rule]
    return needed is None or needed in caller.permissions


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts; None matches all, and all that is given holds together."""

    state: AlertState | None = None
    severity: Severity | None = None
    rule: RuleName | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class AlertWithHistory:
    """An alert with its events, oldest first."""

    alert: Alert
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """How many alerts are not resolved, by severity and state, and how many the user has not read.

    `told_until` is when the last of the unread ones was told; None without any.
    """

    info: int
    warning: int
    critical: int
    emergency: int
    open: int
    acknowledged: int
    unread: int
    told_until: datetime | None
    as_of: datetime
