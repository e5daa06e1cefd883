"""Users: who may log in, and what they may do at this moment."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.core.errors import Unauthenticated
from app.core.security import PORTFOLIO_MANAGER, SUPERVISOR, Passwords
from app.models import START_LOCK, UserRow
from app.models.lock import serialise
from app.services.domain.caller import User

DEMO_USERS = {"demo_user": PORTFOLIO_MANAGER, "demo_supervisor": SUPERVISOR}
"""The demo users with their permissions, of one password."""

DEMO_PASSWORD = "demo_password"  # noqa: S105 - public by intent: they exist in development only


class UserService:
    """Reads users; a demo user counts only with `demo`, whatever its row says."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords, *, demo: bool) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._demo = demo

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
        return row is not None and row.active and (self._demo or row.username not in DEMO_USERS)

    def ensure_demo_users(self) -> None:
        """Create the demo users, or deactivate them where they are not enabled."""
        self._database.retried(self._set_demo_users)

    def _set_demo_users(self, session: Session) -> None:
        serialise(session, START_LOCK)
        for username, permissions in DEMO_USERS.items():
            row = session.scalar(select(UserRow).where(UserRow.username == username))
            if row is not None:
                row.active = self._demo
                row.permissions = " ".join(permissions)
            elif self._demo:
                session.add(
                    UserRow(
                        id=new_id(),
                        username=username,
                        password_hash=self._passwords.hash(DEMO_PASSWORD),
                        permissions=" ".join(permissions),
                        active=True,
                        created_at=self._clock(),
                    )
                )


def user_of(row: UserRow) -> User:
    """Return the user of a row."""
    return User(id=row.id, username=row.username, permissions=tuple(row.permissions.split()))
