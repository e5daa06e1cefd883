"""Single sign-on: users of an OpenID provider become users here at their first login (just in time).

The key of a user is issuer and subject (`user_identities`). Roles follow the provider's groups at each login;
single permissions, portfolio groups and disabling stay the administrators' own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.config.sign_on import SignOnSettings
from app.core.database import Database, new_id
from app.core.errors import AllocatorError, NotFound
from app.core.security import Role
from app.models import NO_PASSWORD, USERS_LOCK, GrantKind, SessionRow, UserIdentityRow, UserRow
from app.models.lock import serialise
from app.services.access.errors import SignOnFailed, SignOnRefused
from app.services.access.names import folded, name_faults
from app.services.access.provider import Identity, OpenIdProvider, SignOnRequest
from app.services.access.sessions import Client, OpenSession, Origin, SessionService
from app.services.access.users import DEMO_USERS, UserService, change_row, grant_exactly, granted, user_of
from app.services.access.views import state_of
from app.services.audit.trail import Action, AuditService, EntityType


@dataclass(frozen=True, slots=True)
class _Login:
    """One login: whom the provider named, with the roles of the groups, and where it came from."""

    identity: Identity
    roles: tuple[Role, ...]
    state_hash: str
    since: datetime
    request_id: str
    client: Client


class SignOnService:
    """Starts and finishes logins by single sign-on; `provider` is None where that is off."""

    def __init__(
        self,
        database: Database,
        audit: AuditService,
        clock: Clock,
        users: UserService,
        sessions: SessionService,
        provider: OpenIdProvider | None,
        settings: SignOnSettings | None,
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._users = users
        self._sessions = sessions
        self._provider = provider
        self._roles = {} if settings is None else dict(settings.roles)

    @property
    def is_configured(self) -> bool:
        """Whether single sign-on is on."""
        return self._provider is not None

    def start(self, following: str) -> tuple[str, SignOnRequest]:
        """Return where the browser logs in, and what it keeps until it comes back.

        Raises
        ------
        NotFound
            Where single sign-on is off.
        SignOnUnavailable
            When the provider does not answer.
        """
        request = SignOnRequest.new(following)
        return self._configured().authorization_url(request), request

    def finish(self, code: str, request: SignOnRequest, *, request_id: str, client: Client) -> OpenSession:
        """Begin a session of the user that the provider names for a code; each request begins one at most.

        Raises
        ------
        NotFound
            Where single sign-on is off.
        SignOnFailed
            When the code or the token does not hold, or the request has begun a session.
        SignOnRefused
            When the user may not log in; the roles are then those of the groups all the same.
        SignOnUnavailable
            When the provider does not answer.
        """
        since = self._clock()
        identity = self._configured().identity(code, request)
        login = _Login(
            identity=identity,
            roles=tuple(sorted({self._roles[g] for g in identity.groups if g in self._roles})),
            state_hash=sha256(request.state.encode()).hexdigest(),
            since=since,
            request_id=request_id,
            client=client,
        )
        found = self._database.retried(lambda session: self._log_in(session, login))
        if isinstance(found, AllocatorError):
            raise found
        return found

    def _configured(self) -> OpenIdProvider:
        if self._provider is None:
            raise NotFound("Single sign-on is not configured here.")
        return self._provider

    def _log_in(self, session: Session, login: _Login) -> OpenSession | AllocatorError:
        """Return a new session or why there is none; what was found of the user is stored in both cases."""
        serialise(session, USERS_LOCK)
        if session.scalar(select(exists().where(SessionRow.sign_on == login.state_hash))):
            return SignOnFailed("This login was finished before. Start again.")
        row = self._known(session, login.identity)
        if row is not None:
            self._follow_groups(session, row, login)
        if not login.roles:
            return self._refused(session, row, login, "None of your groups has a role here.")
        if row is None:
            fault = self._name_fault(session, login.identity)
            if fault is not None:
                return self._refused(session, None, login, fault)
            row = self._added(session, login)
        if not self._users.may_log_in(row):
            return self._refused(session, row, login, "This user is disabled.")
        opened = self._sessions.begin_within(
            session,
            user_of(row),
            since=login.since,
            origin=Origin.SSO,
            client=login.client,
            sign_on=login.state_hash,
        )
        self._record(session, Action.LOGIN, row, login, after={"origin": Origin.SSO, "session_id": opened.id})
        return opened

    def _known(self, session: Session, identity: Identity) -> UserRow | None:
        key = session.get(UserIdentityRow, (identity.issuer, identity.subject))
        return None if key is None else session.get(UserRow, key.user_id)

    def _name_fault(self, session: Session, identity: Identity) -> str | None:
        """Return why no user can be added under the name of an identity."""
        username = folded(identity.username or "")
        if name_faults(username):
            return "The identity provider names no usable user name (preferred_username or email)."
        taken = {folded(name) for name in session.scalars(select(UserRow.username))}
        if username in taken or username in DEMO_USERS:
            return f"There is a user {username} already, who does not log in by single sign-on."
        return None

    def _added(self, session: Session, login: _Login) -> UserRow:
        row = UserRow(
            id=new_id(),
            username=folded(login.identity.username or ""),
            password_hash=NO_PASSWORD,
            active=True,
            created_at=login.since,
        )
        session.add(row)
        grant_exactly(row, roles=login.roles)
        session.add(
            UserIdentityRow(
                issuer=login.identity.issuer,
                subject=login.identity.subject,
                user_id=row.id,
                created_at=login.since,
            )
        )
        session.flush()
        self._record(session, Action.USER_ADDED, row, login, after=state_of(row))
        return row

    def _follow_groups(self, session: Session, row: UserRow, login: _Login) -> None:
        """Give a user exactly the roles of the groups; whoever has none left has no session left, either."""
        if granted(row, GrantKind.ROLE) == login.roles:
            return
        before = state_of(row)
        grant_exactly(
            row,
            roles=login.roles,
            permissions=granted(row, GrantKind.PERMISSION),
            groups=None if row.all_groups else granted(row, GrantKind.GROUP),
        )
        change_row(session, row)
        if not login.roles:
            self._sessions.end_all_within(session, row.id)
        self._record(session, Action.USER_GRANTED, row, login, before=before, after=state_of(row))

    def _refused(self, session: Session, row: UserRow | None, login: _Login, reason: str) -> SignOnRefused:
        self._record(
            session, Action.LOGIN_REFUSED, row, login, after={"origin": Origin.SSO, "reason": reason}
        )
        return SignOnRefused(reason)

    def _record(
        self,
        session: Session,
        action: Action,
        row: UserRow | None,
        login: _Login,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object],
    ) -> None:
        username = row.username if row is not None else _shown(login.identity)
        self._audit.record(
            session,
            action,
            user_id=None if row is None else row.id,
            username=username,
            request_id=login.request_id,
            address=login.client.address,
            entity_type=EntityType.USER,
            entity_id=username,
            before=before,
            after=after,
        )


def _shown(identity: Identity) -> str:
    """Return the name of somebody who is no user here, as the audit trail keeps it."""
    name = folded(identity.username or "")
    return identity.subject[:100] if name_faults(name) else name
