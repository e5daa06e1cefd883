"""Port (adapter pattern): what every broker does for the user whose credentials its adapter was made with."""

from __future__ import annotations

from typing import Protocol

from app.services.execution.types import (
    Balance,
    BrokerAccount,
    BrokerOrder,
    Holding,
    NewOrder,
    OrderPreview,
    Quote,
)


class Broker(Protocol):
    """Accounts of one user at one broker. `tests/integration/execution/test_broker_port.py` is its contract.

    Every operation may raise `BrokerUnavailable`, `BrokerRateLimited`, `BrokerCredentialsExpired`,
    `BrokerUnexpected`, and `BrokerNotFound` for an id or a symbol that the broker does not have. None is
    repeated by the adapter.
    """

    def accounts(self) -> tuple[BrokerAccount, ...]:
        """Return the user's accounts."""
        ...

    def balances(self, account_id: str) -> tuple[Balance, ...]:
        """Return the cash of an account by currency."""
        ...

    def holdings(self, account_id: str) -> tuple[Holding, ...]:
        """Return what an account holds, cash apart."""
        ...

    def quote(self, account_id: str, symbol: str, currency: str) -> Quote:
        """Return bid and ask of an asset in a currency."""
        ...

    def preview(self, account_id: str, order: NewOrder) -> OrderPreview:
        """Return what an order is expected to cost; nothing is placed.

        Raises
        ------
        BrokerRefused
            When the broker would not take it.
        """
        ...

    def place(self, account_id: str, order: NewOrder) -> BrokerOrder:
        """Send an order once.

        Raises
        ------
        BrokerRefused
            When the broker did not take it.
        BrokerOutcomeUnknown
            When it may have. Any other error says that nothing was placed.
        """
        ...

    def order(self, account_id: str, broker_order_id: str) -> BrokerOrder:
        """Return an order as it is now."""
        ...

    def orders(self, account_id: str) -> tuple[BrokerOrder, ...]:
        """Return the orders of the last days, open ones and ended ones, with all of the last 24 hours."""
        ...

    def cancel(self, account_id: str, broker_order_id: str) -> None:
        """Ask for an order to be cancelled; `order` tells whether more was filled first.

        Raises
        ------
        BrokerRefused
            When the order has ended already.
        BrokerOutcomeUnknown
            When it may be cancelled. Asking again is harmless.
        """
        ...
