"""Recovery job of the commit saga: settles the commits that a stopped process or a lost answer left open.

It looks each order up by its external id. An order that the vendor has is adopted; one that it does not have
is sent once more with the same external id, after the same checks and for the same caller, until the preview
expires, and fails after that. An outcome that cannot be determined stays UNKNOWN and is retried by the next
run. An unexpected error in one commit does not stop the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.clock import Clock, latest
from app.core.database import Database, rows_changed
from app.core.errors import AllocatorError, Conflict, DataMissing, Forbidden, Unauthenticated
from app.models import AllocationRow
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorError, VendorUnavailable, VendorUnexpected
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.allocations import snapshot
from app.services.allocations.store import AllocationStatus, load
from app.services.allocations.validity import is_over
from app.services.domain.caller import Caller, User
from app.services.safety.errors import TradingHalted
from app.services.trading.approval_policy import ApprovalPolicy
from app.services.trading.commit.approved import check_approved
from app.services.trading.commit.dispatch import Dispatch
from app.services.trading.commit.intent import Attempt, CommitIntent, check_allowed, with_present_permissions
from app.services.trading.commit.outcome import LostRaceError, Outcomes
from app.services.trading.commit.recheck import Recheck
from app.services.trading.desk_lock import DeskLock, Holder, Lease
from app.services.trading.errors import AccountsUnsettled, DeskBusy
from app.services.trading.gateway import OrderGateway
from app.services.trading.states import UNSETTLED, Claim, make_due
from app.services.visibility.visibility import EVERYTHING

log = structlog.get_logger(__name__)

RECOVERY_CALLER = Caller(
    user_id="recovery", username="recovery", permissions=frozenset(), request_id="recovery"
)
"""Caller in the audit record of an allocation whose own caller was not stored."""


WAIT_SECONDS = 2.0
"""Time for which recovery waits for the desk's lock, which commits that are refused hold for moments."""


@dataclass(frozen=True, slots=True)
class Case:
    """An unsettled allocation with an expired claim.

    `may_send` says whether its intent was stored, so that it can be sent again; `order_id` is the vendor's id
    of its order, None where the vendor never returned one.
    """

    attempt: Attempt
    claim: Claim
    created_at: datetime
    expires_at: datetime
    may_send: bool
    order_id: str | None


