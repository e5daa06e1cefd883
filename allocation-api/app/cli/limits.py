"""Records the compliance limits of the database in the audit trail: `python -m app limits USER COMMENT`.

Limits are set in the database. After a change this says who made it and why; until then verification
finds it.
"""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import utc_now
from app.core.config import SettingsError, load_settings
from app.core.database import Database
from app.services.audit.trail import AuditService
from app.utils.text import unseen_character


@click.command()
@click.argument("user")
@click.argument("comment")
def command(user: str, comment: str) -> None:
    """Record the compliance limits of the database in the audit trail.

    USER is who changed them, COMMENT why.
    """
    unseen = unseen_character(f"{user}{comment}")
    if unseen is not None:
        sys.exit(f"The character {unseen} is not allowed: it does not show, or moves others")
    try:
        database = Database(load_settings().database_url)
        audit = AuditService(database, utc_now)
        record = database.retried(lambda session: audit.record_limits(session, comment, user))
        database.close()
    except (SettingsError, SQLAlchemyError) as error:
        sys.exit(f"Cannot record the limits: {str(error).splitlines()[0]}")
    click.echo(f"The limits are recorded: {record}")
