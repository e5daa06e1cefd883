"""Users who are limited to portfolio groups, on the whole application with nested groups."""

from __future__ import annotations

import json

import pytest

from app.core.security import Permission
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire
from tests.support.statements import sent_by
from tests.support.users import add_user, set_user

PASSWORD = "correct horse battery staple"
BOND = "912828YW4"
EAST, WEST = {"ACC001", "ACC002"}, {"ACC003", "ACC004"}


@pytest.fixture
def desk(tmp_path):
    """The golden four, in two groups under one; only the east holds the second bond."""
    book = json.loads(GOLDEN_BOOK.read_text())
    (group,) = book["groups"]
    book["groups"] = [
        {**group, "group_id": "ALL", "accounts": ["EAST", "WEST"]},
        {**group, "group_id": "EAST", "accounts": sorted(EAST)},
        {**group, "group_id": "WEST", "accounts": sorted(WEST)},
    ]
    (bond,) = [b for b in book["securities"] if b["cusip"] == BOND]
    book["securities"].append({**bond, "cusip": "912828ZT0", "description": "US Treasury 0.25 05/31/2025"})
    for account in book["accounts"]:
        if account["account_id"] in EAST:
            account["positions"].append({"cusip": "912828ZT0", "face": 1_000_000})
    path = tmp_path / "book.json"
    path.write_text(json.dumps(book))
    wire = FaultyWire.over(path)
    made = Desk(tmp_path, scenario=path, transport=wire, ALADDIN_REFERENCE_CACHE_SECONDS="0")
    made.wire = wire
    become(made, "everybody", None)
    return made


def become(desk, name, groups):
    add_user(desk.services, name, PASSWORD, permissions=Permission, groups=groups)
    desk.token = desk.login(name, PASSWORD)["access_token"]


def limit(desk, name, groups):
    set_user(desk.services.database, name, permissions=Permission, groups=groups)


def keyed(desk, method, path, body, status):
    return desk.call(method, path, status=status, json=body, headers={"Idempotency-Key": "k"})


def asked(groups, bond=BOND, **order):
    return {
        "order": {"security_id": bond, "side": "BUY", "quantity": 1_000_000, **order},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": groups,
    }


def ids(desk, **query):
    return {a["allocation_id"] for a in desk.get("allocations", **query)["allocations"]}


# --- groups -------------------------------------------------------------------------------------------------


def test_groups_under_the_own_one_are_visible_and_the_one_above_is_not(desk):
    become(desk, "ann", ["ALL"])
    assert [g["group_id"] for g in desk.get("portfolio-groups")["portfolio_groups"]] == [
        "ALL",
        "EAST",
        "WEST",
    ]
    assert desk.get("cash/ACC003")["cash_positions"]
    become(desk, "bob", ["WEST"])
    (west,) = desk.get("portfolio-groups")["portfolio_groups"]
    assert {a["account_id"] for a in west["accounts"]} == WEST
    for hidden in ("ALL", "EAST"):
        desk.get(f"portfolio-groups/{hidden}", status=404)
    desk.get("cash/ACC001", status=404)
    desk.get("positions/WEST", status=404)


def test_an_allocation_over_a_group_above_or_beside_is_not_visible(desk):
    made = {
        groups: desk.post("allocations/preview", asked(list(groups)))["allocation_id"]
        for groups in (("EAST",), ("WEST",), ("EAST", "WEST"), ("ALL",))
    }
    become(desk, "bob", ["WEST"])
    assert ids(desk) == {made["WEST",]}
    become(desk, "eve", ["EAST", "WEST"])
    assert ids(desk) == {made["WEST",], made["EAST",], made["EAST", "WEST"]}
    become(desk, "ann", ["ALL"])
    assert ids(desk) == set(made.values())
    become(desk, "nil", [])
    assert ids(desk) == set()
    assert desk.get("portfolio-groups")["portfolio_groups"] == []


