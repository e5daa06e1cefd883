"""What each rule finds, from the facts themselves, and when it is gone (R21.1)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text, update

from app.core.database import new_id
from app.models import AllocationRow, FairnessBalanceRow, JobRow
from app.services.alerts.rules import VendorStale
from app.services.ops.health import DataAge
from tests.support.desk import GOLDEN_BOOK, Desk


@pytest.fixture
def desk(tmp_path):
    found = Desk(tmp_path, scenario=GOLDEN_BOOK, ALERT_LEDGER_BOUND="1000000")
    found.log_in_without()
    return found


def shown(desk, rule, job="alerts"):
    desk.services.periodic.do(job)
    return desk.get("alerts", rule=rule)["alerts"]


def previewed(desk):
    group = desk.get("portfolio-groups")["portfolio_groups"][0]["group_id"]
    return group, desk.preview("912828YW4", 8_000_000, groups=[group])["allocation_id"]


def set_status(desk, allocation_id, status):
    with desk.services.database.write() as session:
        row = update(AllocationRow).where(AllocationRow.id == allocation_id)
        session.execute(row.values(status=status))


def test_an_order_that_aladdin_may_have_is_critical_until_it_is_known(desk):
    group, allocation_id = previewed(desk)
    set_status(desk, allocation_id, "UNKNOWN")
    (alert,) = shown(desk, "ORDER_UNKNOWN")
    assert (alert["subject"], alert["severity"], alert["groups"]) == (allocation_id, "CRITICAL", [group])
    assert alert["text"].startswith(
        "It is not known whether Aladdin has the order to BUY 8,000,000 of 912828YW4."
    )
    assert alert["link"] == f"/allocations/{allocation_id}"
    set_status(desk, allocation_id, "SUBMITTED")
    assert shown(desk, "ORDER_UNKNOWN")[0]["state"] == "RESOLVED"


def test_a_refused_commit_is_found_until_it_is_committed(desk):
    group, allocation_id = previewed(desk)
    desk.post("system/emergency-stop", {"reason": "Prices are wrong"})
    commit = f"allocations/{allocation_id}/commit"
    assert desk.post(commit, {"override_warnings": True}, status=409)["code"] == "TRADING_HALTED"
    (alert,) = shown(desk, "COMMIT_REFUSED")
    assert (alert["subject"], alert["severity"], alert["groups"]) == (allocation_id, "WARNING", [group])
    assert "by demo_user was refused; no order was sent" in alert["text"]
    desk.reset_stop()
    desk.post(commit, {"override_warnings": True})
    assert shown(desk, "COMMIT_REFUSED")[0]["state"] == "RESOLVED"


def test_a_refused_commit_is_forgotten_after_a_day(desk):
    _, allocation_id = previewed(desk)
    desk.post("system/emergency-stop", {"reason": "Prices are wrong"})
    desk.post(f"allocations/{allocation_id}/commit", {"override_warnings": True}, status=409)
    assert shown(desk, "COMMIT_REFUSED")[0]["state"] == "OPEN"
    desk.clock.ahead += timedelta(hours=25)
    desk.log_in_without()
    assert shown(desk, "COMMIT_REFUSED")[0]["state"] == "RESOLVED"


def add_job(desk, kind, state, *, code=None, ago=0):
    at = desk.clock() - timedelta(minutes=ago)
    row = JobRow(
        id=new_id(),
        kind=kind,
        payload="{}",
        user_id="u1",
        username="anna",
        created_at=at,
        due_at=at,
        ended_at=at,
        state=state,
        fence=1,
        attempts=3,
        max_attempts=3,
        timeout_seconds=60,
        done=0,
        version=1,
        error_code=code,
        error_reason=None if code is None else "It broke.",
    )
    with desk.services.database.write() as session:
        session.add(row)


def test_a_failed_job_is_found_a_periodic_one_until_it_succeeds(desk):
    add_job(desk, "blotters.preview", "FAILED", code="JOB_FAILED")
    add_job(desk, "blotters.commit", "FAILED", code="JOB_REFUSED")
    add_job(desk, "periodic.expire", "FAILED", code="JOB_FAILED", ago=2)
    texts = {each["text"] for each in shown(desk, "JOB_FAILED")}
    assert texts == {
        "The job blotters.preview of anna failed: It broke.",
        "The job periodic.expire of anna failed: It broke.",
    }
    add_job(desk, "periodic.expire", "SUCCEEDED", ago=1)
    states = {each["text"].split()[2]: each["state"] for each in shown(desk, "JOB_FAILED")}
    assert states == {"blotters.preview": "OPEN", "periodic.expire": "RESOLVED"}


def test_a_record_of_the_trail_that_was_changed_is_an_emergency(desk):
    assert shown(desk, "CHAIN_BROKEN", "alerts-of-trail") == []
    with desk.services.database.write() as session:
        session.execute(text("UPDATE audit_events SET username = 'nobody' WHERE action = 'LOGIN'"))
    (alert,) = shown(desk, "CHAIN_BROKEN", "alerts-of-trail")
    assert (alert["severity"], alert["link"]) == ("EMERGENCY", "/audit")
    assert "are not as they were written" in alert["text"]
    desk.clock.ahead += timedelta(days=3)  # the changed records are out of sight of the hourly look
    desk.log_in_without()
    assert shown(desk, "CHAIN_BROKEN", "alerts-of-trail")[0]["state"] == "OPEN"
    assert shown(desk, "CHAIN_BROKEN", "alerts-of-whole-trail")[0]["state"] == "OPEN"
    with desk.services.database.write() as session:
        session.execute(text("UPDATE audit_events SET username = 'demo_user' WHERE username = 'nobody'"))
    assert shown(desk, "CHAIN_BROKEN", "alerts-of-whole-trail")[0]["state"] == "RESOLVED"


def test_a_further_break_of_the_trail_is_told_though_the_first_is_acknowledged(desk):
    def change(action):
        with desk.services.database.write() as session:
            session.execute(
                text("UPDATE audit_events SET username = 'nobody' WHERE action = :action"), {"action": action}
            )

    desk.post("system/emergency-stop", {"reason": "Prices are wrong"})
    change("LOGIN")
    (alert,) = shown(desk, "CHAIN_BROKEN", "alerts-of-trail")
    path = f"alerts/{alert['alert_id']}"
    desk.post(f"{path}/acknowledge", {"version": alert["version"], "note": "It was a test"})
    for job in ("alerts-of-trail", "alerts-of-whole-trail"):
        assert shown(desk, "CHAIN_BROKEN", job)[0]["state"] == "ACKNOWLEDGED"
    change("EMERGENCY_STOP")
    (alert,) = shown(desk, "CHAIN_BROKEN", "alerts-of-trail")
    assert (alert["state"], alert["acknowledged_by"]) == ("OPEN", None)
    assert [each["kind"] for each in desk.get(path)["events"]] == ["OPENED", "ACKNOWLEDGED", "RAISED"]
    assert shown(desk, "CHAIN_BROKEN", "alerts-of-trail")[0]["version"] == alert["version"]


def test_what_is_changed_in_older_records_is_found_by_the_look_at_the_whole_trail(desk):
    desk.clock.ahead += timedelta(days=3)
    desk.log_in_without()
    with desk.services.database.write() as session:
        first = "SELECT min(day) FROM audit_events"
        session.execute(text(f"UPDATE audit_events SET username = 'nobody' WHERE day = ({first})"))  # noqa: S608
    assert shown(desk, "CHAIN_BROKEN", "alerts-of-trail") == []
    (alert,) = shown(desk, "CHAIN_BROKEN", "alerts-of-whole-trail")
    assert alert["text"].startswith("The audit trail has ")


def test_a_balance_above_the_bound_is_found_with_its_account(desk):
    def balance(account_id, face):
        return FairnessBalanceRow(
            scope_id="PUBLICPRE",
            side="BUY",
            account_id=account_id,
            balance=Decimal(face),
            as_of=date(2026, 6, 30),
        )

    with desk.services.database.write() as session:
        session.add_all([balance("A", 1_000_000), balance("B", -1_000_001), balance("C", 1)])
    (alert,) = shown(desk, "LEDGER_ABOVE_BOUND")
    assert alert["text"] == (
        "In the fairness ledger of BUY orders, account B has received too much by 1,000,001 of face; the "
        "desk's bound is 1,000,000."
    )


@pytest.mark.parametrize(("age", "stale", "found"), [(1, False, 0), (2, True, 1)])
def test_old_data_is_found(age, stale, found):
    (*findings,) = VendorStale(lambda: DataAge(date(2026, 6, 26), age, stale)).findings()
    assert len(findings) == found
    assert all("are of 2026-06-26, 2 business days ago" in each.text for each in findings)


def test_where_aladdin_does_not_say_how_old_its_data_is_nothing_is_said():
    assert VendorStale(lambda: DataAge(None, None, None)).findings() is None
