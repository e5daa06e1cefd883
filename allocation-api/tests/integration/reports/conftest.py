"""A database of stored allocations, for tests of reports."""

from __future__ import annotations

import pytest

from tests.support.databases import migrated
from tests.support.stored_allocations import add_allocation


@pytest.fixture
def database(tmp_path):
    found = migrated(f"sqlite:///{tmp_path / 'test.db'}")
    yield found
    found.close()


@pytest.fixture
def add(database):
    def made(name, lines, **other):
        with database.write() as session:
            add_allocation(session, name, lines, **other)

    return made
