"""Which pages may call the API: preflight, answers and errors, by origin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.core.config import SettingsError, load_settings
from tests.support.signing import SIGNING_KEY

ORIGIN = "http://localhost:5173"
DEVELOPMENT = ("http://localhost:5173", "http://localhost:3000", "http://localhost:8080")
"""The ports of Vite, of Create React App and Next.js, and of webpack."""

ASK = {
    "Origin": ORIGIN,
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,traceparent",
}
PRODUCTION = {
    "FLASK_ENV": "production",
    "JWT_SECRET_KEY": SIGNING_KEY,
    "DATABASE_URL": "sqlite:///x.db",
    "MOCK_ALADDIN_DATA": "true",
}


def origins(**env: str) -> tuple[str, ...]:
    return load_settings(env).server.cors_origins


def allowed(response: Any) -> str | None:
    return response.headers.get("Access-Control-Allow-Origin")


@pytest.fixture
def client_of(services: Any):
    def make(**env: str) -> FlaskClient:
        return create_app(load_settings({"FLASK_ENV": "development", **env}), services=services).test_client()

    return make


def test_the_origins_of_the_settings() -> None:
    assert origins(FLASK_ENV="development") == DEVELOPMENT
    assert origins(FLASK_ENV="development", CORS_ORIGINS="") == DEVELOPMENT
    assert origins(FLASK_ENV="development", CORS_ORIGINS="http://localhost:4200") == (
        "http://localhost:4200",
    )
    assert origins(**PRODUCTION) == ()
    assert origins(**PRODUCTION, CORS_ORIGINS="https://a.com, https://b.com:8443,") == (
        "https://a.com",
        "https://b.com:8443",
    )


@pytest.mark.parametrize(
    "wrong", ["*", "https://a.com/", "https://a.com/app", "a.com", "null", "HTTPS://A.COM"]
)
def test_what_is_no_origin(wrong: str) -> None:
    with pytest.raises(SettingsError, match="CORS_ORIGINS"):
        origins(**PRODUCTION, CORS_ORIGINS=wrong)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/auth/me", 401),
        ("GET", "/v1/no/such/path", 404),
        ("GET", "/elsewhere", 404),
        ("PATCH", "/v1/auth/me", 405),
        ("POST", "/v1/auth/login", 415),
        ("GET", "/api/v1/auth/me", 401),
    ],
)
def test_errors_can_be_read_by_the_page(client_of: Any, method: str, path: str, status: int) -> None:
    response = client_of().open(
        path, method=method, headers={"Origin": ORIGIN}, data=b"x" if status == 415 else None
    )
    assert response.status_code == status
    assert allowed(response) == ORIGIN
    assert {"Content-Disposition", "Allow", "Fix-Message-Sent"} <= exposed(response)


def exposed(response: Any) -> set[str]:
    """Headers that a page may read."""
    return set(response.headers["Access-Control-Expose-Headers"].split(", "))


def test_a_page_reads_every_header_that_the_contract_names(client_of: Any) -> None:
    answer = client_of().get("/openapi.json", headers={"Origin": ORIGIN})
    document = answer.get_json()
    answers = [
        response
        for operations in document["paths"].values()
        for operation in operations.values()
        if isinstance(operation, dict)
        for response in operation["responses"].values()
    ]
    named = {name for response in answers for name in response.get("headers", ())}
    assert {"ETag", "Location", "Retry-After", "RateLimit", "RateLimit-Policy"} <= named
    assert named <= exposed(answer)


@pytest.mark.parametrize("origin", DEVELOPMENT)
def test_each_development_server_may_ask_and_read_errors(client_of: Any, origin: str) -> None:
    client = client_of()
    assert allowed(client.options("/v1/allocations/preview", headers={**ASK, "Origin": origin})) == origin
    refused = client.get("/v1/auth/me", headers={"Origin": origin})
    assert (refused.status_code, allowed(refused)) == (401, origin)


def test_a_mistake_of_ours_can_be_read_by_the_page(client_of: Any, services: Any) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise KeyError("a bug")

    services.access.logins.authenticate = broken
    body = {"username": "a", "password": "b"}
    response = client_of().post("/v1/auth/login", json=body, headers={"Origin": ORIGIN})
    assert (response.status_code, allowed(response)) == (500, ORIGIN)


@pytest.mark.parametrize("path", ["/v1/orders/1", "/v1/no/such/path", "/v1/allocations/preview"])
def test_a_preflight_needs_no_token_and_is_nobodys_activity(client_of: Any, services: Any, path: str) -> None:
    before = len(services.requests.activity.noted)
    response = client_of().options(path, headers=ASK)
    assert (response.status_code, response.get_data(), allowed(response)) == (204, b"", ORIGIN)
    assert "PUT" in response.headers["Access-Control-Allow-Methods"].split(", ")
    assert response.headers["Access-Control-Allow-Headers"] == ASK["Access-Control-Request-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert len(services.requests.activity.noted) == before


@pytest.mark.parametrize(
    "origin", ["http://localhost:5174", "https://localhost:5173", "http://localhost:5173.evil.com", "null"]
)
def test_another_origin_is_told_nothing(client_of: Any, origin: str) -> None:
    client = client_of()
    for response in (
        client.options("/v1/orders/1", headers={**ASK, "Origin": origin}),
        client.get("/v1/auth/me", headers={"Origin": origin}),
    ):
        assert not [name for name, _ in response.headers if name.startswith("Access-Control")]
        assert "Origin" in response.headers["Vary"]


def test_without_origins_there_is_no_cors(client_of: Any) -> None:
    settings = load_settings({"FLASK_ENV": "development"})
    bare = replace(settings, server=replace(settings.server, cors_origins=()))
    client = create_app(bare, services=client_of().application.extensions["services"]).test_client()
    response = client.options("/v1/orders/1", headers=ASK)
    assert not [name for name, _ in response.headers if name.startswith("Access-Control")]
