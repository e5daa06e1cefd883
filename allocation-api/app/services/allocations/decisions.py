"""What people decide on a commit: warnings they acknowledge, its approval, how an unknown one ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from app.services.allocations.types import PreviewWarning, WarningType


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A warning that a user has acknowledged by its id."""

    warning_id: str
    type: WarningType
    account_id: str | None
    acknowledged_by: str


def acknowledgements(
    warnings: Iterable[PreviewWarning], ids: Collection[str], username: str
) -> tuple[Acknowledgement, ...]:
    """Return the warnings that these ids name, as acknowledged by the user."""
    return tuple(
        Acknowledgement(w.warning_id, w.type, w.account_id, username) for w in warnings if w.warning_id in ids
    )


class ApprovalReason(StrEnum):
    """Why a commit needs the approval of another user.

    ABOVE_NOTIONAL: it is larger than one user may commit alone. WARNINGS: its preview carries warnings.
    """

    ABOVE_NOTIONAL = "ABOVE_NOTIONAL"
    WARNINGS = "WARNINGS"


class ApprovalDecision(StrEnum):
    """What the other user decided on a commit. A rejected one is never sent."""

    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class Approval:
    """A commit that another user has to approve, and what became of that.

    `audit_id` is the audit record of the request, so no two approvals are equal. `acknowledged` are the
    warnings that either user has acknowledged.
    """

    audit_id: str
    requested_by_id: str
    requested_by: str
    requested_at: datetime
    comment: str
    needed_for: tuple[ApprovalReason, ...]
    acknowledged: tuple[Acknowledgement, ...] = ()
    decision: ApprovalDecision | None = None
    decided_by_id: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None

    def decided(
        self,
        decision: ApprovalDecision,
        user_id: str,
        username: str,
        at: datetime,
        reason: str,
        acknowledged: tuple[Acknowledgement, ...] = (),
    ) -> Approval:
        """Return the approval with this decision."""
        return replace(
            self,
            decision=decision,
            decided_by_id=user_id,
            decided_by=username,
            decided_at=at,
            reason=reason,
            acknowledged=(*self.acknowledged, *acknowledged),
        )

    @property
    def undecided(self) -> Approval:
        """The approval as it was asked for, before any decision."""
        return replace(
            self,
            decision=None,
            decided_by_id=None,
            decided_by=None,
            decided_at=None,
            reason=None,
            acknowledged=tuple(a for a in self.acknowledged if a.acknowledged_by == self.requested_by),
        )


class SettledOutcome(StrEnum):
    """What people found out of an order whose outcome was unknown: whether Aladdin has it."""

    SENT = "SENT"
    NOT_SENT = "NOT_SENT"


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an unknown outcome ended by the word of two users: one proposes it, another confirms it.

    `order_quantity` is the face of the order at Aladdin when it was proposed; None for NOT_SENT, and where
    Aladdin does not say.
    """

    outcome: SettledOutcome
    order_id: str | None
    reason: str
    proposed_by_id: str
    proposed_by: str
    proposed_at: datetime
    order_quantity: Decimal | None = None
    confirmed_by_id: str | None = None
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    confirmed_reason: str | None = None

    def says(self, outcome: SettledOutcome, order_id: str | None) -> bool:
        """Say whether it is about this very outcome and order."""
        return (self.outcome, self.order_id) == (outcome, order_id)
