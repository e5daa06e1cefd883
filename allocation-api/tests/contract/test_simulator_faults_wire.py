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
from aladdin_simulator.wire.operations import PUBLISHED
from tests.contract.published import HOST, Published, needs_descriptions
from tests.unit.simulator.vendor import (
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
]
WRITES: list[tuple[str, dict[str, Any]]] = [
    ("order:post", {"order": order_body()}),
    ("order:cancel", {"orderId": "90001"}),
    ("orders:batchPost", {"orders": [order_body()]}),
    ("orders:batchCancel", {"requests": [{"orderId": "90001"}]}),
    ("orders:filter", {"query": {"orderIdCriterion": {"ids": ["90001"]}}}),
    ("orderIds:filter", {"query": {"portfolioGroupCriterion": {"portfolioGroupTicker": "TOP"}}}),
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
        got += [client.post(f"{ORDERS}/{path}", json=body) for path, body in WRITES]
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
def test_what_a_fault_answers_is_published(tmp_path, published, fault):
    for answer in answers(tmp_path, fault):
        published.check(answer)


def test_a_throttled_order_operation_answers_as_published(tmp_path, published):
    for answer in answers(tmp_path, Status(operation="*", status=429, retry_after=1)):
        if answer.request.url.path.startswith(ORDERS):
            assert answer.status_code == 429
            published.check(answer)


def test_every_operation_has_its_published_name(published):
    for operation in PUBLISHED:
        path = operation.path.replace("<path:", "<").replace("<", "").replace(">", "")
        assert published.operation(operation.method, path)[1]["operationId"] == operation.name