def test_a_group_that_is_not_visible_is_an_unknown_one(desk):
    become(desk, "bob", ["WEST"])
    said = desk.post("allocations/preview", asked(["WEST", "EAST", "NONE"]), status=422)["errors"]
    assert said == [
        {"field": "portfolio_groups.1", "message": "There is no portfolio group 'EAST'."},
        {"field": "portfolio_groups.2", "message": "There is no portfolio group 'NONE'."},
    ]
    body = asked(["WEST"])
    body["constraints"] = {"account_limits": {"ACC001": {"max": 0}, "NONE": {"max": 0}}}
    said = desk.post("allocations/preview", body, status=422)["errors"]
    assert {e["message"] for e in said} == {"The account is not in the requested portfolio groups."}


def test_a_price_tells_of_no_holder_out_of_sight(desk):
    held = "912828ZT0"
    assert desk.get(f"securities/{held}")["price"] == 98.5
    become(desk, "bob", ["WEST"])
    assert desk.get(f"securities/{held}")["price"] is None
    assert desk.get(f"securities/{held}/analytics")["dv01"] is None
    assert desk.get(f"securities/{BOND}")["price"] == 98.5
    refused = desk.post("allocations/preview", asked(["WEST"], held), status=422)
    assert "No account holds this bond" in refused["detail"]
    desk.post("allocations/preview", asked(["WEST"], held, price=98.5))


def test_holders_are_those_of_visible_groups(desk):
    def holders(**query):
        found = desk.get("securities/912828ZT0/holders", **query)
        return {h["account_id"] for h in found["holders"]}

    assert holders() == EAST
    become(desk, "bob", ["WEST"])
    assert holders() == set()
    assert desk.get("securities/912828ZT0/holders", group_id="EAST", status=422)["errors"] == [
        {"field": "group_id", "message": "There is no portfolio group 'EAST'."}
    ]


def test_while_aladdin_does_not_say_what_is_under_a_group_a_limited_user_sees_nothing(desk):
    shown = desk.post("allocations/preview", asked(["WEST"]))["allocation_id"]
    everybody = desk.token
    become(desk, "bob", ["WEST"])
    desk.wire.faults[None] = "unreached"
    assert desk.get(f"allocations/{shown}", status=503)["code"] == "VISIBILITY_UNKNOWN"
    assert desk.get("system/status")["trading"]
    desk.token = everybody
    assert desk.get(f"allocations/{shown}")["allocation_id"] == shown


# --- ways round ---------------------------------------------------------------------------------------------


def test_a_stored_answer_is_not_given_again_about_what_is_out_of_sight(desk):
    become(desk, "eve", ["EAST", "WEST"])
    body = asked(["EAST"])
    made = keyed(desk, "POST", "allocations/preview", body, 200)
    assert keyed(desk, "POST", "allocations/preview", body, 200) == made
    limit(desk, "eve", ["WEST"])
    refused = keyed(desk, "POST", "allocations/preview", body, 422)
    assert refused["errors"][0]["message"] == "There is no portfolio group 'EAST'."
    limit(desk, "eve", None)
    assert keyed(desk, "POST", "allocations/preview", body, 200) == made


@pytest.mark.parametrize("kind", ["adjust", "commit", "choose", "modify", "cancel"])
def test_a_stored_answer_to_a_change_is_not_given_again_either(desk, kind):
    become(desk, "eve", ["EAST", "WEST"])
    shown = desk.post("allocations/preview", asked(["EAST"]))["allocation_id"]
    compared = desk.compare(BOND, 1_000_000, {"allocation_method": "PRO_RATA"}, groups=["EAST"])
    method, path, body = "POST", f"allocations/{shown}/{kind}", {}
    if kind == "adjust":
        body = {"ACC001": 0}
    elif kind == "choose":
        path, body = f"allocations/compare/{compared['comparison_id']}/choose", {"variant": "1"}
    elif kind != "commit":
        sent = desk.post(f"allocations/{shown}/commit", {"override_warnings": True})
        path = f"orders/{sent['aladdin_order_ids'][0]}"
        method, body = ("PUT", {"quantity": 900_000}) if kind == "modify" else ("DELETE", {"reason": "x"})
    if kind == "commit":
        body = {"override_warnings": True}
    made = keyed(desk, method, path, body, 200)
    limit(desk, "eve", ["WEST"])
    assert keyed(desk, method, path, body, 404)["code"] == "NOT_FOUND"
    limit(desk, "eve", ["EAST", "WEST"])
    assert keyed(desk, method, path, body, 200) == made


