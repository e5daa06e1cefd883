"""Matching of the paper broker: pure rules of spread, fees, partial fills and what is left to chance."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from app.core.numbers import PRICE_UNIT
from app.services.domain.side import Side
from app.services.execution.types import BASIS_POINTS, EXACT, OrderType, Quote, money, part_of

QUANTITY_UNIT = Decimal("0.00000001")
"""Unit of the quantities of the paper broker."""

MIN_SECOND_PART_SECONDS = 30
"""Shortest time between the two parts of an order that fills in parts."""


class Chance(StrEnum):
    """What is drawn for an order, each by itself."""

    REJECTION = "REJECTION"
    PARTIAL = "PARTIAL"
    LOST_ANSWER = "LOST_ANSWER"


@dataclass(frozen=True, slots=True)
class PaperTerms:
    """How a paper account trades.

    `spread_bps` is between bid and ask, `fee_bps` of the money that is traded; without `states_fees` the fee
    is taken and not told. Of all orders the part `rejection_rate` is refused, `partial_rate` fills in two
    halves, and of `lost_answer_rate` the answer is lost after the order was taken. `latency_seconds` lie
    between an order's arrival and its first fill. The same `seed` makes the same of the same orders.
    """

    seed: int = 0
    spread_bps: Decimal = Decimal(10)
    fee_bps: Decimal = Decimal(10)
    states_fees: bool = True
    rejection_rate: float = 0.0
    partial_rate: float = 0.0
    lost_answer_rate: float = 0.0
    latency_seconds: int = 0

    def draws(self, chance: Chance, sequence: int) -> bool:
        """Return whether it happens to the order that the account counts as `sequence`."""
        rate = {
            Chance.REJECTION: self.rejection_rate,
            Chance.PARTIAL: self.partial_rate,
            Chance.LOST_ANSWER: self.lost_answer_rate,
        }[chance]
        return random.Random(f"{self.seed}:{sequence}:{chance}").random() < rate


@dataclass(frozen=True, slots=True)
class Working:
    """What matching has to know of an order; `next_fill_at` is the first moment at which it may trade."""

    side: Side
    type: OrderType
    limit_price: Decimal | None
    quantity: Decimal
    filled_quantity: Decimal
    fills_in_parts: bool
    next_fill_at: datetime

    @property
    def left(self) -> Decimal:
        """What is not filled yet."""
        return self.quantity - self.filled_quantity


@dataclass(frozen=True, slots=True)
class Fill:
    """A trade: `amount` is its money, `fee` what is taken for it; then nothing more before `next_fill_at`."""

    quantity: Decimal
    price: Decimal
    amount: Decimal
    fee: Decimal
    next_fill_at: datetime


def quoted(symbol: str, currency: str, mid: Decimal, at: datetime, spread_bps: Decimal) -> Quote:
    """Return the quote around a price: half of the spread to either side."""
    half = EXACT.divide(EXACT.multiply(mid, spread_bps), 2 * BASIS_POINTS)
    return Quote(
        symbol,
        currency,
        bid=EXACT.subtract(mid, half).quantize(PRICE_UNIT, context=EXACT),
        ask=EXACT.add(mid, half).quantize(PRICE_UNIT, context=EXACT),
        at=at,
    )


def reserved(left: Decimal, price: Decimal, terms: PaperTerms) -> Decimal:
    """Return the money that a purchase which is still open may take: at `price`, with its fee."""
    amount = money(left, price)
    return amount + part_of(amount, terms.fee_bps)


def fill_of(order: Working, quote: Quote, now: datetime, terms: PaperTerms) -> Fill | None:
    """Return the trade of an order against a quote; None where it is not due, or its limit not reached."""
    price = quote.touch(order.side)
    if now < order.next_fill_at or not _is_reached(order, price):
        return None
    quantity = order.left
    if order.fills_in_parts and not order.filled_quantity:
        half = EXACT.divide(order.quantity, Decimal(2)).quantize(
            QUANTITY_UNIT, rounding=ROUND_DOWN, context=EXACT
        )
        quantity = half or quantity
    amount = money(quantity, price)
    wait = timedelta(seconds=max(terms.latency_seconds, MIN_SECOND_PART_SECONDS))
    return Fill(quantity, price, amount, part_of(amount, terms.fee_bps), now + wait)


def average(fills: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """Return the mean price of (quantity, price), weighted by quantity, to the unit of prices."""
    total = sum((quantity for quantity, _ in fills), Decimal())
    value = sum((EXACT.multiply(quantity, price) for quantity, price in fills), Decimal())
    return EXACT.divide(value, total).quantize(PRICE_UNIT, context=EXACT)


def _is_reached(order: Working, price: Decimal) -> bool:
    if order.limit_price is None:
        return True
    return price <= order.limit_price if order.side is Side.BUY else price >= order.limit_price
