"""Keyset (cursor) pagination by time and id, newest first; stable while rows are added."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.errors import FieldError, InvalidRequest

Row = TypeVar("Row")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list; `next_cursor` is None on the last one."""

    items: tuple[Item, ...]
    next_cursor: str | None


def page(
    session: Session,
    query: Select[Row],
    order: tuple[InstrumentedAttribute[datetime], InstrumentedAttribute[str]],
    cursor: str | None,
    limit: int,
    convert: Callable[[Row], Item],
) -> Page[Item]:
    """Return one page of a query.

    Raises
    ------
    InvalidRequest
        Naming `cursor`, when it is not the `next_cursor` of an earlier page.
    """
    at, key = order
    if cursor is not None:
        last_at, last_key = decode_cursor(cursor)
        query = query.where(or_(at < last_at, and_(at == last_at, key < last_key)))
    rows = list(session.scalars(query.order_by(at.desc(), key.desc()).limit(limit + 1)))
    more = len(rows) > limit
    rows = rows[:limit]
    next_cursor = encode_cursor(getattr(rows[-1], at.key), getattr(rows[-1], key.key)) if more else None
    return Page(items=tuple(convert(row) for row in rows), next_cursor=next_cursor)


def every(read: Callable[[str | None], Page[Item]]) -> Iterator[Item]:
    """Yield the items of all pages: what is added meanwhile neither repeats nor skips others."""
    cursor: str | None = None
    while True:
        found = read(cursor)
        yield from found.items
        cursor = found.next_cursor
        if cursor is None:
            return


def within_days(
    at: InstrumentedAttribute[datetime], first: date | None, last: date | None, zone: ZoneInfo
) -> list[ColumnElement[bool]]:
    """Return the conditions that a time lies in a zone's days from `first` to `last`, both included."""
    conditions = []
    if first is not None and first > date.min:
        conditions.append(at >= _midnight(first, zone))
    if last is not None and last < date.max:
        conditions.append(at < _midnight(last + timedelta(days=1), zone))
    return conditions


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant in which a day begins; where the clocks skip midnight, that in which they do."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def encode_cursor(at: datetime, key: str) -> str:
    """Return the cursor of the page after a row with this time and key."""
    return base64.urlsafe_b64encode(f"{at.astimezone(UTC).isoformat()}|{key}".encode()).decode()


def decode_cursor(cursor: str) -> tuple[datetime, str]:
    """Return the time and key of the row after which a page begins.

    Raises
    ------
    InvalidRequest
        Naming `cursor`, when it is not the `next_cursor` of an earlier page.
    """
    wrong = wrong_cursor()
    try:
        text, _, key = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None and key.isprintable() and key:
            return at.astimezone(UTC), key
    except (ValueError, OverflowError, binascii.Error):
        raise wrong from None
    raise wrong


def wrong_cursor() -> InvalidRequest:
    """Return the error about a cursor that no page of this list has given."""
    message = "A cursor must be the next_cursor of an earlier page of this list."
    return InvalidRequest.of(FieldError("cursor", message))
