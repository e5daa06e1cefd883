"""Who may call the simulator: the token endpoint, bearer tokens, the API key, and its own operations."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from aladdin_simulator.wire.operations import TOKEN_PATH
from tests.unit.simulator.vendor import HEADERS, POSITION, Vendor, small_book

SECRET = "a-secret-that-nobody-may-read"
GRANT = {"grant_type": "client_credentials", "client_id": "desk", "client_secret": SECRET}
API_KEY = "VND.com.blackrock.API-Key"
QUERY = {"portGroup": "TOP", "posType": "SOD"}


@pytest.fixture
def guarded(tmp_path) -> Vendor:
    return Vendor(small_book(tmp_path), clients={"desk": SECRET}, token_seconds=600)


def ask_token(vendor: Vendor, form: dict[str, object] = GRANT, **options: object) -> TestResponse:
    return vendor.client.post(TOKEN_PATH, data=form, **options)


def positions(vendor: Vendor, **headers: str) -> TestResponse:
    return vendor.client.get(POSITION, query_string=QUERY, headers=HEADERS | headers)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_client_gets_a_token_and_comes_in_with_it(guarded):
    answer = ask_token(guarded)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    assert positions(guarded, **bearer(body["access_token"])).status_code == 200


def test_the_scope_comes_back(guarded):
    body = ask_token(guarded, GRANT | {"scope": "a.b:read c.d:write"}).get_json()
    assert body["scope"] == "a.b:read c.d:write"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({**GRANT, "grant_type": ["client_credentials"] * 2}, 400, "invalid_request"),
        (GRANT | {"grant_type": "password"}, 400, "unsupported_grant_type"),
        (GRANT | {"client_secret": "wrong"}, 401, "invalid_client"),
        (GRANT | {"client_secret": ""}, 401, "invalid_client"),
        (GRANT | {"client_id": "nobody"}, 401, "invalid_client"),
        (GRANT | {"client_id": "nobody", "client_secret": ""}, 401, "invalid_client"),
        (GRANT | {"scope": 'a "quoted" one'}, 400, "invalid_scope"),
    ],
)
def test_a_wrong_grant_is_refused_as_rfc_6749_says(guarded, form, status, error):
    answer = ask_token(guarded, form)
    assert (answer.status_code, answer.get_json()["error"]) == (status, error)
    assert "access_token" not in answer.get_json()


def test_a_secret_in_the_url_or_in_json_is_refused(guarded):
    in_url = ask_token(guarded, query_string=GRANT)
    as_json = guarded.client.post(TOKEN_PATH, json=GRANT)
    assert [each.get_json()["error"] for each in (in_url, as_json)] == ["invalid_request"] * 2


@pytest.mark.parametrize("headers", [{}, bearer("made-up"), {"Authorization": "Basic ZGVzazp4"}])
def test_without_a_live_token_every_operation_is_a_401(guarded, headers):
    answer = positions(guarded, **headers)
    assert answer.status_code == 401
    assert answer.get_json() == {"code": "UNAUTHORIZED", "message": "a valid bearer token is required"}
    assert answer.headers["VND.com.blackrock.Response-ID"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_lives_as_long_as_it_was_said(guarded):
    token = bearer(ask_token(guarded).get_json()["access_token"])
    guarded.now += timedelta(seconds=599)
    assert positions(guarded, **token).status_code == 200
    guarded.now += timedelta(seconds=1)
    assert positions(guarded, **token).status_code == 401
    assert positions(guarded, **bearer(ask_token(guarded).get_json()["access_token"])).status_code == 200


def test_two_tokens_live_side_by_side(guarded):
    first, second = (ask_token(guarded).get_json()["access_token"] for _ in range(2))
    assert first != second
    assert [positions(guarded, **bearer(token)).status_code for token in (first, second)] == [200, 200]


def test_without_clients_no_token_is_needed_and_anybody_may_have_one(vendor):
    assert positions(vendor).status_code == 200
    assert ask_token(vendor).get_json()["access_token"]


def test_the_api_key_must_match(tmp_path):
    vendor = Vendor(small_book(tmp_path), api_key="key-1")
    answers = [
        positions(vendor),
        positions(vendor, **{API_KEY: "key-2"}),
        positions(vendor, **{API_KEY: "key-1"}),
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 200]
    assert answers[0].get_json()["code"] == "INVALID_API_KEY"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"clients": {"desk": ""}}, "clients"),
        ({"clients": {"": "x"}}, "clients"),
        ({"api_key": ""}, "api_key"),
        ({"token_seconds": 0}, "token_seconds"),
    ],
)
def test_an_access_that_lets_everybody_in_by_mistake_is_refused(tmp_path, options, named):
    with pytest.raises(ValueError, match=f"^{named}: "):
        Vendor(small_book(tmp_path), **options)


def test_no_secret_is_logged(guarded, caplog):
    caplog.set_level(logging.DEBUG)
    token = ask_token(guarded).get_json()["access_token"]
    ask_token(guarded, GRANT | {"client_id": "nobody"})
    guarded.simulator._handlers.clear()
    assert positions(guarded, **bearer(token)).status_code == 500
    assert "getPositions failed" in caplog.text
    assert SECRET not in caplog.text
    assert token not in caplog.text


def test_a_defect_is_a_500_in_the_vendors_shape_and_the_next_request_is_served(vendor, caplog):
    handlers = dict(vendor.simulator._handlers)
    vendor.simulator._handlers.clear()
    answer = positions(vendor)
    assert (answer.status_code, answer.get_json()["code"]) == (500, "INTERNAL")
    assert answer.headers["VND.com.blackrock.Response-ID"]
    assert "Traceback" in caplog.text
    vendor.simulator._handlers.update(handlers)
    assert positions(vendor).status_code == 200


@pytest.mark.parametrize(
    "path", ["/simulator/", "/simulator/faults", "/simulator/requests", "/simulator/orders"]
)
def test_a_simulator_inside_the_product_has_no_operations_of_its_own(vendor, path):
    answer = vendor.client.get(path, headers=HEADERS)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "NOT_FOUND")


def test_the_operations_of_its_own_need_no_token(tmp_path):
    vendor = Vendor(small_book(tmp_path), clients={"desk": SECRET}, admin=True)
    assert vendor.client.get("/simulator/faults").get_json() == []
