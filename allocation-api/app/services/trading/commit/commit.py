"""Commit saga: turns a preview into one block order at the vendor, at most once.

Each step is durable, in a transaction of its own, because one vendor call cannot share a transaction with the
database: a crash leaves a status that says how far the saga came, PREVIEWED -> COMMITTING -> SUBMITTED,
FAILED or UNKNOWN. The compare-and-set to COMMITTING stores the intent and gives this process the claim; the
desk's lease covers everything from reading the book again to the recorded outcome. The recovery job,
`app.services.trading.commit.recovery`, settles what a stopped process leaves behind.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import AllocatorError, Conflict, DataMissing, Forbidden
from app.models import AllocationRow
from app.services.aladdin.errors import OrderOutcomeUnknown
from app.services.allocations.store import AllocationStatus, CommitResult, load, unexpired_status
from app.services.domain.caller import Caller
from app.services.requests.errors import IdempotencyKeyInUse
from app.services.trading.commit.dispatch import Dispatch
from app.services.trading.commit.earlier_commit import earlier_commit
from app.services.trading.commit.intent import Attempt, CommitIntent, check_allowed
from app.services.trading.commit.outcome import Outcomes
from app.services.trading.commit.recheck import Recheck
from app.services.trading.desk_lock import Lease
from app.services.trading.errors import AlreadyCommitted
from app.services.trading.gateway import OrderGateway
from app.services.trading.states import Claim
from app.services.visibility.visibility import EVERYTHING, Visibility


class CommitService:
    """Runs the commit saga. A claim expires `lease` after it was made or renewed."""

    def __init__(
        self,
        database: Database,
        gateway: OrderGateway,
        recheck: Recheck,
        dispatch: Dispatch,
        outcomes: Outcomes,
        clock: Clock,
        *,
        lease: timedelta,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._recheck = recheck
        self._dispatch = dispatch
        self._outcomes = outcomes
        self._clock = clock
        self._lease = lease

    def commit(
        self,
        allocation_id: str,
        *,
        comment: str,
        override_warnings: bool,
        caller: Caller,
        visible: Visibility,
        idempotency_key: str | None = None,
    ) -> CommitResult:
        """Send the block order of a preview and record what became of it (R10.1).

        A repeated commit with the same `idempotency_key` returns the recorded result and sends nothing.

        Raises
        ------
        NotFound
            When there is no such preview, or it is not visible.
        Conflict
            When it is expired, already committed, carries warnings that are not overridden, allocates
            nothing, or cannot be carried out any more; nothing is sent.
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
        intent = CommitIntent(caller, comment, override_warnings, self._clock(), idempotency_key)
        attempt = Attempt.of(row, intent)
        try:
            self._check_open(row)
            check_allowed(attempt)
            with self._gateway.exclusive() as lease:
                return self._carry_out(attempt, self._claim(attempt), lease)
        except (Conflict, DataMissing, Forbidden) as error:
            self._outcomes.refused(attempt, error)
            raise

    def _check_open(self, row: AllocationRow) -> None:
        # R10.2
        status = unexpired_status(row, self._clock())
        if status is not AllocationStatus.PREVIEWED:
            raise AlreadyCommitted(
                f"The allocation is {status}. Only a PREVIEWED allocation can be committed",
                extra={"allocation_status": status},
            )

    def _claim(self, attempt: Attempt) -> Claim:
        now = self._clock()
        claim = Claim(attempt.allocation_id, [now + self._lease])
        try:
            claimed = self._outcomes.claim(attempt, claim, now)
        except SQLAlchemyError:
            # It may have been claimed and only the answer lost; the caller is told that nothing was sent.
            self._outcomes.release(attempt, claim)
            raise
        if not claimed:
            with self._database.read() as session:
                row = load(session, attempt.allocation_id, EVERYTHING)
            if earlier_commit(row, attempt.intent.idempotency_key) is not None:
                raise IdempotencyKeyInUse(
                    "The commit with this idempotency key has just finished. Repeat the request to get it"
                )
            raise AlreadyCommitted("Another request is committing this allocation, or it has just expired")
        return claim

    def _carry_out(self, attempt: Attempt, claim: Claim, lease: Lease) -> CommitResult:
        """Check and send a claimed preview; return it to PREVIEWED where certainly nothing was sent."""
        try:
            self._recheck.check(attempt)
            return self._dispatch.send(attempt, claim, lease)
        except OrderOutcomeUnknown:
            raise
        except (AllocatorError, SQLAlchemyError) as error:
            if not self._outcomes.release(attempt, claim):
                raise OrderOutcomeUnknown(
                    "This commit took too long, and the recovery job has taken it over. "
                    "Read the allocation for its outcome"
                ) from error
            raise
