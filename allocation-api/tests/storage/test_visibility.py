"""Visibility as SQL conditions, on every database, beside what sets of groups say."""

from __future__ import annotations

from itertools import combinations

import pytest
from sqlalchemy import select

from app.models import (
    AllocationGroupRow,
    AllocationRow,
    AuditRow,
    ComparisonGroupRow,
    ComparisonRow,
    OrderRow,
)
from app.services.audit.visible import records
from app.services.visibility import rows
from app.services.visibility.visibility import EVERYTHING, Visibility
from tests.storage.rows import MOMENT, allocation, order

GROUPS = ("A", "B", "C")
ASKED = [asked for size in range(4) for asked in combinations(GROUPS, size)]
"""Every set of groups that something may have been asked for; one was stored without any."""


def name(asked):
    return "".join(asked) or "none"


def comparison(key):
    return {
        "id": key,
        "created_at": MOMENT,
        "expires_at": MOMENT,
        "user_id": "u",
        "username": "ann",
        "request_id": "r",
        "security_id": "S",
        "side": "BUY",
        "engine_version": "1",
        "snapshot_sha256": "0" * 64,
        "snapshot": "{}",
        "results": "[]",
    }


def record(key, entity_type, entity_id):
    return AuditRow(
        id=key,
        at=MOMENT,
        user_id="u",
        username="ann",
        action="PREVIEW",
        entity_type=entity_type,
        entity_id=entity_id,
        request_id="r",
        day="2026-06-30",
        sequence=1,
        previous_hash="0" * 64,
        hash="0" * 64,
    )


@pytest.fixture
def stored(database):
    """One of everything for every set of groups, each under the name of its set."""
    with database.write() as session:
        session.add_all(AllocationRow(**allocation(id=name(asked))) for asked in ASKED)
        session.add_all(ComparisonRow(**comparison(name(asked))) for asked in ASKED)
        session.flush()
        for asked in ASKED:
            key = name(asked)
            session.add_all(AllocationGroupRow(allocation_id=key, group_id=g) for g in asked)
            session.add_all(ComparisonGroupRow(comparison_id=key, group_id=g) for g in asked)
            session.add(OrderRow(**order(key, order_id=f"o-{key}")))
            session.add(record(f"a-{key}", "allocation", key))
            session.add(record(f"o-{key}", "order", f"o-{key}"))
            session.add(record(f"c-{key}", "comparison", key))
        for kind, thing in [
            ("user", "ann"),
            ("user", "bob"),
            ("limits", "desk"),
            ("security", "S"),
            ("new", "ann"),
        ]:
            session.add(record(f"{kind}-{thing}", kind, thing))
    return database


def found(database, column, conditions):
    with database.read() as session:
        return set(session.scalars(select(column).where(*conditions)))


@pytest.mark.parametrize("seen", [{"A"}, {"A", "B"}, {"D"}, set(), {"A", "B", "C", "D"}])
def test_what_was_asked_for_visible_groups_alone_is_visible(stored, seen):
    visible = Visibility(frozenset(seen), frozenset(), "u", "ann")
    wanted = {name(asked) for asked in ASKED if asked and set(asked) <= seen}
    assert found(stored, AllocationRow.id, rows.allocations(visible)) == wanted
    assert found(stored, ComparisonRow.id, rows.comparisons(visible)) == wanted
    assert found(stored, OrderRow.order_id, rows.orders(visible)) == {f"o-{key}" for key in wanted}
    things = {f"{kind}-{key}" for kind in "aoc" for key in wanted}
    assert found(stored, AuditRow.id, records(visible)) == things | {"user-ann"}


def test_a_user_who_sees_everything_has_no_conditions():
    assert rows.allocations(EVERYTHING) == rows.orders(EVERYTHING) == rows.comparisons(EVERYTHING) == ()
    assert records(EVERYTHING) == ()
