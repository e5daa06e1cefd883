"""Commit saga: turns a preview into one block order at the vendor, at most once.

Each step is durable, in a transaction of its own, because one vendor call cannot share a transaction with the
database: a crash leaves a status that says how far the saga came, PREVIEWED -> COMMITTING -> SUBMITTED,
FAILED or UNKNOWN. The compare-and-set to COMMITTING stores the intent and gives this process the claim; the
desk's lease covers everything from reading the book again to the recorded outcome. The recovery job,
`app.services.trading.commit.recovery`, settles what a stopped process leaves behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.core.errors import Conflict, DataMissing, Forbidden
from app.models import AllocationRow
from app.services.allocations.decisions import Approval, ApprovalReason
from app.services.allocations.store import AllocationStatus, CommitResult, load, unexpired_status
from app.services.domain.caller import Caller
from app.services.requests.errors import IdempotencyKeyInUse
from app.services.safety.order_limits import OrderLimits
from app.services.trading.approval_policy import ApprovalPolicy
from app.services.trading.commit.claims import Claims
from app.services.trading.commit.earlier_commit import earlier_commit, pending_result
from app.services.trading.commit.intent import Attempt, CommitIntent, check_allowed
from app.services.trading.commit.saga import Saga
from app.services.trading.errors import AlreadyCommitted
from app.services.visibility.visibility import EVERYTHING, Visibility


class CommitService:
    """Commits previews: each through the commit saga, or to another user who has to approve it."""

    def __init__(
        self,
        database: Database,
        claims: Claims,
        saga: Saga,
        policy: ApprovalPolicy,
        limits: OrderLimits,
        clock: Clock,
    ) -> None:
        self._database = database
        self._claims = claims
        self._saga = saga
        self._policy = policy
        self._limits = limits
        self._clock = clock

    def commit(
        self,
        allocation_id: str,
        *,
        comment: str,
        override_warnings: bool,
        caller: Caller,
        visible: Visibility,
        idempotency_key: str | None = None,
        acknowledge: Sequence[str] = (),
    ) -> CommitResult:
        """Send the block order of a preview and record what became of it (R10.1).

        A repeated commit with the same `idempotency_key` returns the recorded result and sends nothing. One
        that another user has to approve (R10.12) sends nothing and returns PENDING_APPROVAL.

        Raises
        ------
        NotFound
            When there is no such preview, or it is not visible.
        Conflict
            When it is expired, already committed, carries open warnings, allocates nothing, is larger than
            the desk's maximum, or cannot be carried out any more; nothing is sent.
        InvalidRequest
            Naming `acknowledge`, when the preview does not carry such a warning.
        IdempotencyKeyInUse
            While the commit with the same key is in progress.
        OrderOutcomeUnknown
            When the vendor may have the order; the allocation is UNKNOWN until the recovery job settles it.
        DeskBusy, VendorUnavailable
            When nothing was sent; the preview can be committed again.
        """
        with self._database.read() as session:
            row = load(session, allocation_id, visible)
        earlier = earlier_commit(row, idempotency_key)
        if earlier is not None:
            return earlier
        now = self._clock()
        attempt = Attempt.of(
            row, CommitIntent(caller, comment, override_warnings, now, idempotency_key, tuple(acknowledge))
        )
        try:
            self._check_open(row)
            check_allowed(attempt)
            # The gateway asks once more; here nobody is asked for an approval in vain.
            self._limits.check(attempt.result.summary.total_allocated)
            reasons = self._policy.reasons(attempt.inputs, attempt.result)
            return self._ask(attempt, reasons, now) if reasons else self._send(attempt)
        except (Conflict, DataMissing, Forbidden) as error:
            self._claims.refused(attempt, error)
            raise

    def _send(self, attempt: Attempt) -> CommitResult:
        try:
            return self._saga.run(attempt)
        except AlreadyCommitted:
            self._check_not_done(attempt)
            raise

    def _ask(self, attempt: Attempt, reasons: tuple[ApprovalReason, ...], now: datetime) -> CommitResult:
        approval = Approval(
            audit_id=new_id(),
            requested_by_id=attempt.caller.user_id,
            requested_by=attempt.caller.username,
            requested_at=now,
            comment=attempt.intent.comment,
            needed_for=reasons,
            acknowledged=attempt.acknowledged,
        )
        if not self._claims.ask(attempt, approval, now):
            self._check_not_done(attempt)
            raise AlreadyCommitted("Another request is committing this allocation, or it has just expired")
        return pending_result(attempt.allocation_id, attempt.slices, approval)

    def _check_not_done(self, attempt: Attempt) -> None:
        """Check that it was not the commit with this very key that has just been done."""
        with self._database.read() as session:
            row = load(session, attempt.allocation_id, EVERYTHING)
        if earlier_commit(row, attempt.intent.idempotency_key) is not None:
            raise IdempotencyKeyInUse(
                "The commit with this idempotency key has just finished. Repeat the request to get it"
            )

    def _check_open(self, row: AllocationRow) -> None:
        # R10.2
        status = unexpired_status(row, self._clock())
        if status is not AllocationStatus.PREVIEWED:
            raise AlreadyCommitted(
                f"The allocation is {status}. Only a PREVIEWED allocation can be committed",
                extra={"allocation_status": status},
            )
