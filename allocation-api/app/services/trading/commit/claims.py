"""Moves of a preview before its order is sent: claimed, released, or waiting for another user's approval.

Each is one compare-and-set with its audit record in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.core import metrics
from app.core.database import Database
from app.core.errors import AllocatorError
from app.models import AllocationRow
from app.services.allocations import snapshot
from app.services.allocations.decisions import Approval
from app.services.allocations.store import AllocationStatus
from app.services.allocations.validity import holds
from app.services.audit.trail import Action, AuditService, Changed, EntityType
from app.services.domain.caller import Caller
from app.services.trading.commit.intent import Attempt
from app.services.trading.states import Claim, compare_and_set

INTENT = ("status", "commit_intent")
"""Columns of an allocation that a claim and its release write; the lease apart."""

APPROVAL = ("status", "approval")
"""Columns of an allocation that a decision on its approval writes."""

REQUEST = ("status", "commit_intent", "approval")
"""Columns of an allocation that a request for approval and its withdrawal write."""


class Claims:
    """Stores who may send the order of a preview: a claim, or an approval that it waits for."""

    def __init__(self, database: Database, audit: AuditService) -> None:
        self._database = database
        self._audit = audit

    def claim(self, attempt: Attempt, claim: Claim, now: datetime, *conditions: ColumnElement[bool]) -> bool:
        """Claim a preview that is open at `now`, with intent and approval. False if it is not open any more.

        `conditions` are further ones on the row.
        """
        approval = attempt.approval
        columns: dict[str, object] = {"commit_intent": snapshot.encode(attempt.intent)}
        action, written = Action.COMMIT_INTENDED, INTENT
        if approval is not None:
            columns = {"approval": snapshot.encode(approval)}
            action, written = Action.COMMIT_APPROVED, APPROVAL

        def store(session: Session) -> bool:
            claimed = compare_and_set(
                session,
                attempt.allocation_id,
                attempt.waits_as,
                AllocationStatus.COMMITTING,
                holds(now),
                *conditions,
                settle_after=claim.initial,
                **columns,
            )
            if claimed:
                after = {"status": AllocationStatus.COMMITTING, **_intended(attempt)}
                self._record(
                    session, action, attempt.actor, attempt.allocation_id, attempt.waits_as, after, written
                )
            return claimed

        return self._database.retried(store)

    def release(self, attempt: Attempt, claim: Claim) -> bool:
        """Return an unsent commit to where it was claimed. False if another process took over the claim."""
        columns: dict[str, object] = {"commit_intent": None}
        written = INTENT
        if attempt.approval is not None:
            columns, written = {"approval": snapshot.encode(attempt.approval.undecided)}, APPROVAL

        def store(session: Session) -> bool:
            released = compare_and_set(
                session,
                claim.allocation_id,
                AllocationStatus.COMMITTING,
                attempt.waits_as,
                claim.holds,
                settle_after=None,
                **columns,
            )
            if released:
                after = {"status": attempt.waits_as, "comment": attempt.intent.comment}
                self._record(
                    session,
                    Action.COMMIT_RELEASED,
                    attempt.actor,
                    claim.allocation_id,
                    AllocationStatus.COMMITTING,
                    after,
                    written,
                )
            return released

        return self._database.retried(store)

    def refused(self, attempt: Attempt, error: AllocatorError) -> None:
        """Audit that an attempt was refused before anything was sent."""
        metrics.COMMITS.labels(error.code).inc()
        action = Action.COMMIT_REFUSED if attempt.by is None else Action.APPROVAL_REFUSED
        after = {"code": error.code, "message": error.detail, "comment": attempt.comment}
        self._database.retried(
            lambda session: self._audit.record_for(
                session, action, attempt.actor, EntityType.ALLOCATION, attempt.allocation_id, after=after
            )
        )

    def ask(self, attempt: Attempt, approval: Approval, now: datetime) -> bool:
        """Let an open preview wait for this approval, with the intent stored. False if it is not open."""
        before, after = AllocationStatus.PREVIEWED, AllocationStatus.PENDING_APPROVAL

        def store(session: Session) -> bool:
            moved = compare_and_set(
                session,
                attempt.allocation_id,
                before,
                after,
                holds(now),
                commit_intent=snapshot.encode(attempt.intent),
                approval=snapshot.encode(approval),
            )
            if moved:
                said = {"status": after, "needed_for": approval.needed_for, **_intended(attempt)}
                self._record(
                    session,
                    Action.APPROVAL_REQUESTED,
                    attempt.caller,
                    attempt.allocation_id,
                    before,
                    said,
                    REQUEST,
                    audit_id=approval.audit_id,
                )
            return moved

        return self._database.retried(store)

    def decide(
        self,
        row: AllocationRow,
        after: AllocationStatus,
        action: Action,
        caller: Caller,
        reason: str,
        now: datetime,
        **columns: object,
    ) -> bool:
        """Move an allocation that waits for the approval in `row`. False if it waits for it no more."""
        before = AllocationStatus.PENDING_APPROVAL
        same = (AllocationRow.approval == row.approval, holds(now))

        def store(session: Session) -> bool:
            moved = compare_and_set(session, row.id, before, after, *same, **columns)
            if moved:
                said = {"status": after, "reason": reason}
                self._record(session, action, caller, row.id, before, said, ("status", *columns))
            return moved

        return self._database.retried(store)

    def _record(
        self,
        session: Session,
        action: Action,
        caller: Caller,
        allocation_id: str,
        before: AllocationStatus,
        after: Mapping[str, object],
        columns: Sequence[str],
        *,
        audit_id: str | None = None,
    ) -> None:
        self._audit.record_for(
            session,
            action,
            caller,
            EntityType.ALLOCATION,
            allocation_id,
            audit_id=audit_id,
            before={"status": before},
            after=after,
            rows=(Changed(AllocationRow, columns),),
        )


def _intended(attempt: Attempt) -> dict[str, object]:
    """Return what the audit record of an intent says of it."""
    said: dict[str, object] = {
        "comment": attempt.comment,
        "override_warnings": attempt.intent.override_warnings,
        "acknowledged_warnings": attempt.acknowledged_as_json,
    }
    if attempt.approval is not None:
        said["requested_by"] = attempt.approval.requested_by
    return said
