"""A stand-in of SnapTrade on loopback: its published API over an exchange in memory, which counts orders.

Forms of requests and the answers are held against the models of SnapTrade's own SDK; signatures, clients and
users are checked as published. Faults are set by the test: `lost` takes an order and closes the connection,
`dropped` closes it before, `failed` takes it and answers 500, `limited` answers 429, `expired` 401.
"""

from __future__ import annotations

import hmac
import json
import re
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from snaptrade_client.model.account import Account
from snaptrade_client.model.account_order_record import AccountOrderRecord
from snaptrade_client.model.all_account_positions_response import AllAccountPositionsResponse
from snaptrade_client.model.balance import Balance
from snaptrade_client.model.crypto_order_form import CryptoOrderForm
from snaptrade_client.model.crypto_order_preview import CryptoOrderPreview
from snaptrade_client.model.cryptocurrency_pair_quote import CryptocurrencyPairQuote
from snaptrade_client.model.order_updated_response import OrderUpdatedResponse
from snaptrade_client.model.recent_orders_response import RecentOrdersResponse
from snaptrade_client.request_after_hook import compute_request_signature

CLIENT_ID, CONSUMER_KEY = "CLIENT-OF-TESTS", "consumer-key-of-tests"
USER_ID, USER_SECRET = "user-7f1c", "secret-5b0e2a94"
HALF_SPREAD, FEE = Decimal("0.0005"), Decimal("0.001")
MAX_CLOCK_SECONDS = 300
PLACE = "place"
CASH = Decimal(10_000)


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status, detail):
        super().__init__(detail)
        self.status, self.detail = status, detail


class Exchange:
    """Accounts, prices and orders, under one lock."""

    def __init__(self):
        self.lock = Lock()
        self.prices = {"BTC": Decimal(100), "ETH": Decimal(10)}
        self.accounts = {}
        self.rejects = False
        self.states_fees = True

    def open_account(self):
        account_id = str(uuid4())
        self.accounts[account_id] = {"cash": CASH, "holdings": {}, "orders": []}
        return account_id

    def account(self, account_id):
        if account_id not in self.accounts:
            raise Refused(404, "There is no such account")
        return self.accounts[account_id]

    def quote(self, pair):
        base, _, currency = pair.partition("-")
        if currency != "USD" or base not in self.prices:
            raise Refused(404, f"There is no pair {pair}")
        price = self.prices[base]
        return price * (1 - HALF_SPREAD), price * (1 + HALF_SPREAD)

    def place(self, account_id, form):
        account = self.account(account_id)
        bid, ask = self.quote(form["instrument"]["symbol"])
        base = form["instrument"]["symbol"].partition("-")[0]
        amount, limit = Decimal(form["amount"]), form.get("limit_price")
        price = Decimal(limit) if limit else (ask if form["side"] == "BUY" else bid)
        free = account["cash"] - sum(
            (o["amount"] - o["filled"]) * o["reserve"] * (1 + FEE)
            for o in account["orders"]
            if o["status"] == "ACCEPTED" and o["side"] == "BUY"
        )
        has = account["holdings"].get(base, Decimal())
        if self.rejects or (form["side"] == "BUY" and amount * price * (1 + FEE) > free):
            raise Refused(400, "The brokerage rejects the order")
        if form["side"] == "SELL" and amount > has:
            raise Refused(400, "The account has not so much to sell")
        order = {
            "id": str(uuid4()),
            "base": base,
            "side": form["side"],
            "type": form["type"],
            "amount": amount,
            "limit": limit,
            "reserve": price,
            "filled": Decimal(),
            "price": None,
            "status": "ACCEPTED",
            "placed": datetime.now(UTC),
        }
        account["orders"].insert(0, order)
        self.trade(account)
        return order

    def trade(self, account):
        for order in account["orders"]:
            if order["status"] != "ACCEPTED":
                continue
            bid, ask = self.quote(f"{order['base']}-USD")
            limit = order["limit"] and Decimal(order["limit"])
            buys = order["side"] == "BUY"
            price = ask if buys else bid
            if limit and (price > limit if buys else price < limit):
                continue
            sign = 1 if buys else -1
            account["cash"] -= sign * order["amount"] * price + order["amount"] * price * FEE
            held = account["holdings"].get(order["base"], Decimal()) + sign * order["amount"]
            account["holdings"] = {**account["holdings"], order["base"]: held}
            if not held:
                del account["holdings"][order["base"]]
            order.update(filled=order["amount"], price=price, status="EXECUTED")

    def cancel(self, account_id, order_id):
        for order in self.account(account_id)["orders"]:
            if order["id"] == order_id:
                if order["status"] != "ACCEPTED":
                    raise Refused(400, f"The order is {order['status']}")
                order["status"] = "CANCELED"
                return
        raise Refused(404, "There is no such order")


