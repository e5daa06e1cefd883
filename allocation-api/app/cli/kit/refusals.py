"""How a command says what is refused: a line for each fault on standard error, and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from alembic.util import CommandError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from app.core.config import SettingsError
from app.core.database import Database
from app.core.errors import AllocatorError
from app.core.migrate import require_head

REFUSED = 1
"""Exit status of a command that did nothing."""


@contextmanager
def refusals(cannot: str, status: int = REFUSED) -> Iterator[None]:
    """Say what is expected to go wrong, and exit with a status; `cannot` is what could not be done."""
    try:
        yield
    except AllocatorError as error:
        lines = [f"{found.field}: {found.message}" for found in error.errors] or [error.detail]
        lines = [f"Refused: {line}" for line in lines]
    except (SettingsError, SQLAlchemyError, CommandError, OSError) as error:
        lines = [f"Cannot {cannot}: {str(error).splitlines()[0]}"]
    else:
        return
    click.echo("\n".join(lines), err=True)
    sys.exit(status)


@contextmanager
def present_database(url: str) -> Iterator[Database]:
    """Yield the database of a URL, which must be there and up to date; close it at the end.

    A command that reads makes no database: of a URL with a slip it would report an empty desk.

    Raises
    ------
    SettingsError
        When there is none, or its schema is of another version.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        raise SettingsError(
            f"there is no database {parsed.database}: check DATABASE_URL, or run make migrate"
        )
    database = Database(url)
    try:
        require_head(database)
        yield database
    finally:
        database.close()
