"""Settlement by people of an allocation that stays UNKNOWN: one user proposes, another confirms.

It is for what the recovery job cannot tell by itself. Aladdin is asked at both steps, and its word counts
more than theirs: an order is adopted only as Aladdin shows it, and none is declared unsent that it shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, rows_changed
from app.core.errors import Conflict, FieldError, InvalidRequest
from app.models import AllocationRow, OrderRow
from app.services.aladdin.errors import VendorUnexpected
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.allocations import snapshot
from app.services.allocations.decisions import SettledOutcome, Settlement
from app.services.allocations.store import AllocationStatus, load, stored_settlement
from app.services.audit.trail import Action, AuditService, Changed, EntityType
from app.services.domain.block_order import PostedOrder
from app.services.domain.caller import Caller
from app.services.domain.face import face_number
from app.services.trading.commit.dispatch import Dispatch
from app.services.trading.commit.intent import Attempt
from app.services.trading.commit.outcome import LostRaceError, Outcomes
from app.services.trading.commit.recovery import stored_attempt
from app.services.trading.errors import (
    FourEyes,
    NotUnknown,
    SettlementContradicted,
    SettlementDiffers,
    SettlementTooEarly,
)
from app.services.trading.gateway import OrderGateway
from app.services.trading.states import Claim, settles_at
from app.services.visibility.visibility import EVERYTHING, Visibility


@dataclass(frozen=True, slots=True)
class Word:
    """What a user says became of an order, and why."""

    outcome: SettledOutcome
    order_id: str | None
    reason: str


class SettlementService:
    """Settles unknown outcomes by the word of two users; `lease` as in the recovery job."""

    def __init__(
        self,
        database: Database,
        orders: VendorOrders,
        gateway: OrderGateway,
        dispatch: Dispatch,
        outcomes: Outcomes,
        audit: AuditService,
        clock: Clock,
        *,
        lease: timedelta,
    ) -> None:
        self._database = database
        self._orders = orders
        self._gateway = gateway
        self._dispatch = dispatch
        self._outcomes = outcomes
        self._audit = audit
        self._clock = clock
        self._lease = lease

    def settle(
        self, allocation_id: str, word: Word, caller: Caller, visible: Visibility, *, resumed: bool = False
    ) -> None:
        """Propose how an unknown outcome ended, or confirm what another user has proposed (R10.14).

        Raises
        ------
        NotUnknown
            When the outcome is not open.
        SettlementTooEarly
            While the recovery job may still find it out.
        FourEyes
            When the caller has proposed it already.
        SettlementDiffers
            When another outcome or order is proposed.
        SettlementContradicted
            When Aladdin shows otherwise: another order, or one where there should be none.
        InvalidRequest
            Naming `order_id`, when Aladdin has no such order or it is another bond's or side's.
        VendorError, DeskBusy
            When Aladdin could not be asked, or an order is being sent: nothing was settled.
        """
        row = self._row(allocation_id, visible)
        if resumed and _is_done_by(row, word, caller):
            return
        with self._refusals_audited(allocation_id, word, caller):
            self._check_due(row)
            proposed = stored_settlement(row)
            if proposed is None:
                self._propose(row, word, caller)
            else:
                _check_same(proposed, word, caller)
                self._confirm(allocation_id, word, caller)

    def reject(
        self, allocation_id: str, *, reason: str, caller: Caller, visible: Visibility, resumed: bool = False
    ) -> None:
        """Drop a proposal, so that another can be made; its own user may do so too.

        Raises
        ------
        NotUnknown
            When the outcome is not open.
        SettlementDiffers
            When nothing is proposed.
        """
        row = self._row(allocation_id, visible)
        proposed = stored_settlement(row)
        if resumed and row.status == AllocationStatus.UNKNOWN and proposed is None:
            return
        _check_unknown(row)
        if proposed is None:
            raise SettlementDiffers("Nobody has proposed how this allocation is settled")
        said = {**_as_json(proposed), "reason": reason}
        if not self._write(row, None, Action.SETTLEMENT_REJECTED, caller, said):
            raise SettlementDiffers("The proposal has just changed. Read the allocation")

    def _row(self, allocation_id: str, visible: Visibility) -> AllocationRow:
        with self._database.read() as session:
            return load(session, allocation_id, visible)

    def _check_due(self, row: AllocationRow) -> None:
        """Check that the outcome is open and that the recovery job has had its time."""
        _check_unknown(row)
        due, now = settles_at(row, self._lease), self._clock()
        if due > now:
            error = SettlementTooEarly(
                f"The recovery job may still find out what became of the order, until {_moment(due)}"
            )
            error.retry_after = (due - now).total_seconds()
            raise error

    def _propose(self, row: AllocationRow, word: Word, caller: Caller) -> None:
        posted = self._found(_attempt(row), word)
        proposed = Settlement(
            outcome=word.outcome,
            order_id=word.order_id,
            reason=word.reason,
            proposed_by_id=caller.user_id,
            proposed_by=caller.username,
            proposed_at=self._clock(),
            order_quantity=posted.face if posted else None,
        )
        said = {**_as_json(proposed), "order_quantity": _number(posted)}
        if not self._write(row, proposed, Action.SETTLEMENT_PROPOSED, caller, said):
            raise SettlementDiffers("Another user has just proposed something. Read the allocation")

    def _confirm(self, allocation_id: str, word: Word, caller: Caller) -> None:
        """Settle under the desk's lease, so that the recovery job does not settle it meanwhile."""
        with self._gateway.exclusive():
            row = self._row(allocation_id, EVERYTHING)
            self._check_due(row)
            proposed = stored_settlement(row)
            if proposed is None:
                raise SettlementDiffers("The proposal has just been dropped. Read the allocation")
            _check_same(proposed, word, caller)
            now = self._clock()
            confirmed = replace(
                proposed,
                confirmed_by_id=caller.user_id,
                confirmed_by=caller.username,
                confirmed_at=now,
                confirmed_reason=word.reason,
            )
            attempt = replace(_attempt(row), settlement=confirmed, by=caller)
            claim = Claim(row.id, [row.settle_after], row.settlement)
            posted = self._found(attempt, word)
            if posted is not None:
                self._dispatch.adopt(attempt, claim, posted)
            else:
                self._fail(attempt, claim, confirmed)

    def _fail(self, attempt: Attempt, claim: Claim, settled: Settlement) -> None:
        message = (
            f"{settled.proposed_by} and {settled.confirmed_by} have declared that Aladdin never got the "
            f"order. Reason: {settled.reason}"
        )
        try:
            self._outcomes.record(attempt, claim, AllocationStatus.FAILED, None, message)
        except LostRaceError as error:
            raise NotUnknown("Another process has just settled it. Read the allocation") from error

    def _found(self, attempt: Attempt, word: Word) -> PostedOrder | None:
        """Return the order that the user names, as Aladdin shows it; None where they say there is none."""
        if word.outcome is SettledOutcome.NOT_SENT:
            self._check_absent(attempt)
            return None
        order_id = word.order_id or ""
        found = [order for order in self._orders.orders([order_id]) if order.order_id == order_id]
        if len(found) != 1:
            raise _wrong("Aladdin has no such order.")
        self._check_ours(attempt, found[0])
        return found[0]

    def _check_absent(self, attempt: Attempt) -> None:
        """Check that Aladdin shows no order of this allocation; fails closed where it does not answer."""
        found = self._orders.order_by_external_id(attempt.allocation_id)
        if found is not None:
            raise SettlementContradicted(
                f"Aladdin has the order as {found.order_id}: it was sent", extra={"order_id": found.order_id}
            )

    def _check_ours(self, attempt: Attempt, posted: PostedOrder) -> None:
        order = attempt.inputs.request.order
        if posted.security_id != order.security_id:
            raise _wrong(f"It is an order of {posted.security_id}, not of {order.security_id}.")
        if posted.side is not order.side:
            raise _wrong(f"It is not an order to {order.side}.")
        if posted.external_id not in {None, "", attempt.allocation_id}:
            raise _wrong(f"It was sent under another id, {posted.external_id}.")
        with self._database.read() as session:
            known = session.get(OrderRow, posted.order_id)
        if known is not None:
            raise _wrong(f"It is the order of the allocation {known.allocation_id}.")
        if posted.external_id != attempt.allocation_id:
            self._check_no_other(attempt, posted)

    def _check_no_other(self, attempt: Attempt, posted: PostedOrder) -> None:
        """Check that no other order carries this allocation's id, since the named one carries none."""
        try:
            other = self._orders.order_by_external_id(attempt.allocation_id)
        except VendorUnexpected as error:
            raise SettlementContradicted(error.detail, extra=error.extra) from error
        if other is not None and other.order_id != posted.order_id:
            raise SettlementContradicted(
                f"Aladdin has another order of this allocation: {other.order_id}",
                extra={"order_id": other.order_id},
            )

    def _write(
        self,
        row: AllocationRow,
        settlement: Settlement | None,
        action: Action,
        caller: Caller,
        said: dict[str, object],
    ) -> bool:
        """Store a proposal or its end, by compare-and-set on the one that was read."""
        text = None if settlement is None else snapshot.encode(settlement)
        statement = update(AllocationRow).where(
            AllocationRow.id == row.id,
            AllocationRow.status == AllocationStatus.UNKNOWN,
            _unchanged(row),
        )

        def store(session: Session) -> bool:
            if not rows_changed(session, statement.values(settlement=text)):
                return False
            self._audit.record_for(
                session,
                action,
                caller,
                EntityType.ALLOCATION,
                row.id,
                before={"status": AllocationStatus.UNKNOWN},
                after={"status": AllocationStatus.UNKNOWN, **said},
                rows=(Changed(AllocationRow, ("settlement",)),),
            )
            return True

        return self._database.retried(store)

    @contextmanager
    def _refusals_audited(self, allocation_id: str, word: Word, caller: Caller) -> Iterator[None]:
        try:
            yield
        except (Conflict, FourEyes) as error:
            after = {
                "code": error.code,
                "message": error.detail,
                "outcome": word.outcome,
                "order_id": word.order_id,
                "reason": word.reason,
            }
            self._database.retried(
                lambda session: self._audit.record_for(
                    session,
                    Action.SETTLEMENT_REFUSED,
                    caller,
                    EntityType.ALLOCATION,
                    allocation_id,
                    after=after,
                )
            )
            raise


