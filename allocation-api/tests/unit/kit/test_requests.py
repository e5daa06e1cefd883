"""What every request meets: bodies, query strings, errors, headers."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient

from app.api.accounts import PortfolioGroupsEndpoint
from app.api.kit.statuses import failures
from app.core.errors import AllocatorError, FieldError
from app.services.aladdin.errors import VendorError, VendorThrottled
from app.services.trading.errors import PriceMoved
from app.services.visibility.visibility import EVERYTHING

PREVIEW = "/v1/allocations/preview"
ORDER = {"security_id": "912828YW4", "side": "BUY", "quantity": 8_000_000}
BODY: dict[str, Any] = {"order": ORDER, "allocation_method": "PRO_RATA", "portfolio_groups": ["PUBLICPRE"]}


def fields(response: Any) -> list[str]:
    return [error["field"] for error in response.get_json()["errors"]]


def raise_from(services: Any, error: Exception) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    services.accounts.groups.list = fail


# --- bodies -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "not JSON"),
        (b"", "not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"order": 1, "order": 2}', "'order' twice"),
        (b'{"a": {"side": "BUY", "side": "SELL"}}', "'side' twice"),
        (b"{'order': 1}", "not JSON"),
    ],
)
def test_a_body_that_is_no_json_is_a_400(client: FlaskClient, body: bytes, message: str) -> None:
    response = client.post(PREVIEW, data=body, content_type="application/json")
    assert response.status_code == 400
    assert response.get_json()["code"] == "MALFORMED_REQUEST"
    assert message in response.get_json()["detail"]


@pytest.mark.parametrize("body", ["[]", "1", '"text"', "null", "true"])
def test_a_body_that_is_no_object_is_a_422(client: FlaskClient, body: str) -> None:
    response = client.post(PREVIEW, data=body, content_type="application/json")
    assert response.status_code == 422
    assert fields(response) == ["body"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_another_media_type_is_a_415(client: FlaskClient, kind: str) -> None:
    response = client.post(PREVIEW, data=json.dumps(BODY), content_type=kind)
    assert response.status_code == 415
    assert response.get_json()["code"] == "UNSUPPORTED_MEDIA_TYPE"


def test_a_charset_beside_the_media_type_is_fine(client: FlaskClient) -> None:
    response = client.post(PREVIEW, data=json.dumps(BODY), content_type="application/json; charset=utf-8")
    assert response.status_code == 200


def test_a_body_of_5_mb_is_a_413(client: FlaskClient) -> None:
    body = json.dumps({**BODY, "padding": "x" * 5_000_000})
    response = client.post(PREVIEW, data=body, content_type="application/json")
    assert response.status_code == 413
    assert response.get_json()["code"] == "REQUEST_ENTITY_TOO_LARGE"


def chunked(client: FlaskClient, body: bytes) -> Any:
    return client.post(
        PREVIEW,
        data=body,
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )


def test_a_body_that_does_not_say_how_long_it_is_is_bounded_too(client: FlaskClient) -> None:
    least = json.dumps(BODY).encode()
    assert chunked(client, least).status_code == 200
    assert chunked(client, b"x" * 5_000_000).status_code == 413
    # Valid even where it is cut off.
    assert chunked(client, least + b" " * 5_000_000).status_code == 413


def test_a_commit_without_a_body_has_the_published_defaults(client: FlaskClient, services: Any) -> None:
    made = client.post(PREVIEW, json=BODY).get_json()
    assert client.post(f"/v1/allocations/{made['allocation_id']}/commit").status_code == 200
    assert services.trading.commits.asked == [(made["allocation_id"], "", False)]


def test_a_cancellation_without_a_reason_is_a_422(client: FlaskClient) -> None:
    response = client.delete("/v1/orders/9001", json={})
    assert response.status_code == 422
    assert fields(response) == ["reason"]


@pytest.mark.parametrize("kind", [None, "application/json", "text/plain"])
def test_a_cancellation_without_a_body_is_told_that_it_lacks_a_reason(
    client: FlaskClient, kind: str | None
) -> None:
    response = client.delete("/v1/orders/9001", content_type=kind)
    assert response.status_code == 422
    assert fields(response) == ["reason"]


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "\x1b[31m", "\x9f", "\ud800"])
def test_control_characters_are_refused(client: FlaskClient, text: str) -> None:
    response = client.delete("/v1/orders/9001", json={"reason": text})
    assert response.status_code == 422
    assert fields(response) == ["reason"]


def test_texts_are_bounded(client: FlaskClient) -> None:
    assert client.delete("/v1/orders/9001", json={"reason": "x" * 1000}).status_code == 200
    assert fields(client.delete("/v1/orders/9001", json={"reason": "x" * 1001})) == ["reason"]


def test_wrong_fields_are_told_in_plain_words_and_the_first_three_in_the_detail(client: FlaskClient) -> None:
    order = {"security_id": 7, "side": None, "quantity": 1}
    wrong = {"order": order, "portfolio_groups": "PUBLICPRE", "parameters": {"weights": []}}
    told = client.post(PREVIEW, json=wrong).get_json()
    assert {error["field"]: error["message"] for error in told["errors"]} == {
        "order.security_id": "Text is expected.",
        "order.side": "A value is expected, not null.",
        "allocation_method": "This field is required.",
        "portfolio_groups": "A list is expected.",
        "parameters.weights": "A JSON object is expected.",
    }
    assert told["detail"] == (
        "order.security_id: Text is expected. order.side: A value is expected, not null. "
        "allocation_method: This field is required. And 2 more, see errors."
    )


# --- query strings ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("/v1/portfolio-groups?page=2", "page"),
        ("/health/live?x=1", "x"),
        ("/v1/securities/search", "query"),
        ("/v1/securities/search?query=", "query"),
        ("/v1/securities/search?query=a&query=b", "query"),
        ("/v1/securities/search?query=a&limit=0", "limit"),
        ("/v1/securities/search?query=a&limit=101", "limit"),
        ("/v1/securities/search?query=a&limit=1.5", "limit"),
        ("/v1/securities/search?query=a&limit=%EF%BC%91", "limit"),
        ("/v1/securities/search?query=a&limit=1_0", "limit"),
        ("/v1/securities/search?query=a%00", "query"),
        ("/v1/positions/ACC001?as_of=NOW", "as_of"),
        ("/v1/allocations?status=DONE", "status"),
        ("/v1/allocations?method=pro_rata", "method"),
        ("/v1/allocations?date_from=30.06.2026", "date_from"),
        ("/v1/allocations?date_from=2026-02-30", "date_from"),
        ("/v1/allocations?date_from=2026-07-01&date_to=2026-06-30", "date_to"),
        ("/v1/audit?cursor=%F0%9F%92%A9", "cursor"),
        ("/v1/orders?limit=201", "limit"),
    ],
)
def test_a_wrong_parameter_is_a_422_that_names_it(client: FlaskClient, url: str, field: str) -> None:
    response = client.get(url)
    assert response.status_code == 422
    assert fields(response) == [field]


def test_a_plus_in_a_query_string_survives(client: FlaskClient, services: Any) -> None:
    for query in ("", "?as_of=EOD", "?as_of=SOD+Trades", "?as_of=SOD%2BTrades"):
        assert client.get(f"/v1/positions/ACC001{query}").status_code == 200
    assert [basis.value for basis in services.accounts.positions.asked] == [
        "SOD",
        "EOD",
        "SOD+Trades",
        "SOD+Trades",
    ]


def test_search_passes_words_and_limit_on(client: FlaskClient, services: Any) -> None:
    client.get("/v1/securities/search?query=us+treasury&limit=7")
    client.get("/v1/securities/search?query=T")
    assert services.securities.asked == [("us treasury", 7), ("T", 20)]


def test_history_passes_its_filters_on(client: FlaskClient, services: Any) -> None:
    client.get(
        "/v1/allocations?date_from=2026-06-01&date_to=2026-06-30&status=SUBMITTED&security_id=912828YW4"
        "&group_id=BIG6&username=demo_user&method=PRO_RATA&cursor=YWJj&limit=3"
    )
    filters, cursor, limit = services.allocations.asked[-1]
    assert (cursor, limit) == ("YWJj", 3)
    assert (str(filters.date_from), str(filters.date_to)) == ("2026-06-01", "2026-06-30")
    assert (filters.status, filters.security_id, filters.group_id) == ("SUBMITTED", "912828YW4", "BIG6")
    assert (filters.username, filters.method) == ("demo_user", "PRO_RATA")


# --- paths --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/nothing", "/nothing", "/v1/orders/", "/v1", "/v2/orders"])
def test_an_unknown_path_is_a_404_problem(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.get_json()["code"] == "NOT_FOUND"
    assert response.get_json()["detail"] == f"There is no path {path}"


@pytest.mark.parametrize("order_id", ["%00", "x" * 65, "%20", "%C3%A4", "a%0A"])
def test_an_impossible_id_is_a_404_without_asking_anybody(client: FlaskClient, order_id: str) -> None:
    response = client.get(f"/v1/orders/{order_id}")
    assert response.status_code == 404
    assert response.get_json()["detail"] == "No order can have this id"


def test_a_wrong_method_is_a_405_that_says_which_are_right(client: FlaskClient) -> None:
    response = client.patch("/v1/orders/9001")
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"DELETE", "GET", "HEAD", "OPTIONS", "PUT"}


def test_the_same_under_api_v1(client: FlaskClient) -> None:
    assert client.get("/api/v1/portfolio-groups").get_json() == client.get("/v1/portfolio-groups").get_json()
    assert client.post("/api/v1/allocations/preview", json=BODY).status_code == 200


# --- errors -------------------------------------------------------------------------------------------------


def test_an_error_of_ours_is_told_as_it_is(client: FlaskClient, services: Any) -> None:
    error = PriceMoved(
        "bad",
        errors=[FieldError("order.security_id", "unknown")],
        extra={"accounts": [], "previewed_market_price": 2.5, "market_price": Decimal("0.10")},
    )

    def fail(*_: Any, **__: Any) -> None:
        raise error

    services.trading.commits.commit = fail
    path = "/v1/allocations/alloc-1/commit"
    response = client.post(path, headers={"X-Request-ID": "desk-7"})
    assert response.status_code == 409
    assert response.content_type == "application/problem+json"
    assert response.get_json() == {
        "type": "urn:allocator:problem:price-moved",
        "title": "The market has moved since the preview",
        "status": 409,
        "detail": "bad",
        "code": "PRICE_MOVED",
        "instance": path,
        "request_id": "desk-7",
        "errors": [{"field": "order.security_id", "message": "unknown"}],
        "accounts": [],
        "previewed_market_price": 2.5,
        "market_price": 0.1,
    }


def test_a_date_is_written_as_iso_8601_wherever_it_stands(app: Flask) -> None:
    assert app.json.dumps({"days": [date(2026, 6, 30)]}) == '{"days": ["2026-06-30"]}'


def test_a_mistake_of_ours_is_a_500_without_internals(
    client: FlaskClient, services: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    raise_from(services, ZeroDivisionError("secret detail"))
    response = client.get("/v1/portfolio-groups")
    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert "Traceback" not in response.text
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    ours = [line for line in logged if line["event"] == "unexpected error"]
    assert ours[0]["request_id"] == response.get_json()["request_id"]
    assert "ZeroDivisionError: secret detail" in ours[0]["exception"]


def test_a_number_that_json_does_not_have_never_leaves(client: FlaskClient, services: Any) -> None:
    services.accounts.groups.accounts = lambda *_: ()
    bad = services.securities.analytics("912828YW4", EVERYTHING)
    object.__setattr__(bad, "dv01", float("nan"))
    services.securities.analytics = lambda *_: bad
    response = client.get("/v1/securities/912828YW4/analytics")
    assert response.status_code == 500
    assert "NaN" not in response.text


def test_every_error_class_has_a_status_that_reads_declare() -> None:
    """`portfolio-groups` is a plain read of vendor data: whatever the vendor does to it must be declared."""
    reads = failures(PortfolioGroupsEndpoint.operations["get"], in_path=True)
    declared = {failure.status for failure in reads}

    def below(kind: type[AllocatorError]) -> set[type[AllocatorError]]:
        return {kind}.union(*(below(sub) for sub in kind.__subclasses__()))

    assert {kind.status for kind in below(VendorError)} <= declared


def test_the_wait_that_the_vendor_asks_for_is_passed_on(client: FlaskClient, services: Any) -> None:
    raise_from(services, VendorThrottled("slow down", retry_after=2.2))
    response = client.get("/v1/portfolio-groups")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "3"


def test_not_ready_is_a_503_with_the_states(anyone: FlaskClient, services: Any) -> None:
    assert anyone.get("/health/ready").get_json()["ready"] is True
    services.ops.answer = replace(services.ops.answer, ready=False, aladdin="failed: VENDOR_FAILED")
    response = anyone.get("/health/ready")
    assert response.status_code == 503
    assert response.get_json()["code"] == "NOT_READY"
    assert response.get_json()["aladdin"] == "failed: VENDOR_FAILED"


# --- headers and logs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["desk-7", "a" * 64, "6f1c0f3e-6a38-4ccb-8a0e-7d7a3f6d1f11"])
def test_a_sane_request_id_is_kept(anyone: FlaskClient, given: str) -> None:
    response = anyone.get("/health/live", headers={"X-Request-ID": given})
    assert response.headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "a" * 65, "a b", "<script>", "a\u00e4"])
def test_another_request_id_is_replaced(anyone: FlaskClient, given: str) -> None:
    response = anyone.get("/health/live", headers={"X-Request-ID": given})
    assert response.headers["X-Request-ID"] != given
    assert len(response.headers["X-Request-ID"]) == 36


def test_security_headers_are_on_every_response(client: FlaskClient) -> None:
    for response in (client.get("/v1/portfolio-groups"), client.get("/nothing"), client.patch(PREVIEW)):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert response.headers["Cache-Control"] == "no-store"


def test_only_the_documentation_page_may_run_scripts(anyone: FlaskClient) -> None:
    assert "script-src 'self' 'unsafe-inline'" in anyone.get("/docs").headers["Content-Security-Policy"]
    assert "script" not in anyone.get("/openapi.json").headers["Content-Security-Policy"]


def test_no_password_or_token_is_logged(
    app: Flask, session: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    structlog.get_logger("app.test").info("x", password="p1", nested={"Access_Token": "t1", "n": 1})
    logged = capsys.readouterr().err
    line = json.loads(logged.splitlines()[-1])
    assert line["password"] == "***"
    assert line["nested"] == {"Access_Token": "***", "n": 1}
    assert session["access_token"] not in logged
    assert "demo_password" not in logged


def test_lines_of_other_loggers_come_out_the_same(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-9"):
        logging.getLogger("app.services.any").info("took %d ms", 7)
        logging.getLogger("httpx").info("GET https://elsewhere")
        logging.getLogger("httpx").warning("slow")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    told = [(line["logger"], line["level"], line["event"], line["request_id"]) for line in lines]
    assert told == [
        ("app.services.any", "info", "took 7 ms", "r-9"),
        ("httpx", "warning", "slow", "r-9"),
    ]


@pytest.mark.parametrize(("root", "page"), [("/", "/docs"), ("/api", "/api/docs"), ("/api/", "/api/docs")])
def test_the_root_leads_to_the_documentation(anyone: FlaskClient, root: str, page: str) -> None:
    response = anyone.get(root)
    assert response.status_code == 302
    assert response.headers["Location"] == page
    assert anyone.get(page).status_code == 200


def test_the_documentation_keeps_its_authorization_over_a_reload(anyone: FlaskClient) -> None:
    assert "persistAuthorization: true" in anyone.get("/docs").text
