"""A small book, and a client that speaks the vendor's wire to a simulator in the same process."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from werkzeug.test import Client, TestResponse

from aladdin_simulator import SimulatorBook, create_simulator, load_book
from aladdin_simulator.app import COMPLIANCE_PENDING

GOLDEN = Path(__file__).parents[2] / "books" / "golden.json"

GROUPS = "/api/portfolio/configuration/portfolio-group/v1/portfolioGroups"
POSITION = "/api/portfolio-mgmt/positions/v1/position"
MASTER = "/api/reference-data/securities/v1/security-master"
COUPONS = "/api/reference-data/securities/v1/coupons"
FACTORS = "/api/reference-data/securities/v1/factors"
RATINGS = "/api/reference-data/securities/v1/ratings"
ASSETS = "/api/portfolio-mgmt/security-analytics/v2/assets"
ACCOUNT_INFO = "/api/investment-operations/reference-data/account-info/v1"
ORDERS = "/api/trading/order-management/order/v1"

HEADERS = {
    "VND.com.blackrock.Request-ID": "3f2b8c1e-6d0a-4f57-9a51-0c8f7f6f2a10",
    "VND.com.blackrock.Origin-Timestamp": "Tue, 30 Jun 2026 13:30:00 GMT",
}

CLOSE = date(2026, 6, 30)
START = datetime(2026, 6, 30, 14, 5, 30, tzinfo=UTC)
FILL_SECONDS = 300

TREASURY, COMPANY = "912828YW4", "037833100"


def book_entry() -> dict[str, Any]:
    """Two groups that share an account, one of them nested, an account without positions, and two bonds.

    The Treasury costs 98.5 with 0.25 accrued, the company 101 with 0.5.
    """
    book = json.loads(GOLDEN.read_text())
    (treasury,) = book["securities"]
    treasury["accrued"] = 0.25
    company = treasury | {
        "cusip": COMPANY,
        "ticker": "ACME",
        "description": "Acme 5 01/15/2033",
        "issuer": "Acme",
        "issuer_id": "037833",
        "sector": "TECHNOLOGY",
        "rating": "BBB+",
        "coupon": 5,
        "maturity": "2033-01-15",
        "day_count": "30/360",
        "price": 101,
        "accrued": 0.5,
        "min_piece": 2000,
    }
    del company["spread_duration"], company["oas"]
    book["securities"].append(company)
    book["accounts"][2]["positions"].append({"cusip": COMPANY, "face": 250_000})
    group = book["groups"][0]
    book["groups"] = [
        group | {"group_id": "ALPHA", "accounts": ["ACC001", "ACC002"]},
        group | {"group_id": "BETA", "accounts": ["ACC002", "ACC003"]},
        group | {"group_id": "TOP", "accounts": ["ALPHA", "BETA", "ACC004"]},
    ]
    return book


def small_book(folder: Path) -> SimulatorBook:
    """Write the small book to a file and load it."""
    file = folder / "small.json"
    file.write_text(json.dumps(book_entry()))
    return load_book(str(file))


def read(answer: TestResponse) -> Any:
    """Return the JSON of an answer, numbers as exact decimals."""
    return json.loads(answer.get_data(), parse_float=Decimal)


class Vendor:
    """A simulator and a client of it, with a clock that the test may move; `pauses` are what it slept."""

    def __init__(self, book: SimulatorBook, **options: Any) -> None:
        self.now = START
        self.compliance_times_out = False
        self.pauses: list[float] = []
        self.simulator = create_simulator(book, clock=lambda: self.now, sleep=self.pauses.append, **options)
        self.client = Client(self.simulator)

    def get(self, path: str, *, status: int = 200, **query: str) -> Any:
        answer = self.client.get(path, query_string=query, headers=HEADERS)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return read(answer)

    def post(self, operation: str, body: object, *, status: int = 200) -> Any:
        answer = self.client.post(
            f"{ORDERS}/{operation}",
            json=body,
            headers=HEADERS,
            environ_overrides={COMPLIANCE_PENDING: self.compliance_times_out},
        )
        assert answer.status_code == status, answer.get_data(as_text=True)
        return read(answer)

    def rows(self, port_group: str, pos_type: str = "SOD") -> list[dict[str, Any]]:
        return self.get(POSITION, portGroup=port_group, posType=pos_type)

    def order(self, *, config: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        """Post an order and return its result; by default ACC001 buys 300,000 and ACC002 200,000."""
        body: dict[str, Any] = {"order": order_body(**fields)}
        if config is not None:
            body["postOrderConfig"] = config
        (result,) = self.post("order:post", body)["results"]
        return result

    def posted(self, **fields: Any) -> dict[str, Any]:
        """Post an order that must be taken, and return it."""
        return self.order(**fields)["output"]["order"]

    def refusal(self, **fields: Any) -> tuple[int, str]:
        """Post an order that must be refused inside an HTTP 200, and return code and message."""
        result = self.order(**fields)
        assert "output" not in result
        return result["error"]["code"], result["error"]["message"]

    def state(self, order_id: str = "90001") -> dict[str, Any]:
        """Return an order as it is now."""
        (order,) = self.post("orders:filter", {"query": {"orderIdCriterion": {"ids": [order_id]}}})["orders"]
        return order

    def found(self, criterion: str, **fields: Any) -> list[str]:
        """Return the ids of the orders that a criterion finds."""
        answer = self.post("orders:filter", {"query": {criterion: fields}})
        return [order["id"] for order in answer["orders"]]


def seen_at(vendor: Vendor, seconds: float, order_id: str = "90001") -> dict[str, Any]:
    """Return an order as it is this long after the start."""
    vendor.now = START + timedelta(seconds=seconds)
    return vendor.state(order_id)


def order_body(**fields: Any) -> dict[str, Any]:
    """Return the body of an order; a field given as None is left out."""
    body = {
        "assetId": TREASURY,
        "transactionType": "BUY",
        "face": 500_000,
        "orderDetails": [slice_of("ACC001", 300_000), slice_of("ACC002", 200_000)],
    } | fields
    return {name: value for name, value in body.items() if value is not None}


def slice_of(ticker: str, quantity: float, **more: Any) -> dict[str, Any]:
    return {"portfolioReference": {"portfolioTicker": ticker}, "quantity": quantity, **more}


ACCOUNTS = """\
Account ID,Account Name,Group ID,NAV,Cash,Currency,Restrictions,Benchmark OAS
A1,Fund one,GROWTH,"100,000,000",5000000,USD,NO_TOBACCO; ESG_COMPLIANT,80
A2,Fund two,GROWTH,,2500000.50,USD,,
A3,Fund three,INCOME,50000000,0,USD,,
"""
HOLDINGS = """\
account_id,cusip,face
A1,912828YW4,1000000
A2,912828YW4,"250,000"
"""
"""Accounts and holdings as CSV, in the bond of the four-account book."""


def golden():
    """The four-account book of the allocation rules, as JSON."""
    return json.loads(GOLDEN.read_text())
