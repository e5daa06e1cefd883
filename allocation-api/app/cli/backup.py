"""Copies the embedded database while the service runs: `python -m app backup FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.core.backup import back_up, database_file
from app.core.config import SettingsError, load_settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def command(file: Path, force: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Copy the embedded database to FILE while it is in use, and check the copy."""
    try:
        found = back_up(database_file(load_settings().database_url), file, replace=force)
    except (SettingsError, OSError) as error:
        click.echo(f"Cannot back up: {error}", err=True)
        sys.exit(1)
    click.echo(f"{file}: {found.text}")
