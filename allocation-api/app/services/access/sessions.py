"""Sessions: tokens that were revoked before their expiry."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.models import RevokedTokenRow
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.caller import Caller


class SessionService:
    """Stores revoked tokens; `api/kit/tokens` issues and reads the tokens."""

    def __init__(self, database: Database, audit: AuditService, clock: Clock) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

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
