"""Replay of joint splits: faces stay, what they come to and what is proved is computed anew (R17.7)."""

from __future__ import annotations

import json

import msgspec
import pytest
from sqlalchemy import update

from app.models import AllocationRow, BlotterJointRow
from app.services.allocations import snapshot
from app.services.allocations.types import PreviewInputs
from tests.support.blotters import blotter, line
from tests.support.joint_desk import LONG, LOT, SHORT, joint_desk, joint_line

TEN = [joint_line(SHORT, 10 * LOT), joint_line(LONG, 10 * LOT)]


@pytest.fixture
def desk(tmp_path):
    return joint_desk(tmp_path)


@pytest.fixture
def shown(desk):
    return blotter(desk, *TEN, joint=True)


def replayed(desk, shown):
    return desk.post(f"blotters/{shown['blotter_id']}/replay")


def change(desk, shown, column, edit):
    """Change a stored document, in the same form."""

    def work(session):
        row = session.get(BlotterJointRow, shown["blotter_id"])
        setattr(row, column, edited(getattr(row, column), edit))

    desk.services.database.retried(work)


def edited(text, edit):
    found = json.loads(text)
    edit(found)
    return msgspec.json.encode(found, order="deterministic").decode()


def test_an_untouched_split_is_confirmed(desk, shown):
    found = replayed(desk, shown)
    assert (found["confirmed"], found["differences"]) == (True, [])
    assert found["std_dev"] == pytest.approx(shown["joint"]["std_dev"], abs=1e-12)
    assert found["lower_bound"] == pytest.approx(shown["joint"]["lower_bound"], abs=1e-6)
    assert 0 < found["std_dev_tolerance"] < 1e-8
    assert 0 < found["bound_tolerance"] < 1e-7


def test_a_blotter_that_is_not_split_at_once_has_nothing_to_replay(desk):
    other = blotter(desk, line("BUY", LOT))
    assert desk.post(f"blotters/{other['blotter_id']}/replay", status=409)["code"] == "CONFLICT"


def test_a_split_that_failed_is_confirmed_without_a_proof(desk):
    found = replayed(desk, blotter(desk, joint_line("000000000", LOT), joint=True))
    assert (found["confirmed"], found["std_dev"]) == (True, None)


def swapped(solution):
    first, second = (line["faces"] for line in solution["solved"])
    first["ACC001"], second["ACC001"] = first.get("ACC001", 0) + LOT, second.get("ACC001", 0) - LOT


DIGEST = "record: its bytes do not have the recorded SHA-256"


@pytest.mark.parametrize(
    ("column", "edit", "words"),
    [
        ("problem", lambda found: found["metric"].__setitem__(0, 5.0), "std_dev_before: stored 0.84"),
        ("problem", lambda found: found["lines"][0]["cap"].__setitem__(1, 0), "an amount that its account"),
        ("problem", lambda found: found["limits"][0]["room"].__setitem__(1, "1"), "past a limit"),
        ("problem", lambda found: found.pop("nav"), "nav"),
        (
            "solution",
            lambda found: found["solved"][0]["faces"].clear(),
            "line 1: its preview has other faces",
        ),
        ("solution", lambda found: found["solved"].pop(), "line 2: its preview is of no joint split"),
        ("solution", swapped, "line 2: its preview has other faces"),
        ("outcome", lambda found: found.update(std_dev=0.1), "std_dev: stored 0.1,"),
        ("outcome", lambda found: found.update(lower_bound=0.01), "lower_bound: stored 0.01,"),
        ("outcome", lambda found: found.update(lower_bound=0.9), "lower_bound: stored 0.9, above what"),
    ],
)
def test_what_was_changed_is_found(desk, shown, column, edit, words):
    change(desk, shown, column, edit)
    found = replayed(desk, shown)
    assert found["confirmed"] is False
    assert found["differences"][0] == DIGEST
    assert any(words in difference for difference in found["differences"][1:]), found["differences"]


def test_a_change_with_its_own_sha256_is_found_by_the_previews(desk, shown):
    """Who rewrites the record with its hash has the snapshots of the lines against him."""
    change(desk, shown, "outcome", lambda found: found.update(saved_std_dev=9.0))

    def rehash(session):
        row = session.get(BlotterJointRow, shown["blotter_id"])
        row.sha256 = snapshot.digest(f"{row.problem}\n{row.solution}\n{row.outcome}")

    desk.services.database.retried(rehash)
    found = replayed(desk, shown)
    assert [difference.split(":")[0] for difference in found["differences"]] == ["line 1", "line 2"]


def test_the_audit_record_of_a_line_names_the_split(desk, shown):
    allocation_id = shown["lines"][0]["allocation_id"]
    (record,) = desk.get("audit", entity_id=allocation_id)["audit_records"]
    assert record["after"]["joint_split_sha256"] == replayed(desk, shown)["split_sha256"]


def faces_of_a_line(desk, shown, edit):
    """Change the faces that a line's snapshot holds, and replay the line."""
    allocation_id = shown["lines"][1]["allocation_id"]

    def work(session):
        taken = session.get(AllocationRow, allocation_id).snapshot
        changed = edited(taken, lambda found: edit(found["joint"]["faces"]))
        session.execute(
            update(AllocationRow).where(AllocationRow.id == allocation_id).values(snapshot=changed)
        )

    desk.services.database.retried(work)
    return desk.post(f"allocations/{allocation_id}/replay")


@pytest.mark.parametrize(
    "faces",
    [
        {"ACC001": 11 * LOT},  # more than the order
        {"ACC001": LOT + 1, "ACC002": 9 * LOT - 1},  # no lots
        {"ACC003": 5 * LOT},  # more than its cash
        {"ACC001": 5 * LOT, "ACC009": 5 * LOT},  # no account of the order
        {"ACC001": 9 * LOT},  # another total
    ],
)
def test_other_faces_in_a_lines_snapshot_are_found(desk, shown, faces):
    found = faces_of_a_line(desk, shown, lambda kept: (kept.clear(), kept.update(faces)))
    assert found["identical"] is False
    assert len(found["differences"]) > 1


def test_snapshots_from_before_joint_splits_are_read(desk):
    made = blotter(desk, line("BUY", LOT))["lines"][0]["allocation_id"]
    with desk.services.database.read() as session:
        taken = session.get(AllocationRow, made).snapshot
    older = edited(taken, lambda found: found.pop("joint"))
    assert snapshot.decode(older, PreviewInputs) == snapshot.decode(taken, PreviewInputs)
