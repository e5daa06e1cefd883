"""Commits that another user has to approve: who may, what is checked again, and what ends them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from app.core.security import Permission
from tests.support import saga, users
from tests.support.deciding import (
    LARGE,
    OTHER,
    THIRD,
    THRESHOLD,
    approve,
    as_user,
    ask,
    hold,
    make_traders,
    reject,
    waiting,
)
from tests.support.saga import LEASE, POST, check_one_order, commit, preview, records, settle, status
from tests.support.waiting import answered


@pytest.fixture
def pair(tmp_path):
    return saga.desks(tmp_path, APPROVAL_ABOVE_NOTIONAL=THRESHOLD)


@pytest.fixture
def desk(pair):
    return pair[0]


def audited(desk, allocation_id):
    """What was recorded of an allocation, oldest first: action and user."""
    found = desk.get("audit", entity_id=allocation_id)["audit_records"]
    return [(record["action"], record["username"]) for record in reversed(found)]


# --- what needs an approval ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("quantity", "becomes"), [(3_800_000, "SUBMITTED"), (LARGE, "PENDING_APPROVAL")])
def test_a_commit_above_the_threshold_waits_and_one_at_it_does_not(desk, quantity, becomes):
    # R10.12
    allocation_id = preview(desk, quantity)
    commit(desk, allocation_id)
    assert status(desk, allocation_id) == becomes
    assert desk.wire.count(POST) == (1 if becomes == "SUBMITTED" else 0)


def test_a_low_limit_does_not_make_an_order_small(desk):
    # R10.12
    low = desk.preview(saga.BOND, LARGE, groups=["GOLDEN"], order={"price": 98.0})
    # 3,801,000 at 98.0 is 3,724,980.00, which is below the threshold.
    assert float(low["summary"]["total_notional"]) < float(THRESHOLD)
    done = commit(desk, low["allocation_id"], acknowledge=[w["warning_id"] for w in low["warnings"]])
    assert done["status"] == "PENDING_APPROVAL"


def test_without_the_settings_nothing_needs_an_approval(golden_desk):
    assert commit(golden_desk, preview(golden_desk, LARGE))["status"] == "SUCCESS"


def test_what_waits_says_so_and_has_sent_nothing(desk):
    # R10.12
    allocation_id = preview(desk, LARGE)
    done = commit(desk, allocation_id, comment="month end")
    assert (done["status"], done["aladdin_order_ids"]) == ("PENDING_APPROVAL", [])
    assert {line["status"] for line in done["allocations"]} == {"PENDING_APPROVAL"}
    assert sum(line["allocated_quantity"] for line in done["allocations"]) == LARGE
    shown = desk.get(f"allocations/{allocation_id}")
    approval = shown["approval"]
    assert (shown["status"], shown["commit"]) == ("PENDING_APPROVAL", None)
    assert (approval["requested_by"], approval["comment"]) == ("demo_user", "month end")
    assert (approval["needed_for"], approval["decision"]) == (["ABOVE_NOTIONAL"], None)
    listed = as_user(desk, OTHER, "GET", "allocations", query_string={"status": "PENDING_APPROVAL"})
    assert [line["allocation_id"] for line in listed["allocations"]] == [allocation_id]
    (record,) = records(desk, allocation_id, "APPROVAL_REQUESTED")
    assert record["audit_id"] == done["audit_id"]
    assert commit(desk, allocation_id, status=409)["allocation_status"] == "PENDING_APPROVAL"


def test_an_order_does_not_grow_above_the_threshold(desk):
    # R10.12
    small = preview(desk, 380_000)
    (order_id,) = commit(desk, small)["aladdin_order_ids"]
    body = {"quantity": LARGE, "comment": "more"}
    refused = desk.call("PUT", f"orders/{order_id}", status=409, json=body)
    assert refused["code"] == "APPROVAL_NEEDED"
    assert desk.call("PUT", f"orders/{order_id}", json=body | {"quantity": 760_000})["status"] == "SUCCESS"


# --- who decides --------------------------------------------------------------------------------------------


def test_another_user_approves_and_the_order_leaves(desk):
    # R10.13
    allocation_id = waiting(desk)
    done = approve(desk, allocation_id, comment="fits the mandate")
    assert done["status"] == "SUCCESS"
    check_one_order(desk, allocation_id)
    approval = desk.get(f"allocations/{allocation_id}")["approval"]
    assert (approval["decision"], approval["decided_by"]) == ("APPROVED", OTHER)
    assert approval["reason"] == "fits the mandate"
    assert audited(desk, allocation_id) == [
        ("PREVIEW", "demo_user"),
        ("APPROVAL_REQUESTED", "demo_user"),
        ("COMMIT_APPROVED", OTHER),
        ("COMMIT", "demo_user"),
    ]
    (record,) = records(desk, allocation_id, "COMMIT")
    assert record["after"]["approved_by"] == OTHER
    assert desk.get("orders")["orders"][0]["created_by"] == "demo_user"


def test_who_asked_for_the_commit_does_not_decide_on_it(desk):
    # R10.13
    make_traders(desk, "demo_user", OTHER)
    allocation_id = waiting(desk)
    assert approve(desk, allocation_id, "demo_user", status=403)["code"] == "FOUR_EYES"
    assert reject(desk, allocation_id, "demo_user", status=403)["code"] == "FOUR_EYES"
    assert status(desk, allocation_id) == "PENDING_APPROVAL"
    assert [r["username"] for r in records(desk, allocation_id, "APPROVAL_REFUSED")] == ["demo_user"]


def test_who_made_the_preview_does_not_decide_on_its_commit(desk):
    # R10.13
    make_traders(desk, "demo_user", OTHER, THIRD)
    allocation_id = preview(desk, LARGE)
    ask(desk, THIRD, f"allocations/{allocation_id}/commit")
    assert approve(desk, allocation_id, "demo_user", status=403)["code"] == "FOUR_EYES"
    assert approve(desk, allocation_id, THIRD, status=403)["code"] == "FOUR_EYES"
    assert approve(desk, allocation_id, OTHER)["status"] == "SUCCESS"


def test_the_permission_of_the_approving_user_is_read_when_it_counts(desk):
    # R10.13
    allocation_id = waiting(desk)
    headers = {"Authorization": f"Bearer {desk.login(OTHER)['access_token']}"}
    hold(desk, OTHER, *(p for p in Permission if p is not Permission.ALLOCATIONS_APPROVE))
    path = f"allocations/{allocation_id}/approve"
    refused = desk.call("POST", path, status=403, headers=headers, json={})
    assert refused["permission"] == "allocations:approve"
    assert status(desk, allocation_id) == "PENDING_APPROVAL"


@pytest.mark.parametrize("change", ["permission", "user", "groups"])
def test_a_user_who_may_not_commit_any_more_commits_nothing_by_approval(desk, change):
    # R10.13
    allocation_id = waiting(desk)
    if change == "permission":
        hold(desk, "demo_user", Permission.ALLOCATIONS_READ, Permission.AUDIT_READ)
    elif change == "user":
        users.set_user(desk.services.database, active=False)
    else:
        users.set_user(desk.services.database, permissions=Permission, groups=["OTHER"])
    assert approve(desk, allocation_id, status=409)["code"] == "REQUESTER_BARRED"
    assert desk.wire.count(POST) == 0
    assert as_user(desk, OTHER, "GET", f"allocations/{allocation_id}")["status"] == "PENDING_APPROVAL"


def test_a_rejection_is_final(desk):
    # R10.13
    allocation_id = waiting(desk)
    assert reject(desk, allocation_id, reason="not this week")["status"] == "REJECTED"
    approval = desk.get(f"allocations/{allocation_id}")["approval"]
    assert (approval["decision"], approval["decided_by"]) == ("REJECTED", OTHER)
    assert approval["reason"] == "not this week"
    assert approve(desk, allocation_id, status=409)["code"] == "NOT_PENDING_APPROVAL"
    assert commit(desk, allocation_id, status=409)["allocation_status"] == "REJECTED"
    assert ("COMMIT_REJECTED", OTHER) in audited(desk, allocation_id)
    assert desk.get("audit/verify")["whole"] is True


def test_a_rejection_needs_a_reason(desk):
    allocation_id = waiting(desk)
    problem = reject(desk, allocation_id, status=422, reason="")
    assert [error["field"] for error in problem["errors"]] == ["reason"]


def test_who_asked_takes_it_back_and_commits_again(desk):
    # R10.13
    allocation_id = waiting(desk)
    path = f"allocations/{allocation_id}/withdraw"
    make_traders(desk, OTHER)
    assert ask(desk, OTHER, path, status=403)["code"] == "NOT_YOURS"
    shown = ask(desk, "demo_user", path)
    assert (shown["status"], shown["approval"]) == ("PREVIEWED", None)
    assert approve(desk, allocation_id, status=409)["code"] == "NOT_PENDING_APPROVAL"
    assert commit(desk, allocation_id)["status"] == "PENDING_APPROVAL"
    assert desk.get("audit/verify")["whole"] is True


def test_an_approval_is_of_what_was_asked_for(desk):
    """Withdrawn and asked for anew between reading and deciding, it is another request."""
    allocation_id = waiting(desk)
    lock = desk.desk_lock()
    lease = lock.acquire(0)
    approving = posting(desk, OTHER, f"allocations/{allocation_id}/approve", {})
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(approving)
        time.sleep(0.3)  # it has read the allocation, and waits for the desk
        ask(desk, "demo_user", f"allocations/{allocation_id}/withdraw")
        commit(desk, allocation_id, comment="another reason")
        lock.release(lease)
        assert answer.result() == 409
    assert (desk.wire.count(POST), status(desk, allocation_id)) == (0, "PENDING_APPROVAL")


# --- what is checked again ----------------------------------------------------------------------------------


def test_it_expires_with_its_preview(desk):
    # R10.13
    allocation_id = waiting(desk)
    desk.clock.ahead += timedelta(minutes=16)
    assert approve(desk, allocation_id, status=409)["code"] == "PREVIEW_EXPIRED"
    assert reject(desk, allocation_id, status=409)["code"] == "PREVIEW_EXPIRED"
    assert status(desk, allocation_id) == "EXPIRED"
    desk.services.periodic.do("expire")
    assert saga.row(desk, allocation_id).status == "EXPIRED"
    assert desk.get("audit/verify")["whole"] is True


def test_what_waited_in_vain_is_kept_and_the_trail_stays_whole(desk):
    allocation_id, taken_back = waiting(desk), waiting(desk)
    ask(desk, "demo_user", f"allocations/{taken_back}/withdraw")
    desk.clock.ahead += timedelta(days=31)
    desk.token = desk.login()["access_token"]
    desk.services.periodic.do("expire")
    desk.services.periodic.do("erase-previews")
    shown = desk.get(f"allocations/{allocation_id}")
    assert (shown["status"], shown["approval"]["requested_by"]) == ("EXPIRED", "demo_user")
    assert desk.call("GET", f"allocations/{taken_back}", status=404)["code"] == "PREVIEW_ERASED"
    assert desk.get("audit/verify")["breaks"] == []


def test_the_book_is_read_again_at_approval(desk):
    # R10.13
    allocation_id = waiting(desk, 4_000_000)
    # The fourth account, 50 of 380 of NAV, has 1,000,000: 500,000 and 526,000 face at 98.5 take 1,010,610.
    commit(desk, preview(desk, 3_800_000))
    assert approve(desk, allocation_id, status=409)["code"] == "BOOK_CHANGED"
    shown = desk.get(f"allocations/{allocation_id}")
    assert (shown["status"], shown["approval"]["decision"]) == ("PENDING_APPROVAL", None)
    actions = [action for action, _ in audited(desk, allocation_id)]
    assert actions[-3:] == ["COMMIT_APPROVED", "COMMIT_RELEASED", "APPROVAL_REFUSED"]
    assert desk.get("audit/verify")["whole"] is True


def test_an_approval_during_the_emergency_stop_sends_nothing_and_waits_on(desk):
    # R10.13
    allocation_id = waiting(desk)
    desk.post("system/emergency-stop", {"reason": "market disorder"})
    assert approve(desk, allocation_id, status=409)["code"] == "TRADING_HALTED"
    assert (desk.wire.count(POST), status(desk, allocation_id)) == (0, "PENDING_APPROVAL")
    as_user(desk, THIRD, "POST", "system/emergency-stop/reset", json={"reason": "orderly again"})
    assert approve(desk, allocation_id)["status"] == "SUCCESS"


# --- races and deaths ---------------------------------------------------------------------------------------


def at_once(*works):
    barrier = Barrier(len(works))

    def start(work):
        barrier.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(start, works))


def posting(desk, username, path, body):
    """A request that is ready to be sent by another thread; it gives the status."""
    headers = {"Authorization": f"Bearer {desk.login(username)['access_token']}"}
    client = desk.app.test_client()
    return lambda: answered(lambda: client.post(f"/v1/{path}", json=body, headers=headers)).status_code


def test_of_two_who_approve_at_once_one_sends_one_order(pair):
    # R10.13
    first, second = pair
    make_traders(first, OTHER, THIRD)
    allocation_id = waiting(first)
    path = f"allocations/{allocation_id}/approve"
    answers = at_once(posting(first, OTHER, path, {}), posting(second, THIRD, path, {}))
    assert sorted(answers) == [200, 409]
    assert first.wire.count(POST) == 1
    check_one_order(first, allocation_id)


def test_of_an_approval_and_a_rejection_at_once_one_holds(pair):
    # R10.13
    first, second = pair
    make_traders(first, OTHER, THIRD)
    for _ in range(3):
        allocation_id = waiting(first)
        path = f"allocations/{allocation_id}"
        sent, rejected = at_once(
            posting(first, OTHER, f"{path}/approve", {}),
            posting(second, THIRD, f"{path}/reject", {"reason": "no"}),
        )
        assert sorted((sent, rejected)) == [200, 409]
        expected = "SUBMITTED" if sent == 200 else "REJECTED"
        assert status(first, allocation_id) == expected


@pytest.mark.parametrize("at", ["before", "after"])
def test_an_approval_whose_process_dies_is_finished_by_the_next(pair, at):
    # R10.13
    dying, survivor = pair
    allocation_id = waiting(survivor)
    saga.die_in(dying, lambda: approve(dying, allocation_id), at=at)
    assert saga.row(survivor, allocation_id).status == "COMMITTING"
    survivor.clock.ahead += LEASE
    settle(survivor)
    check_one_order(survivor, allocation_id)
    assert survivor.wire.count(POST) == 1
    (record,) = records(survivor, allocation_id)
    assert (record["username"], record["after"]["approved_by"]) == ("demo_user", OTHER)


def test_recovery_sends_nothing_for_an_approving_user_who_may_not_any_more(pair):
    # R10.13
    dying, survivor = pair
    allocation_id = waiting(survivor)
    saga.die_in(dying, lambda: approve(dying, allocation_id), at="before")
    hold(survivor, OTHER, Permission.ALLOCATIONS_READ)
    survivor.clock.ahead += LEASE
    settle(survivor)
    assert (survivor.wire.count(POST), status(survivor, allocation_id)) == (0, "FAILED")


def test_recovery_sends_nothing_that_needs_an_approval_by_now(pair, tmp_path):
    """A commit that was interrupted before the desk asked for approvals is not sent without one."""
    desk = pair[0]
    dying = saga.joined(desk, tmp_path, APPROVAL_ABOVE_NOTIONAL="")
    allocation_id = preview(dying, LARGE)
    saga.die(dying, allocation_id, at="before")
    desk.clock.ahead += LEASE
    settle(desk)
    assert (desk.wire.count(POST), status(desk, allocation_id)) == (0, "FAILED")


def test_a_repeated_request_under_its_key_is_decided_once(desk):
    allocation_id = preview(desk, LARGE)
    headers = {"Idempotency-Key": "commit-1"}
    path = f"allocations/{allocation_id}"
    first = desk.call("POST", f"{path}/commit", json={}, headers=headers)
    assert desk.call("POST", f"{path}/commit", json={}, headers=headers) == first
    key = {"Idempotency-Key": "approve-1"}
    done = ask(desk, OTHER, f"{path}/approve", headers=key)
    assert ask(desk, OTHER, f"{path}/approve", headers=key) == done
    assert desk.wire.count(POST) == 1


# --- approvals of warnings ----------------------------------------------------------------------------------


def test_warnings_are_reviewed_by_both_users(tmp_path):
    # R10.12, R10.13
    (desk,) = saga.desks(tmp_path, 1, APPROVAL_FOR_WARNINGS="true")
    assert commit(desk, preview(desk, 380_000))["status"] == "SUCCESS"
    far = desk.preview(saga.BOND, 380_000, groups=["GOLDEN"], order={"price": 90.0})
    (warning,) = far["warnings"]
    seen = {"acknowledge": [warning["warning_id"]]}
    done = commit(desk, far["allocation_id"], **seen)
    assert done["status"] == "PENDING_APPROVAL"
    shown = desk.get(f"allocations/{far['allocation_id']}")["approval"]
    assert shown["needed_for"] == ["WARNINGS"]
    refused = approve(desk, far["allocation_id"], status=409)
    assert (refused["code"], len(refused["warnings"])) == ("WARNINGS_NOT_OVERRIDDEN", 1)
    done = approve(desk, far["allocation_id"], **seen)
    assert done["status"] == "SUCCESS"
    assert [a["acknowledged_by"] for a in done["acknowledged_warnings"]] == ["demo_user", OTHER]
