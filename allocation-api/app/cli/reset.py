"""Deletes the embedded database and the mock desk's journal: `python -m app reset [JOURNAL ...]`.

All go or none. Journals that are named, as that of a simulator on its own, go with them.
"""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.engine import make_url

from app.cli.kit.refusals import refusals
from app.core.backup import check_unused
from app.core.config import Settings, SettingsError, load_settings


@click.command()
@click.argument("journals", nargs=-1, type=click.Path(path_type=Path))
def command(journals: tuple[Path, ...]) -> None:
    """Delete the embedded database and the mock desk's journal, and JOURNALS with them."""
    with refusals("reset"):
        deleted = reset(load_settings(), *journals)
    click.echo("\n".join(f"Deleted {file}" for file in deleted) or "There was nothing to delete")


def reset(settings: Settings, *journals: Path) -> list[Path]:
    """Delete the embedded database, the journal of the mock's orders and others; return what was there.

    Raises
    ------
    SettingsError
        If it is not a mock desk's embedded database, or a process uses it. Then nothing is deleted.
    """
    if not (settings.is_development and settings.aladdin.mock):
        raise SettingsError("only a mock desk in development (FLASK_ENV, MOCK_ALADDIN_DATA) can be reset")
    if not settings.is_sqlite:
        raise SettingsError(
            "DATABASE_URL is a database server's. Drop that database and create it anew, delete "
            f"{settings.aladdin.journal or 'no journal'}, then run make migrate"
        )
    named = (Path(str(make_url(settings.database_url).database)), settings.aladdin.journal, *journals)
    files = [file for file in named if file is not None and file.exists()]
    for file in files:
        check_unused(file)
    for file in files:
        for ending in ("", "-wal", "-shm"):
            Path(f"{file}{ending}").unlink(missing_ok=True)
    return files
