"""Single sign-on over HTTP against a provider that is a process of its own; no client is replaced."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select, update

from app.core.security import Permission
from app.models import AuditRow, SessionRow, UserIdentityRow, UserRow
from app.services.access.views import Actor
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.openid_provider import CLIENT_ID, CLIENT_SECRET
from tests.support.signing import claims_of

API_DIR = Path(__file__).resolve().parents[3]
SITE = "https://allocator.test"
CALLBACK = f"{SITE}/v1/auth/sso/callback"
REFRESH, CSRF, SIGN_ON = (f"__Host-allocator-{name}" for name in ("refresh", "csrf", "sign-on"))
ANN = {"sub": "s-1", "preferred_username": "Ann@Desk.example", "groups": ["traders", "others"]}


class Provider:
    """The process, and the scene that it plays."""

    def __init__(self):
        command = [sys.executable, "-m", "tests.support.openid_provider", "0"]
        self._process = subprocess.Popen(command, cwd=API_DIR, stdout=subprocess.PIPE, text=True)  # noqa: S603
        self.issuer = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def play(self, user=ANN, **scene):
        told = {"user": user, "redirect_uri": CALLBACK, **scene}
        httpx.put(f"{self.issuer}/scene", json=told).raise_for_status()

    def asked(self):
        return httpx.get(f"{self.issuer}/asked").json()

    def end(self):
        self._process.terminate()
        self._process.wait(10)
        self._process.stdout.close()


def settings(issuer, **more):
    return {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": CLIENT_ID,
        "OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "OIDC_REDIRECT_URL": CALLBACK,
        "OIDC_ROLE_MAP": "traders=trader, managers=portfolio_manager, admins=administrator",
        **more,
    }


@pytest.fixture(scope="module")
def process():
    found = Provider()
    yield found
    found.end()


@pytest.fixture
def provider(process):
    process.play()
    return process


@pytest.fixture
def desk(tmp_path, provider):
    return Desk(tmp_path, scenario=GOLDEN_BOOK, **settings(provider.issuer))


@pytest.fixture
def browser(desk):
    """A browser: it keeps cookies, follows redirects, and reaches our site in this process."""
    mounts = {SITE: httpx.WSGITransport(app=desk.app)}
    with httpx.Client(mounts=mounts, follow_redirects=True) as client:
        yield client


def log_in(browser, following="/v1/auth/sso"):
    return browser.get(f"{SITE}/v1/auth/sso/login", params={"next": following})


def tokens(browser):
    header = {"X-CSRF-Token": browser.cookies[CSRF]}
    return browser.post(f"{SITE}/v1/auth/refresh", headers=header).json()


def come_back(browser):
    """Log in up to the provider's answer, and return the address that the browser is sent to."""
    answer = browser.get(f"{SITE}/v1/auth/sso/login", follow_redirects=False)
    return browser.get(answer.headers["Location"], follow_redirects=False).headers["Location"]


def recorded(desk):
    with desk.services.database.read() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.day, AuditRow.sequence))
        return [(row.action, row.username) for row in rows if row.username not in {"system", "demo_user"}]


def users(desk):
    with desk.services.database.read() as session:
        names = select(UserRow.username).where(~UserRow.username.startswith("demo_"))
        return sorted(session.scalars(names))


def refused(browser, desk, status, code):
    """Log in in vain: no session, no cookie of one."""
    answer = log_in(browser)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert REFRESH not in browser.cookies
    with desk.services.database.read() as session:
        assert session.scalars(select(SessionRow).where(SessionRow.origin == "SSO")).all() == []
    return answer.json()["detail"]


