"""Limits on orders to brokers: notional of one, turnover of a day, and slippage from the quote.

Checked in the account's currency right before an order is sent. What cannot be told is refused: without a
quote there is no order (R29.3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.services.domain.side import Side
from app.services.execution.errors import BrokerLimitExceeded, BrokerSlippageTooLarge
from app.services.execution.order_values import StoredOrder
from app.services.execution.types import BASIS_POINTS, EXACT, NewOrder, OrderPreview


@dataclass(frozen=True, slots=True)
class BrokerLimits:
    """Largest notional of an order, turnover of an account in a day (UTC), and slippage in basis points."""

    max_order_notional: int
    max_daily_turnover: int
    max_slippage_bps: int

    def check_order(self, order: NewOrder, preview: OrderPreview) -> None:
        """Check one order against what its broker expects.

        Raises
        ------
        BrokerLimitExceeded
            When it is worth more than one may be.
        BrokerSlippageTooLarge
            When it would trade further from the middle of the quote than it may.
        """
        if preview.notional > self.max_order_notional:
            raise BrokerLimitExceeded(
                f"The order is worth {preview.notional} {order.currency}, and one may be worth "
                f"{self.max_order_notional} (BROKER_MAX_ORDER_NOTIONAL)"
            )
        slippage = slippage_bps(order.side, preview.price, preview.quote.mid)
        if slippage > self.max_slippage_bps:
            raise BrokerSlippageTooLarge(
                f"The order may trade {slippage:.1f} basis points from the middle of the quote, and "
                f"{self.max_slippage_bps} are allowed (BROKER_MAX_SLIPPAGE_BPS)"
            )

    def check_day(self, notional: Decimal, today: Iterable[StoredOrder]) -> None:
        """Check an order together with those of the account that were sent on the same day.

        Raises
        ------
        BrokerLimitExceeded
            When together they are worth more than a day's may be.
        """
        turnover = notional + sum((order.turnover for order in today), Decimal())
        if turnover > self.max_daily_turnover:
            raise BrokerLimitExceeded(
                f"With this order the account's orders of the day (UTC) are worth {turnover}, and they may "
                f"be worth {self.max_daily_turnover} (BROKER_MAX_DAILY_TURNOVER)"
            )


def slippage_bps(side: Side, price: Decimal, mid: Decimal) -> Decimal:
    """Return how many basis points a price is worse than the middle of the quote; below 0 it is better."""
    worse = EXACT.subtract(price, mid) if side is Side.BUY else EXACT.subtract(mid, price)
    return EXACT.divide(EXACT.multiply(worse, BASIS_POINTS), mid)
