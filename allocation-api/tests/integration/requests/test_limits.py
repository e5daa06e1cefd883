"""Limits on requests over HTTP: what one user may ask for, and how many wait for the vendor at once."""

from __future__ import annotations

import re
from contextlib import ExitStack

import pytest

from app.services.requests.gate import Errand
from tests.contract.test_contract import CONTRACT, OPERATIONS, operation
from tests.support.desk import Desk
from tests.support.orders import BOND, OrderDesk

GROUP = "GOLDEN"


def desk_of(folder, **settings):
    return OrderDesk(folder, **{"RATE_LIMIT_PER_MINUTE": "5", **settings})


def ask(desk, path, method="GET", **more):
    return desk.client.open(f"/v1/{path}", method=method, headers=desk.headers, **more)


def left(answer):
    """What the header says is left."""
    return int(re.fullmatch(r'"default";r=(\d+);t=(\d+)', answer.headers["RateLimit"])[1])


# --- rate limits --------------------------------------------------------------------------------------------


def test_every_answer_to_a_user_says_what_is_left(tmp_path):
    desk = desk_of(tmp_path)
    answers = [ask(desk, path) for path in ("auth/me", "orders", "orders/none", "orders?limit=none")]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 422]
    assert [left(answer) for answer in answers] == [4, 3, 2, 1]
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"default";q=5;w=60'}


def test_nobody_is_told_who_is_not_logged_in(tmp_path):
    desk = desk_of(tmp_path)
    for answer in (desk.client.get("/v1/auth/me"), desk.client.get("/v1/health/live")):
        assert "RateLimit" not in answer.headers
        assert "RateLimit-Policy" not in answer.headers


