"""Brokers to test with: an adapter, and what the other side of it does and has seen.

A rig is what the contract of the port needs of each: an account with cash and nothing else, prices that the
test sets, and faults.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from app.core.database import new_id
from app.models import PaperOrderRow
from app.services.domain.side import Side
from app.services.execution.paper.broker import PaperBroker, Price
from app.services.execution.paper.matching import PaperTerms
from app.services.execution.snaptrade.broker import SnapTradeBroker
from app.services.execution.snaptrade.session import SnapTradeClient, SnapTradeSession, SnapTradeUser
from app.services.execution.types import NewOrder, OrderType
from tests.support.databases import migrated

MOMENT = datetime(2026, 6, 30, 12, tzinfo=UTC)


class ManualClock:
    """A clock that the test moves."""

    def __init__(self):
        self.now = MOMENT

    def __call__(self):
        return self.now

    def after(self, seconds):
        self.now += timedelta(seconds=seconds)


class Prices:
    """Prices that the test sets."""

    def __init__(self, **prices):
        self.of = {symbol: Decimal(price) for symbol, price in prices.items()}

    def price(self, symbol):
        return Price(self.of[symbol], MOMENT) if symbol in self.of else None


def new_order(side=Side.BUY, quantity="2", limit=None, *, symbol="BTC", currency="USD", client_order_id=None):
    return NewOrder(
        client_order_id or new_id(),
        symbol,
        currency,
        side,
        OrderType.MARKET if limit is None else OrderType.LIMIT,
        Decimal(quantity),
        None if limit is None else Decimal(limit),
    )


class PaperRig:
    """The paper broker over a database file of its own."""

    def __init__(self, folder, *, cash="10000", **terms):
        self.url = f"sqlite:///{folder / 'paper.db'}"
        self.database = migrated(self.url)
        self.prices = Prices(BTC="100", ETH="10")
        self.clock = ManualClock()
        self.account_id = ""
        self.broker = self.broker_of("anna")
        self.open_account(cash, **terms)

    def broker_of(self, owner):
        return PaperBroker(self.database, self.prices, self.clock, owner)

    def open_account(self, cash="10000", **terms):
        """Use another account, of these terms."""
        with self.database.write() as session:
            account = self.broker.add_account(
                session, new_id(), "Paper", "USD", Decimal(cash), PaperTerms(**terms)
            )
        self.account_id = account.account_id

    def set_price(self, symbol, price):
        self.prices.of[symbol] = Decimal(price)

    def lose_answers(self):
        self.open_account(lost_answer_rate=1.0)

    def reject_orders(self):
        self.open_account(rejection_rate=1.0)

    def state_no_fees(self):
        self.open_account(states_fees=False)

    def orders_taken(self):
        """How many orders of the account the other side has, as it counts them itself."""
        query = select(func.count()).select_from(PaperOrderRow)
        with self.database.read() as session:
            return session.scalar(query.where(PaperOrderRow.account_id == self.account_id))

    def close(self):
        self.database.close()


class SnapTradeRig:
    """SnapTrade's adapter by its real SDK, over a stand-in on loopback."""

    def __init__(self, _folder=None, *, seconds=10):
        from tests.support import snaptrade_server as server  # noqa: PLC0415 - it takes a second to load

        self.standin = server.Standin()
        self.account_id = self.standin.exchange.open_account()
        self.client = SnapTradeClient(self.standin.url, server.CLIENT_ID, server.CONSUMER_KEY, seconds)
        self.broker = self.broker_of(SnapTradeUser(server.USER_ID, server.USER_SECRET))

    def broker_of(self, user):
        return SnapTradeBroker(SnapTradeSession(self.client, user))

    def set_price(self, symbol, price):
        self.standin.exchange.prices[symbol] = Decimal(price)

    def lose_answers(self):
        self.standin.faults.append(("place", "lost"))

    def reject_orders(self):
        self.standin.exchange.rejects = True

    def state_no_fees(self):
        self.standin.exchange.states_fees = False

    def orders_taken(self):
        return self.standin.taken[self.account_id]

    def close(self):
        self.standin.close()
