"""Answers of SnapTrade, as published, and what they are in the port's values."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

import msgspec

from app.services.domain.side import Side
from app.services.execution.errors import BrokerUnexpected
from app.services.execution.types import (
    EXACT,
    UNKNOWN_FEE,
    Balance,
    BrokerAccount,
    BrokerOrder,
    Fee,
    FeeSource,
    Holding,
    OrderState,
    OrderType,
    Quote,
)

STATES = {
    "PENDING": OrderState.OPEN,
    "ACCEPTED": OrderState.OPEN,
    "QUEUED": OrderState.OPEN,
    "TRIGGERED": OrderState.OPEN,
    "ACTIVATED": OrderState.OPEN,
    "PENDING_RISK_REVIEW": OrderState.OPEN,
    "CONTINGENT_ORDER": OrderState.OPEN,
    "CANCEL_PENDING": OrderState.OPEN,
    "REPLACE_PENDING": OrderState.OPEN,
    "SUSPENDED": OrderState.OPEN,
    "PARTIAL": OrderState.PARTIALLY_FILLED,
    "EXECUTED": OrderState.FILLED,
    "CANCELED": OrderState.CANCELLED,
    "PARTIAL_CANCELED": OrderState.CANCELLED,
    "EXPIRED": OrderState.CANCELLED,
    "REPLACED": OrderState.CANCELLED,
    "REJECTED": OrderState.REJECTED,
    "FAILED": OrderState.REJECTED,
}
"""States of orders by their published names. The others, NONE and STOPPED, say too little."""

MAX_DIGITS = 20
"""Digits before the point that are stored."""

UNIT = Decimal(1).scaleb(-18)

_TYPES = {"MARKET": OrderType.MARKET, "LIMIT": OrderType.LIMIT}
_SIDES = {"BUY": Side.BUY, "SELL": Side.SELL}


class Currency(msgspec.Struct):
    """A currency by its ISO 4217 code."""

    code: str


class Total(msgspec.Struct):
    """The value of an account."""

    currency: str | None = None


class AccountBalance(msgspec.Struct):
    """The balance of a listed account."""

    total: Total | None = None


class AccountAnswer(msgspec.Struct):
    """An account of the user."""

    id: str
    number: str
    is_paper: bool
    name: str | None = None
    balance: AccountBalance | None = None

    def value(self) -> BrokerAccount:
        """Return it as the port has it."""
        total = self.balance.total if self.balance else None
        currency = total.currency if total else None
        return BrokerAccount(self.id, self.name or self.number, currency, self.is_paper)


class BalanceAnswer(msgspec.Struct):
    """Cash in one currency."""

    currency: Currency
    cash: Decimal | None = None
    buying_power: Decimal | None = None

    def value(self) -> Balance:
        """Return it as the port has it."""
        return Balance(self.currency.code, self.cash, self.buying_power)


class Instrument(msgspec.Struct):
    """What a position is of."""

    raw_symbol: str


class PositionAnswer(msgspec.Struct):
    """A position."""

    instrument: Instrument
    units: str
    cost_basis: str | None = None
    currency: str | None = None

    def value(self) -> Holding:
        """Return it as the port has it."""
        return Holding(
            self.instrument.raw_symbol, number(self.units), _optional(self.cost_basis), self.currency
        )


class PositionsAnswer(msgspec.Struct):
    """All positions of an account."""

    results: list[PositionAnswer]


class QuoteAnswer(msgspec.Struct):
    """A quote of a pair."""

    bid: str
    ask: str
    timestamp: datetime | None = None

    def value(self, symbol: str, currency: str) -> Quote:
        """Return it as the port has it."""
        bid, ask = number(self.bid), number(self.ask)
        if not 0 < bid <= ask:
            raise BrokerUnexpected(f"SnapTrade quotes {symbol} at {self.bid} to {self.ask}")
        return Quote(symbol, currency, bid, ask, self.timestamp)


class FeeAnswer(msgspec.Struct):
    """An estimated fee."""

    currency: str
    amount: str


class PreviewAnswer(msgspec.Struct):
    """What an order is expected to cost."""

    estimated_fee: FeeAnswer | None = None

    def fee(self) -> Fee:
        """Return the fee, unknown where none is stated."""
        stated = self.estimated_fee
        if stated is None:
            return UNKNOWN_FEE
        return Fee(number(stated.amount), stated.currency, FeeSource.BROKER)


class Symbol(msgspec.Struct):
    """What an order is of."""

    raw_symbol: str


class OrderAnswer(msgspec.Struct):
    """An order; the listing states no fee."""

    brokerage_order_id: str
    status: str = "NONE"
    universal_symbol: Symbol | None = None
    action: str | None = None
    order_type: str | None = None
    total_quantity: str | None = None
    filled_quantity: str | None = None
    execution_price: str | None = None
    limit_price: str | None = None
    time_placed: datetime | None = None

    def value(self) -> BrokerOrder:
        """Return it as the port has it."""
        return BrokerOrder(
            broker_order_id=self.brokerage_order_id,
            client_order_id=None,
            symbol=self.universal_symbol.raw_symbol if self.universal_symbol else None,
            side=_SIDES.get((self.action or "").upper()),
            type=_TYPES.get((self.order_type or "").upper()),
            quantity=_optional(self.total_quantity),
            limit_price=_optional(self.limit_price),
            state=STATES.get(self.status, OrderState.UNRECOGNISED),
            filled_quantity=_optional(self.filled_quantity) or Decimal(),
            average_price=_optional(self.execution_price),
            fee=UNKNOWN_FEE,
            placed_at=self.time_placed,
        )


class RecentOrdersAnswer(msgspec.Struct):
    """Orders of the last 24 hours."""

    orders: list[OrderAnswer]


class PlacedAnswer(msgspec.Struct):
    """An order that was taken."""

    brokerage_order_id: str


def number(text: str) -> Decimal:
    """Return a number of an answer, to the 18 decimals that are stored.

    Raises
    ------
    BrokerUnexpected
        When it is none.
    """
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or found.adjusted() >= MAX_DIGITS:
        raise BrokerUnexpected(f"SnapTrade states {text[:40]!r} where a number is published")
    return found.quantize(UNIT, context=EXACT)


def _optional(text: str | None) -> Decimal | None:
    return None if text is None else number(text)
