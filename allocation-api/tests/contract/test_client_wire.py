"""Every request that the client can send keeps the vendor's published descriptions; unknown keys are refused.

The descriptions are not part of this repository: without them the tests are skipped.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from types import CodeType
from typing import Any

import httpx
import pytest
from jsonschema import ValidationError

from app.services.aladdin import operations, order_wire
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
from app.services.aladdin.wire import Body
from app.services.domain.block_order import BlockOrder, Slice
from app.services.domain.book import AsOf
from app.services.domain.side import Side
from tests.contract.published import (
    Descriptions,
    example,
    names_in,
    needs_descriptions,
    sent_path,
    validate,
    writable,
)

pytestmark = needs_descriptions

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

BODIES = [each for each in vars(order_wire).values() if isinstance(each, type) and issubclass(each, Body)]

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


class Published(Descriptions):
    """Validates requests against the published descriptions."""

    def check(self, request: httpx.Request) -> None:
        """Validate headers, query and body of one request."""
        document, operation = self.operation(request.method, sent_path(request))
        parameters = {(item["in"], item["name"]): item for item in operation["parameters"]}
        sent = {("query", name): value for name, value in request.url.params.multi_items()}
        assert len(sent) == len(request.url.params.multi_items())
        assert sent.keys() <= parameters.keys(), "unknown query parameter"
        for (place, name), parameter in parameters.items():
            given = request.headers.get(name) if place == "header" else sent.get((place, name))
            assert given or place == "path" or not parameter.get("required"), f"{name} is missing"
            if given and place == "query":
                validate(parameter["schema"], given)
        uuid.UUID(request.headers["VND.com.blackrock.Request-ID"])
        assert parsedate_to_datetime(request.headers["VND.com.blackrock.Origin-Timestamp"]).tzinfo
        body = operation.get("requestBody")
        assert bool(request.content) == bool(body)
        if body:
            assert request.headers["Content-Type"] == "application/json"
            schema = body["content"]["application/json"]["schema"]
            validate({**schema, "components": writable(document["components"])}, json.loads(request.content))


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
        return httpx.Response(200, json=self._answer(request))

    def _answer(self, request: httpx.Request) -> object:
        path = request.url.path
        if "/longrunningoperations/" in path:
            return {"id": OPERATION_ID, "done": True, "response": {"results": []}}
        if path.endswith("/orders:filter"):
            last = "pageToken" in json.loads(request.content)
            return {"orders": []} if last else {"orders": [self.order], "nextPageToken": "b2Zmc2V0OjE="}
        return ANSWERS[path.rpartition("/")[2]]


@pytest.fixture(scope="module")
def published() -> Published:
    return Published()


@pytest.fixture
def recorder(published: Published) -> Recorder:
    document, _ = published.operation("POST", operations.POST_ORDER.path)
    schemas = document["components"]["schemas"]
    order = example(schemas["v1Order"], schemas)
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
    assert any(re.fullmatch(pattern, sent_path(r)) for r in recorder.requests)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_every_field_that_can_be_sent_is_sent_by_one_of_the_requests(
    body: type[Body], recorder: Recorder, client: Vendor
) -> None:
    for send in REQUESTS.values():
        send(client)
    sent = [names_in(json.loads(request.content)) for request in recorder.requests if request.content]
    assert set(body.__struct_encode_fields__) <= set().union(*sent)


def test_every_method_of_the_client_is_one_of_the_requests() -> None:
    """A method that is added is held against the descriptions, too."""
    used = {name for send in REQUESTS.values() for name in _names(send.__code__)}
    methods = {name for half in (VendorBook, VendorOrders) for name in vars(half) if name[0] != "_"}
    assert methods <= used


def _names(code: CodeType) -> set[str]:
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    return set(code.co_names).union(*(_names(each) for each in inner))


def test_the_check_itself_refuses_unknown_and_read_only_keys(published: Published) -> None:
    document, _ = published.operation("POST", operations.POST_ORDER.path)
    schema = {"$ref": "#/components/schemas/v1Order", "components": writable(document["components"])}
    validate(schema, {"face": 1, "settleDate": "2025-06-06"})
    for wrong in (
        {"colour": "red"},
        {"orderStatus": "Open"},
        {"face": "1"},
        {"basketId": 1},
        {"settleDate": "06.06.2025"},
        {"portfolioReference": {"portfolioId": 4101}},
    ):
        with pytest.raises(ValidationError):
            validate(schema, wrong)


def test_the_writable_fields_are_the_published_ones(published: Published) -> None:
    document, _ = published.operation("POST", operations.POST_ORDER.path)
    schemas = document["components"]["schemas"]

    def names(schema: str) -> set[str]:
        return set(writable(schemas[schema])["properties"])

    assert names("v1Order") == WRITABLE_ORDER_FIELDS
    assert names("v1OrderDetail") - {"reservations"} == WRITABLE_DETAIL_FIELDS
