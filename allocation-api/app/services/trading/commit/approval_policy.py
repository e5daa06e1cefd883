"""Four-eyes principle: which commits need the approval of another user, and whether an attempt has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from app.core.security import Permission
from app.services.allocations.decisions import ApprovalDecision, ApprovalReason
from app.services.allocations.types import PreviewInputs
from app.services.domain.caller import Caller, User, require
from app.services.domain.face import Face
from app.services.domain.money import principal
from app.services.trading.commit.intent import Attempt
from app.services.trading.errors import ApprovalNeeded


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """What needs an approval (R10.12): a notional above `above_notional`, warnings with `for_warnings`."""

    above_notional: Decimal | None
    for_warnings: bool

    def reasons(self, attempt: Attempt) -> tuple[ApprovalReason, ...]:
        """Return why this commit needs an approval; nothing where it needs none."""
        reasons = []
        if self.is_above(attempt.inputs, attempt.result.summary.total_allocated):
            reasons.append(ApprovalReason.ABOVE_NOTIONAL)
        if self.for_warnings and attempt.result.warnings:
            reasons.append(ApprovalReason.WARNINGS)
        return tuple(reasons)

    def is_above(self, inputs: PreviewInputs, face: Face | Decimal) -> bool:
        """Say whether this face of the order has a notional above the threshold.

        It is reckoned at the market price, or at the order's where that is higher: a low limit does not make
        an order small.
        """
        if self.above_notional is None:
            return False
        prices = [p.clean for p in (inputs.price, inputs.market_price) if p is not None]
        return principal(face, max(prices), inputs.security.factor) > self.above_notional

    def check(self, attempt: Attempt, users: Callable[[str], User]) -> None:
        """Check that an attempt has the approval that it needs, by a user who may still give it.

        Raises
        ------
        ApprovalNeeded
            When it needs one and has none.
        Forbidden, Unauthenticated
            When the user who approved it may not do so any more.
        """
        approval = attempt.approval
        if approval is None or approval.decision is not ApprovalDecision.APPROVED:
            reasons = self.reasons(attempt)
            if reasons or approval is not None:
                raise ApprovalNeeded(f"Another user has to approve it first: {', '.join(reasons)}")
            return
        user = users(approval.decided_by_id or "")
        held = frozenset(user.permissions)
        require(Caller(user.id, user.username, held, request_id=""), Permission.ALLOCATIONS_APPROVE)
