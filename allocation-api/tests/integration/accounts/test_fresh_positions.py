"""Positions are kept for ordinary readers, and never across an attempt of ours to write an order."""

from __future__ import annotations

import json

import pytest

from app.services.visibility.visibility import EVERYTHING
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire

BOND = json.loads(GOLDEN_BOOK.read_text())["securities"][0]["cusip"]
POST, CANCEL, FILTER = "/order:post", "/order:cancel", "/orders:filter"


@pytest.fixture
def wire():
    return FaultyWire.over(GOLDEN_BOOK)


@pytest.fixture
def desk(tmp_path, wire):
    """A desk that keeps what it has read for an hour."""
    hour = {"ALADDIN_POSITIONS_CACHE_SECONDS": "3600", "ALADDIN_REFERENCE_CACHE_SECONDS": "3600"}
    return Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire, **hour)


def cash(desk):
    return sum(account.cash for account in desk.services.accounts.groups.accounts("GOLDEN", EVERYTHING))


def commit(desk, status=200):
    found = desk.preview(BOND, 3_800_000, groups=["GOLDEN"])
    return desk.post(f"allocations/{found['allocation_id']}/commit", status=status)


@pytest.mark.parametrize(
    ("faults", "status"),
    [({}, 200), ({POST: "lost"}, 200), ({POST: "lost", FILTER: "away"}, 503)],
    ids=["answered", "found again", "outcome unknown"],
)
def test_whoever_reads_after_our_order_sees_it(desk, wire, faults, status):
    before = cash(desk)
    wire.faults.update(faults)
    commit(desk, status)
    wire.faults.clear()
    assert cash(desk) < before - 3_000_000


def test_whoever_reads_after_our_cancellation_sees_it(desk, wire):
    before = cash(desk)
    (order_id,) = commit(desk)["aladdin_order_ids"]
    assert cash(desk) < before
    wire.faults[CANCEL] = "lost"
    desk.call("DELETE", f"orders/{order_id}", status=503, json={"reason": "PM withdrew"})
    assert cash(desk) == before


def test_an_order_is_checked_against_the_book_as_it_is_though_readers_have_an_older_one(desk, wire):
    found = desk.preview(BOND, 3_800_000, groups=["GOLDEN"])
    wire.edits["/position"] = lambda rows: [row.update(cashComputed=0) for row in rows]
    assert cash(desk) > 3_800_000
    refused = desk.post(f"allocations/{found['allocation_id']}/commit", status=409)
    assert refused["code"] == "BOOK_CHANGED"
    assert wire.count(POST) == 0
