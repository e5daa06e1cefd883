"""Users as administrators give and see them, and as the audit trail keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.security import Permission, Role
from app.models import NO_PASSWORD, GrantKind, UserRow
from app.services.access.brake import LoginLock
from app.services.access.users import granted, user_of
from app.services.domain.caller import Caller


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes a user: a user of the API, or without an id a person at the command line."""

    username: str
    user_id: str | None = None
    request_id: str = ""
    address: str | None = None

    @classmethod
    def of(cls, caller: Caller) -> Actor:
        """Return the actor of a request."""
        return cls(caller.username, caller.user_id, caller.request_id, caller.address)


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to add; without a password only single sign-on logs in, `groups` None are all."""

    username: str
    password: str | None
    roles: tuple[Role, ...] = ()
    permissions: tuple[Permission, ...] = ()
    groups: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class UserView:
    """A user as administrators see it: `permissions` are the effective ones, `granted` those given singly."""

    id: str
    username: str
    active: bool
    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    granted: tuple[str, ...]
    groups: frozenset[str] | None
    has_password: bool
    version: int
    created_at: datetime
    credentials_changed_at: datetime | None
    locks: tuple[LoginLock, ...]


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Filters of users; None matches all. `name` is a part of the name."""

    name: str | None = None
    active: bool | None = None


def state_of(row: UserRow) -> dict[str, Any]:
    """Return a user as the audit trail keeps it, without anything of the password."""
    return {
        "active": row.active,
        "roles": granted(row, GrantKind.ROLE),
        "permissions": granted(row, GrantKind.PERMISSION),
        "groups": None if row.all_groups else granted(row, GrantKind.GROUP),
    }


def view_of(row: UserRow, locks: tuple[LoginLock, ...]) -> UserView:
    """Return a user as administrators see it."""
    user = user_of(row)
    return UserView(
        id=row.id,
        username=row.username,
        active=row.active,
        roles=user.roles,
        permissions=user.permissions,
        granted=granted(row, GrantKind.PERMISSION),
        groups=user.groups,
        has_password=row.password_hash != NO_PASSWORD,
        version=row.version,
        created_at=row.created_at,
        credentials_changed_at=row.credentials_changed_at,
        locks=locks,
    )
