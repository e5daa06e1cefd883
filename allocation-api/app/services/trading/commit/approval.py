"""Approvals of commits by another user: approved through the commit saga, rejected, or withdrawn.

A commit that waits has sent nothing and reserves nothing; it ends with its preview. Every decision is a
compare-and-set on the very approval that was read, so of two that meet one holds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import Conflict, DataMissing, Forbidden, NotFound, Unauthenticated
from app.core.security import Permission
from app.models import AllocationRow
from app.services.allocations import snapshot
from app.services.allocations.decisions import (
    Approval,
    ApprovalDecision,
    ApprovalReason,
    acknowledgements,
)
from app.services.allocations.store import (
    AllocationStatus,
    CommitResult,
    load,
    stored_approval,
    unexpired_status,
)
from app.services.audit.trail import Action
from app.services.domain.caller import Caller, User, require
from app.services.trading.approval_policy import ApprovalPolicy
from app.services.trading.commit.approved import check_approved
from app.services.trading.commit.claims import Claims
from app.services.trading.commit.earlier_commit import earlier_outcome
from app.services.trading.commit.intent import (
    Attempt,
    CommitIntent,
    check_allowed,
    check_known,
    check_seen,
    with_present_permissions,
)
from app.services.trading.commit.saga import Saga
from app.services.trading.errors import FourEyes, NotPendingApproval, NotYours, RequesterBarred
from app.services.visibility.visibility import EVERYTHING, Visibility


class ApprovalService:
    """Decides on commits that wait for another user.

    `users` reads a user's present permissions, `visibility` what the user may see by the present groups.
    """

    def __init__(
        self,
        database: Database,
        claims: Claims,
        saga: Saga,
        policy: ApprovalPolicy,
        users: Callable[[str], User],
        visibility: Callable[[User], Visibility],
        clock: Clock,
    ) -> None:
        self._database = database
        self._claims = claims
        self._saga = saga
        self._policy = policy
        self._users = users
        self._visibility = visibility
        self._clock = clock

    def approve(
        self,
        allocation_id: str,
        *,
        comment: str,
        acknowledge: Collection[str],
        caller: Caller,
        visible: Visibility,
        resumed: bool = False,
    ) -> CommitResult:
        """Approve a commit and send its order, with all checks of a commit (R10.13).

        Where it fails before anything was sent, the commit waits for its approval as before. `resumed` says
        that an earlier attempt at the same request left no answer: then its outcome is returned.

        Raises
        ------
        NotPendingApproval, PreviewExpired
            When the allocation does not wait for an approval any more.
        FourEyes
            When the caller asked for the commit, or made the preview.
        RequesterBarred
            When the user who asked for it may not commit any more.
        WarningsNotOverridden
            When it needs an approval of its warnings and the caller has not acknowledged each.
        OrderOutcomeUnknown, DeskBusy, VendorUnavailable, Conflict
            As in a commit.
        """
        row = self._row(allocation_id, visible)
        earlier = earlier_outcome(row) if resumed and _is_decided_by(row, caller) else None
        if earlier is not None:
            return earlier
        approval = self._pending(row)
        attempt = self._attempt(row, approval, comment, acknowledge, caller)
        try:
            _check_other(row, approval, caller)
            attempt = self._checked(attempt, acknowledge)
            return self._saga.run(attempt, AllocationRow.approval == row.approval)
        except (Conflict, DataMissing, Forbidden) as error:
            self._claims.refused(attempt, error)
            raise

    def reject(
        self, allocation_id: str, *, reason: str, caller: Caller, visible: Visibility, resumed: bool = False
    ) -> None:
        """Reject a commit for good (R10.13): whoever still wants it makes a new preview.

        Raises
        ------
        NotPendingApproval, PreviewExpired
            When the allocation does not wait for an approval any more.
        FourEyes
            When the caller asked for the commit, or made the preview.
        """
        row = self._row(allocation_id, visible)
        if resumed and row.status == AllocationStatus.REJECTED and _is_decided_by(row, caller):
            return
        approval = self._pending(row)
        _check_other(row, approval, caller)
        decided = approval.decided(
            ApprovalDecision.REJECTED, caller.user_id, caller.username, self._clock(), reason
        )
        self._move(
            row,
            AllocationStatus.REJECTED,
            Action.COMMIT_REJECTED,
            caller,
            reason,
            approval=snapshot.encode(decided),
        )

    def withdraw(
        self, allocation_id: str, *, caller: Caller, visible: Visibility, resumed: bool = False
    ) -> None:
        """Take back a request for approval: the allocation is an ordinary preview again.

        Raises
        ------
        NotPendingApproval, PreviewExpired
            When the allocation does not wait for an approval any more.
        NotYours
            When the caller is not who asked for the commit.
        """
        row = self._row(allocation_id, visible)
        if resumed and row.status == AllocationStatus.PREVIEWED:
            return
        approval = self._pending(row)
        if approval.requested_by_id != caller.user_id:
            raise NotYours(f"Only {approval.requested_by}, who asked for the commit, can withdraw it")
        self._move(
            row,
            AllocationStatus.PREVIEWED,
            Action.APPROVAL_WITHDRAWN,
            caller,
            "",
            commit_intent=None,
            approval=None,
        )

    def _row(self, allocation_id: str, visible: Visibility) -> AllocationRow:
        with self._database.read() as session:
            return load(session, allocation_id, visible)

    def _pending(self, row: AllocationRow) -> Approval:
        status, approval = unexpired_status(row, self._clock()), stored_approval(row)
        if status is not AllocationStatus.PENDING_APPROVAL or approval is None or row.commit_intent is None:
            raise NotPendingApproval(
                f"The allocation is {status}. Only one that is PENDING_APPROVAL can be decided on",
                extra={"allocation_status": status},
            )
        return approval

    def _attempt(
        self,
        row: AllocationRow,
        approval: Approval,
        comment: str,
        acknowledge: Collection[str],
        caller: Caller,
    ) -> Attempt:
        attempt = Attempt.of(row, snapshot.decode(row.commit_intent or "", CommitIntent))
        seen = acknowledgements(attempt.result.warnings, set(acknowledge), caller.username)
        decided = approval.decided(
            ApprovalDecision.APPROVED, caller.user_id, caller.username, self._clock(), comment, seen
        )
        return replace(attempt, approval=decided, by=caller)

    def _checked(self, attempt: Attempt, acknowledge: Collection[str]) -> Attempt:
        """Check once more all that a commit is checked for, with what the users may do now."""
        check_known(attempt.result.warnings, acknowledge)
        reasons = {
            *self._policy.reasons(attempt.inputs, attempt.result),
            *(attempt.approval.needed_for if attempt.approval else ()),
        }
        if ApprovalReason.WARNINGS in reasons:
            check_seen(attempt.result.warnings, acknowledge)
        with _as_barred():
            self._row(attempt.allocation_id, self._visibility(self._users(attempt.caller.user_id)))
            present = with_present_permissions(attempt, self._users)
            require(present.caller, Permission.ALLOCATIONS_COMMIT)
            check_allowed(present)
        check_approved(present, self._policy, self._users)
        return present

    def _move(
        self,
        row: AllocationRow,
        after: AllocationStatus,
        action: Action,
        caller: Caller,
        reason: str,
        **columns: object,
    ) -> None:
        if not self._claims.decide(row, after, action, caller, reason, self._clock(), **columns):
            status = unexpired_status(self._row(row.id, EVERYTHING), self._clock())
            raise NotPendingApproval(
                "Another user has just decided on it. Read the allocation",
                extra={"allocation_status": status},
            )


def _is_decided_by(row: AllocationRow, caller: Caller) -> bool:
    approval = stored_approval(row)
    return approval is not None and approval.decided_by_id == caller.user_id


def _check_other(row: AllocationRow, approval: Approval, caller: Caller) -> None:
    # R10.13
    if caller.user_id == approval.requested_by_id:
        raise FourEyes("You have asked for this commit, so another user has to decide on it")
    if caller.user_id == row.user_id:
        raise FourEyes("You have made this preview, so another user has to decide on its commit")


@contextmanager
def _as_barred() -> Iterator[None]:
    """Turn what the user who asked may not do any more into a conflict: the caller may approve."""
    try:
        yield
    except NotFound as error:
        raise RequesterBarred(
            "The user who asked for this commit does not see its portfolio groups any more"
        ) from error
    except (Forbidden, Unauthenticated) as error:
        raise RequesterBarred(
            f"The user who asked for this commit may not commit it any more: {error.detail}"
        ) from error
