"""Logins: password checks, each outcome audited."""

from __future__ import annotations

from sqlalchemy import select

from app.core.database import Database
from app.core.errors import Unauthenticated
from app.core.security import Passwords
from app.models import UserRow
from app.services.access.users import UserService, user_of
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.caller import User


class LoginService:
    """Checks passwords; `api/kit/tokens` issues the tokens."""

    def __init__(
        self, database: Database, audit: AuditService, passwords: Passwords, users: UserService
    ) -> None:
        self._database = database
        self._audit = audit
        self._passwords = passwords
        self._users = users

    def authenticate(
        self, username: str, password: str, *, request_id: str, address: str | None = None
    ) -> User:
        """Return the user if the password is right; both outcomes are audited.

        Raises
        ------
        Unauthenticated
            When the user is unknown or inactive, or the password is wrong; the message does not say which.
        """
        with self._database.read() as session:
            row = session.scalars(select(UserRow).where(UserRow.username == username)).unique().one_or_none()
        known = self._users.may_log_in(row)
        valid = self._passwords.verify(row.password_hash if row is not None and known else None, password)
        self._database.retried(
            lambda session: self._audit.record(
                session,
                Action.LOGIN if valid else Action.LOGIN_REFUSED,
                user_id=row.id if row is not None else None,
                username=username,
                request_id=request_id,
                address=address,
                entity_type=EntityType.USER,
                entity_id=username,
            )
        )
        if row is None or not valid:
            raise Unauthenticated("The username or password is wrong.")
        return user_of(row)
