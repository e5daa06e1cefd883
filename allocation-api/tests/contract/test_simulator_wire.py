"""Every answer of the simulator keeps the vendor's published descriptions; unknown keys are refused.

The descriptions are not part of this repository: without them the tests that need them are skipped.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator, ValidationError

from aladdin_simulator import SimulatorBook, create_simulator, load_book
from tests.unit.simulator.vendor import (
    ASSETS,
    COMPANY,
    GOLDEN,
    GROUPS,
    HEADERS,
    MASTER,
    ORDERS,
    POSITION,
    RATINGS,
    TREASURY,
    order_body,
    slice_of,
    small_book,
)

SHARED = Path(os.environ.get("ALLOCATOR_SHARED", Path(__file__).parents[4] / "shared"))
PUBLISHED = SHARED / "aladdin-openapi"
HOST = "https://tenant.example.com"

needs_descriptions = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason=f"the vendor's published API descriptions are not at {PUBLISHED}"
)


class Published:
    """The published descriptions, made strict: finds the schema of an answer and validates the answer."""

    def __init__(self) -> None:
        self.documents = [_strict(json.loads(file.read_text())) for file in sorted(PUBLISHED.glob("*.json"))]
        for document in self.documents:
            _open_asset_types(document["components"]["schemas"])

    def operation(self, method: str, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
        for document in self.documents:
            base = httpx.URL(document["servers"][0]["url"]).path.rstrip("/")
            for template, operations in document["paths"].items():
                pattern = re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(base + template))
                if re.fullmatch(pattern, path) and method.lower() in operations:
                    return document, operations[method.lower()]
        raise AssertionError(f"{method} {path} is not published")

    def check(self, response: httpx.Response) -> None:
        """Validate status, headers and body of one answer."""
        document, operation = self.operation(response.request.method, response.request.url.path)
        declared = operation["responses"][str(response.status_code)]
        if "$ref" in declared:
            declared = document["components"]["responses"][declared["$ref"].rpartition("/")[2]]
        for name in declared.get("headers", {}):
            assert response.headers.get(name), f"{name} is missing"
        content = declared["content"]
        assert response.headers["Content-Type"] in content
        schema = content["application/json"]["schema"] | {"components": document["components"]}
        validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        validator.validate(response.json())


def _strict(schema: Any) -> Any:
    """Return a description in which an object with properties has no others."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: _strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        copy.setdefault("additionalProperties", False)
    return copy


def _open_asset_types(schemas: dict[str, Any]) -> None:
    """Say what the vendor meant of a master record's dynamic keys, which it wrote as a property's name."""
    if "SecGroupSecTypeMap" in schemas:
        holder = schemas["SecGroupSecTypeMap"]
        holder["additionalProperties"] = holder["properties"].pop("additionalProperties")


@pytest.fixture(scope="module")
def published() -> Published:
    return Published()


@pytest.fixture(scope="module")
def default_book() -> SimulatorBook:
    return load_book("default")


def client_of(book: SimulatorBook) -> httpx.Client:
    transport = httpx.WSGITransport(app=create_simulator(book))
    return httpx.Client(transport=transport, base_url=HOST, headers=HEADERS)


def every_read(book: SimulatorBook) -> list[tuple[str, dict[str, str]]]:
    """One read of each kind, over every bond and every group of a book."""
    ids = ",".join([*book.bond_by_cusip, "NOTHING"])
    isins = ",".join(bond.isin for bond in book.securities)
    reads = [
        (MASTER, {"assetId": ids, "assetIdType": "CUSIP"}),
        (MASTER, {"assetId": isins, "assetIdType": "ISIN"}),
        (RATINGS, {"assetId": ids}),
        (ASSETS, {"assetId": ids, "riskHierarchy": "RISK", "riskDate": book.as_of.isoformat()}),
        (POSITION, {"portGroup": book.accounts[-1].account_id, "posType": "EOD"}),
    ]
    for ticker in (*(group.group_id for group in book.groups), book.accounts[0].account_id):
        reads += [(f"{GROUPS}/{ticker}/node", {}), (f"{GROUPS}/{ticker}/members", {})]
    return reads


REFUSED = [
    (GROUPS + "/NOBODY/node", {}, 404),
    (GROUPS + "/NOBODY/members", {}, 404),
    (POSITION, {"portGroup": "NOBODY", "posType": "SOD"}, 404),
    (POSITION, {"portGroup": "ALPHA"}, 400),
    (MASTER, {"assetId": "1", "assetIdType": "TICKER"}, 400),
    (RATINGS, {}, 400),
    (ASSETS, {"assetId": "1", "riskDate": "today"}, 400),
]


@needs_descriptions
def test_reads_of_the_generated_book(published, default_book):
    with client_of(default_book) as client:
        for path, query in every_read(default_book):
            answer = client.get(path, params=query)
            assert answer.status_code == 200
            published.check(answer)


@needs_descriptions
def test_reads_of_a_book_file_with_numbers_missing(published, tmp_path):
    book = small_book(tmp_path)
    with client_of(book) as client:
        for path, query in every_read(book):
            published.check(client.get(path, params=query))


