"""Brings the schema of a database up to date."""

from __future__ import annotations

from alembic import command
from alembic.config import Config

from app.core.config import API_DIR, load_settings
from app.core.database import Database


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the outstanding migrations, in one transaction where the database allows it.

    Several processes may do so at once over an embedded database: each takes the write lock at its start.
    """
    config = Config(str(API_DIR / "alembic.ini"))
    with database.engine.execution_options(immediate=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


if __name__ == "__main__":
    upgrade(Database(load_settings().database_url))
