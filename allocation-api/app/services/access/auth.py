"""Authentication: user accounts, password checks and revoked tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.core.errors import Unauthenticated
from app.core.security import PORTFOLIO_MANAGER, SUPERVISOR, Passwords
from app.models import START_LOCK, RevokedTokenRow, UserRow
from app.models.lock import serialise
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.caller import Caller, User

DEMO_USERS = {"demo_user": PORTFOLIO_MANAGER, "demo_supervisor": SUPERVISOR}
"""The demo users with their permissions, of one password."""

DEMO_PASSWORD = "demo_password"  # noqa: S105 - public by intent: they exist in development only


class AuthService:
    """Checks passwords and stores revoked tokens; `api/kit/tokens` issues and reads the tokens."""

    def __init__(
        self,
        database: Database,
        audit: AuditService,
        clock: Clock,
        passwords: Passwords,
        *,
        demo: bool,
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._passwords = passwords
        self._demo = demo

    def authenticate(self, username: str, password: str, *, request_id: str) -> User:
        """Return the user if the password is right; both outcomes are audited.

        Raises
        ------
        Unauthenticated
            When the user is unknown or inactive, or the password is wrong; the message does not say which.
        """
        with self._database.read() as session:
            row = session.scalar(select(UserRow).where(UserRow.username == username))
        known = self._may_log_in(row)
        valid = self._passwords.verify(row.password_hash if row is not None and known else None, password)
        self._database.retried(
            lambda session: self._audit.record(
                session,
                Action.LOGIN if valid else Action.LOGIN_REFUSED,
                user_id=row.id if row is not None else None,
                username=username,
                request_id=request_id,
                entity_type=EntityType.USER,
                entity_id=username,
            )
        )
        if row is None or not valid:
            raise Unauthenticated("The username or password is wrong.")
        return _user(row)

    def user(self, user_id: str) -> User:
        """Return an active user.

        Raises
        ------
        Unauthenticated
            When the user is deleted or inactive.
        """
        with self._database.read() as session:
            row = session.get(UserRow, user_id)
        if row is None or not self._may_log_in(row):
            raise Unauthenticated("The user of this token is no longer active.")
        return _user(row)

    def revoke(self, jti: str, expires_at: datetime, caller: Caller) -> None:
        """Revoke a token until it expires; idempotent."""

        def store(session: Session) -> None:
            if session.get(RevokedTokenRow, jti) is not None:
                return
            session.add(
                RevokedTokenRow(
                    jti=jti, user_id=caller.user_id, revoked_at=self._clock(), expires_at=expires_at
                )
            )
            self._audit.record_for(session, Action.LOGOUT, caller, EntityType.USER, caller.username)

        self._database.retried(store)

    def is_revoked(self, jti: str) -> bool:
        """Return whether a token was revoked."""
        with self._database.read() as session:
            return session.get(RevokedTokenRow, jti) is not None

    def _may_log_in(self, row: UserRow | None) -> bool:
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


def _user(row: UserRow) -> User:
    return User(id=row.id, username=row.username, permissions=tuple(row.permissions.split()))
