"""Users: who may log in, and what they may do at this moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, WriteConflictError, new_id, rows_changed
from app.core.errors import Unauthenticated
from app.core.security import Passwords, Role, effective_permissions, known_roles
from app.models import START_LOCK, GrantKind, UserGrantRow, UserRow
from app.models.lock import serialise
from app.services.access.names import folded
from app.services.domain.caller import User

DEMO_USERS = {
    "demo_user": Role.PORTFOLIO_MANAGER,
    "demo_supervisor": Role.COMPLIANCE,
    "demo_admin": Role.ADMINISTRATOR,
}
"""The demo users with their roles, of one password."""

DEMO_PASSWORD = "demo_password"  # noqa: S105 - public by intent: they exist in development only


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A demo user, whose password everybody knows."""

    username: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """What logs a demo user in."""

    password: str
    users: tuple[DemoUser, ...]


class UserService:
    """Reads users; a demo user counts only with `demo`, whatever its row says."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords, *, demo: bool) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self.demo = demo

    def user(self, user_id: str) -> User:
        """Return an active user.

        Raises
        ------
        Unauthenticated
            When the user is deleted or inactive.
        """
        with self._database.read() as session:
            row = session.get(UserRow, user_id)
        if row is None or not self.may_log_in(row):
            raise Unauthenticated("The user of this token is no longer active.")
        return user_of(row)

    def may_log_in(self, row: UserRow | None) -> bool:
        """Return whether the user is active; a demo user only if it is enabled, whatever its row says."""
        return row is not None and row.active and (self.demo or row.username not in DEMO_USERS)

    def demo_login(self) -> DemoLogin | None:
        """Return what logs a demo user in; None where there are none."""
        if not self.demo:
            return None
        return DemoLogin(DEMO_PASSWORD, tuple(DemoUser(name, (role,)) for name, role in DEMO_USERS.items()))

    def ensure_demo_users(self) -> None:
        """Create the demo users, or deactivate them where they are not enabled."""
        self._database.retried(self._set_demo_users)

    def _set_demo_users(self, session: Session) -> None:
        serialise(session, START_LOCK)
        names = UserRow.username.in_(DEMO_USERS)
        found = {row.username: row for row in session.scalars(select(UserRow).where(names)).unique()}
        for username, role in DEMO_USERS.items():
            row = found.get(username)
            if row is None:
                if not self.demo:
                    continue
                row = UserRow(
                    id=new_id(),
                    username=username,
                    password_hash=self._passwords.hash(DEMO_PASSWORD),
                    created_at=self._clock(),
                )
                session.add(row)
            row.active = self.demo
            if self.demo:
                grant_exactly(row, roles=(role,))


def find_user(session: Session, username: str) -> UserRow | None:
    """Return the user of a name: as it is stored, else in its folded spelling.

    Users of older databases may have a name that is not folded.
    """
    names = {username, folded(username)}
    found = session.scalars(select(UserRow).where(UserRow.username.in_(names))).unique().all()
    return next((row for row in found if row.username == username), next(iter(found), None))


def change_row(session: Session, row: UserRow, **columns: object) -> None:
    """Write columns of a user by compare-and-set on the version (optimistic lock), and count it up.

    Raises
    ------
    WriteConflictError
        When another unit of work has changed the user meanwhile; `Database.retried` retries this one.
    """
    session.flush()
    unchanged = (UserRow.id == row.id, UserRow.version == row.version)
    change = update(UserRow).where(*unchanged).values(version=row.version + 1, **columns)
    if rows_changed(session, change) != 1:
        raise WriteConflictError(f"user {row.id} was changed meanwhile")
    session.refresh(row)


def grant_exactly(
    row: UserRow,
    *,
    roles: Iterable[str] = (),
    permissions: Iterable[str] = (),
    groups: Iterable[str] | None = None,
) -> None:
    """Replace what a user has: roles, single permissions and portfolio groups, None for all groups."""
    wanted = {
        *((GrantKind.ROLE, name) for name in roles),
        *((GrantKind.PERMISSION, name) for name in permissions),
        *((GrantKind.GROUP, name) for name in groups or ()),
    }
    kept = [grant for grant in row.grants if (grant.kind, grant.name) in wanted]
    new = wanted - {(grant.kind, grant.name) for grant in kept}
    row.grants = kept + [UserGrantRow(kind=kind, name=name) for kind, name in sorted(new)]
    row.all_groups = groups is None


def granted(row: UserRow, kind: GrantKind) -> tuple[str, ...]:
    """Return the names of a user's grants of one kind."""
    return tuple(sorted(grant.name for grant in row.grants if grant.kind == kind))


def user_of(row: UserRow) -> User:
    """Return the user of a row."""
    roles = granted(row, GrantKind.ROLE)
    return User(
        id=row.id,
        username=row.username,
        permissions=effective_permissions(roles, granted(row, GrantKind.PERMISSION)),
        roles=known_roles(roles),
        groups=None if row.all_groups else frozenset(granted(row, GrantKind.GROUP)),
    )
