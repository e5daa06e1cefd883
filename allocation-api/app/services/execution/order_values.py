"""Orders to brokers as values: what is asked for, their states, and what is stored of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from app.services.domain.side import Side
from app.services.execution.types import FeeSource, NewOrder, OrderPreview, OrderState, OrderType, money


class BrokerOrderStatus(StrEnum):
    """Status of an order to a broker.

    SENDING: let out, and no answer yet. UNKNOWN: it may be at the broker, and is looked for there. FAILED: it
    surely is not. The others are the broker's; UNRECOGNISED may still trade.
    """

    SENDING = "SENDING"
    UNKNOWN = "UNKNOWN"
    FAILED = "FAILED"
    OPEN = "OPEN"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"
    UNRECOGNISED = "UNRECOGNISED"

    @classmethod
    def of(cls, state: OrderState) -> BrokerOrderStatus:
        """Return the status that a broker's state is."""
        return cls(state.value)


UNSETTLED = (BrokerOrderStatus.SENDING, BrokerOrderStatus.UNKNOWN)
"""An account with one of these sends nothing more until it is settled."""

WORKING = (BrokerOrderStatus.OPEN, BrokerOrderStatus.PARTIALLY_FILLED, BrokerOrderStatus.UNRECOGNISED)
"""May still trade, and is looked after."""


@dataclass(frozen=True, slots=True)
class OrderWish:
    """An order that a user asks for, in the currency of the account."""

    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal
    limit_price: Decimal | None


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An order to a broker as it is stored.

    `notional` is what it was expected to be worth; `fee` and `fee_currency` are None where nobody states
    them, which is not 0.
    """

    order_id: str
    account_id: str
    is_paper: bool
    symbol: str
    currency: str
    side: Side
    type: OrderType
    quantity: Decimal
    limit_price: Decimal | None
    notional: Decimal
    status: BrokerOrderStatus
    reason: str | None
    broker_order_id: str | None
    filled_quantity: Decimal
    average_price: Decimal | None
    fee: Decimal | None
    fee_currency: str | None
    fee_source: FeeSource
    created_at: datetime
    updated_at: datetime
    created_by: str

    @property
    def turnover(self) -> Decimal:
        """Money that counts for the day: all that may trade, or what has traded of an ended order."""
        if self.status in {BrokerOrderStatus.REJECTED, BrokerOrderStatus.FAILED}:
            return Decimal()
        if self.status is BrokerOrderStatus.CANCELLED:
            return money(self.filled_quantity, self.average_price or Decimal())
        return self.notional

    @property
    def as_sent(self) -> NewOrder:
        """The order as the broker was or is to be sent it; our id is its client order id."""
        return NewOrder(
            self.order_id, self.symbol, self.currency, self.side, self.type, self.quantity, self.limit_price
        )


@dataclass(frozen=True, slots=True)
class ShownPreview:
    """What an order is expected to cost, by its broker."""

    account_id: str
    is_paper: bool
    preview: OrderPreview
    slippage_bps: Decimal