@needs_descriptions
@pytest.mark.parametrize(("path", "query", "status"), REFUSED)
def test_refusals(published, tmp_path, path, query, status):
    with client_of(small_book(tmp_path)) as client:
        answer = client.get(path, params=query)
        assert answer.status_code == status
        published.check(answer)
        bare = client.get(path, params=query, headers={"VND.com.blackrock.Request-ID": ""})
        assert bare.status_code == 400


def order_life() -> Iterator[tuple[str, dict[str, Any]]]:
    """Calls from the birth of an order to its end, and those that fail on the way."""
    everything = order_body(
        orderType="Limit",
        tradingLimitType="Price",
        tradingLimitValue=98.6,
        basketId="B1",
        externalOrderReference={"accountCode": "12345", "externalId1": "E1"},
        orderComments=[{"orderCommentKey": "General", "orderCommentValue": "pro-rata"}],
        orderCustomFields=[{"customFieldLabel": "Desk", "customFieldValue": "Credit"}],
        flags=[{"flagKey": "SHORT_SELL", "flagValue": "SHO"}],
        settleDate="2026-07-01",
        settleDateOffset=1,
        financingType="FINANCING_TYPE_PHYSICAL",
        ownerType="OWNER_TYPE_PM",
        assignedToStatus="ASSIGNED_TO_STATUS_ACCEPTED",
        orderDetails=[slice_of("ACC001", 500_000, strategyId=7, requestStatus="ASSIGNED_TO_STATUS_HOLD")],
    )
    yield "order:post", {"order": everything, "postOrderConfig": {"whatIf": True}}
    yield (
        "order:post",
        {"order": everything, "postOrderConfig": {"whatIf": False, "complianceTimeout": "20s"}},
    )
    yield "order:post", {"order": order_body(assetId=COMPANY, transactionType="SELL")}
    yield "order:post", {"order": order_body(assetId="000000000")}
    yield "order:post", {"order": {"id": "90001", "orderDetails": [{"orderDetailId": 1, "quantity": 1000}]}}
    for query in (
        {"orderIdCriterion": {"ids": ["90001", "1"]}},
        {"externalIdCriterion": {"externalId1": "E1", "accountCode": "12345"}},
        {"portfolioGroupCriterion": {"portfolioGroupTicker": "TOP"}},
    ):
        yield "orders:filter", {"query": query, "pageSize": 1}
    yield "order:cancel", {"orderId": "90001"}
    yield "order:cancel", {"orderId": "90001"}
    yield "orders:filter", {"query": {"orderIdCriterion": {"ids": ["90001"]}}}


@needs_descriptions
def test_the_life_of_an_order(published, tmp_path):
    with client_of(small_book(tmp_path)) as client:
        for operation, body in order_life():
            answer = client.post(f"{ORDERS}/{operation}", json=body)
            assert answer.status_code == 200, answer.text
            published.check(answer)
            query = {"portGroup": "TOP", "posType": "SOD+Trades+Orders"}
            published.check(client.get(POSITION, params=query))
        for operation in ("order:post", "order:cancel", "orders:filter"):
            refused = client.post(f"{ORDERS}/{operation}", json={"colour": "red"})
            assert refused.status_code == 400
            published.check(refused)


@needs_descriptions
def test_the_check_refuses_what_is_not_published(published, tmp_path):
    """The checks above can fail: a key too many, a wrong type, a wrong date, a missing key."""
    with client_of(small_book(tmp_path)) as client:
        answer = client.get(MASTER, params={"assetId": TREASURY})
        body = answer.json()
        for spoil in (
            lambda record: record.update(colour="red"),
            lambda record: record.update(couponFix=2.5),
            lambda record: record.update(maturity="31.05.2031"),
            lambda record: record["ratingSet"]["ratingRecord"][0].pop("value"),
        ):
            spoiled = deepcopy(body)
            spoil(spoiled["assetByAssetId"][TREASURY]["BND_GOVT"])
            wrong = httpx.Response(200, json=spoiled, headers=vendor_headers(answer), request=answer.request)
            with pytest.raises(ValidationError):
                published.check(wrong)


def vendor_headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("vnd.")}


def test_the_simulator_serves_a_book_file_as_a_process_of_its_own():
    command = [sys.executable, "-m", "aladdin_simulator", "--port", "0", "--scenario", str(GOLDEN)]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            url = process.stdout.readline().split()[-1]
            query = {"portGroup": "GOLDEN", "posType": "SOD+Trades"}
            answer = httpx.get(url + POSITION, params=query, headers=HEADERS)
            assert {row["portfolioName"] for row in answer.json()} == {"ACC001", "ACC002", "ACC003", "ACC004"}
        finally:
            process.terminate()


def test_a_process_without_a_book_says_why_and_ends():
    command = [sys.executable, "-m", "aladdin_simulator", "--scenario", "nothing"]
    done = subprocess.run(  # noqa: S603 - our own module
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith("unknown scenario 'nothing': use default, high_dispersion")
