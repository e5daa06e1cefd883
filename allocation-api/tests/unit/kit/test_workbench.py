"""The workbench as it is served: its page, its files, and what stays the API's."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.core import metrics
from app.core.config import load_settings, server

INDEX = """<!doctype html>
<html lang="en"><head><base href="/" /><title>Allocator</title>
<script type="module" crossorigin src="./assets/index-Bx3kq9.js"></script></head><body></body></html>
"""
SCRIPT = "export const split = 1;\n" * 100
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "gzip"}
FOR_LONG = "public, max-age=31536000, immutable"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{}'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build: the page, two files with a hash in their name, and two without."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "third-party-licences.txt").write_text("react 19.3.1, MIT\n")
    (folder / "assets" / "index-Bx3kq9.js").write_text(SCRIPT)
    (folder / "assets" / "index-Bx3kq9.js.gz").write_bytes(gzip.compress(SCRIPT.encode(), mtime=0))
    (folder / "assets" / "inter-C0ffee.woff2").write_bytes(b"wOF2")
    (folder / ".built").write_text("0f")
    monkeypatch.setattr(server, "WORKBENCH_BUILD", folder)
    return folder


@pytest.fixture
def client_of(dist: Path, services: Any):
    def make(**env: str) -> FlaskClient:
        return create_app(load_settings({"FLASK_ENV": "development", **env}), services=services).test_client()

    return make


def nonce_of(page: TestResponse) -> str:
    found = re.search(r'<base href="[^"]*"><meta property="csp-nonce" nonce="([\w-]{22})">', page.text)
    assert found
    return found[1]


# --- the page -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/order", "/allocations/7d7a3f6d-1f11", "/accounts/BRK.B", "/no such"])
def test_a_browser_gets_the_page_at_every_route_of_its_own(client_of: Any, path: str) -> None:
    page = client_of().get(path, headers=BROWSER)
    assert (page.status_code, page.content_type) == (200, "text/html; charset=utf-8")
    assert "<title>Allocator</title>" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "ETag" not in page.headers
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["X-Frame-Options"] == "DENY"


def test_the_page_runs_its_own_scripts_alone_and_has_a_nonce_of_its_own(client_of: Any) -> None:
    client = client_of()
    pages = [client.get("/", headers=BROWSER) for _ in range(2)]
    first, second = map(nonce_of, pages)
    assert first != second
    assert [page.headers["Content-Security-Policy"] for page in pages] == [
        POLICY.format(first),
        POLICY.format(second),
    ]


@pytest.mark.parametrize("handed_on", ["/allocator", ""])
def test_below_a_prefix_the_page_says_where_it_is(client_of: Any, handed_on: str) -> None:
    client = client_of(PATH_PREFIX="/allocator")
    page = client.get(f"{handed_on}/orders", headers=BROWSER)
    assert '<base href="/allocator/"><meta' in page.text
    assert '<base href="/" />' not in page.text
    assert client.get(f"{handed_on}/assets/index-Bx3kq9.js").text == SCRIPT
    assert client.get(f"{handed_on}/api/orders", headers=BROWSER).status_code == 404


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/html;q=0, */*"])
def test_what_asks_for_no_page_gets_the_answer_of_the_api(client_of: Any, accept: str | None) -> None:
    headers = {} if accept is None else {"Accept": accept}
    answer = client_of().get("/orders", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "NOT_FOUND")
    assert client_of().get("/", headers=headers).headers["Location"] == "/docs"


@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/v1/",
        "/v1/no-such",
        "/api/v1/no-such",
        "/api/no-such",
        "/health/no-such",
        "/metrics/no-such",
        "/swaggerui/no-such.js",
        "/assets",
        "/assets/",
        "/assets/index-OLD.js",
        "/assets/index-Bx3kq9.js.gz",
        "/assets/../index.html",
        "/index.html",
        "/robots.txt",
        "/order/missing.png",
    ],
)
def test_a_wrong_address_of_api_or_file_is_a_problem_even_to_a_browser(client_of: Any, path: str) -> None:
    answer = client_of().get(path, headers=BROWSER)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.headers["Cache-Control"] == "no-store"


def test_other_methods_and_routes_of_the_api_stay_as_they_are(client_of: Any) -> None:
    client = client_of()
    assert client.post("/orders", headers=BROWSER).status_code == 404
    assert client.get("/v1/auth/login", headers=BROWSER).status_code == 405
    assert client.get("/v1/orders", headers=BROWSER).status_code == 401
    assert client.get("/health/live", headers=BROWSER).status_code == 200
    assert "swagger-ui" in client.get("/docs", headers=BROWSER).text
    assert client.get("/api/", headers=BROWSER).headers["Location"] == "/api/docs"


def test_with_the_documentation_closed_its_paths_are_no_pages(client_of: Any) -> None:
    client = client_of(DOCS="false")
    assert client.get("/", headers=BROWSER).status_code == 200
    for path in ("/docs", "/openapi.json", "/swagger.json", "/swaggerui/swagger-ui.css"):
        assert client.get(path, headers=BROWSER).status_code == 404


def test_a_host_that_is_not_trusted_gets_no_page(client_of: Any) -> None:
    client = client_of(TRUSTED_HOSTS="desk.example")
    for path in ("/", "/orders", "/assets/index-Bx3kq9.js"):
        refused = client.get(path, headers={**BROWSER, "Host": "evil.example"})
        assert (refused.status_code, refused.get_json()["code"]) == (400, "MALFORMED_REQUEST")


@pytest.mark.parametrize("env", [{"WORKBENCH": "0"}, {"WORKBENCH": "false"}])
def test_a_workbench_that_is_not_wanted_is_not_served(client_of: Any, env: dict[str, str]) -> None:
    client = client_of(**env)
    assert client.get("/", headers=BROWSER).headers["Location"] == "/docs"
    assert client.get("/orders", headers=BROWSER).status_code == 404
    assert client.get("/favicon.svg", headers=BROWSER).status_code == 404


def test_without_a_whole_build_there_is_no_workbench(dist: Path, client_of: Any) -> None:
    (dist / "index.html").unlink()
    client = client_of()
    assert client.get("/", headers=BROWSER).headers["Location"] == "/docs"
    assert client.get("/assets/index-Bx3kq9.js").status_code == 404


# --- the files ----------------------------------------------------------------------------------------------


def test_files_with_a_hash_are_kept_for_long_and_sent_compressed(client_of: Any) -> None:
    script = client_of().get("/assets/index-Bx3kq9.js", headers={"Accept-Encoding": "br, gzip"})
    assert script.content_type == "text/javascript; charset=utf-8"
    assert script.headers["Cache-Control"] == FOR_LONG
    assert (script.headers["Content-Encoding"], script.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert int(script.headers["Content-Length"]) == len(script.data) < 200
    assert gzip.decompress(script.data).decode() == SCRIPT
    assert script.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("accepted", [{}, {"Accept-Encoding": "gzip;q=0"}])
def test_who_takes_no_gzip_gets_the_plain_file(client_of: Any, accepted: dict[str, str]) -> None:
    script = client_of().get("/assets/index-Bx3kq9.js", headers=accepted)
    assert script.text == SCRIPT
    assert "Content-Encoding" not in script.headers
    assert script.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(("accepted", "length"), [({}, "2400"), ({"Accept-Encoding": "gzip"}, None)])
def test_head_has_the_length_of_what_get_would_send(
    client_of: Any, accepted: dict[str, str], length: str | None
) -> None:
    client = client_of()
    for path in ("/assets/index-Bx3kq9.js", "/assets/inter-C0ffee.woff2", "/favicon.svg"):
        head, got = client.head(path, headers=accepted), client.get(path, headers=accepted)
        assert head.data == b""
        assert head.headers["Content-Length"] == got.headers["Content-Length"] == str(len(got.data))
    script = client.head("/assets/index-Bx3kq9.js", headers=accepted)
    assert length is None or script.headers["Content-Length"] == length
    assert client.head("/", headers=BROWSER).status_code == 200


def test_what_is_of_no_known_type_is_not_sent(client_of: Any) -> None:
    assert client_of().get("/.built").status_code == 404


def test_what_is_small_or_packed_already_is_sent_as_it_is(client_of: Any) -> None:
    font = client_of().get("/assets/inter-C0ffee.woff2", headers=BROWSER)
    assert (font.data, font.content_type) == (b"wOF2", "font/woff2")
    assert "Content-Encoding" not in font.headers
    assert "Vary" not in font.headers


def test_files_without_a_hash_are_asked_for_again_and_not_sent_again(client_of: Any) -> None:
    client = client_of()
    for path, kind in (
        ("/favicon.svg", "image/svg+xml"),
        ("/third-party-licences.txt", "text/plain; charset=utf-8"),
    ):
        file = client.get(path)
        assert (file.content_type, file.headers["Cache-Control"]) == (kind, "no-cache")
        again = client.get(path, headers={"If-None-Match": file.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == "no-cache"


def test_a_build_beside_a_running_service_changes_nothing_of_it(dist: Path, client_of: Any) -> None:
    client = client_of()
    (dist / "index.html").write_text("another")
    (dist / "assets" / "index-Bx3kq9.js").unlink()
    assert "index-Bx3kq9.js" in client.get("/", headers=BROWSER).text
    assert client.get("/assets/index-Bx3kq9.js").text == SCRIPT


# --- what is seen of it -------------------------------------------------------------------------------------


def test_pages_and_files_are_two_routes_of_the_metrics_and_nobodys_activity(
    client_of: Any, services: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    client = client_of()
    for path in ("/order", "/orders/17", "/no/such/page", "/assets/index-Bx3kq9.js", "/favicon.svg"):
        assert client.get(path, headers=BROWSER).status_code == 200
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["route"] for line in told if line["event"] == "request"] == [
        "workbench page",
        "workbench page",
        "workbench page",
        "workbench file",
        "workbench file",
    ]
    assert services.requests.activity.noted == []
    assert metrics.HTTP_REQUESTS.labels("GET", "workbench file", 200)._value.get() >= 2


def test_it_adds_no_route_to_the_api(client_of: Any, anyone: FlaskClient) -> None:
    with_it, without = (
        {rule.rule for rule in client.application.url_map.iter_rules()} for client in (client_of(), anyone)
    )
    assert with_it == without
