"""Nothing that the simulator can answer is left out of what is held against the published descriptions."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from aladdin_simulator import load_book
from aladdin_simulator.book import SimulatorBook
from aladdin_simulator.wire.messages import Message
from aladdin_simulator.wire.operations import POST_ORDER, PUBLISHED, PUBLISHED_NAMES
from tests.contract.published import (
    Published,
    SteppingClock,
    client_of,
    example,
    needs_descriptions,
    writable,
)
from tests.contract.test_simulator_wire import REFUSED, every_read
from tests.unit.simulator.vendor import (
    ACCOUNT_INFO,
    CLOSE,
    COMPANY,
    FILL_SECONDS,
    ORDERS,
    POSITION,
    book_entry,
    order_body,
    slice_of,
    small_book,
)

pytestmark = needs_descriptions

IN_DETAIL = {"reservations"}
"""What the vendor takes in an order and the simulator does not: promises of credit and of paper to borrow."""


@pytest.fixture(scope="module")
def published() -> Published:
    return Published()


def full_order(published: Published) -> dict[str, Any]:
    """Return an order with every field that a client may write."""
    path = next(operation.path for operation in PUBLISHED if operation.name == POST_ORDER)
    document, _ = published.operation("POST", path)
    schemas = document["components"]["schemas"]
    order: dict[str, Any] = example(writable(schemas["v1Order"]), writable(schemas))
    (detail,) = order["orderDetails"]
    kept = {name: value for name, value in detail.items() if name not in IN_DETAIL}
    whole = {
        "portfolioReference": {"portfolioTicker": "ACC001"},
        "quantity": 500_000,
    }
    del order["id"], kept["orderDetailId"], order["assetReference"]
    return order | order_body(
        orderDetails=[kept | whole],
        expirationType="Day",
        orderDate="2026-06-30",
        tradingLimitType="Price",
        tradingLimitValue=98.75,
    )


def test_an_order_with_every_writable_field_is_taken_and_comes_back_as_it_was_sent(published, tmp_path):
    sent = full_order(published)
    with client_of(small_book(tmp_path)) as client:
        answer = client.post(f"{ORDERS}/order:post", json={"order": sent})
        published.check(answer)
        (result,) = answer.json()["results"]
        order = result["output"]["order"]
        (detail,), (sent_detail,) = order.pop("orderDetails"), sent.pop("orderDetails")
        assert sent.items() <= order.items()
        reference = {"portfolioReference": {"portfolioTicker": "ACC001", "portfolioId": "10001"}}
        assert (sent_detail | reference).items() <= detail.items()


def book_of_irregular_periods(folder: Path) -> SimulatorBook:
    """Return the small book with a first and a last coupon that do not follow from maturity and frequency."""
    book = book_entry()
    (company,) = [bond for bond in book["securities"] if bond["cusip"] == COMPANY]
    company |= {"issue_date": "2024-05-15", "first_coupon": "2024-10-15", "last_coupon": "2032-04-15"}
    file = folder / "irregular.json"
    file.write_text(json.dumps(book))
    return load_book(str(file))


def test_every_field_that_can_be_answered_is_checked(published, tmp_path):
    clock = SteppingClock()
    small, generated = small_book(tmp_path), load_book("default", as_of=CLOSE)
    for book in (small, generated, book_of_irregular_periods(tmp_path)):
        with client_of(book) as client:
            for path, query in every_read(book):
                published.check(client.get(path, params=query))
    with client_of(small, clock=clock, fill_seconds=FILL_SECONDS) as client:
        for path, query, _ in REFUSED:
            published.check(client.get(path, params=query))
        ask_for_orders(published, client, clock)
    answered = {struct for struct in messages(Message) if not struct.__struct_config__.forbid_unknown_fields}
    wanted = {name for struct in answered for name in struct.__struct_encode_fields__}
    found = set().union(*(fields for _, fields in published.checked.values()))
    assert wanted - found == set()
    assert published.checked.keys() == PUBLISHED_NAMES
    assert all(200 in statuses for statuses, _ in published.checked.values())


def ask_for_orders(published: Published, client: httpx.Client, clock: SteppingClock) -> None:
    """Post, find, batch and cancel, and look at the positions while orders fill."""
    too_much = [slice_of("ACC003", 40_000_000), slice_of("ACC004", 9_000_000)]
    orders = [
        full_order(published),
        order_body(assetId=COMPANY, face=None, tradeDate="2026-06-30", orderDetails=too_much),
        order_body(assetId="000000000"),
    ]
    for order in orders:
        published.check(client.post(f"{ORDERS}/order:post", json={"order": order}))
    by_group = {"query": {"portfolioGroupCriterion": {"portfolioGroupTicker": "TOP"}}, "pageSize": 1}
    for _ in range(FILL_SECONDS // 10):
        clock.now += timedelta(seconds=10)
        published.check(client.post(f"{ORDERS}/orders:filter", json=by_group))
        rows = client.get(POSITION, params={"portGroup": "TOP", "posType": "SOD+Trades+Orders"})
        published.check(rows)
    published.check(client.post(f"{ORDERS}/order:post", json={"order": order_body()}))
    published.check(client.post(f"{ORDERS}/order:cancel", json={"orderId": "90003"}))
    for operation, body in (
        ("orders:batchPost", {"orders": orders}),
        ("orders:batchCancel", {"requests": [{"orderId": "90004"}, {"orderId": "1"}]}),
    ):
        begun = client.post(f"{ORDERS}/{operation}", json=body)
        published.check(begun)
        if operation == "orders:batchPost":
            published.check(client.post(f"{ORDERS}/orderIds:filter", json=by_group))
        clock.now += timedelta(seconds=2)
        path = f"{ORDERS}/longrunningoperations/{quote(begun.json()['id'], safe='')}"
        ended = client.get(path)
        published.check(ended)
        published.check_items(f"{ORDERS}/{operation}", ended.json())
    published.check(client.post(f"{ACCOUNT_INFO}/accountInfos:filter", json={"pageSize": 1}))


def messages(base: type[Message]) -> set[type[Message]]:
    """Return all messages that there are."""
    below = set(base.__subclasses__())
    return below.union(*(messages(each) for each in below))
