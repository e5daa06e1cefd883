"""Tables that are evidence, and the state of their rows as audit records carry it.

A unit of work that writes such rows reads them back and puts them into its audit record, so the hash chain
covers the rows as well: a value must be as the last record that has it says. A block is `{"columns": [...],
"values": [[...], ...], "whole": true}` under the table's name; a whole block holds every row that the table
has of the record's entity, any other only the rows and columns that were written.

Values are texts: numbers without exponents and zeros at the end of a fraction, times in UTC to the
microsecond, so a row reads the same on every database and after a migration to another numeric type.
Documents are represented by their SHA-256.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, Table, Text, false, select, true, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from app.core.columns import Exact, JsonDocument, UtcDateTime
from app.core.database import Base
from app.core.numbers import number_text
from app.models import (
    AllocationGroupRow,
    AllocationLineRow,
    AllocationRow,
    BrokerAccountRow,
    BrokerOrderRow,
    ComparisonGroupRow,
    ComparisonRow,
    EmergencyStopRow,
    FairnessEntryRow,
    FairnessPolicyRow,
    FixMessageRow,
    LimitRow,
    OrderFillLineRow,
    OrderFillRow,
    OrderRow,
    OrderSliceRow,
    ProposalGroupRow,
    ProposalRow,
    ReallocationRow,
    TargetDecisionRow,
    TargetSetRow,
    TargetVersionRow,
)
from app.services.audit.actions import EntityType
from app.services.audit.chain import hashed_moment

Value = str | None
Row = dict[str, Value]
Key = tuple[Value, ...]

ROWS = "rows"
"""Member of a record's `after` that holds its blocks."""

LIMITS_OF_THE_DESK = "desk"
"""Entity id of the compliance limits, which are recorded together."""


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """A table of evidence: `owner` is the column with the id of the entity that a row belongs to.

    Without an owner all rows belong to one entity, `LIMITS_OF_THE_DESK`. `exempt` columns are not recorded,
    each for the reason given.
    """

    model: type[Base]
    entity_type: EntityType
    owner: str | None
    exempt: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def table(self) -> Table:
        """The table itself."""
        return cast("Table", self.model.__table__)

    @property
    def name(self) -> str:
        """Name of the table."""
        return self.table.name

    @property
    def columns(self) -> list[Column[Any]]:
        """The recorded columns; the owner is not among them, because the record names it."""
        return [c for c in self.table.columns if c.name != self.owner and c.name not in self.exempt]

    @property
    def key_columns(self) -> list[str]:
        """Columns that tell apart the rows of one entity."""
        return [c.name for c in self.table.primary_key.columns if c.name != self.owner]

    def key(self, row: Mapping[str, Value]) -> Key:
        """Return the key of a row among those of its entity."""
        return tuple(row[name] for name in self.key_columns)

    def belongs(self, entity_ids: Sequence[str]) -> ColumnElement[bool]:
        """Return the condition that a row belongs to one of the entities."""
        if self.owner is None:
            return true() if LIMITS_OF_THE_DESK in entity_ids else false()
        return self.table.columns[self.owner].in_(entity_ids)


