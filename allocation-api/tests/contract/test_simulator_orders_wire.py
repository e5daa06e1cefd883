"""Orders in every state, batches and what compliance says keep the vendor's published descriptions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.contract.published import Published, SteppingClock, client_of, needs_descriptions
from tests.unit.simulator.vendor import (
    ACCOUNT_INFO,
    COMPANY,
    ORDERS,
    POSITION,
    START,
    order_body,
    slice_of,
    small_book,
)


@pytest.fixture(scope="module")
def published() -> Published:
    return Published()


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
def test_an_order_in_all_its_states(published, tmp_path):
    """Pending, open, active, partly filled, booked, canceled and expired, with its positions at each step."""
    clock = SteppingClock()
    body = {"order": order_body(expirationType="Day")}
    seen = set()
    with client_of(small_book(tmp_path), clock=clock, fill_seconds=300) as client:
        for headers in ({"X-Time-Out": "1"}, {}, {}):
            published.check(client.post(f"{ORDERS}/order:post", json=body, headers=headers))
        for second in range(0, 320, 10):
            clock.now = START + timedelta(seconds=second)
            if second == 200:
                published.check(client.post(f"{ORDERS}/order:cancel", json={"orderId": "90002"}))
            seen |= check_state(published, client)
        clock.now = START.replace(hour=23, minute=58)
        published.check(client.post(f"{ORDERS}/order:post", json=body))
        clock.now += timedelta(minutes=2)
        seen |= check_state(published, client)
    assert seen == {"Compl Pending", "Open", "Active", "Booked", "Canceled", "Expired"}


def check_state(published: Published, client: httpx.Client) -> set[str]:
    """Check all orders and positions as they are now, and return the orders' statuses."""
    query = {"orderIdCriterion": {"ids": ["90001", "90002", "90003", "90004"]}}
    answer = client.post(f"{ORDERS}/orders:filter", json={"query": query})
    published.check(answer)
    for pos_type in ("EOD", "SOD+Trades", "SOD+Trades+Orders"):
        rows = client.get(POSITION, params={"portGroup": "TOP", "posType": pos_type})
        published.check(rows)
    return {order["orderStatus"] for order in answer.json()["orders"]}


@needs_descriptions
def test_violations(published, tmp_path):
    """What compliance reports, with one slice and with several, posted and not."""
    details = [slice_of("ACC003", 4_000_000), slice_of("ACC003", 40_000_000), slice_of("ACC004", 9_000_000)]
    order = order_body(assetId=COMPANY, face=None, tradeDate="2026-06-30", orderDetails=details)
    with client_of(small_book(tmp_path)) as client:
        for what_if in (True, False):
            body = {"order": order, "postOrderConfig": {"whatIf": what_if, "runCompliance": True}}
            answer = client.post(f"{ORDERS}/order:post", json=body)
            published.check(answer)
            (result,) = answer.json()["results"]
            assert len(result["output"]["complianceViolations"]) == 2


@needs_descriptions
@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("orders:batchPost", {"orders": [order_body(), order_body(assetId="000000000")]}),
        ("orders:batchCancel", {"requests": [{"orderId": "90001"}, {"orderId": "1"}]}),
    ],
)
def test_batches_and_their_operations(published, tmp_path, operation, body):
    clock = SteppingClock()
    with client_of(small_book(tmp_path), clock=clock) as client:
        published.check(client.post(f"{ORDERS}/order:post", json={"order": order_body()}))
        begun = client.post(f"{ORDERS}/{operation}", json=body)
        published.check(begun)
        path = f"{ORDERS}/longrunningoperations/{quote(begun.json()['id'], safe='')}"
        for done in (False, True):
            answer = client.get(path)
            published.check(answer)
            assert answer.json()["done"] is done
            clock.now += timedelta(seconds=1)
        published.check_items(f"{ORDERS}/{operation}", answer.json())
        assert [sorted(item) for item in answer.json()["response"]["results"]] == [["error"], ["output"]]
        refused = client.post(f"{ORDERS}/{operation}", json={})
        assert refused.status_code == 400
        published.check(refused)


@needs_descriptions
def test_order_ids_and_account_infos(published, tmp_path):
    with client_of(small_book(tmp_path)) as client:
        client.post(f"{ORDERS}/order:post", json={"order": order_body(basketId="B1")})
        for path, body, status in (
            (f"{ORDERS}/orderIds:filter", {"query": by_group("TOP"), "pageSize": 1}, 200),
            (f"{ORDERS}/orderIds:filter", {"query": {}}, 400),
            (f"{ORDERS}/orderIds:filter", {"query": by_group("NOBODY")}, 404),
            (f"{ACCOUNT_INFO}/accountInfos:filter", {"query": {"ids": ["12345"]}}, 200),
            (f"{ACCOUNT_INFO}/accountInfos:filter", {"pageSize": 2}, 200),
            (f"{ACCOUNT_INFO}/accountInfos:filter", {"pageToken": "2"}, 400),
        ):
            answer = client.post(path, json=body)
            assert answer.status_code == status
            published.check(answer)


def by_group(ticker: str) -> dict[str, Any]:
    return {"portfolioGroupCriterion": {"portfolioGroupTicker": ticker}}
