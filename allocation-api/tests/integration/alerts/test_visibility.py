"""Who sees which alerts: by permission, by portfolio groups, and the own ones (R21.8)."""

from __future__ import annotations

import pytest

from app.core.security import Permission
from app.services.alerts.types import Finding, RuleName, Severity
from tests.support.users import add_user

PASSWORD = "velvet anchor twelve plums"
OF_DESK = frozenset()


@pytest.fixture(scope="module")
def told(desk):
    """Alerts about each kind of thing, as rule: the id of the alert."""
    group, other = (found["group_id"] for found in desk.get("portfolio-groups")["portfolio_groups"][:2])
    user = add_user(
        desk.services, "limited", PASSWORD, permissions=list(Permission), groups=frozenset({group})
    )
    findings = {
        RuleName.ORDER_UNKNOWN: (Severity.CRITICAL, {group}, None),
        RuleName.COMMIT_REFUSED: (Severity.CRITICAL, {group, other}, None),
        RuleName.DRIFT: (Severity.CRITICAL, {other}, None),
        RuleName.CHAIN_BROKEN: (Severity.CRITICAL, OF_DESK, None),
        RuleName.TRADING_STOPPED: (Severity.CRITICAL, OF_DESK, None),
        RuleName.VENDOR_STALE: (Severity.CRITICAL, OF_DESK, None),
        RuleName.JOB_FAILED: (Severity.CRITICAL, OF_DESK, user),
    }
    for rule, (severity, groups, user_id) in findings.items():
        found = Finding(rule, "it", severity, "Something.", groups=frozenset(groups), user_id=user_id)
        desk.services.alerts.look.compare(rule, [found])
    return desk


def seen(desk, username, password):
    token = desk.login(username, password)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    found = desk.call("GET", "alerts", headers=headers)["alerts"]
    counts = desk.call("GET", "alerts/summary", headers=headers)
    assert counts["critical"] == counts["unread"] == len(found)
    return {each["rule"] for each in found}


def test_a_user_without_limits_and_with_all_permissions_sees_all(told):
    add_user(told.services, "anna", PASSWORD, permissions=list(Permission))
    assert seen(told, "anna", PASSWORD) == {
        "ORDER_UNKNOWN",
        "COMMIT_REFUSED",
        "DRIFT",
        "CHAIN_BROKEN",
        "TRADING_STOPPED",
        "VENDOR_STALE",
        "JOB_FAILED",
    }


def test_a_limited_user_sees_what_is_of_visible_groups_alone_what_is_public_and_the_own(told):
    assert seen(told, "limited", PASSWORD) == {
        "ORDER_UNKNOWN",
        "TRADING_STOPPED",
        "VENDOR_STALE",
        "JOB_FAILED",
    }


def test_without_permissions_only_what_is_public_is_seen(told):
    add_user(told.services, "ben", PASSWORD)
    assert seen(told, "ben", PASSWORD) == {"TRADING_STOPPED", "VENDOR_STALE"}


@pytest.mark.parametrize("hidden", ["DRIFT", "COMMIT_REFUSED", "CHAIN_BROKEN"])
def test_an_alert_out_of_sight_is_answered_as_one_that_does_not_exist(told, hidden):
    (alert,) = told.get("alerts", rule=hidden)["alerts"] or [None]
    token = told.login("limited", PASSWORD)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    path = f"alerts/{alert['alert_id']}"
    assert told.call("GET", path, status=404, headers=headers)["code"] == "NOT_FOUND"
    body = {"version": 1, "note": "x"}
    refused = told.call("POST", f"{path}/acknowledge", status=404, headers=headers, json=body)
    assert refused["code"] == "NOT_FOUND"
