"""The desk's fairness policy through the API: stated in versions, audited, named by previews."""

from __future__ import annotations

import pytest

from tests.support.desk import Desk
from tests.support.orders import BOND, GOLDEN_BOOK

DEFAULTS = {
    "mode": "PER_ORDER",
    "weights": "NAV",
    "stated_weights": {},
    "scope": "GROUP",
    "carry": "YEARLY_RESET",
    "half_life_days": None,
    "fairness_weight": None,
}


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path, scenario=GOLDEN_BOOK)


def previewed(desk, **more):
    return desk.preview(BOND, 3_800_000, groups=["GOLDEN"], **more)


def weights(shown):
    return {a["account_id"]: a["entitlement_weight"] for a in shown["allocations"]}


def test_the_built_in_policy_is_in_force_until_the_desk_states_its_own(desk):
    """R15.6"""
    found = desk.get("fairness/policy")
    assert found.pop("statement")
    assert found == {**DEFAULTS, "policy_id": "default", "version": 0, "created_at": None, "created_by": None}
    assert desk.get("fairness/policies") == {"policies": [], "next_cursor": None}
    assert previewed(desk)["fairness_policy_id"] == "default"


def test_a_policy_is_in_force_for_previews_after_it(desk):
    """R15.6"""
    before = previewed(desk)
    first = desk.state_policy(mode="LEDGER", weights="EQUAL", fairness_weight=0.5)
    assert (first["version"], first["created_by"]) == (1, "demo_supervisor")
    after = previewed(desk)
    second = desk.state_policy(version=1, carry="HALF_LIFE", half_life_days=90)
    assert after["fairness_policy_id"] == first["policy_id"]
    for shown, policy_id in ((before, "default"), (after, first["policy_id"])):
        again = desk.get(f"allocations/{shown['allocation_id']}")
        assert again["fairness_policy_id"] == policy_id
        assert desk.post(f"allocations/{shown['allocation_id']}/replay")["identical"] is True
    assert desk.get("fairness/policy") == second
    assert desk.get("fairness/policy", version=1) == desk.get("fairness/policy", policy_id=first["policy_id"])
    assert desk.get("fairness/policy", version=0)["policy_id"] == "default"
    assert set(weights(after).values()) == {1}


def test_all_versions_are_listed_in_pages(desk):
    made = [desk.state_policy(version=n, statement=f"Version {n + 1}.") for n in range(3)]
    first = desk.get("fairness/policies", limit=2)
    rest = desk.get("fairness/policies", limit=2, cursor=first["next_cursor"])
    assert first["policies"] + rest["policies"] == made[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    "query", [{"version": 7}, {"policy_id": "x"}, {"policy_id": "default", "version": 1}]
)
def test_a_version_that_is_not_there_is_not_found(desk, query):
    assert desk.get("fairness/policy", status=404, **query)["code"] == "NOT_FOUND"


def test_a_portfolio_manager_may_read_it_and_not_state_it(desk):
    body = {"version": 0, "statement": "Mine."}
    refused = desk.call("PUT", "fairness/policy", status=403, json=body)
    assert refused["permission"] == "fairness:policy"
    assert desk.get("fairness/policy")["version"] == 0


def test_one_that_replaces_another_version_is_refused_with_the_one_in_force(desk):
    """R15.6"""
    first = desk.state_policy()
    refused = desk.state_policy(status=409)
    assert refused["code"] == "POLICY_CHANGED"
    assert (refused["version"], refused["policy_id"]) == (1, first["policy_id"])


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"weights": "STATED", "carry": "HALF_LIFE"}, {"stated_weights", "half_life_days"}),
        ({"stated_weights": {"ACC001": 1}, "half_life_days": 30}, {"stated_weights", "half_life_days"}),
        ({"statement": "", "fairness_weight": -1}, {"statement", "fairness_weight"}),
        ({"weights": "STATED", "stated_weights": {"A": 0}}, {"stated_weights.A"}),
        ({"weights": "STATED", "stated_weights": {"A": 0.123456789}}, {"stated_weights.A"}),
    ],
)
def test_all_that_is_wrong_is_named_at_once(desk, body, fields):
    refused = desk.state_policy(status=422, **body)
    assert {error["field"] for error in refused["errors"]} == fields
    assert desk.get("fairness/policy")["version"] == 0


def test_a_change_is_audited_with_both_versions(desk):
    first = desk.state_policy()
    second = desk.state_policy(version=1, weights="EQUAL")
    records = desk.get("audit", action="FAIRNESS_POLICY_SET")["audit_records"]
    assert [r["entity_id"] for r in records] == [second["policy_id"], first["policy_id"]]
    newest = records[0]
    assert newest["username"] == "demo_supervisor"
    assert (newest["before"]["version"], newest["before"]["weights"]) == (1, "NAV")
    assert (newest["after"]["version"], newest["after"]["weights"]) == (2, "EQUAL")
    assert desk.get("audit/verify")["whole"] is True


def test_only_accounts_that_could_take_something_have_a_weight(desk):
    """R15.1: NAV to the cent; one that is excluded by name has none."""
    excluded = {"exclude_accounts": [{"account_id": "ACC002", "reason": "client asked"}]}
    assert weights(previewed(desk, constraints=excluded)) == {
        "ACC001": 100_000_000,
        "ACC002": None,
        "ACC003": 80_000_000,
        "ACC004": 50_000_000,
    }
    sale = previewed(desk, order={"side": "SELL", "quantity": 1_000_000})
    assert weights(sale)["ACC004"] is None  # it holds nothing


def test_stated_weights_are_those_of_the_policy(desk):
    """R15.1"""
    desk.state_policy(weights="STATED", stated_weights={"ACC001": 2.5, "ACC003": 1})
    found = {account: weight for account, weight in weights(previewed(desk)).items() if weight}
    assert found == {"ACC001": 2.5, "ACC003": 1}


def test_the_supervisor_reads_and_does_not_trade(desk):
    may = set(desk.login("demo_supervisor")["user"]["permissions"])
    assert {"fairness:policy", "allocations:read", "reports:read", "audit:read"} <= may
    assert not may & {"allocations:preview", "allocations:commit", "orders:write", "compliance:bypass"}
    assert "fairness:policy" not in desk.login()["user"]["permissions"]
