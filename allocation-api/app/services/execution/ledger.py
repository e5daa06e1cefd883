"""What is stored of orders to brokers: each step is one compare-and-set with its audit record.

SENDING -> OPEN, FILLED, ... | REJECTED | FAILED | UNKNOWN      the sender
SENDING, UNKNOWN -> the broker's state | FAILED                 whoever reconciles
FAILED -> the broker's state                                    an answer that came late after all
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, rows_changed
from app.core.errors import NotFound
from app.models import EXECUTION_LOCK, BrokerAccountRow, BrokerOrderRow
from app.models.lock import serialise
from app.services.audit.trail import Action, AuditService, EntityType, everything
from app.services.domain.caller import Caller
from app.services.domain.side import Side
from app.services.execution.errors import BrokerAccountDisconnected, BrokerAccountUnsettled
from app.services.execution.limits import BrokerLimits
from app.services.execution.order_values import UNSETTLED, WORKING, BrokerOrderStatus, StoredOrder
from app.services.execution.types import BrokerOrder, FeeSource, NewOrder, OrderPreview, OrderType
from app.services.safety.emergency_stop import EmergencyStop
from app.utils.paging import Page, page

MAX_REASON_CHARACTERS = 500
RETRY_SECONDS = 5.0


class OrderLedger:
    """Stores orders. One that is not listed `settle_seconds` after it was let out is not at the broker."""

    def __init__(
        self,
        database: Database,
        audit: AuditService,
        stop: EmergencyStop,
        limits: BrokerLimits,
        clock: Clock,
        *,
        settle_seconds: int,
    ) -> None:
        self._database = database
        self._audit = audit
        self._stop = stop
        self._limits = limits
        self._clock = clock
        self._settle = timedelta(seconds=settle_seconds)

    # --- the sender -----------------------------------------------------------------------------------------

    def admit(
        self,
        account: BrokerAccountRow,
        order: NewOrder,
        preview: OrderPreview,
        known_ids: Collection[str],
        caller: Caller,
    ) -> StoredOrder:
        """Let an order out: stop, limits of the day and open outcomes are checked where its intent is stored.

        After this transaction the order may be sent, once. `known_ids` are the broker's orders before it.

        Raises
        ------
        TradingHalted, BrokerLimitExceeded, BrokerAccountUnsettled, BrokerAccountDisconnected
            Nothing is stored then.
        """

        def store(session: Session) -> StoredOrder:
            self._stop.check(session)
            serialise(session, EXECUTION_LOCK)
            self._check_account(session, account)
            now = self._clock()
            today = self._of_day(session, account.id, now)
            self._limits.check_day(preview.notional, today)
            row = self._new_row(account, order, preview, known_ids, caller, now)
            session.add(row)
            session.flush()
            self._record(session, Action.BROKER_ORDER_INTENDED, row, caller)
            return stored(row)

        return self._database.retried(store)

    def settle(
        self,
        order_id: str,
        expected: Sequence[BrokerOrderStatus],
        status: BrokerOrderStatus,
        caller: Caller | None,
        *,
        found: BrokerOrder | None = None,
        reason: str | None = None,
    ) -> StoredOrder:
        """Move an order that is in an expected status, and return it; another one is returned as it is.

        Parameters
        ----------
        caller
            Who sent it; None where it is settled or followed by the system.
        found
            The order at the broker.
        """
        columns: dict[str, Any] = {"status": status, "reason": reason and reason[:MAX_REASON_CHARACTERS]}
        if found is not None:
            columns |= _columns(found)

        def store(session: Session) -> StoredOrder:
            row = session.get_one(BrokerOrderRow, order_id)
            before = BrokerOrderStatus(row.status)
            unchanged = all(getattr(row, name) == value for name, value in columns.items())
            if before not in expected or unchanged:
                return stored(row)
            statement = update(BrokerOrderRow).where(
                BrokerOrderRow.id == order_id, BrokerOrderRow.status == before
            )
            if rows_changed(session, statement.values(**columns, updated_at=self._clock())):
                session.refresh(row)
                self._record(session, _action(before), row, caller, before)
            return stored(row)

        return self._database.retried(store)

    def cancel_intended(self, order_id: str, caller: Caller) -> None:
        """Record that a cancellation is about to be sent."""
        self._database.retried(
            lambda session: self._record(
                session, Action.BROKER_CANCEL_INTENDED, session.get_one(BrokerOrderRow, order_id), caller
            )
        )

    # --- reads ----------------------------------------------------------------------------------------------

    def get(self, order_id: str, caller: Caller) -> StoredOrder:
        """Return an order of the caller.

        Raises
        ------
        NotFound
            When the caller has none of this id.
        """
        with self._database.read() as session:
            row = session.get(BrokerOrderRow, order_id)
            if row is None or row.user_id != caller.user_id:
                raise NotFound(f"You have no order {order_id!r} at a broker")
            return stored(row)

    def find(self, order_id: str) -> StoredOrder | None:
        """Return an order, whoever's, None where there is none."""
        with self._database.read() as session:
            row = session.get(BrokerOrderRow, order_id)
            return None if row is None else stored(row)

    def page_of(self, account_id: str, *, cursor: str | None, limit: int) -> Page[StoredOrder]:
        """Return a page of an account's orders, newest first."""
        query = select(BrokerOrderRow).where(BrokerOrderRow.account_id == account_id)
        order = (BrokerOrderRow.created_at, BrokerOrderRow.id)
        with self._database.read() as session:
            return page(session, query, order, cursor, limit, stored)

    def to_follow(self) -> dict[str, tuple[StoredOrder, ...]]:
        """Return the orders of connected accounts that are unsettled or may still trade, by account."""
        query = (
            select(BrokerOrderRow)
            .join(BrokerAccountRow, BrokerAccountRow.id == BrokerOrderRow.account_id)
            .where(
                BrokerOrderRow.status.in_((*UNSETTLED, *WORKING)), BrokerAccountRow.disconnected_at.is_(None)
            )
            .order_by(BrokerOrderRow.created_at, BrokerOrderRow.id)
        )
        found: dict[str, list[StoredOrder]] = {}
        with self._database.read() as session:
            for row in session.scalars(query):
                found.setdefault(row.account_id, []).append(stored(row))
        return {account_id: tuple(orders) for account_id, orders in found.items()}

    def account(self, account_id: str) -> BrokerAccountRow:
        """Return the account of an order."""
        with self._database.read() as session:
            return session.get_one(BrokerAccountRow, account_id)

    def not_ours(self, order: StoredOrder, listed: Sequence[BrokerOrder]) -> list[BrokerOrder]:
        """Return what of a listing came after the order was let out, and is no other order of ours."""
        with self._database.read() as session:
            row = session.get_one(BrokerOrderRow, order.order_id)
            others = select(BrokerOrderRow.broker_order_id).where(
                BrokerOrderRow.account_id == order.account_id, BrokerOrderRow.id != order.order_id
            )
            known = {*json.loads(row.known_ids), *session.scalars(others)}
        return [each for each in listed if each.broker_order_id not in known]

    def is_due(self, order: StoredOrder) -> bool:
        """Return whether an order that is not listed by now is not there."""
        return self._clock() >= order.created_at + self._settle

    # --- inside ---------------------------------------------------------------------------------------------

    def _check_account(self, session: Session, account: BrokerAccountRow) -> None:
        current = session.get_one(BrokerAccountRow, account.id)
        if current.disconnected_at is not None:
            raise BrokerAccountDisconnected("The account was disconnected. Connect it again")
        unsettled = select(BrokerOrderRow.id).where(
            BrokerOrderRow.account_id == account.id, BrokerOrderRow.status.in_(UNSETTLED)
        )
        open_id = session.scalar(unsettled.limit(1))
        if open_id is not None:
            error = BrokerAccountUnsettled(
                "It is not known yet what became of an earlier order of this account. It is being looked for "
                "at the broker",
                extra={"order_id": open_id},
            )
            error.retry_after = RETRY_SECONDS
            raise error

    def _of_day(self, session: Session, account_id: str, now: datetime) -> list[StoredOrder]:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        query = select(BrokerOrderRow).where(
            BrokerOrderRow.account_id == account_id, BrokerOrderRow.created_at >= midnight
        )
        return [stored(row) for row in session.scalars(query)]

    def _new_row(
        self,
        account: BrokerAccountRow,
        order: NewOrder,
        preview: OrderPreview,
        known_ids: Collection[str],
        caller: Caller,
        now: datetime,
    ) -> BrokerOrderRow:
        return BrokerOrderRow(
            id=order.client_order_id,
            account_id=account.id,
            user_id=caller.user_id,
            username=caller.username,
            is_paper=account.is_paper,
            symbol=order.symbol,
            currency=order.currency,
            side=order.side,
            type=order.type,
            quantity=order.quantity,
            limit_price=order.limit_price,
            notional=preview.notional,
            status=BrokerOrderStatus.SENDING,
            reason=None,
            broker_order_id=None,
            filled_quantity=order.quantity * 0,
            average_price=None,
            fee=None,
            fee_currency=None,
            fee_source=FeeSource.UNKNOWN,
            known_ids=json.dumps(sorted(known_ids)),
            created_at=now,
            updated_at=now,
        )

    def _record(
        self,
        session: Session,
        action: Action,
        row: BrokerOrderRow,
        caller: Caller | None,
        before: BrokerOrderStatus | None = None,
    ) -> None:
        said: dict[str, Any] = {
            "before": None if before is None else {"status": before},
            "after": {"status": row.status, "account_id": row.account_id, "is_paper": row.is_paper},
            "rows": everything(EntityType.BROKER_ORDER),
        }
        if caller is None:
            self._audit.record_system(session, action, EntityType.BROKER_ORDER, row.id, **said)
        else:
            self._audit.record_for(session, action, caller, EntityType.BROKER_ORDER, row.id, **said)


