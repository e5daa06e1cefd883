"""Market impact by the square-root law: a trade moves its price by c sigma sqrt(q / ADV).

Source: Almgren, Thum, Hauptmann and Li, Direct Estimation of Equity Market Impact (2005), with the exponent
1/2 of practice; c is about 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Market:
    """What the market in an asset takes: its average daily volume in cents, and the volatility of a day.

    `daily_volatility` is the standard deviation of daily returns as a fraction. Both are above 0.
    """

    daily_volume: float
    daily_volatility: float

    def __post_init__(self) -> None:
        if not (0 < self.daily_volume < math.inf and 0 < self.daily_volatility < math.inf):
            raise ValueError("volume and volatility are finite numbers above 0")


def estimated_impact(trades: Sequence[int], markets: Sequence[Market | None], coefficient: float) -> float:
    """Return what trades cost by their impact, in cents: the sum of c sigma sqrt(q / ADV) q.

    A trade in an asset whose market is None adds nothing: who asks says which assets those are.
    """
    return coefficient * sum(
        market.daily_volatility * math.sqrt(abs(trade) / market.daily_volume) * abs(trade)
        for trade, market in zip(trades, markets, strict=True)
        if market is not None
    )
