"""Two processes at once: one sends, the other one waits, takes over, or is told what became of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from app.models import LockRow
from app.services.trading import gateway
from app.services.trading.errors import DeskBusy
from tests.support import saga
from tests.support.saga import FILTER, POST, commit, preview, settle, status
from tests.support.waiting import answered

LEASE = timedelta(seconds=101)


@pytest.fixture
def pair(tmp_path):
    return saga.desks(tmp_path)


def once(action):
    """Do something the first time that it is called for."""
    left = [action]

    def do():
        if left:
            left.pop()()

    return do


def together(*actions):
    """Do things at the same time, each in a thread of its own, and return what came of each."""
    barrier = Barrier(len(actions))

    def begin(action):
        barrier.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [f.result() for f in [pool.submit(begin, a) for a in actions]]


def sending(desk, allocation_id):
    """Return what commits without looking at how it is answered."""
    client, path = desk.app.test_client(), f"/v1/allocations/{allocation_id}/commit"
    body = {"override_warnings": True}
    return lambda: answered(lambda: client.post(path, json=body, headers=desk.headers))


def test_of_two_processes_that_commit_one_preview_one_does(pair):
    for _ in range(10):
        allocation_id = preview(pair[0], 380_000)
        answers = together(*(sending(desk, allocation_id) for desk in pair for _ in range(2)))
        assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
        codes = {a.get_json()["code"] for a in answers if a.status_code == 409}
        assert codes == {"ALREADY_COMMITTED"}
        assert saga.at_vendor(pair[0], allocation_id) is not None
    assert pair[0].wire.count(POST) == 10


@pytest.mark.slow
def test_previews_that_want_the_same_cash_do_not_both_get_it_a_hundred_times(pair):
    """Each takes nine tenths of all cash; whichever process is first, the other one gets a 409."""
    weights = {"ACC001": 5 / 17, "ACC002": 8 / 17, "ACC003": 3 / 17, "ACC004": 1 / 17}
    chosen = {"method": "CUSTOM_WEIGHTS", "parameters": {"weights": weights}}
    for _ in range(100):
        wanted = [preview(desk, 15_500_000, **chosen) for desk in pair]
        answers = together(*(sending(d, a) for d, a in zip(pair, wanted, strict=True)))
        assert sorted(a.status_code for a in answers) == [200, 409]
        bodies = sorted((a.get_json() for a in answers), key=lambda body: body.get("code", ""))
        assert bodies[1]["code"] == "BOOK_CHANGED"
        assert {a["account_id"] for a in bodies[1]["accounts"] if not a["feasible"]} == set(weights)
        accounts = pair[0].get("portfolio-groups/GOLDEN/accounts")["accounts"]
        assert min(a["cash"] for a in accounts) >= 0
        (order_id,) = bodies[0]["aladdin_order_ids"]
        pair[0].call("DELETE", f"orders/{order_id}", json={"reason": "the next pair"})
    assert pair[0].wire.count(POST) == 100


def test_two_recoveries_at_once_send_one_order(tmp_path):
    dying, *others = saga.desks(tmp_path, 4)
    allocation_id = preview(dying)
    saga.die(dying, allocation_id, at="before")
    dying.clock.ahead += LEASE
    together(*(lambda d=desk: settle(d) for desk in others))
    for desk in others:
        settle(desk)
    assert status(others[0], allocation_id) == "SUBMITTED"
    assert dying.wire.count(POST) == 1


def test_who_is_too_slow_sends_nothing_once_another_has_taken_over(pair):
    """The first reads the book so long that its claim runs out and the second settles the commit."""
    slow, other = pair
    allocation_id = preview(slow)

    def take_over():
        slow.clock.ahead += LEASE
        settle(other)

    action = once(take_over)
    slow.wire.before = lambda name: action() if name == "/position" else None
    refused = commit(slow, allocation_id, status=503)
    assert refused["code"] == "ORDER_OUTCOME_UNKNOWN"
    assert "the recovery job has taken it over" in refused["detail"]
    assert status(slow, allocation_id) == "SUBMITTED"
    assert slow.wire.count(POST) == 1


def test_who_loses_only_the_desk_gives_the_preview_free(pair):
    """The lease ran out and somebody else sends an order of its own: nothing was sent of the first."""
    slow, other = pair
    slow_one, other_one = preview(slow, 380_000), preview(other, 380_000)

    def take_over():
        slow.clock.ahead += LEASE
        # The first one's accounts are unsettled, so the other one's commit is refused; but it had the desk.
        assert commit(other, other_one, status=409)["code"] == "ACCOUNTS_UNSETTLED"

    action = once(take_over)
    slow.wire.before = lambda name: action() if name == "/position" else None
    assert commit(slow, slow_one, status=503)["code"] == "DESK_BUSY"
    assert status(slow, slow_one) == "PREVIEWED"
    assert slow.wire.count(POST) == 0
    assert commit(slow, slow_one)["status"] == "SUCCESS"


def test_an_answer_that_comes_after_its_recovery_is_what_was_recorded(pair):
    slow, other = pair
    allocation_id = preview(slow)

    def take_over():
        slow.clock.ahead += LEASE
        settle(other)

    action = once(take_over)
    slow.wire.after = lambda name: action() if name == POST else None
    done = commit(slow, allocation_id)
    assert done["status"] == "SUCCESS"
    assert slow.get(f"audit/{done['audit_id']}")["action"] == "COMMIT_RECOVERED"
    assert slow.get(f"allocations/{allocation_id}")["commit"] == done
    assert slow.wire.count(POST) == 1
    assert slow.get("audit/verify")["whole"] is True


def test_an_answer_that_comes_after_a_recovery_that_could_not_look_is_recorded(pair):
    slow, other = pair
    allocation_id = preview(slow)

    def take_over():
        slow.clock.ahead += LEASE
        slow.wire.faults[FILTER] = "away"
        settle(other)
        slow.wire.faults.clear()
        assert status(other, allocation_id) == "UNKNOWN"

    action = once(take_over)
    slow.wire.after = lambda name: action() if name == POST else None
    assert commit(slow, allocation_id)["status"] == "SUCCESS"
    assert status(slow, allocation_id) == "SUBMITTED"


def test_an_order_that_turns_up_beside_another_one_is_told_and_audited(pair):
    """The worst case: the vendor shows the first order only after the second one was sent."""
    slow, other = pair
    allocation_id = preview(slow)

    def take_over():
        slow.clock.ahead += LEASE
        slow.wire.edits[FILTER] = lambda answer: answer["orders"].clear()
        settle(other)
        slow.wire.edits.clear()

    action = once(take_over)
    slow.wire.after = lambda name: action() if name == POST else None
    refused = commit(slow, allocation_id, status=503)
    assert refused["code"] == "ORDER_OUTCOME_UNKNOWN"
    shown = slow.get(f"allocations/{allocation_id}")
    assert shown["status"] == "SUBMITTED"
    assert [refused["order_id"]] != shown["commit"]["aladdin_order_ids"]
    (record,) = saga.records(slow, allocation_id, "COMMIT")
    assert refused["order_id"] in record["after"]["message"]


def test_the_desk_is_one_for_all_processes(pair, monkeypatch):
    monkeypatch.setattr(gateway, "MAX_WAIT_SECONDS", 0.05)
    holder, other = pair
    allocation_id = preview(other)
    lock = holder.desk_lock()
    lease = lock.acquire(0)
    assert commit(other, allocation_id, status=503)["code"] == "DESK_BUSY"
    with pytest.raises(DeskBusy):
        other.desk_lock().acquire(0)
    # The lease of a process that has stopped runs out.
    other.clock.ahead += LEASE
    assert commit(other, allocation_id)["status"] == "SUCCESS"
    lock.release(lease)
    assert saga.lock(other).token is None


def test_what_is_given_back_is_only_what_is_ours(pair):
    first, second = (desk.desk_lock() for desk in pair)
    lost = first.acquire(0)
    pair[0].clock.ahead += LEASE
    held = second.acquire(0)
    first.release(lost)
    assert saga.lock(pair[0]).token == held.token
    with pytest.raises(DeskBusy):
        first.renew(lost)
    second.renew(held)


def test_a_lease_that_ran_out_but_was_not_taken_is_still_ours(pair):
    desk = pair[0].desk_lock()
    lease = desk.acquire(0)
    pair[0].clock.ahead += LEASE
    desk.renew(lease)
    assert saga.lock(pair[0]).held_until > pair[0].clock()


def test_a_desk_without_its_row_sends_nothing(pair):
    allocation_id = preview(pair[0])
    with saga.database(pair[0]).write() as session:
        session.delete(session.get(LockRow, "orders"))
    assert commit(pair[0], allocation_id, status=503)["code"] == "NOT_READY"
    assert status(pair[0], allocation_id) == "PREVIEWED"


def test_a_change_whose_answer_is_lost_keeps_the_desk_until_it_must_show(pair, monkeypatch):
    """The vendor may still carry out the growth: its cash must not be spent by the next commit."""
    monkeypatch.setattr(gateway, "MAX_WAIT_SECONDS", 0.05)
    first, other = pair
    (order_id,) = commit(first, preview(first, 380_000))["aladdin_order_ids"]
    waiting = preview(other, 380_000)
    first.wire.faults[POST] = "away"
    refused = first.call(
        "PUT", f"orders/{order_id}", json={"quantity": 760_000, "comment": "more"}, status=503
    )
    assert refused["code"] == "ORDER_OUTCOME_UNKNOWN"
    first.wire.faults.clear()
    sent = first.wire.count(POST)
    for desk in pair:
        assert commit(desk, waiting, status=503)["code"] == "DESK_BUSY"
    assert first.wire.count(POST) == sent
    first.clock.ahead += LEASE
    assert commit(other, waiting)["status"] == "SUCCESS"


def test_a_slow_renewal_gives_the_preview_free(pair):
    """The claim has its new moment by then: it is given back all the same, and nothing was sent."""
    desk = pair[0]
    allocation_id = preview(desk, 380_000)
    lock = desk.services.trading.commits._saga._gateway._desk
    passed = iter([0, 0, 40])
    lock._monotonic = lambda: next(passed)
    assert commit(desk, allocation_id, status=503)["code"] == "DESK_BUSY"
    assert (status(desk, allocation_id), desk.wire.count(POST)) == ("PREVIEWED", 0)
    lock._monotonic = lambda: 0
    assert commit(desk, allocation_id)["status"] == "SUCCESS"


def test_a_refusal_that_comes_after_others_have_sent_it_again_is_told_and_audited(pair):
    slow, other = pair
    allocation_id = preview(slow, 380_000)

    def take_over():
        slow.clock.ahead += LEASE
        slow.wire.faults[POST] = "away"
        settle(other)
        assert status(other, allocation_id) == "UNKNOWN"

    slow.wire.faults[POST] = "refused"
    action = once(take_over)
    slow.wire.after = lambda name: action() if name == POST else None
    refused = commit(slow, allocation_id, status=503)
    assert refused["code"] == "ORDER_OUTCOME_UNKNOWN"
    assert status(slow, allocation_id) == "UNKNOWN"
    (record,) = saga.records(slow, allocation_id, "COMMIT")
    assert "market closed" in record["after"]["message"]