def _attempt(row: AllocationRow) -> Attempt:
    try:
        return stored_attempt(row)
    except msgspec.MsgspecError as error:
        raise Conflict(f"The stored commit cannot be read: {error}") from error


def _check_unknown(row: AllocationRow) -> None:
    if row.status != AllocationStatus.UNKNOWN:
        raise NotUnknown(
            f"The allocation is {row.status}. Only an UNKNOWN one is settled by people",
            extra={"allocation_status": row.status},
        )


def _check_same(proposed: Settlement, word: Word, caller: Caller) -> None:
    # R10.14
    if proposed.proposed_by_id == caller.user_id:
        raise FourEyes("You have proposed this, so another user has to confirm it")
    if not proposed.says(word.outcome, word.order_id):
        order = "" if proposed.order_id is None else f" as {proposed.order_id}"
        raise SettlementDiffers(
            f"{proposed.proposed_by} has proposed {proposed.outcome}{order}. Confirm that, or reject it"
        )


def _is_done_by(row: AllocationRow, word: Word, caller: Caller) -> bool:
    """Say whether an earlier attempt at the same request has proposed or confirmed this already."""
    stored = stored_settlement(row)
    if stored is None or not stored.says(word.outcome, word.order_id):
        return False
    return caller.user_id in {stored.proposed_by_id, stored.confirmed_by_id}


def _unchanged(row: AllocationRow) -> ColumnElement[bool]:
    if row.settlement is None:
        return AllocationRow.settlement.is_(None)
    return AllocationRow.settlement == row.settlement


def _as_json(settlement: Settlement) -> dict[str, object]:
    return {
        "outcome": settlement.outcome,
        "order_id": settlement.order_id,
        "proposed_by": settlement.proposed_by,
        "reason": settlement.reason,
    }


def _number(posted: PostedOrder | None) -> int | float | None:
    return None if posted is None or posted.face is None else face_number(posted.face)


def _wrong(message: str) -> InvalidRequest:
    return InvalidRequest.of(FieldError("order_id", message))


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
