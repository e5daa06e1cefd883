"""Runs migrations on the engine that it is handed, or on the one that the settings name."""

from __future__ import annotations

from alembic import context
from sqlalchemy.engine import Connection

import app.models  # noqa: F401 - fills the metadata
from app.core.config import load_settings
from app.core.database import Base, Database
from app.core.migrate import render_item, schema_change


def run(connection: Connection) -> None:
    """Bring the schema to the wanted revision over one connection."""
    context.configure(connection=connection, target_metadata=Base.metadata, render_item=render_item)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = Database(load_settings().database_url)
    with schema_change(database) as own:
        run(own)
    database.close()
