"""A whole run at DEBUG writes no secret: neither those of the settings nor those of users and sessions."""

from __future__ import annotations

import json
import signal

import httpx
import pytest
from sqlalchemy.engine import make_url

from tests.e2e.many_processes import ManyProcesses
from tests.e2e.server_process import Server, free_port
from tests.e2e.trading_desk import describe_accounts, roomy_book
from tests.e2e.vendor_client import CLIENT_SECRET as VENDOR_SECRET
from tests.integration.access.test_sign_on import Provider, settings
from tests.storage.servers import postgresql
from tests.support.openid_provider import CLIENT_SECRET as SIGN_ON_SECRET
from tests.support.signing import OTHER_KEY, SIGNING_KEY
from tests.support.users import OTHER_PASSWORD, PASSWORD

pytestmark = pytest.mark.slow

DATABASE_PASSWORD = "planted-database-password-31"
METRICS_TOKEN = "planted-metrics-token-32"
API_KEY = "planted-api-key-33"
WRONG_PASSWORD = "planted wrong password 34"
NAME_OF_A_HASTY_USER = "planted-password-as-name-35"
MINUTE = 60


class Run:
    """A client of the server, and every secret that passed by."""

    def __init__(self, root):
        self.http = httpx.Client(base_url=f"{root}/v1", timeout=MINUTE)
        self.secrets = {
            "database password": DATABASE_PASSWORD,
            "metrics token": METRICS_TOKEN,
            "API key": API_KEY,
            "signing key": SIGNING_KEY,
            "Aladdin's client secret": VENDOR_SECRET,
            "provider's client secret": SIGN_ON_SECRET,
            "demo password": "demo_password",
            "wrong password": WRONG_PASSWORD,
            "name of a hasty user": NAME_OF_A_HASTY_USER,
            "password": PASSWORD,
            "other password": OTHER_PASSWORD,
            "password hash": "$argon2id$",
        }

    def keep(self, what, secret):
        self.secrets[f"{what} {len(self.secrets)}"] = secret
        return secret

    def ask(self, method, path, expected, *, token=None, **more):
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **more.pop("headers", {})}
        answer = self.http.request(method, path, headers=headers, **more)
        assert answer.status_code in expected, (path, answer.text)
        for line in answer.headers.get_list("Set-Cookie"):
            value = line.partition("=")[2].partition(";")[0]
            if value:
                self.keep("cookie", value)
        self.http.cookies.clear()
        return answer

    def log_in(self, username="demo_user", password="demo_password", *, expected=(200,), **more):
        body = {"username": username, "password": password, **more}
        found = self.ask("POST", "/auth/login", expected, json=body)
        return self.tokens(found.json()) if found.status_code == 200 else found

    def tokens(self, session):
        for name in ("access_token", "refresh_token"):
            if session[name]:
                self.keep(name, session[name])
        return session


def sessions(run):
    """Logins good and bad, refresh, reuse, cookies, logout, tokens where none belongs."""
    first = run.log_in()
    run.log_in(password=WRONG_PASSWORD, expected={401})
    run.log_in(NAME_OF_A_HASTY_USER, WRONG_PASSWORD, expected={401})
    refresh = {"refresh_token": first["refresh_token"]}
    for _ in range(2):
        run.tokens(run.ask("POST", "/auth/refresh", {200}, json=refresh).json())
    run.ask("POST", "/auth/refresh", {401}, json=refresh)
    run.ask("GET", "/auth/me", {401}, token=first["access_token"])
    run.ask("GET", "/auth/me", {401, 422}, params={"access_token": first["access_token"]})
    half = f'{{"password": "{WRONG_PASSWORD}"'
    run.ask("POST", "/auth/login", {400}, content=half, headers={"Content-Type": "application/json"})
    run.ask("POST", "/auth/login", {422}, json={"username": "x", "password": [WRONG_PASSWORD]})
    answer = run.http.post(
        "/auth/login", json={"username": "demo_user", "password": "demo_password", "session": "cookie"}
    )
    kept = {name: run.keep(name, value) for name, value in _cookies(answer)}
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in kept.items()),
        "X-CSRF-Token": kept["__Host-allocator-csrf"],
    }
    run.http.cookies.clear()
    run.tokens(run.ask("POST", "/auth/refresh", {200}, headers=headers).json())
    run.ask("POST", "/auth/refresh", {401}, headers=headers | {"X-CSRF-Token": WRONG_PASSWORD})
    run.ask("POST", "/auth/logout", {200}, headers=headers)
    run.ask("GET", "/auth/me", {401}, token=run.keep("forged", first["access_token"][:-4] + "AAAA"))