def _action(before: BrokerOrderStatus) -> Action:
    return Action.BROKER_ORDER_SETTLED if before in UNSETTLED else Action.BROKER_ORDER_UPDATED


def _columns(found: BrokerOrder) -> dict[str, Any]:
    """Return what the broker says of an order as columns."""
    return {
        "broker_order_id": found.broker_order_id,
        "filled_quantity": found.filled_quantity,
        "average_price": found.average_price,
        "fee": found.fee.amount,
        "fee_currency": found.fee.currency,
        "fee_source": found.fee.source,
        "reason": found.reason and found.reason[:MAX_REASON_CHARACTERS],
    }


def stored(row: BrokerOrderRow) -> StoredOrder:
    """Return an order as a value."""
    return StoredOrder(
        order_id=row.id,
        account_id=row.account_id,
        is_paper=row.is_paper,
        symbol=row.symbol,
        currency=row.currency,
        side=Side(row.side),
        type=OrderType(row.type),
        quantity=row.quantity,
        limit_price=row.limit_price,
        notional=row.notional,
        status=BrokerOrderStatus(row.status),
        reason=row.reason,
        broker_order_id=row.broker_order_id,
        filled_quantity=row.filled_quantity,
        average_price=row.average_price,
        fee=row.fee,
        fee_currency=row.fee_currency,
        fee_source=FeeSource(row.fee_source),
        created_at=row.created_at,
        updated_at=row.updated_at,
        created_by=row.username,
    )
