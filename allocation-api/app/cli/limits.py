"""Records the compliance limits of the database in the audit trail: `python -m app.cli.limits USER COMMENT`.

Limits are set in the database. After a change this says who made it and why; until then verification
finds it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import utc_now
from app.core.config import SettingsError, load_settings
from app.core.database import Database
from app.services.audit.trail import AuditService


def main(arguments: Sequence[str] | None = None) -> None:
    """Record the limits, or say in one line why they cannot be recorded."""
    parser = argparse.ArgumentParser(prog="python -m app.cli.limits", description=__doc__)
    parser.add_argument("user", help="who changed them")
    parser.add_argument("comment", help="why")
    given = parser.parse_args(arguments)
    try:
        database = Database(load_settings().database_url)
        audit = AuditService(database, utc_now)
        record = database.retried(lambda session: audit.record_limits(session, given.comment, given.user))
        database.close()
    except (SettingsError, SQLAlchemyError) as error:
        sys.exit(f"Cannot record the limits: {str(error).splitlines()[0]}")
    print(f"The limits are recorded: {record}")  # noqa: T201


if __name__ == "__main__":
    main()
