"""Steps from a claimed preview to its sent order, shared by commits by request and by approval."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import Clock
from app.core.errors import AllocatorError
from app.services.aladdin.errors import OrderOutcomeUnknown
from app.services.allocations.store import CommitResult
from app.services.trading.commit.claims import Claims
from app.services.trading.commit.dispatch import Dispatch
from app.services.trading.commit.intent import Attempt
from app.services.trading.commit.recheck import Recheck
from app.services.trading.desk_lock import Lease
from app.services.trading.errors import AlreadyCommitted
from app.services.trading.gateway import OrderGateway
from app.services.trading.states import Claim


class Saga:
    """Claims, checks and sends under the desk's lease. A claim expires `lease` after it was renewed."""

    def __init__(
        self,
        gateway: OrderGateway,
        recheck: Recheck,
        dispatch: Dispatch,
        claims: Claims,
        clock: Clock,
        *,
        lease: timedelta,
    ) -> None:
        self._gateway = gateway
        self._recheck = recheck
        self._dispatch = dispatch
        self._claims = claims
        self._clock = clock
        self._lease = lease

    def run(self, attempt: Attempt, *conditions: ColumnElement[bool]) -> CommitResult:
        """Send the order of a preview that is open under these conditions, and return what became of it.

        Raises
        ------
        AlreadyCommitted
            When the preview is not open any more.
        OrderOutcomeUnknown
            When the vendor may have the order; the allocation is UNKNOWN until the recovery job settles it.
        AllocatorError
            Any other: nothing was sent, and the preview is where it was before.
        """
        with self._gateway.exclusive(subject=attempt.allocation_id) as lease:
            return self._carry_out(attempt, self._claim(attempt, conditions), lease)

    def _claim(self, attempt: Attempt, conditions: tuple[ColumnElement[bool], ...]) -> Claim:
        now = self._clock()
        claim = Claim(attempt.allocation_id, [now + self._lease])
        try:
            claimed = self._claims.claim(attempt, claim, now, *conditions)
        except SQLAlchemyError:
            # It may have been claimed and only the answer lost; the caller is told that nothing was sent.
            self._claims.release(attempt, claim)
            raise
        if not claimed:
            raise AlreadyCommitted("Another request is committing this allocation, or it has just expired")
        return claim

    def _carry_out(self, attempt: Attempt, claim: Claim, lease: Lease) -> CommitResult:
        """Check and send a claimed preview; return it to where it was where certainly nothing was sent."""
        try:
            self._recheck.check(attempt)
            return self._dispatch.send(attempt, claim, lease)
        except OrderOutcomeUnknown:
            raise
        except (AllocatorError, SQLAlchemyError) as error:
            if not self._claims.release(attempt, claim):
                raise OrderOutcomeUnknown(
                    "This commit took too long, and the recovery job has taken it over. "
                    "Read the allocation for its outcome"
                ) from error
            raise
