from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.simulator.vendor import COMPANY, HEADERS, ORDERS, TREASURY, order_body, slice_of

NOT_FOUND, INVALID, WRONG_STATE = 5, 3, 9


def poll(vendor, operation, *, status=200):
    return vendor.get(f"{ORDERS}/longrunningoperations/{operation['id']}", status=status)


def results(vendor, operation):
    """Wait and return the results of an operation."""
    vendor.now += timedelta(seconds=1)
    done = poll(vendor, operation)
    assert (done["id"], done["done"]) == (operation["id"], True)
    return done["response"]


def order_with(number: int, **fields):
    reference = {"accountCode": "12345", "externalId1": f"E{number}"}
    return order_body(externalOrderReference=reference, **fields)


def test_a_batch_is_done_after_a_moment_and_its_results_come_in_another_order(vendor):
    body = {"orders": [order_with(1), order_with(2, assetId="000000000"), order_with(3, assetId=COMPANY)]}
    operation = vendor.post("orders:batchPost", body)
    assert (operation["done"], "response" in operation) == (False, False)
    assert poll(vendor, operation) == operation
    response = results(vendor, operation)
    third, second, first = response["results"]
    assert response["@type"] == "BatchPostOrdersResponse"
    assert second == {"error": {"code": INVALID, "message": "assetId: '000000000' is not known"}}
    assert [
        (each["output"]["order"]["id"], each["output"]["order"]["externalOrderReference"]["externalId1"])
        for each in (first, third)
    ] == [("90001", "E1"), ("90002", "E3")]


def test_the_orders_of_a_batch_are_there_before_it_is_done(vendor):
    vendor.post("orders:batchPost", {"orders": [order_with(1)]})
    assert vendor.found("externalIdCriterion", externalId1="E1", accountCode="12345") == ["90001"]


def test_the_config_holds_for_every_order_of_a_batch(vendor):
    body = {"orders": [order_with(1), order_with(2)], "postOrderConfig": {"whatIf": True}}
    for each in results(vendor, vendor.post("orders:batchPost", body))["results"]:
        assert "id" not in each["output"]["order"]
    assert vendor.found("portfolioGroupCriterion", portfolioGroupTicker="TOP") == []


def test_compliance_judges_and_times_out_in_batches_too(vendor):
    large = order_with(1, assetId=COMPANY, face=None, orderDetails=[slice_of("ACC003", 50_000_000)])
    (judged,) = results(vendor, vendor.post("orders:batchPost", {"orders": [large]}))["results"]
    assert judged["output"]["complianceViolations"][0]["ruleId"] == "MAX_ISSUER_WEIGHT"
    vendor.compliance_times_out = True
    (pending,) = results(vendor, vendor.post("orders:batchPost", {"orders": [large]}))["results"]
    assert pending["output"]["order"]["orderStatus"] == "Compl Pending"
    assert "complianceViolations" not in pending["output"]


def test_a_batch_of_cancellations(vendor):
    for number in (1, 2):
        vendor.posted(externalOrderReference={"accountCode": "12345", "externalId1": f"E{number}"})
    requests = [
        {"orderId": "90001"},
        {"externalReference": {"accountCode": "12345", "externalId1": "E2"}},
        {"orderId": "90001"},
        {"orderId": "1"},
    ]
    response = results(vendor, vendor.post("orders:batchCancel", {"requests": requests}))
    unknown, again, second, first = response["results"]
    assert response["@type"] == "BatchCancelOrdersResponse"
    assert [(each["output"]["id"], each["output"]["orderStatus"]) for each in (first, second)] == [
        ("90001", "Canceled"),
        ("90002", "Canceled"),
    ]
    assert [each["error"]["code"] for each in (again, unknown)] == [WRONG_STATE, NOT_FOUND]


def test_results_do_not_change_with_the_orders(vendor):
    operation = vendor.post("orders:batchPost", {"orders": [order_with(1)]})
    response = results(vendor, operation)
    vendor.post("order:cancel", {"orderId": "90001"})
    assert poll(vendor, operation)["response"] == response


