"""Brings the schema of the database in the settings up to date: `python -m app migrate`."""

from __future__ import annotations

import sys

import click
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from app.core.config import SettingsError, load_settings
from app.core.database import Database
from app.core.migrate import upgrade


@click.command()
def command() -> None:
    """Bring the schema of the database in the settings up to date."""
    try:
        upgrade(Database(load_settings().database_url))
    except (SettingsError, SQLAlchemyError, CommandError, OSError) as error:
        sys.exit(f"Cannot migrate: {str(error).splitlines()[0]}")