def currency():
    return {"id": "57f81c53-bdda-45a7-a51f-032afd1ae41b", "code": "USD", "name": "US Dollar"}


def record(order):
    """An order as published."""
    return {
        "brokerage_order_id": order["id"],
        "status": order["status"],
        "universal_symbol": {
            "id": str(uuid4()),
            "symbol": order["base"],
            "raw_symbol": order["base"],
            "currency": currency(),
            "type": {"code": "crypto", "description": "Cryptocurrency"},
            "currencies": [],
        },
        "quote_currency": currency(),
        "action": order["side"],
        "order_type": order["type"].title(),
        "time_in_force": "GTC",
        "total_quantity": f"{order['amount']:f}",
        "open_quantity": f"{order['amount'] - order['filled']:f}",
        "filled_quantity": f"{order['filled']:f}",
        "execution_price": None if order["price"] is None else f"{order['price']:f}",
        "limit_price": order["limit"],
        "time_placed": order["placed"].isoformat(),
    }


def listed(account_id, account):
    """An account as published."""
    return {
        "id": account_id,
        "brokerage_authorization": str(uuid4()),
        "name": "Kraken of tests",
        "number": "XXXX-1234",
        "institution_name": "Kraken",
        "created_date": "2026-01-02T00:00:00Z",
        "sync_status": {},
        "balance": {"total": {"amount": float(account["cash"]), "currency": "USD"}},
        "is_paper": False,
    }


def positions(account):
    results = [
        {
            "instrument": {"kind": "crypto", "id": str(uuid4()), "symbol": symbol, "raw_symbol": symbol},
            "units": f"{units:f}",
            "price": None,
            "cost_basis": None,
            "currency": "USD",
        }
        for symbol, units in account["holdings"].items()
    ]
    return {"results": results, "data_freshness": {"as_of": datetime.now(UTC).isoformat()}}


