"""Values of events and monitoring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

MAX_EVENT_ASSETS = 500
"""Assets of one event."""

MAX_SCHEDULES = 24
"""Scheduled times of one portfolio: as many as recalculations may be a day."""

MAX_INTERVAL_SECONDS = 604_800
"""Longest minimum interval between two recalculations."""


class EventSource(StrEnum):
    """The door by which an event came."""

    WEBHOOK = "WEBHOOK"
    DATABASE_WEBHOOK = "DATABASE_WEBHOOK"
    NOTIFY = "NOTIFY"
    REALTIME = "REALTIME"
    IMPORT = "IMPORT"


class EventKind(StrEnum):
    """What an event tells of."""

    MARKET_DATA = "MARKET_DATA"
    DEPOSIT = "DEPOSIT"
    WITHDRAWAL = "WITHDRAWAL"


class EventReceiptStatus(StrEnum):
    """What became of an event at its door: stored, or the same one was there already."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"


class AssetClass(StrEnum):
    """Class of an asset, which has a threshold of its own."""

    STOCKS = "stocks"
    BONDS = "bonds"
    FOREX = "forex"
    CRYPTO = "crypto"


class RecalculationState(StrEnum):
    """PENDING until it is due, QUEUED while it has a job; the others are final.

    A COVERED one had its events answered by another recalculation, which read its data after them.
    """

    PENDING = "PENDING"
    QUEUED = "QUEUED"
    DONE = "DONE"
    FAILED = "FAILED"
    COVERED = "COVERED"


class RecalculationReason(StrEnum):
    """Why a portfolio is recalculated; the first of several reasons.

    FIRST: it never was. NOT_MEASURABLE: the change cannot be measured, so that it may be significant.
    """

    FIRST = "FIRST"
    PRICE = "PRICE"
    VOLATILITY = "VOLATILITY"
    CORRELATION = "CORRELATION"
    NOT_MEASURABLE = "NOT_MEASURABLE"
    DEPOSIT = "DEPOSIT"
    WITHDRAWAL = "WITHDRAWAL"
    SCHEDULE = "SCHEDULE"
    REQUEST = "REQUEST"


class ChangeKind(StrEnum):
    """What clients are told of."""

    EVENT_RECEIVED = "EVENT_RECEIVED"
    RECALCULATION_PENDING = "RECALCULATION_PENDING"
    RECALCULATION_QUEUED = "RECALCULATION_QUEUED"
    RECALCULATION_DONE = "RECALCULATION_DONE"
    RECALCULATION_FAILED = "RECALCULATION_FAILED"
    RECALCULATION_COVERED = "RECALCULATION_COVERED"
    MONITOR_SET = "MONITOR_SET"


class RequestedState(StrEnum):
    """What becomes of a recalculation that a user asks for."""

    QUEUED = "recalculation_queued"


class ListenerName(StrEnum):
    """Doors that keep a connection."""

    NOTIFY = "NOTIFY"
    REALTIME = "REALTIME"


class ListenerState(StrEnum):
    """Whether a listener hears: OFF is not configured, LOST is trying to connect again."""

    OFF = "OFF"
    CONNECTED = "CONNECTED"
    LOST = "LOST"


class MonitorState(StrEnum):
    """The state of monitoring: DEGRADED where a listener has no connection, or events wait for long."""

    ACTIVE = "active"
    DEGRADED = "degraded"


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price before and after, as the sender of an event states it."""

    before: float
    after: float


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event at a door. `key` tells it from every other one, over all attempts to deliver it.

    `occurred_at` is when it happened, None where the sender does not say.
    `row_id` is the id of the row of the source's table that it tells of, where that has one.
    """

    key: str
    source: EventSource
    kind: EventKind
    occurred_at: datetime | None
    assets: tuple[str, ...] = ()
    portfolio_id: str | None = None
    changes: Mapping[str, PriceChange] = field(default_factory=dict)
    row_id: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an event at its door."""

    event_id: str
    status: EventReceiptStatus
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Relative changes from which on an event is significant (R26.3).

    `price` holds for assets without a class; correlation is the largest move of a coefficient.
    """

    price: float = 0.01
    volatility: float = 0.2
    correlation: float = 0.15
    stocks: float = 0.01
    bonds: float = 0.005
    forex: float = 0.008
    crypto: float = 0.03

    def price_of(self, asset_class: AssetClass | None) -> float:
        """Return the threshold of prices of a class."""
        match asset_class:
            case None:
                return self.price
            case AssetClass.STOCKS:
                return self.stocks
            case AssetClass.BONDS:
                return self.bonds
            case AssetClass.FOREX:
                return self.forex
            case AssetClass.CRYPTO:
                return self.crypto


@dataclass(frozen=True, slots=True)
class MonitorConfig:
    """How a portfolio is monitored; times are of the desk's day, like 09:30."""

    automatic_recalculation: bool = True
    significance_thresholds: Thresholds = Thresholds()
    minimum_interval: int = 3_600
    scheduled_recalculations: tuple[str, ...] = ()
    asset_classes: Mapping[str, AssetClass] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timing:
    """Times that hold for all portfolios: how long events are collected, and how many recalculations a day.

    Events that go on coming put a recalculation off until `MAX_DEBOUNCES` times `debounce` after the first.
    """

    debounce: timedelta
    max_per_day: int


@dataclass(frozen=True, slots=True)
class Recalculation:
    """A recalculation as it is shown; `due_at` is that of a PENDING one by what is known now.

    It is None while the portfolio's automatic recalculation is off, too.
    """

    recalculation_id: str
    state: RecalculationState
    reason: RecalculationReason
    requested_by: str
    first_event_at: datetime
    last_event_at: datetime
    event_count: int
    due_at: datetime | None
    job_id: str | None
    queued_at: datetime | None
    known_at: datetime | None
    ended_at: datetime | None
    result: str | None


@dataclass(frozen=True, slots=True)
class Listener:
    """The connection of a listener."""

    name: ListenerName
    state: ListenerState
    changed_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class MonitorStatus:
    """The state of monitoring as a whole."""

    status: MonitorState
    last_etl_update: datetime | None
    last_recalculation: datetime | None
    monitored_assets: int
    active_portfolios: int
    pending_recalculations: int
    waiting_events: int
    listeners: tuple[Listener, ...]


@dataclass(frozen=True, slots=True)
class PortfolioStatus:
    """How a portfolio is monitored, and what became of it; `version` 0 is the default configuration."""

    portfolio_id: str
    assets: tuple[str, ...]
    config: MonitorConfig
    version: int
    last_recalculation: datetime | None
    next_scheduled_at: datetime | None
    recalculations_of_day: int
    max_per_day: int
    recalculations: tuple[Recalculation, ...]


@dataclass(frozen=True, slots=True)
class RequestedRecalculation:
    """A recalculation that a user has asked for; how long the last ones took tells when it may be done."""

    request_time: datetime
    estimated_completion: datetime | None
    job_id: str
    recalculation_id: str
    status: RequestedState = RequestedState.QUEUED


@dataclass(frozen=True, slots=True)
class Change:
    """A change that clients are told of."""

    sequence: int
    at: datetime
    kind: ChangeKind
    portfolio_id: str | None
    event_id: str | None
    recalculation_id: str | None
