"""A clock that is set back makes no preview hold for longer: what was made in the future is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support import saga
from tests.support.saga import BOND, LEASE, POST, commit, preview, row, settle, status


@pytest.fixture
def desk(tmp_path):
    return saga.desks(tmp_path, count=1)[0]


def set_back(desk, seconds):
    desk.clock.ahead -= timedelta(seconds=seconds)


def listed(desk, stored):
    shown = desk.call("GET", "allocations", query_string={"status": stored})["allocations"]
    return [each["allocation_id"] for each in shown]


def test_a_preview_of_the_future_is_expired_wherever_it_is_seen(desk):
    """R10.2"""
    allocation_id = preview(desk)
    set_back(desk, 3_600)
    assert status(desk, allocation_id) == "EXPIRED"
    assert listed(desk, "EXPIRED") == [allocation_id]
    assert listed(desk, "PREVIEWED") == []
    refused = commit(desk, allocation_id, status=409)
    assert refused["code"] == "PREVIEW_EXPIRED"
    assert "set back" in refused["detail"]
    assert desk.wire.count(POST) == 0


def test_it_holds_again_once_the_clock_is_right(desk):
    allocation_id = preview(desk)
    set_back(desk, 60)
    assert status(desk, allocation_id) == "EXPIRED"
    set_back(desk, -60)
    commit(desk, allocation_id)


def test_the_clocks_of_two_hosts_may_differ_a_little(desk):
    allocation_id = preview(desk)
    set_back(desk, 4)
    commit(desk, allocation_id)


def test_a_comparison_of_the_future_is_expired(desk):
    """R10.9"""
    variant = {"name": "by NAV", "allocation_method": "PRO_RATA"}
    compared = desk.compare(BOND, 3_800_000, variant, groups=["GOLDEN"])
    set_back(desk, 3_600)
    path = f"allocations/compare/{compared['comparison_id']}/choose"
    refused = desk.post(path, {"variant": "by NAV"}, status=409)
    assert refused["code"] == "PREVIEW_EXPIRED"
    assert "set back" in refused["detail"]


def test_recovery_sends_no_preview_of_the_future_again(tmp_path):
    """R10.7"""
    dying, survivor = saga.desks(tmp_path)
    survivor.clock.ahead += timedelta(hours=2)
    left = preview(dying)
    saga.die(dying, left, at="before")
    set_back(survivor, 3_600)
    saga.change_row(survivor, left, settle_after=survivor.clock() - LEASE)
    with survivor.services.database.write() as session:
        session.get(saga.LockRow, "orders").token = None
    settle(survivor)
    assert status(survivor, left) == "FAILED"
    assert survivor.wire.count(POST) == 0


@pytest.mark.parametrize(("lost", "becomes"), [("lost", "SUBMITTED"), ("away", "FAILED")])
def test_an_unknown_outcome_is_settled_one_lease_after_the_clock_was_set_back(desk, lost, becomes):
    """R10.7: neither sooner, because the order may still arrive, nor hours later."""
    allocation_id = preview(desk)
    desk.wire.faults |= {"/order:post": lost, "/orders:filter": "away"}
    commit(desk, allocation_id, status=503)
    desk.wire.faults.clear()
    set_back(desk, 36_000)
    desk.token = desk.login()["access_token"]
    settle(desk)
    assert status(desk, allocation_id) == "UNKNOWN"
    desk.clock.ahead += LEASE - timedelta(seconds=3)
    settle(desk)
    assert status(desk, allocation_id) == "UNKNOWN"
    desk.clock.ahead += timedelta(seconds=3)
    settle(desk)
    assert status(desk, allocation_id) == becomes
    assert desk.wire.count(POST) == 1
    assert desk.get("audit/verify")["whole"] is True


def test_claims_of_this_time_are_left_alone(desk):
    allocation_id = preview(desk)
    desk.wire.faults |= {"/order:post": "lost", "/orders:filter": "away"}
    commit(desk, allocation_id, status=503)
    before = row(desk, allocation_id).settle_after
    set_back(desk, 4)
    settle(desk)
    assert row(desk, allocation_id).settle_after == before
