"""Commit: a preview becomes one block order, once.

The steps are durable on purpose, each in a transaction of its own, so that a crash between two of them leaves
a state that says how far it came: PREVIEWED -> COMMITTING -> SUBMITTED, FAILED or UNKNOWN. Whoever moves the
row to COMMITTING, by compare-and-set, is the only one who sends it, and from reading the book again to the
recorded outcome nobody else in this process sends anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import structlog
from sqlalchemy import insert, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.core.errors import (
    AllocatorError,
    AlreadyCommitted,
    BookChanged,
    Conflict,
    Forbidden,
    InvalidRequest,
    OrderOutcomeUnknown,
    PreviewExpired,
    VendorDenied,
    VendorRejected,
    WarningsNotOverridden,
)
from app.core.security import Permission
from app.models import AllocationRow, OrderRow, OrderSliceRow
from app.services.audit import Action, AuditService
from app.services.block_order import REFUSED, BlockOrder, PostedOrder
from app.services.preview import snapshot
from app.services.preview.capacity import capacities
from app.services.preview.inputs import InputsLoader
from app.services.preview.order import block_order
from app.services.preview.service import Status, load, present_status
from app.services.preview_types import PreviewInputs, PreviewResult
from app.services.trading.gateway import OrderGateway
from app.services.trading.ledger import slice_rows
from app.services.trading.states import compare_and_set, in_words, is_pending
from app.services.views import PENDING_COMPLIANCE, Caller, CommitLine, CommitResult, require

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to commit a preview: what was previewed, and who sends it with which words."""

    allocation_id: str
    inputs: PreviewInputs
    result: PreviewResult
    comment: str
    override_warnings: bool
    caller: Caller


class LostRaceError(RuntimeError):
    """Somebody moved an allocation that was ours to move: recorded as unknown, never as refused."""