def test_a_user_of_the_provider_logs_in(desk, browser, provider):
    assert browser.get(f"{SITE}/v1/auth/sso").json()["configured"] is True
    answer = log_in(browser)
    assert answer.status_code == 200
    assert str(answer.url) == f"{SITE}/v1/auth/sso"
    session = tokens(browser)
    assert session["user"]["username"] == "ann@desk.example"
    assert session["user"]["roles"] == ["trader"]
    me = browser.get(
        f"{SITE}/v1/auth/me", headers={"Authorization": f"Bearer {session['access_token']}"}
    ).json()
    assert me == session["user"]
    assert recorded(desk) == [("USER_ADDED", "ann@desk.example"), ("LOGIN", "ann@desk.example")]
    with desk.services.database.read() as stored:
        row = stored.get(SessionRow, claims_of(session["access_token"])["sid"])
    assert row.origin == "SSO"
    asked = provider.asked()
    assert asked["scope"] == "openid profile email"
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert len(asked["state"]) == len(asked["nonce"]) == len(asked["code_challenge"]) == 43


def test_the_cookie_on_the_way_is_short_lived_and_gone_afterwards(browser):
    started = browser.get(f"{SITE}/v1/auth/sso/login", follow_redirects=False)
    assert started.status_code == 303
    (line,) = started.headers.get_list("Set-Cookie")
    attributes = {part.strip() for part in line.split(";")[1:]}
    assert attributes >= {"Max-Age=600", "Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    log_in(browser)
    assert SIGN_ON not in browser.cookies


def test_the_second_login_is_of_the_same_user_by_subject_whatever_the_name(desk, browser, provider):
    log_in(browser)
    first = tokens(browser)["user"]["id"]
    provider.play({**ANN, "preferred_username": "ann.married@desk.example"})
    log_in(browser)
    assert tokens(browser)["user"]["id"] == first
    provider.play({**ANN, "sub": "s-2", "preferred_username": "bob"})
    log_in(browser)
    assert tokens(browser)["user"]["id"] != first
    assert users(desk) == ["ann@desk.example", "bob"]


def test_roles_follow_the_groups_and_single_permissions_stay(desk, browser, provider):
    log_in(browser)
    before = tokens(browser)
    administration = desk.services.access.administration
    administration.grant(
        before["user"]["id"], roles=(), permissions=(Permission.COMPLIANCE_BYPASS,), by=Actor("root")
    )
    provider.play({**ANN, "groups": "managers"})
    log_in(browser)
    after = tokens(browser)["user"]
    assert after["roles"] == ["portfolio_manager"]
    assert "compliance:bypass" in after["permissions"]


def test_without_a_mapped_group_nobody_is_added(desk, browser, provider):
    for groups in (["others"], [], None, [7, {"a": 1}], {"traders": True}):
        provider.play({**ANN, "groups": groups})
        assert "groups" in refused(browser, desk, 403, "SIGN_ON_REFUSED")
    assert users(desk) == []
    assert recorded(desk)[0] == ("LOGIN_REFUSED", "ann@desk.example")


def test_who_has_lost_every_group_has_lost_roles_and_sessions_too(desk, browser, provider):
    log_in(browser)
    session = tokens(browser)
    provider.play({**ANN, "groups": ["others"]})
    with httpx.Client(mounts={SITE: httpx.WSGITransport(app=desk.app)}, follow_redirects=True) as other:
        assert log_in(other).json()["code"] == "SIGN_ON_REFUSED"
    header = {"Authorization": f"Bearer {session['access_token']}"}
    assert browser.get(f"{SITE}/v1/auth/me", headers=header).status_code == 401
    assert desk.services.access.users.user(session["user"]["id"]).roles == ()


def test_the_name_of_a_local_user_is_refused(desk, browser, provider):
    for name in ("demo_user", "DEMO_USER", "\uff44\uff45\uff4d\uff4f_user"):
        provider.play({**ANN, "preferred_username": name})
        assert "demo_user" in refused(browser, desk, 403, "SIGN_ON_REFUSED")
    with desk.services.database.read() as session:
        assert session.scalars(select(UserIdentityRow)).all() == []


@pytest.mark.parametrize("name", [None, "", "a b", "x" * 101, 7])
def test_a_name_that_is_no_user_name_is_refused(desk, browser, provider, name):
    provider.play({**ANN, "preferred_username": name})
    refused(browser, desk, 403, "SIGN_ON_REFUSED")
    assert users(desk) == []


def test_the_address_is_the_name_where_there_is_no_other(desk, browser, provider):
    provider.play({"sub": "s-3", "email": "eve@desk.example", "groups": ["traders"]})
    log_in(browser)
    assert users(desk) == ["eve@desk.example"]


def test_a_disabled_user_stays_disabled(desk, browser):
    log_in(browser)
    browser.cookies.clear()
    with desk.services.database.write() as session:
        session.execute(update(UserRow).where(UserRow.username == "ann@desk.example").values(active=False))
    assert log_in(browser).json()["code"] == "SIGN_ON_REFUSED"
    assert REFRESH not in browser.cookies


@pytest.mark.parametrize("password", ["", "no account has this password", "demo_password"])
def test_no_password_logs_a_user_of_the_provider_in(desk, browser, password):
    log_in(browser)
    body = {"username": "ann@desk.example", "password": password}
    assert desk.client.post("/v1/auth/login", json=body).status_code in {401, 422}


@pytest.mark.parametrize(
    "scene",
    [
        {"claims": {"iss": "https://other.example"}},
        {"claims": {"iss": ""}},
        {"claims": {"aud": "another"}},
        {"claims": {"aud": ["another", CLIENT_ID], "azp": CLIENT_ID}},
        {"claims": {"aud": []}},
        {"claims": {"azp": "another"}},
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"exp": 1_700_000_000}},
        {"claims": {"exp": "tomorrow"}},
        {"claims": {"exp": None}},
        {"claims": {"iat": 4_000_000_000}},
        {"claims": {"nbf": 4_000_000_000}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": 7}},
        {"claims": {"sub": "x" * 256}},
        {"claims": {"at_hash": "AAAA"}},
        {"sign_with": "none"},
        {"sign_with": "public key as secret"},
        {"sign_with": "stranger"},
    ],
)
def test_a_token_that_does_not_hold_begins_no_session(desk, browser, provider, scene):
    provider.play(**scene)
    refused(browser, desk, 401, "SIGN_ON_FAILED")
    assert users(desk) == []


