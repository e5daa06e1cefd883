"""Stored events (transactional inbox): each once for its key, in the order of their receipt (R26.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.core.database import insert_many, new_id, rows_changed
from app.models import (
    EVENTS_LOCK,
    EventAssetRow,
    EventCursorRow,
    EventRow,
    MonitorChangeRow,
    RecalculationRow,
)
from app.models.lock import serialise
from app.services.events.database_changes import new_row_of
from app.services.events.types import (
    ChangeKind,
    EventKind,
    EventReceiptStatus,
    ListenerName,
    NewEvent,
    PriceChange,
    RecalculationState,
    Receipt,
)
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks

MAX_FORGOTTEN = 2_000
"""Events, changes and recalculations each that one run forgets."""

_CHANGES = msgspec.json.Decoder(dict[str, PriceChange])


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """A stored event that waits to be processed."""

    event_id: str
    kind: EventKind
    portfolio_id: str | None
    received_at: datetime
    assets: tuple[str, ...]
    changes: Mapping[str, PriceChange]


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change to be told: what it is about."""

    kind: ChangeKind
    portfolio_id: str | None = None
    event_id: str | None = None
    recalculation_id: str | None = None


def lock(session: Session) -> None:
    """Let nobody else store events or move recalculations until the transaction of this session ends."""
    serialise(session, EVENTS_LOCK)


def add(session: Session, events: Sequence[NewEvent], now: datetime) -> list[Receipt]:
    """Store events under the lock, each once for its key, and say of each what became of it."""
    known = _known(session, [event.key for event in events])
    receipts: list[Receipt] = []
    new: list[tuple[NewEvent, Receipt]] = []
    for event in events:
        before = known.get(event.key)
        if before is not None:
            receipts.append(Receipt(before.event_id, EventReceiptStatus.DUPLICATE, before.received_at))
            continue
        known[event.key] = receipt = Receipt(new_id(), EventReceiptStatus.ACCEPTED, now)
        receipts.append(receipt)
        new.append((event, receipt))
    changes = [
        NewChange(ChangeKind.EVENT_RECEIVED, event.portfolio_id, receipt.event_id) for event, receipt in new
    ]
    numbers = tell(session, changes, now)
    insert_many(session, EventRow, [_row(*each, number) for each, number in zip(new, numbers, strict=True)])
    assets = [
        {"event_id": receipt.event_id, "symbol": symbol}
        for event, receipt in new
        for symbol in dict.fromkeys(event.assets)
    ]
    insert_many(session, EventAssetRow, assets)
    return receipts


def tell(session: Session, changes: Sequence[NewChange], now: datetime) -> range:
    """Log changes under the lock, and return their numbers."""
    last = session.scalar(select(func.max(MonitorChangeRow.sequence))) or 0
    numbers = range(last + 1, last + 1 + len(changes))
    rows = [
        {
            "sequence": number,
            "at": now,
            "kind": change.kind.value,
            "portfolio_id": change.portfolio_id,
            "event_id": change.event_id,
            "recalculation_id": change.recalculation_id,
        }
        for number, change in zip(numbers, changes, strict=True)
    ]
    insert_many(session, MonitorChangeRow, rows)
    return numbers


def waiting(session: Session, limit: int) -> list[WaitingEvent]:
    """Return the events that are not processed yet, in the order in which they were received."""
    query = select(EventRow).where(EventRow.processed_at.is_(None)).order_by(EventRow.sequence)
    rows = list(session.scalars(query.limit(limit)))
    assets: dict[str, list[str]] = {row.id: [] for row in rows}
    for some in chunks(list(assets), MAX_IDS_PER_QUERY):
        found = select(EventAssetRow).where(EventAssetRow.event_id.in_(some))
        for row in session.scalars(found.order_by(EventAssetRow.symbol)):
            assets[row.event_id].append(row.symbol)
    return [
        WaitingEvent(
            row.id,
            EventKind(row.kind),
            row.portfolio_id,
            row.received_at,
            tuple(assets[row.id]),
            {} if row.changes is None else _CHANGES.decode(row.changes),
        )
        for row in rows
    ]


def close(session: Session, event_ids: Sequence[str], now: datetime) -> bool:
    """Mark events as processed; False where another process has processed one of them."""
    changed = 0
    for some in chunks(list(event_ids), MAX_IDS_PER_QUERY):
        open_ones = update(EventRow).where(EventRow.id.in_(some), EventRow.processed_at.is_(None))
        changed += rows_changed(session, open_ones.values(processed_at=now))
    return changed == len(event_ids)


def cursor(session: Session, name: str) -> EventCursorRow | None:
    """Return how far a source was read; None where it never was."""
    return session.get(EventCursorRow, name)