def test_a_cursor_of_another_user_leads_to_no_hidden_row(desk):
    for groups in (["EAST"], ["WEST"], ["EAST"], ["WEST"], ["EAST"]):
        desk.post("allocations/preview", asked(groups))
    pages = {
        path: desk.get(path, limit=1)["next_cursor"]
        for path in ("allocations", "audit", "reports/allocation-history")
    }
    become(desk, "bob", ["WEST"])
    listed = desk.get("allocations", cursor=pages["allocations"])["allocations"]
    assert [a["portfolio_groups"] for a in listed] == [["WEST"], ["WEST"]]
    records = desk.get("audit", cursor=pages["audit"])["audit_records"]
    assert [r["after"]["portfolio_groups"] for r in records] == [["WEST"], ["WEST"]]
    lines = desk.get("reports/allocation-history", cursor=pages["reports/allocation-history"])["lines"]
    assert {line["account_id"] for line in lines} == WEST


def test_pages_are_full_of_visible_rows(desk):
    mine = [desk.post("allocations/preview", asked(["WEST"]))["allocation_id"] for _ in range(2)]
    for _ in range(3):
        desk.post("allocations/preview", asked(["EAST"]))
    become(desk, "bob", ["WEST"])
    page = desk.get("allocations", limit=2)
    assert [a["allocation_id"] for a in page["allocations"]] == mine[::-1]
    assert page["next_cursor"] is None


# --- the desk as a whole ------------------------------------------------------------------------------------


def test_stated_weights_are_those_of_visible_accounts(desk):
    weights = {"ACC001": 1, "ACC003": 2}
    desk.state_policy(weights="STATED", stated_weights=weights)
    assert desk.get("fairness/policy")["stated_weights"] == weights
    become(desk, "bob", ["WEST"])
    assert desk.get("fairness/policy")["stated_weights"] == {"ACC003": 2}
    (version,) = desk.get("fairness/policies")["policies"]
    assert version["stated_weights"] == {"ACC003": 2}
    assert desk.get("audit", entity_type="fairness_policy")["audit_records"] == []


def test_a_stop_cancels_the_working_orders_that_the_user_may_see(desk):
    sent = {}
    for group in ("EAST", "WEST"):
        shown = desk.post("allocations/preview", asked([group]))["allocation_id"]
        done = desk.post(f"allocations/{shown}/commit", {"override_warnings": True})
        sent[group] = done["aladdin_order_ids"][0]
    become(desk, "bob", ["WEST"])
    stop = {"reason": "Wrong prices", "cancel_working_orders": True}
    cancelled = desk.post("system/emergency-stop", stop)["cancelled_orders"]
    assert [c["order_id"] for c in cancelled] == [sent["WEST"]]


def test_of_the_trail_and_of_requests_the_own_ones_are_visible(desk):
    become(desk, "bob", ["WEST"])
    desk.get("auth/me")
    desk.services.periodic.do("activity")
    records = desk.get("audit")["audit_records"]
    assert {(r["entity_type"], r["entity_id"]) for r in records} == {("user", "bob")}
    assert {a["username"] for a in desk.get("audit/activity")["activity"]} == {"bob"}


def test_without_limits_nothing_more_is_read(desk):
    """The statements of a read, for a user who sees everything: as without groups."""
    shown = desk.post("allocations/preview", asked(["WEST"]))["allocation_id"]
    sent = sent_by(desk.services.database.engine)
    calls = len(desk.wire.calls)
    desk.get(f"allocations/{shown}")
    desk.get("allocations")
    desk.get("orders")
    assert len(desk.wire.calls) == calls
    assert not any("EXISTS" in statement for statement in sent)
    become(desk, "bob", ["WEST"])
    desk.get("allocations")
    assert any("EXISTS" in statement for statement in sent)
