"""Idempotent replay of a commit: the recorded outcome of an earlier request with the same key."""

from __future__ import annotations

from collections.abc import Mapping

from app.models import AllocationRow
from app.services.aladdin.errors import OrderOutcomeUnknown
from app.services.allocations import snapshot
from app.services.allocations.decisions import Approval
from app.services.allocations.store import (
    AllocationStatus,
    CommitLine,
    CommitLineStatus,
    CommitResult,
    CommitStatus,
    stored_approval,
    stored_commit,
)
from app.services.allocations.types import PreviewResult
from app.services.domain.face import Face
from app.services.requests.errors import IdempotencyKeyInUse
from app.services.trading.commit.intent import CommitIntent


def earlier_commit(row: AllocationRow, idempotency_key: str | None) -> CommitResult | None:
    """Return the recorded outcome of the commit with this key; None without one with this key.

    Raises
    ------
    IdempotencyKeyInUse
        While the commit with this key is in progress, or waits for recovery.
    OrderOutcomeUnknown
        While it is not known whether the vendor has its order.
    """
    if idempotency_key is None or row.commit_intent is None:
        return None
    if snapshot.decode(row.commit_intent, CommitIntent).idempotency_key != idempotency_key:
        return None
    return earlier_outcome(row)


def earlier_outcome(row: AllocationRow) -> CommitResult | None:
    """Return the recorded outcome of a commit; None where it was not sent in the end.

    Raises
    ------
    IdempotencyKeyInUse
        While it is in progress, or waits for recovery.
    OrderOutcomeUnknown
        While it is not known whether the vendor has its order.
    """
    if row.status == AllocationStatus.COMMITTING:
        raise IdempotencyKeyInUse(
            "The commit with this idempotency key is in progress. Repeat the request later"
        )
    if row.status == AllocationStatus.UNKNOWN:
        extra = {"order_id": row.aladdin_order_id} if row.aladdin_order_id else {}
        raise OrderOutcomeUnknown(
            "It is not known yet whether Aladdin has the order of this commit", extra=extra
        )
    approval = stored_approval(row)
    if row.status == AllocationStatus.PENDING_APPROVAL and approval is not None:
        slices = snapshot.decode(row.result, PreviewResult).allocations
        return pending_result(
            row.id, {a.account_id: a.allocated_quantity for a in slices if a.allocated_quantity > 0}, approval
        )
    return stored_commit(row)


def pending_result(allocation_id: str, slices: Mapping[str, Face], approval: Approval) -> CommitResult:
    """Return the answer to a commit that waits for another user's approval: nothing was sent."""
    message = "Nothing was sent yet: another user has to approve this commit"
    return CommitResult(
        allocation_id=allocation_id,
        status=CommitStatus.PENDING_APPROVAL,
        aladdin_order_ids=(),
        allocations=tuple(
            CommitLine(account_id, face, None, CommitLineStatus.PENDING_APPROVAL, message)
            for account_id, face in slices.items()
        ),
        audit_id=approval.audit_id,
        message=message,
        acknowledged=approval.acknowledged,
    )
