"""SnapTrade's adapter of the broker port: crypto orders of one user, paid in one currency.

`place_crypto_order` knows no ids of ours, so a lost answer is an unknown outcome: only the list of orders
tells whether the order is there. The list of the last 24 hours is of now; the longer one may be a day old.
"""

from __future__ import annotations

from typing import Any

from app.services.execution.errors import BrokerNotFound, BrokerOutcomeUnknown, BrokerUnexpected
from app.services.execution.snaptrade.answers import (
    AccountAnswer,
    BalanceAnswer,
    OrderAnswer,
    PlacedAnswer,
    PositionsAnswer,
    PreviewAnswer,
    QuoteAnswer,
    RecentOrdersAnswer,
)
from app.services.execution.snaptrade.session import SnapTradeSession, decoded
from app.services.execution.types import (
    UNKNOWN_FEE,
    Balance,
    BrokerAccount,
    BrokerOrder,
    Holding,
    NewOrder,
    OrderPreview,
    OrderState,
    Quote,
    money,
)

LISTED_DAYS = 90
"""Days of which orders are listed."""

MAX_RECENT_ORDERS = 100
"""Orders of the last 24 hours that are listed at most; with so many, one that is not listed may be there."""


class SnapTradeBroker:
    """The broker of one user at SnapTrade."""

    def __init__(self, session: SnapTradeSession) -> None:
        self._session = session

    def accounts(self) -> tuple[BrokerAccount, ...]:
        """Return the accounts of all of the user's connections."""
        content = self._session.read(self._session.api.account_information.list_user_accounts)
        return tuple(each.value() for each in decoded(content, list[AccountAnswer]))

    def balances(self, account_id: str) -> tuple[Balance, ...]:
        """Return the cash by currency."""
        operation = self._session.api.account_information.get_user_account_balance
        content = self._session.read(operation, account_id=account_id)
        return tuple(each.value() for each in decoded(content, list[BalanceAnswer]))

    def holdings(self, account_id: str) -> tuple[Holding, ...]:
        """Return the positions, by the symbols of their exchanges."""
        operation = self._session.api.account_information.get_all_account_positions
        content = self._session.read(operation, account_id=account_id)
        return tuple(each.value() for each in decoded(content, PositionsAnswer).results)

    def quote(self, account_id: str, symbol: str, currency: str) -> Quote:
        """Return the quote of a pair."""
        operation = self._session.api.trading.get_cryptocurrency_pair_quote
        content = self._session.read(
            operation, account_id=account_id, instrument_symbol=_pair(symbol, currency)
        )
        return decoded(content, QuoteAnswer).value(symbol, currency)

    def preview(self, account_id: str, order: NewOrder) -> OrderPreview:
        """Return notional by the quote, and the fee that SnapTrade estimates, if it does."""
        quote = self.quote(account_id, order.symbol, order.currency)
        operation = self._session.api.trading.preview_crypto_order
        content = self._session.read(operation, account_id=account_id, **_form(order))
        price = order.limit_price or quote.touch(order.side)
        fee = decoded(content, PreviewAnswer).fee()
        return OrderPreview(quote, price, money(order.quantity, price), fee)

    def place(self, account_id: str, order: NewOrder) -> BrokerOrder:
        """Send an order, good until cancelled."""
        operation = self._session.api.trading.place_crypto_order
        content = self._session.write(operation, account_id=account_id, **_form(order))
        try:
            placed = decoded(content, PlacedAnswer)
        except BrokerUnexpected as error:
            raise BrokerOutcomeUnknown(error.detail) from error
        return BrokerOrder(
            broker_order_id=placed.brokerage_order_id,
            client_order_id=None,
            symbol=order.symbol,
            side=order.side,
            type=order.type,
            quantity=order.quantity,
            limit_price=order.limit_price,
            state=OrderState.OPEN,
            filled_quantity=order.quantity * 0,
            average_price=None,
            fee=UNKNOWN_FEE,
            placed_at=None,
        )

    def order(self, account_id: str, broker_order_id: str) -> BrokerOrder:
        """Return an order of the listed days."""
        for listed in self.orders(account_id):
            if listed.broker_order_id == broker_order_id:
                return listed
        raise BrokerNotFound(f"SnapTrade lists no order {broker_order_id!r} of the last {LISTED_DAYS} days")

    def orders(self, account_id: str) -> tuple[BrokerOrder, ...]:
        """Return the orders of the last days in every state, those of the last 24 hours as they are now.

        Raises
        ------
        BrokerUnexpected
            When there are so many of the last 24 hours that the list may not have all.
        """
        api = self._session.api.account_information
        content = self._session.read(
            api.get_user_account_orders, account_id=account_id, state="all", days=LISTED_DAYS
        )
        older = decoded(content, list[OrderAnswer])
        content = self._session.read(
            api.get_user_account_recent_orders, account_id=account_id, only_executed=False
        )
        recent = decoded(content, RecentOrdersAnswer).orders
        if len(recent) >= MAX_RECENT_ORDERS:
            raise BrokerUnexpected(
                f"SnapTrade lists {MAX_RECENT_ORDERS} orders of a day, and there may be more"
            )
        now = {each.brokerage_order_id: each for each in (*older, *recent)}
        return tuple(each.value() for each in now.values())

    def cancel(self, account_id: str, broker_order_id: str) -> None:
        """Ask for the rest of an order to be cancelled."""
        operation = self._session.api.trading.cancel_order
        self._session.write(operation, account_id=account_id, brokerage_order_id=broker_order_id)


def _pair(symbol: str, currency: str) -> str:
    return f"{symbol}-{currency}"


def _form(order: NewOrder) -> dict[str, Any]:
    """Return an order as the published form."""
    form: dict[str, Any] = {
        "instrument": {"symbol": _pair(order.symbol, order.currency), "type": "CRYPTOCURRENCY_PAIR"},
        "side": str(order.side),
        "type": str(order.type),
        "time_in_force": "GTC",
        "amount": f"{order.quantity:f}",
    }
    if order.limit_price is not None:
        form |= {"limit_price": f"{order.limit_price:f}", "post_only": False}
    return form
