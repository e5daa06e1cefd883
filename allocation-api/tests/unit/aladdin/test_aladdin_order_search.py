"""Finding orders again: by their id, by ours, by group; page by page."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from app.core.errors import InvalidRequest
from app.services.aladdin.errors import VendorFailed, VendorUnexpected
from app.services.aladdin.vendor_orders import MAX_PAGES
from tests.unit.aladdin.fake_vendor import FILTER, FakeVendor, json_answer
from tests.unit.aladdin.order_samples import page, stored


def test_orders_are_found_by_id_with_their_progress(vendor: FakeVendor) -> None:
    vendor.answers(FILTER, page(stored()))
    (order,) = vendor.orders().orders(["90001", "90001", "90002"])
    assert (order.filled_face, order.average_price) == (Decimal(1000000), Decimal("98.8"))
    assert [part.booked_face for part in order.slices] == [Decimal(600000), Decimal(400000)]
    assert order.modified_at == datetime(2025, 6, 5, 13, 45, tzinfo=UTC)
    query = {"orderIdCriterion": {"ids": ["90001", "90002"]}}
    assert vendor.bodies(FILTER) == [{"query": query, "pageSize": 4000}]


def test_more_ids_than_one_search_takes_are_searched_for_in_several(vendor: FakeVendor) -> None:
    """The vendor takes 30,000 ids at most."""
    vendor.answers(FILTER, page(stored()), page(stored(id="120001")))
    found = vendor.orders().orders([str(number) for number in range(90_001, 120_002)])
    assert [order.order_id for order in found] == ["90001", "120001"]
    assert [len(body["query"]["orderIdCriterion"]["ids"]) for body in vendor.bodies(FILTER)] == [30_000, 1]


def test_an_order_is_found_by_our_own_id(vendor: FakeVendor) -> None:
    ours = {"accountCode": "12345", "externalId1": "ALLOC-7f3c2d10-1"}
    vendor.answers(FILTER, page(stored(externalOrderReference=ours)))
    order = vendor.orders().order_by_external_id("ALLOC-7f3c2d10-1")
    assert order is not None
    assert order.order_id == "90001"
    criterion = {"externalId1": "ALLOC-7f3c2d10-1", "accountCode": "12345"}
    assert vendor.bodies(FILTER)[0]["query"] == {"externalIdCriterion": criterion}


def test_no_order_under_our_id_is_none(vendor: FakeVendor) -> None:
    vendor.answers(FILTER, {})
    assert vendor.orders().order_by_external_id("ALLOC-1") is None


def test_two_orders_under_our_id_are_an_error_that_names_them(vendor: FakeVendor) -> None:
    vendor.answers(FILTER, page(stored(id="90002"), stored()))
    with pytest.raises(VendorUnexpected, match="90001, 90002") as caught:
        vendor.orders().order_by_external_id("ALLOC-1")
    assert caught.value.extra["order_ids"] == ["90001", "90002"]


def test_live_orders_of_groups_come_once_each(vendor: FakeVendor) -> None:
    found = {"G1": page(stored(), stored(id="90002")), "G2": page(stored(), stored(id="90003"))}

    def answer(request: httpx.Request) -> httpx.Response:
        criterion = json.loads(request.content)["query"]["portfolioGroupCriterion"]
        return json_answer(found[criterion["portfolioGroupTicker"]])

    vendor.replies(FILTER, answer)
    orders = vendor.orders().orders_of_groups(["G1", "G2"], statuses=["Open"], security_ids=["999999AA3"])
    assert [order.order_id for order in orders] == ["90001", "90002", "90003"]
    sent = [body["query"] for body in vendor.bodies(FILTER)]
    assert sorted(sent, key=str) == [
        {
            "portfolioGroupCriterion": {
                "portfolioGroupTicker": ticker,
                "orderStatuses": ["Open"],
                "assetIds": ["999999AA3"],
            }
        }
        for ticker in ("G1", "G2")
    ]


def test_pages_are_followed_with_everything_else_the_same(vendor: FakeVendor) -> None:
    vendor.answers(FILTER, page(stored(), nextPageToken="p2"), page(stored(id="90002"), nextPageToken=""))
    assert [order.order_id for order in vendor.orders().orders(["90001", "90002"])] == ["90001", "90002"]
    first, second = vendor.bodies(FILTER)
    assert second == first | {"pageToken": "p2"}


def test_a_page_that_leads_to_itself_is_an_error(vendor: FakeVendor) -> None:
    vendor.answers(FILTER, page(nextPageToken="p2"))
    with pytest.raises(VendorUnexpected, match="same page"):
        vendor.orders().orders(["90001"])
    assert len(vendor.requests) == 2


@pytest.mark.parametrize("tokens", [["p1", "p2"], [f"p{n}" for n in range(1000)]], ids=["circle", "endless"])
def test_pages_without_an_end_are_an_error(vendor: FakeVendor, tokens: list[str]) -> None:
    vendor.answers(FILTER, *(page(nextPageToken=token) for token in [*tokens, *tokens]))
    with pytest.raises(VendorUnexpected, match="FilterOrders"):
        vendor.orders().orders(["90001"])
    assert len(vendor.requests) <= MAX_PAGES


@pytest.mark.parametrize("reference", [None, {"accountCode": "12345", "externalId1": "ALLOC-2"}])
def test_an_order_that_is_not_shown_to_be_ours_is_not_adopted(
    vendor: FakeVendor, reference: dict[str, str] | None
) -> None:
    vendor.answers(FILTER, page(stored(externalOrderReference=reference)))
    with pytest.raises(VendorUnexpected) as caught:
        vendor.orders().order_by_external_id("ALLOC-1")
    assert caught.value.extra == {"external_id": "ALLOC-1", "order_ids": ["90001"]}


def test_a_search_that_the_vendor_fails_is_no_unknown_order(vendor: FakeVendor) -> None:
    vendor.answers(FILTER, "", status=500)
    with pytest.raises(VendorFailed):
        vendor.orders().orders(["90001"])


@pytest.mark.parametrize("order", [{"orderStatus": "Open"}, {"id": "90001", "face": "much"}])
def test_an_order_that_cannot_be_read_is_unexpected(vendor: FakeVendor, order: dict[str, Any]) -> None:
    vendor.answers(FILTER, page(order))
    with pytest.raises(VendorUnexpected):
        vendor.orders().orders(["90001"])


NEW_YORK = ZoneInfo("America/New_York")


def test_orders_of_baskets_are_of_one_day(vendor: FakeVendor) -> None:
    vendor.answers(FILTER, page(stored()))
    found = vendor.orders().orders_of_baskets(["B-1", "B-2", "B-1"], date(2025, 6, 5))
    assert [order.order_id for order in found] == ["90001"]
    criterion = {"basketIds": ["B-1", "B-2"], "orderDate": "2025-06-05"}
    assert vendor.bodies(FILTER)[0]["query"] == {"basketIdCriterion": criterion}


def test_orders_modified_are_asked_for_in_whole_minutes_of_the_server_s_clock(vendor: FakeVendor) -> None:
    vendor.answers(FILTER, page(stored()))
    since = datetime(2025, 6, 5, 3, 59, 59, tzinfo=UTC)
    until = datetime(2025, 6, 5, 4, 0, 1, tzinfo=UTC)
    (order,) = vendor.orders().orders_modified(["G"], since=since, until=until, zone=NEW_YORK)
    assert order.order_id == "90001"
    # UTC less four hours; the start goes back to a full minute, the end forward.
    times = {
        "startTimeRange": {"filterDate": "2025-06-04", "hour": 23, "minute": 59},
        "endTimeRange": {"filterDate": "2025-06-05", "hour": 0, "minute": 1},
    }
    criterion = {"portfolioGroupTicker": "G", "modifiedTimeRange": times}
    assert vendor.bodies(FILTER)[0]["query"] == {"portfolioModifiedTimeCriterion": criterion}


def test_orders_modified_up_to_now_have_no_end(vendor: FakeVendor) -> None:
    vendor.answers(FILTER, page(stored()))
    vendor.orders().orders_modified(["G", "H"], since=datetime(2025, 6, 5, 13, 30, tzinfo=UTC), zone=UTC)
    queries = [body["query"]["portfolioModifiedTimeCriterion"] for body in vendor.bodies(FILTER)]
    start = {"filterDate": "2025-06-05", "hour": 13, "minute": 30}
    assert [q["modifiedTimeRange"] for q in queries] == [{"startTimeRange": start}] * 2
    assert sorted(q["portfolioGroupTicker"] for q in queries) == ["G", "H"]


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"since": datetime(2025, 6, 5)}, "since"),  # noqa: DTZ001
        ({"since": datetime(2025, 6, 5, tzinfo=UTC), "until": datetime(2025, 6, 6)}, "until"),  # noqa: DTZ001
        ({"since": datetime(2025, 6, 5, tzinfo=UTC), "until": datetime(2025, 6, 5, tzinfo=UTC)}, "until"),
    ],
)
def test_a_range_that_is_none_is_refused_by_its_field(
    vendor: FakeVendor, times: dict[str, datetime], field: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        vendor.orders().orders_modified(["G"], **times, zone=UTC)
    assert [error.field for error in caught.value.errors] == [field]
    assert vendor.requests == []


def test_several_groups_are_searched_side_by_side(vendor: FakeVendor) -> None:
    together = Barrier(3)

    def answer(_request: httpx.Request) -> httpx.Response:
        together.wait(30)
        return json_answer(page())

    vendor.replies(FILTER, answer)
    assert vendor.orders().orders_of_groups(["G1", "G2", "G3"]) == ()


@pytest.mark.parametrize("status", ["0 not found, 1 hidden by permissions", "12 hidden by permissions"])
def test_an_order_that_may_be_hidden_from_us_is_not_taken_for_absent(vendor: FakeVendor, status: str) -> None:
    """Who is told that there is none sends it again."""
    vendor.answers(FILTER, page(status=status))
    with pytest.raises(VendorUnexpected, match="hidden"):
        vendor.orders().order_by_external_id("ALLOC-1")
