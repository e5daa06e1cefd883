"""Prices of the paper broker: the last close of the desk's market history."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal

from app.core.numbers import PRICE_UNIT
from app.services.execution.paper.broker import Price
from app.services.execution.types import EXACT
from app.services.market_history.bars import CLOSE
from app.services.market_history.series import dates_of
from app.services.market_history.service import MarketHistory


class HistoryPrices:
    """The last close of each asset, as of the begin of its day in UTC."""

    def __init__(self, history: MarketHistory) -> None:
        self._history = history

    def price(self, symbol: str) -> Price | None:
        """Return the last price of an asset, None where market history has none."""
        found = self._history.found((symbol,), None).get(symbol)
        if found is None:
            return None
        (day,) = dates_of(found.bars.days[-1:])
        close = Decimal(repr(float(found.bars.values[CLOSE][-1]))).quantize(PRICE_UNIT, context=EXACT)
        return Price(close, datetime.combine(day, time(), UTC)) if close > 0 else None
