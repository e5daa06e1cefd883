"""The header `Idempotency-Key` at the edge: its form, which requests are the same, which answers are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app.core.errors import AllocatorError, HeadersTooLarge, MethodNotAllowed, RequestTimedOut, UriTooLong
from app.services.accounts.reference_files import InvalidReference

PREVIEW = "/v1/allocations/preview"
ORDER = {"security_id": "912828YW4", "side": "BUY", "quantity": 8_000_000}
BODY: dict[str, Any] = {"order": ORDER, "allocation_method": "PRO_RATA", "portfolio_groups": ["PUBLICPRE"]}


@pytest.fixture
def send(client: FlaskClient) -> Callable[..., Any]:
    """Preview under the key `k`, unless another is given; `path` and `json` replace what is sent."""

    def preview(path: str = PREVIEW, *, key: str = "k", **more: Any) -> Any:
        return client.post(path, headers={"Idempotency-Key": key}, **(more or {"json": BODY}))

    return preview


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.get_json()["code"]


def fail(services: Any, error: Exception) -> None:
    def preview(*_: Any) -> None:
        services.allocations.asked.append(error)
        raise error

    services.allocations.preview = preview


def is_replayed(response: Any) -> bool:
    return response.headers.get("Idempotency-Replayed") == "true"


def test_the_answer_is_the_same_to_the_byte_and_says_so(send: Any, services: Any) -> None:
    first, second = send(), send()
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.get_data() == second.get_data()
    assert first.content_type == second.content_type
    assert (is_replayed(first), is_replayed(second)) == (False, True)
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
    assert len(services.allocations.asked) == 1


def test_without_a_key_a_request_is_done_each_time(client: FlaskClient, services: Any) -> None:
    ids = {client.post(PREVIEW, json=BODY).get_json()["allocation_id"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "ä", "\x7f", "a\x00"])
def test_what_is_no_key_is_a_422_that_names_the_header(send: Any, services: Any, key: str) -> None:
    refused = send(key=key)
    assert code(refused) == (422, "INVALID_REQUEST")
    assert [error["field"] for error in refused.get_json()["errors"]] == ["Idempotency-Key"]
    assert services.allocations.asked == []


@pytest.mark.parametrize("key", ["x", "x" * 255, '"8e03978e-40d5"', "a b", "!~,;=/"])
def test_a_key_is_any_printable_ascii(send: Any, key: str) -> None:
    assert not is_replayed(send(key=key))
    assert is_replayed(send(key=key))


def test_another_body_under_the_key_is_refused(send: Any, services: Any) -> None:
    send()
    other = send(json={**BODY, "order": {**ORDER, "quantity": 8_000_001}})
    assert code(other) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len(services.allocations.asked) == 1


def test_another_operation_and_another_path_under_the_key_are_refused(
    send: Any, client: FlaskClient, services: Any
) -> None:
    first = send().get_json()["allocation_id"]
    other = client.post(PREVIEW, json=BODY).get_json()["allocation_id"]
    assert code(send(f"/v1/allocations/{first}/commit", json={})) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert send(f"/v1/allocations/{first}/commit", key="c", json={}).status_code == 200
    assert code(send(f"/v1/allocations/{other}/commit", key="c", json={})) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert [asked[0] for asked in services.trading.commits.asked] == [first]


def test_white_space_the_order_of_keys_and_the_place_of_the_mount_make_no_other_request(send: Any) -> None:
    first = send()
    turned = json.dumps({**dict(reversed(BODY.items())), "order": dict(reversed(ORDER.items()))}, indent=4)
    assert turned != json.dumps(BODY)
    again = send("/api" + PREVIEW, data=turned, content_type="application/json; charset=utf-8")
    assert is_replayed(again)
    assert again.get_data() == first.get_data()


def test_no_body_is_the_same_as_an_empty_one(send: Any, services: Any) -> None:
    commit = f"/v1/allocations/{send().get_json()['allocation_id']}/commit"
    assert not is_replayed(send(commit, key="c", data=b""))
    assert is_replayed(send(commit, key="c", json={}))
    assert len(services.trading.commits.asked) == 1


def test_an_order_is_changed_and_cancelled_once(client: FlaskClient, services: Any) -> None:
    for _ in range(2):
        changed = client.put(
            "/v1/orders/9001", json={"quantity": 4_000_000}, headers={"Idempotency-Key": "m"}
        )
        gone = client.delete("/v1/orders/9001", json={"reason": "x"}, headers={"Idempotency-Key": "c"})
        assert (changed.status_code, gone.status_code) == (200, 200)
    assert services.trading.orders.asked == [("9001", 4_000_000, "", None), ("9001", "x", None)]


def test_a_request_that_cannot_be_read_uses_no_key_up(send: Any) -> None:
    assert send(json={}).status_code == 422
    assert send(data=b"{", content_type="application/json").status_code == 400
    assert not is_replayed(send())


def everything(kind: type[AllocatorError]) -> list[type[AllocatorError]]:
    return [kind, *(each for below in kind.__subclasses__() for each in everything(below))]


ELSEWHERE = {MethodNotAllowed, HeadersTooLarge, RequestTimedOut, UriTooLong, InvalidReference}
"""Errors of the router and the server, before any key, and one that no operation with a key raises so."""

KINDS = sorted(
    (k for k in everything(AllocatorError) if k.__module__.startswith("app.") and k not in ELSEWHERE),
    key=lambda k: k.__name__,
)
MEMBERS = {
    "AccountsUnsettled": {"accounts": []},
    "AllocationDifferent": {"order_id": "9001", "filled_quantity": 11_000, "booked_quantity": 9_000},
    "BlotterMade": {"blotter_id": None},
    "BrokerAccountUnsettled": {"order_id": "o"},
    "BrokerOutcomeUnknown": {"order_id": "o"},
    "BlotterChanged": {"lines": [4, 7]},
    "EvidenceBroken": {"breaks": []},
    "Forbidden": {"permission": "allocations:preview"},
    "PolicyChanged": {"version": 2, "policy_id": "p"},
    "MonitorChanged": {"version": 2},
    "RecalculationRunning": {"job_id": "j"},
    "NotReady": {"mode": "mock", "database": "ok", "aladdin": "failed"},
    "TargetsChanged": {"version": 2, "target_set_id": None},
    "TargetsNotPending": {"pending_version": None},
    "TargetsPending": {"version": 2, "target_set_id": "t"},
    "PriceMoved": {"accounts": [], "previewed_market_price": 98.5, "market_price": None},
    "WarningsNotOverridden": {"warnings": []},
}
"""What the problem documents of these errors promise beside the common members."""
KEPT = {
    "AlertChanged",
    "AlertChannelChanged",
    "AlertNotOpen",
    "AllocationDifferent",
    "AlreadyCommitted",
    "ApprovalNeeded",
    "BacktestNotReady",
    "BacktestOfGrid",
    "BlotterChanged",
    "BlotterMade",
    "BookChanged",
    "BrokerAccountDisconnected",
    "BrokerAccountLimit",
    "BrokerAccountTaken",
    "BrokerAccountUnsettled",
    "BrokerCredentialsExpired",
    "BrokerLimitExceeded",
    "BrokerNotConfigured",
    "BrokerNotFound",
    "BrokerOrderEnded",
    "BrokerRefused",
    "BrokerSlippageTooLarge",
    "CommitStopped",
    "Conflict",
    "ConstantPrice",
    "CredentialKeyMissing",
    "CredentialsUnreadable",
    "DataMissing",
    "DeliveryNotDead",
    "DemoUserNotAllowed",
    "EvidenceBroken",
    "ExchangeOff",
    "IdempotencyKeyReused",
    "InfeasibleConstraints",
    "InvalidRequest",
    "JobEnded",
    "LastAdministrator",
    "MarketPriceMissing",
    "MonitorChanged",
    "NoCandidates",
    "NoExcess",
    "NoTargets",
    "NotFound",
    "NotMeasurable",
    "NotOptimized",
    "NotPendingApproval",
    "NotUnknown",
    "NothingPlanned",
    "NothingProposed",
    "OrderTooLarge",
    "OwnUser",
    "PolicyChanged",
    "PreferenceChanged",
    "PreviewErased",
    "PreviewExpired",
    "PriceMoved",
    "ProposalStale",
    "ReallocationStale",
    "RecalculationLimit",
    "RecalculationRunning",
    "ReferenceOfMock",
    "RefreshFailed",
    "ReplayedPricesMissing",
    "RequesterBarred",
    "SettlementContradicted",
    "SettlementDiffers",
    "StoppedBySameUser",
    "StrategyNotSolvable",
    "TargetsChanged",
    "TargetsNotPending",
    "TargetsPending",
    "TooFewPrices",
    "TooMuchWork",
    "TooSlow",
    "TradingHalted",
    "TradingNotStopped",
    "UnknownAsset",
    "UnusableBars",
    "UserChanged",
    "UserExists",
    "VaultLimitsViolated",
    "VendorNotFound",
    "VendorRejected",
    "WarningsNotOverridden",
    "WebhookOff",
    "WithoutRisk",
}


@pytest.mark.parametrize("kind", KINDS)
def test_refusals_that_decide_are_kept_and_no_others(send: Any, services: Any, kind: Any) -> None:
    fail(services, kind("no", extra=MEMBERS.get(kind.__name__)))
    first, second = send(), send()
    assert first.status_code == second.status_code == kind.status
    kept = kind.__name__ in KEPT
    assert (is_replayed(second), len(services.allocations.asked)) == ((True, 1) if kept else (False, 2))
    if kept:
        assert first.get_data() == second.get_data()


@pytest.mark.parametrize("error", [KeyError("a bug"), OperationalError("SELECT", None, Exception("away"))])
def test_after_a_failure_the_same_request_is_done_again(send: Any, services: Any, error: Exception) -> None:
    preview = services.allocations.preview
    fail(services, error)
    assert send().status_code >= 500
    assert code(send(json={**BODY, "allocation_method": "MIN_DISPERSION"})) == (422, "IDEMPOTENCY_KEY_REUSED")
    services.allocations.preview = preview
    assert send().status_code == 200
    assert is_replayed(send())


def test_a_key_in_use_says_when_to_ask_again(send: Any, services: Any) -> None:
    services.requests.idempotency.busy = True
    refused = send()
    assert code(refused) == (409, "IDEMPOTENCY_KEY_IN_USE")
    assert int(refused.headers["Retry-After"]) > 0
    assert services.allocations.asked == []


def test_a_request_taken_over_tells_its_service(client: FlaskClient, services: Any) -> None:
    services.requests.idempotency.resumed = True
    client.delete("/v1/orders/9001", json={"reason": "x"}, headers={"Idempotency-Key": "c"})
    client.put("/v1/orders/9001", json={"quantity": 4_000_000}, headers={"Idempotency-Key": "m"})
    assert services.trading.orders.resumed == [True, True]


def test_the_key_is_documented_where_it_is_honoured(anyone: FlaskClient) -> None:
    honouring = {
        "previewAllocation",
        "adjustAllocation",
        "compareAllocations",
        "createBlotter",
        "uploadBlotter",
        "previewBlotter",
        "commitBlotter",
        "chooseVariant",
        "commitAllocation",
        "modifyOrder",
        "cancelOrder",
        "putFairnessPolicy",
        "stateTargets",
        "retireTargets",
        "approveTargets",
        "rejectTargets",
        "withdrawTargets",
        "createProposal",
        "optimizePortfolio",
        "checkDrift",
        "importMarketData",
        "runBacktest",
        "runBacktestGrid",
        "putMonitorConfig",
        "recalculatePortfolio",
        "makeBlotterOfProposal",
        "evaluateReallocation",
        "makeBlotterOfReallocation",
        "approveAllocation",
        "rejectAllocation",
        "withdrawAllocation",
        "settleAllocation",
        "rejectSettlement",
        "stopTrading",
        "resumeTrading",
        "acknowledgeAlert",
        "refreshMarketData",
        "connectPaperAccount",
        "connectSnapTradeAccount",
        "placeBrokerOrder",
        "cancelBrokerOrder",
        "addAlertChannel",
        "putAlertChannel",
        "retryAlertDelivery",
    }
    for document in ("/openapi.json", "/swagger.json"):
        paths = anyone.get(document).get_json()["paths"]
        found = {
            operation["operationId"]
            for item in paths.values()
            for method, operation in item.items()
            if method not in {"parameters", "servers"}
            and any(
                p.get("name") == "Idempotency-Key" and p["in"] == "header" and not p["required"]
                for p in operation.get("parameters", ())
            )
        }
        assert found == honouring, document
