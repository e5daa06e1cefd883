"""Logins and changes of one's own password: password checks behind the login brake, each outcome audited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, rows_changed
from app.core.errors import FieldError, InvalidRequest, Unauthenticated
from app.core.security import HashingBusy, HashingTurn, Passwords
from app.models import UserRow
from app.services.access.brake import Attempt, LoginBrake
from app.services.access.passwords import PasswordRules
from app.services.access.users import UserService, change_row, find_user, user_of
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.caller import Caller, User


class LoginService:
    """Checks passwords; `api/kit/tokens` issues the tokens."""

    def __init__(
        self,
        database: Database,
        audit: AuditService,
        clock: Clock,
        passwords: Passwords,
        users: UserService,
        brake: LoginBrake,
        rules: PasswordRules,
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._passwords = passwords
        self._users = users
        self._brake = brake
        self._rules = rules

    def authenticate(
        self, username: str, password: str, *, request_id: str, address: str | None = None
    ) -> User:
        """Return the user if the password is right; both outcomes are audited.

        A hash of earlier parameters is replaced by one of the present parameters.

        Raises
        ------
        Unauthenticated
            When the user is unknown or inactive, or the password is wrong; the message does not say which.
        LoginBlocked
            When too many logins have failed, before the password is looked at.
        HashingBusy
            When too many logins are being checked.
        """
        attempt = Attempt.of(username, address)
        with self._database.read() as session:
            self._brake.check(session, attempt)
            row = find_user(session, username)
        upgraded = None
        attempt = self._brake.reserve(attempt)
        with self._turn(attempt) as hashing:
            valid = self._matches(hashing, row, password)
            if row is not None and valid and hashing.is_outdated(row.password_hash):
                upgraded = hashing.hash(password)

        def settle(session: Session) -> None:
            if valid:
                self._brake.succeeded(session, attempt)
            if row is not None and upgraded is not None:
                same = (UserRow.id == row.id, UserRow.password_hash == row.password_hash)
                rows_changed(session, update(UserRow).where(*same).values(password_hash=upgraded))
            self._audit.record(
                session,
                Action.LOGIN if valid else Action.LOGIN_REFUSED,
                user_id=row.id if row is not None else None,
                username=username,
                request_id=request_id,
                address=address,
                entity_type=EntityType.USER,
                entity_id=username,
            )
            if not valid:
                self._brake.failed(session, attempt, row.id if row is not None else None, request_id)

        self._database.retried(settle)
        if row is None or not valid:
            raise Unauthenticated("The username or password is wrong.")
        return user_of(row)

    def change_password(self, caller: Caller, current: str, new: str) -> None:
        """Change the caller's own password, which ends all sessions of the user; audited.

        Raises
        ------
        InvalidRequest
            Naming `new_password` with all its faults, or `current_password` when that is wrong.
        LoginBlocked
            When too many passwords were wrong, as at a login.
        HashingBusy
            When too many passwords are being checked.
        """
        faults = [FieldError("new_password", fault) for fault in self._rules.faults(new, caller.username)]
        if new == current:
            faults.append(FieldError("new_password", "It must differ from the current password."))
        if faults:
            raise InvalidRequest.of(*faults)
        attempt = Attempt.of(caller.username, caller.address)
        with self._database.read() as session:
            self._brake.check(session, attempt)
            row = session.get(UserRow, caller.user_id)
        attempt = self._brake.reserve(attempt)
        with self._turn(attempt) as hashing:
            valid = self._matches(hashing, row, current)
            new_hash = hashing.hash(new) if valid else None
        checked = row.password_hash if row is not None else None

        def settle(session: Session) -> bool:
            present = session.get(UserRow, caller.user_id)
            if new_hash is None or present is None or present.password_hash != checked:
                self._record(session, Action.PASSWORD_CHANGE_REFUSED, caller)
                self._brake.failed(session, attempt, caller.user_id, caller.request_id)
                return False
            self._brake.succeeded(session, attempt)
            change_row(session, present, password_hash=new_hash, credentials_changed_at=self._clock())
            self._record(session, Action.PASSWORD_CHANGED, caller)
            return True

        if not self._database.retried(settle):
            raise InvalidRequest.of(FieldError("current_password", "This is not your current password."))

    @contextmanager
    def _turn(self, attempt: Attempt) -> Iterator[HashingTurn]:
        """Yield the turn of a reserved attempt, or give the attempt back when there is none."""
        with ExitStack() as stack:
            try:
                hashing = stack.enter_context(self._passwords.turn())
            except HashingBusy:
                self._brake.release(attempt)
                raise
            yield hashing

    def _matches(self, hashing: HashingTurn, row: UserRow | None, password: str) -> bool:
        """Return whether a user may log in with a password; each refusal takes the same time."""
        known = row is not None and self._users.may_log_in(row)
        return hashing.verify(row.password_hash if row is not None and known else None, password)

    def _record(self, session: Session, action: Action, caller: Caller) -> None:
        self._audit.record_for(session, action, caller, EntityType.USER, caller.username)
