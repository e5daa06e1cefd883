"""Target sets through the API: stated in versions, checked, decided on by two users, audited."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from app.core.security import Permission
from tests.support.drift_desk import SECTORS, DriftDesk, stated

TOMORROW = "2026-07-01"


@pytest.fixture
def desk(tmp_path):
    return DriftDesk(tmp_path)


@pytest.fixture
def careful(tmp_path):
    """A desk where each version waits for another user."""
    return DriftDesk(tmp_path, DRIFT_FOUR_EYES="true")


def errors(answer):
    return {each["field"]: each["message"] for each in answer["errors"]}


def test_a_set_is_stated_and_shown_with_its_versions(desk):
    """R19.7"""
    first = desk.state()
    assert (first["version"], first["pending"]) == (1, None)
    assert first["in_force"] == first["versions"][0]
    shown = first["in_force"]
    assert (shown["state"], shown["effective_from"], shown["created_by"]) == (
        "APPROVED",
        "2026-06-30",
        "anna",
    )
    assert [t["band"] for t in shown["targets"]] == [5, 4.5, 5]  # R19.9
    second = desk.state(version=1, comment="Less cash", effective_from=TOMORROW)
    assert second["target_set_id"] == first["target_set_id"]
    assert [v["version"] for v in second["versions"]] == [2, 1]
    assert second["in_force"]["version"] == 1  # R19.8: the second one begins tomorrow
    assert desk.get(f"drift/target-sets/{first['target_set_id']}") == second


def test_sets_are_listed_in_pages_by_scope_dimension_and_day(desk):
    first = desk.state()
    second = desk.state("ACCOUNT", "ACC001", effective_from=TOMORROW)
    third = desk.state("GROUP", "WEST", "ASSET_CLASS")

    def listed(**query):
        return [s["target_set_id"] for s in desk.get("drift/target-sets", **query)["target_sets"]]

    ids = [each["target_set_id"] for each in (third, second, first)]
    assert listed() == ids
    assert listed(scope="ACCOUNT") == [ids[1]]
    assert listed(scope="GROUP", scope_id="EAST") == [ids[2]]
    assert listed(dimension="ASSET_CLASS") == [ids[0]]
    assert listed(on="2026-06-30") == [ids[0], ids[2]]
    assert listed(on=TOMORROW) == ids
    page = desk.get("drift/target-sets", limit=2)
    assert listed(limit=2, cursor=page["next_cursor"]) == ids[2:]


def test_a_set_is_ended_by_a_version_and_may_begin_again(desk):
    """R19.7"""
    made = desk.state()
    path = f"drift/target-sets/{made['target_set_id']}"
    ended = desk.post(f"{path}/retire", {"version": 1, "comment": "Closed"})
    assert (ended["in_force"], ended["version"]) == (None, 2)
    assert [v["state"] for v in ended["versions"]] == ["RETIRED", "APPROVED"]
    assert desk.get("drift/target-sets", on="2026-06-30")["target_sets"] == []
    assert desk.state(version=2)["in_force"]["version"] == 3


def test_who_replaces_another_version_is_refused(desk):
    """R19.7"""
    made = desk.state()
    for body in (stated(), stated(version=2)):
        refused = desk.post("drift/target-sets", body, status=409)
        assert (refused["code"], refused["version"]) == ("TARGETS_CHANGED", 1)
        assert refused["target_set_id"] == made["target_set_id"]
    retire = {"version": 0, "comment": "x"}
    refused = desk.post(f"drift/target-sets/{made['target_set_id']}/retire", retire, status=409)
    assert refused["code"] == "TARGETS_CHANGED"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (
            stated(targets=[*SECTORS[:2], {"key": "cash", "target_percent": 4.99}]),
            {"targets": "The targets sum to 99.99, not to 100."},
        ),
        (
            stated(targets=[{"key": "GOVT", "target_percent": 60}, {"key": "govt ", "target_percent": 40}]),
            {"targets.1.key": "This class is there twice."},
        ),
        (
            stated(
                dimension="RATING",
                targets=[{"key": "AA+", "target_percent": 60}, {"key": "unclassified", "target_percent": 1}],
            ),
            {
                "targets.0.key": "One of AAA, AA, A, BBB, BB, B, CCC, CC, C, D or cash is expected.",
                "targets.1.key": "unclassified is the class of what has no target.",
            },
        ),
        (
            stated(
                dimension="DURATION_BUCKET",
                bucket_edges=[2, 5],
                targets=[{"key": "3-5", "target_percent": 100}],
            ),
            {"targets.0.key": "One of 0-2, 2-5, 5+ or cash is expected."},
        ),
        (
            stated(dimension="DURATION_BUCKET", bucket_edges=[5, 5]),
            {"bucket_edges": "Each edge must be greater than the one before it.", "targets.0.key": None},
        ),
        (
            stated(dimension="COUNTRY", targets=[{"key": "usa", "target_percent": 100}]),
            {"targets.0.key": "A country code like US, or cash, is expected."},
        ),
        (
            stated(dimension="METRIC", targets=SECTORS, bucket_edges=[1]),
            {
                "metric_targets": "METRIC needs at least one.",
                "targets": "METRIC has metric_targets alone.",
                "bucket_edges": "Only DURATION_BUCKET has edges.",
            },
        ),
        (
            stated(targets=[{"key": "GOVT", "target_percent": 101}], comment=""),
            {
                "targets.0.target_percent": "The number is out of bounds: at least 0 and at most 100.",
                "comment": "Between 1 and 500 characters are expected.",
            },
        ),
    ],
)
def test_all_that_is_wrong_is_named_at_once(desk, body, found):
    said = errors(desk.post("drift/target-sets", body, status=422))
    assert said.keys() == found.keys()
    assert {k: v for k, v in said.items() if found[k]} == {k: v for k, v in found.items() if v}


def test_a_scope_that_is_not_there_and_a_day_that_is_over_are_named(desk):
    refused = desk.state("GROUP", "NONE", effective_from="2026-06-29", status=422)
    assert errors(refused) == {
        "scope_id": "There is no portfolio group 'NONE'.",
        "effective_from": "The date lies before the business date 2026-06-30.",
    }
    refused = desk.state("ACCOUNT", "ACC999", status=422)
    assert errors(refused) == {"scope_id": "There is no account in a portfolio group 'ACC999'."}


def test_each_change_is_audited_with_its_rows(desk):
    made = desk.state()
    desk.state(version=1, comment="Less cash")
    path = f"drift/target-sets/{made['target_set_id']}"
    desk.post(f"{path}/retire", {"version": 2, "comment": "Closed"})
    records = desk.get("audit", entity_type="target_set")["audit_records"]
    assert [r["action"] for r in records] == ["TARGETS_ENDED", "TARGETS_STATED", "TARGETS_STATED"]
    assert {r["entity_id"] for r in records} == {made["target_set_id"]}
    assert (records[1]["before"]["version"], records[1]["after"]["version"]) == (1, 2)
    assert records[1]["after"]["content"]["targets"][0] == {
        "key": "GOVT",
        "target_percent": "50",
        "band_absolute": "5",
        "band_relative": None,
    }
    assert desk.get("audit/verify")["whole"] is True


def test_a_version_waits_for_another_user_where_four_eyes_are_set(careful):
    """R19.8"""
    made = careful.state()
    path = f"drift/target-sets/{made['target_set_id']}"
    assert (made["in_force"], made["pending"]["state"]) == (None, "PENDING")
    assert careful.state(version=1, status=409)["code"] == "TARGETS_PENDING"
    decision = {"version": 1, "comment": "As agreed"}
    for verb in ("approve", "reject"):
        assert careful.post(f"{path}/{verb}", decision, status=403)["code"] == "FOUR_EYES"
    careful.become("bert")
    assert careful.post(f"{path}/withdraw", decision, status=403)["code"] == "NOT_YOURS"
    wrong = careful.post(f"{path}/approve", {"version": 2}, status=409)
    assert (wrong["code"], wrong["pending_version"]) == ("TARGETS_NOT_PENDING", 1)
    shown = careful.post(f"{path}/approve", decision)
    assert (shown["pending"], shown["in_force"]["decided_by"]) == (None, "bert")
    assert shown["in_force"]["decision_comment"] == "As agreed"
    assert careful.post(f"{path}/reject", decision, status=409)["code"] == "TARGETS_NOT_PENDING"
    (record, _) = careful.get("audit", entity_type="target_set")["audit_records"]
    assert (record["action"], record["username"]) == ("TARGETS_APPROVED", "bert")
    assert (record["before"]["state"], record["after"]["state"]) == ("PENDING", "APPROVED")
    assert careful.get("audit/verify")["whole"] is True


def test_a_version_that_is_approved_late_does_not_hold_before_that_day(careful):
    """R19.8: it was to hold from 29 June, was approved on the 30th, and did not hold on the 29th."""
    made = careful.state()
    earlier = text("UPDATE target_versions SET effective_from = '2026-06-29'")
    careful.services.database.retried(lambda session: session.execute(earlier))
    careful.become("ben")
    path = f"drift/target-sets/{made['target_set_id']}"
    approved = careful.post(f"{path}/approve", {"version": 1, "comment": "Agreed"})
    assert approved["in_force"]["effective_from"] == "2026-06-30"

    def listed(day):
        return [each["in_force"] for each in careful.get("drift/target-sets", on=day)["target_sets"]]

    assert listed("2026-06-29") == []
    assert listed("2026-06-30") == [approved["in_force"]]


def test_a_version_that_is_rejected_or_withdrawn_never_holds(careful):
    """R19.8: the one before it does."""
    made = careful.state()
    path = f"drift/target-sets/{made['target_set_id']}"
    careful.become("bert")
    careful.post(f"{path}/approve", {"version": 1})
    careful.state(version=1)
    careful.again("anna")
    shown = careful.post(f"{path}/reject", {"version": 2, "comment": "No"})
    assert ([v["state"] for v in shown["versions"]], shown["in_force"]["version"]) == (
        ["REJECTED", "APPROVED"],
        1,
    )
    careful.post(f"{path}/retire", {"version": 2, "comment": "Closed"})
    shown = careful.post(f"{path}/withdraw", {"version": 3})
    assert ([v["state"] for v in shown["versions"]], shown["in_force"]["version"]) == (
        ["WITHDRAWN", "REJECTED", "APPROVED"],
        1,
    )
    assert len(careful.get("drift/target-sets", on=f"{date(2026, 6, 30)}")["target_sets"]) == 1


def test_a_set_is_visible_as_its_scope_is(desk):
    """Rows of other groups are as if they were not there."""
    east = desk.state()
    west = desk.state("GROUP", "WEST")
    account = desk.state("ACCOUNT", "ACC003")
    desk.become("bob", ["WEST"])
    listed = desk.get("drift/target-sets")["target_sets"]
    assert [s["target_set_id"] for s in listed] == [account["target_set_id"], west["target_set_id"]]
    path = f"drift/target-sets/{east['target_set_id']}"
    desk.get(path, status=404)
    for verb in ("approve", "reject", "withdraw"):
        desk.post(f"{path}/{verb}", {"version": 1}, status=404)
    desk.post(f"{path}/retire", {"version": 1, "comment": "x"}, status=404)
    assert errors(desk.state("GROUP", "EAST", status=422)).keys() == {"scope_id"}
    assert errors(desk.state("ACCOUNT", "ACC001", status=422)).keys() == {"scope_id"}
    records = desk.get("audit", entity_type="target_set")["audit_records"]
    assert {r["entity_id"] for r in records} == {west["target_set_id"], account["target_set_id"]}


def test_a_portfolio_by_its_name_has_no_stored_targets(desk):
    """R19.7: nothing would measure them."""
    assert errors(desk.state("PORTFOLIO", "Model 60/40", status=422)).keys() == {"scope"}


def test_writing_needs_its_own_permission(desk):
    made = desk.state()
    desk.become("cara", permissions=[p for p in Permission if p is not Permission.TARGETS_WRITE])
    assert desk.state(version=1, status=403)["permission"] == "targets:write"
    desk.get(f"drift/target-sets/{made['target_set_id']}")


def test_the_same_key_states_targets_once(desk):
    headers = {"Idempotency-Key": "k"}
    first = desk.call("POST", "drift/target-sets", json=stated(), headers=headers)
    assert desk.call("POST", "drift/target-sets", json=stated(), headers=headers) == first
    assert len(first["versions"]) == 1
