"""Brings the schema of the database in the settings up to date: `python -m app migrate`."""

from __future__ import annotations

import click

from app.cli.kit.refusals import refusals
from app.core.config import load_settings
from app.core.database import Database
from app.core.migrate import upgrade


@click.command()
def command() -> None:
    """Bring the schema of the database in the settings up to date."""
    with refusals("migrate"):
        upgrade(Database(load_settings().database_url))
