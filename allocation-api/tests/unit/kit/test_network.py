"""What is believed of the network: hosts, proxies, a path prefix; redirects, documentation, refusals."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.core.config import SettingsError, load_settings
from app.core.errors import REFUSAL, HeadersTooLarge

PRODUCTION = {
    "FLASK_ENV": "production",
    "JWT_SECRET_KEY": "0f9d2c7be4a1538660d7c1f2a93b5e84",
    "DATABASE_URL": "sqlite:///x.db",
    "MOCK_ALADDIN_DATA": "true",
}
FROM = {"REMOTE_ADDR": "192.0.2.9"}
FORWARDED = {
    "X-Forwarded-For": "198.51.100.1, 203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil",
}
LOGIN = {"username": "demo_user", "password": "wrong"}


@pytest.fixture
def client_of(services: Any):
    def make(**env: str) -> FlaskClient:
        return create_app(load_settings({"FLASK_ENV": "development", **env}), services=services).test_client()

    return make


# --- hosts and redirects ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["//evil.example/v1/auth/me", "/v1//auth/me", "/v1/auth/me/", "/v1/", "/api", "/api/", "//docs"]
)
def test_no_answer_sends_the_client_to_the_host_that_it_named(client_of: Any, path: str) -> None:
    overrides = {"PATH_INFO": path, "HTTP_HOST": "evil.example"}
    answer = client_of().get("/", environ_overrides=overrides)
    assert answer.headers.get("Location") in {None, "/api/docs"}
    assert answer.status_code in {200, 302, 404}


def test_the_root_leads_to_the_documentation_without_naming_a_host(client_of: Any) -> None:
    assert client_of().get("/", headers={"Host": "evil.example"}).headers["Location"] == "/docs"


@pytest.mark.parametrize("host", ["api.example.com", "api.example.com:5000", "a.desk.example", "10.0.0.7"])
def test_a_trusted_host_is_served(client_of: Any, host: str) -> None:
    client = client_of(TRUSTED_HOSTS="api.example.com, .desk.example, 10.0.0.7")
    assert client.get("/health/live", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "api.example.com.evil.example", "xdesk.example", "", "a b"])
def test_another_host_is_refused_with_a_problem(client_of: Any, host: str) -> None:
    client = client_of(TRUSTED_HOSTS="api.example.com, .desk.example")
    for path in ("/health/live", "/v1/auth/me", "/no/such/path"):
        answer = client.get(path, headers={"Host": host})
        assert (answer.status_code, answer.get_json()["code"]) == (400, "MALFORMED_REQUEST")
        assert answer.content_type == "application/problem+json"


def test_without_trusted_hosts_any_is_served(client_of: Any) -> None:
    assert client_of().get("/health/live", headers={"Host": "anything.example"}).status_code == 200


# --- proxies ------------------------------------------------------------------------------------------------


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The last line of the log of requests."""
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return next(line for line in reversed(lines) if line["event"] == "request")


@pytest.mark.parametrize(("hops", "address"), [(0, "192.0.2.9"), (1, "203.0.113.7"), (2, "198.51.100.1")])
def test_the_address_is_the_one_that_the_trusted_proxies_saw(
    client_of: Any, capsys: pytest.CaptureFixture[str], hops: int, address: str
) -> None:
    client_of(PROXY_HOPS=str(hops)).get("/health/live", headers=FORWARDED, environ_base=FROM)
    assert logged(capsys)["address"] == address


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:DB8::7]:4711", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("2001:db8:0::7", "2001:db8::7"),
        ("fe80::7%eth0", "fe80::7"),
        ("unknown", "192.0.2.9"),
        ("_hidden", "192.0.2.9"),
        ("203.0.113.7:4711:1", "192.0.2.9"),
        ("x" * 5_000, "192.0.2.9"),
    ],
)
def test_what_is_no_address_is_not_taken_for_the_clients(
    client_of: Any, capsys: pytest.CaptureFixture[str], forwarded: str, address: str
) -> None:
    headers = {"X-Forwarded-For": forwarded}
    client_of(PROXY_HOPS="1").get("/health/live", headers=headers, environ_base=FROM)
    assert logged(capsys)["address"] == address


def test_more_hops_than_addresses_believe_none(client_of: Any, capsys: pytest.CaptureFixture[str]) -> None:
    client_of(PROXY_HOPS="3").get("/health/live", headers=FORWARDED, environ_base=FROM)
    assert logged(capsys)["address"] == "192.0.2.9"


def test_hosts_and_prefixes_of_forwarded_headers_are_never_believed(client_of: Any) -> None:
    client = client_of(PROXY_HOPS="1", TRUSTED_HOSTS="localhost")
    answer = client.get("/docs", headers=FORWARDED)
    assert answer.status_code == 200
    assert "evil" not in answer.text


HSTS = "Strict-Transport-Security"


