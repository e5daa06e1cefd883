"""Append-only audit trail: user, action, time, and the state before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.core.errors import NotFound
from app.models import AllocationRow, AuditRow, OrderRow
from app.services.audit import chain
from app.services.audit.actions import Action, EntityType
from app.services.audit.breaks import Break
from app.services.audit.evidence import LIMITS_OF_THE_DESK, ROWS, Changed, blocks, everything
from app.services.audit.export import AnchorSigner, exported
from app.services.audit.row_verification import check_rows
from app.services.audit.verification import Span, Verification, verify
from app.services.audit.visible import records
from app.services.domain.caller import Caller
from app.services.visibility.visibility import Visibility
from app.utils.paging import Page, page

__all__ = ["SYSTEM", "Action", "AuditRecord", "AuditService", "Changed", "EntityType", "everything"]


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One audit record; `day` and `sequence` are its place in the chain, `hashed_text` is what is hashed.

    `action` and `entity_type` are the stored text, so that a record that was tampered with is still shown.
    """

    audit_id: str
    at: datetime
    user_id: str | None
    username: str
    action: str
    entity_type: str
    entity_id: str
    request_id: str
    address: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    day: date
    sequence: int
    previous_hash: str
    hash: str
    hashed_text: str


SYSTEM = "system"
"""User name of records without a user, such as a change of an order that Aladdin reports."""


