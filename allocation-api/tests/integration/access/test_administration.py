"""Administration of users over HTTP: what is stored, audited and refused, and that it holds at once."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import event, func, select

from app.core.database import WriteConflictError
from app.core.security import Permission, Role
from app.models import AuditRow, UserRow
from app.services.access.errors import LastAdministrator, UserExists
from app.services.access.views import NewUser
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.users import OPERATOR, OTHER_PASSWORD, PASSWORD

NEW = {"username": "anna", "password": PASSWORD, "roles": ["trader"]}


class Administrators(Desk):
    """A desk whose calls are those of the demo administrator."""

    def login(self, username="demo_admin", password="demo_password"):
        return super().login(username, password)


@pytest.fixture
def desk(tmp_path):
    return Administrators(tmp_path, scenario=GOLDEN_BOOK)


def add(desk, *, status=200, **other):
    return desk.post("admin/users", NEW | other, status=status)


def bearer(desk, username, password=PASSWORD):
    return {"Authorization": f"Bearer {desk.login(username, password)['access_token']}"}


def change(desk, user, what, body=None, *, method="POST", status=200):
    return desk.call(method, f"admin/users/{user['id']}/{what}", json=body or {}, status=status)


def records(desk, **wanted):
    return desk.get("audit", entity_type="user", limit=200, **wanted)["audit_records"]


def test_a_user_is_added_shown_listed_and_logs_in(desk):
    made = add(desk, groups=["GOLDEN"], permissions=["audit:read"])
    assert (made["username"], made["active"], made["version"]) == ("anna", True, 1)
    assert (made["roles"], made["granted"], made["groups"]) == (["trader"], ["audit:read"], ["GOLDEN"])
    assert desk.get(f"admin/users/{made['id']}") == made
    assert desk.get("admin/users", name="NN")["users"] == [made]
    mine = desk.call("GET", "auth/me", headers=bearer(desk, "anna"))
    assert (mine["roles"], mine["groups"]) == (["trader"], ["GOLDEN"])
    assert mine["permissions"] == made["permissions"]
    assert {"orders:write", "audit:read"} <= set(mine["permissions"])
    assert "users:manage" not in mine["permissions"]


@pytest.mark.parametrize("given", ["Anna", "  ANNA ", "\uff21nna"])
def test_a_name_is_unique_in_any_spelling_and_logs_in_in_any(desk, given):
    add(desk)
    refused = add(desk, username=given, status=409)
    assert (refused["code"], refused["errors"][0]["field"]) == ("USER_EXISTS", "username")
    assert desk.login(given, PASSWORD)["user"]["username"] == "anna"


def test_all_faults_are_told_at_once_and_no_password_is_repeated(desk):
    refused = add(desk, username="a b/c", password="passw0rd", groups=["x" * 64, ""], status=422)
    assert {e["field"] for e in refused["errors"]} == {"groups.1"}
    refused = add(desk, username="a b/c", password="passw0rd", status=422)
    assert [e["field"] for e in refused["errors"]] == ["username", "password", "password"]
    assert "passw0rd" not in str(refused)
    assert add(desk, username="demo_user", status=422)["errors"][0]["field"] == "username"
    assert add(desk, username="a\u202eb", status=422)["errors"][0]["field"] == "username"


def test_every_change_is_audited_with_both_states_and_no_hash(desk):
    anna = add(desk)
    change(desk, anna, "grant", {"roles": ["auditor"], "permissions": ["compliance:bypass"]})
    change(desk, anna, "revoke", {"roles": ["trader"]})
    change(desk, anna, "groups", {"groups": ["GOLDEN"]}, method="PUT")
    change(desk, anna, "password", {"password": OTHER_PASSWORD}, method="PUT")
    change(desk, anna, "sessions", method="DELETE")
    change(desk, anna, "disable")
    change(desk, anna, "enable")
    change(desk, anna, "unlock")
    found = list(reversed(records(desk, entity_id="anna")))
    assert [r["action"] for r in found] == [
        "USER_ADDED",
        "USER_GRANTED",
        "USER_REVOKED",
        "USER_GROUPS_SET",
        "PASSWORD_SET",
        "USER_SESSIONS_ENDED",
        "USER_DISABLED",
        "USER_ENABLED",
        "USER_UNLOCKED",
    ]
    assert {r["username"] for r in found} == {"demo_admin"}
    assert found[0]["before"] is None
    assert found[1]["before"] == found[0]["after"]
    assert found[1]["after"] == {
        "active": True,
        "roles": ["auditor", "trader"],
        "permissions": ["compliance:bypass"],
        "groups": None,
    }
    assert found[3]["after"]["groups"] == ["GOLDEN"]
    assert "argon2" not in str(found)
    assert PASSWORD not in str(found)
    assert desk.get(f"admin/users/{anna['id']}")["version"] == 8
    assert desk.get("audit/verify")["whole"]


def test_a_change_that_changes_nothing_writes_nothing(desk):
    anna = add(desk)
    before = len(records(desk))
    assert change(desk, anna, "grant", {"roles": ["trader"]})["version"] == 1
    assert change(desk, anna, "revoke", {"roles": ["auditor"]})["version"] == 1
    assert change(desk, anna, "groups", {"groups": None}, method="PUT")["version"] == 1
    assert change(desk, anna, "enable")["version"] == 1
    assert len(records(desk)) == before


def test_a_change_holds_with_the_next_request(desk):
    anna = add(desk)
    mine = bearer(desk, "anna")
    desk.call("GET", "portfolio-groups", headers=mine)
    change(desk, anna, "revoke", {"roles": ["trader"]})
    desk.call("GET", "portfolio-groups", headers=mine, status=403)
    change(desk, anna, "disable")
    desk.call("GET", "auth/me", headers=mine, status=401)
    body = {"username": "anna", "password": PASSWORD}
    assert desk.client.post("/v1/auth/login", json=body).status_code == 401


@pytest.mark.parametrize("how", ["password", "sessions", "disable"])
def test_what_ends_sessions_sets_the_moment_from_which_they_count(desk, how):
    anna = add(desk)
    body = {"password": OTHER_PASSWORD} if how == "password" else None
    method = {"password": "PUT", "sessions": "DELETE"}.get(how, "POST")
    assert anna["credentials_changed_at"] is None
    assert change(desk, anna, how, body, method=method)["credentials_changed_at"] is not None


def test_a_version_that_is_no_longer_stored_is_a_conflict(desk):
    anna = add(desk)
    change(desk, anna, "grant", {"roles": ["auditor"], "version": 1})
    for what, method in (("grant", "POST"), ("revoke", "POST"), ("groups", "PUT")):
        body = {"groups": [], "version": 1} if what == "groups" else {"roles": ["read_only"], "version": 1}
        assert change(desk, anna, what, body, method=method, status=409)["code"] == "USER_CHANGED"
    assert change(desk, anna, "revoke", {"roles": ["auditor"], "version": 2})["roles"] == ["trader"]


@pytest.mark.parametrize(
    ("what", "method", "body"),
    [
        ("disable", "POST", None),
        ("grant", "POST", {"roles": ["trader"]}),
        ("revoke", "POST", {"roles": ["administrator"]}),
        ("groups", "PUT", {"groups": []}),
        ("password", "PUT", {"password": PASSWORD}),
        ("sessions", "DELETE", None),
    ],
)
def test_nobody_changes_his_own_user(desk, what, method, body):
    me = desk.call("GET", "auth/me")
    assert change(desk, me, what, body, method=method, status=409)["code"] == "OWN_USER"
    assert desk.call("GET", "auth/me") == me


def test_an_unknown_user_is_not_found(desk):
    desk.get("admin/users/nobody", status=404)
    for what in ("disable", "enable", "unlock"):
        change(desk, {"id": "nobody"}, what, status=404)


def test_only_who_manages_users_may(desk):
    for role in Role:
        name = f"user-{role.value.replace('_', '-')}"
        add(desk, username=name, roles=[role])
        status = 200 if role is Role.ADMINISTRATOR else 403
        desk.call("GET", "admin/users", headers=bearer(desk, name), status=status)


def test_lists_are_paged_and_filtered(desk):
    for name in ("anna", "bert", "carla"):
        add(desk, username=name)
    found = []
    page = desk.get("admin/users", limit=2)
    while True:
        found += [u["username"] for u in page["users"]]
        if page["next_cursor"] is None:
            break
        page = desk.get("admin/users", limit=2, cursor=page["next_cursor"])
    assert found[:3] == ["carla", "bert", "anna"]
    assert sorted(found[3:]) == ["demo_admin", "demo_supervisor", "demo_user"]
    bert = next(u for u in desk.get("admin/users", name="bert")["users"])
    change(desk, bert, "disable")
    assert [u["username"] for u in desk.get("admin/users", active="false")["users"]] == ["bert"]
    assert desk.get("admin/users", name="%")["users"] == []


# --- the last administrator ---------------------------------------------------------------------------------


def administration(desk):
    return desk.services.access.administration


def named(desk, name):
    return administration(desk).named(name).id


def test_the_last_administrator_stays(desk):
    users = administration(desk)
    admin = named(desk, "demo_admin")
    with pytest.raises(LastAdministrator):
        users.disable(admin, OPERATOR)
    with pytest.raises(LastAdministrator):
        users.revoke(admin, OPERATOR, roles=[Role.ADMINISTRATOR])
    single = users.add(NewUser("bert", PASSWORD, permissions=(Permission.USERS_MANAGE,)), OPERATOR)
    users.revoke(admin, OPERATOR, roles=[Role.ADMINISTRATOR])
    with pytest.raises(LastAdministrator):
        users.revoke(single.id, OPERATOR, permissions=[Permission.USERS_MANAGE])
    assert desk.services.access.administration.has_administrator()


def test_an_administrator_who_is_limited_to_groups_does_not_count(desk):
    users = administration(desk)
    admin = named(desk, "demo_admin")
    limited = users.add(NewUser("bert", PASSWORD, roles=(Role.ADMINISTRATOR,), groups=("GOLDEN",)), OPERATOR)
    with pytest.raises(LastAdministrator):
        users.disable(admin, OPERATOR)
    with pytest.raises(LastAdministrator):
        users.set_groups(admin, OPERATOR, ("GOLDEN",))
    users.set_groups(limited.id, OPERATOR, None)
    desk.post(f"admin/users/{limited.id}/disable", {}, status=200)
    users.enable(limited.id, OPERATOR)
    users.set_groups(admin, OPERATOR, ("GOLDEN",))
    headers = bearer(desk, "bert")
    body = {"groups": ["GOLDEN"]}
    refused = desk.call("PUT", f"admin/users/{limited.id}/groups", json=body, headers=headers, status=409)
    assert refused["code"] == "OWN_USER"


def test_of_two_administrators_who_disable_each_other_one_stays(desk):
    users = administration(desk)
    first, second = (
        users.add(NewUser(name, PASSWORD, roles=(Role.ADMINISTRATOR,)), OPERATOR) for name in ("bert", "carl")
    )
    users.disable(named(desk, "demo_admin"), OPERATOR)
    start, refused = Barrier(2), []

    def disable(user_id):
        start.wait()
        try:
            users.disable(user_id, OPERATOR)
        except LastAdministrator:
            refused.append(user_id)

    threads = [Thread(target=disable, args=(user.id,)) for user in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert users.get(refused[0]).active


def test_of_many_who_add_the_same_name_one_does(desk):
    users = administration(desk)
    start, made, refused = Barrier(6), [], []

    def add_it(spelling):
        start.wait()
        try:
            made.append(users.add(NewUser(spelling, PASSWORD), OPERATOR))
        except UserExists:
            refused.append(spelling)

    threads = [Thread(target=add_it, args=(s,)) for s in ("dora", "Dora", "DORA", "dOra", "doRa", "dorA")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(refused)) == (1, 5)
    with desk.services.database.read() as session:
        assert session.scalar(select(func.count()).where(UserRow.username == "dora")) == 1
        added = AuditRow.action == "USER_ADDED"
        assert session.scalar(select(func.count()).where(added)) == 1


# --- one's own password -------------------------------------------------------------------------------------


def own(desk, current, new, *, status=200):
    body = {"current_password": current, "new_password": new}
    return desk.call("POST", "auth/password", json=body, headers=bearer(desk, "anna"), status=status)


def test_the_own_password_is_changed(desk):
    anna = add(desk)
    own(desk, PASSWORD, OTHER_PASSWORD)
    body = {"username": "anna", "password": PASSWORD}
    assert desk.client.post("/v1/auth/login", json=body).status_code == 401
    assert desk.login("anna", OTHER_PASSWORD)["user"]["id"] == anna["id"]
    after = desk.get(f"admin/users/{anna['id']}")
    assert (after["version"], after["credentials_changed_at"] is None) == (2, False)
    (record,) = records(desk, action="PASSWORD_CHANGED")
    assert (record["username"], record["entity_id"], record["after"]) == ("anna", "anna", None)


def test_a_wrong_current_password_and_a_bad_new_one_are_told_apart(desk):
    add(desk)
    refused = own(desk, "wrong", OTHER_PASSWORD, status=422)
    assert [e["field"] for e in refused["errors"]] == ["current_password"]
    assert len(records(desk, action="PASSWORD_CHANGE_REFUSED")) == 1
    refused = own(desk, PASSWORD, "anna-anna", status=422)
    assert [e["field"] for e in refused["errors"]] == ["new_password", "new_password"]
    refused = own(desk, PASSWORD, PASSWORD, status=422)
    assert [e["field"] for e in refused["errors"]] == ["new_password"]
    assert desk.login("anna", PASSWORD)


def test_the_brake_holds_for_changes_of_the_own_password(desk):
    add(desk)
    mine = bearer(desk, "anna")
    for new in range(10):
        body = {"current_password": f"wrong {new}", "new_password": OTHER_PASSWORD}
        desk.call("POST", "auth/password", json=body, headers=mine, status=422)
    body = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD}
    refused = desk.call("POST", "auth/password", json=body, headers=mine, status=429)
    assert refused["code"] == "LOGIN_BLOCKED"


def test_a_change_that_lost_a_conflict_is_made_by_its_second_attempt(desk):
    """Also where what it is given can be read once only, as a command gives it."""
    users = desk.services.access.administration
    user = users.add(NewUser("anna", PASSWORD), OPERATOR)
    lost = []

    def lose(_connection, _cursor, statement, *_):
        if "INSERT INTO audit_events" in statement and not lost:
            lost.append(statement)
            raise WriteConflictError("somebody else was faster")

    engine = desk.services.database.engine
    event.listen(engine, "before_cursor_execute", lose)
    users.grant(user.id, OPERATOR, roles=iter([Role.TRADER]))
    assert users.get(user.id).roles == (Role.TRADER,)
    lost.clear()
    users.revoke(user.id, OPERATOR, roles=iter([Role.TRADER]))
    assert (users.get(user.id).roles, len(lost)) == ((), 1)
