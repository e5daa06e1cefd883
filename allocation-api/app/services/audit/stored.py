"""The stored audit trail, read without trust in its contents, since the database may be tampered with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, and_, func, or_, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from app.models import AuditHeadRow, AuditRow
from app.services.audit.chain import AddressedRecord, ChainedRecord, Head, digest, hashed_moment, record_of

PAGE_ROWS = 2_000
"""Records read per query."""


@dataclass(frozen=True, slots=True)
class DayHead:
    """Head of a day; `next_day` is None while the day is open."""

    end: Head
    next_day: str | None


@dataclass(frozen=True, slots=True)
class DayRecords:
    """Highest sequence among a day's records, and their number."""

    last: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as read: its hashed fields, and the hash that it carries."""

    record: ChainedRecord
    hash: str

    @property
    def fits(self) -> bool:
        """Whether the hash of the fields is the one that the record carries."""
        return digest(self.record) == self.hash


_COLUMNS = [
    type_coerce(getattr(AuditRow, name), NullType()).label(name)  # unconverted: it may be of any type
    for name in (*AddressedRecord.__struct_fields__, "hash")
]


def stored_heads(session: Session) -> dict[str, DayHead]:
    """Return the head of every day."""
    columns = (AuditHeadRow.day, AuditHeadRow.sequence, AuditHeadRow.hash, AuditHeadRow.next_day)
    return {
        day: DayHead(Head(day, sequence if isinstance(sequence, int) else -1, known), next_day)
        for day, sequence, known, next_day in session.execute(select(*columns))
    }


def stored_days(session: Session) -> dict[str, DayRecords]:
    """Return every day that has records."""
    query = select(AuditRow.day, func.max(AuditRow.sequence), func.count()).group_by(AuditRow.day)
    return {
        str(day): DayRecords(last if isinstance(last, int) else 2**62, count)
        for day, last, count in session.execute(query)
    }


def stored_records(session: Session, day: str, last: int) -> Iterator[list[StoredRecord]]:
    """Yield a day's records in pages, by sequence, up to the sequence `last`."""
    query = (
        select(*_COLUMNS)
        .where(AuditRow.day == day, AuditRow.sequence <= last)
        .order_by(AuditRow.sequence, AuditRow.id)
        .limit(PAGE_ROWS)
    )
    page = [_stored(row) for row in session.execute(query).mappings()]
    while page:
        yield page
        sequence, key = page[-1].record.sequence, page[-1].record.id
        later = or_(AuditRow.sequence > sequence, and_(AuditRow.sequence == sequence, AuditRow.id > key))
        page = [_stored(row) for row in session.execute(query.where(later)).mappings()]


def records_of(session: Session, entity_type: str, entity_ids: Sequence[str]) -> Iterator[StoredRecord]:
    """Yield the records of entities, in the order of the chain."""
    query = (
        select(*_COLUMNS)
        .where(AuditRow.entity_type == entity_type, AuditRow.entity_id.in_(entity_ids))
        .order_by(AuditRow.day, AuditRow.sequence, AuditRow.id)
    )
    for row in session.execute(query).mappings():
        yield _stored(row)


def _stored(row: RowMapping) -> StoredRecord:
    fields: dict[str, Any] = {str(name): value for name, value in row.items()}
    known = fields.pop("hash")
    return StoredRecord(record_of(**fields | {"at": hashed_moment(fields["at"])}), known)
