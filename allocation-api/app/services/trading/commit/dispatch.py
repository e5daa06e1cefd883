"""Sends an attempt and records its outcome; commit and recovery share this step of the saga."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorDenied, VendorRejected
from app.services.allocations.block_order import block_order
from app.services.allocations.store import AllocationStatus, CommitResult
from app.services.domain.block_order import OrderStatus, PostedOrder
from app.services.trading.commit.intent import Attempt
from app.services.trading.commit.outcome import LostRaceError, Outcomes
from app.services.trading.desk_lock import Lease
from app.services.trading.errors import AlreadyCommitted
from app.services.trading.gateway import OrderGateway
from app.services.trading.states import Claim, outcome_message

log = structlog.get_logger(__name__)


class Dispatch:
    """Sends each attempt once and records its outcome.

    A renewed claim expires after `lease`. An order that the vendor does not show `settle` after it was sent
    was not placed.
    """

    def __init__(
        self, gateway: OrderGateway, outcomes: Outcomes, clock: Clock, *, lease: timedelta, settle: timedelta
    ) -> None:
        self._gateway = gateway
        self._outcomes = outcomes
        self._clock = clock
        self._lease = lease
        self._settle = settle

    def send(self, attempt: Attempt, claim: Claim, lease: Lease) -> CommitResult:
        """Send the block order of an attempt and record its outcome.

        Raises
        ------
        OrderOutcomeUnknown
            When the vendor may have the order; the allocation is UNKNOWN.
        AllocatorError
            Any other: nothing was sent, and the allocation is still COMMITTING.
        """

        def renew(session: Session) -> None:
            if not claim.renew(session, self._clock() + self._lease):
                raise AlreadyCommitted(
                    "This commit took too long, and the recovery job has settled it. "
                    "Read the allocation for its outcome"
                )

        order = block_order(
            attempt.allocation_id, attempt.inputs, attempt.result, comment=attempt.intent.comment
        )
        try:
            posted = self._gateway.post(order, attempt.caller, lease, renew)
        except OrderOutcomeUnknown as error:
            self._unknown(attempt, claim, error.detail)
            raise
        except VendorRejected as error:
            if isinstance(error, VendorDenied):
                raise
            return self._refused(attempt, claim, error.detail)
        return self.adopt(attempt, claim, posted)

    def adopt(self, attempt: Attempt, claim: Claim, posted: PostedOrder) -> CommitResult:
        """Record an order that the vendor has as the outcome of the attempt.

        One that is over and was filled in part has not failed: its accounts hold what was traded.

        Raises
        ------
        OrderOutcomeUnknown
            When it could not be recorded; the allocation is UNKNOWN where at least that was stored.
        """
        status, done = AllocationStatus.SUBMITTED, "Aladdin accepted the order"
        if OrderStatus.of(posted.status).is_refused and not posted.is_traded:
            status, done = AllocationStatus.FAILED, "Aladdin received the order and will not carry it out"
        message = outcome_message(done, posted)
        try:
            return self._outcomes.record(attempt, claim, status, posted, message)
        except (SQLAlchemyError, LostRaceError) as error:
            detail = f"Aladdin has the order as {posted.order_id}, but this could not be recorded here"
            log.critical("an order was sent but not recorded", order_id=posted.order_id, exc_info=error)
            self._unknown(attempt, claim, detail, posted.order_id)
            raise OrderOutcomeUnknown(detail, extra={"order_id": posted.order_id}) from error

    def _refused(self, attempt: Attempt, claim: Claim, reason: str) -> CommitResult:
        try:
            return self._outcomes.record(attempt, claim, AllocationStatus.FAILED, None, reason)
        except LostRaceError as error:
            detail = f"Aladdin refused the order ({reason}), but the recovery job has sent it again since"
            self._unknown(attempt, claim, detail)
            raise OrderOutcomeUnknown(detail) from error

    def _unknown(self, attempt: Attempt, claim: Claim, detail: str, order_id: str | None = None) -> None:
        self._outcomes.unknown(attempt, claim, detail, self._clock() + self._settle, order_id=order_id)