class AuditService:
    """Writes audit records inside the caller's unit of work, and reads them."""

    def __init__(self, database: Database, clock: Clock, signer: AnchorSigner | None = None) -> None:
        self._database = database
        self._clock = clock
        self._signer = signer or AnchorSigner.derived(new_id())

    def record(
        self,
        session: Session,
        action: Action,
        *,
        user_id: str | None,
        username: str,
        request_id: str,
        entity_type: EntityType,
        entity_id: str,
        address: str | None = None,
        audit_id: str | None = None,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
        rows: Sequence[Changed] = (),
    ) -> str:
        """Append one record to the trail, in the caller's unit of work, and return its id.

        `address` is the source address of the request, None outside one. `before` and `after` are the state
        of the entity, as JSON-able mappings; `rows` are its rows that this unit has written, which the record
        adds to `after` as evidence. Records come last in a unit: from here to its end, other units that
        record wait for it or conflict with it.

        Raises
        ------
        WriteConflictError
            When other units moved the head first; `Database.retried` retries the whole unit.
        """
        if rows:
            after = {**(after or {}), ROWS: blocks(session, entity_id, rows)}
        row = AuditRow(
            id=audit_id or new_id(),
            at=self._clock(),
            user_id=user_id,
            username=username,
            action=action,
            entity_type=entity_type,
            entity_id=entity_id,
            request_id=request_id,
            address=address,
            before=_dump(before),
            after=_dump(after),
        )
        chain.append(session, row)
        return row.id

    def record_system(
        self,
        session: Session,
        action: Action,
        entity_type: EntityType,
        entity_id: str,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
        rows: Sequence[Changed] = (),
    ) -> str:
        """Append one record of the system, without a user, and return its id."""
        return self.record(
            session,
            action,
            user_id=None,
            username=SYSTEM,
            request_id="",
            entity_type=entity_type,
            entity_id=entity_id,
            before=before,
            after=after,
            rows=rows,
        )

    def record_for(
        self,
        session: Session,
        action: Action,
        caller: Caller,
        entity_type: EntityType,
        entity_id: str,
        *,
        audit_id: str | None = None,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
        rows: Sequence[Changed] = (),
    ) -> str:
        """Append one record of an authenticated caller's action, and return its id."""
        return self.record(
            session,
            action,
            user_id=caller.user_id,
            username=caller.username,
            request_id=caller.request_id,
            address=caller.address,
            entity_type=entity_type,
            entity_id=entity_id,
            audit_id=audit_id,
            before=before,
            after=after,
            rows=rows,
        )

    def record_limits(self, session: Session, comment: str, username: str = SYSTEM) -> str:
        """Record the compliance limits as they are stored, and return the record's id.

        They are set in the database: from here on verification finds any other change of them.
        """
        return self.record(
            session,
            Action.LIMITS_RECORDED,
            user_id=None,
            username=username,
            request_id="",
            entity_type=EntityType.LIMITS,
            entity_id=LIMITS_OF_THE_DESK,
            after={"comment": comment},
            rows=everything(EntityType.LIMITS),
        )

    def has_records(self, session: Session, entity_type: EntityType) -> bool:
        """Say whether the trail has a record of any entity of this kind."""
        return session.scalar(select(exists().where(AuditRow.entity_type == entity_type))) or False

    def get(self, audit_id: str, visible: Visibility) -> AuditRecord:
        """Return one record.

        Raises
        ------
        NotFound
            When there is no visible one of that id.
        """
        with self._database.read() as session:
            row = session.scalar(select(AuditRow).where(AuditRow.id == audit_id, *records(visible)))
        if row is None:
            raise NotFound(f"There is no audit record {audit_id}.")
        return _record(row)

    def list(
        self,
        visible: Visibility,
        *,
        action: Action | None = None,
        entity_type: EntityType | None = None,
        entity_id: str | None = None,
        username: str | None = None,
        request_id: str | None = None,
        address: str | None = None,
        days: Span | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[AuditRecord]:
        """Return a page of visible records, newest first; a filter of None matches all."""
        wanted = {
            AuditRow.action: action,
            AuditRow.entity_type: entity_type,
            AuditRow.entity_id: entity_id,
            AuditRow.username: username,
            AuditRow.request_id: request_id,
            AuditRow.address: address,
        }
        query = select(AuditRow).where(
            *(c == v for c, v in wanted.items() if v is not None),
            *(days.conditions if days else ()),
            *records(visible),
        )
        with self._database.read() as session:
            return page(session, query, (AuditRow.at, AuditRow.id), cursor, limit, _record)

    def row_breaks(self, session: Session, entity_type: EntityType, entity_id: str) -> tuple[Break, ...]:
        """Return where an entity's rows are not as the trail has them."""
        return tuple(check_rows(session, entity_type, [entity_id], self._clock()).breaks)

    def allocation_breaks(self, session: Session, allocation_id: str) -> tuple[Break, ...]:
        """Return where the rows of an allocation and of its order are not as the trail has them.

        The order is looked up from both sides, since either reference may be what was tampered with.
        """
        named = select(AllocationRow.aladdin_order_id).where(AllocationRow.id == allocation_id)
        named = named.where(AllocationRow.aladdin_order_id.is_not(None))
        sent = select(OrderRow.order_id).where(OrderRow.allocation_id == allocation_id)
        orders = sorted({*session.scalars(named), *session.scalars(sent)})
        found = self.row_breaks(session, EntityType.ALLOCATION, allocation_id)
        return (*found, *check_rows(session, EntityType.ORDER, orders, self._clock()).breaks)

    def verify(self, span: Span, progress: Callable[[int], None] | None = None) -> Verification:
        """Verify the hash chain; see `app.services.audit.verification`.

        Raises
        ------
        InvalidRequest
            Naming `anchor`, when it lies outside the span.
        """
        with self._database.read() as session:
            return verify(session, span, progress, now=self._clock())

    def export(self, span: Span) -> Iterator[str]:
        """Yield the lines of an export; see `app.services.audit.export`."""
        with self._database.read() as session:
            yield from exported(session, span, self._signer)


def _dump(state: Mapping[str, object] | None) -> str | None:
    return None if state is None else msgspec.json.encode(state).decode()


def _record(row: AuditRow) -> AuditRecord:
    return AuditRecord(
        audit_id=row.id,
        at=row.at,
        user_id=row.user_id,
        username=row.username,
        action=row.action,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
        request_id=row.request_id,
        address=row.address,
        before=msgspec.json.decode(row.before) if row.before else None,
        after=msgspec.json.decode(row.after) if row.after else None,
        day=date.fromisoformat(row.day),
        sequence=row.sequence,
        previous_hash=row.previous_hash,
        hash=row.hash,
        hashed_text=chain.encoded(chain.chained(row)).decode(),
    )
