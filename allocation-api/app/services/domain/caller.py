"""Authenticated callers, and the one permission check."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Forbidden
from app.core.security import Permission


@dataclass(frozen=True, slots=True)
class User:
    """An authenticated user with present roles, and permissions of roles and single grants together.

    `groups` are the portfolio groups that the user is limited to; None is all of them.
    """

    id: str
    username: str
    permissions: tuple[str, ...]
    roles: tuple[str, ...] = ()
    groups: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """A user in one request: the subject of permission checks and audit records.

    `address` is the source address of the request, after the proxies that are trusted; `session_id` the
    session that its token belongs to.
    `groups` are the portfolio groups that the user is limited to; None is all of them.
    """

    user_id: str
    username: str
    permissions: frozenset[str]
    request_id: str
    address: str | None = None
    groups: frozenset[str] | None = None
    session_id: str | None = None


def require(caller: Caller, permission: Permission) -> None:
    """Check that the caller has the permission.

    Raises
    ------
    Forbidden
        Naming the permission that is missing.
    """
    if permission not in caller.permissions:
        raise Forbidden(f"This needs the permission {permission}", extra={"permission": permission})
