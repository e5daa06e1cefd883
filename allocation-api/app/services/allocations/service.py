"""Previews: computed, stored with their complete input (the snapshot), read, listed and replayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from app.core import metrics
from app.core.clock import Clock
from app.core.database import Database, insert_many, new_id
from app.core.errors import Forbidden
from app.core.security import Permission
from app.models import CHOICE_LOCK, AllocationGroupRow, AllocationLineRow, AllocationRow
from app.models.lock import serialise
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorError
from app.services.allocations import engine, snapshot
from app.services.allocations.block_order import block_order
from app.services.allocations.frontier import Frontier, frontier
from app.services.allocations.history import AllocationSummary, HistoryFilter, summaries
from app.services.allocations.inputs import InputsLoader
from app.services.allocations.origins import recorded_origin
from app.services.allocations.replay import ReplayResult, replayed
from app.services.allocations.request import PreviewRequest
from app.services.allocations.shown import nav_by_account, new_allocation, stored_allocation
from app.services.allocations.sizing import check_size
from app.services.allocations.store import (
    AllocationStatus,
    StoredAllocation,
    check_visible,
    load,
    stored_inputs,
)
from app.services.allocations.types import PreviewInputs, PreviewResult
from app.services.audit.trail import Action, AuditService, EntityType, everything
from app.services.domain.block_order import BlockOrder, CheckState, VendorCheck
from app.services.domain.caller import Caller, require
from app.services.domain.face import face_number
from app.services.safety.order_limits import OrderLimits
from app.services.visibility.visibility import Visibility
from app.utils.paging import Page

log = structlog.get_logger(__name__)


class AllocationService:
    """Creates, reads, lists and replays previews; commits are `app.services.trading.commit`.

    `lifetime` is the time until a preview expires; the days of the list are those of `zone`. `check` runs a
    what-if compliance check of an order at the vendor (R5.8); None disables it.
    """

    def __init__(
        self,
        database: Database,
        inputs: InputsLoader,
        audit: AuditService,
        clock: Clock,
        limits: OrderLimits,
        lifetime: timedelta,
        zone: ZoneInfo,
        check: Callable[[BlockOrder], VendorCheck] | None = None,
    ) -> None:
        self._database = database
        self._inputs = inputs
        self._audit = audit
        self._clock = clock
        self._limits = limits
        self._lifetime = lifetime
        self._zone = zone
        self._check = check

    def preview(
        self,
        request: PreviewRequest,
        caller: Caller,
        visible: Visibility,
        admit: Callable[[int], None] = lambda _: None,
    ) -> StoredAllocation:
        """Compute a preview, and store it with snapshot and audit record in one transaction.

        Where the what-if check at the vendor fails, the preview carries a warning instead of its result.
        `admit` is told the number of accounts before anything is computed, and may refuse.

        Raises
        ------
        Forbidden
            When compliance is to be skipped and the caller lacks the permission (R5.7).
        InvalidRequest
            Naming the field: an unknown security, group or account; one that is not visible is unknown. Or an
            order that is larger than the desk's maximum (R2.8).
        """
        self.may_skip_compliance(request, caller)
        with metrics.PREVIEW_SECONDS.labels("read").time():
            inputs = self._inputs.load(request, visible)
        check_size(inputs, self._limits)
        admit(len(inputs.accounts))
        result = self.split(inputs)
        with metrics.PREVIEW_SECONDS.labels("store").time():
            return self.keep(new_id(), inputs, result, caller, visible)

    def split(self, inputs: PreviewInputs) -> PreviewResult:
        """Compute a split, and count it in the metrics."""
        with metrics.PREVIEW_SECONDS.labels("split").time():
            result = engine.split(inputs)
        proof = result.summary.optimality.status if result.summary.optimality else "NONE"
        metrics.SPLITS.labels(inputs.request.method, proof).inc()
        return result

    def keep(
        self,
        allocation_id: str,
        inputs: PreviewInputs,
        result: PreviewResult,
        caller: Caller,
        visible: Visibility,
        expires_at: datetime | None = None,
    ) -> StoredAllocation:
        """Store a split that was computed as a preview, with what the vendor's compliance says of it.

        It expires after the lifetime of a preview, or at `expires_at`: a book that was read before is no
        younger for it. A choice that is stored already is returned as it is.
        """
        checked, found = self._checked(allocation_id, inputs, result)
        now = self._clock()
        until = expires_at or now + self._lifetime

        def store(session: Session) -> AllocationRow | None:
            if checked.choice is not None:
                serialise(session, CHOICE_LOCK)
                if session.get(AllocationRow, allocation_id) is not None:
                    return None
            return self._store(session, allocation_id, checked, found, caller, now, until)

        row = self._database.retried(store)
        if row is None:
            return self.get(allocation_id, visible)
        return new_allocation(row, now, checked, found)

    def storing(
        self,
        allocation_id: str,
        inputs: PreviewInputs,
        result: PreviewResult,
        caller: Caller,
        expires_at: datetime,
    ) -> Callable[[Session], object]:
        """Return what stores a split as a preview, for a unit of work that stores more with it.

        The vendor's compliance is asked before, as in `keep`.
        """
        checked, found = self._checked(allocation_id, inputs, result)
        now = self._clock()
        return lambda session: self._store(session, allocation_id, checked, found, caller, now, expires_at)

    def _checked(
        self, allocation_id: str, inputs: PreviewInputs, result: PreviewResult
    ) -> tuple[PreviewInputs, PreviewResult]:
        check = self._vendor_check(allocation_id, inputs, result)
        return replace(inputs, vendor_check=check), engine.with_vendor_check(result, check)

    def _store(
        self,
        session: Session,
        allocation_id: str,
        inputs: PreviewInputs,
        result: PreviewResult,
        caller: Caller,
        now: datetime,
        until: datetime,
    ) -> AllocationRow:
        row = _row(allocation_id, inputs, result, caller, now, until)
        session.add(row)
        session.flush()
        _add_details(session, row.id, inputs, result)
        self._record(session, row, inputs, caller)
        return row

    def get(self, allocation_id: str, visible: Visibility) -> StoredAllocation:
        """Return a stored preview with the numbers of its first answer.

        Raises
        ------
        NotFound
            When there is no visible allocation with this id.
        """
        with self._database.read() as session:
            row = load(session, allocation_id, visible)
            breaks = self._audit.allocation_breaks(session, allocation_id)
            return stored_allocation(row, self._clock(), breaks)

    def check_visible(self, allocation_id: str, visible: Visibility) -> None:
        """Check that a user may still see an allocation, before an answer about it is given again.

        Raises
        ------
        NotFound
            When it is not visible.
        """
        with self._database.read() as session:
            check_visible(session, allocation_id, visible)

    def history(
        self, filters: HistoryFilter, visible: Visibility, *, cursor: str | None, limit: int
    ) -> Page[AllocationSummary]:
        """Return one page of visible allocations, newest first."""
        now = self._clock()
        with self._database.read() as session:
            return summaries(session, filters, visible, now, zone=self._zone, cursor=cursor, limit=limit)

    def replay(self, allocation_id: str, visible: Visibility) -> ReplayResult:
        """Recompute a stored preview from its snapshot and compare every value, and its rows with the trail.

        Raises
        ------
        NotFound
            When there is no visible allocation with this id.
        """
        with self._database.read() as session:
            row = load(session, allocation_id, visible)
            breaks = self._audit.allocation_breaks(session, allocation_id)
        return replayed(row, breaks)

    def frontier(self, allocation_id: str, visible: Visibility) -> Frontier:
        """Return dispersion against what is owed for a stored preview, computed from its snapshot.

        Raises
        ------
        NotFound
            When there is no visible allocation with this id.
        DataMissing
            When the bond lacks the analytics that the target metric needs.
        """
        with self._database.read() as session:
            row = load(session, allocation_id, visible)
        result = snapshot.decode(row.result, PreviewResult)
        return frontier(row.id, stored_inputs(row), result)

    def _vendor_check(
        self, allocation_id: str, inputs: PreviewInputs, result: PreviewResult
    ) -> VendorCheck | None:
        """Run the what-if check at the vendor; None where it is disabled or nothing is allocated."""
        wanted = inputs.request.constraints.compliance_check and result.summary.total_allocated > 0
        if self._check is None or not wanted:
            return None
        # An id of its own: should a tenant store what-if orders, recovery must not take one for the real one.
        asked = f"WHAT-IF-{allocation_id}"
        order = replace(block_order(allocation_id, inputs, result), external_id=asked, basket_id=asked)
        try:
            return self._check(order)
        except VendorError as error:
            log.warning("the vendor's compliance was not asked", code=error.code, reason=error.detail)
            return VendorCheck(CheckState.NOT_ASKED, reason=_reason(error))

    def may_skip_compliance(self, request: PreviewRequest, caller: Caller) -> None:
        """Check that the caller may ask for this, and record where not.

        Raises
        ------
        Forbidden
            When compliance is to be skipped and the caller lacks the permission (R5.7).
        """
        if request.constraints.compliance_check:
            return
        try:
            require(caller, Permission.COMPLIANCE_BYPASS)
        except Forbidden:
            action, security_id = Action.COMPLIANCE_BYPASS_REFUSED, request.order.security_id
            self._database.retried(
                lambda session: self._audit.record_for(
                    session, action, caller, EntityType.SECURITY, security_id
                )
            )
            raise

    def _record(self, session: Session, row: AllocationRow, inputs: PreviewInputs, caller: Caller) -> None:
        request = inputs.request
        actions = [Action.PREVIEW]
        if not request.constraints.compliance_check:
            actions.append(Action.COMPLIANCE_BYPASS)
        for action in actions:
            self._audit.record_for(
                session,
                action,
                caller,
                EntityType.ALLOCATION,
                row.id,
                after={
                    "status": row.status,
                    "security_id": row.security_id,
                    "side": row.side,
                    "method": row.method,
                    "quantity": face_number(row.quantity),
                    "total_allocated": face_number(row.total_allocated),
                    "portfolio_groups": list(request.portfolio_groups),
                    "compliance_check": request.constraints.compliance_check,
                    "exclude_accounts": request.constraints.excluded,
                    "warnings": row.warning_count,
                    "snapshot_sha256": row.snapshot_sha256,
                    **recorded_origin(inputs.choice, inputs.edit, inputs.blotter, inputs.joint),
                },
                rows=everything(EntityType.ALLOCATION) if action is Action.PREVIEW else (),
            )


def _reason(error: VendorError) -> str:
    """Return why a what-if check failed; an unknown outcome is no issue, because no order is placed."""
    if not isinstance(error, OrderOutcomeUnknown):
        return error.detail
    cause = error.__cause__
    return cause.detail if isinstance(cause, VendorError) else "no usable answer came"


def _row(
    allocation_id: str,
    inputs: PreviewInputs,
    result: PreviewResult,
    caller: Caller,
    now: datetime,
    expires_at: datetime,
) -> AllocationRow:
    taken = snapshot.encode(inputs)
    return AllocationRow(
        id=allocation_id,
        status=AllocationStatus.PREVIEWED,
        created_at=now,
        expires_at=expires_at,
        user_id=caller.user_id,
        username=caller.username,
        request_id=caller.request_id,
        security_id=inputs.request.order.security_id,
        side=inputs.request.order.side,
        method=inputs.request.method,
        quantity=Decimal(inputs.request.order.quantity),
        total_allocated=Decimal(result.summary.total_allocated),
        warning_count=len(result.warnings),
        engine_version=inputs.engine_version,
        snapshot_sha256=snapshot.digest(taken),
        snapshot=taken,
        result=snapshot.encode(result),
        commit_result=None,
        aladdin_order_id=None,
        fairness_scope_id=inputs.fairness.state.scope_id if inputs.fairness else None,
        fairness_policy_id=inputs.fairness.policy.policy_id if inputs.fairness else None,
    )


def _add_details(session: Session, allocation_id: str, inputs: PreviewInputs, result: PreviewResult) -> None:
    groups = [{"allocation_id": allocation_id, "group_id": g} for g in inputs.request.portfolio_groups]
    insert_many(session, AllocationGroupRow, groups)
    nav = nav_by_account(inputs.accounts)
    insert_many(
        session,
        AllocationLineRow,
        [
            {
                "allocation_id": allocation_id,
                "account_id": line.account_id,
                "allocated_quantity": line.allocated_quantity,
                "allocated_notional": line.allocated_notional,
                "settlement_amount": line.settlement_amount,
                "reason_code": line.reason.code if line.reason else None,
                "nav": nav[line.account_id],
                "max_quantity": line.max_quantity,
                "entitlement_weight": line.entitlement_weight,
            }
            for line in result.allocations
        ],
    )
