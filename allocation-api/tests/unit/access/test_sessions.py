from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_jwt_extended import create_access_token, create_refresh_token

from app.api.kit.operation import Endpoint
from app.api.kit.tokens import Access
from app.core.config.signing_keys import key_id
from app.core.security import Permission
from tests.contract.validation import load_contract
from tests.support.samples import USER
from tests.support.signing import OTHER_KEY, SIGNING_KEY

MAY = [
    "portfolios:read",
    "securities:read",
    "market-data:read",
    "allocations:read",
    "allocations:preview",
    "allocations:commit",
    "allocations:override-warnings",
    "orders:read",
    "orders:write",
    "reports:read",
    "audit:read",
    "trading:stop",
]
SECRET = SIGNING_KEY


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
    claims = jwt.decode(session["access_token"], SECRET, algorithms=["HS256"], issuer="allocator")
    assert claims["sub"] == "user-1"
    assert claims["permissions"] == MAY
    assert claims["exp"] - claims["iat"] == 30 * 60
    assert "permissions" not in jwt.decode(
        session["refresh_token"], SECRET, algorithms=["HS256"], issuer="allocator"
    )


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
        "/v1/auth/login",
        "/health/live",
        "/health/ready",
        "/v1/health/live",
        "/v1/health/ready",
        "/metrics",  # it has a token of its own
        "/openapi.json",
        "/swagger.json",
        "/docs",
    }


def test_every_permission_is_asked_for_before_anything_is_read(app: Flask, anyone: FlaskClient) -> None:
    with app.app_context():
        token = create_access_token("user-1", additional_claims={"username": "u", "permissions": []})
    guarded = [o for o in closed_operations(app) if isinstance(o[2], Permission)]
    assert len(guarded) == len(published("x-permission"))
    for method, url, permission in guarded:
        response = anyone.open(url, method=method.upper(), headers=bearer(token))
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


def test_an_expired_token_is_a_401_that_says_so(app: Flask, anyone: FlaskClient) -> None:
    with app.app_context():
        token = create_access_token("user-1", expires_delta=timedelta(seconds=-1))
    response = anyone.get("/v1/auth/me", headers=bearer(token))
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
def test_a_token_signed_by_somebody_else_is_a_401(
    session: dict[str, Any], anyone: FlaskClient, forged: dict[str, Any]
) -> None:
    claims = jwt.decode(session["access_token"], SECRET, algorithms=["HS256"], issuer="allocator")
    token = jwt.encode(claims, **forged)
    assert anyone.get("/v1/auth/me", headers=bearer(token)).status_code == 401


def test_a_token_of_another_issuer_is_a_401(session: dict[str, Any], anyone: FlaskClient) -> None:
    claims = jwt.decode(session["access_token"], SECRET, algorithms=["HS256"], issuer="allocator")
    kid = {"kid": key_id(SECRET)}
    token = jwt.encode({**claims, "iss": "somebody"}, SECRET, algorithm="HS256", headers=kid)
    assert anyone.get("/v1/auth/me", headers=bearer(token)).status_code == 401


def test_a_refresh_token_opens_nothing_but_refresh(session: dict[str, Any], anyone: FlaskClient) -> None:
    refresh = bearer(session["refresh_token"])
    assert anyone.get("/v1/auth/me", headers=refresh).status_code == 401
    renewed = anyone.post("/v1/auth/refresh", headers=refresh).get_json()
    assert renewed["refresh_token"] == session["refresh_token"]
    assert renewed["user"] == session["user"]
    assert anyone.get("/v1/auth/me", headers=bearer(renewed["access_token"])).status_code == 200


def test_an_access_token_does_not_refresh(client: FlaskClient) -> None:
    assert client.post("/v1/auth/refresh").status_code == 401


def test_refresh_gives_the_permissions_of_today(
    session: dict[str, Any], services: Any, anyone: FlaskClient
) -> None:
    services.access.users.account = replace(USER, permissions=("portfolios:read",))
    renewed = anyone.post("/v1/auth/refresh", headers=bearer(session["refresh_token"])).get_json()
    claims = jwt.decode(renewed["access_token"], SECRET, algorithms=["HS256"], issuer="allocator")
    assert claims["permissions"] == ["portfolios:read"]


def test_logout_without_a_body_ends_the_access_token_only(
    session: dict[str, Any], client: FlaskClient, anyone: FlaskClient
) -> None:
    assert client.post("/v1/auth/logout").get_json() == {"message": "Logged out"}
    assert client.get("/v1/auth/me").status_code == 401
    assert anyone.post("/v1/auth/refresh", headers=bearer(session["refresh_token"])).status_code == 200


def test_logout_with_the_refresh_token_ends_both(
    session: dict[str, Any], client: FlaskClient, anyone: FlaskClient
) -> None:
    body = {"refresh_token": session["refresh_token"]}
    assert client.post("/v1/auth/logout", json=body).status_code == 200
    assert client.get("/v1/auth/me").status_code == 401
    assert anyone.post("/v1/auth/refresh", headers=bearer(session["refresh_token"])).status_code == 401


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
    session: dict[str, Any], anyone: FlaskClient, app: Flask
) -> None:
    with app.app_context():
        expired = create_access_token("user-1", expires_delta=timedelta(seconds=-1))
    body = {"refresh_token": session["refresh_token"]}
    for header in ({}, bearer(expired), bearer(session["access_token"]), bearer("x"), {"Authorization": "?"}):
        answer = anyone.post("/v1/auth/refresh", json=body, headers=header)
        assert answer.status_code == 200, header
        renewed = answer.get_json()
        assert renewed["refresh_token"] == session["refresh_token"]
        assert renewed["user"] == session["user"]
        assert anyone.get("/v1/auth/me", headers=bearer(renewed["access_token"])).status_code == 200


@pytest.mark.parametrize("which", ["access_token", "rubbish", "expired", "of nobody", "revoked"])
def test_what_is_no_valid_refresh_token_in_the_body_is_a_401_even_with_one_in_the_header(
    session: dict[str, Any], anyone: FlaskClient, client: FlaskClient, app: Flask, which: str
) -> None:
    header = bearer(session["refresh_token"])
    with app.app_context():
        tokens = {
            "access_token": session["access_token"],
            "rubbish": "rubbish",
            "expired": create_refresh_token("user-1", expires_delta=timedelta(seconds=-1)),
            "of nobody": create_refresh_token("user-2"),
            "revoked": create_refresh_token("user-1"),
        }
    gone = {"refresh_token": tokens["revoked"]}
    if which == "revoked":
        assert client.post("/v1/auth/logout", json=gone).status_code == 200
    answer = anyone.post("/v1/auth/refresh", json={"refresh_token": tokens[which]}, headers=header)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_without_a_token_in_the_body_the_header_counts(session: dict[str, Any], anyone: FlaskClient) -> None:
    header = bearer(session["refresh_token"])
    for body in ({}, {"refresh_token": None}):
        assert anyone.post("/v1/auth/refresh", json=body, headers=header).status_code == 200
        assert anyone.post("/v1/auth/refresh", json=body).status_code == 401
    assert anyone.post("/v1/auth/refresh", json={"token": "x"}, headers=header).status_code == 422