class CommitService:
    """Sends previews to the vendor."""

    def __init__(
        self,
        database: Database,
        inputs: InputsLoader,
        gateway: OrderGateway,
        audit: AuditService,
        clock: Clock,
    ) -> None:
        self._database = database
        self._inputs = inputs
        self._gateway = gateway
        self._audit = audit
        self._clock = clock

    def commit(
        self, allocation_id: str, *, comment: str, override_warnings: bool, caller: Caller
    ) -> CommitResult:
        """Send the block order of a preview and record what became of it.

        Raises
        ------
        NotFound
            When there is no such preview.
        Conflict
            When it is expired, already committed, carries warnings that are not overridden, allocates
            nothing, or cannot be carried out any more; nothing is sent.
        OrderOutcomeUnknown
            When the vendor may have the order; the allocation is UNKNOWN and is not sent again.
        VendorUnavailable
            When nothing was sent; the preview can be committed again.
        """
        with self._database.read() as session:
            row = load(session, allocation_id)
        attempt = Attempt(
            allocation_id=allocation_id,
            inputs=snapshot.decode(row.snapshot, PreviewInputs),
            result=snapshot.decode(row.result, PreviewResult),
            comment=comment,
            override_warnings=override_warnings,
            caller=caller,
        )
        try:
            self._may_commit(row, attempt)
            order = block_order(allocation_id, attempt.inputs, attempt.result, comment=comment)
            with self._gateway.alone():
                self._claim(allocation_id)
                self._recheck(attempt)
                return self._send(attempt, order)
        except (Conflict, Forbidden) as error:
            self._record_refusal(attempt, error)
            raise

    # --- before anything is sent ----------------------------------------------------------------------------

    def _may_commit(self, row: AllocationRow, attempt: Attempt) -> None:
        status = present_status(row, self._clock())
        if status is Status.EXPIRED:
            raise PreviewExpired(
                f"The preview expired at {row.expires_at:%Y-%m-%dT%H:%M:%SZ}: make a new one"
            )
        if status is not Status.PREVIEWED:
            raise AlreadyCommitted(
                f"The allocation is {status}: only a preview can be committed",
                extra={"allocation_status": status},
            )
        if not attempt.inputs.request.constraints.compliance_check:
            require(attempt.caller, Permission.COMPLIANCE_BYPASS)
        seen = attempt.result.warnings
        if seen and not attempt.override_warnings:
            raise WarningsNotOverridden(
                f"The preview carries {len(seen)} warnings: commit with override_warnings "
                "when you have seen them",
                extra={"warnings": [{"type": w.type, "account_id": w.account_id} for w in seen]},
            )
        if seen:
            require(attempt.caller, Permission.WARNINGS_OVERRIDE)
        if attempt.result.summary.total_allocated == 0:
            raise Conflict("The preview allocates nothing, so there is nothing to send")

    def _claim(self, allocation_id: str) -> None:
        now = self._clock()
        with self._database.write() as session:
            claimed = compare_and_set(
                session, allocation_id, Status.PREVIEWED, Status.COMMITTING, not_expired_at=now
            )
        if not claimed:
            raise AlreadyCommitted("Somebody else commits this allocation, or it has just expired")

    def _release(self, allocation_id: str) -> None:
        with self._database.write() as session:
            compare_and_set(session, allocation_id, Status.COMMITTING, Status.PREVIEWED)

    def _recheck(self, attempt: Attempt) -> None:
        """Read the book again; give the preview free when the accounts can no longer take their slices."""
        feasible = False
        inputs = attempt.inputs
        try:
            order = replace(inputs.request.order, settlement_date=inputs.settlement_date)
            _check_still_feasible(attempt, self._inputs.load(replace(inputs.request, order=order)))
            feasible = True
        except InvalidRequest as error:
            raise BookChanged(f"The order is no longer valid: {error.detail}") from error
        finally:
            if not feasible:
                self._release(attempt.allocation_id)

    # --- sending, and what became of it ---------------------------------------------------------------------

    def _send(self, attempt: Attempt, order: BlockOrder) -> CommitResult:
        try:
            posted = self._gateway.post(order, attempt.caller)
        except OrderOutcomeUnknown as error:
            self._record_unknown(attempt, error.detail)
            raise
        except VendorRejected as error:
            if isinstance(error, VendorDenied):
                self._release(attempt.allocation_id)
                raise
            return self._record(attempt, Status.FAILED, None, error.detail)
        except AllocatorError:
            self._release(attempt.allocation_id)
            raise
        status = Status.FAILED if posted.status in REFUSED else Status.SUBMITTED
        try:
            return self._record(attempt, status, posted, in_words("Aladdin has the order", posted))
        except (SQLAlchemyError, LostRaceError) as error:
            detail = f"Aladdin has the order as {posted.order_id}, but it could not be recorded"
            log.critical("an order was sent but not recorded", order_id=posted.order_id, exc_info=error)
            self._record_unknown(attempt, detail, posted.order_id)
            raise OrderOutcomeUnknown(detail, extra={"order_id": posted.order_id}) from error

    def _record(
        self, attempt: Attempt, status: Status, posted: PostedOrder | None, message: str
    ) -> CommitResult:
        """Store what became of the attempt: status, order, answer and audit, all or nothing."""
        done = _commit_result(attempt, status, posted, message)

        def store(session: Session) -> None:
            if not compare_and_set(session, attempt.allocation_id, Status.COMMITTING, status):
                raise LostRaceError(attempt.allocation_id)
            session.execute(
                update(AllocationRow)
                .where(AllocationRow.id == attempt.allocation_id)
                .values(
                    commit_result=snapshot.encode(done),
                    aladdin_order_id=posted.order_id if posted else None,
                )
            )
            if posted is not None:
                session.add(self._order_row(attempt, posted))
                session.flush()
                session.execute(insert(OrderSliceRow), slice_rows(posted.order_id, _slices(attempt)))
            after = {
                "outcome": done.status,
                "aladdin_order_ids": list(done.aladdin_order_ids),
                "quantity": sum(line.allocated_quantity for line in done.allocations),
                "accounts": len(done.allocations),
                "message": message,
            }
            self._audit_commit(session, attempt, status, after, audit_id=done.audit_id)

        self._database.retried(store)
        return done

    def _record_unknown(self, attempt: Attempt, detail: str, order_id: str | None = None) -> None:
        """Store that the vendor may have the order; where even that fails, the log is what is left."""

        def store(session: Session) -> None:
            compare_and_set(session, attempt.allocation_id, Status.COMMITTING, Status.UNKNOWN)
            session.execute(
                update(AllocationRow)
                .where(AllocationRow.id == attempt.allocation_id)
                .values(aladdin_order_id=order_id)
            )
            after = {"message": detail, "aladdin_order_ids": [order_id] if order_id else []}
            self._audit_commit(session, attempt, Status.UNKNOWN, after)

        try:
            self._database.retried(store)
        except SQLAlchemyError as error:
            log.critical("an unknown outcome was not recorded", order_id=order_id, exc_info=error)

    def _record_refusal(self, attempt: Attempt, error: AllocatorError) -> None:
        self._database.retried(
            lambda session: self._audit.record_for(
                session,
                Action.COMMIT_REFUSED,
                attempt.caller,
                "allocation",
                attempt.allocation_id,
                after={"code": error.code, "message": error.detail, "comment": attempt.comment},
            )
        )

    def _audit_commit(
        self,
        session: Session,
        attempt: Attempt,
        status: Status,
        after: Mapping[str, object],
        *,
        audit_id: str | None = None,
    ) -> None:
        seen = attempt.result.warnings
        self._audit.record_for(
            session,
            Action.COMMIT,
            attempt.caller,
            "allocation",
            attempt.allocation_id,
            audit_id=audit_id,
            before={"status": Status.PREVIEWED},
            after={
                "status": status,
                "comment": attempt.comment,
                "override_warnings": attempt.override_warnings,
                "warnings": [{"type": w.type, "account_id": w.account_id} for w in seen],
                "compliance_check": attempt.inputs.request.constraints.compliance_check,
                **after,
            },
        )

    def _order_row(self, attempt: Attempt, posted: PostedOrder) -> OrderRow:
        now = self._clock()
        return OrderRow(
            order_id=posted.order_id,
            allocation_id=attempt.allocation_id,
            external_id=attempt.allocation_id,
            security_id=attempt.inputs.request.order.security_id,
            side=attempt.inputs.request.order.side,
            quantity=Decimal(attempt.result.summary.total_allocated),
            status=posted.status or "UNREPORTED",
            settlement_date=attempt.inputs.settlement_date,
            created_at=now,
            updated_at=now,
            created_by=attempt.caller.username,
        )


