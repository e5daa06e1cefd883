"""The states of allocations and orders, and the one way to move an allocation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from app.models import AllocationRow
from app.services.block_order import COMPLIANCE_PENDING, REFUSED, PostedOrder
from app.services.preview.service import Status

FINAL = REFUSED | {"Booked"}
"""Vendor statuses after which an order does not change any more; every other word is taken for live."""

UNREPORTED = "UNREPORTED"
"""Shown for an order that the vendor no longer shows us."""


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


def is_pending(posted: PostedOrder) -> bool:
    """Say whether the vendor has the order and its compliance has not finished with it."""
    return posted.status == COMPLIANCE_PENDING


def in_words(done: str, posted: PostedOrder) -> str:
    """Return what was done, what the vendor calls the order now, and what its compliance said."""
    words = f"{done}; Aladdin calls it {posted.status or 'nothing yet'}"
    if is_pending(posted):
        words += f": its compliance has not finished. GET /v1/orders/{posted.order_id} shows what comes of it"
    if posted.violations:
        words += f". Aladdin's compliance says: {_violations_in_words(posted)}"
    return words


def _violations_in_words(posted: PostedOrder) -> str:
    """Return the vendor's compliance violations of an order, each with its accounts."""
    return "; ".join(
        f"{v.rule_id or 'a rule'} ({v.severity or 'no severity'}): {v.description or 'no words'}"
        + (f" [{', '.join(v.account_ids)}]" if v.account_ids else "")
        for v in posted.violations
    )
