"""Commit: a preview becomes one block order, once.

The steps are durable on purpose, each in a transaction of its own, so that a crash between two of them leaves
a state that says how far it came: PREVIEWED -> COMMITTING -> SUBMITTED, FAILED or UNKNOWN. Whoever moves the
row to COMMITTING, by compare-and-set, is the only one who sends.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.core.errors import (
    AllocatorError,
    AlreadyCommitted,
    BookChanged,
    Conflict,
    InvalidRequest,
    OrderOutcomeUnknown,
    PreviewExpired,
    VendorDenied,
    VendorRejected,
    WarningsNotOverridden,
)
from app.core.security import Permission
from app.models import AllocationRow, OrderRow
from app.services.audit import Action, AuditService
from app.services.block_order import BlockOrder, PostedOrder, Slice
from app.services.preview import snapshot
from app.services.preview.capacity import capacities
from app.services.preview.inputs import InputsLoader
from app.services.preview.service import Status, load, present_status
from app.services.preview_types import PreviewInputs, PreviewResult
from app.services.trading.gateway import OrderGateway
from app.services.views import Caller, CommitLine, CommitResult, require


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
        inputs = snapshot.decode(row.snapshot, PreviewInputs)
        result = snapshot.decode(row.result, PreviewResult)
        self._may_commit(row, inputs, result, override_warnings=override_warnings, caller=caller)
        order = _block_order(allocation_id, inputs, result, comment)
        self._claim(allocation_id)
        self._recheck(allocation_id, inputs, result)
        try:
            posted = self._gateway.post(order, caller)
        except OrderOutcomeUnknown:
            self._move(allocation_id, Status.UNKNOWN, caller, comment)
            raise
        except VendorDenied:
            self._release(allocation_id)
            raise
        except VendorRejected as error:
            return self._refused(allocation_id, result, error.detail, caller, comment)
        except AllocatorError:
            self._release(allocation_id)
            raise
        return self._submitted(allocation_id, inputs, result, posted, caller, comment)

    # --- before anything is sent ----------------------------------------------------------------------------

    def _may_commit(
        self,
        row: AllocationRow,
        inputs: PreviewInputs,
        result: PreviewResult,
        *,
        override_warnings: bool,
        caller: Caller,
    ) -> None:
        status = present_status(row, self._clock())
        if status is Status.EXPIRED:
            raise PreviewExpired(
                f"The preview expired at {row.expires_at:%Y-%m-%dT%H:%M:%SZ}: make a new one"
            )
        if status is not Status.PREVIEWED:
            raise AlreadyCommitted(
                f"The allocation is {status}: only a preview can be committed", extra={"status": status}
            )
        if not inputs.request.constraints.compliance_check:
            require(caller, Permission.COMPLIANCE_BYPASS)
        if result.warnings and not override_warnings:
            raise WarningsNotOverridden(
                f"The preview carries {len(result.warnings)} warnings: commit with override_warnings "
                "when you have seen them",
                extra={"warnings": [{"type": w.type, "account_id": w.account_id} for w in result.warnings]},
            )
        if result.warnings:
            require(caller, Permission.WARNINGS_OVERRIDE)
        if result.summary.total_allocated == 0:
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

    def _recheck(self, allocation_id: str, inputs: PreviewInputs, result: PreviewResult) -> None:
        """Read the book again; give the preview free when the accounts can no longer take their slices."""
        feasible = False
        try:
            order = replace(inputs.request.order, settlement_date=inputs.settlement_date)
            _check_still_feasible(self._inputs.load(replace(inputs.request, order=order)), result)
            feasible = True
        except InvalidRequest as error:
            raise BookChanged(f"The order is no longer valid: {error.detail}") from error
        finally:
            if not feasible:
                self._release(allocation_id)

    # --- after the vendor's answer --------------------------------------------------------------------------

    def _submitted(
        self,
        allocation_id: str,
        inputs: PreviewInputs,
        result: PreviewResult,
        posted: PostedOrder,
        caller: Caller,
        comment: str,
    ) -> CommitResult:
        message = f"Aladdin took the order and calls it {posted.status or 'nothing yet'}"
        audit_id = new_id()
        done = _result(allocation_id, result, posted.order_id, message, audit_id)
        now = self._clock()
        with self._database.write() as session:
            self._finish(session, allocation_id, Status.SUBMITTED, done)
            session.add(_order_row(allocation_id, inputs, result, posted, caller, now))
            self._audit_commit(session, done, Status.SUBMITTED, caller, comment)
        return done

    def _refused(
        self, allocation_id: str, result: PreviewResult, detail: str, caller: Caller, comment: str
    ) -> CommitResult:
        done = _result(allocation_id, result, None, detail, new_id())
        with self._database.write() as session:
            self._finish(session, allocation_id, Status.FAILED, done)
            self._audit_commit(session, done, Status.FAILED, caller, comment)
        return done

    def _move(self, allocation_id: str, status: Status, caller: Caller, comment: str) -> None:
        with self._database.write() as session:
            compare_and_set(session, allocation_id, Status.COMMITTING, status)
            self._audit.record_for(
                session,
                Action.COMMIT,
                caller,
                "allocation",
                allocation_id,
                before={"status": Status.PREVIEWED},
                after={"status": status, "comment": comment},
            )

    def _finish(self, session: Session, allocation_id: str, status: Status, done: CommitResult) -> None:
        if not compare_and_set(session, allocation_id, Status.COMMITTING, status):
            raise Conflict(f"The allocation {allocation_id} was moved on by somebody else")
        order_id = done.aladdin_order_ids[0] if done.aladdin_order_ids else None
        session.execute(
            update(AllocationRow)
            .where(AllocationRow.id == allocation_id)
            .values(commit_result=snapshot.encode(done), aladdin_order_id=order_id)
        )

    def _audit_commit(
        self, session: Session, done: CommitResult, status: Status, caller: Caller, comment: str
    ) -> None:
        self._audit.record_for(
            session,
            Action.COMMIT,
            caller,
            "allocation",
            done.allocation_id,
            audit_id=done.audit_id,
            before={"status": Status.PREVIEWED},
            after={
                "status": status,
                "aladdin_order_ids": list(done.aladdin_order_ids),
                "quantity": sum(line.allocated_quantity for line in done.allocations),
                "accounts": len(done.allocations),
                "comment": comment,
                "message": done.message,
            },
        )


def _check_still_feasible(now: PreviewInputs, result: PreviewResult) -> None:
    """Compare every slice with what its account can take by the book as it stands now."""
    feasible = capacities(now)
    pairs = zip(now.accounts, feasible.accounts, strict=True)
    able = {account.account_id: capacity.cap for account, capacity in pairs}
    wanted = {a.account_id: a.allocated_quantity for a in result.allocations if a.allocated_quantity > 0}
    short = [
        {
            "account_id": account_id,
            "allocated_quantity": quantity,
            "max_quantity": able.get(account_id, 0),
        }
        for account_id, quantity in wanted.items()
        if quantity > able.get(account_id, 0)
    ]
    total = sum(wanted.values())
    if short or total > feasible.quantity:
        raise BookChanged(
            "The allocation can no longer be carried out as previewed: make a new preview",
            extra={"accounts": short, "total": total, "max_total": feasible.quantity},
        )


def compare_and_set(
    session: Session,
    allocation_id: str,
    before: Status,
    after: Status,
    *,
    not_expired_at: datetime | None = None,
) -> bool:
    """Move an allocation from one status to another, and say whether it was this call that moved it."""
    statement = update(AllocationRow).where(AllocationRow.id == allocation_id, AllocationRow.status == before)
    if not_expired_at is not None:
        statement = statement.where(AllocationRow.expires_at > not_expired_at)
    done = session.execute(statement.values(status=after))
    return isinstance(done, CursorResult) and done.rowcount == 1


def _block_order(
    allocation_id: str, inputs: PreviewInputs, result: PreviewResult, comment: str
) -> BlockOrder:
    """One order with one slice per account; its external id is the allocation's, so it can be found again."""
    slices = tuple(
        Slice(a.account_id, Decimal(a.allocated_quantity))
        for a in result.allocations
        if a.allocated_quantity > 0
    )
    return BlockOrder(
        security_id=inputs.request.order.security_id,
        side=inputs.request.order.side,
        face=Decimal(result.summary.total_allocated),
        settlement_date=inputs.settlement_date,
        external_id=allocation_id,
        basket_id=allocation_id,
        slices=slices,
        comment=comment,
        trade_date=inputs.business_date,
        currency=inputs.security.currency,
    )


def _result(
    allocation_id: str, result: PreviewResult, order_id: str | None, message: str, audit_id: str
) -> CommitResult:
    taken = order_id is not None
    return CommitResult(
        allocation_id=allocation_id,
        status="SUCCESS" if taken else "FAILED",
        aladdin_order_ids=(order_id,) if order_id is not None else (),
        allocations=tuple(
            CommitLine(
                a.account_id, a.allocated_quantity, order_id, "SUBMITTED" if taken else "FAILED", message
            )
            for a in result.allocations
            if a.allocated_quantity > 0
        ),
        audit_id=audit_id,
        message=message,
    )


def _order_row(
    allocation_id: str,
    inputs: PreviewInputs,
    result: PreviewResult,
    posted: PostedOrder,
    caller: Caller,
    now: datetime,
) -> OrderRow:
    return OrderRow(
        order_id=posted.order_id,
        allocation_id=allocation_id,
        external_id=allocation_id,
        security_id=inputs.request.order.security_id,
        side=inputs.request.order.side,
        quantity=Decimal(result.summary.total_allocated),
        status=posted.status or "UNREPORTED",
        settlement_date=inputs.settlement_date,
        created_at=now,
        updated_at=now,
        created_by=caller.username,
    )
