"""Every request that the client can send keeps the vendor's published descriptions; unknown keys are refused.

The descriptions are not part of this repository: without them the tests are skipped.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from app.services.aladdin import operations
from app.services.aladdin.long_running import LongRunning
from app.services.aladdin.mapping.orders import (
    WRITABLE_DETAIL_FIELDS,
    WRITABLE_ORDER_FIELDS,
    OrderDefaults,
)
from app.services.aladdin.mapping.securities import IdType
from app.services.aladdin.operations import Operation
from app.services.aladdin.transport import Transport
from app.services.aladdin.vendor_book import VendorBook
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.allocation.problem import Side
from app.services.block_order import BlockOrder, Slice
from app.services.book import AsOf

SHARED = Path(os.environ.get("ALLOCATOR_SHARED", Path(__file__).parents[4] / "shared"))
PUBLISHED = SHARED / "aladdin-openapi"

pytestmark = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason=f"the vendor's published API descriptions are not at {PUBLISHED}"
)

OPERATIONS = [value for value in vars(operations).values() if isinstance(value, Operation)]

ORDER = BlockOrder(
    security_id="999999AA3",
    side=Side.SELL,
    face=Decimal(5_000_000),
    settlement_date=date(2025, 6, 6),
    external_id="ALLOC-1-1",
    basket_id="ALLOC-1",
    slices=(Slice("CORE-A1", Decimal(3_000_000)), Slice("CORE-A2", Decimal(2_000_000))),
    limit_price=Decimal("98.9"),
    comment="pro-rata",
    trade_date=date(2025, 6, 5),
    currency="USD",
)
MARKET_ORDER = BlockOrder(
    "999999AA3", Side.BUY, Decimal("0.5"), date(2025, 6, 6), "E-1", "B-1", (Slice("A", Decimal("0.5")),)
)

EARLY = datetime(2025, 6, 5, 13, 30, tzinfo=UTC)

SLICES = [Slice("CORE-A1", Decimal(1000)), Slice("CORE-A9", Decimal(2000))]

REQUESTS: dict[str, Callable[[Vendor], object]] = {
    "members": lambda client: client.book.group_members(["CORE/FI 1"]),
    "positions": lambda client: [client.book.positions(["CORE-FI", "BIG6"], as_of) for as_of in AsOf],
    "securities": lambda client: [client.book.securities(["999999AA3", "X"], kind) for kind in IdType],
    "analytics": lambda client: client.book.analytics(["999999AA3", "X"]),
    "node": lambda client: client.book.node("CORE/FI 1"),
    "ratings": lambda client: client.book.ratings(["999999AA3", "X"]),
    "post": lambda client: client.orders.post_order(ORDER),
    "post at market": lambda client: client.orders.post_order(MARKET_ORDER),
    "what-if": lambda client: client.orders.check(ORDER),
    "modify": lambda client: client.orders.modify_order(
        "90001", slices=SLICES, touch_count=None, comment="less"
    ),
    "cancel": lambda client: client.orders.cancel_order("90001", "PM withdrew"),
    "cancel without a reason": lambda client: client.orders.cancel_order("90001", ""),
    "orders": lambda client: client.orders.orders(["90001"]),
    "order by external id": lambda client: client.orders.order_by_external_id("ALLOC-1-1"),
    "orders of groups": lambda client: client.orders.orders_of_groups(["CORE-FI"]),
    "orders of groups, narrowed": lambda client: client.orders.orders_of_groups(
        ["CORE-FI"], statuses=["Open"], security_ids=["999999AA3"]
    ),
    "orders of baskets": lambda client: client.orders.orders_of_baskets(["ALLOC-1"], date(2025, 6, 5)),
    "orders modified": lambda client: client.orders.orders_modified(["CORE-FI"], since=EARLY, zone=UTC),
    "orders modified, both ends": lambda client: client.orders.orders_modified(
        ["CORE-FI"], since=EARLY, until=EARLY + timedelta(hours=1), zone=UTC
    ),
    "batch post": lambda client: client.orders.post_batch([ORDER, MARKET_ORDER]),
    "batch cancel": lambda client: client.orders.cancel_batch(["90001", "90002"], "PM withdrew"),
}


@dataclass(frozen=True)
class Vendor:
    """The client's two halves."""

    book: VendorBook
    orders: VendorOrders


