"""Brings the schema of the database in the settings up to date: `python -m app.cli.migrate`."""

from __future__ import annotations

import sys

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from app.core.config import SettingsError, load_settings
from app.core.database import Database
from app.core.migrate import upgrade


def main() -> None:
    """Run the outstanding migrations, or say in one line why they cannot be run."""
    try:
        upgrade(Database(load_settings().database_url))
    except (SettingsError, SQLAlchemyError, CommandError, OSError) as error:
        sys.exit(f"Cannot migrate: {str(error).splitlines()[0]}")


if __name__ == "__main__":
    main()
