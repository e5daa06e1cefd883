"""Brings the schema of a database up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from app.core.config import API_DIR
from app.core.database import Database


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the outstanding migrations, in one transaction where the database allows it.

    Several processes may do so at once over an embedded database: each takes the write lock at its start.
    """
    with schema_change(database) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Undo the migrations after a revision."""
    with schema_change(database) as connection:
        command.downgrade(_config(connection), revision)


@contextmanager
def schema_change(database: Database) -> Iterator[Connection]:
    """Give a connection in a transaction of its own, in which tables may be replaced.

    SQLite cannot replace a table while it watches over references to it, so it looks at them at the end.

    Raises
    ------
    IntegrityError
        When a row is left that refers to none.
    """
    with database.engine.execution_options(immediate=True).connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:  # straight to the driver: within a transaction it has no effect
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if is_sqlite and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise IntegrityError("a migration left rows that refer to none", None, Exception(*lost))
        finally:
            if is_sqlite:
                connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def _config(connection: Connection) -> Config:
    config = Config(str(API_DIR / "alembic.ini"))
    config.attributes["connection"] = connection
    return config
