"""Settings of market history: the exchange whose daily bars are fetched, and how often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.core.config.reader import Reader

MARKET = re.compile(
    r"(?:(?P<symbol>[A-Za-z0-9][A-Za-z0-9._:/^+-]{0,31})=)?(?P<market>[A-Z0-9]{1,15}/[A-Z0-9]{1,15})"
)
MAX_MARKETS = 50
"""Markets of an exchange that are fetched."""

NO_EXCHANGE = "none"


class ExchangeName(StrEnum):
    """Exchanges that can be asked: those against whose published interface the client is tested."""

    KRAKEN = "kraken"


@dataclass(frozen=True, slots=True)
class MarketSetting:
    """A market of the exchange as ccxt names it, such as BTC/USD, and the symbol under which it is stored."""

    symbol: str
    market: str


@dataclass(frozen=True, slots=True)
class ExchangeSettings:
    """The exchange at `url`, its markets, the days of a first fetch and the seconds of one answer."""

    name: ExchangeName
    url: str
    markets: tuple[MarketSetting, ...]
    days: int
    seconds: int


@dataclass(frozen=True, slots=True)
class MarketHistorySettings:
    """The exchange, None is none, and the period of its refreshes, None where only users ask for them."""

    exchange: ExchangeSettings | None
    interval: timedelta | None


def market_history_settings(read: Reader) -> MarketHistorySettings:
    """Read the section."""
    name = read.choice("MARKET_EXCHANGE", (NO_EXCHANGE, *ExchangeName), NO_EXCHANGE)
    url = read.secure_url("MARKET_EXCHANGE_URL", "https://api.kraken.com")
    markets = _markets(read)
    days = read.integer("MARKET_EXCHANGE_DAYS", 719, 1, 3_660)
    seconds = read.integer("MARKET_EXCHANGE_SECONDS", 10, 1, 120)
    hours = read.integer("DATA_REFRESH_INTERVAL_HOURS", 4, 0, 168)
    if name == NO_EXCHANGE:
        return MarketHistorySettings(None, None)
    exchange = ExchangeSettings(ExchangeName(name), url, markets, days, seconds)
    return MarketHistorySettings(exchange, timedelta(hours=hours) if hours else None)


def _markets(read: Reader) -> tuple[MarketSetting, ...]:
    written = read.text("MARKET_EXCHANGE_SYMBOLS", "BTC=BTC/USD,ETH=ETH/USD")
    found = []
    for part in written.split(","):
        match = MARKET.fullmatch(part.strip())
        if match is None:
            read.fail(f"MARKET_EXCHANGE_SYMBOLS must be like BTC=BTC/USD,ETH/USD, not {part.strip()!r}")
            continue
        found.append(MarketSetting(match["symbol"] or match["market"], match["market"]))
    if len({each.symbol for each in found}) < len(found):
        read.fail("MARKET_EXCHANGE_SYMBOLS must name each symbol once")
    if len(found) > MAX_MARKETS:
        read.fail(f"MARKET_EXCHANGE_SYMBOLS must name at most {MAX_MARKETS} markets")
    return tuple(found)
