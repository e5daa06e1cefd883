"""The history of allocations as a page of it is read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.statements import sent_by
from tests.support.stored_allocations import AT, add_allocation, line


@pytest.fixture
def stored(golden_desk):
    """Three allocations, whose groups have blanks in their ids, and begin alike."""
    groups = {"first": ("CORE FI",), "second": ("FI", "CORE", "CORE FI"), "third": ("CORE",)}
    with golden_desk.services.database.write() as session:
        for i, (name, ids) in enumerate(groups.items()):
            add_allocation(session, name, {"A": line(1_000)}, at=AT + timedelta(minutes=i), groups=ids)
    return golden_desk


def groups_of(desk, **query):
    found = desk.get("allocations", **query)["allocations"]
    return {a["allocation_id"]: a["portfolio_groups"] for a in found}


def test_a_group_with_a_blank_in_its_id_comes_back_as_one(stored):
    assert groups_of(stored) == {
        "third": ["CORE"],
        "second": ["CORE", "CORE FI", "FI"],
        "first": ["CORE FI"],
    }
    assert list(groups_of(stored, group_id="CORE FI")) == ["second", "first"]
    assert list(groups_of(stored, group_id="CORE")) == ["third", "second"]


def test_a_longer_page_takes_no_more_statements(stored):
    said = sent_by(stored.services.database.engine)
    counts = []
    for limit in (1, 3):
        said.clear()
        assert len(groups_of(stored, limit=limit)) == limit
        counts.append(len(said))
    assert counts[0] == counts[1]
