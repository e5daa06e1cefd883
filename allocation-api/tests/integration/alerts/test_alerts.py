"""Alerts from finding to resolution: cooldown, escalation, acknowledgement (R21.1, R21.2, R21.3, R21.4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.security import Permission
from app.models import AlertRow
from app.services.alerts.types import Finding, RuleName, Severity
from tests.support.desk import GOLDEN_BOOK, Desk

STALE = Finding("VENDOR_STALE", "aladdin", Severity.WARNING, "Positions are old.", "/system")


@pytest.fixture
def desk(golden_desk):
    return golden_desk


def look(desk, *found, rule=RuleName.VENDOR_STALE):
    desk.services.alerts.look.compare(rule, found)


def wait(desk, **time):
    desk.clock.ahead += timedelta(**time)


def shown(desk, **query):
    return desk.get("alerts", **query)["alerts"]


def history(desk, alert_id):
    return [event["kind"] for event in desk.get(f"alerts/{alert_id}")["events"]]


def test_an_alert_opens_once_and_resolves_by_itself(desk):
    assert shown(desk) == []
    for _ in range(3):
        look(desk, STALE)
        wait(desk, minutes=2)
    (alert,) = shown(desk)
    assert (alert["state"], alert["severity"], alert["rule"]) == ("OPEN", "WARNING", "VENDOR_STALE")
    assert (alert["text"], alert["link"], alert["count"]) == ("Positions are old.", "/system", 1)
    assert alert["opened_at"] < alert["last_seen_at"]
    look(desk)
    (alert,) = shown(desk, state="RESOLVED")
    assert alert["resolved_at"] is not None
    assert history(desk, alert["alert_id"]) == ["OPENED", "RESOLVED"]


def test_within_the_cooldown_a_finding_comes_back_to_the_same_alert_and_after_it_opens_another(desk):
    look(desk, STALE)
    look(desk)
    wait(desk, minutes=59)
    look(desk, STALE)
    (alert,) = shown(desk)
    assert (alert["state"], alert["count"]) == ("OPEN", 2)
    assert history(desk, alert["alert_id"]) == ["OPENED", "RESOLVED", "RETURNED"]
    look(desk)
    wait(desk, minutes=2)
    look(desk, STALE)
    assert [each["state"] for each in shown(desk)] == ["OPEN", "RESOLVED"]


def test_what_is_worse_is_told_within_the_cooldown_and_opens_an_acknowledged_alert_again(desk):
    look(desk, STALE)
    (alert,) = shown(desk)
    acknowledged = acknowledge(desk, alert["alert_id"])
    assert acknowledged["alert"]["state"] == "ACKNOWLEDGED"
    look(desk, replace(STALE, severity=Severity.CRITICAL))
    (raised,) = shown(desk)
    assert (raised["state"], raised["severity"], raised["acknowledged_by"]) == ("OPEN", "CRITICAL", None)
    assert history(desk, alert["alert_id"]) == ["OPENED", "ACKNOWLEDGED", "RAISED"]
    look(desk, STALE)
    assert shown(desk)[0]["severity"] == "CRITICAL"


def acknowledge(desk, alert_id, *, status=200, version=None):
    version = version or desk.get(f"alerts/{alert_id}")["alert"]["version"]
    body = {"version": version, "note": "I called the vendor"}
    return desk.call("POST", f"alerts/{alert_id}/acknowledge", status=status, json=body)


def test_what_became_worse_since_it_was_read_is_not_acknowledged(desk):
    look(desk, STALE)
    (read,) = shown(desk)
    look(desk, replace(STALE, severity=Severity.CRITICAL))
    refused = acknowledge(desk, read["alert_id"], status=409, version=read["version"])
    assert refused["code"] == "ALERT_CHANGED"
    assert acknowledge(desk, read["alert_id"])["alert"]["severity"] == "CRITICAL"


def test_a_warning_that_nobody_acknowledges_becomes_critical_after_half_an_hour(desk):
    look(desk, STALE)
    wait(desk, minutes=29)
    desk.services.alerts.look.run(())
    assert shown(desk)[0]["severity"] == "WARNING"
    wait(desk, minutes=2)
    desk.services.alerts.look.run(())
    desk.services.alerts.look.run(())
    (alert,) = shown(desk)
    assert (alert["severity"], alert["escalates_at"]) == ("CRITICAL", None)
    assert history(desk, alert["alert_id"]) == ["OPENED", "ESCALATED"]


def test_a_rule_whose_alerts_cannot_be_stored_keeps_no_other_rule_and_no_escalation_from_its_work(desk):
    @dataclass
    class Finds:
        name: RuleName
        found: object

        def findings(self):
            return (self.found,)

    look(desk, STALE)
    wait(desk, minutes=31)
    unstorable = replace(STALE, user_id=object())
    job = replace(STALE, key="job")
    rules = (Finds(RuleName.CHAIN_BROKEN, unstorable), Finds(RuleName.TRADING_STOPPED, job))
    desk.services.alerts.look.run(rules)
    found = {(each["rule"], each["severity"]) for each in shown(desk)}
    assert found == {("TRADING_STOPPED", "WARNING"), ("VENDOR_STALE", "CRITICAL")}


def test_of_two_findings_of_one_key_the_worse_counts(desk):
    look(desk, replace(STALE, severity=Severity.CRITICAL), STALE)
    assert [each["severity"] for each in shown(desk)] == ["CRITICAL"]


def test_an_alert_is_about_what_its_finding_is_about_now(desk):
    first = replace(STALE, subject="A", account_id="A", groups=frozenset({"G1", "G2"}))
    look(desk, first)
    look(desk, replace(first, subject="B", account_id="B"))
    wait(desk, minutes=2)
    look(desk, replace(first, subject="B", account_id="B", groups=frozenset({"G2", "G3"})))
    (alert,) = shown(desk)
    assert (alert["subject"], alert["groups"]) == ("B", ["G2", "G3"])
    look(desk, replace(STALE, subject="B", account_id="B"))
    wait(desk, minutes=2)
    look(desk, replace(STALE, subject="B", account_id="B"))
    assert shown(desk)[0]["groups"] == []


def test_what_comes_back_in_its_cooldown_escalates_half_an_hour_after_its_return(desk):
    look(desk, STALE)
    wait(desk, minutes=5)
    look(desk)
    wait(desk, minutes=45)
    look(desk, STALE)
    wait(desk, minutes=29)
    desk.services.alerts.look.run(())
    assert shown(desk)[0]["severity"] == "WARNING"
    wait(desk, minutes=2)
    desk.services.alerts.look.run(())
    assert history(desk, shown(desk)[0]["alert_id"]) == ["OPENED", "RESOLVED", "RETURNED", "ESCALATED"]


def test_what_is_worse_than_it_was_found_is_told_though_time_has_escalated_it_before(desk):
    look(desk, STALE)
    wait(desk, minutes=31)
    desk.services.alerts.look.run(())
    (alert,) = shown(desk)
    acknowledge(desk, alert["alert_id"])
    look(desk, STALE)
    assert shown(desk)[0]["state"] == "ACKNOWLEDGED"
    look(desk, replace(STALE, severity=Severity.CRITICAL))
    (alert,) = shown(desk)
    assert (alert["state"], alert["severity"]) == ("OPEN", "CRITICAL")
    assert history(desk, alert["alert_id"]) == ["OPENED", "ESCALATED", "ACKNOWLEDGED", "RAISED"]


def test_who_acknowledges_an_alert_is_audited_and_it_does_not_escalate(desk):
    look(desk, STALE)
    (alert,) = shown(desk)
    found = acknowledge(desk, alert["alert_id"])
    assert (found["alert"]["acknowledged_by"], found["alert"]["note"]) == ("demo_user", "I called the vendor")
    assert found["events"][-1]["username"] == "demo_user"
    assert acknowledge(desk, alert["alert_id"], status=409)["code"] == "ALERT_NOT_OPEN"
    wait(desk, hours=2)
    desk.services.alerts.look.run(())
    assert shown(desk)[0]["severity"] == "WARNING"
    (record,) = desk.get("audit", action="ALERT_ACKNOWLEDGED")["audit_records"]
    assert (record["entity_id"], record["after"]["note"]) == (alert["alert_id"], "I called the vendor")
    look(desk)
    assert acknowledge(desk, alert["alert_id"], status=409)["code"] == "ALERT_NOT_OPEN"


def test_each_user_has_read_alerts_until_a_moment(desk):
    look(desk, STALE)
    assert (desk.get("alerts/summary")["warning"], desk.get("alerts/summary")["unread"]) == (1, 1)
    assert shown(desk)[0]["unread"]
    told_until = desk.get("alerts/summary")["told_until"]
    assert told_until == shown(desk)[0]["opened_at"]
    read = desk.post("alerts/read", {"told_until": told_until})
    assert (read["unread"], read["told_until"]) == (0, None)
    assert not shown(desk)[0]["unread"]
    wait(desk, minutes=31)
    desk.services.alerts.look.run(())
    assert desk.get("alerts/summary")["unread"] == 1
    assert desk.post("alerts/read", {"told_until": told_until})["unread"] == 1
    headers = {"Authorization": f"Bearer {desk.login('demo_supervisor')['access_token']}"}
    assert desk.call("GET", "alerts/summary", headers=headers)["unread"] == 1


def test_what_is_told_or_stored_after_the_count_is_not_read_with_it(desk):
    """A look that began before the count may be stored after it, and has told at its begin."""
    look(desk, STALE)
    counted = desk.get("alerts/summary")
    wait(desk, seconds=10)
    look(desk, replace(STALE, key="late"), rule=RuleName.CHAIN_BROKEN)
    read = desk.post("alerts/read", {"told_until": counted["told_until"]})
    assert (counted["unread"], read["unread"]) == (1, 1)
    look(desk, rule=RuleName.CHAIN_BROKEN)
    wait(desk, minutes=1)
    last = desk.post("alerts/read", {"told_until": "2099-01-01T00:00:00Z"})
    assert last["unread"] == 0
    wait(desk, seconds=-30)  # began before the user read
    look(desk, replace(STALE, key="slow"), rule=RuleName.COMMIT_REFUSED)
    assert desk.get("alerts/summary")["unread"] == 1
    assert [each["rule"] for each in shown(desk) if each["unread"]] == ["COMMIT_REFUSED"]
    older = desk.post("alerts/read", {"told_until": counted["told_until"]})
    assert older["unread"] == 1


@pytest.mark.parametrize(
    "moment", [None, 5, "", "2026-06-30", "2026-06-30T14:00:00", "0001-01-01T00:00:00+09:00"]
)
def test_a_moment_needs_its_time_zone(desk, moment):
    refused = desk.call("POST", "alerts/read", status=422, json={"told_until": moment})
    assert [error["field"] for error in refused["errors"]] == ["told_until"]


def test_a_rule_that_fails_or_cannot_say_leaves_its_alerts_as_they_are(desk, monkeypatch):
    class Broken:
        name = RuleName.VENDOR_STALE

        def findings(self):
            raise ZeroDivisionError

    class Silent(Broken):
        def findings(self):
            return None

    class Found(Broken):
        name = RuleName.CHAIN_BROKEN

        def findings(self):
            return (replace(STALE, key="CHAIN_BROKEN"),)

    look(desk, STALE)
    desk.services.alerts.look.run((Broken(), Silent(), Found()))
    desk.log_in_without()
    assert [(each["rule"], each["state"]) for each in shown(desk)] == [
        ("CHAIN_BROKEN", "OPEN"),
        ("VENDOR_STALE", "OPEN"),
    ]


def test_two_looks_at_once_and_a_restart_leave_one_alert(tmp_path):
    """Both processes have read that there is none before either stores it."""
    first = Desk(tmp_path, scenario=GOLDEN_BOOK)
    second = Desk(tmp_path, scenario=GOLDEN_BOOK)
    both = [first.services.alerts.look, second.services.alerts.look]
    findings = {STALE.key: STALE}
    for each in both:  # past the check that spares a write, as two that read at once come there
        each._database.retried(lambda s, each=each: each._store(s, RuleName.VENDOR_STALE, findings))
    third = Desk(tmp_path, scenario=GOLDEN_BOOK)
    look(third, STALE)
    with third.services.database.read() as session:
        rows = session.scalars(select(AlertRow)).all()
    assert [(row.count, row.state) for row in rows] == [(1, "OPEN")]


def test_the_job_finds_a_stop_of_trading_and_its_end(desk):
    desk.post("system/emergency-stop", {"reason": "Prices are wrong"})
    desk.services.periodic.do("alerts")
    (alert,) = shown(desk, rule="TRADING_STOPPED")
    assert (alert["severity"], alert["state"]) == ("EMERGENCY", "OPEN")
    assert "Prices are wrong" in alert["text"]
    desk.reset_stop()
    desk.services.periodic.do("alerts")
    assert shown(desk, rule="TRADING_STOPPED")[0]["state"] == "RESOLVED"
    desk.post("system/emergency-stop", {"reason": "Again"})
    desk.services.periodic.do("alerts")
    assert [each["state"] for each in shown(desk, rule="TRADING_STOPPED")] == ["OPEN", "RESOLVED"]


def test_acknowledging_needs_its_permission(desk):
    look(desk, STALE)
    desk.log_in_without(Permission.ALERTS_ACKNOWLEDGE)
    (alert,) = shown(desk)
    assert acknowledge(desk, alert["alert_id"], status=403)["code"] == "FORBIDDEN"
