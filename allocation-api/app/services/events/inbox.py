"""The one way into the table of events, for all doors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.config.events import EventTables
from app.core.database import Database
from app.services.events import store
from app.services.events.database_changes import RowChange, event_of
from app.services.events.types import EventKind, EventSource, NewEvent, Receipt


class EventInbox:
    """Stores events; whoever sent one may forget it as soon as its receipt is there (R26.2)."""

    def __init__(self, database: Database, clock: Clock, tables: EventTables) -> None:
        self._database = database
        self._clock = clock
        self._tables = tables

    def market_data(self, assets: tuple[str, ...], occurred_at: datetime, delivery: str) -> Receipt:
        """Store that there is new data of assets."""
        event = NewEvent(
            key=f"{EventSource.WEBHOOK}:{delivery}",
            source=EventSource.WEBHOOK,
            kind=EventKind.MARKET_DATA,
            occurred_at=occurred_at,
            assets=assets,
        )
        return self.add([event])[0]

    def row_change(self, change: RowChange, occurred_at: datetime, delivery: str) -> Receipt:
        """Store a change of a row of another system's table.

        Raises
        ------
        InvalidRequest
            Naming each field that is missing or wrong.
        """
        source = EventSource.DATABASE_WEBHOOK
        return self.add([event_of(change, self._tables, source, occurred_at, delivery)])[0]

    def add(self, events: Sequence[NewEvent], *, cursor: str | None = None) -> list[Receipt]:
        """Store events, and in the same transaction how far a listener has read its table with them."""

        def work(session: Session) -> list[Receipt]:
            store.lock(session)
            receipts = store.add(session, events, self._clock())
            ids = [event.row_id for event in events if event.row_id is not None]
            if cursor is not None and ids:
                store.move_cursor(session, cursor, last_id=max(ids))
            return receipts

        return self._database.retried(work)
