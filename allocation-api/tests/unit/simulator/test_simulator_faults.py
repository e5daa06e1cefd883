"""Faults on demand, one kind after the other."""

from __future__ import annotations

import json

import httpx
import pytest

from aladdin_simulator import WireCutError
from aladdin_simulator.wire.operations import TOKEN_PATH
from tests.unit.simulator.faulty_vendor import POST, QUERY, FaultyVendor
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
)

RETRY_DATE = "Tue, 30 Jun 2026 14:06:00 GMT"


@pytest.fixture
def vendor(tmp_path) -> FaultyVendor:
    return FaultyVendor(tmp_path)


def test_latency_delays_the_answer_and_changes_nothing(vendor):
    plain = vendor.positions().get_data()
    vendor.inject("latency", seconds=0.05)
    assert vendor.positions().get_data() == plain
    assert vendor.pauses == [0.05]


@pytest.mark.parametrize(
    ("retry_after", "header"), [(None, None), (7, "7"), (0, "0"), (RETRY_DATE, RETRY_DATE)]
)
def test_a_status_comes_in_the_vendors_shape_with_or_without_retry_after(vendor, retry_after, header):
    more = {} if retry_after is None else {"retry_after": retry_after}
    vendor.inject("status", status=429, **more)
    answer = vendor.positions()
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
    vendor.inject(kind, POST, processed=processed, **parameters)
    vendor.post_order()
    assert len(vendor.orders()) == processed
    assert vendor.counts(POST)["orders_taken"] == processed
    assert vendor.counts(POST)["failed_by_fault"] == 1


@pytest.mark.parametrize(("kind", "taken"), [("reset_before", 0), ("reset_after", 1), ("cut_body", 1)])
def test_a_broken_connection_is_an_error_in_process(vendor, kind, taken):
    vendor.inject(kind, POST, times=1)
    transport = httpx.WSGITransport(app=vendor.simulator)
    with httpx.Client(transport=transport, base_url="https://tenant.example.com", headers=HEADERS) as client:
        with pytest.raises(WireCutError) as error:
            client.post(f"{ORDERS}/order:post", json={"order": order_body()})
        assert isinstance(error.value, ConnectionResetError)
        assert len(vendor.orders()) == taken
        again = client.post(f"{ORDERS}/order:post", json={"order": order_body()})
    assert again.status_code == 200
    count = vendor.counts(POST)
    assert (count["received"], count["failed_by_fault"], count["orders_taken"]) == (2, 1, taken + 1)


def test_a_cut_body_is_announced_in_full(vendor):
    plain = vendor.positions().get_data()
    vendor.inject("cut_body")
    answer = vendor.client.get(POSITION, query_string=QUERY, headers=HEADERS, buffered=False)
    assert int(answer.headers["Content-Length"]) == len(plain)
    came = []
    with pytest.raises(WireCutError):
        came.extend(answer.response)
    assert b"".join(came) == plain[: len(plain) // 2]


def test_a_slow_body_comes_whole_in_pieces(vendor):
    plain = vendor.positions().get_data()
    vendor.inject("slow_body", seconds=3, pieces=5)
    answer = vendor.positions()
    assert answer.get_data() == plain
    assert vendor.pauses == [0.75] * 4


def test_truncated_json_is_a_complete_message(vendor):
    vendor.inject("truncated_json")
    answer = vendor.positions()
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.get_data())
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.get_data())


@pytest.mark.parametrize("status", [200, 502])
def test_a_proxys_page_is_html_without_the_vendors_headers(vendor, status):
    vendor.inject("not_json", status=status)
    answer = vendor.positions()
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
    vendor.inject("item_error", operation, code=14, message="try later")
    assert vendor.post(path, body) == {"results": [{"error": {"code": 14, "message": "try later"}}]}


def test_an_item_error_fails_a_batch_as_a_whole(vendor):
    operation = vendor.post("orders:batchPost", {"orders": [order_body()]})
    vendor.inject("item_error", "OrderAPI_GetLongrunningOperation", code=13)
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
        plain = vendor.lookup(path)
        vendor.inject("missing_ids", operation, ids=[COMPANY, "NOTHING"])
        answer = vendor.lookup(path)
        assert answer == {found: {TREASURY: plain[found][TREASURY]}, "errors": {}}

    def test_faulty_ids_move_into_the_errors(self, vendor, operation, path, found):
        plain = vendor.lookup(path)
        vendor.inject("item_faults", operation, ids=[COMPANY, "ABSENT"], code="BUSY", message="later")
        answer = vendor.lookup(path)
        assert answer[found] == {TREASURY: plain[found][TREASURY]}
        assert answer["errors"] == plain["errors"] | {COMPANY: {"code": "BUSY", "message": "later"}}

    def test_empty_results_are_two_empty_maps(self, vendor, operation, path, found):
        vendor.inject("empty_results", operation)
        assert vendor.lookup(path) == {found: {}, "errors": {}}


def test_a_stale_risk_date_moves_the_dates_and_nothing_else(vendor):
    rows, risk = vendor.rows("TOP"), vendor.lookup(ASSETS)
    vendor.inject("stale_risk_date", "*", days=3)
    assert {row["referenceDate"] for row in rows} == {"2026-06-30"}
    assert vendor.rows("TOP") == [row | {"referenceDate": "2026-06-27"} for row in rows]
    for asset in risk["riskByAssetId"].values():
        asset["riskByCurrency"]["USD"]["riskDate"] = "2026-06-27"
    assert vendor.lookup(ASSETS) == risk


def test_empty_results_of_positions_members_and_orders(vendor):
    vendor.inject("empty_results", "*")
    assert vendor.rows("TOP") == []
    assert vendor.get(f"{GROUPS}/TOP/members") == {"nodes": []}
    assert vendor.found("orderIdCriterion", ids=["90001"]) == []
    assert vendor.get(f"{GROUPS}/TOP/node")["portfolioTicker"] == "TOP"


def test_a_compliance_timeout_takes_the_order_as_pending(vendor):
    vendor.inject("compliance_timeout", POST, times=1)
    config = {"whatIf": False, "runCompliance": True, "complianceTimeout": "10s"}
    told = [vendor.post_order(**config).get_json()["results"][0]["output"]["order"] for _ in range(2)]
    assert [order["orderStatus"] for order in told] == ["Compl Pending", "Open"]


def test_an_expired_token_is_revoked(tmp_path):
    vendor = FaultyVendor(tmp_path, clients={"desk": "secret"})
    grant = {"grant_type": "client_credentials", "client_id": "desk", "client_secret": "secret"}

    def headers() -> dict[str, str]:
        token = vendor.client.post(TOKEN_PATH, data=grant).get_json()["access_token"]
        return HEADERS | {"Authorization": f"Bearer {token}"}

    def ask(sent: dict[str, str]) -> int:
        return vendor.client.get(POSITION, query_string=QUERY, headers=sent).status_code

    old = headers()
    assert ask(old) == 200
    vendor.inject("expired_token", times=1)
    assert [ask(old), ask(old), ask(headers())] == [401, 401, 200]