class Recovery:
    """Settles commits whose claim has expired; `users` reads a user's present permissions.

    An allocation without `settle_after` (from before the column existed) is due `lease` after its expiry.
    """

    def __init__(
        self,
        database: Database,
        orders: VendorOrders,
        gateway: OrderGateway,
        desk: DeskLock,
        recheck: Recheck,
        dispatch: Dispatch,
        outcomes: Outcomes,
        policy: ApprovalPolicy,
        users: Callable[[str], User],
        clock: Clock,
        *,
        lease: timedelta,
    ) -> None:
        self._database = database
        self._orders = orders
        self._gateway = gateway
        self._desk = desk
        self._recheck = recheck
        self._dispatch = dispatch
        self._outcomes = outcomes
        self._policy = policy
        self._users = users
        self._clock = clock
        self._lease = lease

    def settle(self) -> None:
        """Settle all due commits under the desk's lease; what cannot be settled is left to the next run."""
        # R10.7
        if not self._due() and not self._is_any_of_the_future():
            return
        try:
            with self._gateway.exclusive(max_wait=WAIT_SECONDS) as lease:
                self._redate()
                self._settle(self._cases(), lease)
        except DeskBusy:
            log.info("recovery postponed to the next run: another order is being sent")

    def take_over(self) -> None:
        """Take over the desk's lock from a holder that is presumed dead, and settle its commit at once.

        It may live and only stand still, so this is done only where its order cannot be under way: it was not
        let out to send, and the new token keeps it in; or the vendor has the order, or its outcome is stored.
        Any other lock is left until its lease expires.
        """
        self._desk.redate()
        holder = self._desk.silent_holder()
        if holder is None or not self._is_known(holder):
            return
        try:
            with self._gateway.taken_over(holder, self._due_again(holder)) as lease:
                log.warning(
                    "the desk lock was taken over from a process that stopped",
                    subject=holder.subject,
                    process=holder.process,
                )
                self._settle(self._cases(), lease)
        except DeskBusy as busy:
            log.info("the desk lock was not taken over", reason=busy.detail)

    def inherit(self) -> None:
        """Free the desk's lock of the process before this one, and make its commit due.

        It has ended for sure and its vendor, the simulator inside it, with it: no order is under way.
        """
        holder = self._desk.predecessor()
        if holder is None:
            return
        log.warning("the desk lock of a process that stopped is free", subject=holder.subject)
        try:
            self._desk.release(self._desk.take_over(holder, self._due_again(holder)))
        except DeskBusy as busy:
            log.info("the desk lock was not taken over", reason=busy.detail)

    def _due_again(self, holder: Holder) -> Callable[[Session], None]:
        """Return the work that makes the commit of a holder due."""

        def work(session: Session) -> None:
            if holder.subject is not None:
                make_due(session, self._clock(), holder.subject)

        return work

    def _is_known(self, holder: Holder) -> bool:
        """Say whether the order of a holder that stopped is surely not sent, or surely at the vendor."""
        if holder.sending_at is None:
            return True
        if holder.subject is None:
            return False
        with self._database.read() as session:
            status = session.scalar(select(AllocationRow.status).where(AllocationRow.id == holder.subject))
        if status is not None and status not in UNSETTLED:
            return True
        try:
            return self._orders.order_by_external_id(holder.subject) is not None
        except VendorError as error:
            log.info("the order of a process that stopped could not be looked up", reason=error.detail)
            return False

    def _due(self) -> list[str]:
        """Return the ids of unsettled allocations whose claim has expired, the oldest first."""
        now = self._clock()
        expired = or_(
            AllocationRow.settle_after <= now,
            and_(AllocationRow.settle_after.is_(None), AllocationRow.expires_at <= now - self._lease),
        )
        query = select(AllocationRow.id).where(AllocationRow.status.in_(UNSETTLED), expired)
        with self._database.read() as session:
            return list(session.scalars(query.order_by(AllocationRow.created_at, AllocationRow.id)))

    def _is_any_of_the_future(self) -> bool:
        with self._database.read() as session:
            return session.scalar(select(AllocationRow.id).where(*self._of_the_future()).limit(1)) is not None

    def _redate(self) -> None:
        """Let claims from the future end one lease from now: the clock was set back since.

        Else their accounts would be blocked for as long as it was set back. Under the desk's lease nobody
        holds such a claim, and it is never shortened: it was renewed before now.
        """
        dated = update(AllocationRow).where(*self._of_the_future())
        later = self._clock() + self._lease
        if self._database.retried(lambda session: rows_changed(session, dated.values(settle_after=later))):
            log.warning("commits were to be settled in the future: the clock was set back")

    def _of_the_future(self) -> tuple[ColumnElement[bool], ...]:
        """Return the condition of a claim that nobody would have made by this clock: none is longer."""
        longest = latest(self._clock(), self._lease)
        return AllocationRow.status.in_(UNSETTLED), AllocationRow.settle_after > longest

    def _cases(self) -> list[Case]:
        cases = []
        for allocation_id in self._due():
            with self._database.read() as session:
                row = load(session, allocation_id, EVERYTHING)
            claim = Claim(row.id, [row.settle_after])
            try:
                cases.append(_case(row, claim))
            except Exception as error:  # one unreadable commit does not stop the others
                log.exception("a stored commit cannot be read", allocation_id=allocation_id)
                self._outcomes.unreadable(
                    claim, RECOVERY_CALLER, f"The stored commit cannot be read: {error}"
                )
        return cases

    @contextmanager
    def _isolated(self, case: Case) -> Iterator[None]:
        """Contain an unexpected error to this case: it is logged, and the case is postponed."""
        try:
            yield
        except (DeskBusy, SQLAlchemyError):
            raise
        except Exception as error:  # it may have been sent: the next lookup waits until that would show
            log.exception(
                "unexpected error while settling a commit", allocation_id=case.attempt.allocation_id
            )
            self._postpone(
                case, f"unexpected error {type(error).__name__}; the log has the details", case.claim.latest
            )

    def _settle(self, cases: list[Case], lease: Lease) -> None:
        """Look up all orders before any is sent again, so that absent orders block no accounts."""
        absent: dict[str, Case] = {}
        outage: VendorUnavailable | None = None
        for case in cases:
            with self._isolated(case):
                try:
                    if outage is not None:
                        raise outage
                    if not self._adopted(case):
                        absent[case.attempt.allocation_id] = case
                except VendorUnavailable as error:
                    outage = error
                    self._postpone(case, error.detail, case.claim.initial)
                except VendorError as error:
                    self._postpone(case, error.detail, case.claim.initial)
        for allocation_id, case in list(absent.items()):
            with self._isolated(case):
                self._resend_or_fail(case, lease, set(absent))
            del absent[allocation_id]

    def _adopted(self, case: Case) -> bool:
        """Look up an order by its external id and record it if the vendor has it. False if it has not.

        Raises
        ------
        VendorUnexpected
            When the vendor does not show an order whose id it has returned: that is never sent again.
        """
        posted = self._orders.order_by_external_id(case.attempt.allocation_id)
        if posted is None and case.order_id is not None:
            raise VendorUnexpected(
                f"Aladdin accepted the order as {case.order_id}, but does not show it",
                extra={"order_id": case.order_id},
            )
        if posted is None:
            return False
        try:
            self._dispatch.adopt(case.attempt, case.claim, posted)
        except OrderOutcomeUnknown as error:
            log.warning("an order was found at the vendor, but could not be recorded", reason=error.detail)
        return True

    def _resend_or_fail(self, case: Case, lease: Lease, absent: Collection[str]) -> None:
        """Send once more an order that the vendor does not have, or record that the commit has failed."""
        if not case.may_send:
            self._fail(case, "Its caller was not stored")
            return
        if is_over(case, self._clock()):
            self._fail(case, "The preview has expired")
            return
        try:
            attempt = with_present_permissions(case.attempt, self._users)
            check_allowed(attempt)
            check_approved(attempt, self._policy, self._users)
            self._recheck.check(attempt, absent=absent)
            self._dispatch.send(attempt, case.claim, lease)
        except OrderOutcomeUnknown as error:
            log.warning("an order was sent again, and its outcome is unknown again", reason=error.detail)
        except (AccountsUnsettled, TradingHalted) as error:  # either passes: R10.5, R10.6
            self._postpone(case, error.detail, case.claim.initial)
        except (Conflict, Forbidden, Unauthenticated, DataMissing) as error:
            self._fail(case, error.detail)
        except DeskBusy:
            raise
        except AllocatorError as error:
            self._postpone(case, error.detail, case.claim.initial)

    def _fail(self, case: Case, reason: str) -> None:
        message = (
            "The commit was interrupted, Aladdin does not have the order, and nothing was sent. "
            f"Reason: {reason}"
        )
        try:
            self._outcomes.record(case.attempt, case.claim, AllocationStatus.FAILED, None, message)
        except LostRaceError as error:
            log.warning("another process has settled this commit", reason=str(error))

    def _postpone(self, case: Case, reason: str, settle_after: datetime | None) -> None:
        """Leave an allocation UNKNOWN until a run after `settle_after`; audited when it was COMMITTING."""
        attempt, claim = case.attempt, case.claim
        log.warning("a commit could not be settled yet", allocation_id=attempt.allocation_id, reason=reason)
        if attempt.recovered_from is AllocationStatus.COMMITTING:
            self._outcomes.unknown(attempt, claim, f"The outcome is not known yet: {reason}", settle_after)
        else:
            self._outcomes.postpone(claim, settle_after)


def stored_attempt(row: AllocationRow) -> Attempt:
    """Return the attempt that an unsettled allocation was left with."""
    intent = CommitIntent(RECOVERY_CALLER, "", override_warnings=False, at=row.created_at)
    if row.commit_intent is not None:
        intent = snapshot.decode(row.commit_intent, CommitIntent)
    return Attempt.of(row, intent, recovered_from=AllocationStatus(row.status))


def _case(row: AllocationRow, claim: Claim) -> Case:
    return Case(
        attempt=stored_attempt(row),
        claim=claim,
        created_at=row.created_at,
        expires_at=row.expires_at,
        may_send=row.commit_intent is not None,
        order_id=row.aladdin_order_id,
    )
