"""Values of the broker port: accounts, holdings, quotes, fees and orders, in the units of every adapter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from enum import StrEnum

from app.core.numbers import CENT
from app.services.domain.side import Side

EXACT = Context(prec=100, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])
"""Wide enough for every product of a quantity, a price and a rate, so the cent is the first rounding."""

BASIS_POINTS = Decimal(10_000)


class BrokerKind(StrEnum):
    """Brokers that there is an adapter of."""

    PAPER = "PAPER"
    SNAPTRADE = "SNAPTRADE"


class OrderType(StrEnum):
    """MARKET trades at the quote, LIMIT at its price or a better one; both are good until cancelled."""

    MARKET = "MARKET"
    LIMIT = "LIMIT"


class OrderState(StrEnum):
    """State of an order at a broker.

    UNRECOGNISED is one that the adapter has no name for: the order may still trade.
    """

    OPEN = "OPEN"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"
    UNRECOGNISED = "UNRECOGNISED"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will trade."""
        return self in _FINAL


_FINAL = frozenset({OrderState.FILLED, OrderState.CANCELLED, OrderState.REJECTED})


class FeeSource(StrEnum):
    """Who says what a fee is: the broker, or nobody."""

    BROKER = "BROKER"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee in money of `currency`. One that nobody states is None, which is not 0."""

    amount: Decimal | None
    currency: str | None
    source: FeeSource

    def __post_init__(self) -> None:
        is_unknown = self.source is FeeSource.UNKNOWN
        if (self.amount is None) != is_unknown or (self.currency is None) != is_unknown:
            raise ValueError("a fee has an amount and a currency, or it is unknown")


UNKNOWN_FEE = Fee(None, None, FeeSource.UNKNOWN)


@dataclass(frozen=True, slots=True)
class BrokerAccount:
    """An account at a broker; `currency` is what its orders are paid in, None where none is stated."""

    account_id: str
    name: str
    currency: str | None
    is_paper: bool


@dataclass(frozen=True, slots=True)
class Holding:
    """Units of an asset that an account has; `average_price` is what one has cost, None where not known."""

    symbol: str
    quantity: Decimal
    average_price: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Balance:
    """Cash of an account in a currency, and what of it can be spent; None where the broker does not say."""

    currency: str
    cash: Decimal | None
    buying_power: Decimal | None


@dataclass(frozen=True, slots=True)
class Quote:
    """What one unit of an asset is bought from and sold to at `at`; None is a time that is not stated."""

    symbol: str
    currency: str
    bid: Decimal
    ask: Decimal
    at: datetime | None

    @property
    def mid(self) -> Decimal:
        """The middle of bid and ask."""
        return EXACT.divide(EXACT.add(self.bid, self.ask), Decimal(2))

    def touch(self, side: Side) -> Decimal:
        """Return the price at which an order of this side trades at once."""
        return self.ask if side is Side.BUY else self.bid


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to be placed: `quantity` units of `symbol`, paid in `currency`.

    `client_order_id` is ours. Brokers that know such ids take an order of one id once.
    """

    client_order_id: str
    symbol: str
    currency: str
    side: Side
    type: OrderType
    quantity: Decimal
    limit_price: Decimal | None

    def __post_init__(self) -> None:
        if self.quantity <= 0 or (self.limit_price is not None and self.limit_price <= 0):
            raise ValueError("quantity and limit price of an order are above 0")
        if (self.limit_price is None) != (self.type is OrderType.MARKET):
            raise ValueError("a limit order has a limit price, and a market order has none")


@dataclass(frozen=True, slots=True)
class OrderPreview:
    """What an order is expected to cost or bring: `notional` at `price`, the quote's touch or the limit."""

    quote: Quote
    price: Decimal
    notional: Decimal
    fee: Fee


@dataclass(frozen=True, slots=True)
class BrokerOrder:
    """An order as its broker has it; what the broker does not state is None.

    `client_order_id` is None at brokers that do not know such ids. `average_price` is of what was filled.
    """

    broker_order_id: str
    client_order_id: str | None
    symbol: str | None
    side: Side | None
    type: OrderType | None
    quantity: Decimal | None
    limit_price: Decimal | None
    state: OrderState
    filled_quantity: Decimal
    average_price: Decimal | None
    fee: Fee
    placed_at: datetime | None
    reason: str | None = None

    def is_for(self, order: NewOrder) -> bool:
        """Return whether this may be the given order: by its id of ours, or else by all that is stated."""
        if self.client_order_id is not None:
            return self.client_order_id == order.client_order_id
        return (
            self.resembles(order)
            and self.type in {None, order.type}
            and self.quantity in {None, order.quantity}
            and (order.limit_price is None or self.limit_price in {None, order.limit_price})
        )

    def resembles(self, order: NewOrder) -> bool:
        """Return whether this may be of the same asset and side, whatever its size and price."""
        return self.symbol in {None, order.symbol} and self.side in {None, order.side}


def money(quantity: Decimal, price: Decimal) -> Decimal:
    """Return quantity x price, rounded once to the cent, half to even."""
    return EXACT.multiply(quantity, price).quantize(CENT, context=EXACT)


def part_of(amount: Decimal, basis_points: Decimal) -> Decimal:
    """Return basis points of an amount of money, rounded once to the cent, half to even."""
    return EXACT.divide(EXACT.multiply(amount, basis_points), BASIS_POINTS).quantize(CENT, context=EXACT)
