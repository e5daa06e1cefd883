"""Adds, shows and changes users of the database in the settings: `python -m app users --help`.

Passwords are read from a prompt or from standard input, never from the command line, where other users of the
machine see them. Exit status: 0 if it is done, 1 if it is refused.
"""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from app.cli.kit.refusals import refusals
from app.core.clock import utc_now
from app.core.config import load_settings
from app.core.config.logins import LoginSettings
from app.core.database import Database
from app.core.migrate import prepare
from app.core.security import Passwords, Permission, Role
from app.services.access.administration import UserAdministration
from app.services.access.brake import UNKNOWN_SITE, BrakeLimits, LoginBrake, site_of
from app.services.access.passwords import PasswordRules
from app.services.access.users import UserService
from app.services.access.views import Actor, NewUser, UserFilter, UserView
from app.services.audit.trail import AuditService
from app.utils.paging import every

Command = Callable[..., Any]

ROLES = click.Choice([role.value for role in Role])
PERMISSIONS = click.Choice([permission.value for permission in Permission])

by_option = click.option(
    "--by",
    default=getpass.getuser,
    show_default="user of the system",
    help="Who does it, for the audit.",
)
role_option = click.option("--role", "roles", multiple=True, type=ROLES, help="Role; may be repeated.")
permission_option = click.option(
    "--permission", "permissions", multiple=True, type=PERMISSIONS, help="Single permission; may be repeated."
)
stdin_option = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


def administering(view: Command) -> Command:
    """Give a command the administration of users, and say refusals in plain lines."""

    @wraps(view)
    def run(*args: Any, **options: Any) -> None:
        with refusals("use the database"):
            settings = load_settings()
            database = Database(settings.database_url)
            prepare(database)
            view(_administration(database, settings.logins), *args, **options)
            database.close()

    return run


@click.group()
def command() -> None:
    """Add, show and change users."""


@command.command()
@click.argument("username")
@role_option
@permission_option
@click.option("--group", "groups", multiple=True, help="Portfolio group that the user sees; may be repeated.")
@click.option("--sso", is_flag=True, help="No password: the user logs in by single sign-on.")
@stdin_option
@by_option
@administering
def add(
    users: UserAdministration,
    username: str,
    roles: tuple[str, ...],
    permissions: tuple[str, ...],
    groups: tuple[str, ...],
    *,
    sso: bool,
    password_stdin: bool,
    by: str,
) -> None:
    """Add an active user USERNAME, who sees all portfolio groups unless --group is given."""
    password = None if sso else _password(from_stdin=password_stdin)
    new = NewUser(
        username,
        password,
        tuple(Role(role) for role in roles),
        tuple(Permission(permission) for permission in permissions),
        groups or None,
    )
    _say(users.add(new, Actor(by)))


@command.command(name="list")
@click.option("--name", help="Part of the name.")
@click.option("--active/--disabled", default=None, help="Only these.")
@administering
def list_users(users: UserAdministration, name: str | None, *, active: bool | None) -> None:
    """List users, newest first: name, state, roles, portfolio groups."""
    wanted = UserFilter(name, active)
    for user in every(lambda cursor: users.list(wanted, cursor=cursor, limit=200)):
        click.echo(_line(user))


@command.command()
@click.argument("username")
@administering
def show(users: UserAdministration, username: str) -> None:
    """Show all of a user but the password."""
    _say(users.named(username))


@command.command()
@click.argument("username")
@by_option
@administering
def disable(users: UserAdministration, username: str, *, by: str) -> None:
    """End the sessions of USERNAME, who cannot log in any more."""
    _say(users.disable(users.named(username).id, Actor(by)))


@command.command()
@click.argument("username")
@by_option
@administering
def enable(users: UserAdministration, username: str, *, by: str) -> None:
    """Let USERNAME log in again."""
    _say(users.enable(users.named(username).id, Actor(by)))


@command.command()
@click.argument("username")
@stdin_option
@by_option
@administering
def set_password(users: UserAdministration, username: str, *, password_stdin: bool, by: str) -> None:
    """Set the password of USERNAME, which ends the user's sessions."""
    user_id = users.named(username).id
    _say(users.set_password(user_id, _password(from_stdin=password_stdin), Actor(by)))