EVIDENCE = (
    EvidenceTable(
        AllocationRow,
        EntityType.ALLOCATION,
        "id",
        {"settle_after": "it is the lease of a claim, which recovery renews while it tries"},
    ),
    EvidenceTable(AllocationGroupRow, EntityType.ALLOCATION, "allocation_id"),
    EvidenceTable(AllocationLineRow, EntityType.ALLOCATION, "allocation_id"),
    EvidenceTable(FixMessageRow, EntityType.ALLOCATION, "allocation_id"),
    EvidenceTable(ComparisonRow, EntityType.COMPARISON, "id"),
    EvidenceTable(ComparisonGroupRow, EntityType.COMPARISON, "comparison_id"),
    EvidenceTable(OrderRow, EntityType.ORDER, "order_id"),
    EvidenceTable(OrderSliceRow, EntityType.ORDER, "order_id"),
    EvidenceTable(OrderFillRow, EntityType.ORDER, "order_id"),
    EvidenceTable(OrderFillLineRow, EntityType.ORDER, "order_id"),
    EvidenceTable(FairnessEntryRow, EntityType.ORDER, "order_id"),
    EvidenceTable(LimitRow, EntityType.LIMITS, None),
    EvidenceTable(FairnessPolicyRow, EntityType.FAIRNESS_POLICY, "policy_id"),
    EvidenceTable(EmergencyStopRow, EntityType.EMERGENCY_STOP, "id"),
    EvidenceTable(TargetSetRow, EntityType.TARGET_SET, "id"),
    EvidenceTable(TargetVersionRow, EntityType.TARGET_SET, "target_set_id"),
    EvidenceTable(TargetDecisionRow, EntityType.TARGET_SET, "target_set_id"),
    EvidenceTable(ProposalRow, EntityType.PROPOSAL, "id"),
    EvidenceTable(ProposalGroupRow, EntityType.PROPOSAL, "proposal_id"),
    EvidenceTable(ReallocationRow, EntityType.REALLOCATION, "id"),
    EvidenceTable(
        BrokerAccountRow,
        EntityType.BROKER_ACCOUNT,
        "id",
        {"credentials": "they are secret, and encrypted anew when keys rotate"},
    ),
    EvidenceTable(BrokerOrderRow, EntityType.BROKER_ORDER, "id"),
)
"""The tables that are evidence."""

NOT_EVIDENCE = {
    "audit_events": "the hash chain itself",
    "audit_heads": "the hash chain itself",
    "accounts": "reference data; every preview keeps what it used of it in its snapshot",
    "portfolio_groups": "reference data; every preview keeps what it used of it in its snapshot",
    "reference_source": "the fingerprint of reference data",
    "securities": "a search index; every preview keeps the bond in its snapshot",
    "users": "set by administrators; the trail has each change, who logged in and what each user did",
    "user_grants": "set by administrators; the trail has each change",
    "login_brakes": "counts of failed logins that live for minutes; the trail has each lock",
    "sessions": "the trail has every login, logout and ended session",
    "user_identities": "which user a subject of single sign-on is; the trail has every login",
    "idempotency_keys": "answers that are kept for repeated requests, for a day",
    "user_activity": "statistics of requests, deleted after some time",
    "usage_events": "counts of pages and steps without content, deleted after some time",
    "user_preferences": "how a user's screen looks",
    "fairness_balances": "sums of entries, which are evidence; verification adds them up again",
    "blotters": "which orders were asked for together; the trail has each line's preview and commit",
    "blotter_groups": "the groups of a blotter's lines, which each preview has",
    "blotter_joint_splits": "its SHA-256 is in the snapshot and the audit record of each line's preview, "
    "and in the record of its erasure",
    "blotter_lines": "requests; each preview keeps its own in its snapshot, with its blotter and line",
    "drift_snapshots": "measured from what Aladdin said then, for reports; deleted after some time",
    "drift_lines": "classes of snapshots, deleted with them",
    "market_imports": "prices for statistics, not of orders; the trail has each import with its counts",
    "market_blocks": "the prices of imports, which are superseded and never changed",
    "market_refreshes": "what became of the last refresh of each symbol, written anew by the next",
    "backtests": "simulations over past prices, of no client and of no order",
    "backtest_parts": "trades of simulations",
    "backtest_results": "figures of simulations",
    "backtest_grids": "which simulations were asked for together",
    "optimizations": "weights by prices, not of orders; each has the SHA-256 of its answer and is replayed",
    "events": "notices of data that is stored elsewhere, deleted after some time",
    "event_assets": "the assets of notices, deleted with them",
    "event_cursors": "how far sources of notices were read",
    "event_listeners": "connections as they are now",
    "monitors": "when portfolios are calculated anew; the trail has each change",
    "recalculations": "work that was asked for, with its job; what it does is recorded where it is done",
    "monitor_changes": "what clients are told, deleted after some time",
    "jobs": "work that was asked for and how far it is; what it does is recorded where it is done",
    "schedules": "when work of the service itself is due; what it does is recorded where it is done",
    "alerts": "findings on facts that are recorded where they happen; the trail has each acknowledgement",
    "alert_groups": "the groups of what an alert is about",
    "alert_events": "when an alert began, worsened and ended; the trail has each acknowledgement",
    "alert_reads": "what a user has read",
    "alert_channels": "set by administrators; the trail has each change",
    "alert_deliveries": "messages on their way to channels, deleted after some time",
    "alert_delivery_events": "attempts at messages, deleted with them; the trail has each retry by a user",
    "locks": "leases that live for seconds",
    "paper_accounts": "the paper broker's side: simulated money, as a broker of its own would keep it",
    "paper_holdings": "the paper broker's side",
    "paper_orders": "the paper broker's side",
}
"""The other tables, each with the reason why none of its columns is evidence."""