def test_hsts_is_for_requests_that_came_by_tls(client_of: Any) -> None:
    trusting = client_of(PROXY_HOPS="1")
    assert (
        trusting.get("/health/live", headers={"X-Forwarded-Proto": "https"}).headers[HSTS]
        == "max-age=31536000"
    )
    assert HSTS not in trusting.get("/health/live", headers={"X-Forwarded-Proto": "http"}).headers
    assert HSTS not in trusting.get("/health/live").headers
    assert HSTS not in client_of().get("/health/live", headers=FORWARDED).headers
    off = client_of(PROXY_HOPS="1", HSTS_SECONDS="0")
    assert HSTS not in off.get("/health/live", headers={"X-Forwarded-Proto": "https"}).headers


def test_pages_get_nothing_of_the_browser(client_of: Any) -> None:
    for path in ("/health/live", "/docs", "/no/such/path"):
        policy = client_of().get(path).headers["Permissions-Policy"]
        assert {"camera=()", "geolocation=()", "microphone=()"} <= set(policy.split(", "))


# --- the path prefix ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("handed_on", ["/allocator", ""])
def test_a_prefix_is_honoured_whether_the_proxy_takes_it_off_or_not(client_of: Any, handed_on: str) -> None:
    client = client_of(PATH_PREFIX="/allocator/")
    assert client.get(f"{handed_on}/health/live").status_code == 200
    assert client.get(f"{handed_on}/v1/auth/me").get_json()["instance"] == "/v1/auth/me"
    assert client.get(f"{handed_on}/").headers["Location"] == "/allocator/docs"
    page = client.get(f"{handed_on}/docs").text
    assert re.search(r'url: "(.+)"', page)[1] == "/allocator/openapi.json"
    assert set(re.findall(r'(?:src|href)="(/[^/]+)/', page)) == {"/allocator"}
    servers = client.get(f"{handed_on}/openapi.json").get_json()["servers"]
    assert [server["url"] for server in servers] == ["/allocator/v1", "/allocator/api/v1"]
    assert client.get(f"{handed_on}/swagger.json").get_json()["basePath"] == "/allocator/v1"
    assert client.get("/allocatorx/v1/auth/me").status_code == 404


def test_without_a_prefix_the_documents_are_the_contract(client_of: Any) -> None:
    client = client_of()
    assert [s["url"] for s in client.get("/openapi.json").get_json()["servers"]] == ["/v1", "/api/v1"]
    assert client.get("/swagger.json").get_json()["basePath"] == "/v1"


# --- the documentation --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/openapi.json", "/swagger.json", "/swaggerui/swagger-ui-bundle.js", "/api/docs"]
)
def test_the_documentation_can_be_closed(client_of: Any, path: str) -> None:
    with client_of().get(path) as opened:
        assert opened.status_code in {200, 302}
    closed = client_of(DOCS="false")
    assert closed.get(path).status_code == 404
    assert closed.get("/health/live").status_code == 200
    assert closed.get("/v1/auth/me").status_code == 401


def test_the_documentation_is_closed_in_production_unless_it_is_opened() -> None:
    assert load_settings({"FLASK_ENV": "development"}).server.docs
    assert not load_settings(PRODUCTION).server.docs
    assert load_settings({**PRODUCTION, "DOCS": "true"}).server.docs


# --- refusals of the server ---------------------------------------------------------------------------------


def test_what_the_server_refuses_is_a_problem_like_any_other(client_of: Any) -> None:
    """With every header of other answers, so that a page of an allowed origin can read it."""
    environ = {REFUSAL: HeadersTooLarge("The headers are longer than 5 bytes")}
    origin = {"Origin": "http://localhost:5173", "X-Request-ID": "mine"}
    client = client_of()
    answer = client.get("/v1/auth/me", environ_overrides=environ, headers=origin)
    usual = client.get("/v1/auth/me", headers=origin)
    said = answer.get_json()
    assert (answer.status_code, said["code"], said["request_id"]) == (431, "HEADERS_TOO_LARGE", "mine")
    assert said["instance"] == "/v1/auth/me"
    assert set(dict(answer.headers)) == set(dict(usual.headers)) - {"WWW-Authenticate"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_HOSTS", "https://a.example"),
        ("TRUSTED_HOSTS", "a.example/x"),
        ("TRUSTED_HOSTS", "a.example:443"),
        ("TRUSTED_HOSTS", "[::1]"),
        ("TRUSTED_HOSTS", "*"),
        ("PROXY_HOPS", "-1"),
        ("PATH_PREFIX", "allocator"),
        ("PATH_PREFIX", "/a//b"),
        ("PATH_PREFIX", "/a?b"),
        ("HSTS_SECONDS", "-1"),
        ("DOCS", "perhaps"),
        ("HEADER_SECONDS", "0"),
        ("BODY_SECONDS", "0"),
        ("ANSWER_SECONDS", "0"),
        ("IDLE_SECONDS", "0"),
        ("MAX_CONNECTIONS", "9"),
    ],
)
def test_a_wrong_setting_of_the_network_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings({name: value})