@command.command()
@click.argument("username")
@role_option
@permission_option
@by_option
@administering
def grant(
    users: UserAdministration, username: str, roles: tuple[str, ...], permissions: tuple[str, ...], by: str
) -> None:
    """Give USERNAME roles and single permissions."""
    _something(roles, permissions)
    user_id = users.named(username).id
    more = map(Role, roles), map(Permission, permissions)
    _say(users.grant(user_id, Actor(by), roles=more[0], permissions=more[1]))


@command.command()
@click.argument("username")
@role_option
@permission_option
@by_option
@administering
def revoke(
    users: UserAdministration, username: str, roles: tuple[str, ...], permissions: tuple[str, ...], by: str
) -> None:
    """Take roles and single permissions from USERNAME."""
    _something(roles, permissions)
    user_id = users.named(username).id
    less = map(Role, roles), map(Permission, permissions)
    _say(users.revoke(user_id, Actor(by), roles=less[0], permissions=less[1]))


@command.command()
@click.argument("username")
@click.argument("groups", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="All portfolio groups.")
@by_option
@administering
def groups(
    users: UserAdministration, username: str, groups: tuple[str, ...], *, is_all: bool, by: str
) -> None:
    """Limit USERNAME to these portfolio GROUPS, or give back all of them."""
    if is_all == bool(groups):
        raise click.UsageError("Name portfolio groups, or say --all.")
    _say(users.set_groups(users.named(username).id, Actor(by), None if is_all else groups))


@command.group()
def sessions() -> None:
    """End sessions."""


@sessions.command()
@click.argument("username")
@by_option
@administering
def end(users: UserAdministration, username: str, *, by: str) -> None:
    """End all sessions of USERNAME, who can log in again."""
    _say(users.end_sessions(users.named(username).id, Actor(by)))


@command.command()
@click.argument("username", required=False)
@click.option("--address", help="Free an address instead, with all names that failed there.")
@by_option
@administering
def unlock(users: UserAdministration, username: str | None, *, address: str | None, by: str) -> None:
    """Forget the failed logins of USERNAME, or from an address, so that a login is possible at once."""
    if (username is None) == (address is None):
        raise click.UsageError("Name a user, or an --address.")
    if address is not None:
        if site_of(address) == UNKNOWN_SITE:
            raise click.UsageError(f"{address} is not an IP address.")
        click.echo(f"{address}: {users.unlock_address(address, Actor(by))} locks ended")
    else:
        _say(users.unlock(users.named(username or "").id, Actor(by)))


def _administration(database: Database, settings: LoginSettings) -> UserAdministration:
    audit, passwords = AuditService(database, utc_now), Passwords()
    users = UserService(database, utc_now, passwords, demo=settings.demo_users)
    brake = LoginBrake(database, audit, utc_now, BrakeLimits.of(settings))
    rules = PasswordRules(settings.password_min_characters)
    return UserAdministration(database, audit, utc_now, passwords, users, brake, rules)


def _something(roles: tuple[str, ...], permissions: tuple[str, ...]) -> None:
    if not (roles or permissions):
        raise click.UsageError("Name a --role or a --permission.")


def _password(*, from_stdin: bool) -> str:
    """Return a new password from standard input, else typed twice at a prompt that does not show it."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return typed


def _line(user: UserView) -> str:
    state = "active" if user.active else "disabled"
    may = " ".join((*user.roles, *user.granted)) or "no role"
    return f"{user.username}\t{state}\t{may}\t{_groups(user)}"


def _groups(user: UserView) -> str:
    return "all groups" if user.groups is None else " ".join(sorted(user.groups)) or "no group"


def _say(user: UserView) -> None:
    changed = user.credentials_changed_at
    lines = {
        "user": user.username,
        "id": user.id,
        "state": "active" if user.active else "disabled",
        "password": "set" if user.has_password else "none, single sign-on only",
        "roles": " ".join(user.roles) or "none",
        "single permissions": " ".join(user.granted) or "none",
        "may": " ".join(user.permissions) or "nothing",
        "portfolio groups": _groups(user),
        "sessions ended at": f"{changed:%Y-%m-%d %H:%M:%S} UTC" if changed else "never",
    }
    lines |= {
        f"locked ({lock.kind.lower()}{f' {lock.address}' if lock.address else ''})": (
            f"until {lock.until:%Y-%m-%d %H:%M:%S} UTC, {lock.refused} refused"
        )
        for lock in user.locks
    }
    click.echo("\n".join(f"{name}: {value}" for name, value in lines.items()))
