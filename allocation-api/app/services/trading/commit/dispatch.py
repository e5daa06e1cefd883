"""The sending of an attempt, and the recording of what came of it: the same for a commit and its recovery."""

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
from app.services.trading.states import Claim, in_words

log = structlog.get_logger(__name__)


class Dispatch:
    """Sends attempts, once each.

    A claim that is renewed holds for `lease`; `settle` after an order was sent, one that the vendor does not
    show is surely not there.
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
        """Send the block order of an attempt and record what became of it.

        Raises
        ------
        OrderOutcomeUnknown
            When the vendor may have the order; the allocation is UNKNOWN.
        AllocatorError
            Any other: nothing was sent, and the allocation is still COMMITTING.
        """

        def renew(session: Session) -> None:
            if not claim.renew(session, self._clock() + self._lease):
                raise AlreadyCommitted("This commit took so long that it has been settled meanwhile")

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
        """Record the order that the vendor has.

        Raises
        ------
        OrderOutcomeUnknown
            When it could not be recorded; the allocation is UNKNOWN where at least that could be.
        """
        refused = OrderStatus.of(posted.status).is_refused
        status = AllocationStatus.FAILED if refused else AllocationStatus.SUBMITTED
        message = in_words("Aladdin has the order", posted)
        try:
            return self._outcomes.record(attempt, claim, status, posted, message)
        except (SQLAlchemyError, LostRaceError) as error:
            detail = f"Aladdin has the order as {posted.order_id}, but it could not be recorded"
            log.critical("an order was sent but not recorded", order_id=posted.order_id, exc_info=error)
            self._unknown(attempt, claim, detail, posted.order_id)
            raise OrderOutcomeUnknown(detail, extra={"order_id": posted.order_id}) from error

    def _refused(self, attempt: Attempt, claim: Claim, reason: str) -> CommitResult:
        try:
            return self._outcomes.record(attempt, claim, AllocationStatus.FAILED, None, reason)
        except LostRaceError as error:
            detail = f"Aladdin refused the order ({reason}), but others have sent it again since"
            self._unknown(attempt, claim, detail)
            raise OrderOutcomeUnknown(detail) from error

    def _unknown(self, attempt: Attempt, claim: Claim, detail: str, order_id: str | None = None) -> None:
        self._outcomes.unknown(attempt, claim, detail, self._clock() + self._settle, order_id=order_id)
