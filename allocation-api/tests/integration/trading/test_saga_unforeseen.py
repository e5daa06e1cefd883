"""Something unforeseen is wrong with one stopped commit: it stays UNKNOWN, and the others are settled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support import saga
from tests.support.saga import FILTER, LEASE, POST, check_one_order, preview, records, settle, status


@pytest.fixture
def pair(tmp_path):
    return saga.desks(tmp_path)


@pytest.fixture
def two_left_behind(pair):
    """Two commits whose process died before their orders left, the older one first."""
    dying, survivor = pair
    first, second = preview(dying, 380_000), preview(dying, 380_000)
    saga.die(dying, first, at="before")
    saga.leave_committing_like(dying, first, second)
    survivor.clock.ahead += LEASE
    return first, second


def fails_once(survivor, call):
    """Let one call be carried out and its answer break what reads it, in a way that nobody foresaw."""

    def broken(_answer):
        del survivor.wire.edits[call]
        raise RuntimeError("unforeseen")

    survivor.wire.edits[call] = broken


@pytest.mark.parametrize("column", ["snapshot", "result", "commit_intent"])
@pytest.mark.parametrize("left", ["COMMITTING", "UNKNOWN"])
def test_one_commit_that_cannot_be_read_does_not_keep_the_others(pair, two_left_behind, column, left):
    _, survivor = pair
    first, second = two_left_behind
    stored = saga.row(survivor, first)
    # As long as it is unsettled, its accounts take part in no other commit.
    saga.change_row(survivor, first, status="FAILED")
    settle(survivor)
    assert status(survivor, second) == "SUBMITTED"
    saga.change_row(survivor, first, status=left, **{column: "{}"})
    third = preview(survivor, 380_000)
    saga.change_row(
        survivor,
        third,
        status="COMMITTING",
        commit_intent=stored.commit_intent,
        settle_after=stored.settle_after,
    )
    saga.change_row(survivor, third, expires_at=stored.settle_after)
    for _ in range(2):
        settle(survivor)
        assert saga.row(survivor, first).status == "UNKNOWN"
    assert status(survivor, third) == "FAILED"
    told = records(survivor, first)
    assert len(told) == (1 if left == "COMMITTING" else 0)
    for record in told:
        assert (record["username"], record["before"]) == ("recovery", {"status": "COMMITTING"})
        assert record["after"]["status"] == "UNKNOWN"
        assert "cannot be read" in record["after"]["message"]
    saga.change_row(survivor, first, **{column: getattr(stored, column)})
    settle(survivor)
    check_one_order(survivor, first)


def test_something_unforeseen_about_one_lookup_does_not_end_the_run(pair, two_left_behind):
    _, survivor = pair
    first, second = two_left_behind
    for _ in range(2):
        fails_once(survivor, FILTER)
        settle(survivor)
        assert status(survivor, first) == "UNKNOWN"
    (record,) = records(survivor, first)
    assert "RuntimeError" in record["after"]["message"]
    # The second was looked up each time; it waits for the first, whose accounts are its own.
    assert status(survivor, second) == "UNKNOWN"
    settle(survivor)
    for each in two_left_behind:
        check_one_order(survivor, each)


@pytest.mark.parametrize("left", ["COMMITTING", "UNKNOWN"])
def test_something_unforeseen_after_an_order_left_does_not_end_the_run(pair, two_left_behind, left):
    _, survivor = pair
    first, _ = two_left_behind
    saga.change_row(survivor, first, status=left)
    fails_once(survivor, POST)
    settle(survivor)
    assert status(survivor, first) == "UNKNOWN"
    assert len(records(survivor, first)) == (1 if left == "COMMITTING" else 0)
    assert survivor.wire.count(POST) == 1
    # Nobody looks for what was sent before it must show: the vendor may still hide it.
    survivor.wire.edits[FILTER] = lambda answer: answer["orders"].clear()
    survivor.clock.ahead += timedelta(seconds=90)
    settle(survivor)
    assert status(survivor, first) == "UNKNOWN"
    assert survivor.wire.count(POST) == 1
    survivor.wire.edits.clear()
    survivor.clock.ahead += LEASE
    settle(survivor)
    for each in two_left_behind:
        check_one_order(survivor, each)
    assert survivor.wire.count(POST) == 2
