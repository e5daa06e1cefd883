"""Prints the matrix of permissions: `python -m app permissions [--into ../docs/permissions.md]`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from app.api.kit.operation import Operation
from app.api.kit.routes import routes
from app.api.kit.tokens import Access
from app.api.namespaces import AT_ROOT, VERSIONED
from app.core.security import ROLES, Permission, Role

MARK = "<!-- From here on made by `make permissions`. -->\n"
"""Where the tables begin in the page."""

ROLES_HEAD = """
## Roles

A user has the permissions of its roles, and those that are granted by name.

"""
OPERATIONS_HEAD = """
## Operations

"Also" are permissions that depend on what is asked for; they are checked once the body was read.

"""


def _table(head: Sequence[str], lines: Iterator[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _roles() -> Iterator[Sequence[str]]:
    for permission in Permission:
        yield [f"`{permission}`", *("yes" if permission in ROLES[role] else "" for role in Role)]


def _holders(access: Permission | Access) -> str:
    if isinstance(access, Permission):
        return ", ".join(role for role in Role if access in ROLES[role]) or "by grant alone"
    return {
        Access.PUBLIC: "everybody, without a token",
        Access.LOGGED_IN: "every user",
        Access.REFRESH_TOKEN: "who has a refresh token",
        Access.ANY_TOKEN: "who has a token of either kind",
    }[access]


def _line(method: str, path: str, declared: Operation) -> Sequence[str]:
    access = declared.access
    return [
        f"`{method.upper()} {path}`",
        f"`{access}`" if isinstance(access, Permission) else "",
        _holders(access),
        "whole desk" if declared.whole_desk else "",
        "; ".join(f"`{permission}` {when}" for permission, when in declared.may_need.items()),
    ]


def _operations() -> Iterator[Sequence[str]]:
    for prefix, namespaces in (("/v1", VERSIONED), ("", AT_ROOT)):
        for route in routes(namespaces):
            for method, declared in route.endpoint.operations.items():
                yield _line(method, prefix + route.path, declared)


def tables() -> str:
    """Return the tables of roles and operations, in Markdown."""
    head = ["operation", "permission", "roles that have it", "groups", "also"]
    roles = _table(["permission", *Role], _roles())
    return MARK + ROLES_HEAD + roles + OPERATIONS_HEAD + _table(head, _operations())


@click.command()
@click.option(
    "--into", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="The page to renew."
)
def command(into: Path | None) -> None:
    """Print which permission each operation needs, and which role has it."""
    if into is None:
        click.echo(tables(), nl=False)
    else:
        into.write_text(into.read_text().partition(MARK)[0] + tables())
