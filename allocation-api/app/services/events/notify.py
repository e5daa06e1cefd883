"""PostgreSQL's LISTEN: notifications of a channel, and the rows of tables that came while nobody heard.

A payload is JSON: `{"assets": [...], "timestamp": "..."}`, or a change of a row as a database webhook has it,
with `timestamp` besides. PostgreSQL keeps no notification for who is away: tables are read after a gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from sqlalchemy.engine import make_url

from app.core.config.events import EventTables, ListenSettings
from app.core.errors import InvalidRequest
from app.services.events.database_changes import (
    SYMBOL,
    RowChange,
    RowChangeType,
    event_of,
    rows_as_events,
    table_of,
    zoned,
)
from app.services.events.listeners import PAGE_ROWS, Ear, ListenerLost
from app.services.events.types import MAX_EVENT_ASSETS, EventKind, EventSource, ListenerName, NewEvent

if TYPE_CHECKING:
    from psycopg import Connection

LOOK_SECONDS = 1.0
"""Longest time for which a listener waits before it looks whether it is to go on."""

CONNECT_SECONDS = 15

KEEPALIVE: dict[str, Any] = {"keepalives_idle": 10, "keepalives_interval": 10, "keepalives_count": 3}
"""Seconds of silence before the server is asked whether it is there, as for the other connections."""

log = structlog.get_logger(__name__)


class _Assets(msgspec.Struct, forbid_unknown_fields=True):
    assets: list[str]
    timestamp: datetime


class _Row(msgspec.Struct):
    type: RowChangeType
    schema: str
    table: str
    timestamp: datetime
    record: dict[str, Any] | None = None
    old_record: dict[str, Any] | None = None


class NotifyDoor:
    """Hears a channel over a connection of its own."""

    name = ListenerName.NOTIFY

    def __init__(self, settings: ListenSettings, tables: EventTables) -> None:
        url = make_url(settings.url).set(drivername="postgresql")
        self._url = url.render_as_string(hide_password=False)
        self._channel = settings.channel
        self._tables = tables

    def hear(self, ear: Ear) -> None:
        """Listen, read what was missed, and take notifications as they come."""
        import psycopg  # noqa: PLC0415 - it is not loaded at the start
        from psycopg import sql  # noqa: PLC0415

        try:
            with self._connect() as heard:
                heard.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
                # Over a connection of its own: notifications wait meanwhile where they are heard.
                with self._connect() as read:
                    self._catch_up(read, ear)
                ear.on_connected()
                while ear.goes_on():
                    for notice in heard.notifies(timeout=LOOK_SECONDS, stop_after=1):
                        self._take(notice.payload, ear)
        except psycopg.Error as error:
            # Not the error's words: they may hold the address with its password.
            raise ListenerLost(f"PostgreSQL does not answer, or refused ({type(error).__name__}).") from error

    def _connect(self) -> Connection[tuple[Any, ...]]:
        import psycopg  # noqa: PLC0415 - it is not loaded at the start

        return psycopg.connect(
            self._url, autocommit=True, prepare_threshold=None, connect_timeout=CONNECT_SECONDS, **KEEPALIVE
        )

    def _take(self, payload: str, ear: Ear) -> None:
        try:
            event = self._event(payload)
        except (InvalidRequest, msgspec.DecodeError, RecursionError) as error:
            log.warning("a notification is no event", channel=self._channel, problem=str(error))
            return
        ear.take([event], table_of(event, self._tables))

    def _event(self, payload: str) -> NewEvent:
        delivery = sha256(payload.encode()).hexdigest()
        try:
            found = msgspec.json.decode(payload, type=_Assets)
        except msgspec.ValidationError:
            row = msgspec.json.decode(payload, type=_Row)
            change = RowChange(row.type, row.schema, row.table, row.record, row.old_record)
            return event_of(change, self._tables, EventSource.NOTIFY, zoned(row.timestamp), delivery)
        wrong = [each for each in found.assets if not SYMBOL.fullmatch(each)]
        if wrong or not 0 < len(found.assets) <= MAX_EVENT_ASSETS:
            raise msgspec.ValidationError(f"assets must be 1 to {MAX_EVENT_ASSETS} symbols")
        return NewEvent(
            key=f"{EventSource.NOTIFY}:{delivery}",
            source=EventSource.NOTIFY,
            kind=EventKind.MARKET_DATA,
            occurred_at=zoned(found.timestamp),
            assets=tuple(found.assets),
        )

    def _catch_up(self, read: Connection[tuple[Any, ...]], ear: Ear) -> None:
        for table in self._tables.named:
            last = ear.read_from(table)
            if last is None:
                ear.begin_at(table, self._last_id(read, table))
                continue
            for rows in self._pages(read, table, last):
                ear.take(list(rows_as_events(rows, table, self._tables, EventSource.NOTIFY)), table)
                if not ear.goes_on():
                    return

    def _last_id(self, read: Connection[tuple[Any, ...]], table: str) -> int:
        from psycopg import sql  # noqa: PLC0415 - it is not loaded at the start

        query = sql.SQL("SELECT max(id) FROM {}").format(sql.Identifier(*table.split(".")))
        found = read.execute(query).fetchone()
        return int(found[0] or 0) if found else 0

    def _pages(
        self, read: Connection[tuple[Any, ...]], table: str, last: int
    ) -> Iterator[list[dict[str, Any]]]:
        from psycopg import sql  # noqa: PLC0415 - it is not loaded at the start

        query = sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE id > %s ORDER BY id LIMIT %s").format(
            sql.Identifier(*table.split("."))
        )
        while True:
            rows = [row for (row,) in read.execute(query, (last, PAGE_ROWS))]
            yield rows
            if len(rows) < PAGE_ROWS:
                return
            last = rows[-1]["id"]
