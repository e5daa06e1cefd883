"""Verification of the tables that are evidence: each row is compared with the last record that has it.

The entities are read in pages, so memory is constant. Rows and records may be written meanwhile: where they
differ, both are read again before it counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, exists, select
from sqlalchemy.orm import Session

from app.models import AuditRow, OrderRow
from app.services.audit.actions import Action, EntityType
from app.services.audit.breaks import Break, Damage
from app.services.audit.chain import ChainedRecord, timestamp
from app.services.audit.erasures import COMMITS, ERASURES, fault_of
from app.services.audit.evidence import (
    BY_NAME,
    EVIDENCE,
    LIMITS_OF_THE_DESK,
    ROWS,
    EvidenceTable,
    Key,
    Row,
    Value,
    block_rows,
    stored_rows,
    tables_of,
)
from app.services.audit.older_records import OlderRecord, rows_said
from app.services.audit.stored import StoredRecord, records_of

PAGE_ENTITIES = 25
"""Entities whose rows are compared at a time; one may have thousands of rows."""

MAX_READINGS = 3
"""Readings of rows that differ, because a unit of work may end between two queries of one reading."""


@dataclass(slots=True)
class RowFindings:
    """What was compared: rows found, those of which no record speaks, and the breaks."""

    rows: int = 0
    unrecorded: int = 0
    breaks: list[Break] = field(default_factory=list)

    def add(self, other: RowFindings) -> None:
        """Add the findings of other entities."""
        self.rows += other.rows
        self.unrecorded += other.unrecorded
        self.breaks += other.breaks


RecordedRow = dict[str, tuple[Value, ChainedRecord]]
"""Recorded values by column, each with the last record that has it."""


@dataclass(slots=True)
class Recorded:
    """Rows of one entity as its records have them.

    `whole` are the tables of which a record had every row; `misfit` is a record that cannot be trusted.
    `is_committed` says that one is of a commit, and `erased_wrongly` has the breaks of wrong erasures.
    """

    rows: dict[str, dict[Key, RecordedRow]] = field(default_factory=lambda: defaultdict(dict))
    whole: set[str] = field(default_factory=set)
    known: bool = False
    misfit: StoredRecord | None = None
    is_committed: bool = False
    erased_wrongly: list[Break] = field(default_factory=list)

    def take(self, stored: StoredRecord) -> None:
        """Take over what the next record says."""
        self.known = True
        if not stored.fits:
            self.misfit = stored
            return
        record = stored.record
        after = msgspec.json.decode(record.after or "{}")
        self.is_committed = self.is_committed or record.action in COMMITS
        if record.action in ERASURES:
            self._check_erasure(record, after)
        for name, block in after.get(ROWS, {}).items():
            if name not in BY_NAME:
                continue  # a table that has been dropped since
            if block["whole"]:
                self.rows[name] = {}
                self.whole.add(name)
            for row in block_rows(block):
                self._take_row(name, row, record)
        if ROWS not in after:
            for name, row in rows_said(OlderRecord(record, after)):
                self._take_row(name, row, record)

    def _check_erasure(self, record: ChainedRecord, after: Mapping[str, Any]) -> None:
        for name in after.get(ROWS, {}):
            table = BY_NAME[name]
            known = {column: value for column, (value, _) in self.rows[name].get((), {}).items()}
            if fault := fault_of(record, after, known, is_committed=self.is_committed):
                found = _row_break(Damage.ROW_CHANGED, table, record.entity_id, (), record, fault)
                self.erased_wrongly.append(replace(found, column="snapshot", recorded=known.get("snapshot")))

    def _take_row(self, name: str, row: Row, record: ChainedRecord) -> None:
        known = self.rows[name].setdefault(BY_NAME[name].key(row), {})
        known.update({column: (value, record) for column, value in row.items()})


def verified_rows(
    session: Session, now: datetime, days: Sequence[ColumnElement[bool]] = ()
) -> Iterator[RowFindings]:
    """Yield the findings page by page; `days` are conditions on the records whose entities are compared.

    Without `days` every row of every table is compared, also those of entities without a record.
    """
    for entity_type in dict.fromkeys(table.entity_type for table in EVIDENCE):
        for page in _recorded_ids(session, entity_type, days):
            yield check_rows(session, entity_type, page, now)
        if not days:
            for page in _unrecorded_ids(session, entity_type):
                yield check_rows(session, entity_type, page, now)


def check_rows(
    session: Session, entity_type: EntityType, entity_ids: Sequence[str], now: datetime
) -> RowFindings:
    """Compare all rows of entities with the records."""
    done = RowFindings()
    left = list(entity_ids)
    for reading in range(MAX_READINGS):
        found = _read(session, entity_type, left, now)
        left = [i for i, findings in found.items() if findings.breaks and reading < MAX_READINGS - 1]
        for entity_id, findings in found.items():
            if entity_id not in left:
                done.add(findings)
        if not left:
            break
    return done


def _read(
    session: Session, entity_type: EntityType, entity_ids: Sequence[str], now: datetime
) -> dict[str, RowFindings]:
    records: dict[str, Recorded] = {entity_id: Recorded() for entity_id in entity_ids}
    for stored in records_of(session, entity_type, entity_ids):
        records[stored.record.entity_id].take(stored)
    older = _known_otherwise(session, entity_type, [i for i, found in records.items() if not found.known])
    for entity_id in older:
        records[entity_id].known = True
    findings = {entity_id: RowFindings() for entity_id in entity_ids}
    for table in tables_of(entity_type):
        rows = stored_rows(session, table, entity_ids)
        for entity_id, recorded in records.items():
            here = rows.get(entity_id, [])
            findings[entity_id].rows += len(here)
            if recorded.misfit is None:
                _compare(findings[entity_id], table, entity_id, recorded, here, now)
    for entity_id, recorded in records.items():
        findings[entity_id].breaks += recorded.erased_wrongly
        if recorded.misfit is not None:
            findings[entity_id].breaks.append(_misfit(recorded.misfit.record))
    return findings


def _compare(
    into: RowFindings,
    table: EvidenceTable,
    entity_id: str,
    recorded: Recorded,
    rows: Iterable[Row],
    now: datetime,
) -> None:
    expected = dict(recorded.rows.get(table.name, {}))
    for row in rows:
        key = table.key(row)
        if key in expected:
            into.breaks += _changes(table, entity_id, expected.pop(key), row, now)
        elif table.name in recorded.whole or not recorded.known:
            message = f"no record has this row of {table.name}"
            into.breaks.append(_row_break(Damage.ROW_INSERTED, table, entity_id, key, None, message))
        else:
            into.unrecorded += 1
    for key, known in expected.items():
        record = max((record for _, record in known.values()), key=lambda r: (r.day, r.sequence))
        message = f"the row of {table.name} is missing"
        into.breaks.append(_row_break(Damage.ROW_REMOVED, table, entity_id, key, record, message))


def _changes(
    table: EvidenceTable, entity_id: str, recorded: RecordedRow, row: Row, now: datetime
) -> Iterator[Break]:
    for name, value in row.items():
        if name not in recorded:
            continue  # a column that is younger than the records
        was, record = recorded[name]
        if was == value or _follows(table, name, recorded, value, now):
            continue
        message = f"{table.name}.{name} is not as recorded"
        yield _row_break(
            Damage.ROW_CHANGED,
            table,
            entity_id,
            table.key(row),
            record,
            message,
            column=name,
            recorded=was,
            found=value,
        )


OPEN = frozenset({"PREVIEWED", "PENDING_APPROVAL"})
"""Statuses that become EXPIRED by time alone."""

UNSETTLED = frozenset({"COMMITTING", "UNKNOWN"})
"""Statuses between which recovery moves an allocation while it is unknown whether Aladdin has its order."""


def _follows(table: EvidenceTable, column: str, recorded: RecordedRow, found: Value, now: datetime) -> bool:
    """Say whether a status follows from the recorded one by time alone, so that no record was written."""
    if (table.name, column) != ("allocations", "status"):
        return False
    was, _ = recorded[column]
    if was in OPEN:
        expires_at, _ = recorded["expires_at"]
        return found == "EXPIRED" and str(expires_at) <= timestamp(now)
    return {was, found} <= UNSETTLED


def _row_break(
    damage: Damage,
    table: EvidenceTable,
    entity_id: str,
    key: Key,
    record: ChainedRecord | None,
    message: str,
    *,
    column: str | None = None,
    recorded: str | None = None,
    found: str | None = None,
) -> Break:
    named = {name: str(part) for name, part in zip(table.key_columns, key, strict=True)}
    owner = {table.owner: entity_id} if table.owner is not None else {}
    return Break(
        damage=damage,
        day=record.day if record is not None else None,
        sequence=record.sequence if record is not None else None,
        audit_id=record.id if record is not None else None,
        message=message,
        table=table.name,
        key={**owner, **named},
        column=column,
        recorded=recorded,
        found=found,
    )


def _misfit(record: ChainedRecord) -> Break:
    message = "the record does not match its hash"
    return Break(Damage.CHANGED, record.day, record.sequence, record.id, message)


# --- entities -----------------------------------------------------------------------------------------------


def _recorded_ids(
    session: Session, entity_type: EntityType, days: Sequence[ColumnElement[bool]]
) -> Iterator[Sequence[str]]:
    """Yield the ids of entities that have a record, in pages."""
    query = (
        select(AuditRow.entity_id)
        .where(AuditRow.entity_type == entity_type, *days)
        .distinct()
        .order_by(AuditRow.entity_id)
        .limit(PAGE_ENTITIES)
    )
    page = session.scalars(query).all()
    while page:
        yield page
        page = session.scalars(query.where(AuditRow.entity_id > page[-1])).all()


def _unrecorded_ids(session: Session, entity_type: EntityType) -> Iterator[Sequence[str]]:
    """Yield the ids of entities that have rows and no record, in pages."""
    for table in tables_of(entity_type):
        owner: Column[Any] | None = table.table.columns[table.owner] if table.owner else None
        if owner is None:
            recorded = exists().where(AuditRow.entity_type == entity_type)
            if not session.scalar(select(recorded)):
                yield [LIMITS_OF_THE_DESK]
            continue
        recorded = exists().where(AuditRow.entity_type == entity_type, AuditRow.entity_id == owner)
        query = select(owner).where(~recorded).distinct().order_by(owner).limit(PAGE_ENTITIES)
        page = session.scalars(query).all()
        while page:
            yield page
            page = session.scalars(query.where(owner > page[-1])).all()


def _known_otherwise(session: Session, entity_type: EntityType, entity_ids: Sequence[str]) -> set[str]:
    """Return the entities without a record of their own that another record speaks of.

    Records of commits from before rows were recorded have the ids of the orders. Limits had no records.
    """
    if entity_type is EntityType.LIMITS:
        return set(entity_ids)
    if entity_type is not EntityType.ORDER or not entity_ids:
        return set()
    query = (
        select(OrderRow.order_id, AuditRow.after)
        .join(AuditRow, AuditRow.entity_id == OrderRow.allocation_id)
        .where(
            OrderRow.order_id.in_(entity_ids),
            AuditRow.entity_type == EntityType.ALLOCATION,
            AuditRow.action.in_((Action.COMMIT, Action.COMMIT_RECOVERED)),
        )
    )
    found = set()
    for order_id, text in session.execute(query):
        after = msgspec.json.decode(text or "{}")
        if ROWS not in after and order_id in after.get("aladdin_order_ids", ()):
            found.add(order_id)
    return found
