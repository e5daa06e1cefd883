"""The states of allocations and orders, the moves between them, and the one way to move an allocation.

An order whose compliance is pending at Aladdin leaves its allocation SUBMITTED, for Aladdin has it: it may
still be barred, and must not be sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from app.core.database import rows_changed
from app.models import AllocationRow
from app.services.allocations.store import AllocationStatus
from app.services.domain.block_order import OrderStatus, PostedOrder

MOVES: dict[AllocationStatus, frozenset[AllocationStatus]] = {
    AllocationStatus.PREVIEWED: frozenset({AllocationStatus.COMMITTING, AllocationStatus.EXPIRED}),
    # To itself: whoever sends it, or sends it again, renews the claim.
    AllocationStatus.COMMITTING: frozenset(
        {
            AllocationStatus.COMMITTING,
            AllocationStatus.PREVIEWED,
            AllocationStatus.SUBMITTED,
            AllocationStatus.FAILED,
            AllocationStatus.UNKNOWN,
        }
    ),
    AllocationStatus.UNKNOWN: frozenset(
        {AllocationStatus.COMMITTING, AllocationStatus.SUBMITTED, AllocationStatus.FAILED}
    ),
    AllocationStatus.SUBMITTED: frozenset({AllocationStatus.CANCELLED}),
    AllocationStatus.FAILED: frozenset(),
    AllocationStatus.CANCELLED: frozenset(),
    AllocationStatus.EXPIRED: frozenset(),
}
"""Where an allocation may go from each status. Nothing moves one otherwise."""

UNSETTLED = (AllocationStatus.COMMITTING, AllocationStatus.UNKNOWN)
"""Statuses of an allocation whose order may be at the vendor without our knowing it."""


class ImpossibleMoveError(RuntimeError):
    """A move of an allocation that the table of moves does not have."""

    def __init__(self, before: AllocationStatus, after: AllocationStatus) -> None:
        super().__init__(f"an allocation does not go from {before} to {after}")


@dataclass(slots=True)
class Claim:
    """Our hold on an unsettled allocation: it is ours as long as our moment stands in its row.

    `moments` are the values of `settle_after` that we read or wrote; None is that of an allocation from
    before they were kept. Who takes a claim over waits until it has run out and writes a
    later moment, so two of them never have the same.
    """

    allocation_id: str
    versions: list[datetime | None]

    @property
    def found(self) -> datetime | None:
        """The moment that stood in the row before we renewed anything."""
        return self.versions[0]

    @property
    def latest(self) -> datetime | None:
        """The moment that we wrote last, before which nobody may look for what we sent; else `found`."""
        return self.versions[-1]

    @property
    def holds(self) -> ColumnElement[bool]:
        """The condition under which the row is still ours."""
        if self.versions == [None]:
            return AllocationRow.settle_after.is_(None)
        return AllocationRow.settle_after.in_([m for m in self.versions if m is not None])

    def renew(self, session: Session, settle_after: datetime) -> bool:
        """Keep or take back the claim on a commit about to be sent; say whether it was still ours."""
        moved = settle(session, self, AllocationStatus.COMMITTING, settle_after=settle_after)
        if moved:
            # StoredOrder beside the old one: whether this unit of work is stored may stay unknown.
            self.versions.append(settle_after)
        return moved


def compare_and_set(
    session: Session,
    allocation_id: str,
    before: AllocationStatus,
    after: AllocationStatus,
    *conditions: ColumnElement[bool],
    **columns: object,
) -> bool:
    """Move an allocation from one status to another, and say whether it was this call that moved it.

    Parameters
    ----------
    conditions
        What else must hold of its row.
    columns
        What else is stored in it.

    Raises
    ------
    ImpossibleMoveError
        When the table of moves does not have this one.
    """
    return _move(session, before, after, AllocationRow.id == allocation_id, *conditions, **columns) == 1


def settle(session: Session, claim: Claim, after: AllocationStatus, **columns: object) -> bool:
    """Move an unsettled allocation that is ours, and say whether it still was."""
    return any(
        compare_and_set(session, claim.allocation_id, before, after, claim.holds, **columns)
        for before in UNSETTLED
        if after in MOVES[before]
    )


def expire(session: Session, now: datetime) -> int:
    """Store that the previews whose time is over have expired, and say how many they were."""
    return _move(
        session, AllocationStatus.PREVIEWED, AllocationStatus.EXPIRED, AllocationRow.expires_at <= now
    )


def _move(
    session: Session,
    before: AllocationStatus,
    after: AllocationStatus,
    *conditions: ColumnElement[bool],
    **columns: object,
) -> int:
    if after not in MOVES[before]:
        raise ImpossibleMoveError(before, after)
    statement = update(AllocationRow).where(AllocationRow.status == before, *conditions)
    return rows_changed(session, statement.values(status=after, **columns))


def is_pending(posted: PostedOrder) -> bool:
    """Say whether the vendor has the order and its compliance has not finished with it."""
    return OrderStatus.of(posted.status) is OrderStatus.PENDING_COMPLIANCE


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