def test_a_state_begins_one_session(desk, browser, provider):
    back = come_back(browser)
    kept = browser.cookies[SIGN_ON]
    assert browser.get(back, follow_redirects=False).status_code == 303
    browser.cookies.clear()
    assert browser.get(back).json()["code"] == "SIGN_ON_FAILED"
    browser.cookies.set(SIGN_ON, kept, domain="allocator.test")
    assert browser.get(back).json()["code"] == "SIGN_ON_FAILED"
    # Not even with a code that the provider would still take.
    browser.cookies.set(SIGN_ON, kept, domain="allocator.test")
    request = parse_qs(urlsplit(back).query)
    asked = {**provider.asked(), "redirect_uri": CALLBACK}
    fresh = httpx.get(f"{provider.issuer}/authorize", params=asked).headers["Location"]
    assert parse_qs(urlsplit(fresh).query)["state"] == request["state"]
    assert browser.get(fresh).json()["code"] == "SIGN_ON_FAILED"
    with desk.services.database.read() as session:
        assert len(session.scalars(select(SessionRow).where(SessionRow.origin == "SSO")).all()) == 1


def test_an_answer_counts_in_the_browser_that_asked_alone(desk, browser, provider):
    """Login forgery: the victim's browser is sent to the attacker's answer."""
    back = come_back(browser)
    with httpx.Client(mounts={SITE: httpx.WSGITransport(app=desk.app)}) as victim:
        assert victim.get(back).json()["code"] == "SIGN_ON_FAILED"
        victim.get(f"{SITE}/v1/auth/sso/login")
        assert victim.get(back).json()["code"] == "SIGN_ON_FAILED"
        assert REFRESH not in victim.cookies


