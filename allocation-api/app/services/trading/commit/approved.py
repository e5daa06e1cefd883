"""Whether an attempt to commit has the approval that it needs."""

from __future__ import annotations

from collections.abc import Callable

from app.core.security import Permission
from app.services.allocations.decisions import ApprovalDecision
from app.services.domain.caller import Caller, User, require
from app.services.trading.approval_policy import ApprovalPolicy
from app.services.trading.commit.intent import Attempt
from app.services.trading.errors import ApprovalNeeded


def check_approved(attempt: Attempt, policy: ApprovalPolicy, users: Callable[[str], User]) -> None:
    """Check that an attempt has the approval that it needs, by a user who may still give it (R10.13).

    Raises
    ------
    ApprovalNeeded
        When it needs one and has none.
    Forbidden, Unauthenticated
        When the user who approved it may not do so any more.
    """
    approval = attempt.approval
    if approval is not None and approval.decision is ApprovalDecision.APPROVED:
        user = users(approval.decided_by_id or "")
        present = Caller(user.id, user.username, frozenset(user.permissions), request_id="")
        require(present, Permission.ALLOCATIONS_APPROVE)
    elif approval is not None or policy.reasons(attempt.inputs, attempt.result):
        raise ApprovalNeeded("Another user has to approve this commit first")
