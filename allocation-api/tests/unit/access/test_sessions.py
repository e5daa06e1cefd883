from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import create_app
from app.api.kit.operation import Endpoint
from app.api.kit.tokens import Access
from app.core.config import load_settings
from app.core.config.signing_keys import key_id
from app.core.security import Permission
from tests.contract.validation import load_contract
from tests.support.samples import USER
from tests.support.signing import OTHER_KEY, SIGNING_KEY, claims_of, expired, signed

MAY = [
    "portfolios:read",
    "securities:read",
    "market-data:read",
    "market-history:read",
    "market-history:write",
    "monitoring:write",
    "allocations:read",
    "allocations:preview",
    "allocations:commit",
    "allocations:override-warnings",
    "orders:read",
    "orders:write",
    "reports:read",
    "audit:read",
    "targets:write",
    "trading:stop",
    "alerts:acknowledge",
    "brokers:read",
    "brokers:connect",
    "brokers:trade",
]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def closed_operations(app: Flask) -> list[tuple[str, str, Permission | Access]]:
    """Method, URL and access of every operation that is not public, as Flask routes them."""
    found = []
    for rule in app.url_map.iter_rules():
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        if view is None or not issubclass(view, Endpoint):
            continue
        url = rule.rule
        for name in rule.arguments:
            url = re.sub(rf"<(\w+:)?{name}>", "x", url)
        found += [
            (method, url, operation.access)
            for method, operation in view.operations.items()
            if operation.access is not Access.PUBLIC
        ]
    return found


def published(mark: str) -> list[dict[str, Any]]:
    """Operations of the contract with this mark, of which at least one has it."""
    operations = [
        operation
        for item in load_contract()["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and operation.get(mark)
    ]
    assert operations
    return operations


def test_login_answers_with_the_original_shape(session: dict[str, Any]) -> None:
    assert session["user"] == {
        "id": "user-1",
        "username": "demo_user",
        "permissions": MAY,
        "roles": ["portfolio_manager"],
        "groups": None,
    }
    assert session["token_type"] == "Bearer"
    assert session["expires_in"] == 30 * 60
    access, refresh = (
        jwt.decode(session[name], SIGNING_KEY, algorithms=["HS256"], issuer="allocator")
        for name in ("access_token", "refresh_token")
    )
    assert (access["sub"], access["sid"], access["type"]) == ("user-1", "session-1", "access")
    assert (refresh["sub"], refresh["sid"], refresh["type"]) == ("user-1", "session-1", "refresh")
    assert access["exp"] - access["iat"] == 30 * 60
    assert abs(refresh["exp"] - refresh["iat"] - 12 * 3600) <= 1
    assert "permissions" not in access
    assert "permissions" not in refresh


def test_wrong_password_is_a_401_with_a_challenge(anyone: FlaskClient) -> None:
    response = anyone.post("/v1/auth/login", json={"username": "demo_user", "password": "no"})
    assert response.status_code == 401
    assert response.get_json()["code"] == "UNAUTHENTICATED"
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="allocator"'


def test_every_operation_but_the_public_ones_is_closed_without_a_token(
    app: Flask, anyone: FlaskClient
) -> None:
    closed = closed_operations(app)
    assert len(closed) == len(published("security"))
    for method, url, _ in closed:
        response = anyone.open(url, method=method.upper())
        assert response.status_code == 401, f"{method} {url}"


def test_public_operations_are_exactly_these(app: Flask) -> None:
    public = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if issubclass(getattr(app.view_functions[rule.endpoint], "view_class", object), Endpoint)
        for operation in app.view_functions[rule.endpoint].view_class.operations.values()
        if operation.access is Access.PUBLIC
    }
    assert public == {
        "/v1/allocation/calculate",
        "/v1/allocation/check-rebalancing",
        "/v1/allocation/drift-analysis",
        "/v1/allocation/targets",
        "/v1/auth/login",
        "/v1/auth/sso",
        "/v1/auth/sso/login",
        "/v1/auth/sso/callback",
        "/health/live",
        "/health/ready",
        "/v1/health/live",
        "/v1/health/ready",
        "/v1/webhook/database",  # signed by a secret
        "/v1/webhook/market-data-update",
        "/metrics",  # it has a token of its own
        "/openapi.json",
        "/swagger.json",
        "/docs",
    }