def _cookies(answer):
    for line in answer.headers.get_list("Set-Cookie"):
        name, _, rest = line.partition("=")
        yield name, rest.partition(";")[0]


def sign_on(run):
    """A single sign-on, its repetition, and one that the provider refuses."""
    for code in (None, "planted-code-36"):
        started = run.http.get("/auth/sso/login")
        (cookie,) = (f"{name}={run.keep(name, value)}" for name, value in _cookies(started))
        run.http.cookies.clear()
        back = httpx.get(started.headers["Location"]).headers["Location"]
        query = dict(httpx.URL(back).params)
        query["code"] = run.keep("code", code or query["code"])
        run.keep("state", query["state"])
        headers = {"Cookie": cookie}
        run.ask("GET", "/auth/sso/callback", {401 if code else 303}, params=query, headers=headers)
        run.ask("GET", "/auth/sso/callback", {401}, params=query, headers=headers)


def administration(run):
    """Passwords that are set, changed, refused."""
    admin = run.log_in("demo_admin")["access_token"]
    new = {"username": "anna", "password": PASSWORD, "roles": ["trader"]}
    user = run.ask("POST", "/admin/users", {200}, token=admin, json=new).json()
    run.ask("POST", "/admin/users", {409}, token=admin, json=new)
    run.ask("POST", "/admin/users", {422}, token=admin, json=new | {"password": "demo_password"})
    mine = run.log_in("anna", PASSWORD)["access_token"]
    change = {"current_password": WRONG_PASSWORD, "new_password": OTHER_PASSWORD}
    run.ask("POST", "/auth/password", {422}, token=mine, json=change)
    run.ask("POST", "/auth/password", {200}, token=mine, json=change | {"current_password": PASSWORD})
    path = f"/admin/users/{user['id']}/password"
    run.ask("PUT", path, {200}, token=admin, json={"password": PASSWORD})


def failures(run, running, server):
    """Aladdin goes away, then the database."""
    token = run.log_in()["access_token"]
    running.simulator.kill()
    preview = {
        "order": {"security_id": "912828YW4", "side": "BUY", "quantity": 8000},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": ["GOLDEN"],
    }
    run.ask("POST", "/allocations/preview", {502, 503, 504}, token=token, json=preview)
    server.process.stop()
    run.ask("GET", "/auth/me", {500, 503}, token=token)
    run.ask("GET", "/health/ready", {503})
    run.log_in(expected={500, 503})
    run.ask("POST", "/auth/refresh", {500, 503}, json={"refresh_token": run.log_in_token})


