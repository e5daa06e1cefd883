"""Every route, with every role and every kind of caller who may not: a new route without an entry fails."""

from __future__ import annotations

import json
from datetime import timedelta
from threading import Event

import pytest

from app.api.kit.csv import CSV
from app.api.kit.operation import Endpoint
from app.api.kit.tokens import Access
from app.api.kit.xlsx import XLSX
from app.core.security import ROLES, Permission, Role
from app.services.alerts.types import Finding, RuleName, Severity
from tests.support.desk import Desk
from tests.support.users import add_user, set_user
from tests.support.walk import Things, asks, said, steps

PASSWORD = "correct horse battery staple"
OURS, THEIRS = "PUBLICPRE", "BIG6"
FORMATS = {CSV: "csv", XLSX: "xlsx"}
WITHOUT_OPERATION = {"home", "restx_doc.static"}
"""Redirection to the documentation, and the files of the Swagger page."""

OPEN = {Access.PUBLIC, Access.REFRESH_TOKEN, Access.ANY_TOKEN}
"""Operations that ask for no access token."""

ENDING = {"logout", "endSessions"}
"""Operations that end the session of who asks."""

SIGN_ON = {"getSignOn", "startSignOn", "finishSignOn"}
JOBS = {"getJob", "followJob", "cancelJob"}
CHANNELS = {"putAlertChannel", "deleteAlertChannel", "testAlertChannel", "retryAlertDelivery"}
ELSEWHERE = {"login", "refresh", "changePassword", "endSession", "metrics"}
BACKTESTS = {
    "getBacktest",
    "getBacktestTimeSeries",
    "getBacktestTransactions",
    "compareBacktests",
    "getBacktestGrid",
    "deleteBacktest",
    "deleteBacktestGrid",
}
OWN = {
    "getBrokerAccount",
    "disconnectBrokerAccount",
    "previewBrokerOrder",
    "listBrokerOrders",
    "placeBrokerOrder",
    "getBrokerOrder",
    "cancelBrokerOrder",
    "getReallocation",
    "makeBlotterOfReallocation",
    "getOptimizedPortfolio",
    "replayOptimizedPortfolio",
}
MONITORED = {
    "updateMarketData",
    "tellRowChange",
    "getMonitoredPortfolio",
    "putMonitorConfig",
    "recalculatePortfolio",
}
"""Webhooks, which are off here, and portfolios, which belong to users and not to groups."""

APART = ENDING | SIGN_ON | JOBS | BACKTESTS | CHANNELS | MONITORED | ELSEWHERE | OWN
"""Operations of sessions, own jobs, backtests and plans, channels, metrics, which have tests of their own."""

NAMED = [step.operation.name for step in steps()]


