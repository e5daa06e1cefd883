"""Supabase Realtime over a WebSocket: changes of rows as they are committed, and those of a gap by PostgREST.

The protocol is that of Phoenix channels, as JSON (vsn 1.0.0): a `phx_join` with the tables to hear, its
`phx_reply`, a message `system` once the subscription stands, then `postgres_changes`; a `heartbeat` keeps it.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import msgspec
import structlog

from app.core.config.events import EventTables, RealtimeSettings
from app.core.errors import InvalidRequest
from app.services.events.database_changes import (
    RowChange,
    RowChangeType,
    digest,
    event_of,
    rows_as_events,
    table_of,
    zoned,
)
from app.services.events.listeners import PAGE_ROWS, Ear, ListenerLost
from app.services.events.types import EventSource, ListenerName

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

TOPIC = "realtime:allocator"
PHOENIX = "phoenix"
LOOK_SECONDS = 1.0
"""Longest time for which a listener waits before it looks whether it is to go on."""

CONNECT_SECONDS = 15.0
HEARTBEAT_SECONDS = 25.0
"""Supabase closes a socket that is silent for a minute."""

MAX_MESSAGE_BYTES = 4_194_304
MAX_PAGE_BYTES = 16_777_216

log = structlog.get_logger(__name__)

_QUIET = logging.getLogger(f"{__name__}.socket")
_QUIET.disabled = True
"""Of the library, which would log the address with its key: what goes wrong is told as `ListenerLost`."""


class _Message(msgspec.Struct):
    topic: str
    event: str
    payload: dict[str, Any]
    ref: str | None = None


class _Change(msgspec.Struct):
    schema: str
    table: str
    type: RowChangeType
    commit_timestamp: datetime
    record: dict[str, Any] | None = None
    old_record: dict[str, Any] | None = None
    errors: Any = None


class RealtimeDoor:
    """Hears the changes of the tables that the settings name, in one channel of a project."""

    name = ListenerName.REALTIME

    def __init__(
        self,
        settings: RealtimeSettings,
        tables: EventTables,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._tables = tables
        self._monotonic = monotonic

    def hear(self, ear: Ear) -> None:
        """Subscribe, read what was missed, and take changes as they come."""
        from websockets.exceptions import InvalidHandshake, WebSocketException  # noqa: PLC0415 - not at start
        from websockets.sync.client import connect  # noqa: PLC0415 - it is not loaded at the start

        base = self._settings.url.replace("http", "ws", 1)
        query = urlencode({"apikey": self._settings.key, "vsn": "1.0.0"})
        try:
            with connect(
                f"{base}/realtime/v1/websocket?{query}",
                open_timeout=CONNECT_SECONDS,
                close_timeout=LOOK_SECONDS,
                max_size=MAX_MESSAGE_BYTES,
                proxy=None,
                logger=_QUIET,
            ) as socket:
                self._converse(_Channel(socket, self._settings.key, self._monotonic), ear)
        except (WebSocketException, InvalidHandshake, OSError) as error:
            # Not the error's words: they may hold the address with its key.
            raise ListenerLost(
                f"Supabase Realtime does not answer, or refused ({type(error).__name__})."
            ) from error

    def _converse(self, channel: _Channel, ear: Ear) -> None:
        channel.join(self._tables.named, ear.goes_on)
        # After the subscription stands: what is committed from now on is heard, what was before is read.
        self._catch_up(channel, ear)
        ear.on_connected()
        while ear.goes_on():
            message = channel.next()
            if message is not None and message.event == "postgres_changes":
                self._take(message.payload.get("data"), channel, ear)

    def _take(self, data: object, channel: _Channel, ear: Ear) -> None:
        try:
            found = msgspec.convert(data, _Change)
            change = RowChange(found.type, found.schema, found.table, found.record, found.old_record)
            moment = zoned(found.commit_timestamp)
            delivery = f"{moment.isoformat()}:{digest([found.record, found.old_record])}"
            event = event_of(change, self._tables, EventSource.REALTIME, moment, delivery)
        except (InvalidRequest, msgspec.ValidationError) as error:
            log.warning("a change is no event", problem=str(error))
            if isinstance(data, dict) and data.get("errors"):
                self._catch_up(channel, ear)  # Supabase leaves out rows that are too large to be told
            return
        ear.take([event], table_of(event, self._tables))

    def _catch_up(self, channel: _Channel, ear: Ear) -> None:
        with httpx.Client(timeout=CONNECT_SECONDS, trust_env=False) as http:
            for table in self._tables.named:
                last = ear.read_from(table)
                if last is None:
                    rows = self._rows(http, table, {"select": "id", "order": "id.desc", "limit": "1"})
                    ear.begin_at(table, max((_id(row) for row in rows), default=0))
                    continue
                for rows in self._pages(http, table, last):
                    ear.take(list(rows_as_events(rows, table, self._tables, EventSource.REALTIME)), table)
                    channel.beat()
                    if not ear.goes_on():
                        return

    def _pages(self, http: httpx.Client, table: str, last: int) -> Iterator[list[dict[str, Any]]]:
        while True:
            query = {"select": "*", "id": f"gt.{last}", "order": "id.asc", "limit": str(PAGE_ROWS)}
            rows = self._rows(http, table, query)
            yield rows
            if len(rows) < PAGE_ROWS:
                return
            last = max(_id(row) for row in rows)

    def _rows(self, http: httpx.Client, table: str, query: dict[str, str]) -> list[dict[str, Any]]:
        """Return rows of a table as PostgREST gives them."""
        schema, _, name = table.partition(".")
        key = self._settings.key
        headers = {"apikey": key, "authorization": f"Bearer {key}", "accept-profile": schema}
        body = bytearray()
        url = f"{self._settings.url}/rest/v1/{name}"
        try:
            with http.stream("GET", url, params=query, headers=headers) as answer:
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > MAX_PAGE_BYTES:
                        raise ListenerLost(f"A page of {table} is larger than {MAX_PAGE_BYTES:,} bytes.")
        except httpx.HTTPError as error:
            raise ListenerLost(f"The table {table} cannot be read ({type(error).__name__}).") from error
        if answer.status_code != httpx.codes.OK:
            raise ListenerLost(f"The table {table} cannot be read: status {answer.status_code}.")
        try:
            return msgspec.json.decode(bytes(body), type=list[dict[str, Any]])
        except RecursionError as error:
            raise ListenerLost(f"A row of {table} has a column that is nested too deeply.") from error
        except msgspec.DecodeError as error:
            raise ListenerLost(f"What the table {table} was read as is no list of rows.") from error


class _Channel:
    """One channel over a socket, kept alive by heartbeats."""

    def __init__(self, socket: ClientConnection, key: str, monotonic: Callable[[], float]) -> None:
        self._socket = socket
        self._key = key
        self._monotonic = monotonic
        self._refs = itertools.count(1)
        self._beat_at = monotonic()
        self._waits_for: str | None = None

    def join(self, tables: tuple[str, ...], goes_on: Callable[[], bool]) -> None:
        """Ask for the changes of tables, and wait until the subscription stands.

        Raises
        ------
        ListenerLost
            When it is refused, or does not stand in time.
        """
        changes = [
            {"event": "*", "schema": schema, "table": name}
            for schema, _, name in (table.partition(".") for table in tables)
        ]
        config = {
            "broadcast": {"ack": False, "self": False},
            "presence": {"key": ""},
            "postgres_changes": changes,
            "private": False,
        }
        self._send(TOPIC, "phx_join", {"config": config, "access_token": self._key})
        until = self._monotonic() + CONNECT_SECONDS
        while self._monotonic() < until and goes_on():
            message = self.next()
            if message is not None and message.event == "system":
                return
        raise ListenerLost("The subscription did not stand in time.")

    def next(self) -> _Message | None:
        """Return the next message of the channel; None where there was none for a moment.

        Raises
        ------
        ListenerLost
            When the channel is closed, refused or cannot be read, or no heartbeat is answered.
        """
        self.beat()
        try:
            written = self._socket.recv(timeout=LOOK_SECONDS)
        except TimeoutError:
            return None
        try:
            message = msgspec.json.decode(written, type=_Message)
        except RecursionError:
            log.warning("a change is no event", problem="It is nested too deeply.")
            return None
        except msgspec.DecodeError as error:
            raise ListenerLost("Supabase Realtime sent something that cannot be read.") from error
        if message.topic == PHOENIX and message.ref == self._waits_for:
            self._waits_for = None
        if message.topic != TOPIC:
            return None
        refused = message.event in {"phx_reply", "system"} and message.payload.get("status") != "ok"
        if refused or message.event in {"phx_error", "phx_close"}:
            raise ListenerLost(f"Supabase Realtime ended the channel ({message.event}).")
        return message

    def beat(self) -> None:
        """Send a heartbeat where it is time for one.

        Raises
        ------
        ListenerLost
            When the one before was not answered.
        """
        if self._monotonic() < self._beat_at + HEARTBEAT_SECONDS:
            return
        if self._waits_for is not None:
            raise ListenerLost("A heartbeat was not answered.")
        self._beat_at = self._monotonic()
        self._waits_for = self._send(PHOENIX, "heartbeat", {})

    def _send(self, topic: str, event: str, payload: dict[str, Any]) -> str:
        ref = str(next(self._refs))
        message: dict[str, Any] = {"topic": topic, "event": event, "payload": payload, "ref": ref}
        if topic == TOPIC:
            message["join_ref"] = ref
        self._socket.send(msgspec.json.encode(message).decode())
        return ref


def _id(row: dict[str, Any]) -> int:
    """Return the id of a row by which a table is read on.

    Raises
    ------
    ListenerLost
        When it has none.
    """
    found = row.get("id")
    if not isinstance(found, int) or isinstance(found, bool):
        raise ListenerLost("A table without whole numbers as `id` cannot be read after a gap.")
    return found
