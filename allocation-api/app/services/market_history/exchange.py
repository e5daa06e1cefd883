"""Client of an exchange's public daily bars (OHLCV), by ccxt: pages, a time-out, retries of what is harmless.

Source: https://docs.ccxt.com, and Kraken's "Get OHLC Data", https://docs.kraken.com/api/docs/rest-api/get-ohlc-data:
at most the 720 last bars, the last of which is that of the day that is not over.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import numpy as np
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from app.core.config.market_history import ExchangeSettings
from app.services.market_history.bars import NOTHING, Bars
from app.services.market_history.import_types import MAX_PRICE, MAX_VOLUME

PAGE_BARS = 720
MAX_ATTEMPTS = 4
"""Of one request, where the network or the exchange is at fault; reading changes nothing there."""

FIRST_WAIT_SECONDS = 1.0
MAX_WAIT_SECONDS = 8.0
DAY_MILLISECONDS = 86_400_000


class ExchangeFault(StrEnum):
    """Why there are no bars of a market."""

    UNREACHABLE = "UNREACHABLE"
    UNKNOWN_MARKET = "UNKNOWN_MARKET"
    REFUSED = "REFUSED"
    UNREADABLE = "UNREADABLE"
    NO_BARS = "NO_BARS"
    ROWS_REFUSED = "ROWS_REFUSED"


class ExchangeError(Exception):
    """The exchange has given no bars that can be stored; the words hold nothing of its answer."""

    def __init__(self, fault: ExchangeFault, words: str) -> None:
        super().__init__(words)
        self.fault = fault


class Exchange:
    """One exchange. ccxt is loaded and the exchange's markets are read once something is asked.

    Parameters
    ----------
    sleep : callable
        Waits so many seconds before the next attempt.
    pause : int, optional
        Milliseconds between two requests; by default those that the exchange asks for.
    """

    def __init__(
        self,
        settings: ExchangeSettings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        pause: int | None = None,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._pause = pause
        self._client: Any = None

    def daily(self, market: str, first: int, last: int, go_on: Callable[[], None]) -> Bars:
        """Return the bars of the days from `first` to `last`, counted from 1970-01-01, as far as there are.

        Parameters
        ----------
        go_on : callable
            Called before each request; what it raises is passed on.

        Raises
        ------
        ExchangeError
            When the exchange is away, refuses, does not know the market, or its answer cannot be read.
        """
        days: list[int] = []
        values: list[tuple[float, ...]] = []
        after = first
        while after <= last:
            page = [each for each in self._page(market, after, go_on) if each[0] >= after]
            if not page:
                break
            days += [day for day, _ in page if day <= last]
            values += [bar for day, bar in page if day <= last]
            after = max(day for day, _ in page) + 1
        if not days:
            return NOTHING
        return Bars(np.array(days, np.int32), np.array(values, np.float64).T)

    def _page(
        self, market: str, first: int, go_on: Callable[[], None]
    ) -> list[tuple[int, tuple[float, ...]]]:
        import ccxt  # noqa: PLC0415 - it takes two seconds to load

        def fetch() -> Any:
            go_on()
            client = self._client or self._connect(ccxt)
            return client.fetch_ohlcv(market, "1d", since=first * DAY_MILLISECONDS, limit=PAGE_BARS)

        attempts = Retrying(
            stop=stop_after_attempt(MAX_ATTEMPTS),
            wait=wait_exponential(FIRST_WAIT_SECONDS, MAX_WAIT_SECONDS),
            retry=retry_if_exception_type(ccxt.NetworkError),
            sleep=self._sleep,
            reraise=True,
        )
        # Never the error's own words: they hold the address and the answer.
        try:
            return [_bar(each) for each in attempts(fetch)]
        except ccxt.NetworkError as error:
            words = f"It gave no answer in {MAX_ATTEMPTS} attempts ({type(error).__name__})."
            raise ExchangeError(ExchangeFault.UNREACHABLE, words) from error
        except ccxt.BadSymbol as error:
            words = f"It has no market {market}."
            raise ExchangeError(ExchangeFault.UNKNOWN_MARKET, words) from error
        except ccxt.BaseError as error:
            words = f"It refused the request ({type(error).__name__})."
            raise ExchangeError(ExchangeFault.REFUSED, words) from error
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            words = f"Its answer cannot be read ({type(error).__name__})."
            raise ExchangeError(ExchangeFault.UNREADABLE, words) from error

    def _connect(self, ccxt: Any) -> Any:
        options: dict[str, object] = {"timeout": self._settings.seconds * 1_000, "enableRateLimit": True}
        if self._pause is not None:
            options["rateLimit"] = self._pause
        client = getattr(ccxt, self._settings.name)(options)
        client.urls["api"] = {**client.urls["api"], "public": self._settings.url}
        client.load_markets()
        self._client = client
        return client


def _bar(row: Any) -> tuple[int, tuple[float, ...]]:
    """Return the day and the open, high, low, close and volume of a bar.

    Raises
    ------
    ValueError, TypeError
        When it is not one of a day in UTC, with finite numbers.
    """
    moment, *prices, volume = row
    day, rest = divmod(int(moment), DAY_MILLISECONDS)
    if rest:
        raise ValueError("a bar does not begin at midnight UTC")
    found = (*map(float, prices), math.nan if volume is None else float(volume))
    if len(found) != 5 or not all(0 <= price <= MAX_PRICE for price in found[:4]):
        raise ValueError("a price is missing, or out of range")
    if not (volume is None or 0 <= found[4] <= MAX_VOLUME):
        raise ValueError("a volume is out of range")
    return day, found
