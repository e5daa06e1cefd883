"""Schema migrations with Alembic; `python -m app migrate` upgrades the database in the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.ddl.impl import DefaultImpl
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from app.core.columns import Exact, UtcDateTime
from app.core.config import API_DIR, SettingsError
from app.core.database import Database


class SnowflakeImpl(DefaultImpl):
    """Alembic knows no Snowflake of its own."""

    __dialect__ = "snowflake"


class NotMigrated(SettingsError):
    """The schema of the database is not the one that this version of the service works with."""


def prepare(database: Database) -> None:
    """Upgrade the embedded database; check that the schema of a server is up to date.

    A server is not upgraded by a start: other processes of an earlier version may be working on it.

    Raises
    ------
    NotMigrated
        When it is not.
    """
    if database.engine.dialect.name == "sqlite":
        upgrade(database)
    else:
        require_head(database)


def require_head(database: Database) -> None:
    """Check that every migration has been run.

    Raises
    ------
    NotMigrated
        When one has not, or the database is of a later version.
    """
    with database.engine.connect() as connection:
        revision = _known_revision(connection)
    head = _scripts().get_current_head()
    if revision != head:
        state = f"has schema {revision}" if revision else "has no schema yet"
        raise NotMigrated(f"the database in DATABASE_URL {state}, and {head} is needed: run make migrate")


def _known_revision(connection: Connection) -> str | None:
    """Return the revision of the schema, None before the first; refuse one of a later version."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and revision not in known_revisions():
        raise NotMigrated(
            f"the database in DATABASE_URL is of a later version of this service: it has schema {revision}, "
            f"and this version knows up to {_scripts().get_current_head()}"
        )
    return revision


def known_revisions() -> frozenset[str]:
    """Return the revisions of the schema that this version of the service can bring up to date."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


@cache  # readiness asks again and again, and the migrations of a running process stay as they are
def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(API_DIR / "migrations"))


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the pending migrations, in one transaction where the database supports it.

    Safe to run in several processes at once on SQLite: each takes the write lock first.

    Raises
    ------
    NotMigrated
        When the database is of a later version.
    """
    with schema_change(database) as connection:
        _known_revision(connection)
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Revert the migrations after a revision."""
    with schema_change(database) as connection:
        command.downgrade(_config(connection), revision)


@contextmanager
def schema_change(database: Database) -> Iterator[Connection]:
    """Yield a connection in a transaction in which tables may be replaced.

    SQLite cannot replace a table while foreign keys are enforced, so they are checked at the end instead.

    Raises
    ------
    IntegrityError
        When a foreign key is violated at the end.
    """
    with database.engine.execution_options(immediate=True).connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:  # by the driver, because the pragma has no effect within a transaction
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if is_sqlite and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise IntegrityError(
                        "a migration left rows whose foreign key refers to none", None, Exception(*lost)
                    )
        finally:
            if is_sqlite:
                connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Render a column type for a new migration, or False for Alembic's own way.

    A migration names the types of the database, never ours: it must do the same when ours have changed.
    """
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, Exact):
        return f'sa.Numeric({item.precision}, {item.scale}).with_variant(sa.Text(), "sqlite")'
    return False


def _config(connection: Connection) -> Config:
    config = Config(str(API_DIR / "alembic.ini"))
    config.attributes["connection"] = connection
    return config
