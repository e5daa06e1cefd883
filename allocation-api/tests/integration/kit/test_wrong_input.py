"""Wrong input gets a 4xx problem document that names the field: never a 500, never a silent default."""

from __future__ import annotations

import json

import pytest

from tests.support.signing import expired

GOOD = {
    "order": {"security_id": "", "side": "BUY", "quantity": 1_000_000},
    "allocation_method": "PRO_RATA",
    "portfolio_groups": ["PUBLICPRE"],
}


@pytest.fixture(scope="module")
def bond(desk):
    return desk.get("securities/search", query="treasury", limit=1)["securities"][0]["cusip"]


def changed(bond, path, value):
    body = json.loads(json.dumps(GOOD))
    body["order"]["security_id"] = bond
    *parents, last = path.split(".")
    target = body
    for name in parents:
        target = target.setdefault(name, {})
    target[last] = value
    return body


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("order.security_id", "000000000", "order.security_id"),
        ("order.security_id", "", "order.security_id"),
        ("order.security_id", 7, "order.security_id"),
        ("order.side", "HOLD", "order.side"),
        ("order.quantity", 0, "order.quantity"),
        ("order.quantity", -1000, "order.quantity"),
        ("order.quantity", 1000.5, "order.quantity"),
        ("order.quantity", "1000000", "order.quantity"),
        ("order.quantity", True, "order.quantity"),
        ("order.quantity", None, "order.quantity"),
        ("order.quantity", 10**30, "order.quantity"),
        ("order.quantity", 1e300, "order.quantity"),
        ("order.price", 0, "order.price"),
        ("order.price", -1, "order.price"),
        ("order.price", "98", "order.price"),
        ("order.settlement_date", "2020-01-02", "order.settlement_date"),
        ("order.settlement_date", "2026-07-04", "order.settlement_date"),
        ("order.settlement_date", "tomorrow", "order.settlement_date"),
        ("order.colour", "red", "order.colour"),
        ("allocation_method", "RANDOM", "allocation_method"),
        ("portfolio_groups", [], "portfolio_groups"),
        ("portfolio_groups", ["NOWHERE"], "portfolio_groups.0"),
        ("portfolio_groups", "PUBLICPRE", "portfolio_groups"),
        ("portfolio_groups", ["PUBLICPRE", "NOWHERE"], "portfolio_groups.1"),
        ("parameters.base_metric", "ASSETS", "parameters.base_metric"),
        ("parameters.target_metric", "BETA", "parameters.target_metric"),
        ("parameters.tolerance", -0.1, "parameters.tolerance"),
        ("parameters.max_iterations", 0, "parameters.max_iterations"),
        ("parameters.solver", "GUESS", "parameters.solver"),
        ("parameters.weighting", "SIZE", "parameters.weighting"),
        ("constraints.min_allocation", -1, "constraints.min_allocation"),
        ("constraints.respect_cash", "yes", "constraints.respect_cash"),
    ],
)
def test_a_wrong_field_is_named(desk, bond, path, value, field):
    problem = desk.post("allocations/preview", changed(bond, path, value), status=422)
    assert {e["field"] for e in problem["errors"]} == {field}
    assert problem["status"] == 422


@pytest.mark.parametrize("number", ["1e99999999999999999999999", "-1e99999999999999999999999", "1e400"])
@pytest.mark.parametrize("path", ["order.quantity", "order.price"])
def test_numbers_beyond_all_bounds(desk, bond, path, number):
    body = json.dumps(changed(bond, path, 424242424242)).replace("424242424242", number)
    answer = desk.client.post(
        "/v1/allocations/preview", data=body, content_type="application/json", headers=desk.headers
    )
    assert answer.status_code == 422
    assert [e["field"] for e in answer.get_json()["errors"]] == [path]


@pytest.mark.parametrize(
    "cursor", ["rubbish", "MDAwMS0wMS0wMVQwMDowMDowMCsyMzo1OXx4", "OTk5OS0xMi0zMVQyMzo1OTo1OS0yMzo1OXx4"]
)
@pytest.mark.parametrize("path", ["allocations", "audit", "orders"])
def test_forged_cursors(desk, path, cursor):
    assert [e["field"] for e in desk.get(path, status=422, cursor=cursor)["errors"]] == ["cursor"]


def test_the_last_day_of_the_calendar(desk):
    everything = desk.get("allocations", limit=1)["allocations"]
    assert desk.get("allocations", date_to="9999-12-31", limit=1)["allocations"] == everything


