"""Paper broker (simulated trading): the port over tables of the database, so that a restart keeps its state.

It trades at prices that it is given, by the terms of each account, and moves when it is asked: an order fills
at the first read after it is due. Units of work serialise on a lock row, so an order fills once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.core.numbers import PRICE_UNIT
from app.models import EXECUTION_LOCK, PaperAccountRow, PaperHoldingRow, PaperOrderRow
from app.models.lock import serialise
from app.services.domain.side import Side
from app.services.execution.errors import BrokerNotFound, BrokerOutcomeUnknown, BrokerRefused
from app.services.execution.paper import store
from app.services.execution.paper.matching import Chance, PaperTerms, fill_of, quoted, reserved
from app.services.execution.types import (
    EXACT,
    UNKNOWN_FEE,
    Balance,
    BrokerAccount,
    BrokerOrder,
    Fee,
    FeeSource,
    Holding,
    NewOrder,
    OrderPreview,
    OrderState,
    Quote,
    money,
    part_of,
)

REJECTED = "The paper broker rejects this order, as its account asks for."


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one unit of an asset, and when it was made."""

    value: Decimal
    at: datetime


class PriceSource(Protocol):
    """Where the paper broker's prices come from."""

    def price(self, symbol: str) -> Price | None:
        """Return the last price of an asset, None where there is none."""
        ...


