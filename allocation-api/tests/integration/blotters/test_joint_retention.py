"""Retention of joint splits: they go with the previews made of them, and the trail says so (R17.6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.models import BlotterJointRow
from app.services.audit.verification import verify
from tests.support.blotters import blotter, commit, line
from tests.support.joint_desk import LONG, LOT, SHORT, joint_desk, joint_line

TEN = [joint_line(SHORT, 10 * LOT), joint_line(LONG, 10 * LOT)]


@pytest.fixture
def desk(tmp_path):
    return joint_desk(tmp_path)


def aged(desk):
    """Let the previews of now be erased, and their blotter be forgotten."""
    desk.clock.ahead += desk.settings.allocations.preview_retention + timedelta(days=1)
    desk.token = desk.login()["access_token"]
    for job in ("erase-previews", "forget-blotters"):
        desk.services.periodic.do(job)


def splits(desk):
    with desk.services.database.read() as session:
        return session.query(BlotterJointRow).count()


def erasures(desk):
    return desk.get("audit", entity_type="blotter")["audit_records"]


def test_a_joint_split_goes_with_its_previews_and_the_trail_says_so(desk):
    shown = blotter(desk, *TEN, joint=True)
    (made,) = desk.get("audit", entity_id=shown["lines"][0]["allocation_id"])["audit_records"]
    aged(desk)
    assert splits(desk) == 0
    (record,) = erasures(desk)
    assert (record["action"], record["entity_id"], record["username"]) == (
        "JOINT_SPLIT_ERASED",
        shown["blotter_id"],
        "system",
    )
    assert record["after"] == {
        "retention_days": 30,
        "joint_split_sha256": made["after"]["joint_split_sha256"],
    }
    assert desk.get(f"blotters/{shown['blotter_id']}", status=404)["code"] == "NOT_FOUND"
    with desk.services.database.read() as session:
        assert verify(session, now=desk.clock()).breaks == ()


def test_a_joint_split_of_which_a_line_was_committed_stays_and_is_confirmed(desk):
    shown = blotter(desk, *TEN, joint=True)
    commit(desk, shown["blotter_id"], override_warnings=True)
    aged(desk)
    assert (splits(desk), erasures(desk)) == (1, [])
    assert desk.post(f"blotters/{shown['blotter_id']}/replay")["confirmed"] is True


def test_a_joint_split_that_was_tampered_with_stays_and_holds_no_other_up(desk):
    kept, gone = (blotter(desk, *TEN, joint=True)["blotter_id"] for _ in range(2))

    def work(session):
        session.get(BlotterJointRow, kept).outcome = "{}"

    desk.services.database.retried(work)
    aged(desk)
    assert [record["entity_id"] for record in erasures(desk)] == [gone]
    assert [one["blotter_id"] for one in desk.get("blotters")["blotters"]] == [kept]


def test_a_blotter_without_a_joint_split_leaves_no_such_record(desk):
    blotter(desk, line("BUY", LOT))
    aged(desk)
    assert (desk.get("blotters")["blotters"], erasures(desk)) == ([], [])
