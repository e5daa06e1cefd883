"""Shows, sets and resets the emergency stop of trading: `python -m app emergency-stop --help`.

It needs no running service: every process reads the row with its next order. Whoever is named must be a user
who may do it. Working orders are cancelled through the API, since the mock vendor lives in the server.
Exit status: 0 if it is done, 1 if it is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from app.cli.kit.acting import active_user
from app.cli.kit.refusals import present_database, refusals
from app.core.clock import utc_now
from app.core.config import load_settings
from app.core.database import Database
from app.core.errors import FieldError, InvalidRequest
from app.core.security import Passwords
from app.services.access.users import UserService
from app.services.audit.trail import AuditService
from app.services.domain.caller import Caller
from app.services.safety.emergency_stop import MAX_REASON_CHARACTERS, EmergencyStop, StopStatus
from app.utils.text import unseen_character

Command = Callable[..., Any]
REQUEST_ID = "emergency-stop"
"""Request id of audit records of this command."""

user_option = click.option("--user", required=True, help="Who does it: a user with the permission.")
reason_option = click.option("--reason", required=True, help="Why, for everybody who sees the stop.")


class Stop:
    """The emergency stop of the settings' database, for a user of it."""

    def __init__(self, database: Database, *, halted: bool, demo: bool) -> None:
        self._database = database
        self._users = UserService(database, utc_now, Passwords(), demo=demo)
        self.service = EmergencyStop(database, AuditService(database, utc_now), utc_now, halted=halted)

    def caller(self, username: str) -> Caller:
        """Return the active user of a name.

        Raises
        ------
        InvalidRequest
            Naming `--user`, when there is none.
        """
        user = active_user(self._database, self._users, username)
        return Caller(user.id, user.username, frozenset(user.permissions), REQUEST_ID)


def stopping(view: Command) -> Command:
    """Give a command the emergency stop, and say refusals in plain lines."""

    @wraps(view)
    def run(**options: Any) -> None:
        with refusals("use the database"):
            settings = load_settings()
            with present_database(settings.database_url) as database:
                view(
                    Stop(database, halted=settings.trading.halted, demo=settings.logins.demo_users), **options
                )

    return run


@click.group()
def command() -> None:
    """Show, set or reset the emergency stop of trading."""


@command.command()
@stopping
def status(stop: Stop) -> None:
    """Say whether orders may leave, and who decided that."""
    _say(stop.service.status())


@command.command()
@user_option
@reason_option
@stopping
def on(stop: Stop, user: str, reason: str) -> None:
    """Stop trading: no order is sent or changed any more, by any process."""
    _say(stop.service.stop(_checked(reason), stop.caller(user)))


@command.command()
@user_option
@reason_option
@stopping
def reset(stop: Stop, user: str, reason: str) -> None:
    """Open trading again, by another user than the one who stopped it."""
    _say(stop.service.reset(_checked(reason), stop.caller(user)))


def _checked(reason: str) -> str:
    if not 0 < len(reason) <= MAX_REASON_CHARACTERS:
        message = f"Between 1 and {MAX_REASON_CHARACTERS} characters are expected."
        raise InvalidRequest.of(FieldError("--reason", message))
    unseen = unseen_character(reason)
    if unseen is not None:
        raise InvalidRequest.of(FieldError("--reason", f"The character {unseen} is not allowed."))
    return reason


def _say(found: StopStatus) -> None:
    click.echo(f"trading: {found.state}")
    if found.changed_by is not None and found.changed_at is not None:
        click.echo(f"last change: {found.changed_by} at {found.changed_at:%Y-%m-%d %H:%M:%S} UTC")
        click.echo(f"reason: {found.reason}")
    if found.halted:
        click.echo("TRADING_HALTED is on in the settings: no order is sent, whatever users do")
