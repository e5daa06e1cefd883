"""What the room speaks in: findings, alerts, their events, and what becomes of deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Severity(StrEnum):
    """How bad it is; EMERGENCY breaks through quiet hours and digests."""

    INFO = "INFO"
    WARNING = "WARNING"
    CRITICAL = "CRITICAL"
    EMERGENCY = "EMERGENCY"

    @property
    def rank(self) -> int:
        """Place in the order, from 0."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


def from_floor(floor: Severity) -> tuple[Severity, ...]:
    """Return the severities from a floor on."""
    return tuple(severity for severity in Severity if severity.rank >= floor.rank)


class AlertState(StrEnum):
    """OPEN until somebody acknowledges it, RESOLVED as soon as its finding is gone."""

    OPEN = "OPEN"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RESOLVED = "RESOLVED"


ACTIVE = (AlertState.OPEN, AlertState.ACKNOWLEDGED)
"""States in which the finding is there."""


class EventKind(StrEnum):
    """Events in the life of an alert; RETURNED is a finding that came back within its cooldown."""

    OPENED = "OPENED"
    RAISED = "RAISED"
    ESCALATED = "ESCALATED"
    RETURNED = "RETURNED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RESOLVED = "RESOLVED"


TOLD = (EventKind.OPENED, EventKind.RAISED, EventKind.ESCALATED)
"""Events that channels are told of."""


class RuleName(StrEnum):
    """Rules over facts."""

    DRIFT = "DRIFT"
    NEEDS_REBALANCING = "NEEDS_REBALANCING"
    COMMIT_REFUSED = "COMMIT_REFUSED"
    ORDER_UNKNOWN = "ORDER_UNKNOWN"
    CHAIN_BROKEN = "CHAIN_BROKEN"
    VENDOR_STALE = "VENDOR_STALE"
    LEDGER_ABOVE_BOUND = "LEDGER_ABOVE_BOUND"
    TRADING_STOPPED = "TRADING_STOPPED"
    JOB_FAILED = "JOB_FAILED"


MAX_KEY, MAX_TEXT, MAX_LINK = 255, 1_000, 255
"""Characters of a key, a text and a link that are stored."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule finds now; the key says what is the same finding, whichever process looks.

    `text` is for people. `link` is a page of the workbench. `groups` are the portfolio groups that it is
    about, none for the whole desk; where it is about one account, `groups` are those that the account is in.
    `target_groups` are those among them whose targets it tells. `user_id` is a user whose own matter it is.
    `parts` are what was found one by one, in few characters each: one that was not there before is told.
    """

    key: str
    subject: str
    severity: Severity
    text: str
    link: str | None = None
    groups: frozenset[str] = frozenset()
    user_id: str | None = None
    account_id: str | None = None
    target_groups: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NotKnown:
    """A subject of which a rule cannot say anything now: its alerts stay as they are."""

    subject: str


class Rule(Protocol):
    """A rule over facts; `views.py` says who may read its alerts."""

    name: RuleName

    def findings(self) -> Sequence[Finding | NotKnown] | None:
        """Return what is found now, each key once; None where that cannot be said now.

        After None, and after an error, the alerts of the rule stay as they are.
        """


@dataclass(frozen=True, slots=True)
class Event:
    """An event of an alert as it is stored; `username` and `note` are of who acknowledged it."""

    event_id: str
    at: datetime
    kind: EventKind
    severity: Severity
    text: str
    username: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as users see it; `unread` is of the user who asks."""

    alert_id: str
    rule: RuleName
    subject: str
    text: str
    link: str | None
    groups: tuple[str, ...]
    severity: Severity
    state: AlertState
    opened_at: datetime
    last_seen_at: datetime
    count: int
    escalates_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    note: str | None
    resolved_at: datetime | None
    version: int
    unread: bool


class ChannelKind(StrEnum):
    """How a channel tells: by mail, or by a request to a web service."""

    EMAIL = "EMAIL"
    WEBHOOK = "WEBHOOK"


class Body(StrEnum):
    """What a webhook is sent: JSON for programs, the text of a chat (Slack's format), or an SMS."""

    JSON = "JSON"
    CHAT = "CHAT"
    SMS = "SMS"


class Digest(StrEnum):
    """Whether alerts are sent one by one, or collected for an hour or a day."""

    NONE = "NONE"
    HOURLY = "HOURLY"
    DAILY = "DAILY"


class DeliveryState(StrEnum):
    """What becomes of a message: DEAD was given up, CANCELLED has lost its channel."""

    PENDING = "PENDING"
    SENDING = "SENDING"
    SENT = "SENT"
    DEAD = "DEAD"
    CANCELLED = "CANCELLED"


class DeliveryError(StrEnum):
    """Why a message was not delivered."""

    UNREACHABLE = "UNREACHABLE"
    """Nobody answers at the address, or not in time, or nobody who is trusted."""

    REFUSED = "REFUSED"
    """The receiver says no, and would say so again."""

    RECEIVER_FAILED = "RECEIVER_FAILED"
    """The receiver failed or is too busy."""

    NOT_CONFIGURED = "NOT_CONFIGURED"
    """The settings do not allow it: mail server, host, secret or a login that is right is missing."""

    INTERRUPTED = "INTERRUPTED"
    """The process ended while it was sending; whether it was delivered is not known."""