class Walk:
    """A desk with one of everything in two groups, and users of every role."""

    def __init__(self, folder):
        self.desk = Desk(folder)
        self.everybody = self.token("all", permissions=Permission)
        self.somebody = add_user(self.desk.services, "somebody", PASSWORD)
        self.theirs = self.things(THEIRS)
        self.ours = self.things(OURS)
        self.limited = self.token("limited", permissions=Permission, groups=[OURS])

    def token(self, name, **granted):
        add_user(self.desk.services, name, PASSWORD, **granted)
        return self.desk.login(name, PASSWORD)["access_token"]

    def things(self, group_id):
        """Make one of everything for a group, as a user who sees all."""
        desk, self.desk.token = self.desk, self.everybody
        accounts = desk.get(f"portfolio-groups/{group_id}/accounts")["accounts"]
        held = desk.get(f"positions/{accounts[0]['account_id']}")["positions"]
        security_id = next(p["cusip"] for p in held if p["quantity"] > 5_000_000)
        done = desk.preview(security_id, 2_000_000, groups=[group_id])["allocation_id"]
        sent = desk.post(f"allocations/{done}/commit", {"override_warnings": True})
        compared = desk.compare(security_id, 1_000_000, {"allocation_method": "PRO_RATA"}, groups=[group_id])
        order = {"security_id": security_id, "side": "BUY", "quantity": 1_000_000}
        line = {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": [group_id]}
        blotter = desk.post("blotters", {"lines": [line]}, status=202)
        targets = desk.post("drift/target-sets", asks(Things(group_id, *["x"] * 9))["stateTargets"].body)
        proposal = desk.post("drift/proposals", {"scope": "GROUP", "scope_id": group_id})
        checked = desk.post("drift/checks", status=202)["job_id"]
        assert desk.services.jobs.executor.run(checked, Event(), lambda: None)
        headers = {"Authorization": f"Bearer {desk.token}"}
        assert desk.client.get(f"/v1/allocations/{done}/fix", headers=headers).status_code == 200
        message = desk.get(f"allocations/{done}/fix/messages")["messages"][0]["alloc_id"]
        return Things(
            group_id=group_id,
            account_id=accounts[0]["account_id"],
            security_id=security_id,
            allocation_id=done,
            comparison_id=compared["comparison_id"],
            order_id=sent["aladdin_order_ids"][0],
            message_id=message,
            audit_id=sent["audit_id"],
            user_id=self.somebody,
            session_id="4f0c8a52-0000-4000-8000-000000000000",
            blotter_id=blotter["blotter_id"],
            alert_id=self.alert(group_id),
            target_set_id=targets["target_set_id"],
            proposal_id=proposal["proposal_id"],
        )

    def alert(self, group_id):
        """An alert of a rule that every user may read, about a group."""
        rule = RuleName.VENDOR_STALE if group_id == OURS else RuleName.TRADING_STOPPED
        found = Finding(rule, "it", Severity.WARNING, f"About {group_id}.", groups=frozenset({group_id}))
        self.desk.services.alerts.look.compare(rule, [found])
        return self.desk.get("alerts", rule=rule)["alerts"][0]["alert_id"]

    def ask(self, step, of, token, **changed):
        asked = asks(of)[step.operation.name]
        query = {name: value for name, value in {**asked.query, **changed}.items() if value is not None}
        return self.desk.client.open(
            step.path(of),
            method=step.method.upper(),
            query_string=query,
            **({"json": asked.body} if asked.csv is None else {"data": asked.csv, "content_type": CSV}),
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )

    def names(self, group_id):
        """All that would tell of a group: its accounts with their names, and what was done for it."""
        self.desk.token = self.everybody
        group = self.desk.get(f"portfolio-groups/{group_id}")
        found = {group_id, group["group_name"], group["description"], group["manager"]}
        for account in group["accounts"]:
            found |= {account["account_id"], account["account_name"]}
        things = self.theirs if group_id == THEIRS else self.ours
        return found | {
            things.allocation_id,
            things.comparison_id,
            things.order_id,
            things.message_id,
            things.blotter_id,
            things.alert_id,
            things.target_set_id,
            things.proposal_id,
        }


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    return Walk(tmp_path_factory.mktemp("walk"))


def test_no_route_is_outside_the_walk(walk):
    """Every rule of the server is a declared operation that the walk has a request for."""
    declared = {
        operation.name
        for rule in walk.desk.app.url_map.iter_rules()
        for operation in operations_at(walk.desk.app, rule)
    }
    assert declared == set(NAMED) == set(asks(walk.theirs))


def operations_at(app, rule):
    if rule.endpoint in WITHOUT_OPERATION:
        return []
    kind = app.view_functions[rule.endpoint].view_class
    assert issubclass(kind, Endpoint)
    assert {m.lower() for m in rule.methods} - {"head", "options"} == set(kind.operations)
    return kind.operations.values()


@pytest.mark.parametrize("step", steps(), ids=NAMED)
def test_without_a_token_only_what_is_public_answers(walk, step):
    answer = walk.ask(step, walk.ours, None)
    public = step.operation.access is Access.PUBLIC and step.operation.name != "login"
    assert (answer.status_code == 401) is not public
    if not public:
        assert walk.ours.allocation_id not in answer.get_data(as_text=True).replace(step.path(walk.ours), "")


@pytest.fixture(scope="module")
def tokens(walk):
    """A token for every role, and one of a user without any."""
    found = {role: walk.token(f"a {role}", roles=[role]) for role in Role}
    return {**found, None: walk.token("nothing")}


@pytest.mark.parametrize("role", [*Role, None])
def test_every_role_may_do_what_the_matrix_says(walk, tokens, role):
    held = ROLES[role] if role else frozenset()
    wrong = {}
    for step in steps():
        if step.operation.name in APART:
            continue
        status = walk.ask(step, walk.ours, tokens[role]).status_code
        access = step.operation.access
        refused = isinstance(access, Permission) and access not in held
        if (status == 403) is not refused or status in {401, 404} or status >= 500:
            wrong[step.operation.name] = status
    assert wrong == {}


@pytest.mark.parametrize("kind", ["disabled", "ended", "refresh"])
def test_a_token_that_does_not_hold_opens_nothing(walk, kind):
    """Of a disabled user, of a session that has ended, and one that only gets other tokens."""
    name = f"gone {kind}"
    add_user(walk.desk.services, name, PASSWORD, permissions=Permission)
    session = walk.desk.login(name, PASSWORD)
    token = session["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    if kind == "disabled":
        set_user(walk.desk.services.database, name, active=False)
    elif kind == "ended":
        body = {"refresh_token": session["refresh_token"]}
        assert walk.desk.client.post("/v1/auth/logout", headers=headers, json=body).status_code == 200
    else:
        token = session["refresh_token"]
    closed = [
        s
        for s in steps()
        if s.operation.access not in {Access.PUBLIC, Access.REFRESH_TOKEN, Access.ANY_TOKEN}
    ]
    found = {s.operation.name: walk.ask(s, walk.ours, token).status_code for s in closed}
    assert found == dict.fromkeys(found, 401)
    if kind != "refresh":
        body = {"refresh_token": session["refresh_token"]}
        assert walk.desk.client.post("/v1/auth/refresh", json=body).status_code == 401


def test_an_old_refresh_token_ends_its_session(walk):
    add_user(walk.desk.services, "rotated", PASSWORD, permissions=Permission)
    session = walk.desk.login("rotated", PASSWORD)
    old = {"refresh_token": session["refresh_token"]}
    new = walk.desk.client.post("/v1/auth/refresh", json=old).get_json()
    walk.desk.clock.ahead += timedelta(seconds=11)
    assert walk.desk.client.post("/v1/auth/refresh", json=old).status_code == 401
    body = {"refresh_token": new["refresh_token"]}
    assert walk.desk.client.post("/v1/auth/refresh", json=body).status_code == 401
    for step in steps():
        if step.operation.access not in OPEN:
            assert walk.ask(step, walk.ours, new["access_token"]).status_code == 401


@pytest.mark.parametrize("step", steps(), ids=NAMED)
def test_of_other_groups_nothing_is_seen(walk, step):
    """By guessing ids and through filters: as documented, and as what does not exist, to the byte."""
    if step.operation.name in ENDING:
        pytest.skip("it ends the session of the walk")
    asked = asks(walk.theirs)[step.operation.name]
    sent = json.dumps([step.path(walk.theirs), asked.body, asked.query, asked.csv])
    told = {name for name in walk.names(THEIRS) if name not in sent}
    answer = walk.ask(step, walk.theirs, walk.limited)
    assert answer.status_code == asked.other or asked.other is None
    assert [name for name in told if name in said(answer)] == []
    if asked.unlike is None:
        missing = walk.theirs.missing()
        absent = walk.ask(step, missing, walk.limited)
        assert comparable(answer, walk.theirs) == comparable(absent, missing)


OF_ONE = {*APART, "getDriftAttribution"}
"""Operations that are no lists, and one that is always about an account."""

LISTS = [step for step in steps() if step.method == "get" and step.operation.name not in OF_ONE]


@pytest.mark.parametrize("step", LISTS, ids=[step.operation.name for step in LISTS])
@pytest.mark.parametrize("form", [None, CSV, XLSX])
def test_without_filters_and_in_tables_the_own_groups_are_all_there_is(walk, step, form):
    if form and form not in step.operation.tables:
        pytest.skip("no such table")
    told = walk.names(THEIRS)
    query = {"format": FORMATS[form]} if form else {}
    without = dict.fromkeys({"group_id", "allocation_id", "account_id", "entity_id"})
    answer = walk.ask(step, walk.ours, walk.limited, **without, **query)
    assert (answer.status_code == 200) is not step.operation.whole_desk
    assert [name for name in told if name in said(answer)] == []


def comparable(answer, of):
    """An answer without the ids that were asked for and the id of the request."""
    text = answer.get_data(as_text=True).replace(answer.headers["X-Request-ID"], "")
    for name, value in sorted(vars(of).items(), key=lambda item: -len(item[1])):
        text = text.replace(value, f"<{name}>")
    return answer.status_code, text


@pytest.mark.parametrize("step", steps(), ids=NAMED)
def test_of_the_own_groups_everything_is_seen(walk, step):
    """So that what is refused above is refused for the group alone."""
    if step.operation.name in APART:
        pytest.skip("no data of a group")
    status = walk.ask(step, walk.ours, walk.limited).status_code
    assert status == 403 if step.operation.whole_desk else status not in {401, 403, 404}


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_no_other_method_says_more(walk, method):
    headers = {"Authorization": f"Bearer {walk.limited}"}
    for step in steps():
        if step.method == "get" and asks(walk.theirs)[step.operation.name].other == 404:
            answer = walk.desk.client.open(step.path(walk.theirs), method=method, headers=headers)
            missing = walk.desk.client.open(step.path(walk.theirs.missing()), method=method, headers=headers)
            assert answer.status_code == missing.status_code
            assert answer.get_data() == b"" or method == "OPTIONS"
