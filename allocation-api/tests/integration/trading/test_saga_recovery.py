"""What a stopped process leaves behind is settled by another one: no order lost, none doubled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.security import Permission
from tests.support import saga, users
from tests.support.saga import (
    FILTER,
    LEASE,
    POST,
    Death,
    check_one_order,
    commit,
    preview,
    records,
    settle,
    status,
)


@pytest.fixture
def pair(tmp_path):
    return saga.desks(tmp_path)


def set_user(desk, **change):
    users.set_user(saga.database(desk), **change)


def left_behind(pair, *, at="before", ahead=LEASE):
    """Let the first process die in a commit, and the time pass until its claim has run out."""
    dying, survivor = pair
    allocation_id = preview(dying)
    saga.die(dying, allocation_id, at=at)
    survivor.clock.ahead += ahead
    return allocation_id


@pytest.mark.slow
def test_a_process_may_die_at_any_step_of_a_commit(tmp_path):
    """Before and after each unit of work and each call to the vendor, until a commit gets to its end."""
    step, ends = 0, []
    while True:
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        dying, survivor = saga.desks(folder)
        allocation_id = preview(dying)
        death = Death(dying, step)
        with death.awaited():
            commit(dying, allocation_id)
        if not death.came:
            break
        left = saga.row(survivor, allocation_id).status
        survivor.clock.ahead = LEASE
        settle(survivor)
        found = status(survivor, allocation_id)
        ends.append((left, found))
        if found == "PREVIEWED":
            assert saga.at_vendor(survivor, allocation_id) is None
            assert commit(survivor, allocation_id)["status"] == "SUCCESS"
        check_one_order(survivor, allocation_id)
        other = preview(survivor, 380_000)
        assert commit(survivor, other)["status"] == "SUCCESS"
    assert set(ends) == {
        ("PREVIEWED", "PREVIEWED"),
        ("COMMITTING", "SUBMITTED"),
        ("SUBMITTED", "SUBMITTED"),
    }
    # Lock, claim, renewal, outcome and return of the lock: each begins and ends. The post has two sides.
    assert len(ends) == 12


@pytest.mark.slow
def test_a_recovery_may_die_at_any_step_as_well(tmp_path):
    step = 0
    while True:
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        first, second, third = saga.desks(folder, 3)
        allocation_id = left_behind((first, second))
        death = Death(second, step)
        with death.awaited():
            settle(second)
        third.clock.ahead += LEASE
        settle(third)
        check_one_order(third, allocation_id)
        if not death.came:
            break
    assert step > 8


def test_an_order_that_arrived_is_adopted_in_the_name_of_who_sent_it(pair):
    # R10.7
    _, survivor = pair
    allocation_id = left_behind(pair, at="after")
    settle(survivor)
    check_one_order(survivor, allocation_id)
    assert survivor.wire.count(POST) == 1
    (record,) = records(survivor, allocation_id)
    assert record["username"] == "demo_user"
    assert record["before"] == {"status": "COMMITTING"}
    assert (record["after"]["status"], record["after"]["recovered"]) == ("SUBMITTED", True)
    assert saga.row(survivor, allocation_id).committed_at is not None


def test_an_order_that_did_not_arrive_is_sent_again_as_it_was(pair):
    # R10.7
    dying, survivor = pair
    allocation_id = left_behind(pair)
    settle(survivor)
    check_one_order(survivor, allocation_id)
    (sent,) = saga.posted(survivor)
    assert sent["externalOrderReference"]["externalId1"] == allocation_id
    settle(dying)
    assert dying.wire.count(POST) == 1


def test_nothing_is_settled_before_its_time(pair):
    _, survivor = pair
    allocation_id = left_behind(pair, at="after", ahead=timedelta(seconds=90))
    settle(survivor)
    assert status(survivor, allocation_id) == "COMMITTING"
    survivor.clock.ahead = LEASE
    settle(survivor)
    assert status(survivor, allocation_id) == "SUBMITTED"


def test_a_lost_answer_is_looked_up_again_once_it_must_show(pair):
    desk, _ = pair
    allocation_id = preview(desk)
    desk.wire.faults.update({POST: "lost", FILTER: "away"})
    assert commit(desk, allocation_id, status=503)["code"] == "ORDER_OUTCOME_UNKNOWN"
    desk.wire.faults.clear()
    settle(desk)
    assert status(desk, allocation_id) == "UNKNOWN"
    desk.clock.ahead += timedelta(seconds=41)
    settle(desk)
    check_one_order(desk, allocation_id)
    assert desk.wire.count(POST) == 1
    assert [r["before"]["status"] for r in records(desk, allocation_id)] == ["UNKNOWN"]


def test_an_order_that_never_arrived_is_sent_again_after_an_unknown_outcome(pair):
    desk, _ = pair
    allocation_id = preview(desk)
    desk.wire.faults[POST] = "away"
    commit(desk, allocation_id, status=503, comment="as discussed")
    desk.wire.faults.clear()
    desk.clock.ahead += timedelta(seconds=41)
    settle(desk)
    check_one_order(desk, allocation_id)
    first, second = saga.posted(desk)
    assert first == second


def test_an_order_whose_answer_is_lost_twice_waits_twice(pair):
    _, survivor = pair
    allocation_id = left_behind(pair)
    survivor.wire.faults.update({POST: "lost"})
    survivor.wire.edits[FILTER] = lambda answer: answer["orders"].clear()
    settle(survivor)
    assert status(survivor, allocation_id) == "UNKNOWN"
    survivor.wire.faults.clear()
    survivor.wire.edits.clear()
    settle(survivor)
    assert status(survivor, allocation_id) == "UNKNOWN"
    survivor.clock.ahead += timedelta(seconds=41)
    settle(survivor)
    check_one_order(survivor, allocation_id)


def test_an_expired_preview_is_not_sent_again(pair):
    # R10.7
    _, survivor = pair
    allocation_id = left_behind(pair, ahead=timedelta(minutes=16))
    settle(survivor)
    shown = survivor.get(f"allocations/{allocation_id}")
    assert shown["status"] == "FAILED"
    assert "nothing was sent" in shown["commit"]["message"]
    assert survivor.wire.count(POST) == 0
    (record,) = records(survivor, allocation_id)
    assert record["after"]["status"] == "FAILED"


def test_an_expired_preview_whose_order_arrived_is_adopted(pair):
    _, survivor = pair
    allocation_id = left_behind(pair, at="after", ahead=timedelta(minutes=16))
    settle(survivor)
    check_one_order(survivor, allocation_id)


def test_the_switch_of_the_settings_lets_nothing_be_sent_again_and_fails_nothing(pair, tmp_path):
    # R10.6
    allocation_id = left_behind(pair)
    stopped = saga.joined(pair[1], tmp_path, TRADING_HALTED="true")
    settle(stopped)
    assert status(stopped, allocation_id) == "UNKNOWN"
    assert stopped.wire.count(POST) == 0
    settle(pair[1])
    check_one_order(pair[1], allocation_id)


def test_the_emergency_stop_postpones_what_would_be_sent_again_until_the_preview_is_over(pair):
    # R10.6
    _, survivor = pair
    first, second = left_behind(pair), preview(survivor)
    survivor.post("system/emergency-stop", {"reason": "prices"})
    settle(survivor)
    assert status(survivor, first) == "UNKNOWN"
    assert "prices" in records(survivor, first)[0]["after"]["message"]
    survivor.reset_stop()
    settle(survivor)
    check_one_order(survivor, first)
    assert survivor.wire.count(POST) == 1
    assert status(survivor, second) == "PREVIEWED"


def test_what_is_left_behind_while_trading_is_stopped_fails_when_its_preview_is_over(pair):
    # R10.6
    _, survivor = pair
    allocation_id = left_behind(pair)
    survivor.post("system/emergency-stop", {"reason": "prices"})
    survivor.clock.ahead += timedelta(minutes=16)
    settle(survivor)
    assert status(survivor, allocation_id) == "FAILED"
    assert survivor.wire.count(POST) == 0


@pytest.mark.parametrize(
    "columns",
    [
        {"active": False},
        {"permissions": [p for p in Permission if p is not Permission.ALLOCATIONS_COMMIT]},
    ],
    ids=["closed", "withdrawn"],
)
def test_who_may_not_commit_any_more_sends_nothing(pair, columns):
    _, survivor = pair
    allocation_id = left_behind(pair)
    set_user(survivor, **columns)
    settle(survivor)
    assert saga.row(survivor, allocation_id).status == "FAILED"
    assert survivor.wire.count(POST) == 0


def test_a_bypass_needs_its_permission_still(pair):
    dying, survivor = pair
    held = [p for p in Permission if p is not Permission.COMPLIANCE_BYPASS]
    set_user(dying, permissions=Permission)
    dying.token = dying.login()["access_token"]
    allocation_id = preview(dying, constraints={"compliance_check": False})
    saga.die(dying, allocation_id, at="before", override_warnings=True)
    set_user(survivor, permissions=held)
    survivor.clock.ahead += LEASE
    settle(survivor)
    assert status(survivor, allocation_id) == "FAILED"
    assert survivor.wire.count(POST) == 0


def test_what_the_book_no_longer_allows_is_not_sent_again(pair):
    _, survivor = pair
    allocation_id = left_behind(pair)
    survivor.wire.rows = {"price": 105.0}
    settle(survivor)
    assert status(survivor, allocation_id) == "FAILED"
    assert "market price" in survivor.get(f"allocations/{allocation_id}")["commit"]["message"]
    assert survivor.wire.count(POST) == 0


@pytest.mark.parametrize(("fault", "at"), [("away", "after"), ("unreached", "before")])
def test_a_vendor_who_is_away_is_asked_again(pair, fault, at):
    _, survivor = pair
    allocation_id = left_behind(pair, at=at)
    survivor.wire.faults[FILTER] = fault
    for _ in range(3):
        settle(survivor)
        assert status(survivor, allocation_id) == "UNKNOWN"
    (record,) = records(survivor, allocation_id)
    assert record["after"]["status"] == "UNKNOWN"
    survivor.wire.faults.clear()
    # Who has failed to reach the vendor leaves it alone for ten seconds; a third process does not.
    third = saga.joined(survivor, survivor.folder)
    settle(third)
    check_one_order(third, allocation_id)


def test_an_order_that_cannot_be_sent_again_now_is_sent_later(pair):
    _, survivor = pair
    allocation_id = left_behind(pair)
    survivor.wire.faults[POST] = "unreached"
    for _ in range(2):
        settle(survivor)
        assert status(survivor, allocation_id) == "UNKNOWN"
    survivor.wire.faults.clear()
    settle(survivor)
    check_one_order(survivor, allocation_id)


def test_several_orders_under_one_id_are_left_to_people(pair):
    _, survivor = pair
    allocation_id = left_behind(pair, at="after")

    def twice(answer):
        answer["orders"] += [o | {"id": "999"} for o in answer["orders"]]

    survivor.wire.edits[FILTER] = twice
    settle(survivor)
    settle(survivor)
    assert status(survivor, allocation_id) == "UNKNOWN"
    assert survivor.wire.count(POST) == 1
    (record,) = records(survivor, allocation_id)
    assert "999" in record["after"]["message"]


def test_an_order_that_the_vendor_refused_has_failed(pair):
    _, survivor = pair
    allocation_id = left_behind(pair, at="after")
    survivor.wire.edits[FILTER] = lambda answer: [o.update(orderStatus="Rejected") for o in answer["orders"]]
    settle(survivor)
    assert status(survivor, allocation_id) == "FAILED"
    assert len(survivor.get("orders", allocation_id=allocation_id)["orders"]) == 1


def test_an_order_that_is_refused_when_sent_again_has_failed(pair):
    _, survivor = pair
    allocation_id = left_behind(pair)
    survivor.wire.faults[POST] = "refused"
    settle(survivor)
    shown = survivor.get(f"allocations/{allocation_id}")
    assert (shown["status"], shown["commit"]["status"]) == ("FAILED", "FAILED")
    assert "market closed" in shown["commit"]["message"]


@pytest.mark.parametrize(("at", "expected"), [("before", "FAILED"), ("after", "SUBMITTED")])
def test_commits_from_before_intents_were_kept_are_looked_up_but_never_sent(pair, at, expected):
    _, survivor = pair
    allocation_id = left_behind(pair, at=at)
    saga.change_row(survivor, allocation_id, commit_intent=None, settle_after=None)
    settle(survivor)
    # Only once no commit of an older version can be under way any more.
    assert status(survivor, allocation_id) == "COMMITTING"
    sent = survivor.wire.count(POST)
    survivor.clock.ahead = timedelta(minutes=15) + LEASE
    settle(survivor)
    assert status(survivor, allocation_id) == expected
    assert survivor.wire.count(POST) == sent
    (record,) = records(survivor, allocation_id)
    assert (record["username"], record["user_id"]) == ("recovery", "recovery")


def test_an_order_that_the_vendor_told_us_of_is_never_sent_again(pair):
    """Its id is known, but it could not be recorded; then the vendor does not show it."""
    _, survivor = pair
    allocation_id = left_behind(pair, at="after")
    found = saga.at_vendor(survivor, allocation_id)
    saga.change_row(survivor, allocation_id, status="UNKNOWN", aladdin_order_id=found.order_id)
    survivor.wire.edits[FILTER] = lambda answer: answer["orders"].clear()
    for _ in range(2):
        settle(survivor)
        assert status(survivor, allocation_id) == "UNKNOWN"
    survivor.clock.ahead += timedelta(minutes=16)
    settle(survivor)
    assert status(survivor, allocation_id) == "UNKNOWN"
    assert survivor.wire.count(POST) == 1
    survivor.wire.edits.clear()
    settle(survivor)
    check_one_order(survivor, allocation_id)


def test_an_order_that_turns_up_when_it_is_sent_again_is_adopted(pair):
    """The vendor refuses the second one because of the first, which it did not show before."""
    _, survivor = pair
    allocation_id = left_behind(pair, at="after")
    looks = []

    def shown_late(answer):
        looks.append(answer["orders"])
        if len(looks) == 1:
            answer["orders"] = []

    survivor.wire.edits[FILTER] = shown_late
    survivor.wire.faults[POST] = "refused"
    settle(survivor)
    check_one_order(survivor, allocation_id)


def test_a_refusal_after_which_nobody_can_look_leaves_the_outcome_unknown(pair):
    _, survivor = pair
    allocation_id = left_behind(pair, at="after")

    def away_from_now_on(answer):
        answer["orders"] = []
        survivor.wire.faults[FILTER] = "away"

    survivor.wire.edits[FILTER] = away_from_now_on
    survivor.wire.faults[POST] = "refused"
    settle(survivor)
    assert status(survivor, allocation_id) == "UNKNOWN"
