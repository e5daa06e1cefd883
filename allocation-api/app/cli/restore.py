"""Puts a copy in the place of the embedded database: `python -m app restore FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.kit.refusals import refusals
from app.core.backup import database_file, restore
from app.core.clock import utc_now
from app.core.config import load_settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Also replace a database that is newer than FILE.")
def command(file: Path, force: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Put the copy FILE in the place of the embedded database, and keep the old one beside it.

    Stop the service first. Nothing is changed when FILE is damaged or the database is in use.
    """
    with refusals("restore"):
        target = database_file(load_settings().database_url)
        found, kept = restore(file, target, utc_now(), force=force)
    click.echo(f"{target}: {found.text}")
    click.echo("No order is sent until the previews that were open in it have expired")
    if kept is not None:
        click.echo(f"The database before is kept as {kept}")
