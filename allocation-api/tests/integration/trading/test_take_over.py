"""After a crash: who takes the desk's lock over before its lease has run out, and from whom.

Nobody is taken over of whom it is not known that no order is under way, and nobody sends twice.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services.trading.errors import DeskBusy
from app.wiring import build_services
from tests.support import saga
from tests.support.desk import CHEAP
from tests.support.saga import (
    POST,
    Death,
    check_one_order,
    commit,
    die_after,
    fall_silent,
    lock,
    preview,
    settle,
    status,
)


@pytest.fixture
def pair(tmp_path):
    return saga.desks(tmp_path)


def take_over(desk):
    desk.services.periodic.do("take-over")


def test_a_holder_that_died_before_it_was_let_out_to_send_is_taken_over(pair):
    """R10.7: the order surely has not left; it is checked again and sent once."""
    dying, survivor = pair
    left, other = preview(survivor), preview(survivor, 38_000)
    die_after(dying, left, "/position")
    assert lock(survivor).sending_at is None
    take_over(survivor)
    assert status(survivor, left) == "COMMITTING"
    fall_silent(survivor)
    take_over(survivor)
    check_one_order(survivor, left)
    commit(survivor, other)
    assert survivor.wire.count(POST) == 2


def test_a_holder_whose_order_is_at_the_vendor_is_taken_over(pair):
    """R10.7"""
    dying, survivor = pair
    left, other = preview(survivor), preview(survivor, 38_000)
    saga.die(dying, left, at="after")
    assert lock(survivor).sending_at is not None
    fall_silent(survivor)
    take_over(survivor)
    check_one_order(survivor, left)
    commit(survivor, other)
    assert survivor.wire.count(POST) == 2


def test_a_holder_whose_order_may_still_be_under_way_is_left_until_its_lease_is_over(pair):
    """R10.7: a process that stands still between its lease and the wire may go on as long as that."""
    dying, survivor = pair
    left = preview(survivor)
    saga.die(dying, left, at="before")
    lease = survivor.settings.trading.lease_seconds
    for _ in range(8):
        fall_silent(survivor)
        take_over(survivor)
        settle(survivor)
        assert status(survivor, left) == "COMMITTING"
        assert survivor.wire.count(POST) == 0
    survivor.clock.ahead += timedelta(seconds=lease - 79)
    settle(survivor)
    check_one_order(survivor, left)
    assert survivor.wire.count(POST) == 1


def test_a_holder_whose_order_shows_late_is_taken_over_as_soon_as_it_does(pair):
    dying, survivor = pair
    left = preview(survivor)
    saga.die(dying, left, at="after")
    survivor.wire.faults["/orders:filter"] = "away"
    fall_silent(survivor)
    take_over(survivor)
    assert status(survivor, left) == "COMMITTING"
    survivor.wire.faults.clear()
    take_over(survivor)
    check_one_order(survivor, left)


def test_a_holder_that_only_stood_still_sends_nothing_after_it_was_taken_over(pair):
    """R10.7: it goes on where it stood, before its lease is renewed."""
    paused, survivor = pair
    left = preview(survivor)
    done = []

    def stand_still(name):
        if name == "/position" and not done:
            done.append(name)
            fall_silent(survivor)
            take_over(survivor)
            check_one_order(survivor, left)

    paused.wire.after = stand_still
    refused, answer = paused.ask(f"allocations/{left}/commit", {})
    assert done
    assert (refused, answer["code"]) == (503, "ORDER_OUTCOME_UNKNOWN"), answer
    assert survivor.wire.count(POST) == 1
    check_one_order(survivor, left)


def test_a_holder_that_stood_still_at_the_wire_finds_its_order_adopted(pair):
    """R10.7: the order arrived, the answer did not; both say the same of it."""
    paused, survivor = pair
    left = preview(survivor)
    done = []

    def stand_still(name):
        if name == POST and not done:
            done.append(name)
            fall_silent(survivor)
            take_over(survivor)
            check_one_order(survivor, left)

    paused.wire.after = stand_still
    answer = commit(paused, left)
    assert answer["aladdin_order_ids"] == survivor.get(f"allocations/{left}")["commit"]["aladdin_order_ids"]
    assert survivor.wire.count(POST) == 1


def test_a_change_of_an_order_that_was_under_way_keeps_the_desk_until_its_lease_is_over(pair):
    dying, survivor = pair
    order_id = commit(survivor, preview(survivor, 38_000))["aladdin_order_ids"][0]
    death = Death(dying, 10**6)

    def on(name):
        if lock(survivor).sending_at is not None:
            death.step = 0
            death("the change is under way")

    with death.awaited():
        dying.wire.before = on
        dying.call("PUT", f"orders/{order_id}", json={"quantity": 19_000})
    assert death.came
    fall_silent(survivor)
    take_over(survivor)
    with pytest.raises(DeskBusy):
        survivor.desk_lock().acquire(0)


def test_nobody_who_lives_is_taken_over(pair):
    holder, other = pair
    held = holder.desk_lock().acquire(0)
    for _ in range(3):
        fall_silent(other)
        holder.desk_lock().beat(held)
        take_over(other)
        assert lock(other).token == held.token


def test_recovery_that_takes_over_does_not_send_while_trading_is_stopped(pair):
    """R10.6"""
    dying, survivor = pair
    left = preview(survivor)
    die_after(dying, left, "/position")
    survivor.post("system/emergency-stop", {"reason": "prices"})
    fall_silent(survivor)
    take_over(survivor)
    assert status(survivor, left) == "UNKNOWN"
    assert survivor.wire.count(POST) == 0
    survivor.reset_stop()
    settle(survivor)
    check_one_order(survivor, left)


def test_a_refusal_tells_the_time_that_is_left_and_waits_for_nothing(pair):
    dying, survivor = pair
    left, other = preview(survivor), preview(survivor, 38_000)
    saga.die(dying, left, at="before")
    survivor.clock.ahead += timedelta(seconds=20)
    answer = survivor.client.post(
        f"/v1/allocations/{other}/commit", headers=survivor.headers, json={"override_warnings": True}
    )
    assert answer.status_code == 503
    lease = survivor.settings.trading.lease_seconds
    assert lease - 30 <= int(answer.headers["Retry-After"]) <= lease - 19


def test_a_desk_whose_clock_was_set_back_opens_as_soon_as_any(pair):
    dying, survivor = pair
    left = preview(survivor)
    die_after(dying, left, "/position")
    survivor.clock.ahead -= timedelta(hours=1)
    survivor.token = survivor.login()["access_token"]
    take_over(survivor)
    fall_silent(survivor)
    take_over(survivor)
    assert lock(survivor).token is None
    assert status(survivor, left) == "FAILED"  # its preview is of the future
    assert survivor.wire.count(POST) == 0
    later = preview(survivor, 38_000)
    commit(survivor, later)
    check_one_order(survivor, later)


def test_a_busy_desk_is_no_error_in_the_log(pair, capsys):
    holder, other = pair
    held = holder.desk_lock().acquire(0)
    allocation_id = preview(other, 38_000)
    capsys.readouterr()
    assert commit(other, allocation_id, status=503)["code"] == "DESK_BUSY"
    holder.desk_lock().release(held)
    assert "DESK_BUSY" not in capsys.readouterr().err  # the level of this desk's log is ERROR


@pytest.mark.parametrize(("at", "sent"), [("before", 0), ("after", 1)])
def test_the_sole_process_settles_what_the_one_before_it_left_at_its_start(pair, tmp_path, at, sent):
    """R10.7: its vendor has ended with it, so nothing is under way."""
    dying, survivor = pair
    left = preview(survivor)
    sole = build_services(dying.settings, clock=dying.clock, passwords=CHEAP, transport=dying.wire, sole=True)
    dying.services = dying.app.extensions["services"] = sole
    saga.die(dying, left, at=at)
    assert survivor.wire.count(POST) == sent
    build_services(
        dying.settings, clock=dying.clock, passwords=CHEAP, transport=dying.wire, sole=True
    ).periodic.do("settle")
    check_one_order(survivor, left)
    assert survivor.wire.count(POST) == 1
