"""The bars of the classifier, read from market history on the days that all series have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from app.core.errors import MAX_ERRORS, FieldError, field_detail
from app.services.kernels.regimes.types import MarketBars
from app.services.kernels.regimes.volatility import Candles
from app.services.kernels.risk import RiskError
from app.services.market_history.bars import CLOSE, HIGH, LOW, OPEN, Bars, Days, Values
from app.services.market_history.crypto_universe import (
    ALT,
    BTC,
    BTC_DOMINANCE,
    ETH,
    ETH_DOMINANCE,
    STABLE_DOMINANCE,
    SYMBOLS,
    TOTAL,
)
from app.services.market_history.errors import TooFewPrices
from app.services.market_history.series import common, dates_of
from app.services.market_history.service import MarketHistory
from app.services.market_history.store import last_arrival, sources_of
from app.services.market_history.types import MarketPeriod
from app.services.regimes.errors import UnusableBars
from app.services.regimes.types import RegimeData

_COLUMNS = {
    BTC: "btc",
    ETH: "eth",
    ALT: "alt",
    BTC_DOMINANCE: "btc_dominance",
    ETH_DOMINANCE: "eth_dominance",
    STABLE_DOMINANCE: "stable_dominance",
}
_SYMBOLS = {column: symbol for symbol, column in _COLUMNS.items()}


@dataclass(frozen=True, slots=True, eq=False)
class MarketRead:
    """Bars on the days that all series have, opens of BTC, ETH and ALT (T x 3, NaN), and their sources."""

    days: Days
    bars: MarketBars
    opens: Values
    data: RegimeData

    @property
    def dates(self) -> list[date]:
        """The days as dates."""
        return dates_of(self.days)


def read(history: MarketHistory, known_at: datetime | None) -> MarketRead:
    """Return the bars as they were known at a moment, by default now.

    Raises
    ------
    UnknownAsset
        Naming each series of which nothing was known.
    TooFewPrices
        When there is no day that all series have.
    UnusableBars
        Naming each series with bars that cannot be.
    """
    found = history.known(SYMBOLS, known_at, {symbol: symbol for symbol in SYMBOLS})
    shared = common({symbol: each.bars for symbol, each in found.items()}, MarketPeriod.MAX)
    if not len(shared.days):
        raise TooFewPrices(f"There is no day on which all of {', '.join(SYMBOLS)} have a price.")
    dates = dates_of(shared.days)
    aligned = {symbol: _on(each.bars, shared.days) for symbol, each in found.items()}
    data = RegimeData(
        dates[0],
        dates[-1],
        len(dates),
        shared.left_out,
        sources_of(found.values()),
        last_arrival(found.values()),
    )
    opens = np.column_stack([aligned[symbol].values[OPEN] for symbol in (BTC, ETH, ALT)])
    return MarketRead(shared.days, _bars(aligned, dates), opens, data)


def _on(bars: Bars, days: Days) -> Bars:
    return bars.take(bars.days.searchsorted(days))


def _bars(aligned: Mapping[str, Bars], dates: list[date]) -> MarketBars:
    """Return the bars of the classifier; all that is wrong is told at once."""
    total = aligned[TOTAL].values
    columns = {column: aligned[symbol].closes for symbol, column in _COLUMNS.items()}
    errors: list[FieldError] = []
    flat = total[CLOSE]
    candles = Candles(flat, flat, flat, flat)
    try:
        candles = Candles.of(*(total[at] for at in (OPEN, HIGH, LOW, CLOSE)), field=TOTAL, rows=dates)
    except RiskError as error:
        errors += [FieldError(fault.field, fault.message) for fault in error.faults]
    try:
        bars = MarketBars.of(candles, **columns, rows=dates)
    except RiskError as error:
        errors += [FieldError(_SYMBOLS[fault.field], fault.message) for fault in error.faults]
    if errors:
        raise UnusableBars(field_detail(errors), errors=errors[:MAX_ERRORS])
    return bars
