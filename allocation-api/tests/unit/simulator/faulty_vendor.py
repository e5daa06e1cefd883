"""A simulator with its own operations, to inject faults into and to read counts from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from tests.unit.simulator.vendor import (
    COMPANY,
    HEADERS,
    ORDERS,
    POSITION,
    TREASURY,
    Vendor,
    order_body,
    small_book,
)

QUERY = {"portGroup": "TOP", "posType": "SOD"}
IDS = f"{TREASURY},{COMPANY},NOTHING"
POST = "OrderAPI_PostOrder"


class FaultyVendor(Vendor):
    """A simulator of the small book, asked over HTTP in the same process."""

    def __init__(self, folder: Path, **options: Any) -> None:
        super().__init__(small_book(folder), admin=True, **options)

    def put(self, *faults: dict[str, Any]) -> TestResponse:
        return self.client.put("/simulator/faults", json=list(faults))

    def inject(self, kind: str, operation: str = "getPositions", **parameters: Any) -> None:
        answer = self.put({"operation": operation, "kind": kind, **parameters})
        assert answer.status_code == 200, answer.text

    def positions(self) -> TestResponse:
        return self.client.get(POSITION, query_string=QUERY, headers=HEADERS)

    def post_order(self, **config: Any) -> TestResponse:
        body = {"order": order_body()} | ({"postOrderConfig": config} if config else {})
        return self.client.post(f"{ORDERS}/order:post", json=body, headers=HEADERS)

    def lookup(self, path: str) -> dict[str, Any]:
        return self.get(path, assetId=IDS)

    def orders(self) -> list[dict[str, Any]]:
        return self.client.get("/simulator/orders").get_json()

    def counts(self, operation: str) -> dict[str, Any]:
        return self.client.get("/simulator/requests").get_json()["operations"][operation]
