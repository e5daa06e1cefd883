"""Who is asking, and the one check that a caller has a permission."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Forbidden
from app.core.security import Permission


@dataclass(frozen=True, slots=True)
class User:
    """Who is asking."""

    id: str
    username: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking, in which request: what every audited action is given."""

    user_id: str
    username: str
    permissions: frozenset[str]
    request_id: str


def require(caller: Caller, permission: Permission) -> None:
    """Let a caller pass who has the permission.

    Raises
    ------
    Forbidden
        Naming the permission that is missing.
    """
    if permission not in caller.permissions:
        raise Forbidden(f"This needs the permission {permission}", extra={"permission": permission})