def test_no_line_of_a_run_at_debug_holds_a_secret(tmp_path):
    provider = Provider()
    manager = postgresql()
    server = manager.__enter__()
    url = make_url(server.url_of("test_secrets")).set(password=DATABASE_PASSWORD)
    url = url.render_as_string(hide_password=False)
    running = run = None
    try:
        provider.play()
        describe_accounts(url, roomy_book(tmp_path))
        running = ManyProcesses(
            tmp_path,
            **settings(provider.issuer),
            DATABASE_URL=url,
            LOG_LEVEL="DEBUG",
            METRICS_TOKEN=METRICS_TOKEN,
            ALADDIN_API_KEY=API_KEY,
            WORKERS="2",
            # Aladdin is asked by every preview, so that the one after its end fails in either process.
            ALADDIN_POSITIONS_CACHE_SECONDS="0",
        )
        run = Run(running.server.root)
        sessions(run)
        sign_on(run)
        administration(run)
        metrics = f"{running.server.root}/metrics"
        for token, status in ((METRICS_TOKEN, 200), (WRONG_PASSWORD, 401)):
            answer = httpx.get(metrics, headers={"Authorization": f"Bearer {token}"}, timeout=MINUTE)
            assert answer.status_code == status
        allocation = running.client.preview()
        assert running.client.commit(allocation).status_code == 200
        run.keep("access token", running.client.http.headers["Authorization"].removeprefix("Bearer "))
        run.log_in_token = run.log_in()["refresh_token"]
        failures(run, running, server)
        running.server.stop(signal.SIGTERM)
        found = running.server.log.read_text()
    finally:
        if run is not None:
            run.http.close()
        if running is not None:
            running.close()
        manager.__exit__(None, None, None)
        provider.end()
    lines = [json.loads(line) for line in found.splitlines() if line.startswith("{")]
    paths = {line.get("path") for line in lines if line["event"] == "request"}
    assert {"/v1/auth/login", "/v1/auth/sso/callback", "/v1/auth/refresh", "/metrics"} <= paths
    assert "Traceback" in found
    leaked = {what: secret for what, secret in run.secrets.items() if secret in found}
    assert not leaked, [line for line in found.splitlines() if any(s in line for s in leaked.values())][:5]


@pytest.mark.parametrize(
    ("secret", "wrong"),
    [
        (
            DATABASE_PASSWORD,
            {"DATABASE_URL": f"postgresql+psycopg://desk:{DATABASE_PASSWORD}@127.0.0.1:1/allocator"},
        ),
        (DATABASE_PASSWORD, {"DATABASE_URL": f"postgresql+nothing://desk:{DATABASE_PASSWORD}@127.0.0.1/a"}),
        (DATABASE_PASSWORD, {"DATABASE_URL": f"postgresql+psycopg://desk:{DATABASE_PASSWORD}@127.0.0.1:x/a"}),
        (
            DATABASE_PASSWORD,
            {"DATABASE_URL": f"postgresql+psycopg://desk:one@{DATABASE_PASSWORD}@127.0.0.1:1/a"},
        ),
        (DATABASE_PASSWORD, {"REDIS_URL": f"redis//:{DATABASE_PASSWORD}@127.0.0.1:1"}),
        (DATABASE_PASSWORD, {"REDIS_URL": f"redis://:{DATABASE_PASSWORD}@127.0.0.1:x"}),
        ("planted-weak", {"JWT_SECRET_KEY": "planted-weak" * 4}),
        ("planted-weak", {"JWT_SECRET_KEYS": "planted-weak"}),
        ("planted-weak", {"JWT_SECRET_KEYS": f"{OTHER_KEY},planted-weak"}),
        ("planted", {"AUDIT_SIGNING_KEY": "planted"}),
        ("planted", {"METRICS_TOKEN": "planted"}),
        ("planted", {"METRICS_TOKEN": "planted token with ü and \x07 blanks"}),
        ("planted", {"ALADDIN_API_KEY": "planted\x07"}),
        ("planted", {"ALADDIN_HOST": "https://desk:planted@aladdin.example", "MOCK_ALADDIN_DATA": "false"}),
        ("planted", {"OIDC_ISSUER": "https://desk:planted@login.example"}),
        ("planted", {"OIDC_CLIENT_SECRET": "planted"}),
        ("planted", {"SENTRY_DSN": "https://planted:@@sentry"}),
        ("planted", {"OTEL_EXPORTER_OTLP_ENDPOINT": "ftp://desk:planted@collector.example"}),
    ],
)
def test_a_start_that_is_refused_says_no_secret(tmp_path, secret, wrong):
    said = Server(tmp_path, PORT=str(free_port()), LOG_LEVEL="DEBUG", **wrong).refuses_to_start()
    assert secret not in said
    assert next(iter(wrong)) in said
    assert "Traceback" not in said
