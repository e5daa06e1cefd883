"""Settings of events: webhooks, listeners, and when portfolios are recalculated."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

from app.core.config.reader import Reader
from app.core.webhook_signature import secret_fault

TABLE = re.compile(r"([a-z_][a-z0-9_]{0,62})\.([a-z_][a-z0-9_]{0,62})")
"""A table with its schema, as PostgreSQL folds names that are not quoted."""

CHANNEL = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class EventTables:
    """Tables of another system whose changes are events, each as `schema.table`; None is none."""

    prices: str | None
    deposits: str | None
    withdrawals: str | None

    @property
    def named(self) -> tuple[str, ...]:
        """The tables that are set."""
        return tuple(each for each in (self.prices, self.deposits, self.withdrawals) if each is not None)


@dataclass(frozen=True, slots=True)
class ListenSettings:
    """Where notifications (LISTEN) come from: a direct connection, since a pooler keeps no session."""

    url: str = field(repr=False)
    channel: str


@dataclass(frozen=True, slots=True)
class RealtimeSettings:
    """A Supabase project, and the key with which its Realtime and its tables are read."""

    url: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EventsSettings:
    """Webhooks are off without a secret; one is taken for `window` around its time.

    Events of a portfolio are collected for `debounce`, and it is recalculated at most `max_per_day` times in
    24 hours. What is over is deleted after `lifetime`.
    """

    webhook_secret: str | None = field(repr=False)
    window: timedelta
    tables: EventTables
    debounce: timedelta
    max_per_day: int
    lifetime: timedelta
    listen: ListenSettings | None
    realtime: RealtimeSettings | None


def events_settings(read: Reader, database_url: str) -> EventsSettings:
    """Read the section."""
    return EventsSettings(
        webhook_secret=_secret(read),
        window=timedelta(seconds=read.integer("EVENT_WEBHOOK_SECONDS", 300, 10, 3_600)),
        tables=EventTables(
            _table(read, "EVENT_PRICE_TABLE"),
            _table(read, "EVENT_DEPOSIT_TABLE"),
            _table(read, "EVENT_WITHDRAWAL_TABLE"),
        ),
        debounce=timedelta(seconds=read.integer("EVENT_DEBOUNCE_SECONDS", 30, 0, 3_600)),
        max_per_day=read.integer("EVENT_MAX_RECALCULATIONS", 24, 1, 1_000),
        lifetime=timedelta(days=read.integer("EVENT_DAYS", 30, 2, 3_660)),
        listen=_listen(read, database_url),
        realtime=_realtime(read),
    )


def _secret(read: Reader) -> str | None:
    secret = read.optional("EVENT_WEBHOOK_SECRET")
    fault = None if secret is None else secret_fault(secret)
    if fault is not None:
        read.fail(f"EVENT_WEBHOOK_SECRET {fault}")
    return secret


def _table(read: Reader, name: str) -> str | None:
    written = read.optional(name)
    if written is not None and not TABLE.fullmatch(written):
        read.fail(f"{name} must be a table with its schema like public.market_data, not {written!r}")
        return None
    return written


def _listen(read: Reader, database_url: str) -> ListenSettings | None:
    channel, url = read.optional("EVENT_LISTEN_CHANNEL"), read.optional("EVENT_LISTEN_URL")
    if channel is None:
        if url is not None:
            read.fail("EVENT_LISTEN_URL needs EVENT_LISTEN_CHANNEL")
        return None
    if not CHANNEL.fullmatch(channel):
        read.fail(f"EVENT_LISTEN_CHANNEL must be a name like market_data, not {channel!r}")
    if not (url or database_url).startswith("postgresql"):
        read.fail("EVENT_LISTEN_CHANNEL needs PostgreSQL: DATABASE_URL or EVENT_LISTEN_URL must be one")
    return ListenSettings(url or database_url, channel)


def _realtime(read: Reader) -> RealtimeSettings | None:
    url, key = read.optional("SUPABASE_URL"), read.header("SUPABASE_KEY")
    if (url is None) != (key is None):
        read.fail("SUPABASE_URL and SUPABASE_KEY are set together or not at all")
    if url is None or key is None:
        return None
    return RealtimeSettings(read.secure_url("SUPABASE_URL", url), key)
