"""Outcome of a commit: stored with order, slices, result and audit record in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core import metrics
from app.core.clock import Clock
from app.core.database import Database, insert_many, new_id
from app.models import AllocationRow, OrderRow, OrderSliceRow
from app.services.allocations import snapshot
from app.services.allocations.store import (
    AllocationStatus,
    CommitLine,
    CommitLineStatus,
    CommitResult,
    CommitStatus,
    load,
)
from app.services.audit.trail import Action, AuditService, Changed, EntityType, everything
from app.services.domain.block_order import UNREPORTED, PostedOrder
from app.services.domain.caller import Caller
from app.services.domain.face import face_number
from app.services.fairness.ledger import FairnessLedger
from app.services.trading.commit.intent import Attempt
from app.services.trading.rows import slice_rows
from app.services.trading.states import Claim, compare_and_set, is_pending, settle
from app.services.visibility.visibility import EVERYTHING

log = structlog.get_logger(__name__)


OUTCOME = ("status", "commit_result", "aladdin_order_id", "committed_at")
"""Columns of an allocation that an outcome writes."""


class LostRaceError(RuntimeError):
    """Another process has moved the allocation to a different outcome."""


class Outcomes:
    """Stores the outcomes of attempts; an allocation is moved only under its claim."""

    def __init__(
        self, database: Database, audit: AuditService, clock: Clock, fairness: FairnessLedger
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._fairness = fairness

    def record(
        self,
        attempt: Attempt,
        claim: Claim,
        status: AllocationStatus,
        posted: PostedOrder | None,
        message: str,
    ) -> CommitResult:
        """Store the outcome SUBMITTED or FAILED; return what is recorded in the end.

        Where another process recorded an outcome first, its result is returned.

        Raises
        ------
        LostRaceError
            When that outcome is about another order.
        """
        done = _commit_result(attempt, status, posted, message)

        def store(session: Session) -> CommitResult:
            if not self._settle(session, attempt, claim, status, done):
                return _recorded(session, attempt, posted)
            if posted is not None:
                self._add_order(session, attempt, posted)
            after = {
                "outcome": done.status,
                "aladdin_order_ids": list(done.aladdin_order_ids),
                "quantity": face_number(sum(line.allocated_quantity for line in done.allocations)),
                "accounts": len(done.allocations),
                "message": message,
            }
            columns = OUTCOME if attempt.settlement is None else (*OUTCOME, "settlement")
            self._record(session, attempt, status, after, columns, audit_id=done.audit_id)
            return done

        result = self._database.retried(store)
        metrics.COMMITS.labels(status).inc()
        return result

    def unknown(
        self,
        attempt: Attempt,
        claim: Claim,
        detail: str,
        settle_after: datetime | None,
        *,
        order_id: str | None = None,
    ) -> None:
        """Store the outcome UNKNOWN: the vendor may have the order. Logged where storing fails."""

        def store(session: Session) -> None:
            order = {} if order_id is None else {"aladdin_order_id": order_id}
            moved = compare_and_set(
                session,
                attempt.allocation_id,
                AllocationStatus.COMMITTING,
                AllocationStatus.UNKNOWN,
                claim.holds,
                settle_after=settle_after,
                **order,
            )
            if not moved and _is_recorded(session, attempt.allocation_id, order_id):
                return  # the database stored the outcome, and only its answer was lost
            after = {"message": detail, "aladdin_order_ids": list(order.values())}
            self._record(session, attempt, AllocationStatus.UNKNOWN, after, ("status", *order))

        metrics.COMMITS.labels(AllocationStatus.UNKNOWN).inc()
        try:
            self._database.retried(store)
        except SQLAlchemyError as error:
            log.critical("an unknown outcome was not recorded", order_id=order_id, exc_info=error)

    def unreadable(self, claim: Claim, caller: Caller, detail: str) -> None:
        """Store UNKNOWN for a commit whose stored intent cannot be read, unless it is UNKNOWN already."""

        def store(session: Session) -> None:
            if _postponed(session, claim, claim.initial):
                after = {"status": AllocationStatus.UNKNOWN, "recovered": True, "message": detail}
                self._audit.record_for(
                    session,
                    Action.COMMIT_RECOVERED,
                    caller,
                    EntityType.ALLOCATION,
                    claim.allocation_id,
                    before={"status": AllocationStatus.COMMITTING},
                    after=after,
                    rows=(Changed(AllocationRow, ("status",)),),
                )

        self._database.retried(store)

    def postpone(self, claim: Claim, settle_after: datetime | None) -> None:
        """Return a COMMITTING allocation to UNKNOWN; recovery looks at it again after `settle_after`."""
        self._database.retried(lambda session: _postponed(session, claim, settle_after))

    def _settle(
        self,
        session: Session,
        attempt: Attempt,
        claim: Claim,
        status: AllocationStatus,
        done: CommitResult,
    ) -> bool:
        settled = attempt.settlement
        by_people = {} if settled is None else {"settlement": snapshot.encode(settled)}
        return settle(
            session,
            claim,
            status,
            **by_people,
            commit_result=snapshot.encode(done),
            aladdin_order_id=next(iter(done.aladdin_order_ids), None),
            settle_after=None,
            committed_at=self._clock() if status is AllocationStatus.SUBMITTED else None,
        )

    def _add_order(self, session: Session, attempt: Attempt, posted: PostedOrder) -> None:
        now = self._clock()
        inputs = attempt.inputs
        session.add(
            OrderRow(
                order_id=posted.order_id,
                allocation_id=attempt.allocation_id,
                external_id=attempt.allocation_id,
                security_id=inputs.request.order.security_id,
                side=inputs.request.order.side,
                quantity=Decimal(attempt.result.summary.total_allocated),
                status=posted.status or UNREPORTED,
                trade_date=inputs.business_date,
                settlement_date=inputs.settlement_date,
                filled_quantity=Decimal(0),
                created_at=now,
                updated_at=now,
                created_by=attempt.caller.username,
            )
        )
        session.flush()
        insert_many(
            session,
            OrderSliceRow,
            slice_rows(posted.order_id, attempt.slices),
        )
        self._fairness.settle(session, posted.order_id)  # recorded with everything of the order
        self._audit.record_for(
            session,
            Action.ORDER_RECORDED,
            attempt.caller,
            EntityType.ORDER,
            posted.order_id,
            after={"allocation_id": attempt.allocation_id, "status": posted.status or UNREPORTED},
            rows=everything(EntityType.ORDER),
        )

    def _record(
        self,
        session: Session,
        attempt: Attempt,
        status: AllocationStatus,
        after: Mapping[str, object],
        columns: Sequence[str],
        *,
        audit_id: str | None = None,
    ) -> None:
        recovered_from = attempt.recovered_from
        self._audit.record_for(
            session,
            _action(attempt),
            attempt.caller if attempt.settlement is None else attempt.actor,
            EntityType.ALLOCATION,
            attempt.allocation_id,
            audit_id=audit_id,
            before={"status": recovered_from or AllocationStatus.PREVIEWED},
            after={
                "status": status,
                "comment": attempt.intent.comment,
                "override_warnings": attempt.intent.override_warnings,
                "warnings": [{"type": w.type, "account_id": w.account_id} for w in attempt.result.warnings],
                "acknowledged_warnings": attempt.acknowledged_as_json,
                "approved_by": attempt.approval.decided_by if attempt.approval else None,
                **_settled(attempt),
                "compliance_check": attempt.inputs.request.constraints.compliance_check,
                "recovered": recovered_from is not None,
                **after,
            },
            rows=(Changed(AllocationRow, columns),),
        )


def _action(attempt: Attempt) -> Action:
    if attempt.settlement is not None:
        return Action.COMMIT_SETTLED
    return Action.COMMIT if attempt.recovered_from is None else Action.COMMIT_RECOVERED


def _settled(attempt: Attempt) -> dict[str, object]:
    """Return what the record of an outcome says of the people who settled it."""
    said = attempt.settlement
    if said is None:
        return {}
    return {
        "settled_as": said.outcome,
        "proposed_by": said.proposed_by,
        "proposed_reason": said.reason,
        "confirmed_by": said.confirmed_by,
        "confirmed_reason": said.confirmed_reason,
    }


def _postponed(session: Session, claim: Claim, settle_after: datetime | None) -> bool:
    return compare_and_set(
        session,
        claim.allocation_id,
        AllocationStatus.COMMITTING,
        AllocationStatus.UNKNOWN,
        claim.holds,
        settle_after=settle_after,
    )


def _is_recorded(session: Session, allocation_id: str, order_id: str | None) -> bool:
    row = load(session, allocation_id, EVERYTHING)
    return order_id is not None and row.commit_result is not None and row.aladdin_order_id == order_id


def _recorded(session: Session, attempt: Attempt, posted: PostedOrder | None) -> CommitResult:
    """Return the result that another process recorded, if it is about the same order."""
    row = load(session, attempt.allocation_id, EVERYTHING)
    if row.commit_result is None or (posted is not None and row.aladdin_order_id != posted.order_id):
        raise LostRaceError(f"the allocation {row.id} is {row.status}, with order {row.aladdin_order_id}")
    return snapshot.decode(row.commit_result, CommitResult)


def _commit_result(
    attempt: Attempt, status: AllocationStatus, posted: PostedOrder | None, message: str
) -> CommitResult:
    order_id = posted.order_id if posted else None
    outcome, line = CommitStatus.FAILED, CommitLineStatus.FAILED
    if status is AllocationStatus.SUBMITTED:
        outcome, line = CommitStatus.SUCCESS, CommitLineStatus.SUBMITTED
        if posted is not None and is_pending(posted):
            outcome, line = CommitStatus.PENDING_COMPLIANCE, CommitLineStatus.PENDING_COMPLIANCE
    return CommitResult(
        allocation_id=attempt.allocation_id,
        status=outcome,
        aladdin_order_ids=(order_id,) if order_id is not None else (),
        allocations=tuple(
            CommitLine(account_id, face, order_id, line, message)
            for account_id, face in attempt.slices.items()
        ),
        audit_id=new_id(),
        message=message,
        acknowledged=attempt.acknowledged,
    )