def test_a_login_that_took_too_long_or_was_forged_on_the_way(browser, desk):
    back = come_back(browser)
    kept = browser.cookies[SIGN_ON]
    for cookie in (kept[:-2], f"x{kept}", "", "e30.a.b"):
        browser.cookies.clear()
        browser.cookies.set(SIGN_ON, cookie, domain="allocator.test")
        assert browser.get(back).json()["code"] == "SIGN_ON_FAILED"


@pytest.mark.parametrize(
    "change",
    [
        {"state": "x"},
        {"state": None},
        {"state": "é"},
        {"code": "x"},
        {"code": None},
        {"error": "access_denied"},
        {"iss": "https://other.example"},
    ],
)
def test_an_answer_that_was_changed_on_the_way_begins_no_session(browser, change):
    parts = urlsplit(come_back(browser))
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | change
    query = {name: value for name, value in query.items() if value is not None}
    answer = browser.get(f"{SITE}{parts.path}", params=query)
    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ON_FAILED")
    assert REFRESH not in browser.cookies


def test_what_providers_add_to_an_answer_is_left_aside(browser, provider):
    back = come_back(browser)
    answer = browser.get(f"{back}&session_state=abc&iss={provider.issuer}", follow_redirects=False)
    assert answer.status_code == 303


def test_the_provider_demands_pkce(browser, provider):
    """So that the login above proves it: without a challenge there is no code."""
    asked = provider.asked() or {}
    log_in(browser)
    asked = {k: v for k, v in provider.asked().items() if not k.startswith("code_challenge")}
    asked["nonce"] = "another"
    answer = httpx.get(f"{provider.issuer}/authorize", params=asked)
    assert "code=" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "following",
    ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb", "/%", "", "javascript:x"],
)
def test_it_goes_on_within_this_site_alone(browser, following):
    answer = browser.get(f"{SITE}/v1/auth/sso/login", params={"next": following}, follow_redirects=False)
    if following == "/%":  # strange, but a path of this site
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "next"


def test_it_goes_on_where_it_was_asked_to(browser):
    answer = browser.get(
        f"{SITE}/v1/auth/sso/login", params={"next": "/v1/auth/sso?from=here#there"}, follow_redirects=False
    )
    back = browser.get(answer.headers["Location"], follow_redirects=False).headers["Location"]
    assert browser.get(back, follow_redirects=False).headers["Location"] == "/v1/auth/sso?from=here#there"


def test_a_new_key_of_the_provider_is_found(browser, provider):
    log_in(browser)
    provider.play(rotate=True)
    browser.cookies.clear()
    assert log_in(browser).status_code == 200
    assert REFRESH in browser.cookies


def test_a_provider_that_says_it_is_another_is_not_used(tmp_path, provider):
    provider.play(issuer_said="https://other.example")
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, **settings(provider.issuer))
    answer = desk.client.get("/v1/auth/sso/login")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "SIGN_ON_UNAVAILABLE")
    assert int(answer.headers["Retry-After"]) == 10


def test_a_provider_that_is_away_is_a_503_that_costs_little(tmp_path):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, **settings("http://127.0.0.1:9"))
    for _ in range(3):
        answer = desk.client.get("/v1/auth/sso/login")
        assert (answer.status_code, answer.get_json()["code"]) == (503, "SIGN_ON_UNAVAILABLE")
    assert desk.login()["user"]["username"] == "demo_user"


def test_without_settings_it_is_off(tmp_path):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK)
    assert desk.get("auth/sso")["configured"] is False
    for path in ("login", "callback"):
        assert desk.client.get(f"/v1/auth/sso/{path}").status_code == 404


def test_expired_sign_ons_are_forgotten_with_their_sessions(desk, browser):
    log_in(browser)
    desk.clock.ahead += timedelta(hours=12)
    desk.services.periodic.do("old-sessions")
    with desk.services.database.read() as session:
        assert session.scalars(select(SessionRow).where(SessionRow.origin == "SSO")).all() == []
