"""The chain of the audit trail: each record carries the hash of the one before, and its own.

A record's hash is the SHA-256 of its canonical encoding: the UTF-8 JSON object of all its fields, the hash of
the record before included, in the order of `ChainedRecord`. JSON quotes every text and keeps null apart from
"null", so no two different records encode alike.

A day is the UTC day on which a record is written, but never before the open day: when the clock goes back
over midnight, records go on where the chain is and keep their own time. A day is opened by closing the one
before with the same compare-and-set that takes its last hash, so no record can slip in behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.database import WriteConflictError, rows_changed
from app.models import AuditHeadRow, AuditRow

FIRST_HEAD = "1970-01-01"
"""Day of the head before all records, which the migration writes; its chain is empty."""

NO_HASH = "0" * 64
"""What the very first record has before it."""

TRIES = 8
"""How often a head that others move is read again within one unit of work."""


class ChainedRecord(msgspec.Struct, frozen=True, tag="audit/1", tag_field="scheme"):
    """What is hashed of a record; `at` as `2026-06-30T09:15:00.000001Z`, `before` and `after` as stored."""

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


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain of a day ends, or ended once: then it is an anchor, when it is kept outside."""

    day: str
    sequence: int
    hash: str

    @property
    def text(self) -> str:
        """All three, as `parse_anchor` reads them."""
        return f"{self.day}:{self.sequence}:{self.hash}"


class AuditChainError(SQLAlchemyError):
    """The chain cannot be continued, because its open end is not what it must be: nothing may be recorded."""


def digest(record: ChainedRecord) -> str:
    """Return the record's hash: 64 hexadecimal digits."""
    return sha256(msgspec.json.encode(record)).hexdigest()


def moment(at: datetime) -> str:
    """Return a moment as it is hashed: UTC, to the microsecond."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def append(session: Session, row: AuditRow) -> None:
    """Give a new record its place at the end of the chain, and add it to the unit of work.

    Raises
    ------
    WriteConflictError
        When others were faster every time: the unit of work must be done again.
    AuditChainError
        When there is not exactly one open head.
    """
    for _ in range(TRIES):
        end = _open_head(session)
        row.day = max(row.at.astimezone(UTC).date().isoformat(), end.day)
        row.sequence = end.sequence + 1 if row.day == end.day else 1
        row.previous_hash = end.hash
        row.hash = digest(_chained(row))
        if _move(session, end, Head(row.day, row.sequence, row.hash)):
            session.add(row)
            return
    raise WriteConflictError("the end of the audit trail moved each time it was read")


def _open_head(session: Session) -> Head:
    columns = (AuditHeadRow.day, AuditHeadRow.sequence, AuditHeadRow.hash)
    found = session.execute(select(*columns).where(AuditHeadRow.next_day.is_(None))).all()
    if len(found) != 1:
        raise AuditChainError(f"the audit trail has {len(found)} open ends instead of one")
    return Head(*found[0])


def _move(session: Session, end: Head, new: Head) -> bool:
    """Move the open head, or close it and open the next day; say whether it still stood where it was read."""
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


def _chained(row: AuditRow) -> ChainedRecord:
    return ChainedRecord(
        day=row.day,
        sequence=row.sequence,
        previous_hash=row.previous_hash,
        id=row.id,
        at=moment(row.at),
        user_id=row.user_id,
        username=row.username,
        action=row.action,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
        request_id=row.request_id,
        before=row.before,
        after=row.after,
    )
