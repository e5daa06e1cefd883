"""Hash chain of the audit trail: each record carries the hash of the record before it, and its own.

A record's hash is the SHA-256 of its canonical encoding: the UTF-8 JSON object of all its fields, the hash of
the record before included, in the order of `ChainedRecord`; a source address comes last. JSON quotes every
text and distinguishes null from "null", so different records have different encodings.

A record belongs to the UTC day on which it is written, but never to a day before the open one: when the clock
goes back over midnight, records are appended to the open day and keep their own time. The compare-and-set
that closes a day also takes its last hash for the next, so no record can be appended to a closed day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.database import WriteConflictError, rows_changed
from app.models import AuditHeadRow, AuditRow

FIRST_HEAD = "1970-01-01"
"""Day of the head before all records, which the migration writes; it has no records."""

NO_HASH = "0" * 64
"""`previous_hash` of the very first record."""

MAX_ATTEMPTS = 8
"""Attempts to move the head within one unit of work; each reads it again."""


class ChainedRecord(msgspec.Struct, frozen=True, tag="audit/1", tag_field="scheme"):
    """Hashed fields of a record: `at` as `2026-06-30T09:15:00.000001Z`, `before` and `after` as stored."""

    day: str
    sequence: int
    previous_hash: str
    id: str
    at: str
    user_id: str | None
    username: str
    action: str
    entity_type: str
    entity_id: str
    request_id: str
    before: str | None
    after: str | None


class AddressedRecord(ChainedRecord, frozen=True, tag="audit/2", tag_field="scheme"):
    """Hashed fields of a record with a source address; by its scheme neither passes for the other."""

    address: str


def record_of(*, address: str | None, **fields: Any) -> ChainedRecord:
    """Return the hashed fields of a record, by the scheme of those with or without a source address."""
    return ChainedRecord(**fields) if address is None else AddressedRecord(**fields, address=address)


@dataclass(frozen=True, slots=True)
class Head:
    """End of a day's chain; a copy that is kept outside the database is an anchor."""

    day: str
    sequence: int
    hash: str

    @property
    def text(self) -> str:
        """`day:sequence:hash`, as `parse_anchor` reads it."""
        return f"{self.day}:{self.sequence}:{self.hash}"


class AuditChainError(SQLAlchemyError):
    """The chain does not have exactly one open head, so nothing can be recorded."""


def encoded(record: ChainedRecord) -> bytes:
    """Return the record's canonical encoding, which is what is hashed."""
    return msgspec.json.encode(record)


def digest(record: ChainedRecord) -> str:
    """Return the record's hash: 64 hexadecimal digits."""
    return sha256(encoded(record)).hexdigest()


def chained(row: AuditRow) -> ChainedRecord:
    """Return the hashed fields of a record."""
    return record_of(
        address=row.address,
        day=row.day,
        sequence=row.sequence,
        previous_hash=row.previous_hash,
        id=row.id,
        at=timestamp(row.at),
        user_id=row.user_id,
        username=row.username,
        action=row.action,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
        request_id=row.request_id,
        before=row.before,
        after=row.after,
    )


def timestamp(at: datetime) -> str:
    """Return a time as it is hashed: ISO 8601 in UTC, to the microsecond."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def hashed_moment(at: object) -> str:
    """Return a stored time as it is hashed; any other value unchanged, which matches no hash."""
    try:
        read = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    except ValueError:
        return str(at)
    return str(at) if read.tzinfo else timestamp(read.replace(tzinfo=UTC))


def append(session: Session, row: AuditRow) -> None:
    """Append a record to the chain by compare-and-set on the open head, within the caller's unit of work.

    Raises
    ------
    WriteConflictError
        When other units of work moved the head before each attempt: this unit must be retried.
    AuditChainError
        When there is not exactly one open head.
    """
    for _ in range(MAX_ATTEMPTS):
        end = _open_head(session)
        row.day = max(row.at.astimezone(UTC).date().isoformat(), end.day)
        row.sequence = end.sequence + 1 if row.day == end.day else 1
        row.previous_hash = end.hash
        row.hash = digest(chained(row))
        if _move(session, end, Head(row.day, row.sequence, row.hash)):
            session.add(row)
            return
    raise WriteConflictError(f"the head of the audit trail was moved by others {MAX_ATTEMPTS} times")


def _open_head(session: Session) -> Head:
    columns = (AuditHeadRow.day, AuditHeadRow.sequence, AuditHeadRow.hash)
    found = session.execute(select(*columns).where(AuditHeadRow.next_day.is_(None))).all()
    if len(found) != 1:
        raise AuditChainError(
            f"the audit trail has {len(found)} open heads instead of one; run audit verification"
        )
    return Head(*found[0])


def _move(session: Session, end: Head, new: Head) -> bool:
    """Compare-and-set the open head, or close it and open the next day; False if it has moved meanwhile."""
    unmoved = update(AuditHeadRow).where(
        AuditHeadRow.day == end.day,
        AuditHeadRow.sequence == end.sequence,
        AuditHeadRow.hash == end.hash,
        AuditHeadRow.next_day.is_(None),
    )
    same_day = new.day == end.day
    values = {"sequence": new.sequence, "hash": new.hash} if same_day else {"next_day": new.day}
    if not rows_changed(session, unmoved.values(values)):
        return False
    if not same_day:
        opened = {"day": new.day, "sequence": new.sequence, "hash": new.hash, "next_day": None}
        session.execute(insert(AuditHeadRow).values(opened))
    return True
