"""Faults on demand, one kind after the other, and the counts of what came in."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from werkzeug.test import TestResponse

from aladdin_simulator import FaultError, WireCutError
from aladdin_simulator.front import fault_kinds
from aladdin_simulator.front.fault_kinds import KINDS, Latency, Status
from aladdin_simulator.wire.operations import NAMES, PUBLISHED_NAMES, TOKEN_PATH
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
    Vendor,
    order_body,
    small_book,
)

QUERY = {"portGroup": "TOP", "posType": "SOD"}
IDS = f"{TREASURY},{COMPANY},NOTHING"
POST = "OrderAPI_PostOrder"
RETRY_DATE = "Tue, 30 Jun 2026 14:06:00 GMT"


@pytest.fixture
def vendor(tmp_path) -> Vendor:
    return Vendor(small_book(tmp_path), admin=True)


def put(vendor: Vendor, *faults: dict[str, Any]) -> TestResponse:
    return vendor.client.put("/simulator/faults", json=list(faults))


def inject(vendor: Vendor, kind: str, operation: str = "getPositions", **parameters: Any) -> None:
    answer = put(vendor, {"operation": operation, "kind": kind, **parameters})
    assert answer.status_code == 200, answer.text


def positions(vendor: Vendor) -> TestResponse:
    return vendor.client.get(POSITION, query_string=QUERY, headers=HEADERS)


def post_order(vendor: Vendor, **config: Any) -> TestResponse:
    body = {"order": order_body()} | ({"postOrderConfig": config} if config else {})
    return vendor.client.post(f"{ORDERS}/order:post", json=body, headers=HEADERS)


def lookup(vendor: Vendor, path: str) -> dict[str, Any]:
    return vendor.get(path, assetId=IDS)


def orders(vendor: Vendor) -> list[dict[str, Any]]:
    return vendor.client.get("/simulator/orders").get_json()


def counts(vendor: Vendor, operation: str) -> dict[str, Any]:
    return vendor.client.get("/simulator/requests").get_json()["operations"][operation]


# --- which requests are hit


def test_a_fault_hits_as_often_as_it_was_told_after_letting_some_pass(vendor):
    inject(vendor, "status", status=503, times=2, after=1)
    assert [positions(vendor).status_code for _ in range(5)] == [200, 503, 503, 200, 200]


def test_a_fault_without_times_hits_until_it_is_deleted(vendor):
    inject(vendor, "status", status=500)
    assert {positions(vendor).status_code for _ in range(4)} == {500}
    assert vendor.client.delete("/simulator/faults").get_json() == []
    assert positions(vendor).status_code == 200


def test_a_fault_hits_its_own_operation_alone(vendor):
    inject(vendor, "status", "getRatings", status=500)
    assert positions(vendor).status_code == 200
    assert vendor.client.get(RATINGS, query_string={"assetId": IDS}, headers=HEADERS).status_code == 500


def test_a_star_hits_every_published_operation_but_not_the_token_endpoint(vendor):
    inject(vendor, "status", "*", status=500)
    assert positions(vendor).status_code == 500
    assert post_order(vendor).status_code == 500
    assert vendor.client.post(TOKEN_PATH).status_code == 400
    inject(vendor, "status", "token", status=502)
    assert vendor.client.post(TOKEN_PATH).status_code == 502


def test_a_request_meets_faults_in_order_until_one_answers(vendor):
    put(
        vendor,
        {"operation": "*", "kind": "latency", "seconds": 2},
        {"operation": "getPositions", "kind": "status", "status": 429, "times": 1},
        {"operation": "getPositions", "kind": "status", "status": 503, "times": 1},
    )
    assert [positions(vendor).status_code for _ in range(3)] == [429, 503, 200]
    assert vendor.pauses == [2, 2, 2]


def test_under_concurrency_exactly_as_many_requests_are_hit(vendor):
    inject(vendor, "status", status=503, times=3, after=4)
    with ThreadPoolExecutor(16) as pool:
        statuses = [each.status_code for each in pool.map(lambda _: positions(vendor), range(64))]
    assert (statuses.count(503), statuses.count(200)) == (3, 61)
    assert counts(vendor, "getPositions") == {
        "received": 64,
        "answered": 61,
        "failed_by_fault": 3,
        "faults": {"status": 3},
        "orders_taken": None,
    }


# --- one kind after the other


def test_latency_delays_the_answer_and_changes_nothing(vendor):
    plain = positions(vendor).get_data()
    inject(vendor, "latency", seconds=0.05)
    assert positions(vendor).get_data() == plain
    assert vendor.pauses == [0.05]


@pytest.mark.parametrize(
    ("retry_after", "header"), [(None, None), (7, "7"), (0, "0"), (RETRY_DATE, RETRY_DATE)]
)
def test_a_status_comes_in_the_vendors_shape_with_or_without_retry_after(vendor, retry_after, header):
    more = {} if retry_after is None else {"retry_after": retry_after}
    inject(vendor, "status", status=429, **more)
    answer = positions(vendor)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, header)
    assert answer.get_json()["code"] == "TOO_MANY_REQUESTS"
    assert answer.headers["VND.com.blackrock.Response-ID"]


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("status", {"status": 504}),
        ("not_json", {}),
        ("empty_results", {}),
        ("item_error", {"code": 14}),
    ],
)
@pytest.mark.parametrize("processed", [True, False])
def test_an_answer_in_the_vendors_place_says_nothing_of_the_order(vendor, kind, parameters, processed):
    inject(vendor, kind, POST, processed=processed, **parameters)
    post_order(vendor)
    assert len(orders(vendor)) == processed
    assert counts(vendor, POST)["orders_taken"] == processed
    assert counts(vendor, POST)["failed_by_fault"] == 1


@pytest.mark.parametrize(("kind", "taken"), [("reset_before", 0), ("reset_after", 1), ("cut_body", 1)])
def test_a_broken_connection_is_an_error_in_process(vendor, kind, taken):
    inject(vendor, kind, POST, times=1)
    transport = httpx.WSGITransport(app=vendor.simulator)
    with httpx.Client(transport=transport, base_url="https://tenant.example.com", headers=HEADERS) as client:
        with pytest.raises(WireCutError) as error:
            client.post(f"{ORDERS}/order:post", json={"order": order_body()})
        assert isinstance(error.value, ConnectionResetError)
        assert len(orders(vendor)) == taken
        again = client.post(f"{ORDERS}/order:post", json={"order": order_body()})
    assert again.status_code == 200
    count = counts(vendor, POST)
    assert (count["received"], count["failed_by_fault"], count["orders_taken"]) == (2, 1, taken + 1)


def test_a_cut_body_is_announced_in_full(vendor):
    plain = positions(vendor).get_data()
    inject(vendor, "cut_body")
    answer = vendor.client.get(POSITION, query_string=QUERY, headers=HEADERS, buffered=False)
    assert int(answer.headers["Content-Length"]) == len(plain)
    came = []
    with pytest.raises(WireCutError):
        came.extend(answer.response)
    assert b"".join(came) == plain[: len(plain) // 2]


def test_a_slow_body_comes_whole_in_pieces(vendor):
    plain = positions(vendor).get_data()
    inject(vendor, "slow_body", seconds=3, pieces=4)
    answer = positions(vendor)
    assert answer.get_data() == plain
    assert vendor.pauses == [0.75] * 4


def test_truncated_json_is_a_complete_message(vendor):
    inject(vendor, "truncated_json")
    answer = positions(vendor)
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.get_data())
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.get_data())


@pytest.mark.parametrize("status", [200, 502])
def test_a_proxys_page_is_html_without_the_vendors_headers(vendor, status):
    inject(vendor, "not_json", status=status)
    answer = positions(vendor)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert "VND.com.blackrock.Response-ID" not in answer.headers


@pytest.mark.parametrize(
    ("operation", "path", "body"),
    [
        (POST, "order:post", {"order": order_body()}),
        ("OrderAPI_CancelOrder", "order:cancel", {"orderId": "1"}),
    ],
)
def test_an_item_error_is_a_200_with_a_google_rpc_code(vendor, operation, path, body):
    inject(vendor, "item_error", operation, code=14, message="try later")
    assert vendor.post(path, body) == {"results": [{"error": {"code": 14, "message": "try later"}}]}


def test_an_item_error_fails_a_batch_as_a_whole(vendor):
    operation = vendor.post("orders:batchPost", {"orders": [order_body()]})
    inject(vendor, "item_error", "OrderAPI_GetLongrunningOperation", code=13)
    answer = vendor.get(f"{ORDERS}/longrunningoperations/{operation['id']}")
    assert answer == {
        "id": operation["id"],
        "done": True,
        "error": {"code": 13, "message": "refused on demand"},
    }


@pytest.mark.parametrize(
    ("operation", "path", "found"),
    [
        ("getSecurityData", MASTER, "assetByAssetId"),
        ("getRatings", RATINGS, "ratingsByAssetId"),
        ("getAnalytics", ASSETS, "riskByAssetId"),
    ],
)
class TestLookups:
    def test_missing_ids_are_in_neither_map(self, vendor, operation, path, found):
        plain = lookup(vendor, path)
        inject(vendor, "missing_ids", operation, ids=[COMPANY, "NOTHING"])
        answer = lookup(vendor, path)
        assert answer == {found: {TREASURY: plain[found][TREASURY]}, "errors": {}}

    def test_faulty_ids_move_into_the_errors(self, vendor, operation, path, found):
        plain = lookup(vendor, path)
        inject(vendor, "item_faults", operation, ids=[COMPANY, "ABSENT"], code="BUSY", message="later")
        answer = lookup(vendor, path)
        assert answer[found] == {TREASURY: plain[found][TREASURY]}
        assert answer["errors"] == plain["errors"] | {COMPANY: {"code": "BUSY", "message": "later"}}

    def test_empty_results_are_two_empty_maps(self, vendor, operation, path, found):
        inject(vendor, "empty_results", operation)
        assert lookup(vendor, path) == {found: {}, "errors": {}}


def test_a_stale_risk_date_moves_the_dates_and_nothing_else(vendor):
    rows, risk = vendor.rows("TOP"), lookup(vendor, ASSETS)
    inject(vendor, "stale_risk_date", "*", days=3)
    assert {row["referenceDate"] for row in rows} == {"2026-06-30"}
    assert vendor.rows("TOP") == [row | {"referenceDate": "2026-06-27"} for row in rows]
    for asset in risk["riskByAssetId"].values():
        asset["riskByCurrency"]["USD"]["riskDate"] = "2026-06-27"
    assert lookup(vendor, ASSETS) == risk


def test_empty_results_of_positions_members_and_orders(vendor):
    inject(vendor, "empty_results", "*")
    assert vendor.rows("TOP") == []
    assert vendor.get(f"{GROUPS}/TOP/members") == {"nodes": []}
    assert vendor.found("orderIdCriterion", ids=["90001"]) == []
    assert vendor.get(f"{GROUPS}/TOP/node")["portfolioTicker"] == "TOP"


def test_a_compliance_timeout_takes_the_order_as_pending(vendor):
    inject(vendor, "compliance_timeout", POST, times=1)
    config = {"whatIf": False, "runCompliance": True, "complianceTimeout": "10s"}
    told = [post_order(vendor, **config).get_json()["results"][0]["output"]["order"] for _ in range(2)]
    assert [order["orderStatus"] for order in told] == ["Compl Pending", "Open"]


def test_an_expired_token_is_revoked(tmp_path):
    vendor = Vendor(small_book(tmp_path), admin=True, clients={"desk": "secret"})
    grant = {"grant_type": "client_credentials", "client_id": "desk", "client_secret": "secret"}

    def headers() -> dict[str, str]:
        token = vendor.client.post(TOKEN_PATH, data=grant).get_json()["access_token"]
        return HEADERS | {"Authorization": f"Bearer {token}"}

    def ask(sent: dict[str, str]) -> int:
        return vendor.client.get(POSITION, query_string=QUERY, headers=sent).status_code

    old = headers()
    assert ask(old) == 200
    inject(vendor, "expired_token", times=1)
    assert [ask(old), ask(old), ask(headers())] == [401, 401, 200]


# --- telling it


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
        ({"operation": "*", "kind": "not_json", "status": 404}, "status"),
        ({"operation": "*", "kind": "item_error", "code": 17}, "code"),
        ({"operation": "*", "kind": "missing_ids", "ids": []}, "ids"),
        ({"operation": "*", "kind": "stale_risk_date", "days": 0}, "days"),
    ],
)
def test_a_fault_that_cannot_be_meant_is_a_400_that_names_the_field(vendor, fault, named):
    inject(vendor, "reset_before", "getRatings")
    answer = put(vendor, {"operation": "*", "kind": "reset_before"}, fault)
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
    inject(vendor, "latency", seconds=1)
    more = {"operation": POST, "kind": "status", "status": 500, "times": 2}
    vendor.client.post("/simulator/faults", json=more)
    positions(vendor)
    listed = vendor.client.get("/simulator/faults").get_json()
    assert [(each["fault"]["kind"], each["hits"]) for each in listed] == [("latency", 1), ("status", 0)]
    assert put(vendor, *(each["fault"] for each in listed)).status_code == 200


def test_faults_in_python_are_the_same(vendor):
    faults = vendor.simulator.faults
    faults.replace([Latency(operation="*", seconds=1), Status(operation="getPositions", status=503, times=1)])
    assert [positions(vendor).status_code for _ in range(2)] == [503, 200]
    assert [state.hits for state in faults.listed()] == [2, 1]
    faults.clear()
    faults.append(Status(operation="getPositions", status=500))
    assert positions(vendor).status_code == 500


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
    vendor = Vendor(small_book(tmp_path), faults=[Status(operation="*", status=500, times=1)])
    assert [positions(vendor).status_code for _ in range(2)] == [500, 200]


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


# --- counts


def test_orders_really_taken_are_counted(vendor):
    post_order(vendor)
    post_order(vendor, whatIf=True)
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
    assert orders(vendor) == [
        {"id": "90001", "externalId1": "A-1", "status": "Open", "face": 500_000},
        {"id": "90002", "externalId1": None, "status": "Canceled", "face": 500_000},
    ]


def test_the_last_requests_are_kept_without_what_they_said(vendor):
    inject(vendor, "reset_after", times=1)
    with pytest.raises(WireCutError):
        positions(vendor)
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
    positions(vendor)
    assert vendor.client.delete("/simulator/requests").get_json() == {"operations": {}, "last": []}
    positions(vendor)
    assert counts(vendor, "getPositions")["received"] == 1
