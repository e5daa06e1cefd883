"""Databases with all tables: embedded ones are copies of a template, made once in each process."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url

from app.core import migrate
from app.core.database import Database


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
    database = Database(prepare(url), **how)
    migrate.upgrade(database)
    return database
