"""What became of an earlier commit of the same request, known by its idempotency key."""

from __future__ import annotations

from app.core.errors import IdempotencyKeyInUse, OrderOutcomeUnknown
from app.models import AllocationRow
from app.services.allocations import snapshot
from app.services.allocations.store import AllocationStatus, CommitResult
from app.services.trading.commit.intent import CommitIntent


def earlier_commit(row: AllocationRow, idempotency_key: str | None) -> CommitResult | None:
    """Return the recorded outcome of the commit under this key; None where another one, or none, was made.

    Raises
    ------
    IdempotencyKeyInUse
        While the commit under this key is on its way, or waits for recovery.
    OrderOutcomeUnknown
        While it is not known whether the vendor has its order.
    """
    if idempotency_key is None or row.commit_intent is None:
        return None
    if snapshot.decode(row.commit_intent, CommitIntent).idempotency_key != idempotency_key:
        return None
    if row.status == AllocationStatus.COMMITTING:
        raise IdempotencyKeyInUse("The commit under this key is on its way: ask again")
    if row.status == AllocationStatus.UNKNOWN:
        extra = {"order_id": row.aladdin_order_id} if row.aladdin_order_id else {}
        raise OrderOutcomeUnknown(
            "It is not known yet whether Aladdin has the order of this commit", extra=extra
        )
    return snapshot.decode(row.commit_result, CommitResult) if row.commit_result else None
