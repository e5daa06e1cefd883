"""The three databases. Servers are started when the first test asks for them, and end with the tests."""

from __future__ import annotations

import itertools
import os

import pytest

from app.core.database import Database
from tests.storage import servers
from tests.support.databases import SERVERS_THAT_COPY, migrated
from tests.support.desk import GOLDEN_BOOK, Desk

SERVERS = ("postgresql", "snowflake")
KINDS = ("sqlite", *SERVERS)
_numbers = itertools.count(1)


def started(manager):
    """Start a server; where that cannot be, skip, or fail when `REQUIRE_DATABASES` is set."""
    try:
        return manager.__enter__()
    except servers.Unavailable as missing:
        if os.environ.get("REQUIRE_DATABASES") == "1":
            pytest.fail(f"REQUIRE_DATABASES is set, but {missing}", pytrace=False)
        pytest.skip(str(missing))


def server_of(kind, folder):
    return servers.sqlite(folder) if kind == "sqlite" else getattr(servers, kind)()


def pytest_collection_modifyitems(items):
    """Mark what asks a server that has to be started: it takes long."""
    for item in items:
        if hasattr(item, "callspec") and item.callspec.params.get("server") in SERVERS:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def running():
    """The servers that run, with what ends them, by kind: each is started once for all files."""
    found = {}
    yield found
    for _, manager in found.values():
        manager.__exit__(None, None, None)
    SERVERS_THAT_COPY.clear()


@pytest.fixture(scope="session", params=KINDS)
def server(request, running, tmp_path_factory):
    """Each of the three servers in turn."""
    if request.param not in running:
        manager = server_of(request.param, tmp_path_factory.mktemp(request.param))
        running[request.param] = started(manager), manager
    found, _ = running[request.param]
    if found.copy is not None:
        SERVERS_THAT_COPY[found.port] = found
    return found


@pytest.fixture
def database_url(server):
    """A new, empty database."""
    return server.url_of(f"test_{next(_numbers)}")


@pytest.fixture
def empty(database_url):
    """A new database without tables."""
    found = Database(database_url)
    yield found
    found.close()


@pytest.fixture
def database(database_url):
    """A new database with all tables."""
    found = migrated(database_url)
    yield found
    found.close()


@pytest.fixture
def another(database, database_url):
    """The same database as another process would have it: over connections of its own."""
    found = Database(database_url)
    yield found
    found.close()


def desk_on(folder, url, scenario):
    """A desk on a database that is brought up to date first."""
    migrated(url).close()
    return Desk(folder, scenario=scenario, DATABASE_URL=url)


def database_of(desk):
    return desk.services.database


@pytest.fixture
def desk(tmp_path, database_url):
    """A desk on the four-account book of the allocation rules."""
    made = desk_on(tmp_path, database_url, GOLDEN_BOOK)
    yield made
    database_of(made).close()


@pytest.fixture(scope="module")
def large_desk(server, tmp_path_factory):
    """A desk of a thousand accounts, and its database."""
    url = server.url_of(f"large_{next(_numbers)}")
    made = desk_on(tmp_path_factory.mktemp("large"), url, "large_portfolio")
    yield made, database_of(made)
    database_of(made).close()
