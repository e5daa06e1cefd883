"""Gateway (saga) of orders to brokers: the only code that places or cancels one (R29).

Permission -> what the broker has and expects -> limits -> the intent, stored behind the emergency stop ->
one call -> the outcome. An unknown outcome is looked for in the broker's list before the account sends again,
and never sent again by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import structlog

from app.core.database import id_of, new_id
from app.core.errors import AllocatorError
from app.core.security import Permission
from app.models import BrokerAccountRow
from app.services.domain.caller import Caller, require
from app.services.execution.accounts import BrokerAccounts
from app.services.execution.broker import Broker
from app.services.execution.brokers import Brokers
from app.services.execution.errors import (
    BrokerError,
    BrokerOrderEnded,
    BrokerOutcomeUnknown,
    BrokerRefused,
    BrokerUnavailable,
)
from app.services.execution.ledger import RETRY_SECONDS, OrderLedger
from app.services.execution.limits import BrokerLimits, slippage_bps
from app.services.execution.order_values import (
    UNSETTLED,
    WORKING,
    BrokerOrderStatus,
    OrderWish,
    ShownPreview,
    StoredOrder,
)
from app.services.execution.types import BrokerOrder, NewOrder

MAX_SEND_SECONDS = 10.0
"""Longest time between the checks and the call: a process that stood still for longer sends nothing."""

LATE = (*UNSETTLED, BrokerOrderStatus.FAILED)
"""From here the answer of the call is stored, also where reconciling had given the order up."""

AMBIGUOUS = (
    "The broker lists more than one order that this may be, or one with other terms. Look at the broker."
)
NOT_LISTED = "The broker does not list the order: it was not taken."

log = structlog.get_logger(__name__)


class BrokerGateway:
    """Previews, places, follows and cancels orders of users at their brokers."""

    def __init__(
        self,
        accounts: BrokerAccounts,
        brokers: Brokers,
        ledger: OrderLedger,
        limits: BrokerLimits,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._accounts = accounts
        self._brokers = brokers
        self._ledger = ledger
        self._limits = limits
        self._monotonic = monotonic

    def preview(self, account_id: str, wish: OrderWish, caller: Caller) -> ShownPreview:
        """Return what an order is expected to cost, within the limits on one order; nothing is placed.

        Raises
        ------
        NotFound, BrokerError, BrokerLimitExceeded, BrokerSlippageTooLarge
            When it would not be sent.
        """
        account = self._accounts.load(account_id, caller)
        order = _new_order(new_id(), wish, account)
        preview = self._brokers.of(account).preview(account.external_id, order)
        self._limits.check_order(order, preview)
        slippage = slippage_bps(order.side, preview.price, preview.quote.mid)
        return ShownPreview(account.id, account.is_paper, preview, slippage)

    def place(
        self,
        account_id: str,
        wish: OrderWish,
        caller: Caller,
        *,
        key: str | None = None,
        resumed: bool = False,
    ) -> StoredOrder:
        """Place an order once.

        Parameters
        ----------
        key
            Id of the idempotency key of the request. An earlier attempt at it that is `resumed` here may have
            sent the order: that one is reconciled and returned; only where it surely is not there, a new one
            is sent.

        Raises
        ------
        Forbidden, NotFound, TradingHalted, BrokerAccountUnsettled
        BrokerLimitExceeded, BrokerSlippageTooLarge
            Before anything is sent.
        BrokerOutcomeUnknown
            When the broker may have it. The order is stored and looked for; `order_id` is in the error.
        BrokerError
            Any other: nothing was placed.
        """
        require(caller, Permission.BROKERS_TRADE)
        account = self._accounts.load(account_id, caller)
        order_id, earlier = self._earlier(key)
        if earlier is not None and resumed:
            return self._resumed(earlier)
        broker = self._brokers.of(account)
        order = _new_order(order_id, wish, account)
        known_ids = {each.broker_order_id for each in broker.orders(account.external_id)}
        preview = broker.preview(account.external_id, order)
        self._limits.check_order(order, preview)
        since = self._monotonic()
        self._ledger.admit(account, order, preview, known_ids, caller)
        return self._send(broker, account, order, caller, since)

    def get(self, order_id: str, caller: Caller) -> StoredOrder:
        """Return an order of the caller, after the broker was asked for it where it may have moved.

        A broker that cannot be asked leaves it as it was stored, `updated_at` says when.

        Raises
        ------
        NotFound
            When the caller has none of this id.
        """
        order = self._ledger.get(order_id, caller)
        if order.status not in {*UNSETTLED, *WORKING}:
            return order
        try:
            self.follow(order.account_id, (order,))
        except AllocatorError as error:
            log.info("an order could not be asked for", order_id=order_id, reason=error.code)
        return self._ledger.get(order_id, caller)

    def cancel(self, order_id: str, caller: Caller) -> StoredOrder:
        """Cancel what of an order is not filled; the emergency stop does not keep it: it spends nothing.

        Raises
        ------
        Forbidden, NotFound
            Before anything is sent.
        BrokerOrderEnded
            When nothing of it is open, or it is not known to be there.
        BrokerError
            When the broker did not cancel it, or may have.
        """
        require(caller, Permission.BROKERS_TRADE)
        order = self._ledger.get(order_id, caller)
        if order.status not in WORKING or order.broker_order_id is None:
            raise BrokerOrderEnded(f"The order is {order.status}, so there is nothing to cancel")
        account = self._accounts.load(order.account_id, caller)
        broker = self._brokers.of(account)
        self._ledger.cancel_intended(order_id, caller)
        try:
            broker.cancel(account.external_id, order.broker_order_id)
        except BrokerOutcomeUnknown as error:
            raise _unknown(error.detail, order_id) from error
        return self._adopt(order, broker.order(account.external_id, order.broker_order_id), caller)

    def follow_all(self) -> None:
        """Settle and follow the orders of all accounts; one that fails keeps none of the others."""
        for account_id, orders in self._ledger.to_follow().items():
            try:
                self.follow(account_id, orders)
            except AllocatorError as error:
                log.warning("orders of an account could not be followed", account=account_id, code=error.code)

    def follow(self, account_id: str, orders: Sequence[StoredOrder]) -> None:
        """Bring orders of an account up to date by one list of the broker's.

        Raises
        ------
        BrokerError, BrokerNotConfigured, CredentialKeyMissing, CredentialsUnreadable
            When the broker cannot be asked.
        """
        account = self._ledger.account(account_id)
        # Read before the list: an order that is let out after it is not in it, and not yet due.
        listed = self._brokers.of(account).orders(account.external_id)
        by_id = {each.broker_order_id: each for each in listed}
        for order in orders:
            if order.status in UNSETTLED:
                self._reconcile(order, listed)
            elif order.broker_order_id in by_id:
                self._adopt(order, by_id[order.broker_order_id], None)

    # --- inside ---------------------------------------------------------------------------------------------

    def _earlier(self, key: str | None) -> tuple[str, StoredOrder | None]:
        """Return the id of the next attempt under a key, and the order of it that may be at the broker."""
        if key is None:
            return new_id(), None
        attempt = 0
        while True:
            order_id = id_of("broker-order", f"{key}:{attempt}")
            found = self._ledger.find(order_id)
            if found is None:
                return order_id, None
            if found.status is not BrokerOrderStatus.FAILED:
                return order_id, found
            attempt += 1

    def _resumed(self, order: StoredOrder) -> StoredOrder:
        if order.status in UNSETTLED:
            self.follow(order.account_id, (order,))
            order = self._ledger.find(order.order_id) or order
        if order.status in {*UNSETTLED, BrokerOrderStatus.FAILED}:
            raise _unknown("It is not known yet what became of this order", order.order_id)
        return order

    def _send(
        self, broker: Broker, account: BrokerAccountRow, order: NewOrder, caller: Caller, since: float
    ) -> StoredOrder:
        """Make the one call and store its outcome."""
        order_id = order.client_order_id
        try:
            if self._monotonic() - since > MAX_SEND_SECONDS:
                raise BrokerUnavailable("The order was not sent: this process stood still for too long")
            placed = broker.place(account.external_id, order)
        except BrokerOutcomeUnknown as error:
            self._ledger.settle(order_id, UNSETTLED, BrokerOrderStatus.UNKNOWN, caller, reason=error.detail)
            raise _unknown(error.detail, order_id) from error
        except BrokerRefused as error:
            self._ledger.settle(order_id, LATE, BrokerOrderStatus.REJECTED, caller, reason=error.detail)
            raise
        except BrokerError as error:
            self._ledger.settle(order_id, LATE, BrokerOrderStatus.FAILED, caller, reason=error.detail)
            raise
        return self._ledger.settle(order_id, LATE, BrokerOrderStatus.of(placed.state), caller, found=placed)

    def _reconcile(self, order: StoredOrder, listed: Sequence[BrokerOrder]) -> None:
        """Adopt the order that the broker lists; where it surely is not there, it has failed (R29.4)."""
        new = self._ledger.not_ours(order, listed)
        matches = [each for each in new if each.is_for(order.as_sent)]
        if len(matches) == 1:
            self._adopt(order, matches[0], None)
            return
        if not self._ledger.is_due(order):
            return
        doubtful = [each for each in new if each.client_order_id is None and each.resembles(order.as_sent)]
        if matches or doubtful:
            self._ledger.settle(order.order_id, UNSETTLED, BrokerOrderStatus.UNKNOWN, None, reason=AMBIGUOUS)
            return
        self._ledger.settle(order.order_id, UNSETTLED, BrokerOrderStatus.FAILED, None, reason=NOT_LISTED)

    def _adopt(self, order: StoredOrder, found: BrokerOrder, caller: Caller | None) -> StoredOrder:
        expected = (*LATE, *WORKING)
        status = BrokerOrderStatus.of(found.state)
        return self._ledger.settle(order.order_id, expected, status, caller, found=found)


def _new_order(order_id: str, wish: OrderWish, account: BrokerAccountRow) -> NewOrder:
    return NewOrder(
        order_id, wish.symbol, account.currency, wish.side, wish.type, wish.quantity, wish.limit_price
    )


def _unknown(detail: str, order_id: str) -> BrokerOutcomeUnknown:
    error = BrokerOutcomeUnknown(detail, extra={"order_id": order_id})
    error.retry_after = RETRY_SECONDS
    return error
