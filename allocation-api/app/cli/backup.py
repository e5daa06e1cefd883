"""Copies the embedded database while the service runs: `python -m app backup FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.kit.refusals import refusals
from app.core.backup import back_up, database_file
from app.core.config import load_settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def command(file: Path, force: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Copy the embedded database to FILE while it is in use, and check the copy."""
    with refusals("back up"):
        found = back_up(database_file(load_settings().database_url), file, replace=force)
    click.echo(f"{file}: {found.text}")
