"""Idempotency keys: a request that is sent again under the same key is answered again, not done again.

The model is draft-ietf-httpapi-idempotency-key-header. A key belongs to a user and to one request; it is
reserved before the request is worked on, and its answer is stored beside it. A reservation whose holder died,
or let it go without an answer, passes to the next who comes with the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import structlog
from sqlalchemy import delete, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Update

from app.core.clock import Clock
from app.core.database import Database, WriteConflictError, new_id, rows_changed
from app.models import IDEMPOTENCY_LOCKS, IdempotencyKeyRow
from app.models.lock import serialise
from app.services.requests.errors import IdempotencyKeyInUse, IdempotencyKeyReused

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What the first request under a key was answered, to the byte."""

    status: int
    content_type: str
    body: str


@dataclass(frozen=True, slots=True)
class Reservation:
    """The right to do the request under a key; `key_id` stands for user and key.

    `resumed` says that there was an earlier try of the same request whose answer nobody kept: it may have
    done its work, all or part of it.
    """

    key_id: str
    token: str
    resumed: bool


class IdempotencyService:
    """Keeps keys and answers.

    Parameters
    ----------
    hold : timedelta
        How long a request may take; after that its holder is taken for dead.
    lifetime : timedelta
        How long keys and answers are kept at least.
    """

    def __init__(self, database: Database, clock: Clock, *, hold: timedelta, lifetime: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._hold = hold
        self._lifetime = lifetime

    def reserve(self, user_id: str, key: str, fingerprint: str) -> Reservation | StoredAnswer:
        """Return the right to do the request, or its answer where it was done before.

        `fingerprint` is the SHA-256 of everything that makes the request what it is, in hex.

        Raises
        ------
        IdempotencyKeyReused
            When the key belongs to another request.
        IdempotencyKeyInUse
            When the request is being done at this moment.
        """
        key_id = sha256(f"{user_id}\n{key}".encode()).hexdigest()

        def work(session: Session) -> Reservation | StoredAnswer:
            serialise(session, IDEMPOTENCY_LOCKS[int(key_id[0], 16)])
            row = session.get(IdempotencyKeyRow, key_id)
            if row is None:
                return self._first(session, key_id, user_id, fingerprint)
            if row.fingerprint != fingerprint:
                raise IdempotencyKeyReused(
                    "This idempotency key was given to another request: take a new one"
                )
            if row.status is not None:
                return StoredAnswer(row.status, row.content_type or "", row.answer or "")
            if row.held_until > self._clock():
                raise IdempotencyKeyInUse("The first request under this key is under way: ask again")
            return self._resumed(session, row)

        return self._database.retried(work)

    def keep(self, reservation: Reservation, answer: StoredAnswer) -> None:
        """Store the answer for those who ask again; where that fails, they are answered from the state."""
        values = {"status": answer.status, "content_type": answer.content_type, "answer": answer.body}
        self._finish(reservation, _held(reservation).values(values))

    def release(self, reservation: Reservation) -> None:
        """Let the next who comes with the key do the request: nothing is decided."""
        self._finish(reservation, _held(reservation).values(held_until=self._clock()))

    def forget_old(self) -> None:
        """Delete the keys whose time is over and that nobody holds."""
        now = self._clock()
        old = delete(IdempotencyKeyRow).where(
            IdempotencyKeyRow.created_at <= now - self._lifetime, IdempotencyKeyRow.held_until <= now
        )
        self._database.retried(lambda session: session.execute(old))

    def _first(self, session: Session, key_id: str, user_id: str, fingerprint: str) -> Reservation:
        now = self._clock()
        reservation = Reservation(key_id, new_id(), resumed=False)
        session.add(
            IdempotencyKeyRow(
                id=key_id,
                user_id=user_id,
                fingerprint=fingerprint,
                created_at=now,
                token=reservation.token,
                held_until=now + self._hold,
            )
        )
        return reservation

    def _resumed(self, session: Session, row: IdempotencyKeyRow) -> Reservation:
        taken = Reservation(row.id, new_id(), resumed=True)
        unmoved = _held(Reservation(row.id, row.token, resumed=True))
        values = {"token": taken.token, "held_until": self._clock() + self._hold}
        if not rows_changed(session, unmoved.values(values)):
            raise WriteConflictError("somebody else took this idempotency key over")
        return taken

    def _finish(self, reservation: Reservation, statement: Update) -> None:
        try:
            ours = self._database.retried(lambda session: rows_changed(session, statement))
        except SQLAlchemyError:
            log.exception("the end of a request under an idempotency key was not stored")
            return
        if not ours:
            log.warning(
                "a request under an idempotency key ended after it was taken over", key=reservation.key_id
            )


def _held(reservation: Reservation) -> Update:
    """Return the change of a key that is still this reservation's and has no answer yet."""
    return update(IdempotencyKeyRow).where(
        IdempotencyKeyRow.id == reservation.key_id,
        IdempotencyKeyRow.token == reservation.token,
        IdempotencyKeyRow.status.is_(None),
    )
