from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.simulator.vendor import COMPANY, TREASURY, slice_of


@pytest.fixture
def orders(vendor):
    """Five orders, two minutes apart from 14:05:30, of two baskets; the third is canceled at 14:15:30."""
    alpha = [slice_of("ACC001", 1000)]
    beta = [slice_of("ACC002", 1000), slice_of("ACC003", 2000)]
    for basket, asset, details in (
        ("B1", TREASURY, alpha),
        ("B1", COMPANY, beta),
        ("B2", TREASURY, beta),
        ("B2", TREASURY, [slice_of("ACC004", 5000)]),
        (None, COMPANY, alpha),
    ):
        vendor.posted(assetId=asset, face=None, basketId=basket, orderDetails=details)
        vendor.now += timedelta(minutes=2)
    vendor.post("order:cancel", {"orderId": "90003"})
    return vendor


def time_range(start, end=None, day="2026-06-30"):
    """A range of minutes such as (14, 5)."""
    return {
        name: {"filterDate": day, "hour": moment[0], "minute": moment[1]}
        for name, moment in (("startTimeRange", start), ("endTimeRange", end))
        if moment
    }


@pytest.mark.parametrize(
    ("criterion", "fields", "ids"),
    [
        ("orderIdCriterion", {"ids": ["90004", "90001", "90003", "1"]}, [1, 3, 4]),
        ("externalIdCriterion", {"externalId1": "X", "accountCode": "1"}, []),
        ("basketIdCriterion", {"basketIds": ["B2"], "orderDate": "2026-06-30"}, [3, 4]),
        ("basketIdCriterion", {"basketIds": ["B1", "B2"], "orderDate": "2026-06-29"}, []),
        (
            "basketIdCriterion",
            {"basketIds": ["B1", "B2"], "portStatusOption": {"portfolioIds": ["10003"]}},
            [2],
        ),
        ("portfolioGroupCriterion", {"portfolioGroupTicker": "TOP"}, [1, 2, 4, 5]),
        ("portfolioGroupCriterion", {"portfolioGroupTicker": "ALPHA"}, [1, 2, 5]),
        ("portfolioGroupCriterion", {"portfolioGroupTicker": "ACC003"}, [2]),
        ("portfolioGroupCriterion", {"portfolioGroupTicker": "TOP", "assetIds": [COMPANY, " "]}, [2, 5]),
        ("portfolioGroupCriterion", {"portfolioGroupTicker": "TOP", "orderStatuses": ["Active"]}, []),
        (
            "portfolioModifiedTimeCriterion",
            {"portfolioGroupTicker": "TOP", "modifiedTimeRange": time_range((14, 9))},
            [3, 4, 5],
        ),
        (
            "portfolioModifiedTimeCriterion",
            {"portfolioGroupTicker": "TOP", "modifiedTimeRange": time_range((14, 6), (14, 10))},
            [2],
        ),
        (
            "portfolioModifiedTimeCriterion",
            {"portfolioId": "10004", "modifiedTimeRange": time_range((0, 0), day="2026-06-24")},
            [4],
        ),
    ],
)
def test_each_criterion_finds_its_orders(orders, criterion, fields, ids):
    assert orders.found(criterion, **fields) == [str(90_000 + number) for number in ids]


def test_the_status_says_what_was_not_found(orders):
    answer = orders.post("orders:filter", {"query": {"orderIdCriterion": {"ids": ["90001", "1", "2"]}}})
    assert answer["status"] == "2 not found, 0 hidden by permissions"
    by_key = {"externalIdCriterion": {"externalId1": "X", "accountCode": "1"}}
    assert orders.post("orders:filter", {"query": by_key}) == {
        "orders": [],
        "status": "1 not found, 0 hidden by permissions",
    }


def test_pages_follow_each_other_until_there_is_no_token(orders):
    request = {"query": {"orderIdCriterion": {"ids": [str(90_000 + n) for n in range(1, 6)]}}, "pageSize": 2}
    pages = [orders.post("orders:filter", request)]
    while token := pages[-1].get("nextPageToken"):
        pages.append(orders.post("orders:filter", request | {"pageToken": token}))
    assert [[order["id"] for order in page["orders"]] for page in pages] == [
        ["90001", "90002"],
        ["90003", "90004"],
        ["90005"],
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": {}},
        {
            "query": {
                "orderIdCriterion": {"ids": ["1"]},
                "portfolioGroupCriterion": {"portfolioGroupTicker": "TOP"},
            }
        },
        {"query": {"orderIdCriterion": {"ids": []}}},
        {"query": {"orderIdCriterion": {"ids": [90001]}}},
        {"query": {"orderIdCriterion": {"ids": ["1"], "colour": "red"}}},
        {"query": {"externalIdCriterion": {"externalId1": "X"}}},
        {"query": {"basketIdCriterion": {"basketIds": ["B1"]}}},
        {
            "query": {
                "basketIdCriterion": {
                    "basketIds": ["B1"],
                    "orderDate": "2026-06-30",
                    "portStatusOption": {"portfolioIds": ["10001"]},
                }
            }
        },
        {
            "query": {
                "portfolioGroupCriterion": {"portfolioGroupTicker": "TOP", "orderStatuses": ["Canceled"]}
            }
        },
        {"query": {"portfolioModifiedTimeCriterion": {"modifiedTimeRange": time_range((9, 0))}}},
        {"query": {"portfolioModifiedTimeCriterion": {"portfolioGroupTicker": "TOP"}}},
        {
            "query": {
                "portfolioModifiedTimeCriterion": {
                    "portfolioGroupTicker": "TOP",
                    "modifiedTimeRange": time_range((9, 0), day="2026-06-22"),
                }
            }
        },
        {
            "query": {
                "portfolioModifiedTimeCriterion": {
                    "portfolioGroupTicker": "TOP",
                    "modifiedTimeRange": time_range((14, 9), (14, 8)),
                }
            }
        },
        {"query": {"orderIdCriterion": {"ids": ["1"]}}, "pageToken": "2"},
        {"query": {"orderIdCriterion": {"ids": ["1"]}}, "pageToken": "bm9uc2Vuc2U="},
    ],
)
def test_queries_that_cannot_be_are_a_400(orders, body):
    assert orders.post("orders:filter", body, status=400)["code"] == "INVALID_ARGUMENT"


def test_orders_of_an_unknown_group_are_a_404(orders):
    query = {"portfolioGroupCriterion": {"portfolioGroupTicker": "NOBODY"}}
    assert orders.post("orders:filter", {"query": query}, status=404)["code"] == "INVALID_PORTFOLIO"
