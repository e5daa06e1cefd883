"""The operations are the vendor's own, and an answer that a fault makes is one that the vendor publishes.

Faults that are there to break the wire are not meant.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from aladdin_simulator import create_simulator
from aladdin_simulator.front.fault_kinds import (
    EmptyResults,
    ExpiredToken,
    ItemError,
    ItemFaults,
    MissingIds,
    StaleRiskDate,
    Status,
    WireFault,
)
from aladdin_simulator.wire.operations import PUBLISHED, PUBLISHED_NAMES
from tests.contract.published import HOST, Published, needs_descriptions
from tests.unit.simulator.vendor import (
    ACCOUNT_INFO,
    ASSETS,
    COMPANY,
    GROUPS,
    HEADERS,
    MASTER,
    ORDERS,
    POSITION,
    RATINGS,
    TREASURY,
    order_body,
    small_book,
)

pytestmark = needs_descriptions

IDS = {"assetId": f"{TREASURY},{COMPANY},NOTHING"}
READS: list[tuple[str, dict[str, str]]] = [
    (f"{GROUPS}/TOP/node", {}),
    (f"{GROUPS}/TOP/members", {}),
    (POSITION, {"portGroup": "TOP", "posType": "SOD"}),
    (MASTER, IDS),
    (RATINGS, IDS),
    (MASTER.replace("security-master", "coupons"), IDS),
    (MASTER.replace("security-master", "factors"), IDS),
    (ASSETS, IDS),
    (f"{ORDERS}/longrunningoperations/op-1", {}),
    (f"{ACCOUNT_INFO}/accountInfos:search", {"search": "service"}),
    *((f"{GROUPS}/TOP/{what}", {}) for what in ("parents", "ancestors")),
    *((f"{GROUPS}/TOP/is{what}/TOP", {}) for what in ("ChildOf", "ParentOf", "DescendantOf", "AncestorOf")),
]
POSTS: list[tuple[str, dict[str, Any]]] = [
    (f"{ORDERS}/order:post", {"order": order_body()}),
    (f"{ORDERS}/order:cancel", {"orderId": "90001"}),
    (f"{ORDERS}/orders:batchPost", {"orders": [order_body()]}),
    (f"{ORDERS}/orders:batchCancel", {"requests": [{"orderId": "90001"}]}),
    (f"{ORDERS}/orders:filter", {"query": {"orderIdCriterion": {"ids": ["90001"]}}}),
    (f"{ORDERS}/orderIds:filter", {"query": {"portfolioGroupCriterion": {"portfolioGroupTicker": "TOP"}}}),
    (f"{ACCOUNT_INFO}/accountInfos:filter", {}),
]


@pytest.fixture(scope="module")
def published() -> Published:
    return Published()


def answers(folder: Path, fault: WireFault) -> list[httpx.Response]:
    """Ask for everything once while a fault is in force."""
    simulator = create_simulator(small_book(folder), faults=[fault])
    transport = httpx.WSGITransport(app=simulator)
    with httpx.Client(transport=transport, base_url=HOST, headers=HEADERS) as client:
        got = [client.get(path, params=params) for path, params in READS]
        got += [client.post(path, json=body) for path, body in POSTS]
    assert simulator.faults.listed()[0].hits > 0
    return got


@pytest.mark.parametrize(
    "fault",
    [
        Status(operation="*", status=400),
        Status(operation="*", status=403),
        Status(operation="*", status=404),
        ExpiredToken(operation="*"),
        ItemError(operation="*", code=14),
        EmptyResults(operation="*"),
        MissingIds(operation="*", ids=(TREASURY, "NOTHING")),
        ItemFaults(operation="*", ids=(COMPANY,)),
        StaleRiskDate(operation="*", days=4),
    ],
    ids=lambda fault: f"{fault.kind}-{getattr(fault, 'status', '')}",
)
def test_what_a_fault_answers_is_published(tmp_path, fault):
    published = Published()
    for answer in answers(tmp_path, fault):
        published.check(answer)
    assert published.checked.keys() == PUBLISHED_NAMES


def test_a_throttled_operation_answers_as_published(tmp_path, published):
    """Only two of the APIs say that they throttle."""
    for answer in answers(tmp_path, Status(operation="*", status=429, retry_after=1)):
        assert answer.status_code == 429
        if answer.request.url.path.startswith((ORDERS, ACCOUNT_INFO)):
            published.check(answer)


def test_every_operation_has_its_published_name(published):
    for operation in PUBLISHED:
        path = operation.path.replace("<path:", "<").replace("<", "").replace(">", "")
        assert published.operation(operation.method, path)[1]["operationId"] == operation.name
