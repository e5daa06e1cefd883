"""The emergency stop through the API: who stops and opens trading, what leaves meanwhile, and who sees it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import SQLAlchemyError

from app.core.security import Permission
from app.models import STOP_LOCK, EmergencyStopRow, LockRow
from tests.support import saga
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.saga import POST, commit, preview, status

STOP, RESET = "system/emergency-stop", "system/emergency-stop/reset"
NEVER = {
    "state": "OPEN",
    "stopped": False,
    "halted": False,
    "version": 0,
    "reason": None,
    "changed_at": None,
    "changed_by": None,
}


@pytest.fixture
def desk(tmp_path):
    """The desk, on a vendor whose calls are counted."""
    return saga.desks(tmp_path, count=1)[0]


def stop(desk, reason="prices are wrong", **more):
    return desk.post(STOP, {"reason": reason, **more})


def records(desk, action):
    return desk.get("audit", action=action)["audit_records"]


def test_trading_is_open_until_somebody_stops_it(desk):
    assert desk.get(STOP) == NEVER
    shown = desk.get("system/status")
    assert {name: value for name, value in shown.items() if name != "version"} == {
        "trading": "OPEN",
        "reason": None,
        "changed_at": None,
        "changed_by": None,
        "mode": "mock",
        "environment": "development",
        "business_date": "2026-06-30",
        "reference_date": "2026-06-30",
        "reference_age_business_days": 0,
        "stale": False,
    }
    assert desk.get("health/ready")["trading"] == "OPEN"


def test_a_stop_is_seen_by_every_process_and_nothing_is_sent_until_another_user_resets_it(tmp_path):
    """R10.6"""
    first, second = saga.desks(tmp_path)
    waiting = preview(second)
    shown = stop(first)
    assert (shown["state"], shown["version"], shown["changed_by"]) == ("STOPPED", 1, "demo_user")
    assert (shown["cancelled_orders"], shown["order_under_way"]) == ([], False)
    refused = commit(second, waiting, status=409)
    assert refused["code"] == "TRADING_HALTED"
    assert "demo_user" in refused["detail"]
    assert "prices are wrong" in refused["detail"]
    assert status(second, waiting) == "PREVIEWED"
    assert second.get("system/status")["trading"] == "STOPPED"
    ready = second.get("health/ready")
    assert (ready["ready"], ready["trading"]) == (True, "STOPPED")
    opened = second.reset_stop("prices are right again")
    assert (opened["state"], opened["version"], opened["changed_by"]) == ("OPEN", 2, "demo_supervisor")
    commit(second, waiting)
    assert second.wire.count(POST) == 1


def test_a_stop_survives_a_restart_and_is_told_at_the_start(tmp_path, caplog):
    stop(Desk(tmp_path, scenario=GOLDEN_BOOK, LOG_LEVEL="WARNING"))
    assert "trading is halted" not in caplog.text
    later = Desk(tmp_path, scenario=GOLDEN_BOOK, LOG_LEVEL="WARNING")
    assert "trading is halted" in caplog.text
    assert "prices are wrong" in caplog.text
    assert later.get(STOP)["state"] == "STOPPED"
    commit(later, preview(later), status=409)


def test_an_order_is_not_changed_but_cancelled_while_trading_is_stopped(desk):
    """R10.6"""
    order_id = commit(desk, preview(desk))["aladdin_order_ids"][0]
    stop(desk)
    changed = desk.call("PUT", f"orders/{order_id}", status=409, json={"quantity": 1_900_000})
    assert changed["code"] == "TRADING_HALTED"
    done = desk.call("DELETE", f"orders/{order_id}", json={"reason": "stopped"})
    assert done["status"] == "SUCCESS"


def test_who_stopped_does_not_open_again(desk):
    token = desk.login("demo_supervisor")["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    desk.call("POST", STOP, json={"reason": "mine"}, headers=headers)
    refused = desk.reset_stop(status=409)
    assert refused["code"] == "STOPPED_BY_SAME_USER"
    assert desk.get(STOP)["state"] == "STOPPED"
    (record,) = records(desk, "EMERGENCY_STOP_RESET_REFUSED")
    assert record["username"] == "demo_supervisor"


def test_there_is_nothing_to_reset_while_trading_is_open(desk):
    assert desk.reset_stop(status=409)["code"] == "TRADING_NOT_STOPPED"
    assert desk.get(STOP) == NEVER


def test_a_second_stop_leaves_the_first_and_is_audited(desk):
    first = stop(desk, "first")
    assert stop(desk, "second") == first
    reasons = [record["after"]["reason"] for record in records(desk, "EMERGENCY_STOP")]
    assert reasons == ["second", "first"]


def test_a_portfolio_manager_may_stop_and_not_reset(desk):
    stop(desk)
    refused = desk.post(RESET, {"reason": "go on"}, status=403)
    assert refused["permission"] == "trading:resume"
    desk.log_in_without(Permission.TRADING_STOP)
    assert desk.post(STOP, {"reason": "x"}, status=403)["permission"] == "trading:stop"


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "a\u202eb"}])
@pytest.mark.parametrize("path", [STOP, RESET])
def test_a_stop_and_a_reset_need_a_reason(desk, path, body):
    supervisor = {"Authorization": f"Bearer {desk.login('demo_supervisor')['access_token']}"}
    refused = desk.call("POST", path, status=422, json=body, headers=supervisor)
    assert [error["field"] for error in refused["errors"]] == ["reason"]
    assert desk.get(STOP) == NEVER


def test_every_change_is_in_the_audit_trail_as_evidence(desk):
    stop(desk)
    desk.reset_stop()
    (stopped,), (reset,) = records(desk, "EMERGENCY_STOP"), records(desk, "EMERGENCY_STOP_RESET")
    assert (stopped["before"]["state"], stopped["after"]["state"]) == ("OPEN", "STOPPED")
    assert (reset["before"]["state"], reset["after"]["state"]) == ("STOPPED", "OPEN")
    assert desk.get("audit/verify")["whole"] is True
    with desk.services.database.engine.begin() as connection:
        connection.execute(update(EmergencyStopRow.__table__).values(state="OPEN"))
    assert desk.get("audit/verify")["whole"] is False


def test_the_switch_of_the_settings_outranks_the_users(tmp_path):
    """R10.6"""
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, TRADING_HALTED="true")
    assert desk.get("system/status")["trading"] == "HALTED"
    assert desk.get("health/ready")["trading"] == "HALTED"
    stop(desk)
    desk.reset_stop()
    assert desk.get(STOP)["state"] == "HALTED"
    assert commit(desk, preview(desk), status=409)["code"] == "TRADING_HALTED"


def test_a_stop_between_the_checks_and_the_send_holds_the_order(desk):
    """R10.6: the order has its lease and was checked against the book."""
    allocation_id = preview(desk)
    done = []

    def at(name):
        if name == "/position" and not done:
            done.append(stop(desk))

    desk.wire.after = at
    assert commit(desk, allocation_id, status=409)["code"] == "TRADING_HALTED"
    assert done
    assert desk.wire.count(POST) == 0
    assert status(desk, allocation_id) == "PREVIEWED"


def test_no_order_leaves_after_a_stop_was_stored(tmp_path):
    """R10.6: a stop and commits at once; each order was let out before the stop, or not at all."""
    first, second = saga.desks(tmp_path)
    stopped = Event()
    late = []

    def at(name):
        if name == POST and stopped.is_set():
            late.append(name)

    first.wire.before = at
    for _ in range(6):
        stopped.clear()
        sent = first.wire.count(POST)
        waiting, start = preview(first, 38_000), Barrier(2)

        def press(start=start):
            start.wait()
            second.post(STOP, {"reason": "race"})

        def send(waiting=waiting, start=start):
            start.wait()
            return first.ask(f"allocations/{waiting}/commit", {"override_warnings": True})

        with ThreadPoolExecutor(2) as pool:
            pressed, answered = pool.submit(press), pool.submit(send)
            pressed.result()
            code, answer = answered.result()
        assert (code, first.wire.count(POST) - sent) in {(200, 1), (409, 0)}, answer
        stopped.set()
        assert commit(first, preview(first, 38_000), status=409)["code"] == "TRADING_HALTED"
        second.reset_stop()
    assert late == []


@pytest.mark.parametrize("broken", ["lock", "state"])
def test_a_stop_that_cannot_be_read_lets_nothing_leave(desk, broken):
    """R10.6: fails closed."""
    allocation_id = preview(desk)
    with desk.services.database.engine.begin() as connection:
        if broken == "lock":
            connection.execute(delete(LockRow.__table__).where(LockRow.name == STOP_LOCK))
        else:
            EmergencyStopRow.__table__.drop(connection)
    code, answer = desk.ask(f"allocations/{allocation_id}/commit", {"override_warnings": True})
    assert code in {500, 503}, answer
    assert desk.wire.count(POST) == 0


def test_a_state_that_nobody_knows_is_no_permission(desk):
    with desk.services.database.engine.begin() as connection:
        row = {"id": "x", "version": 1, "state": "??", "reason": "r", "user_id": "u", "username": "n"}
        connection.execute(insert(EmergencyStopRow.__table__).values(at=desk.clock(), **row))
    assert commit(desk, preview(desk), status=409)["code"] == "TRADING_HALTED"


# --- working orders -----------------------------------------------------------------------------------------


def test_working_orders_are_cancelled_one_by_one_if_that_is_asked_for(desk):
    orders = [commit(desk, preview(desk, 38_000))["aladdin_order_ids"][0] for _ in range(3)]
    over = orders.pop(1)
    desk.call("DELETE", f"orders/{over}", json={"reason": "before"})
    shown = stop(desk, "all", cancel_working_orders=True)
    assert {each["order_id"]: each["outcome"] for each in shown["cancelled_orders"]} == dict.fromkeys(
        orders, "CANCELLED"
    )
    assert {desk.get(f"orders/{order_id}")["status"] for order_id in orders} == {"Canceled"}
    assert len(desk.get("audit", action="CANCEL")["audit_records"]) == 3
    assert stop(desk, "again", cancel_working_orders=True)["cancelled_orders"] == []


def test_an_order_that_cannot_be_cancelled_stops_none_of_the_others_and_not_the_stop(desk):
    orders = [commit(desk, preview(desk, 38_000))["aladdin_order_ids"][0] for _ in range(2)]
    desk.wire.faults["/order:cancel"] = "away"
    shown = stop(desk, "all", cancel_working_orders=True)
    assert {each["outcome"] for each in shown["cancelled_orders"]} == {"UNKNOWN"}
    assert {each["order_id"] for each in shown["cancelled_orders"]} == set(orders)
    assert shown["state"] == "STOPPED"
    desk.wire.faults.clear()
    again = stop(desk, "all", cancel_working_orders=True)
    assert {each["outcome"] for each in again["cancelled_orders"]} == {"CANCELLED"}


@pytest.mark.parametrize("fault", ["away", "lost"])
def test_an_order_that_aladdin_may_have_is_told_because_it_cannot_be_cancelled_yet(desk, fault):
    desk.wire.faults |= {"/order:post": fault, "/orders:filter": "away"}
    allocation_id = preview(desk, 38_000)
    commit(desk, allocation_id, status=503)
    desk.wire.faults.clear()
    shown = stop(desk, "all", cancel_working_orders=True)
    assert (shown["cancelled_orders"], shown["order_under_way"]) == ([], True)
    desk.clock.ahead += timedelta(minutes=3)
    desk.services.periodic.do("settle")
    expected = {"lost": ["CANCELLED"], "away": []}[fault]
    shown = stop(desk, "again", cancel_working_orders=True)
    assert [each["outcome"] for each in shown["cancelled_orders"]] == expected
    assert shown["order_under_way"] is (fault == "away")  # it waits for the reset, or for its expiry


def test_who_may_not_cancel_stops_and_is_told_for_each_order(desk):
    commit(desk, preview(desk, 38_000))
    desk.log_in_without(Permission.ORDERS_WRITE)
    shown = stop(desk, "all", cancel_working_orders=True)
    assert [each["outcome"] for each in shown["cancelled_orders"]] == ["FAILED"]
    assert "orders:write" in shown["cancelled_orders"][0]["message"]
    assert shown["state"] == "STOPPED"


def test_errors_of_the_database_are_passed_on(desk):
    with desk.services.database.engine.begin() as connection:
        EmergencyStopRow.__table__.drop(connection)
    with pytest.raises(SQLAlchemyError):
        desk.services.safety.stop.status()