BY_MODEL = {table.model: table for table in EVIDENCE}
BY_NAME = {table.name: table for table in EVIDENCE}


def tables_of(entity_type: str) -> tuple[EvidenceTable, ...]:
    """Return the tables whose rows belong to entities of this kind."""
    return tuple(table for table in EVIDENCE if table.entity_type == entity_type)


@dataclass(frozen=True, slots=True)
class Changed:
    """Rows that a unit of work has written: all that the table has of the entity, or those of `where`.

    `columns` are those that were written of a row that was there before, None for new rows. Others are not
    read back: what was tampered with before must not become the recorded state.
    """

    model: type[Base]
    columns: Collection[str] | None = None
    where: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


def everything(entity_type: EntityType) -> tuple[Changed, ...]:
    """Return all rows of a new entity, in every table that may hold some: no other row belongs to it."""
    return tuple(Changed(table.model) for table in tables_of(entity_type))


def blocks(session: Session, entity_id: str, changed: Sequence[Changed]) -> dict[str, object]:
    """Return the blocks of these rows of an entity, as they are stored now."""
    found: dict[str, object] = {}
    for part in changed:
        table = BY_MODEL[part.model]
        written = None if part.columns is None else {*part.columns, *table.key_columns}
        columns = [c.name for c in table.columns if written is None or c.name in written]
        where = [table.table.columns[name] == value for name, value in part.where.items()]
        rows = stored_rows(session, table, [entity_id], *where).get(entity_id, [])
        found[table.name] = {
            "columns": columns,
            "values": [[row[name] for name in columns] for row in rows],
            "whole": not part.where and part.columns is None,
        }
    return found


def stored_rows(
    session: Session, table: EvidenceTable, entity_ids: Sequence[str], *where: ColumnElement[bool]
) -> dict[str, list[Row]]:
    """Return the rows of entities by entity id, without trust in the values: they may be of any type."""
    columns = table.columns
    of = table.table.columns
    owner = [of[table.owner]] if table.owner is not None else []
    query = (
        select(*[_unconverted(c) for c in (*columns, *owner)])
        .where(table.belongs(entity_ids), *where)
        .order_by(*owner, *[of[name] for name in table.key_columns])
    )
    found: dict[str, list[Row]] = {}
    for values in session.execute(query):
        row = {c.name: recorded_value(c, value) for c, value in zip(columns, values, strict=False)}
        entity_id = str(values[-1]) if owner else LIMITS_OF_THE_DESK
        found.setdefault(entity_id, []).append(row)
    return found


def block_rows(block: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the rows of a recorded block."""
    for values in block["values"]:
        yield dict(zip(block["columns"], values, strict=True))


def recorded_value(column: Column[Any], value: object) -> Value:
    """Return a stored value as records carry it."""
    kind = column.type
    read: Value = None
    if isinstance(kind, JsonDocument | Text) and value is not None:
        read = document_digest(str(value))
    elif isinstance(kind, UtcDateTime) and value is not None:
        read = hashed_moment(value)
    elif isinstance(value, Decimal | int) or (isinstance(kind, Exact) and isinstance(value, str)):
        read = recorded_number(value)
    elif value is not None:
        read = value.isoformat() if isinstance(value, date) else str(value)
    return read


def recorded_number(value: Decimal | float | str) -> str:
    """Return a number as records carry it; a text that is no number is returned as it is."""
    try:
        return number_text(Decimal(value) if isinstance(value, str) else value)
    except InvalidOperation:
        return str(value)


def document_digest(text: str) -> str:
    """Return what stands for a document in a record."""
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def _unconverted(column: Column[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, JsonDocument):
        return column  # its text is inside a VARIANT on Snowflake
    return type_coerce(column, NullType()).label(column.name)
