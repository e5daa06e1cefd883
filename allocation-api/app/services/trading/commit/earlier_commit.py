"""Idempotent replay of a commit: the recorded outcome of an earlier request with the same key."""

from __future__ import annotations

from app.models import AllocationRow
from app.services.aladdin.errors import OrderOutcomeUnknown
from app.services.allocations import snapshot
from app.services.allocations.store import AllocationStatus, CommitResult, stored_commit
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
    if row.status == AllocationStatus.COMMITTING:
        raise IdempotencyKeyInUse(
            "The commit with this idempotency key is in progress. Repeat the request later"
        )
    if row.status == AllocationStatus.UNKNOWN:
        extra = {"order_id": row.aladdin_order_id} if row.aladdin_order_id else {}
        raise OrderOutcomeUnknown(
            "It is not known yet whether Aladdin has the order of this commit", extra=extra
        )
    return stored_commit(row)
