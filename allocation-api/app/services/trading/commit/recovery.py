"""Recovery: commits that were left in the middle are settled, by whichever process comes first.

What the vendor has is adopted. What it surely does not have is sent again under the same external id, after
the same checks as at first and in the name of who wanted it, while the preview lives; otherwise it has
failed. What cannot be told stays UNKNOWN and is looked at again. A commit with which something unforeseen is
wrong, such as a stored one that cannot be read, keeps none of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, or_, select
from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import AllocatorError, Conflict, DataMissing, Forbidden, Unauthenticated
from app.models import AllocationRow
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorError, VendorUnavailable, VendorUnexpected
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.allocations import snapshot
from app.services.allocations.store import AllocationStatus, load
from app.services.domain.caller import Caller, User
from app.services.trading.commit.dispatch import Dispatch
from app.services.trading.commit.intent import Attempt, CommitIntent, check_allowed
from app.services.trading.commit.outcome import LostRaceError, Outcomes
from app.services.trading.commit.recheck import Recheck
from app.services.trading.desk_lock import Lease
from app.services.trading.errors import AccountsUnsettled, DeskBusy
from app.services.trading.gateway import OrderGateway
from app.services.trading.states import UNSETTLED, Claim

log = structlog.get_logger(__name__)

NOBODY = Caller(user_id="recovery", username="recovery", permissions=frozenset(), request_id="recovery")
"""In whose name allocations are settled of which it was not stored who committed them."""


@dataclass(frozen=True, slots=True)
class Case:
    """An allocation to be settled.

    `may_send` says whether it is known who wanted it sent, and how; `order_id` is the order that the vendor
    has told us, None where it has told none.
    """

    attempt: Attempt
    claim: Claim
    expires_at: datetime
    may_send: bool
    order_id: str | None


class Recovery:
    """Settles commits whose claim has run out; `users` reads a user as of now.

    Allocations from before intents were kept are looked up once `lease` has passed since they expired.
    """

    def __init__(
        self,
        database: Database,
        orders: VendorOrders,
        gateway: OrderGateway,
        recheck: Recheck,
        dispatch: Dispatch,
        outcomes: Outcomes,
        users: Callable[[str], User],
        clock: Clock,
        *,
        lease: timedelta,
    ) -> None:
        self._database = database
        self._orders = orders
        self._gateway = gateway
        self._recheck = recheck
        self._dispatch = dispatch
        self._outcomes = outcomes
        self._users = users
        self._clock = clock
        self._lease = lease

    def settle(self) -> None:
        """Settle what can be; come again for the rest, and when others have the desk at this moment."""
        # R10.7
        if not self._due():
            return
        try:
            with self._gateway.exclusive(patience=0) as lease:
                self._settle(self._cases(), lease)
        except DeskBusy:
            log.info("commits are to be settled, but others send their orders now")

    def _due(self) -> list[str]:
        """Return the allocations whose claim has run out, the oldest first."""
        now = self._clock()
        over = or_(
            AllocationRow.settle_after <= now,
            and_(AllocationRow.settle_after.is_(None), AllocationRow.expires_at <= now - self._lease),
        )
        query = select(AllocationRow.id).where(AllocationRow.status.in_(UNSETTLED), over)
        with self._database.read() as session:
            return list(session.scalars(query.order_by(AllocationRow.created_at, AllocationRow.id)))

    def _cases(self) -> list[Case]:
        cases = []
        for allocation_id in self._due():
            with self._database.read() as session:
                row = load(session, allocation_id)
            claim = Claim(row.id, [row.settle_after])
            try:
                cases.append(_case(row, claim))
            except Exception as error:  # whatever it is about this one, the others are settled
                log.exception("a commit cannot be read", allocation_id=allocation_id)
                self._outcomes.unreadable(claim, NOBODY, f"What is stored of it cannot be read: {error}")
        return cases

    @contextmanager
    def _isolated(self, case: Case) -> Iterator[None]:
        """Let the others be settled although something unforeseen is wrong with this one."""
        try:
            yield
        except (DeskBusy, SQLAlchemyError):
            raise
        except Exception as error:  # it may have been sent: it is not looked at before that would show
            log.exception("a commit cannot be settled", allocation_id=case.attempt.allocation_id)
            self._postpone(case, f"{type(error).__name__}, which the log describes", case.claim.latest)

    def _settle(self, cases: list[Case], lease: Lease) -> None:
        """Look every order up before the first is sent again: those that are not there bar nobody."""
        absent: dict[str, Case] = {}
        away: VendorUnavailable | None = None
        for case in cases:
            with self._isolated(case):
                try:
                    if away is not None:
                        raise away
                    if not self._adopted(case):
                        absent[case.attempt.allocation_id] = case
                except VendorUnavailable as error:
                    away = error
                    self._postpone(case, error.detail, case.claim.found)
                except VendorError as error:
                    self._postpone(case, error.detail, case.claim.found)
        for allocation_id, case in list(absent.items()):
            with self._isolated(case):
                self._resend_or_fail(case, lease, set(absent))
            del absent[allocation_id]

    def _adopted(self, case: Case) -> bool:
        """Look an order up and record it if it is there.

        Raises
        ------
        VendorUnexpected
            When the vendor does not show an order that it has told us of: it may never be sent again.
        """
        posted = self._orders.order_by_external_id(case.attempt.allocation_id)
        if posted is None and case.order_id is not None:
            raise VendorUnexpected(
                f"Aladdin took the order as {case.order_id}, but does not show it",
                extra={"order_id": case.order_id},
            )
        if posted is None:
            return False
        try:
            self._dispatch.adopt(case.attempt, case.claim, posted)
        except OrderOutcomeUnknown as error:
            log.warning("an order was found, but not recorded", reason=error.detail)
        return True

    def _resend_or_fail(self, case: Case, lease: Lease, absent: Collection[str]) -> None:
        """Send again what the vendor surely does not have, or record that it has failed."""
        if not case.may_send:
            self._fail(case, "It is not stored who wanted to send it")
            return
        if self._clock() >= case.expires_at:
            self._fail(case, "The preview has expired since")
            return
        try:
            attempt = self._present(case.attempt)
            check_allowed(attempt)
            self._recheck.check(attempt, absent=absent)
            self._dispatch.send(attempt, case.claim, lease)
        except OrderOutcomeUnknown as error:
            log.warning("a commit was sent again, and its answer was lost again", reason=error.detail)
        except AccountsUnsettled as error:
            self._postpone(case, error.detail, case.claim.found)
        except (Conflict, Forbidden, Unauthenticated, DataMissing) as error:
            self._fail(case, error.detail)
        except DeskBusy:
            raise
        except AllocatorError as error:
            self._postpone(case, error.detail, case.claim.found)

    def _present(self, attempt: Attempt) -> Attempt:
        """Return the attempt with what its caller may still do."""
        caller = attempt.caller
        permissions = caller.permissions.intersection(self._users(caller.user_id).permissions)
        return replace(
            attempt, intent=replace(attempt.intent, caller=replace(caller, permissions=permissions))
        )

    def _fail(self, case: Case, reason: str) -> None:
        message = (
            f"The commit was interrupted and Aladdin does not have the order. {reason}: nothing was sent"
        )
        try:
            self._outcomes.record(case.attempt, case.claim, AllocationStatus.FAILED, None, message)
        except LostRaceError as error:
            log.warning("somebody else settles this commit", reason=str(error))

    def _postpone(self, case: Case, reason: str, settle_after: datetime | None) -> None:
        """Leave an allocation UNKNOWN, to be looked at after that moment; audited when that is news."""
        attempt, claim = case.attempt, case.claim
        log.warning("a commit is not settled yet", allocation_id=attempt.allocation_id, reason=reason)
        if attempt.recovered_from is AllocationStatus.COMMITTING:
            self._outcomes.unknown(attempt, claim, f"It is not settled yet: {reason}", settle_after)
        else:
            self._outcomes.postpone(claim, settle_after)


def _case(row: AllocationRow, claim: Claim) -> Case:
    intent = CommitIntent(NOBODY, "", override_warnings=False, at=row.created_at)
    if row.commit_intent is not None:
        intent = snapshot.decode(row.commit_intent, CommitIntent)
    return Case(
        attempt=Attempt.of(row, intent, recovered_from=AllocationStatus(row.status)),
        claim=claim,
        expires_at=row.expires_at,
        may_send=row.commit_intent is not None,
        order_id=row.aladdin_order_id,
    )