def _check_still_feasible(attempt: Attempt, now: PreviewInputs) -> None:
    """Compare every slice with what its account can take by the book as it stands now."""
    if now.business_date != attempt.inputs.business_date:
        raise BookChanged(
            f"The preview is of {attempt.inputs.business_date}, today is {now.business_date}: make a new one"
        )
    feasible = capacities(now)
    seen = {w.details.get("rule") for w in attempt.result.warnings}
    fresh = [f.message for f in feasible.flags if f.rule not in seen]
    if fresh:
        raise BookChanged(f"Since the preview: {'; '.join(fresh)}. Make a new one")
    able = feasible.by_account
    wanted = {
        a.account_id: a.allocated_quantity for a in attempt.result.allocations if a.allocated_quantity > 0
    }
    short = [
        {
            "account_id": account_id,
            "allocated_quantity": quantity,
            "max_quantity": able[account_id].cap if account_id in able else 0,
        }
        for account_id, quantity in wanted.items()
        if account_id not in able or not feasible.accepts(able[account_id], quantity)
    ]
    total = sum(wanted.values())
    if short or total > feasible.quantity:
        raise BookChanged(
            "The allocation can no longer be carried out as previewed: make a new preview",
            extra={"accounts": short, "total": total, "max_total": feasible.quantity},
        )


def _slices(attempt: Attempt) -> dict[str, int]:
    return {
        a.account_id: a.allocated_quantity for a in attempt.result.allocations if a.allocated_quantity > 0
    }


def _commit_result(
    attempt: Attempt, status: Status, posted: PostedOrder | None, message: str
) -> CommitResult:
    order_id = posted.order_id if posted else None
    outcome, line = "FAILED", "FAILED"
    if status is Status.SUBMITTED:
        outcome, line = "SUCCESS", "SUBMITTED"
        if posted is not None and is_pending(posted):
            outcome = line = PENDING_COMPLIANCE
    return CommitResult(
        allocation_id=attempt.allocation_id,
        status=outcome,
        aladdin_order_ids=(order_id,) if order_id is not None else (),
        allocations=tuple(
            CommitLine(a.account_id, a.allocated_quantity, order_id, line, message)
            for a in attempt.result.allocations
            if a.allocated_quantity > 0
        ),
        audit_id=new_id(),
        message=message,
    )