def test_every_permission_is_asked_for_before_anything_is_read(
    app: Flask, client: FlaskClient, services: Any
) -> None:
    services.access.users.account = replace(USER, permissions=())
    guarded = [o for o in closed_operations(app) if isinstance(o[2], Permission)]
    assert len(guarded) == len(published("x-permission"))
    for method, url, permission in guarded:
        response = client.open(url, method=method.upper())
        assert response.status_code == 403, f"{method} {url}"
        assert response.get_json()["permission"] == permission
        assert permission in response.get_json()["detail"]


def test_a_resource_without_a_declared_operation_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match=r"Open\.get is not a declared operation"):

        class Open(Endpoint):
            def get(self) -> str:
                return "open to everybody"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer x",
        "Bearer a.b.c",
        "Basic ZGVtbzpkZW1v",
        "Bearer \xff\xfe",
        "bearer",
        "Bearer a b",
    ],
)
def test_rubbish_for_a_token_is_a_401(anyone: FlaskClient, header: str) -> None:
    assert anyone.get("/v1/auth/me", headers={"Authorization": header}).status_code == 401


def test_an_expired_token_is_a_401_that_says_so(session: dict[str, Any], anyone: FlaskClient) -> None:
    response = anyone.get("/v1/auth/me", headers=bearer(expired(session["access_token"])))
    assert response.status_code == 401
    assert response.get_json()["detail"] == "The token has expired"


@pytest.mark.parametrize(
    "forged",
    [
        {"key": OTHER_KEY, "algorithm": "HS256", "headers": {"kid": key_id(SIGNING_KEY)}},
        {"key": OTHER_KEY, "algorithm": "HS256", "headers": {"kid": key_id(OTHER_KEY)}},
        {"key": SIGNING_KEY, "algorithm": "HS256"},
        {"key": SIGNING_KEY, "algorithm": "HS512", "headers": {"kid": key_id(SIGNING_KEY)}},
        {"key": "", "algorithm": "none", "headers": {"kid": key_id(SIGNING_KEY)}},
    ],
)
def test_a_token_signed_by_somebody_else_or_otherwise_is_a_401(
    session: dict[str, Any], anyone: FlaskClient, forged: dict[str, Any]
) -> None:
    token = jwt.encode(claims_of(session["access_token"]), **forged)
    assert anyone.get("/v1/auth/me", headers=bearer(token)).status_code == 401


def test_a_token_of_another_issuer_is_a_401(session: dict[str, Any], anyone: FlaskClient) -> None:
    token = signed({**claims_of(session["access_token"]), "iss": "somebody"})
    assert anyone.get("/v1/auth/me", headers=bearer(token)).status_code == 401


def test_a_token_of_no_session_says_to_log_in_again(session: dict[str, Any], anyone: FlaskClient) -> None:
    """Tokens from before there were sessions are of none."""
    claims = claims_of(session["access_token"])
    del claims["sid"]
    response = anyone.get("/v1/auth/me", headers=bearer(signed(claims)))
    assert response.status_code == 401
    assert "log in again" in response.get_json()["detail"]


@pytest.mark.parametrize("name", ["exp", "iat", "jti", "sub", "sid", "type", "iss"])
@pytest.mark.parametrize("value", [None, "", 7.5, -1, 10**30, True, [], {"a": 1}, "\ud800", "x y", "missing"])
@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_a_claim_that_is_missing_or_malformed_is_a_401(
    session: dict[str, Any], anyone: FlaskClient, name: str, value: Any, which: str
) -> None:
    claims = claims_of(session[which])
    claims[name] = value
    if value == "missing":
        del claims[name]
    path, method = ("/v1/auth/me", "GET") if which == "access_token" else ("/v1/auth/refresh", "POST")
    assert anyone.open(path, method=method, headers=bearer(signed(claims))).status_code == 401


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
CLAIMS = ("exp", "iat", "nbf", "jti", "sub", "sid", "type", "iss", "aud", "csrf", "fresh", "permissions")