def test_the_id_of_an_operation_holds_a_slash_that_may_be_quoted(vendor):
    operation = vendor.post("orders:batchPost", {"orders": [order_with(1)]})
    quoted = operation["id"].replace("/", "%2F")
    answer = vendor.client.get(f"{ORDERS}/longrunningoperations/{quoted}", headers=HEADERS)
    assert (answer.json, "/" in operation["id"]) == (operation, True)


def test_an_unknown_operation_is_a_404(vendor):
    assert poll(vendor, {"id": "operations/1"}, status=404)["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("orders:batchPost", {}),
        ("orders:batchPost", {"orders": []}),
        ("orders:batchPost", {"orders": [order_body()] * 1001}),
        ("orders:batchPost", {"orders": [order_body(colour="red")]}),
        ("orders:batchPost", {"orders": [order_body()], "postOrderConfig": {}}),
        ("orders:batchCancel", {"requests": []}),
        ("orders:batchCancel", {"requests": [{"orderId": "1"}] * 501}),
        ("orderIds:filter", {}),
        ("orderIds:filter", {"query": {}}),
        ("orderIds:filter", {"query": {"orderIdCriterion": {"ids": ["90001"]}}}),
        ("orderIds:filter", {"query": {"basketIdCriterion": {"basketIds": ["B1"]}}}),
    ],
)
def test_what_cannot_be_read_is_a_400_and_posts_nothing(vendor, operation, body):
    assert vendor.post(operation, body, status=400)["code"] == "INVALID_ARGUMENT"
    assert vendor.found("portfolioGroupCriterion", portfolioGroupTicker="TOP") == []


def test_the_largest_batches_are_taken(vendor):
    order = order_body(face=None, orderDetails=[slice_of("ACC001", 1000)])
    posted = results(vendor, vendor.post("orders:batchPost", {"orders": [order] * 1000}))["results"]
    ids = [each["output"]["order"]["id"] for each in posted]
    assert ids == [str(91_000 - number) for number in range(1000)]
    requests = [{"orderId": order_id} for order_id in ids[:500]]
    canceled = results(vendor, vendor.post("orders:batchCancel", {"requests": requests}))["results"]
    assert [each["output"]["id"] for each in canceled] == ids[:500][::-1]


# --- ids alone ----------------------------------------------------------------------------------------------


def ids_of(vendor, **body):
    return vendor.post("orderIds:filter", body)


def test_ids_are_found_by_basket_and_by_group(vendor):
    for basket, account in (("B1", "ACC001"), ("B1", "ACC003"), ("B2", "ACC004")):
        vendor.posted(basketId=basket, face=None, orderDetails=[slice_of(account, 1000)])
    by_basket = {"basketIdCriterion": {"basketIds": ["B1"], "orderDate": "2026-06-30"}}
    assert ids_of(vendor, query=by_basket) == {
        "orderIds": ["90001", "90002"],
        "status": "0 not found, 0 hidden by permissions",
    }
    by_group = {"portfolioGroupCriterion": {"portfolioGroupTicker": "BETA", "assetIds": [TREASURY]}}
    assert ids_of(vendor, query=by_group)["orderIds"] == ["90002"]
    vendor.post("order:cancel", {"orderId": "90002"})
    assert ids_of(vendor, query=by_group)["orderIds"] == []


def test_ids_come_page_by_page(vendor):
    for _ in range(5):
        vendor.posted()
    request = {"query": {"portfolioGroupCriterion": {"portfolioGroupTicker": "TOP"}}, "pageSize": 2}
    pages = [ids_of(vendor, **request)]
    while token := pages[-1].get("nextPageToken"):
        pages.append(ids_of(vendor, **request, pageToken=token))
    assert [page["orderIds"] for page in pages] == [["90001", "90002"], ["90003", "90004"], ["90005"]]
