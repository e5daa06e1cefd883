"""Sessions: from a login to a logout, with refresh tokens that rotate.

Refresh token rotation (RFC 9700, section 4.14.2): each refresh token holds once. One that comes a second time
was copied, so its session ends, since nobody can tell the copy from the original. The token before the
current one holds once more for `GRACE`, because the answer with its successor may have been lost, or two
pages of a browser may have asked at once; it then gets the same successor, so that both go on with one token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, WriteConflictError, new_id, rows_changed
from app.core.errors import NotFound, Unauthenticated
from app.models import SessionRow, UserRow
from app.services.access.users import UserService, user_of
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.caller import Caller, User

GRACE = timedelta(seconds=10)
"""Time for which a refresh token holds once more after its successor was issued."""

MAX_USER_AGENT_CHARACTERS = 200
"""Characters of the client's name that are kept."""

ENDED = "This session has ended. Log in again."


class Origin(StrEnum):
    """How a user logged in."""

    PASSWORD = "PASSWORD"  # noqa: S105 - a kind of login, not a secret
    SSO = "SSO"


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from: source address, and how the client names itself."""

    address: str | None
    user_agent: str | None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """What the tokens of a session carry: its id, that of its refresh token, its end, and the user."""

    id: str
    refresh_id: str
    expires_at: datetime
    user: User


@dataclass(frozen=True, slots=True)
class SessionView:
    """An open session as its user sees it.

    `last_used_at` is when it last got new tokens, `current` says whether it is that of the request.
    """

    session_id: str
    origin: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    address: str | None
    user_agent: str | None
    current: bool


class SessionService:
    """Begins, continues and ends sessions; `api/kit/tokens` signs and reads their tokens."""

    def __init__(
        self, database: Database, audit: AuditService, clock: Clock, users: UserService, lifetime: timedelta
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._users = users
        self._lifetime = lifetime

    def begin(self, user: User, *, since: datetime, client: Client) -> OpenSession:
        """Begin a session of a user whose password was checked.

        `since` is the moment before the check: a password that was changed meanwhile ends the session.
        """
        return self._database.retried(
            lambda session: self.begin_within(
                session, user, since=since, origin=Origin.PASSWORD, client=client
            )
        )

    def begin_within(
        self,
        session: Session,
        user: User,
        *,
        since: datetime,
        origin: Origin,
        client: Client,
        sign_on: str | None = None,
    ) -> OpenSession:
        """Begin a session in the caller's unit of work; `sign_on` is the hash of a sign-on's state."""
        row = SessionRow(
            id=new_id(),
            user_id=user.id,
            origin=origin,
            created_at=since,
            last_used_at=since,
            expires_at=since + self._lifetime,
            address=client.address,
            user_agent=_shortened(client.user_agent),
            refresh_id=new_id(),
            sign_on=sign_on,
        )
        session.add(row)
        return OpenSession(row.id, row.refresh_id, row.expires_at, user)

    def user(self, session_id: str, user_id: str) -> User:
        """Return the user of an open session, both read by one statement.

        Raises
        ------
        Unauthenticated
            When the session has ended, or the user is deleted or inactive.
        """
        with self._database.read() as session:
            found = self._open(session, session_id, user_id)
        if found is None:
            raise Unauthenticated(ENDED)
        return user_of(found[1])

    def refresh(
        self, session_id: str, user_id: str, refresh_id: str, *, request_id: str, client: Client
    ) -> OpenSession:
        """Return the session with its next refresh token; end the session if the token was used before.

        Raises
        ------
        Unauthenticated
            When the session has ended, or ends by this.
        """
        renewed = self._database.retried(
            lambda session: self._rotate(session, session_id, user_id, refresh_id, request_id, client)
        )
        if renewed is None:
            raise Unauthenticated(ENDED)
        return renewed

    def _rotate(
        self,
        session: Session,
        session_id: str,
        user_id: str,
        refresh_id: str,
        request_id: str,
        client: Client,
    ) -> OpenSession | None:
        found = self._open(session, session_id, user_id)
        if found is None:
            return None
        row, user = found
        now = self._clock()
        unmoved = update(SessionRow).where(
            SessionRow.id == row.id,
            SessionRow.refresh_id == row.refresh_id,
            SessionRow.ended_at.is_(None),
        )
        if refresh_id == row.refresh_id:
            following = new_id()
            change = unmoved.values(
                refresh_id=following,
                previous_refresh_id=refresh_id,
                rotated_at=now,
                last_used_at=now,
                address=client.address,
                user_agent=_shortened(client.user_agent),
            )
        elif refresh_id == row.previous_refresh_id and row.rotated_at and now <= row.rotated_at + GRACE:
            following = row.refresh_id
            change = unmoved.where(SessionRow.previous_refresh_id == refresh_id)
            change = change.values(previous_refresh_id=None)
        else:
            self._end_reused(session, row, user, request_id, client)
            return None
        if rows_changed(session, change) != 1:
            raise WriteConflictError("another request refreshed this session")
        return OpenSession(row.id, following, row.expires_at, user_of(user))

    def _end_reused(
        self, session: Session, row: SessionRow, user: UserRow, request_id: str, client: Client
    ) -> None:
        if self._end(session, SessionRow.id == row.id):
            self._audit.record(
                session,
                Action.REFRESH_TOKEN_REUSED,
                user_id=user.id,
                username=user.username,
                request_id=request_id,
                address=client.address,
                entity_type=EntityType.USER,
                entity_id=user.username,
                after={"session_id": row.id},
            )

    def _open(self, session: Session, session_id: str, user_id: str) -> tuple[SessionRow, UserRow] | None:
        """Return an open session and its user, None if there is none or the user may not log in."""
        query = (
            select(SessionRow, UserRow)
            .join(UserRow, UserRow.id == SessionRow.user_id)
            .where(SessionRow.id == session_id, SessionRow.user_id == user_id, SessionRow.ended_at.is_(None))
        )
        found = session.execute(query).unique().one_or_none()
        if found is None:
            return None
        row, user = found
        is_over = row.expires_at <= self._clock() or _is_older_than_credentials(row, user)
        return None if is_over or not self._users.may_log_in(user) else (row, user)

    def list(self, caller: Caller) -> tuple[SessionView, ...]:
        """Return the caller's open sessions, the newest first."""
        changed_at = UserRow.credentials_changed_at
        query = (
            select(SessionRow)
            .join(UserRow, UserRow.id == SessionRow.user_id)
            .where(
                SessionRow.user_id == caller.user_id,
                SessionRow.ended_at.is_(None),
                SessionRow.expires_at > self._clock(),
                or_(changed_at.is_(None), SessionRow.created_at >= changed_at),
            )
            .order_by(SessionRow.created_at.desc(), SessionRow.id)
        )
        with self._database.read() as session:
            return tuple(_view(row, caller.session_id) for row in session.scalars(query))

    def log_out(self, session_ids: frozenset[str], caller: Caller) -> None:
        """End sessions of the caller; those that have ended stay as they are."""

        def end(session: Session) -> None:
            mine = (SessionRow.user_id == caller.user_id, SessionRow.id.in_(session_ids))
            if self._end(session, *mine):
                self._audit.record_for(session, Action.LOGOUT, caller, EntityType.USER, caller.username)

        self._database.retried(end)

    def end_one(self, session_id: str, caller: Caller) -> None:
        """End another session of the caller.

        Raises
        ------
        NotFound
            When the caller has no open session of this id.
        """

        def end(session: Session) -> bool:
            ended = self._end(session, SessionRow.user_id == caller.user_id, SessionRow.id == session_id)
            if ended:
                self._record(session, caller, caller.username, {"session_id": session_id})
            return bool(ended)

        if not self._database.retried(end):
            raise NotFound("You have no open session of this id.")

    def end_all(self, user_id: str, username: str, caller: Caller) -> int:
        """End every session of a user, and return how many were open."""

        def end(session: Session) -> int:
            ended = self.end_all_within(session, user_id)
            if ended:
                self._record(session, caller, username, {"sessions": ended})
            return ended

        return self._database.retried(end)

    def end_all_within(self, session: Session, user_id: str) -> int:
        """End every session of a user in the caller's unit of work, and return how many were open."""
        return self._end(session, SessionRow.user_id == user_id)

    def count_open(self, session: Session) -> int:
        """Return the number of open sessions of all users."""
        query = select(func.count()).where(
            SessionRow.ended_at.is_(None), SessionRow.expires_at > self._clock()
        )
        return session.scalar(query) or 0

    def forget_expired(self) -> None:
        """Delete sessions that are past their end; their tokens have expired with them."""
        now = self._clock()
        self._database.retried(
            lambda session: session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
        )

    def _end(self, session: Session, *which: ColumnElement[bool]) -> int:
        now = self._clock()
        open_ones = (SessionRow.ended_at.is_(None), SessionRow.expires_at > now)
        return rows_changed(session, update(SessionRow).where(*which, *open_ones).values(ended_at=now))

    def _record(self, session: Session, caller: Caller, username: str, after: Mapping[str, object]) -> None:
        self._audit.record_for(session, Action.SESSIONS_ENDED, caller, EntityType.USER, username, after=after)


def _is_older_than_credentials(row: SessionRow, user: UserRow) -> bool:
    """Return whether the session began before the user's password was changed."""
    return user.credentials_changed_at is not None and row.created_at < user.credentials_changed_at


def _shortened(user_agent: str | None) -> str | None:
    if user_agent is None:
        return None
    return "".join(c for c in user_agent if c.isascii() and c.isprintable())[:MAX_USER_AGENT_CHARACTERS]


def _view(row: SessionRow, current_id: str | None) -> SessionView:
    return SessionView(
        session_id=row.id,
        origin=row.origin,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        address=row.address,
        user_agent=row.user_agent,
        current=row.id == current_id,
    )
