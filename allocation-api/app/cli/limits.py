"""Records the compliance limits of the database in the audit trail: `python -m app limits USER COMMENT`.

Limits are set in the database. After a change this says who made it and why; until then verification
finds it.
"""

from __future__ import annotations

import click

from app.cli.kit.refusals import present_database, refusals
from app.core.clock import utc_now
from app.core.config import load_settings
from app.services.audit.trail import AuditService
from app.utils.text import unseen_character


@click.command()
@click.argument("user")
@click.argument("comment")
def command(user: str, comment: str) -> None:
    """Record the compliance limits of the database in the audit trail.

    USER is who changed them, COMMENT why.
    """
    if unseen := unseen_character(f"{user}{comment}"):
        raise click.UsageError(f"The character {unseen} is not allowed: it does not show, or moves others.")
    if not (user.strip() and comment.strip()):
        raise click.UsageError("USER and COMMENT must say something: the audit trail keeps them.")
    with refusals("record the limits"), present_database(load_settings().database_url) as database:
        audit = AuditService(database, utc_now)
        record = database.retried(lambda session: audit.record_limits(session, comment, user))
    click.echo(f"The limits are recorded: {record}")
