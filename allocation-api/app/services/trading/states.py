"""State machine of allocations: one table of transitions, and compare-and-set as the only way to make one.

An order whose compliance is pending at Aladdin leaves its allocation SUBMITTED: Aladdin has accepted it and
may still bar it, so it is never sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, update
from sqlalchemy.orm import Session

from app.core.database import rows_changed
from app.models import AllocationRow
from app.services.allocations.store import OPEN, AllocationStatus
from app.services.domain.block_order import OrderStatus, PostedOrder

MOVES: dict[AllocationStatus, frozenset[AllocationStatus]] = {
    AllocationStatus.PREVIEWED: frozenset(
        {AllocationStatus.COMMITTING, AllocationStatus.PENDING_APPROVAL, AllocationStatus.EXPIRED}
    ),
    # To PREVIEWED: who asked for the commit has withdrawn it.
    AllocationStatus.PENDING_APPROVAL: frozenset(
        {
            AllocationStatus.COMMITTING,
            AllocationStatus.PREVIEWED,
            AllocationStatus.REJECTED,
            AllocationStatus.EXPIRED,
        }
    ),
    # To itself: sending, or sending again, renews the claim. Back: certainly nothing was sent.
    AllocationStatus.COMMITTING: frozenset(
        {
            AllocationStatus.COMMITTING,
            AllocationStatus.PREVIEWED,
            AllocationStatus.PENDING_APPROVAL,
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
    AllocationStatus.REJECTED: frozenset(),
}
"""Transition table: the statuses that may follow each status."""

UNSETTLED = (AllocationStatus.COMMITTING, AllocationStatus.UNKNOWN)
"""Statuses in which the outcome of the order is open: the vendor may have it, and no record says so."""


class ImpossibleMoveError(RuntimeError):
    """Forbidden transition: the transition table does not have it."""

    def __init__(self, before: AllocationStatus, after: AllocationStatus) -> None:
        super().__init__(f"an allocation cannot move from {before} to {after}")


@dataclass(slots=True)
class Claim:
    """Optimistic lock on an unsettled allocation: it is held while the row's `settle_after` is in `versions`.

    `versions` are the values of `settle_after` that this process read or wrote, oldest first; None is that of
    an allocation from before the column existed. A claim is taken over only after it has expired and with a
    later `settle_after`, so no two claims share a version. Where people settle it, their proposal in
    `settlement` must be the stored one, too.
    """

    allocation_id: str
    versions: list[datetime | None]
    settlement: str | None = None

    @property
    def initial(self) -> datetime | None:
        """The version before any renewal by this claim."""
        return self.versions[0]

    @property
    def latest(self) -> datetime | None:
        """The newest version: recovery does not look the order up before this time."""
        return self.versions[-1]

    @property
    def holds(self) -> ColumnElement[bool]:
        """SQL condition that the row still has a version of this claim."""
        if self.versions == [None]:
            held = AllocationRow.settle_after.is_(None)
        else:
            held = AllocationRow.settle_after.in_([m for m in self.versions if m is not None])
        return held if self.settlement is None else and_(held, AllocationRow.settlement == self.settlement)

    def renew(self, session: Session, settle_after: datetime) -> bool:
        """Renew the claim right before an order is sent. False if another process has taken it over."""
        moved = settle(session, self, AllocationStatus.COMMITTING, settle_after=settle_after)
        if moved:
            # The old version stays: it may remain unknown whether this transaction was stored.
            self.versions.append(settle_after)
        return moved


def settles_at(row: AllocationRow, lease: timedelta) -> datetime:
    """Return when an unsettled allocation is due for recovery.

    One without `settle_after` (from before the column existed) is due `lease` after its expiry.
    """
    return row.settle_after or row.expires_at + lease


def compare_and_set(
    session: Session,
    allocation_id: str,
    before: AllocationStatus,
    after: AllocationStatus,
    *conditions: ColumnElement[bool],
    **columns: object,
) -> bool:
    """Compare-and-set of an allocation's status. True if this call moved it from `before` to `after`.

    Parameters
    ----------
    conditions
        Further conditions on the row.
    columns
        Further columns that are set with the status.

    Raises
    ------
    ImpossibleMoveError
        When the transition table does not have this transition.
    """
    return _move(session, before, after, AllocationRow.id == allocation_id, *conditions, **columns) == 1


def settle(
    session: Session,
    claim: Claim,
    after: AllocationStatus,
    *conditions: ColumnElement[bool],
    **columns: object,
) -> bool:
    """Move an unsettled allocation under its claim. False if another process has taken over the claim."""
    return any(
        compare_and_set(session, claim.allocation_id, before, after, claim.holds, *conditions, **columns)
        for before in UNSETTLED
        if after in MOVES[before]
    )


def expire(session: Session, now: datetime) -> int:
    """Move all open previews past their expiry to EXPIRED; return their number."""
    past = AllocationRow.expires_at <= now
    return sum(_move(session, before, AllocationStatus.EXPIRED, past) for before in OPEN)


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


def make_due(session: Session, now: datetime, allocation_id: str) -> None:
    """Let recovery look at an unsettled allocation now: whoever holds the claim loses it.

    Only for an order that surely cannot leave any more, or is at the vendor.
    """
    unsettled = update(AllocationRow).where(
        AllocationRow.id == allocation_id,
        AllocationRow.status.in_(UNSETTLED),
        AllocationRow.settle_after > now,
    )
    rows_changed(session, unsettled.values(settle_after=now))


def is_pending(posted: PostedOrder) -> bool:
    """Say whether the vendor has accepted the order and its compliance check is still running."""
    return OrderStatus.of(posted.status) is OrderStatus.PENDING_COMPLIANCE


def is_cancelled(posted: PostedOrder) -> bool:
    """Say whether the vendor has cancelled the order."""
    return OrderStatus.of(posted.status) is OrderStatus.CANCELLED


def outcome_message(done: str, posted: PostedOrder) -> str:
    """Return a message: what Aladdin did with an order, its status there, and its compliance violations.

    `done` is a sentence about Aladdin without its full stop, such as "Aladdin accepted the order".
    """
    if is_pending(posted):
        message = (
            f"{done}, and its compliance check has not finished. "
            f"GET /v1/orders/{posted.order_id} shows the result"
        )
    elif posted.status:
        message = f"{done}. Its status is {posted.status}"
    else:
        message = f"{done} and has not reported a status yet"
    if posted.violations:
        message += f". Aladdin's compliance reports: {_violations_message(posted)}"
    return message


def _violations_message(posted: PostedOrder) -> str:
    """Return the vendor's compliance violations of an order, each with its accounts."""
    return "; ".join(
        f"{v.rule_id or 'a rule'} ({v.severity or 'no severity'}): {v.description or 'no description'}"
        + (f" [{', '.join(v.account_ids)}]" if v.account_ids else "")
        for v in posted.violations
    )
