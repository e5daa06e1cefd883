"""Administration of users: the one service below the command and the endpoints.

Changes are serialised on one lock row, so that names stay unique and one administrator stays; each is a
compare-and-set on the user's version, with its audit record in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.core.errors import FieldError, InvalidRequest, NotFound
from app.core.security import Passwords, Permission, Role
from app.models import NO_PASSWORD, USERS_LOCK, GrantKind, UserRow
from app.models.lock import serialise
from app.services.access.brake import LoginBrake
from app.services.access.errors import (
    DemoUserNotAllowed,
    LastAdministrator,
    OwnUser,
    UserChanged,
    UserExists,
)
from app.services.access.names import folded, name_faults
from app.services.access.passwords import PasswordRules
from app.services.access.users import (
    DEMO_USERS,
    UserService,
    change_row,
    find_user,
    grant_exactly,
    granted,
    user_of,
)
from app.services.access.views import Actor, NewUser, UserFilter, UserView, state_of, view_of
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.identifiers import MAX_ID_LENGTH
from app.utils.paging import Page, page


class UserAdministration:
    """Adds and changes users, each change audited."""

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

    def list(
        self, filters: UserFilter | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[UserView]:
        """Return a page of users, newest first."""
        wanted = filters or UserFilter()
        query: Select[UserRow] = select(UserRow).options(selectinload(UserRow.grants))
        if wanted.name is not None:
            query = query.where(UserRow.username.contains(folded(wanted.name), autoescape=True))
        if wanted.active is not None:
            query = query.where(UserRow.active.is_(wanted.active))
        with self._database.read() as session:
            rows = page(session, query, (UserRow.created_at, UserRow.id), cursor, limit, lambda row: row)
            locks = self._brake.locks_of(session, [row.username for row in rows.items])
        views = tuple(view_of(row, locks.get(row.username, ())) for row in rows.items)
        return Page(views, rows.next_cursor)

    def get(self, user_id: str) -> UserView:
        """Return a user.

        Raises
        ------
        NotFound
            When there is none of that id.
        """
        with self._database.read() as session:
            return self._shown(session, _row(session, user_id))

    def named(self, username: str) -> UserView:
        """Return the user of a name.

        Raises
        ------
        NotFound
            When there is none.
        """
        with self._database.read() as session:
            row = find_user(session, username)
            if row is None:
                raise NotFound(f"There is no user {username}")
            return self._shown(session, row)

    def has_administrator(self) -> bool:
        """Say whether any user who may log in manages users."""
        with self._database.read() as session:
            return self._has_administrator(session)

    def add(self, new: NewUser, by: Actor) -> UserView:
        """Add an active user.

        Raises
        ------
        InvalidRequest
            Naming `username`, `password` and `groups` with all their faults.
        UserExists
            When the name is taken, in whatever spelling.
        """
        username = folded(new.username)
        faults = [FieldError("username", fault) for fault in name_faults(username)]
        if username in DEMO_USERS:
            faults.append(FieldError("username", "This is the name of a demo user."))
        if new.password is not None:
            faults += [FieldError("password", fault) for fault in self._rules.faults(new.password, username)]
        faults += _group_faults(new.groups)
        if faults:
            raise InvalidRequest.of(*faults)
        password_hash = NO_PASSWORD if new.password is None else self._passwords.hash(new.password)

        def store(session: Session) -> UserView:
            serialise(session, USERS_LOCK)
            if username in {folded(name) for name in session.scalars(select(UserRow.username))}:
                raise UserExists.of(username)
            row = UserRow(
                id=new_id(),
                username=username,
                password_hash=password_hash,
                active=True,
                created_at=self._clock(),
            )
            session.add(row)
            grant_exactly(row, roles=new.roles, permissions=new.permissions, groups=new.groups)
            session.flush()
            self._record(session, Action.USER_ADDED, row, by, None, state_of(row))
            return self._shown(session, row)

        return self._database.retried(store)

    def enable(self, user_id: str, by: Actor) -> UserView:
        """Let a user log in again.

        Raises
        ------
        DemoUserNotAllowed
            When it is a demo user where those are not allowed.
        """

        def change(row: UserRow) -> Mapping[str, object]:
            if row.username in DEMO_USERS and not self._users.demo:
                raise DemoUserNotAllowed(f"{row.username} is a demo user; see DEMO_USERS in .env.example")
            return {} if row.active else {"active": True}

        return self._change(user_id, by, Action.USER_ENABLED, change)

    def disable(self, user_id: str, by: Actor) -> UserView:
        """End the sessions of a user, who cannot log in any more."""

        def change(row: UserRow) -> Mapping[str, object]:
            return {"active": False, "credentials_changed_at": self._clock()} if row.active else {}

        return self._change(user_id, by, Action.USER_DISABLED, change)

    def set_password(self, user_id: str, password: str, by: Actor) -> UserView:
        """Set a user's password, which ends the user's sessions.

        Raises
        ------
        InvalidRequest
            Naming `password`, with all its faults.
        """
        faults = self._rules.faults(password, self.get(user_id).username)
        if faults:
            raise InvalidRequest.of(*(FieldError("password", fault) for fault in faults))
        password_hash = self._passwords.hash(password)
        columns = {"password_hash": password_hash, "credentials_changed_at": self._clock()}
        return self._change(user_id, by, Action.PASSWORD_SET, lambda _: columns)

    def grant(
        self,
        user_id: str,
        by: Actor,
        *,
        roles: Iterable[Role] = (),
        permissions: Iterable[Permission] = (),
        version: int | None = None,
    ) -> UserView:
        """Give a user roles and single permissions; those that the user has already stay."""
        return self._regranted(user_id, by, Action.USER_GRANTED, frozenset.union, roles, permissions, version)

    def revoke(
        self,
        user_id: str,
        by: Actor,
        *,
        roles: Iterable[Role] = (),
        permissions: Iterable[Permission] = (),
        version: int | None = None,
    ) -> UserView:
        """Take roles and single permissions from a user; a permission of a role goes with the role alone."""
        return self._regranted(
            user_id, by, Action.USER_REVOKED, frozenset.difference, roles, permissions, version
        )

    def _regranted(
        self,
        user_id: str,
        by: Actor,
        action: Action,
        combine: Callable[[frozenset[str], Iterable[str]], frozenset[str]],
        roles: Iterable[Role],
        permissions: Iterable[Permission],
        version: int | None,
    ) -> UserView:
        """Combine what a user holds with roles and single permissions, each kind for itself."""
        given = frozenset(roles), frozenset(permissions)  # they may be read once only, and a unit runs again

        def change(row: UserRow) -> Mapping[str, object]:
            _regrant(
                row,
                roles=combine(frozenset(granted(row, GrantKind.ROLE)), given[0]),
                permissions=combine(frozenset(granted(row, GrantKind.PERMISSION)), given[1]),
            )
            return {}

        return self._change(user_id, by, action, change, version)

    def set_groups(
        self, user_id: str, by: Actor, groups: tuple[str, ...] | None, *, version: int | None = None
    ) -> UserView:
        """Limit a user to these portfolio groups, or with None to no group in particular.

        Raises
        ------
        InvalidRequest
            Naming `groups`, where an id cannot be one.
        """
        faults = _group_faults(groups)
        if faults:
            raise InvalidRequest.of(*faults)

        def change(row: UserRow) -> Mapping[str, object]:
            grant_exactly(
                row,
                roles=granted(row, GrantKind.ROLE),
                permissions=granted(row, GrantKind.PERMISSION),
                groups=groups,
            )
            return {}

        return self._change(user_id, by, Action.USER_GROUPS_SET, change, version)

    def end_sessions(self, user_id: str, by: Actor) -> UserView:
        """End all sessions of a user, who can log in again."""
        return self._change(
            user_id, by, Action.USER_SESSIONS_ENDED, lambda _: {"credentials_changed_at": self._clock()}
        )

    def unlock(self, user_id: str, by: Actor) -> UserView:
        """Forget the failed logins of a user, so that the user can log in at once."""

        def free(session: Session) -> UserView:
            row = _row(session, user_id)
            freed = self._brake.free(session, username=row.username)
            self._record(session, Action.USER_UNLOCKED, row, by, {"locks": freed}, {"locks": 0})
            return self._shown(session, row)

        return self._database.retried(free)

    def unlock_address(self, address: str, by: Actor) -> int:
        """Forget the failed logins from an address; return how many locks held."""

        def free(session: Session) -> int:
            freed = self._brake.free(session, address=address)
            self._audit.record(
                session,
                Action.USER_UNLOCKED,
                user_id=by.user_id,
                username=by.username,
                request_id=by.request_id,
                address=by.address,
                entity_type=EntityType.USER,
                entity_id=address,
                before={"locks": freed},
                after={"locks": 0},
            )
            return freed

        return self._database.retried(free)

    def _change(
        self,
        user_id: str,
        by: Actor,
        action: Action,
        change: Callable[[UserRow], Mapping[str, object]],
        version: int | None = None,
    ) -> UserView:
        """Change a user in one unit of work: `change` alters grants and returns columns to write.

        What changes nothing writes nothing.
        """

        def work(session: Session) -> UserView:
            serialise(session, USERS_LOCK)
            row = _row(session, user_id)
            if by.user_id == row.id:
                raise OwnUser("You cannot change your own user. Ask another administrator")
            if version is not None and row.version != version:
                raise UserChanged(
                    f"{row.username} has version {row.version}, not {version}. Read the user again"
                )
            before = state_of(row)
            was_administrator = self._manages_users(row)
            columns = change(row)
            if not columns and state_of(row) == before:
                return self._shown(session, row)
            change_row(session, row, **columns)
            if was_administrator and not self._has_administrator(session):
                raise LastAdministrator(
                    f"{row.username} is the last user who may manage users. Give another one the role "
                    f"{Role.ADMINISTRATOR} first"
                )
            self._record(session, action, row, by, before, state_of(row))
            return self._shown(session, row)

        return self._database.retried(work)

    def _manages_users(self, row: UserRow) -> bool:
        """Return whether a user may manage users; one who is limited to groups may not."""
        if not row.all_groups:
            return False
        return self._users.may_log_in(row) and Permission.USERS_MANAGE in user_of(row).permissions

    def _has_administrator(self, session: Session) -> bool:
        active = session.scalars(select(UserRow).where(UserRow.active)).unique()
        return any(self._manages_users(row) for row in active)

    def _shown(self, session: Session, row: UserRow) -> UserView:
        return view_of(row, self._brake.locks_of(session, [row.username]).get(row.username, ()))

    def _record(
        self,
        session: Session,
        action: Action,
        row: UserRow,
        by: Actor,
        before: Mapping[str, object] | None,
        after: Mapping[str, object],
    ) -> None:
        self._audit.record(
            session,
            action,
            user_id=by.user_id,
            username=by.username,
            request_id=by.request_id,
            address=by.address,
            entity_type=EntityType.USER,
            entity_id=row.username,
            before=before,
            after=after,
        )


def _row(session: Session, user_id: str) -> UserRow:
    row = session.get(UserRow, user_id)
    if row is None:
        raise NotFound(f"There is no user {user_id}")
    return row


def _regrant(row: UserRow, *, roles: Iterable[str], permissions: Iterable[str]) -> None:
    """Replace roles and single permissions, and leave the portfolio groups."""
    groups = None if row.all_groups else granted(row, GrantKind.GROUP)
    grant_exactly(row, roles=roles, permissions=permissions, groups=groups)


def _group_faults(groups: tuple[str, ...] | None) -> list[FieldError]:
    return [
        FieldError(f"groups.{place}", f"A group's id of 1 to {MAX_ID_LENGTH} characters is expected.")
        for place, group in enumerate(groups or ())
        if not 1 <= len(group) <= MAX_ID_LENGTH
    ]
