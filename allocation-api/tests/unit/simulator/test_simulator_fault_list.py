"""Which requests faults hit, how faults are told to the simulator, and the counts of what came in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from aladdin_simulator import FaultError, WireCutError
from aladdin_simulator.front import fault_kinds
from aladdin_simulator.front.fault_kinds import KINDS, Latency, Status
from aladdin_simulator.wire.operations import NAMES, PUBLISHED_NAMES, TOKEN_PATH
from tests.unit.simulator.faulty_vendor import IDS, POST, FaultyVendor
from tests.unit.simulator.vendor import HEADERS, RATINGS, order_body

HTTP_DATE = "Tue, 30 Jun 2026 14:06:00 GMT"


@pytest.fixture
def vendor(tmp_path) -> FaultyVendor:
    return FaultyVendor(tmp_path)


def test_a_fault_hits_as_often_as_it_was_told_after_letting_some_pass(vendor):
    vendor.inject("status", status=503, times=2, after=1)
    assert [vendor.positions().status_code for _ in range(5)] == [200, 503, 503, 200, 200]


def test_a_fault_without_times_hits_until_it_is_deleted(vendor):
    vendor.inject("status", status=500)
    assert {vendor.positions().status_code for _ in range(4)} == {500}
    assert vendor.client.delete("/simulator/faults").get_json() == []
    assert vendor.positions().status_code == 200


def test_a_fault_hits_its_own_operation_alone(vendor):
    vendor.inject("status", "getRatings", status=500)
    assert vendor.positions().status_code == 200
    assert vendor.client.get(RATINGS, query_string={"assetId": IDS}, headers=HEADERS).status_code == 500


def test_a_star_hits_every_published_operation_but_not_the_token_endpoint(vendor):
    vendor.inject("status", "*", status=500)
    assert vendor.positions().status_code == 500
    assert vendor.post_order().status_code == 500
    assert vendor.client.post(TOKEN_PATH).status_code == 400
    vendor.inject("status", "token", status=502)
    assert vendor.client.post(TOKEN_PATH).status_code == 502


def test_a_request_meets_faults_in_order_until_one_answers(vendor):
    vendor.put(
        {"operation": "*", "kind": "latency", "seconds": 2},
        {"operation": "getPositions", "kind": "status", "status": 429, "times": 1},
        {"operation": "getPositions", "kind": "status", "status": 503, "times": 1},
    )
    assert [vendor.positions().status_code for _ in range(3)] == [429, 503, 200]
    assert vendor.pauses == [2, 2, 2]


def test_under_concurrency_exactly_as_many_requests_are_hit(vendor):
    vendor.inject("status", status=503, times=3, after=4)
    with ThreadPoolExecutor(16) as pool:
        statuses = [each.status_code for each in pool.map(lambda _: vendor.positions(), range(64))]
    assert (statuses.count(503), statuses.count(200)) == (3, 61)
    assert vendor.counts("getPositions") == {
        "received": 64,
        "answered": 61,
        "failed_by_fault": 3,
        "faults": {"status": 3},
        "orders_taken": None,
    }


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({"operation": "getPositions", "kind": "nonsense"}, "kind"),
        ({"operation": "getPositions"}, "kind"),
        ({"kind": "reset_before"}, "operation"),
        ({"operation": "getPosition", "kind": "reset_before"}, "operation"),
        ({"operation": "getPositions", "kind": "item_error", "code": 3}, "operation"),
        ({"operation": "token", "kind": "expired_token"}, "operation"),
        ({"operation": "*", "kind": "latency"}, "seconds"),
        ({"operation": "*", "kind": "latency", "seconds": "1"}, "seconds"),
        ({"operation": "*", "kind": "latency", "seconds": -1}, "seconds"),
        ({"operation": "*", "kind": "latency", "seconds": 1, "minutes": 2}, "minutes"),
        ({"operation": "*", "kind": "reset_after", "times": 0}, "times"),
        ({"operation": "*", "kind": "reset_after", "after": -1}, "after"),
        ({"operation": "*", "kind": "status", "status": 200}, "status"),
        ({"operation": "*", "kind": "status", "status": 599}, "status"),
        ({"operation": "*", "kind": "status", "status": 429, "retry_after": "soon"}, "retry_after"),
        ({"operation": "*", "kind": "status", "status": 429, "retry_after": -1}, "retry_after"),
        (
            {"operation": "*", "kind": "status", "status": 429, "retry_after": f"{HTTP_DATE}\r\nX-Other: 1"},
            "retry_after",
        ),
        ({"operation": "*", "kind": "not_json", "status": 404}, "status"),
        ({"operation": "*", "kind": "item_error", "code": 17}, "code"),
        ({"operation": "*", "kind": "missing_ids", "ids": []}, "ids"),
        ({"operation": "*", "kind": "stale_risk_date", "days": 0}, "days"),
    ],
)
def test_a_fault_that_cannot_be_meant_is_a_400_that_names_the_field(vendor, fault, named):
    vendor.inject("reset_before", "getRatings")
    answer = vendor.put({"operation": "*", "kind": "reset_before"}, fault)
    assert answer.status_code == 400
    assert answer.get_json()["code"] == "INVALID_FAULT"
    assert named in answer.get_json()["message"]
    (kept,) = vendor.client.get("/simulator/faults").get_json()
    assert kept["fault"]["operation"] == "getRatings"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff", b"{}"])
def test_a_body_that_is_no_fault_is_a_400(vendor, body):
    assert vendor.client.put("/simulator/faults", data=body).status_code == 400
    assert vendor.client.post("/simulator/faults", data=body).status_code == 400


def test_faults_are_appended_and_listed_with_their_hits(vendor):
    vendor.inject("latency", seconds=1)
    more = {"operation": POST, "kind": "status", "status": 500, "times": 2}
    vendor.client.post("/simulator/faults", json=more)
    vendor.positions()
    listed = vendor.client.get("/simulator/faults").get_json()
    assert [(each["fault"]["kind"], each["hits"]) for each in listed] == [("latency", 1), ("status", 0)]
    assert vendor.put(*(each["fault"] for each in listed)).status_code == 200


def test_faults_in_python_are_the_same(vendor):
    faults = vendor.simulator.faults
    faults.replace([Latency(operation="*", seconds=1), Status(operation="getPositions", status=503, times=1)])
    assert [vendor.positions().status_code for _ in range(2)] == [503, 200]
    assert [state.hits for state in faults.listed()] == [2, 1]
    faults.clear()
    faults.append(Status(operation="getPositions", status=500))
    assert vendor.positions().status_code == 500


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Latency(operation="*", seconds=-1), "seconds"),
        (lambda: Latency(operation="*", seconds="1"), "seconds"),
        (lambda: Latency(operation="nothing", seconds=1), "operation"),
    ],
)
def test_faults_in_python_are_checked_too(vendor, make, named):
    with pytest.raises(FaultError, match=named):
        vendor.simulator.faults.append(make())
    assert vendor.simulator.faults.listed() == []


def test_faults_may_be_in_force_from_the_start(tmp_path):
    vendor = FaultyVendor(tmp_path, faults=[Status(operation="*", status=500, times=1)])
    assert [vendor.positions().status_code for _ in range(2)] == [500, 200]


def test_the_help_names_every_kind_and_operation(vendor):
    text = vendor.client.get("/simulator/").text
    assert [word for word in (*KINDS, *NAMES) if word not in text] == []
    assert len(KINDS) == 15


def test_an_unknown_admin_path_or_method_is_refused(vendor):
    assert vendor.client.get("/simulator/nothing").status_code == 404
    assert vendor.client.patch("/simulator/faults").status_code == 405


def test_every_kind_can_hit_something_published():
    kinds = fault_kinds.AnyFault.__args__
    assert [kind for kind in kinds if not kind.hits & PUBLISHED_NAMES] == []


def test_orders_really_taken_are_counted(vendor):
    vendor.post_order()
    vendor.post_order(whatIf=True)
    assert vendor.refusal(assetId="NOTHING")[0] == 3
    vendor.post("orders:batchPost", {"orders": [order_body(), order_body(assetId="NOTHING"), order_body()]})
    vendor.post("order:cancel", {"orderId": "90001"})
    vendor.post("order:cancel", {"orderId": "1"})
    operations = vendor.client.get("/simulator/requests").get_json()["operations"]
    taken = {name: (count["received"], count["orders_taken"]) for name, count in operations.items()}
    assert taken == {
        POST: (3, 1),
        "OrderAPI_BatchPostOrders": (1, 2),
        "OrderAPI_CancelOrder": (2, 1),
    }


def test_orders_are_listed_in_brief(vendor):
    vendor.posted(externalOrderReference={"accountCode": "7", "externalId1": "A-1"})
    vendor.posted()
    vendor.post("order:cancel", {"orderId": "90002"})
    assert vendor.orders() == [
        {"id": "90001", "externalId1": "A-1", "status": "Open", "face": 500_000},
        {"id": "90002", "externalId1": None, "status": "Canceled", "face": 500_000},
    ]


def test_the_last_requests_are_kept_without_what_they_said(vendor):
    vendor.inject("reset_after", times=1)
    with pytest.raises(WireCutError):
        vendor.positions()
    vendor.client.get("/api/nothing", headers={"Authorization": "Bearer hidden"})
    report = vendor.client.get("/simulator/requests")
    assert report.get_json()["last"] == [
        {
            "operation": "getPositions",
            "request_id": HEADERS["VND.com.blackrock.Request-ID"],
            "status": None,
            "faults": ["reset_after"],
        },
        {"operation": "unknown", "request_id": None, "status": 404, "faults": []},
    ]
    assert "hidden" not in report.text


def test_counts_are_forgotten_on_demand(vendor):
    vendor.positions()
    assert vendor.client.delete("/simulator/requests").get_json() == {"operations": {}, "last": []}
    vendor.positions()
    assert vendor.counts("getPositions")["received"] == 1