def test_beyond_the_limit_a_user_is_refused_and_told_when_to_come_back(tmp_path):
    desk = desk_of(tmp_path)
    answers = [ask(desk, "auth/me") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    refused = answers[-1]
    assert refused.get_json()["code"] == "TOO_MANY_REQUESTS"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert left(refused) == 0


def test_another_user_is_not_refused(tmp_path):
    desk = desk_of(tmp_path)
    for _ in range(6):
        ask(desk, "auth/me")
    desk.token = desk.login("demo_supervisor")["access_token"]
    assert ask(desk, "auth/me").status_code == 200


def test_a_preview_costs_more_the_more_accounts_it_has(tmp_path, monkeypatch):
    """The book of the test has four accounts; two of them are as good as a hundred here."""
    monkeypatch.setattr("app.api.kit.limits.ACCOUNTS_PER_UNIT", 2)
    desk = desk_of(tmp_path)
    order = {"security_id": BOND, "side": "BUY", "quantity": 1_000_000}
    body = {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": [GROUP]}
    first = ask(desk, "allocations/preview", "POST", json=body)
    assert (first.status_code, left(first)) == (200, 2)
    second = ask(desk, "allocations/preview", "POST", json=body)
    assert (second.status_code, second.get_json()["code"], left(second)) == (429, "TOO_MANY_REQUESTS", 1)
    assert [item["allocation_id"] for item in ask(desk, "allocations").get_json()["allocations"]] == [
        first.get_json()["allocation_id"]
    ]


def test_a_comparison_costs_by_accounts_and_variants(tmp_path, monkeypatch):
    monkeypatch.setattr("app.api.kit.limits.ACCOUNTS_PER_UNIT", 2)
    desk = desk_of(tmp_path, RATE_LIMIT_PER_MINUTE="20")
    order = {"security_id": BOND, "side": "BUY", "quantity": 1_000_000}
    variants = [{"allocation_method": each} for each in ("PRO_RATA", "MIN_DISPERSION", "PRO_RATA")]
    body = {"order": order, "portfolio_groups": [GROUP], "variants": variants}
    assert left(ask(desk, "allocations/compare", "POST", json=body)) == 20 - 1 - 3 * 4 // 2


def test_cancelling_logging_in_and_out_stopping_and_health_are_never_limited(tmp_path):
    desk = desk_of(tmp_path, RATE_LIMIT_PER_MINUTE="2")
    order_id = desk.order()
    assert ask(desk, "auth/me").status_code == 429
    cancelled = ask(desk, f"orders/{order_id}", "DELETE", json={"reason": "withdrawn"})
    assert (cancelled.status_code, left(cancelled)) == (200, 0)
    assert ask(desk, "system/status").status_code == 200
    assert ask(desk, "system/emergency-stop", "POST", json={"reason": "test"}).status_code in {200, 403}
    assert desk.client.get("/health/live").status_code == 200
    assert ask(desk, "auth/logout", "POST").status_code == 200
    assert desk.login()["access_token"]


def test_a_refused_request_can_be_sent_again_under_its_key(tmp_path, monkeypatch):
    monkeypatch.setattr("app.api.kit.limits.ACCOUNTS_PER_UNIT", 1)
    desk = desk_of(tmp_path, RATE_LIMIT_PER_MINUTE="6")
    order = {"security_id": BOND, "side": "BUY", "quantity": 1_000_000}
    body = {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": [GROUP]}
    ask(desk, "auth/me")
    ask(desk, "auth/me")
    sent = {
        "path": "/v1/allocations/preview",
        "json": body,
        "headers": {**desk.headers, "Idempotency-Key": "k"},
    }
    assert desk.client.post(**sent).status_code == 429
    desk.services.requests.rates._own._limiter.storage.reset()
    assert desk.client.post(**sent).status_code == 200


# --- places at the vendor -----------------------------------------------------------------------------------


@pytest.fixture
def full(tmp_path):
    """A desk where as many reads wait for the vendor as may."""
    desk = OrderDesk(tmp_path)
    desk.order_id = desk.order()
    desk.previewed = desk.preview(BOND, 1_000_000, groups=[GROUP])["allocation_id"]
    with ExitStack() as stack:
        for _ in range(desk.settings.requests.max_vendor_requests):
            stack.enter_context(desk.services.requests.gate.passing(Errand.READ))
        yield desk


def test_reads_beyond_the_places_are_refused(full):
    answer = ask(full, f"orders/{full.order_id}")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "SERVICE_BUSY")
    assert answer.headers["Retry-After"] == "1"


def test_orders_cancellations_and_what_asks_no_vendor_pass(full):
    assert full.post(f"allocations/{full.previewed}/commit")["status"] == "SUCCESS"
    assert full.cancel(full.order_id)["status"] == "SUCCESS"
    for path in ("auth/me", "health/live", "allocations", f"allocations/{full.previewed}", "system/status"):
        assert ask(full, path).status_code == 200
    assert full.login()["access_token"]


def test_when_an_order_waits_too_a_cancellation_passes(full):
    with full.services.requests.gate.passing(Errand.ORDER):
        refused = full.post(f"allocations/{full.previewed}/commit", status=503)
        assert refused["code"] == "SERVICE_BUSY"
        assert full.cancel(full.order_id)["status"] == "SUCCESS"
    assert full.get(f"allocations/{full.previewed}")["status"] == "PREVIEWED"


# --- places of calculations ---------------------------------------------------------------------------------

EVALUATION = {"current": {"A": 180, "B": 120}, "target": {"A": 200, "B": 100}, "assume_liquid": True}


def test_calculations_beyond_the_places_are_refused_and_all_else_passes(tmp_path):
    desk = Desk(tmp_path, THREADS="8")
    sent = {"json": EVALUATION, "headers": {"Idempotency-Key": "k"}}
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(desk.services.requests.calculations.calculating())
        desk.services.requests.calculations._max_wait = 0
        key = {**desk.headers, **sent["headers"]}
        answer = desk.client.post("/v1/reallocation/evaluate", json=EVALUATION, headers=key)
        assert (answer.status_code, answer.get_json()["code"]) == (503, "CALCULATIONS_BUSY")
        assert answer.headers["Retry-After"] == "5"
        for path in ("auth/me", "health/live", "reallocation", "monitor/status"):
            assert ask(desk, path).status_code == 200
    assert desk.call("POST", "reallocation/evaluate", **sent)["status"] == "MATCHED"


# --- the contract -------------------------------------------------------------------------------------------

UNLIMITED = {
    "cancelBrokerOrder",
    "login",
    "refresh",
    "logout",
    "live",
    "ready",
    "cancelOrder",
    "cancelJob",
    "followJob",
    "followMonitor",
    "stopTrading",
    "resumeTrading",
    "getEmergencyStop",
    "getSystemStatus",
    "getDesk",
    "listRoles",
    "getVendorState",
    "listPreferences",
    "listAlerts",
    "countAlerts",
    "readAlerts",
}


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_limits_are_documented(method, path):
    found = operation(method, path)
    answers = found["responses"]
    codes = {
        code
        for answer in answers.values()
        for code in answer.get("content", {}).get("application/problem+json", {}).get("examples", {})
    }
    limited = found["operationId"] not in UNLIMITED and bool(found["security"])
    assert ("TOO_MANY_REQUESTS" in codes) is limited
    assert ("SERVICE_BUSY" in codes) is ("VENDOR_UNAVAILABLE" in codes)
    if found["security"]:
        done = answers.get("200") or answers["202"]
        assert {"RateLimit", "RateLimit-Policy"} <= done["headers"].keys()
    assert {"RateLimit", "RateLimitPolicy"} <= CONTRACT["components"]["headers"].keys()