@given(
    changed=st.dictionaries(st.sampled_from(CLAIMS), json, min_size=1), gone=st.sets(st.sampled_from(CLAIMS))
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_claims_whatever_make_an_error_of_the_service(
    session: dict[str, Any], anyone: FlaskClient, changed: dict[str, Any], gone: set[str]
) -> None:
    claims = {**claims_of(session["access_token"]), **changed}
    token = signed({name: value for name, value in claims.items() if name not in gone})
    answers = [
        anyone.get("/v1/auth/me", headers=bearer(token)),
        anyone.post("/v1/auth/refresh", headers=bearer(token)),
        anyone.post("/v1/auth/refresh", json={"refresh_token": token}),
    ]
    assert {answer.status_code for answer in answers} <= {200, 401}


@pytest.mark.parametrize("part", [0, 1])
def test_a_token_that_is_nested_too_deeply_is_a_401(anyone: FlaskClient, part: int) -> None:
    parts = [b'{"alg":"HS256","typ":"JWT"}', b"{}", b"x"]
    parts[part] = b'{"a":' + b"[" * 2_800 + b"]" * 2_800 + b"}"
    token = ".".join(urlsafe_b64encode(text).decode().rstrip("=") for text in parts)
    assert anyone.get("/v1/auth/me", headers=bearer(token)).status_code == 401


def test_nested_permissions_in_a_token_mean_nothing(session: dict[str, Any], anyone: FlaskClient) -> None:
    token = signed({**claims_of(session["access_token"]), "permissions": [["a"], {"b": []}]})
    assert anyone.get("/v1/auth/me", headers=bearer(token)).status_code == 200
    assert anyone.get("/v1/portfolio-groups", headers=bearer(token)).status_code == 200


def test_a_token_of_a_retired_key_holds_until_the_key_is_gone(session: dict[str, Any], services: Any) -> None:
    def app_with(*keys: str) -> FlaskClient:
        env = {"JWT_SECRET_KEYS": ",".join(keys), "AUDIT_SIGNING_KEY": "5d" * 32, "LOG_LEVEL": "ERROR"}
        return create_app(load_settings(env), services=services).test_client()

    old = bearer(session["access_token"])
    rotated = app_with(OTHER_KEY, SIGNING_KEY)
    assert rotated.get("/v1/auth/me", headers=old).status_code == 200
    renewed = rotated.post("/v1/auth/refresh", json={"refresh_token": session["refresh_token"]}).get_json()
    for name in ("access_token", "refresh_token"):
        assert jwt.get_unverified_header(renewed[name])["kid"] == key_id(OTHER_KEY)
    without = app_with(OTHER_KEY)
    assert without.get("/v1/auth/me", headers=old).status_code == 401
    assert without.get("/v1/auth/me", headers=bearer(renewed["access_token"])).status_code == 200


def test_a_refresh_token_opens_nothing_but_refresh_and_holds_once(
    session: dict[str, Any], anyone: FlaskClient
) -> None:
    refresh = bearer(session["refresh_token"])
    assert anyone.get("/v1/auth/me", headers=refresh).status_code == 401
    renewed = anyone.post("/v1/auth/refresh", headers=refresh).get_json()
    assert renewed["refresh_token"] != session["refresh_token"]
    assert renewed["user"] == session["user"]
    assert anyone.get("/v1/auth/me", headers=bearer(renewed["access_token"])).status_code == 200
    assert anyone.post("/v1/auth/refresh", headers=refresh).status_code == 401


def test_new_tokens_do_not_prolong_a_session(session: dict[str, Any], anyone: FlaskClient) -> None:
    renewed = anyone.post("/v1/auth/refresh", headers=bearer(session["refresh_token"])).get_json()
    first, second = (claims_of(found["refresh_token"])["exp"] for found in (session, renewed))
    assert first == second


def test_an_access_token_ends_with_its_session(
    session: dict[str, Any], services: Any, anyone: FlaskClient
) -> None:
    opened = services.access.sessions.open["session-1"]
    services.access.sessions.open["session-1"] = replace(
        opened, expires_at=services.clock() + timedelta(minutes=10)
    )
    renewed = anyone.post("/v1/auth/refresh", headers=bearer(session["refresh_token"])).get_json()
    assert renewed["expires_in"] == 600


def test_an_access_token_does_not_refresh(client: FlaskClient) -> None:
    assert client.post("/v1/auth/refresh").status_code == 401


def test_permissions_are_those_of_today(session: dict[str, Any], services: Any, anyone: FlaskClient) -> None:
    services.access.users.account = replace(USER, permissions=("portfolios:read",))
    renewed = anyone.post("/v1/auth/refresh", headers=bearer(session["refresh_token"])).get_json()
    assert renewed["user"]["permissions"] == ["portfolios:read"]
    for token in (session["access_token"], renewed["access_token"]):
        assert anyone.get("/v1/portfolio-groups", headers=bearer(token)).status_code == 200
        assert anyone.get("/v1/audit", headers=bearer(token)).status_code == 403


@pytest.mark.parametrize("token", ["access_token", "refresh_token"])
@pytest.mark.parametrize("place", ["header", "body", "both"])
def test_logout_with_either_token_ends_the_session(
    session: dict[str, Any], anyone: FlaskClient, token: str, place: str
) -> None:
    headers = bearer(session[token]) if place != "body" else {}
    body = {"refresh_token": session["refresh_token"]} if place != "header" else {}
    answer = anyone.post("/v1/auth/logout", json=body, headers=headers)
    assert answer.get_json() == {"message": "Logged out"}
    assert anyone.get("/v1/auth/me", headers=bearer(session["access_token"])).status_code == 401
    assert anyone.post("/v1/auth/refresh", headers=bearer(session["refresh_token"])).status_code == 401


def test_logout_with_an_expired_access_token_and_a_good_refresh_token(
    session: dict[str, Any], anyone: FlaskClient
) -> None:
    late = bearer(expired(session["access_token"]))
    assert anyone.post("/v1/auth/logout", headers=late).status_code == 401
    body = {"refresh_token": session["refresh_token"]}
    assert anyone.post("/v1/auth/logout", headers=late, json=body).status_code == 200
    assert anyone.get("/v1/auth/me", headers=bearer(session["access_token"])).status_code == 401


@pytest.mark.parametrize("which", ["access_token", "rubbish"])
def test_logout_refuses_what_is_no_refresh_token_and_ends_nothing(
    session: dict[str, Any], client: FlaskClient, which: str
) -> None:
    response = client.post("/v1/auth/logout", json={"refresh_token": session.get(which, which)})
    assert response.status_code == 422
    assert response.get_json()["errors"][0]["field"] == "refresh_token"
    assert client.get("/v1/auth/me").status_code == 200


def test_me_is_the_user_of_the_token(client: FlaskClient, session: dict[str, Any]) -> None:
    assert client.get("/v1/auth/me").get_json() == session["user"]


def test_the_refresh_token_of_the_body_wins_whatever_the_header_holds(
    session: dict[str, Any], anyone: FlaskClient
) -> None:
    late = bearer(expired(session["access_token"]))
    token = session["refresh_token"]
    for header in ({}, late, bearer(session["access_token"]), bearer("x"), {"Authorization": "?"}):
        answer = anyone.post("/v1/auth/refresh", json={"refresh_token": token}, headers=header)
        assert answer.status_code == 200, header
        renewed = answer.get_json()
        assert renewed["user"] == session["user"]
        assert anyone.get("/v1/auth/me", headers=bearer(renewed["access_token"])).status_code == 200
        token = renewed["refresh_token"]


@pytest.mark.parametrize("which", ["access_token", "rubbish", "expired", "of nobody", "of no session"])
def test_what_is_no_valid_refresh_token_in_the_body_is_a_401_even_with_one_in_the_header(
    session: dict[str, Any], anyone: FlaskClient, which: str
) -> None:
    claims = claims_of(session["refresh_token"])
    tokens = {
        "access_token": session["access_token"],
        "rubbish": "rubbish",
        "expired": expired(session["refresh_token"]),
        "of nobody": signed({**claims, "sub": "user-2"}),
        "of no session": signed({**claims, "sid": "session-2"}),
    }
    header = bearer(session["refresh_token"])
    answer = anyone.post("/v1/auth/refresh", json={"refresh_token": tokens[which]}, headers=header)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_without_a_token_in_the_body_the_header_counts(session: dict[str, Any], anyone: FlaskClient) -> None:
    token = session["refresh_token"]
    for body in ({}, {"refresh_token": None}):
        assert anyone.post("/v1/auth/refresh", json=body).status_code == 401
        answer = anyone.post("/v1/auth/refresh", json=body, headers=bearer(token))
        assert answer.status_code == 200
        token = answer.get_json()["refresh_token"]
    assert anyone.post("/v1/auth/refresh", json={"token": "x"}, headers=bearer(token)).status_code == 422


def test_sessions_are_listed_and_ended(client: FlaskClient) -> None:
    (shown,) = client.get("/v1/auth/sessions").get_json()["sessions"]
    assert (shown["session_id"], shown["origin"], shown["current"]) == ("session-1", "PASSWORD", True)
    assert client.delete("/v1/auth/sessions/session-2").status_code == 404
    assert client.delete("/v1/auth/sessions/session-1").get_json() == {"ended": 1}
    assert client.get("/v1/auth/me").status_code == 401


def test_all_sessions_are_ended(client: FlaskClient) -> None:
    assert client.delete("/v1/auth/sessions").get_json() == {"ended": 1}
    assert client.get("/v1/auth/me").status_code == 401
