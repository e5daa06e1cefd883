"""Append-only audit trail: user, action, time, and the state before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.core.errors import NotFound
from app.models import AuditRow
from app.services.audit import chain
from app.services.audit.verification import Span, Verification, verify
from app.services.domain.caller import Caller
from app.utils.paging import Page, page


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One audit record; `day` and `sequence` are its place in the hash chain.

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
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    day: date
    sequence: int
    hash: str


class Action(StrEnum):
    """Audited actions.

    X_INTENDED is written before X is sent to Aladdin, X_REFUSED where X was not allowed.
    """

    LOGIN = "LOGIN"
    LOGIN_REFUSED = "LOGIN_REFUSED"
    LOGOUT = "LOGOUT"
    PREVIEW = "PREVIEW"
    COMPLIANCE_BYPASS = "COMPLIANCE_BYPASS"
    COMPLIANCE_BYPASS_REFUSED = "COMPLIANCE_BYPASS_REFUSED"
    COMMIT = "COMMIT"
    COMMIT_REFUSED = "COMMIT_REFUSED"
    COMMIT_RECOVERED = "COMMIT_RECOVERED"
    MODIFY_INTENDED = "MODIFY_INTENDED"
    MODIFY = "MODIFY"
    MODIFY_REFUSED = "MODIFY_REFUSED"
    CANCEL_INTENDED = "CANCEL_INTENDED"
    CANCEL = "CANCEL"
    CANCEL_REFUSED = "CANCEL_REFUSED"
    ORDER_CHANGED = "ORDER_CHANGED"
    FILL_RECORDED = "FILL_RECORDED"
    FILL_UNALLOCATED = "FILL_UNALLOCATED"
    ALLOCATION_TAKEN_OVER = "ALLOCATION_TAKEN_OVER"
    ALLOCATION_DIFFERENT = "ALLOCATION_DIFFERENT"
    FIX_SENT = "FIX_SENT"


class EntityType(StrEnum):
    """Kinds of things that are audited."""

    ALLOCATION = "allocation"
    ORDER = "order"
    SECURITY = "security"
    USER = "user"


SYSTEM = "system"
"""User name of records without a user, such as a change of an order that Aladdin reports."""


class AuditService:
    """Writes audit records inside the caller's unit of work, and reads them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

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
        audit_id: str | None = None,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> str:
        """Append one record to the trail, in the caller's unit of work, and return its id.

        `before` and `after` are the state of the entity, as JSON-able mappings. Records come last in a unit:
        from here to its end, other units that record wait for it or conflict with it.

        Raises
        ------
        WriteConflictError
            When other units moved the head first; `Database.retried` retries the whole unit.
        """
        row = AuditRow(
            id=audit_id or new_id(),
            at=self._clock(),
            user_id=user_id,
            username=username,
            action=action,
            entity_type=entity_type,
            entity_id=entity_id,
            request_id=request_id,
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
    ) -> str:
        """Append one record of an authenticated caller's action, and return its id."""
        return self.record(
            session,
            action,
            user_id=caller.user_id,
            username=caller.username,
            request_id=caller.request_id,
            entity_type=entity_type,
            entity_id=entity_id,
            audit_id=audit_id,
            before=before,
            after=after,
        )

    def get(self, audit_id: str) -> AuditRecord:
        """Return one record.

        Raises
        ------
        NotFound
            When there is none of that id.
        """
        with self._database.read() as session:
            row = session.get(AuditRow, audit_id)
        if row is None:
            raise NotFound(f"There is no audit record {audit_id}.")
        return _record(row)

    def list(
        self,
        *,
        action: Action | None = None,
        entity_type: EntityType | None = None,
        entity_id: str | None = None,
        username: str | None = None,
        request_id: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[AuditRecord]:
        """Return a page of records, newest first; a filter of None matches all."""
        wanted = {
            AuditRow.action: action,
            AuditRow.entity_type: entity_type,
            AuditRow.entity_id: entity_id,
            AuditRow.username: username,
            AuditRow.request_id: request_id,
        }
        query = select(AuditRow).where(*(c == v for c, v in wanted.items() if v is not None))
        with self._database.read() as session:
            return page(session, query, (AuditRow.at, AuditRow.id), cursor, limit, _record)

    def verify(self, span: Span, progress: Callable[[int], None] | None = None) -> Verification:
        """Verify the hash chain; see `app.services.audit.verification`.

        Raises
        ------
        InvalidRequest
            Naming `anchor`, when it lies outside the span.
        """
        with self._database.read() as session:
            return verify(session, span, progress)


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
        before=msgspec.json.decode(row.before) if row.before else None,
        after=msgspec.json.decode(row.after) if row.after else None,
        day=date.fromisoformat(row.day),
        sequence=row.sequence,
        hash=row.hash,
    )