def move_cursor(
    session: Session, name: str, *, last_id: int | None = None, last_at: datetime | None = None
) -> None:
    """Store how far a source was read; it never goes back, and where it is first stored it begins."""
    row = session.get(EventCursorRow, name)
    if row is None:
        session.add(EventCursorRow(name=name, first_id=last_id, last_id=last_id, last_at=last_at))
        return
    if last_id is not None and (row.last_id is None or row.last_id < last_id):
        row.last_id = last_id
    if last_at is not None and (row.last_at is None or row.last_at < last_at):
        row.last_at = last_at


def cursor_name(listener: ListenerName, table: str) -> str:
    """Return the name under which it is stored how far a listener has read a table."""
    return f"{listener}:{table}"


def forget(session: Session, before: datetime) -> None:
    """Delete what was over before a moment; the last change stays, from which numbers go on.

    New rows whose events are deleted are not read again after a gap: they would be events once more.
    """
    old = select(EventRow.id, EventRow.event_key).where(EventRow.processed_at < before).limit(MAX_FORGOTTEN)
    found: dict[str, str] = {row.id: row.event_key for row in session.execute(old)}
    _begin_after(session, found.values())
    for some in chunks(list(found), MAX_IDS_PER_QUERY):
        session.execute(delete(EventAssetRow).where(EventAssetRow.event_id.in_(some)))
        session.execute(delete(EventRow).where(EventRow.id.in_(some)))
    last = session.scalar(select(func.max(MonitorChangeRow.sequence))) or 0
    first = session.scalar(select(func.min(MonitorChangeRow.sequence))) or 0
    session.execute(
        delete(MonitorChangeRow).where(
            MonitorChangeRow.at < before,
            MonitorChangeRow.sequence < min(last, first + MAX_FORGOTTEN),
        )
    )
    _forget_recalculations(session, before)


def _begin_after(session: Session, keys: Iterable[str]) -> None:
    """Have tables read from the last of the new rows with these keys on, and not from before it."""
    last: dict[str, int] = {}
    for table, row_id in filter(None, map(new_row_of, keys)):
        last[table] = max(row_id, last.get(table, 0))
    for table, row_id in last.items():
        names = [cursor_name(each, table) for each in ListenerName]
        earlier = EventCursorRow.first_id.is_(None) | (EventCursorRow.first_id < row_id)
        behind = update(EventCursorRow).where(EventCursorRow.name.in_(names), earlier)
        session.execute(behind.values(first_id=row_id))


def _forget_recalculations(session: Session, before: datetime) -> None:
    """Delete ended recalculations but the last DONE one of each portfolio, which later ones build on."""
    ended = (RecalculationState.DONE, RecalculationState.FAILED, RecalculationState.COVERED)
    done = RecalculationRow.state == RecalculationState.DONE
    last = (
        select(RecalculationRow.portfolio_id, func.max(RecalculationRow.ended_at).label("ended_at"))
        .where(done)
        .group_by(RecalculationRow.portfolio_id)
        .subquery()
    )
    kept = select(RecalculationRow.id).join(
        last,
        (RecalculationRow.portfolio_id == last.c.portfolio_id)
        & (RecalculationRow.ended_at == last.c.ended_at),
    )
    old = select(RecalculationRow.id).where(
        RecalculationRow.state.in_(ended), RecalculationRow.ended_at < before
    )
    found = set(session.scalars(old.limit(MAX_FORGOTTEN))) - set(session.scalars(kept.where(done)))
    for some in chunks(sorted(found), MAX_IDS_PER_QUERY):
        session.execute(delete(RecalculationRow).where(RecalculationRow.id.in_(some)))


def _known(session: Session, keys: Iterable[str]) -> dict[str, Receipt]:
    found: dict[str, Receipt] = {}
    for some in chunks(list(dict.fromkeys(keys)), MAX_IDS_PER_QUERY):
        query = select(EventRow.event_key, EventRow.id, EventRow.received_at)
        for key, event_id, at in session.execute(query.where(EventRow.event_key.in_(some))):
            found[key] = Receipt(event_id, EventReceiptStatus.DUPLICATE, at)
    return found


def _row(event: NewEvent, receipt: Receipt, sequence: int) -> dict[str, object]:
    changes = msgspec.json.encode(event.changes, order="deterministic").decode() if event.changes else None
    return {
        "id": receipt.event_id,
        "event_key": event.key,
        "sequence": sequence,
        "source": event.source.value,
        "kind": event.kind.value,
        "portfolio_id": event.portfolio_id,
        "occurred_at": event.occurred_at,
        "received_at": receipt.received_at,
        "processed_at": None,
        "changes": changes,
    }
