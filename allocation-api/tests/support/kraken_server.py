"""A stand-in for Kraken's public interface on a loopback address, as published.

It speaks `AssetPairs`, `Assets` and `OHLC` of https://docs.kraken.com/api/docs/rest-api: at most the 720 last
bars after `since`, whatever that is, with the bar of the day that is not over as the last one; errors in a
list, with status 200.
"""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qsl, urlsplit

DAY = 86_400
MAX_BARS = 720
ASSETS = {"BTC": ("XXBT", "XBT"), "ETH": ("XETH", "ETH"), "SOL": ("SOL", "SOL"), "USD": ("ZUSD", "USD")}


def candle(close, *, low=None, high=None, volume=12.5):
    """Open, high, low, close and volume of a day."""
    return (close, high or close * 1.02, low or close * 0.97, close, volume)


def _pair_id(market):
    base, quote = market.split("/")
    return ASSETS[base][0] + ("USD" if base == "SOL" else ASSETS[quote][0])


class KrakenServer:
    """Candles by market and day, counted from 1970-01-01; `faults` are answered before anything else.

    A fault is a status, a text of Kraken's error list, or bytes that are the body.
    """

    def __init__(self, *markets, now=lambda: datetime.now(UTC), page=MAX_BARS, oldest_first=False):
        self.candles = {market: {} for market in markets}
        self.asked = []
        self.faults = deque()
        self.of_market = {}
        self.mute = Event()
        self._now = now
        self._page = page
        self._oldest_first = oldest_first
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server._answer(self)

            def log_message(self, *_):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def stop(self):
        self.mute.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    def fill(self, market, first, last, close=lambda day: 100 + day % 7):
        self.candles[market] |= {day: candle(close(day)) for day in range(first, last + 1)}

    def bars_asked(self, market=None):
        """The queries for bars, of one market or of all."""
        found = [query for path, query in self.asked if path.endswith("/OHLC")]
        return [each for each in found if market is None or each["pair"] == _pair_id(market)]

    def _answer(self, handler):
        split = urlsplit(handler.path)
        query = dict(parse_qsl(split.query))
        self.asked.append((split.path, query))
        fault = self.faults.popleft() if self.faults and split.path.endswith("/OHLC") else None
        if fault is None:
            fault = self.of_market.get(query.get("pair"))
        if fault == "mute":
            self.mute.wait(20)
            return
        status = fault if isinstance(fault, int) else 200
        body = (
            fault if isinstance(fault, bytes) else json.dumps(self._said(split.path, query, fault)).encode()
        )
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _said(self, path, query, fault):
        if isinstance(fault, int):
            return {}
        if fault is not None:
            return {"error": [fault]}
        match path:
            case "/0/public/AssetPairs":
                return {"error": [], "result": {_pair_id(each): _pair(each) for each in self.candles}}
            case "/0/public/Assets":
                return {"error": [], "result": {each: _asset(alt) for each, alt in ASSETS.values()}}
            case "/0/public/OHLC":
                return self._bars(query)
        return {"error": ["EGeneral:Unknown method"]}

    def _bars(self, query):
        market = next((each for each in self.candles if _pair_id(each) == query["pair"]), None)
        if market is None:
            return {"error": ["EQuery:Unknown asset pair"]}
        if query["interval"] != "1440":
            return {"error": ["EGeneral:Invalid arguments"]}
        today = int(self._now().timestamp()) // DAY
        since = int(query.get("since", 0))
        found = [d for d in sorted(self.candles[market]) if d * DAY > since and d <= today]
        found = found[: self._page] if self._oldest_first else found[-self._page :]
        rows = [_row(day, self.candles[market][day]) for day in found]
        return {"error": [], "result": {query["pair"]: rows, "last": (today - 1) * DAY}}


def _row(day, bar):
    opened, high, low, close, volume = bar
    return [day * DAY, f"{opened}", f"{high}", f"{low}", f"{close}", f"{close}", f"{volume}", 42]


def _asset(alt):
    return {"aclass": "currency", "altname": alt, "decimals": 10, "display_decimals": 5, "status": "enabled"}


def _pair(market):
    base, quote = market.split("/")
    return {
        "altname": f"{ASSETS[base][1]}{ASSETS[quote][1]}",
        "wsname": f"{ASSETS[base][1]}/{ASSETS[quote][1]}",
        "aclass_base": "currency",
        "base": ASSETS[base][0],
        "aclass_quote": "currency",
        "quote": ASSETS[quote][0],
        "lot": "unit",
        "cost_decimals": 5,
        "pair_decimals": 1,
        "lot_decimals": 8,
        "lot_multiplier": 1,
        "leverage_buy": [2, 3],
        "leverage_sell": [2, 3],
        "fees": [[0, 0.4], [10_000, 0.35]],
        "fees_maker": [[0, 0.25], [10_000, 0.2]],
        "fee_volume_currency": "ZUSD",
        "margin_call": 80,
        "margin_stop": 40,
        "ordermin": "0.00005",
        "costmin": "0.5",
        "tick_size": "0.1",
        "status": "online",
    }
