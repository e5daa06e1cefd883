"""Databases with all tables: copies of a template, which is made once in each process and on each server."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url

from app.core import migrate
from app.core.database import Database

SERVERS_THAT_COPY = {}
"""Database servers of the tests by port."""

TEMPLATE = "template_migrated"


@event.listens_for(Engine, "engine_connect")
def _leave_syncing_to_the_system(connection: Connection):
    """Wait for no disk: a process that dies loses nothing by it, and no test cuts the power."""
    if connection.dialect.name == "sqlite" and not connection.info.get("unsynced"):
        connection.connection.driver_connection.execute("PRAGMA synchronous=OFF")
        connection.info["unsynced"] = True


@cache
def template():
    """The bytes of an embedded database on which all migrations have run."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "template.db"
        database = Database(f"sqlite:///{file}")
        migrate.upgrade(database)
        database.close()
        return file.read_bytes()


def prepare(url):
    """Put the template where the URL names an embedded database that is not there yet; return the URL."""
    found = make_url(url)
    if found.get_backend_name() == "sqlite" and not Path(found.database).exists():
        Path(found.database).write_bytes(template())
    return url


def migrated(url, **how):
    """A database with all tables; `how` goes to `Database`."""
    fill(prepare(url))
    database = Database(url, **how)
    migrate.upgrade(database)
    return database


def fill(url):
    """Copy the template of its server into an empty database: to run all migrations takes seconds there."""
    found = make_url(url)
    server = SERVERS_THAT_COPY.get(found.port)
    if server is not None and not _has_tables(url):
        _make_template(server)
        server.copy(TEMPLATE, found.database.partition("/")[0])


def _has_tables(url):
    database = Database(url)
    with database.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    database.close()
    return revision is not None


@cache
def _make_template(server):
    database = Database(server.url_of(TEMPLATE))
    migrate.upgrade(database)
    database.close()