def test_half_a_character_in_a_password(desk):
    answer = desk.client.post(
        "/v1/auth/login",
        data=b'{"username": "demo_user", "password": "\\ud800"}',
        content_type="application/json",
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("path", ["order.quantity", "order.price", "parameters.tolerance"])
def test_numbers_that_are_none(desk, bond, path, number):
    body = json.dumps(changed(bond, path, float(number)))
    assert number in body
    answer = desk.client.post(
        "/v1/allocations/preview",
        data=body,
        content_type="application/json",
        headers=desk.headers,
    )
    assert answer.status_code in {400, 422}
    problem = answer.get_json()
    assert path in problem["detail"] or path in [e["field"] for e in problem["errors"]]


@pytest.mark.parametrize(
    ("weights", "field"),
    [
        ({}, "parameters.weights"),
        ({"A": 0.5, "B": 0.4}, "parameters.weights"),
        ({"A": 1.5, "B": -0.5}, "parameters.weights.A"),
        ({"A": "0.5", "B": 0.5}, "parameters.weights.A"),
        (None, "parameters.weights"),
    ],
)
def test_weights_that_do_not_make_one(desk, bond, weights, field):
    ids = [a["account_id"] for a in desk.get("portfolio-groups/PUBLICPRE/accounts")["accounts"]]
    names = {"A": ids[0], "B": ids[1]}
    given = weights if weights is None else {names[k]: w for k, w in weights.items()}
    body = changed(bond, "parameters.weights", given) | {"allocation_method": "CUSTOM_WEIGHTS"}
    problem = desk.post("allocations/preview", body, status=422)
    assert field.replace(".A", f".{ids[0]}") in [e["field"] for e in problem["errors"]]


def test_weights_of_accounts_elsewhere(desk, bond):
    # R7.1
    other = desk.get("portfolio-groups/BIG6/accounts")["accounts"][0]["account_id"]
    body = changed(bond, "parameters.weights", {other: 1}) | {"allocation_method": "CUSTOM_WEIGHTS"}
    problem = desk.post("allocations/preview", body, status=422)
    assert [e["field"] for e in problem["errors"]] == [f"parameters.weights.{other}"]


@pytest.mark.parametrize(
    "path",
    [
        "portfolio-groups/NOWHERE",
        "portfolio-groups/NOWHERE/accounts",
        "securities/000000000",
        "securities/000000000/analytics",
        "positions/NOBODY",
        "positions/PUBLICPRE",
        "cash/NOBODY",
        "allocations/2b2f9f2e-0000-4000-8000-000000000000",
        "orders/1",
        "audit/2b2f9f2e-0000-4000-8000-000000000000",
    ],
)
def test_what_is_not_there(desk, path):
    assert desk.get(path, status=404)["status"] == 404


def test_wrong_query(desk):
    problem = desk.get("positions/NOBODY", status=422, as_of="LATER")
    assert [e["field"] for e in problem["errors"]] == ["as_of"]
    problem = desk.get("securities/search", status=422, query="x", limit=0)
    assert [e["field"] for e in problem["errors"]] == ["limit"]


def test_a_body_of_five_megabytes(desk):
    answer = desk.client.post(
        "/v1/allocations/preview",
        data=b'{"order": "' + b"x" * 5_000_000 + b'"}',
        content_type="application/json",
        headers=desk.headers,
    )
    assert answer.status_code == 413
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"null"])
def test_bodies_that_are_none(desk, body):
    answer = desk.client.post(
        "/v1/allocations/preview", data=body, content_type="application/json", headers=desk.headers
    )
    assert answer.status_code in {400, 422}


def test_without_with_a_broken_and_with_an_expired_token(desk):
    client = desk.client
    for headers in ({}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "Basic abc"}):
        answer = client.get("/v1/portfolio-groups", headers=headers)
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
    late = expired(desk.token, desk.settings.access.jwt_secret_key)
    answer = client.get("/v1/portfolio-groups", headers={"Authorization": f"Bearer {late}"})
    assert answer.status_code == 401
    assert "expired" in answer.get_json()["detail"].lower()


@pytest.mark.parametrize("character", ["\u202e", "\u2067", "\u2028", "\u200b", "\ufeff", "\x1b"])
def test_free_text_with_characters_that_do_not_show_is_refused_by_field(desk, bond, character):
    text = f"As{character}agreed"
    preview = desk.post("allocations/preview", changed(bond, "order.price", 98))["allocation_id"]
    excluded = [{"account_id": "PPR-001", "reason": text}]
    asked = [
        desk.post(f"allocations/{preview}/commit", {"comment": text}, status=422),
        desk.post("allocations/preview", changed(bond, "constraints.exclude_accounts", excluded), status=422),
        desk.call("DELETE", "orders/1", json={"reason": text}, status=422),
        desk.get("audit", username=text, status=422),
        desk.get("securities/search", query=text, status=422),
    ]
    fields = [[error["field"] for error in refused["errors"]] for refused in asked]
    assert fields == [
        ["comment"],
        ["constraints.exclude_accounts.0.reason"],
        ["reason"],
        ["username"],
        ["query"],
    ]
    assert all(f"U+{ord(character):04X}" in refused["detail"] for refused in asked)