class PaperBroker:
    """The broker of one user, `owner`; accounts of other users are not there for it."""

    def __init__(self, database: Database, prices: PriceSource, clock: Clock, owner: str) -> None:
        self._database = database
        self._prices = prices
        self._clock = clock
        self._owner = owner

    def add_account(
        self, session: Session, account_id: str, name: str, currency: str, cash: Decimal, terms: PaperTerms
    ) -> BrokerAccount:
        """Open an account with some cash, in the caller's unit of work."""
        row = PaperAccountRow(
            id=account_id,
            owner=self._owner,
            name=name,
            currency=currency,
            cash=cash,
            terms=store.encoded(terms),
            order_count=0,
            created_at=self._clock(),
        )
        session.add(row)
        session.flush()
        return store.account_of(row)

    def accounts(self) -> tuple[BrokerAccount, ...]:
        """Return the owner's accounts, oldest first."""
        query = select(PaperAccountRow).where(PaperAccountRow.owner == self._owner)
        with self._database.read() as session:
            rows = session.scalars(query.order_by(PaperAccountRow.created_at, PaperAccountRow.id))
            return tuple(store.account_of(row) for row in rows)

    def balances(self, account_id: str) -> tuple[Balance, ...]:
        """Return the cash, and what of it open purchases leave."""
        self._advance(account_id)
        with self._database.read() as session:
            account = self._account(session, account_id)
            free = store.free_cash(account, store.working_orders(session, account_id))
            return (Balance(account.currency, account.cash, free),)

    def holdings(self, account_id: str) -> tuple[Holding, ...]:
        """Return the holdings by symbol."""
        self._advance(account_id)
        query = select(PaperHoldingRow).where(PaperHoldingRow.account_id == account_id)
        with self._database.read() as session:
            currency = self._account(session, account_id).currency
            return tuple(
                Holding(
                    row.symbol,
                    row.quantity,
                    EXACT.divide(row.cost, row.quantity).quantize(PRICE_UNIT, context=EXACT),
                    currency,
                )
                for row in session.scalars(query.order_by(PaperHoldingRow.symbol))
            )

    def quote(self, account_id: str, symbol: str, currency: str) -> Quote:
        """Return the last price with half of the account's spread to either side."""
        with self._database.read() as session:
            account = self._account(session, account_id)
        return self._quote(account, symbol, currency)

    def preview(self, account_id: str, order: NewOrder) -> OrderPreview:
        """Return notional and fee at the quote's touch, or at the limit."""
        with self._database.read() as session:
            account = self._account(session, account_id)
        quote = self._quote(account, order.symbol, order.currency)
        price = order.limit_price or quote.touch(order.side)
        notional, terms = money(order.quantity, price), store.terms_of(account)
        with self._database.read() as session:
            self._check(session, self._account(session, account_id), order, price)
        fee = Fee(part_of(notional, terms.fee_bps), account.currency, FeeSource.BROKER)
        return OrderPreview(quote, price, notional, fee if terms.states_fees else UNKNOWN_FEE)

    def place(self, account_id: str, order: NewOrder) -> BrokerOrder:
        """Take an order, once for its client order id: asked again, the same order is the answer."""
        with self._database.read() as session:
            account = self._account(session, account_id)
        quote = self._quote(account, order.symbol, order.currency)

        def work(session: Session) -> tuple[BrokerOrder, bool]:
            serialise(session, EXECUTION_LOCK)
            account = self._account(session, account_id)
            row = self._earlier(session, account_id, order)
            is_new = row is None
            if row is None:
                row = self._take(session, account, order, quote)
                self._trade(session, account, row, quote)
            lost = is_new and store.terms_of(account).draws(Chance.LOST_ANSWER, row.sequence)
            return store.order_of(account, row), lost

        placed, is_answer_lost = self._database.retried(work)
        if is_answer_lost:
            raise BrokerOutcomeUnknown("The paper broker took the order, and its answer is lost on demand")
        if placed.state is OrderState.REJECTED:
            raise BrokerRefused(placed.reason or REJECTED)
        return placed

    def order(self, account_id: str, broker_order_id: str) -> BrokerOrder:
        """Return an order after what was due."""
        self._advance(account_id)
        with self._database.read() as session:
            account = self._account(session, account_id)
            return store.order_of(account, store.load_order(session, account_id, broker_order_id))

    def orders(self, account_id: str) -> tuple[BrokerOrder, ...]:
        """Return all orders of an account, newest first."""
        self._advance(account_id)
        query = select(PaperOrderRow).where(PaperOrderRow.account_id == account_id)
        with self._database.read() as session:
            account = self._account(session, account_id)
            rows = session.scalars(query.order_by(PaperOrderRow.sequence.desc()))
            return tuple(store.order_of(account, row) for row in rows)

    def cancel(self, account_id: str, broker_order_id: str) -> None:
        """Cancel what of an order is not filled."""
        self._advance(account_id)

        def work(session: Session) -> None:
            serialise(session, EXECUTION_LOCK)
            self._account(session, account_id)
            row = store.load_order(session, account_id, broker_order_id)
            if OrderState(row.state).is_final:
                raise BrokerRefused(f"The order is {row.state} already")
            row.state = OrderState.CANCELLED

        self._database.retried(work)

    # --- inside ---------------------------------------------------------------------------------------------

    def _account(self, session: Session, account_id: str) -> PaperAccountRow:
        return store.load_account(session, self._owner, account_id)

    def _quote(self, account: PaperAccountRow, symbol: str, currency: str) -> Quote:
        found = self._prices.price(symbol) if currency == account.currency else None
        if found is None:
            raise BrokerNotFound(f"The paper broker has no price of {symbol} in {currency}")
        return quoted(symbol, currency, found.value, found.at, store.terms_of(account).spread_bps)

    def _earlier(self, session: Session, account_id: str, order: NewOrder) -> PaperOrderRow | None:
        query = select(PaperOrderRow).where(
            PaperOrderRow.account_id == account_id, PaperOrderRow.client_order_id == order.client_order_id
        )
        return session.scalar(query)

    def _check(self, session: Session, account: PaperAccountRow, order: NewOrder, price: Decimal) -> None:
        """Check that an order can be paid or delivered.

        Raises
        ------
        BrokerRefused
            When it cannot.
        """
        working = store.working_orders(session, account.id)
        if money(order.quantity, price) <= 0:
            raise BrokerRefused(f"The order is worth less than a cent of {account.currency}")
        if order.side is Side.SELL:
            units = store.free_units(session, account.id, order.symbol, working)
            if units < order.quantity:
                raise BrokerRefused(f"The account can sell {units.normalize():f} {order.symbol} at most")
            return
        free = store.free_cash(account, working)
        if reserved(order.quantity, price, store.terms_of(account)) > free:
            raise BrokerRefused(f"The account has {free} {account.currency} to buy with, fees included")

    def _take(
        self, session: Session, account: PaperAccountRow, order: NewOrder, quote: Quote
    ) -> PaperOrderRow:
        price = order.limit_price or quote.touch(order.side)
        self._check(session, account, order, price)
        terms, now = store.terms_of(account), self._clock()
        account.order_count += 1
        is_rejected = terms.draws(Chance.REJECTION, account.order_count)
        row = PaperOrderRow(
            id=new_id(),
            account_id=account.id,
            sequence=account.order_count,
            client_order_id=order.client_order_id,
            symbol=order.symbol,
            side=order.side,
            type=order.type,
            quantity=order.quantity,
            limit_price=order.limit_price,
            reserve_price=price,
            state=OrderState.REJECTED if is_rejected else OrderState.OPEN,
            reason=REJECTED if is_rejected else None,
            filled_quantity=Decimal(),
            average_price=None,
            fee=Decimal(),
            fills_in_parts=terms.draws(Chance.PARTIAL, account.order_count),
            next_fill_at=now + timedelta(seconds=terms.latency_seconds),
            placed_at=now,
        )
        session.add(row)
        session.flush()
        return row

    def _trade(self, session: Session, account: PaperAccountRow, row: PaperOrderRow, quote: Quote) -> None:
        if row.state in store.WORKING:
            fill = fill_of(store.working_of(row), quote, self._clock(), store.terms_of(account))
            if fill is not None:
                store.apply(session, account, row, fill)

    def _advance(self, account_id: str) -> None:
        """Fill what is due; reads alone write nothing."""
        with self._database.read() as session:
            account = self._account(session, account_id)
            working = store.working_orders(session, account_id)
        if not working:
            return
        quotes = self._quotes(account, {row.symbol for row in working})
        now, terms = self._clock(), store.terms_of(account)
        if not any(
            fill_of(store.working_of(row), quotes[row.symbol], now, terms)
            for row in working
            if row.symbol in quotes
        ):
            return

        def work(session: Session) -> None:
            serialise(session, EXECUTION_LOCK)
            account = self._account(session, account_id)
            for row in store.working_orders(session, account_id):
                if row.symbol in quotes:
                    self._trade(session, account, row, quotes[row.symbol])

        self._database.retried(work)

    def _quotes(self, account: PaperAccountRow, symbols: set[str]) -> Mapping[str, Quote]:
        found: dict[str, Quote] = {}
        for symbol in sorted(symbols):
            try:
                found[symbol] = self._quote(account, symbol, account.currency)
            except BrokerNotFound:
                continue  # a price that has gone leaves its orders open
        return found