class Standin:
    """The server: `url`, its exchange, faults by operation, and counts of the requests that came."""

    def __init__(self):
        self.exchange = Exchange()
        self.faults = []
        self.requests = Counter()
        self.taken = Counter()
        self.retry_after = 7
        self.yesterday = []
        standin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                standin.serve(self)

            do_POST = do_GET  # noqa: N815 - the library's name

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @contextmanager
    def failing(self, fault, operation=PLACE):
        """Have an operation fail for the block."""
        self.faults.append((operation, fault))
        try:
            yield
        finally:
            self.faults.remove((operation, fault))

    def serve(self, handler):
        path = urlsplit(handler.path)
        size = int(handler.headers.get("Content-Length") or 0)
        body = json.loads(handler.rfile.read(size)) if size else None
        operation, work = self.operation_of(handler.command, path, body)
        self.requests[operation] += 1
        fault = next((fault for name, fault in self.faults if name == operation), None)
        if fault == "dropped":
            handler.close_connection = True
            return
        try:
            if fault == "limited":
                self.send(handler, 429, {"detail": "slow down"}, {"Retry-After": str(self.retry_after)})
                return
            self.authorise(handler, path, body, expired=fault == "expired")
            with self.exchange.lock:
                answer = work()
        except Refused as refused:
            # A server that quotes what it was sent: nothing of it may be told further.
            detail = f"{refused.detail} (user {USER_ID}, {USER_SECRET})"
            self.send(handler, refused.status, {"detail": detail, "status_code": refused.status})
            return
        if fault == "lost":
            handler.close_connection = True
        elif fault == "failed":
            self.send(handler, 500, {"detail": "internal"})
        elif fault == "garbled":
            self.send(handler, 200, "<html>")
        else:
            self.send(handler, 200, answer)

    def send(self, handler, status, answer, headers=()):
        content = json.dumps(answer).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        for name, value in dict(headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    def authorise(self, handler, path, body, *, expired):
        """Check client, user, time and signature as published."""
        query = {name: values[0] for name, values in parse_qs(path.query).items()}
        signature = compute_request_signature(handler.path, CONSUMER_KEY, {} if body is None else body)
        if not hmac.compare_digest(handler.headers.get("Signature", ""), signature):
            raise Refused(401, "The signature is wrong")
        if (
            query.get("clientId") != CLIENT_ID
            or abs(time.time() - int(query["timestamp"])) > MAX_CLOCK_SECONDS
        ):
            raise Refused(401, "The client is not known")
        if expired or (query.get("userId"), query.get("userSecret")) != (USER_ID, USER_SECRET):
            raise Refused(401, "Invalid userID or userSecret provided")

    def operation_of(self, method, path, body):
        """The name of an operation and its work, which checks the form and its own answer by the SDK."""
        exchange = self.exchange
        route = f"{method} {re.sub(r'^/api/v1', '', path.path)}"
        found = re.fullmatch(r"(GET|POST) /accounts(?:/([0-9a-f-]{36}))?(/.*)?", route)
        if found is None:
            return "unknown", lambda: self.refuse(404, "There is no such operation")
        verb, account_id, rest = found[1], found[2], (found[3] or "")
        if account_id is None:
            return "accounts", lambda: [
                published(Account, listed(key, account)) for key, account in exchange.accounts.items()
            ]
        quoted = re.fullmatch(r"/trading/instruments/cryptocurrencyPairs/([A-Z0-9-]+)/quote", rest)
        if quoted:
            return "quote", lambda: self.quote(account_id, quoted[1])
        works = {
            "GET /balances": ("balances", lambda: self.balances(account_id)),
            "GET /positions/all": (
                "holdings",
                lambda: published(AllAccountPositionsResponse, positions(self.traded(account_id))),
            ),
            "GET /orders": ("orders", lambda: self.older(account_id)),
            "GET /recentOrders": ("recent", lambda: self.recent(account_id, path.query)),
            "POST /trading/crypto": (PLACE, lambda: self.place(account_id, body)),
            "POST /trading/crypto/preview": ("preview", lambda: self.preview(account_id, body)),
            "POST /trading/cancel": ("cancel", lambda: self.cancel(account_id, body)),
        }
        return works.get(f"{verb} {rest}", ("unknown", lambda: self.refuse(404, f"There is no {rest}")))

    def older(self, account_id):
        """The list that is a day old: of what was ordered since, it has what the test says."""
        self.exchange.account(account_id)
        return [published(AccountOrderRecord, each) for each in self.yesterday]

    def recent(self, account_id, query):
        if parse_qs(query).get("only_executed") != ["false"]:
            raise Refused(400, "The stand-in lists orders in all states alone")
        listed = [record(order) for order in self.traded(account_id)["orders"]]
        return published(RecentOrdersResponse, {"orders": listed})

    def refuse(self, status, detail):
        raise Refused(status, detail)

    def traded(self, account_id):
        account = self.exchange.account(account_id)
        self.exchange.trade(account)
        return account

    def balances(self, account_id):
        cash = float(self.traded(account_id)["cash"])
        return [published(Balance, {"currency": currency(), "cash": cash, "buying_power": None})]

    def quote(self, account_id, pair):
        self.exchange.account(account_id)
        bid, ask = self.exchange.quote(pair)
        stated = {"bid": f"{bid:f}", "ask": f"{ask:f}", "timestamp": datetime.now(UTC).isoformat()}
        return published(CryptocurrencyPairQuote, stated)

    def preview(self, account_id, form):
        published(CryptoOrderForm, form)
        bid, ask = self.exchange.quote(form["instrument"]["symbol"])
        if not self.exchange.states_fees:
            return published(CryptoOrderPreview, {})
        price = Decimal(form.get("limit_price") or (ask if form["side"] == "BUY" else bid))
        fee = {"currency": "USD", "amount": f"{Decimal(form['amount']) * price * FEE:f}"}
        return published(CryptoOrderPreview, {"estimated_fee": fee})

    def place(self, account_id, form):
        published(CryptoOrderForm, form)
        order = self.exchange.place(account_id, form)
        self.taken[account_id] += 1
        return published(OrderUpdatedResponse, {"brokerage_order_id": order["id"]})

    def cancel(self, account_id, body):
        assert body.keys() == {"brokerage_order_id"}
        self.exchange.cancel(account_id, body["brokerage_order_id"])
        return {"brokerage_order_id": body["brokerage_order_id"]}


def published(model, value):
    """Return a value that is as the SDK's model has it."""
    model.from_openapi_data_oapg(value)
    return value
