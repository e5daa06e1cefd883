"""Sessions over the whole application: rotation, its grace, logout, their end, and what the trail says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.models import AuditRow, SessionRow, UserRow
from app.services.access.sessions import GRACE, Client
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.signing import claims_of

SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("sessions"), scenario=GOLDEN_BOOK)


@pytest.fixture
def desk(shared):
    shared.clock.ahead = timedelta()
    with shared.services.database.write() as session:
        session.execute(update(UserRow).values(credentials_changed_at=None, active=True))
    shared.token = shared.login()["access_token"]
    return shared


def refresh(desk, token):
    return desk.client.post("/v1/auth/refresh", json={"refresh_token": token})


def me(desk, token):
    return desk.client.get("/v1/auth/me", headers={"Authorization": f"Bearer {token}"}).status_code


def is_open(desk, tokens):
    return me(desk, tokens["access_token"]) == 200


def actions(desk):
    with desk.services.database.read() as session:
        return list(session.scalars(select(AuditRow.action).order_by(AuditRow.day, AuditRow.sequence)))


def test_each_refresh_token_has_one_successor(desk):
    tokens = desk.login()
    for _ in range(5):
        desk.clock.ahead += GRACE + SECOND
        renewed = refresh(desk, tokens["refresh_token"]).get_json()
        assert claims_of(renewed["refresh_token"])["jti"] != claims_of(tokens["refresh_token"])["jti"]
        assert claims_of(renewed["refresh_token"])["sid"] == claims_of(tokens["refresh_token"])["sid"]
        tokens = renewed
    assert is_open(desk, tokens)


def test_a_lost_answer_is_given_again_within_the_grace(desk):
    first = desk.login()
    lost = refresh(desk, first["refresh_token"]).get_json()
    desk.clock.ahead += GRACE - 3 * SECOND
    again = refresh(desk, first["refresh_token"])
    assert again.status_code == 200
    told = again.get_json()
    assert claims_of(told["refresh_token"])["jti"] == claims_of(lost["refresh_token"])["jti"]
    assert refresh(desk, told["refresh_token"]).status_code == 200


def test_the_one_before_holds_once_more_and_not_twice(desk):
    first = desk.login()
    renewed = refresh(desk, first["refresh_token"]).get_json()
    assert refresh(desk, first["refresh_token"]).status_code == 200
    assert refresh(desk, first["refresh_token"]).status_code == 401
    assert not is_open(desk, renewed)


def test_reuse_after_the_grace_ends_the_session_and_is_audited_once(desk):
    first = desk.login()
    renewed = refresh(desk, first["refresh_token"]).get_json()
    desk.clock.ahead += GRACE + SECOND
    before = actions(desk).count("REFRESH_TOKEN_REUSED")
    answer = refresh(desk, first["refresh_token"])
    assert (answer.status_code, answer.get_json()["code"]) == (401, "UNAUTHENTICATED")
    assert not is_open(desk, renewed)
    assert refresh(desk, renewed["refresh_token"]).status_code == 401
    assert refresh(desk, first["refresh_token"]).status_code == 401
    assert actions(desk).count("REFRESH_TOKEN_REUSED") == before + 1


def test_the_token_before_the_one_before_never_holds(desk):
    first = desk.login()
    second = refresh(desk, first["refresh_token"]).get_json()
    third = refresh(desk, second["refresh_token"]).get_json()
    assert refresh(desk, first["refresh_token"]).status_code == 401
    assert not is_open(desk, third)


def test_reuse_ends_one_session_and_no_other(desk):
    other = desk.login()
    first = desk.login()
    refresh(desk, first["refresh_token"])
    desk.clock.ahead += GRACE + SECOND
    refresh(desk, first["refresh_token"])
    assert is_open(desk, other)


def test_a_session_ends_after_its_lifetime_however_often_it_is_refreshed(desk):
    tokens = desk.login()
    for _ in range(11):
        desk.clock.ahead += timedelta(hours=1)
        tokens = refresh(desk, tokens["refresh_token"]).get_json()
    assert is_open(desk, tokens)
    desk.clock.ahead += timedelta(hours=1)
    assert not is_open(desk, tokens)
    assert refresh(desk, tokens["refresh_token"]).status_code == 401


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_logout_ends_the_whole_session(desk, which):
    tokens = desk.login()
    header = {"Authorization": f"Bearer {tokens[which]}"}
    assert desk.client.post("/v1/auth/logout", headers=header).status_code == 200
    assert not is_open(desk, tokens)
    assert refresh(desk, tokens["refresh_token"]).status_code == 401
    assert actions(desk)[-1] == "LOGOUT"
    assert desk.client.post("/v1/auth/logout", headers=header).status_code == 401


def test_a_password_that_is_changed_ends_the_sessions_from_before(desk):
    old = desk.login()
    with desk.services.database.write() as session:
        changed = update(UserRow).where(UserRow.username == "demo_user")
        session.execute(changed.values(credentials_changed_at=desk.clock()))
    assert not is_open(desk, old)
    assert refresh(desk, old["refresh_token"]).status_code == 401
    assert is_open(desk, desk.login())


def test_a_password_that_is_changed_during_the_login_ends_its_session(desk):
    """The session counts from before the password was checked."""
    since = desk.clock()
    sessions, users = desk.services.access.sessions, desk.services.access.users
    user = users.user(claims_of(desk.token)["sub"])
    with desk.services.database.write() as session:
        changed = update(UserRow).where(UserRow.username == "demo_user")
        session.execute(changed.values(credentials_changed_at=since + SECOND))
    desk.clock.ahead += 2 * SECOND
    opened = sessions.begin(user, since=since, client=Client("192.0.2.17", "test"))
    with desk.services.database.read() as session:
        assert session.get(SessionRow, opened.id).ended_at is None
    with pytest.raises(Exception, match="has ended"):
        sessions.user(opened.id, user.id)


def test_a_disabled_user_has_no_session(desk):
    tokens = desk.login()
    with desk.services.database.write() as session:
        session.execute(update(UserRow).where(UserRow.username == "demo_user").values(active=False))
    assert not is_open(desk, tokens)
    assert refresh(desk, tokens["refresh_token"]).status_code == 401
    with desk.services.database.write() as session:
        session.execute(update(UserRow).values(active=True))
    assert is_open(desk, tokens)


def test_sessions_are_shown_to_their_user_alone(desk):
    headers = {"User-Agent": "Firefox\u00e9 " + "x" * 300}
    login = {"username": "demo_user", "password": "demo_password"}
    mine = desk.client.post("/v1/auth/login", json=login, headers=headers).get_json()
    desk.token = mine["access_token"]
    shown = desk.get("auth/sessions")["sessions"]
    (current,) = [s for s in shown if s["current"]]
    assert shown[0] == current
    assert current["session_id"] == claims_of(mine["access_token"])["sid"]
    assert (current["origin"], current["address"]) == ("PASSWORD", "127.0.0.1")
    assert current["user_agent"].startswith("Firefox")
    assert len(current["user_agent"]) == 200
    desk.token = desk.login("demo_supervisor")["access_token"]
    assert current["session_id"] not in {s["session_id"] for s in desk.get("auth/sessions")["sessions"]}
    desk.call("DELETE", f"auth/sessions/{current['session_id']}", status=404)
    assert is_open(desk, mine)


def test_one_session_and_then_all_are_ended(desk):
    first, second = desk.login(), desk.login()
    desk.call("DELETE", f"auth/sessions/{claims_of(first['access_token'])['sid']}")
    assert not is_open(desk, first)
    assert is_open(desk, second)
    assert actions(desk)[-1] == "SESSIONS_ENDED"
    supervisor = desk.login("demo_supervisor")
    assert desk.call("DELETE", "auth/sessions")["ended"] >= 2
    assert not is_open(desk, second)
    assert me(desk, desk.token) == 401
    assert is_open(desk, supervisor)


def test_expired_sessions_are_deleted_and_open_ones_are_not(desk):
    old = claims_of(desk.login()["access_token"])["sid"]
    desk.clock.ahead += timedelta(hours=12)
    young = claims_of(desk.login()["access_token"])["sid"]
    desk.services.periodic.do("old-sessions")
    with desk.services.database.read() as session:
        left = set(session.scalars(select(SessionRow.id)))
    assert old not in left
    assert young in left


def test_the_cookie_of_a_browser_lives_as_long_as_its_session(desk):
    login = {"username": "demo_user", "password": "demo_password", "session": "cookie"}
    browser = desk.app.test_client()
    browser.post("/v1/auth/login", json=login)
    first = browser.get_cookie("__Host-allocator-refresh")
    assert abs(first.max_age - 12 * 3600) <= 2
    desk.clock.ahead += timedelta(hours=5)
    csrf = browser.get_cookie("__Host-allocator-csrf").value
    assert browser.post("/v1/auth/refresh", headers={"X-CSRF-Token": csrf}).status_code == 200
    renewed = browser.get_cookie("__Host-allocator-refresh")
    assert renewed.value != first.value
    assert abs(renewed.max_age - 7 * 3600) <= 5