class Published:
    """The published descriptions: finds the operation of a request and validates the request against it."""

    def __init__(self) -> None:
        self.documents = [json.loads(file.read_text()) for file in sorted(PUBLISHED.glob("*.json"))]

    def operation(self, method: str, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the document and the operation for a method and a path below the host."""
        for document in self.documents:
            base = httpx.URL(document["servers"][0]["url"]).path.rstrip("/")
            for template, methods in document["paths"].items():
                pattern = re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(base + template))
                if re.fullmatch(pattern, path) and method.lower() in methods:
                    return document, methods[method.lower()]
        raise AssertionError(f"{method} {path} is not published")

    def check(self, request: httpx.Request) -> None:
        """Validate headers, query and body of one request."""
        path = request.url.raw_path.decode().partition("?")[0]
        document, operation = self.operation(request.method, path)
        parameters = {(item["in"], item["name"]): item for item in operation["parameters"]}
        sent = {("query", name): value for name, value in request.url.params.multi_items()}
        assert len(sent) == len(request.url.params.multi_items())
        assert sent.keys() <= parameters.keys(), "unknown query parameter"
        for (place, name), parameter in parameters.items():
            given = request.headers.get(name) if place == "header" else sent.get((place, name))
            assert given or place == "path" or not parameter.get("required"), f"{name} is missing"
            if given and place == "query":
                Draft202012Validator(parameter["schema"]).validate(given)
        uuid.UUID(request.headers["VND.com.blackrock.Request-ID"])
        assert parsedate_to_datetime(request.headers["VND.com.blackrock.Origin-Timestamp"]).tzinfo
        body = operation.get("requestBody")
        assert bool(request.content) == bool(body)
        if body:
            assert request.headers["Content-Type"] == "application/json"
            schema = body["content"]["application/json"]["schema"]
            components = {"schemas": {k: strict(v) for k, v in document["components"]["schemas"].items()}}
            validator = Draft202012Validator({**schema, "components": components})
            validator.validate(json.loads(request.content))


def strict(schema: Any) -> Any:
    """Return a schema for what a client sends: no unknown keys, and none that only the server may write."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: strict(value) for key, value in schema.items() if key != "properties"}
    if "properties" in schema:
        writable = {k: v for k, v in schema["properties"].items() if not v.get("readOnly")}
        copy |= {"properties": {k: strict(v) for k, v in writable.items()}, "additionalProperties": False}
    return copy


def order_with_every_published_field(schemas: dict[str, Any]) -> dict[str, Any]:
    """Return an order as a read could return it: every property of the schema with some value."""

    def example(schema: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return example(schemas[schema["$ref"].rpartition("/")[2]])
        match schema:
            case {"enum": [first, *_]}:
                return first
            case {"type": "object"}:
                return {name: example(inner) for name, inner in schema.get("properties", {}).items()}
            case {"type": "array"}:
                return [example(schema["items"])]
            case {"type": "string", "format": "date"}:
                return "2025-06-05"
            case {"type": "integer" | "number"}:
                return 7
            case {"type": "boolean"}:
                return True
        return "7"

    order: dict[str, Any] = example(schemas["v1Order"])
    return order


OPERATION_ID = "operations/some/unique/id"
ANSWERS: dict[str, object] = {
    "position": [],
    "node": {"portfolioTicker": "CORE-FI"},
    "members": {"nodes": []},
    "security-master": {"assetByAssetId": {}, "errors": {}},
    "ratings": {"ratingsByAssetId": {}, "errors": {}},
    "assets": {"riskByAssetId": {}, "errors": {}},
    "order:post": {"results": [{"output": {"order": {"id": "90001"}}}]},
    "order:cancel": {"results": [{"output": {"id": "90001"}}]},
    "orders:batchPost": {"id": OPERATION_ID},
    "orders:batchCancel": {"id": OPERATION_ID},
}


class Recorder:
    """Answers every request with just enough, and keeps it."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.requests: list[httpx.Request] = []
        self.order = order

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, json=self._answer(request.url.path))

    def _answer(self, path: str) -> object:
        if "/longrunningoperations/" in path:
            return {"id": OPERATION_ID, "done": True, "response": {"results": []}}
        return ANSWERS.get(path.rpartition("/")[2], {"orders": [self.order]})


@pytest.fixture(scope="module")
def published() -> Published:
    return Published()


@pytest.fixture
def recorder(published: Published) -> Recorder:
    document, _ = published.operation("POST", operations.POST_ORDER.path)
    order = order_with_every_published_field(document["components"]["schemas"])
    # The one that is asked for: by its id, and by ours.
    order["externalOrderReference"] |= {"accountCode": "12345", "externalId1": "ALLOC-1-1"}
    return Recorder(order | {"id": "90001"})


@pytest.fixture
def client(recorder: Recorder) -> Vendor:
    http = httpx.Client(base_url="https://tenant.example.com", transport=httpx.MockTransport(recorder))
    wire = Transport(http)
    orders = VendorOrders(
        wire,
        account_code="12345",
        defaults=OrderDefaults(pm_initials="ABC"),
        long_running=LongRunning(wire, sleep=lambda _: None),
    )
    return Vendor(VendorBook(wire), orders)


@pytest.mark.parametrize("name", REQUESTS)
def test_every_request_is_as_published(
    name: str, published: Published, recorder: Recorder, client: Vendor
) -> None:
    REQUESTS[name](client)
    assert recorder.requests
    for request in recorder.requests:
        published.check(request)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_is_published_with_its_quota(operation: Operation, published: Published) -> None:
    document, found = published.operation(operation.method, operation.path.replace("{item}", "X"))
    assert found["operationId"].endswith(operation.name)
    assert found["x-quota-limit"] == operation.quota
    assert httpx.URL(document["servers"][0]["url"]).path.rstrip("/") == operation.api.value
    assert found.get("x-access-type", "READ") == ("WRITE" if operation.writes else "READ")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_is_sent_by_one_of_the_requests(
    operation: Operation, recorder: Recorder, client: Vendor
) -> None:
    for send in REQUESTS.values():
        send(client)
    pattern = re.escape(operation.path).replace(r"\{item\}", "[^/]+")
    assert any(re.fullmatch(pattern, r.url.raw_path.decode().partition("?")[0]) for r in recorder.requests)


def test_the_check_itself_refuses_unknown_and_read_only_keys(published: Published) -> None:
    document, _ = published.operation("POST", operations.POST_ORDER.path)
    components = {"schemas": {k: strict(v) for k, v in document["components"]["schemas"].items()}}
    validator = Draft202012Validator({"$ref": "#/components/schemas/v1Order", "components": components})
    assert validator.is_valid({"face": 1})
    assert not validator.is_valid({"colour": "red"})
    assert not validator.is_valid({"orderStatus": "Open"})
    assert not validator.is_valid({"face": "1"})


def test_the_writable_fields_are_the_published_ones(published: Published) -> None:
    document, _ = published.operation("POST", operations.POST_ORDER.path)
    schemas = document["components"]["schemas"]

    def writable(name: str) -> set[str]:
        return {key for key, schema in schemas[name]["properties"].items() if not schema.get("readOnly")}

    assert writable("v1Order") == WRITABLE_ORDER_FIELDS
    assert writable("v1OrderDetail") - {"reservations"} == WRITABLE_DETAIL_FIELDS
