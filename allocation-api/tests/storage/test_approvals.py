"""Approvals and settlements by several users at once, on each database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from tests.storage.conftest import database_of
from tests.support import saga
from tests.support.databases import migrated
from tests.support.deciding import OTHER, THIRD, THRESHOLD, approve, ask, make_traders, reject, waiting
from tests.support.saga import FILTER, POST, at_vendor, commit, preview, records, settle, status
from tests.support.waiting import answered


@pytest.fixture
def pair(tmp_path, database_url):
    """Two processes on one database and one vendor, whose desk has a threshold."""
    migrated(database_url).close()
    found = saga.desks(tmp_path, DATABASE_URL=database_url, APPROVAL_ABOVE_NOTIONAL=THRESHOLD)
    make_traders(found[0], OTHER, THIRD)
    yield found
    for desk in found:
        database_of(desk).close()


def at_once(requests):
    """Send requests at the same time, each with its desk, user, path and body; return their statuses."""
    tokens = [desk.login(username)["access_token"] for desk, username, _, _ in requests]
    barrier = Barrier(len(requests))

    def send(request, token):
        desk, _, path, body = request
        client = desk.app.test_client()
        barrier.wait()
        headers = {"Authorization": f"Bearer {token}"}
        return answered(lambda: client.post(f"/v1/{path}", json=body, headers=headers)).status_code

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests, tokens))


def test_an_approval_holds_on_each_database(pair):
    # R10.12, R10.13
    first, second = pair
    taken_back = waiting(first)
    ask(second, "demo_user", f"allocations/{taken_back}/withdraw")
    refused = waiting(first)
    assert reject(second, refused)["status"] == "REJECTED"
    sent = waiting(first)
    assert approve(second, sent)["status"] == "SUCCESS"
    late = waiting(first)
    first.clock.ahead += timedelta(minutes=16)
    first.services.periodic.do("expire")
    assert approve(second, late, status=409)["code"] == "PREVIEW_EXPIRED"
    found = [saga.row(first, allocation_id).status for allocation_id in (taken_back, refused, sent, late)]
    assert found == ["EXPIRED", "REJECTED", "SUBMITTED", "EXPIRED"]
    assert first.wire.count(POST) == 1
    saga.check_one_order(first, sent)


def test_of_many_who_decide_at_once_one_holds(pair):
    # R10.13
    first, second = pair
    allocation_id = waiting(first)
    path = f"allocations/{allocation_id}"
    answers = at_once(
        [
            (first, OTHER, f"{path}/approve", {}),
            (second, THIRD, f"{path}/approve", {}),
            (second, THIRD, f"{path}/reject", {"reason": "no"}),
            (first, "demo_user", f"{path}/withdraw", {}),
        ]
    )
    assert sorted(answers) == [200, 409, 409, 409]
    holds = answers.index(200)
    assert status(first, allocation_id) == ("SUBMITTED", "SUBMITTED", "REJECTED", "PREVIEWED")[holds]
    assert first.wire.count(POST) == (1 if holds < 2 else 0)
    assert first.get("audit/verify")["whole"] is True


def test_an_approval_that_nobody_finished_is_finished_by_recovery(pair):
    # R10.13
    dying, survivor = pair
    allocation_id = waiting(survivor)
    saga.die_in(dying, lambda: approve(dying, allocation_id), at="before")
    assert saga.row(survivor, allocation_id).status == "COMMITTING"
    survivor.clock.ahead += saga.LEASE
    settle(survivor)
    assert status(survivor, allocation_id) == "SUBMITTED"
    assert survivor.wire.count(POST) == 1
    (record,) = records(survivor, allocation_id)
    assert record["after"]["approved_by"] == OTHER


def test_two_users_settle_what_is_unknown(pair):
    # R10.14
    first, second = pair
    allocation_id = preview(first)
    first.wire.faults = {POST: "lost", FILTER: "away"}
    commit(first, allocation_id, status=503)
    first.wire.faults = {}
    first.clock.ahead += saga.LEASE
    path = f"allocations/{allocation_id}/settle"
    word = {"outcome": "SENT", "order_id": at_vendor(first, allocation_id).order_id, "reason": "seen"}
    proposals = at_once([(first, OTHER, path, word), (second, THIRD, path, word)])
    if sorted(proposals) == [200, 409]:  # both proposed at once, and one was first
        loser = (OTHER, THIRD)[proposals.index(409)]
        ask(second, loser, path, word)
    assert status(first, allocation_id) == "SUBMITTED"
    assert len(records(first, allocation_id, "SETTLEMENT_PROPOSED")) == 1
    saga.check_one_order(first, allocation_id)
