"""Sessions of browsers: the refresh token is in a cookie that scripts cannot read, and needs a CSRF token."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

REFRESH, CSRF = "__Host-allocator-refresh", "__Host-allocator-csrf"
LOGIN = {"username": "demo_user", "password": "demo_password", "session": "cookie"}


def set_cookies(response: TestResponse) -> dict[str, dict[str, str]]:
    """The attributes of each cookie that a response sets, by name; the value under the name itself."""
    found = {}
    for line in response.headers.getlist("Set-Cookie"):
        name = line.partition("=")[0]
        found[name] = {key.strip(): value for key, value in parse_cookie(line).items()}
    return found


def flags(response: TestResponse, name: str) -> set[str]:
    """The attributes of a cookie as they are written, but for its value and its time."""
    (line,) = [one for one in response.headers.getlist("Set-Cookie") if one.startswith(f"{name}=")]
    return {
        part.strip() for part in line.split(";")[1:] if not part.strip().startswith(("Max-Age", "Expires"))
    }


@pytest.fixture
def browser(anyone: FlaskClient) -> FlaskClient:
    """A browser that has logged in."""
    assert anyone.post("/v1/auth/login", json=LOGIN).status_code == 200
    return anyone


def csrf_of(browser: FlaskClient) -> str:
    cookie = browser.get_cookie(CSRF)
    assert cookie is not None
    return cookie.value


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_the_cookies_of_a_login_are_of_this_host_and_hold_the_token_alone(
    anyone: FlaskClient,
) -> None:
    answer = anyone.post("/v1/auth/login", json=LOGIN)
    assert answer.get_json()["refresh_token"] is None
    assert flags(answer, REFRESH) == {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"}
    assert flags(answer, CSRF) == {"Secure", "Path=/", "SameSite=Strict"}
    token = set_cookies(answer)[REFRESH][REFRESH]
    assert token not in answer.text


def test_a_client_without_cookies_gets_none(anyone: FlaskClient) -> None:
    login = {name: LOGIN[name] for name in ("username", "password")}
    for more in ({}, {"session": "body"}):
        answer = anyone.post("/v1/auth/login", json={**login, **more})
        assert answer.get_json()["refresh_token"]
        assert set_cookies(answer) == {}
    refused = anyone.post("/v1/auth/login", json={**login, "session": "jar"})
    assert refused.get_json()["errors"][0]["field"] == "session"


def test_a_refresh_by_cookie_needs_the_header(browser: FlaskClient) -> None:
    first = browser.get_cookie(REFRESH)
    for header in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": "\xe9"}):
        answer = browser.post("/v1/auth/refresh", headers=header)
        assert answer.status_code == 401, header
        assert "X-CSRF-Token" in answer.get_json()["detail"]
        assert set_cookies(answer) == {}
    answer = browser.post("/v1/auth/refresh", headers={"X-CSRF-Token": csrf_of(browser)})
    assert answer.status_code == 200
    assert answer.get_json()["refresh_token"] is None
    assert set(set_cookies(answer)) == {REFRESH, CSRF}
    second = browser.get_cookie(REFRESH)
    assert first is not None
    assert second is not None
    assert first.value != second.value
    again = browser.post("/v1/auth/refresh", headers={"X-CSRF-Token": csrf_of(browser)})
    assert again.status_code == 200


def test_an_access_token_in_the_header_does_not_stand_in_the_way(browser: FlaskClient) -> None:
    headers = {**bearer("expired"), "X-CSRF-Token": csrf_of(browser)}
    assert browser.post("/v1/auth/refresh", headers=headers).status_code == 200


def test_a_client_beside_the_browser_is_not_disturbed_by_its_cookie(browser: FlaskClient) -> None:
    login = {name: LOGIN[name] for name in ("username", "password")}
    token = browser.post("/v1/auth/login", json=login).get_json()["refresh_token"]
    answer = browser.post("/v1/auth/refresh", headers=bearer(token))
    assert answer.get_json()["refresh_token"]
    assert set_cookies(answer) == {}


def test_the_cookie_opens_nothing_but_refresh_and_logout(browser: FlaskClient) -> None:
    headers = {"X-CSRF-Token": csrf_of(browser)}
    assert browser.get("/v1/auth/me", headers=headers).status_code == 401
    assert browser.get("/v1/portfolio-groups", headers=headers).status_code == 401


def test_logout_clears_the_cookies_and_ends_the_session(browser: FlaskClient) -> None:
    kept = browser.get_cookie(REFRESH)
    assert kept is not None
    assert browser.post("/v1/auth/logout").status_code == 401
    answer = browser.post("/v1/auth/logout", headers={"X-CSRF-Token": csrf_of(browser)})
    assert answer.status_code == 200
    assert {name: found[name] for name, found in set_cookies(answer).items()} == {REFRESH: "", CSRF: ""}
    assert flags(answer, REFRESH) == {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"}
    assert browser.get_cookie(REFRESH) is None
    body = {"refresh_token": kept.value}
    assert browser.post("/v1/auth/refresh", json=body).status_code == 401


def test_logout_with_the_access_token_clears_the_cookies(browser: FlaskClient) -> None:
    headers = {"X-CSRF-Token": csrf_of(browser)}
    access: dict[str, Any] = browser.post("/v1/auth/refresh", headers=headers).get_json()
    answer = browser.post("/v1/auth/logout", headers=bearer(access["access_token"]))
    assert answer.status_code == 200
    assert browser.get_cookie(REFRESH) is None


def test_pages_of_other_origins_get_no_permission_to_send_cookies(browser: FlaskClient) -> None:
    answer = browser.post(
        "/v1/auth/refresh", headers={"X-CSRF-Token": csrf_of(browser), "Origin": "http://localhost:5173"}
    )
    assert "Access-Control-Allow-Credentials" not in answer.headers
