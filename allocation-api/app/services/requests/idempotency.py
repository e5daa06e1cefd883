"""Idempotency keys: a request that is repeated under its key gets the stored answer and has no second effect.

The model is draft-ietf-httpapi-idempotency-key-header. A key belongs to a user and to one request; it is
reserved before the request is carried out, and its answer is stored with it. A reservation that expires, or
is released without an answer, passes to the next request with the key.
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

from app.core.clock import Clock, latest
from app.core.database import Database, WriteConflictError, new_id, rows_changed
from app.models import IDEMPOTENCY_LOCKS, IdempotencyKeyRow
from app.models.lock import serialise
from app.services.requests.errors import IdempotencyKeyInUse, IdempotencyKeyReused

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """Answer to the first request under a key, to the byte."""

    status: int
    content_type: str
    body: str


@dataclass(frozen=True, slots=True)
class Reservation:
    """Lease on a key: the right to carry out its request. `key_id` is a hash of user and key.

    `resumed` says that an earlier attempt at the same request left no answer; it may have done all or part of
    its work.
    """

    key_id: str
    token: str
    resumed: bool


class IdempotencyService:
    """Store of idempotency keys and their answers.

    Parameters
    ----------
    hold : timedelta
        Length of a reservation; after that the process that holds it counts as dead.
    lifetime : timedelta
        Time for which keys and answers are kept at least.
    """

    def __init__(self, database: Database, clock: Clock, *, hold: timedelta, lifetime: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._hold = hold
        self._lifetime = lifetime

    def reserve(self, user_id: str, key: str, fingerprint: str) -> Reservation | StoredAnswer:
        """Reserve the key for the request, or return the stored answer if it has one.

        `fingerprint` identifies the request: the SHA-256 of operation, path and JSON, in hex.

        Raises
        ------
        IdempotencyKeyReused
            When the key belongs to another request.
        IdempotencyKeyInUse
            While the first request is in progress.
        """
        key_id = key_id_of(user_id, key)

        def work(session: Session) -> Reservation | StoredAnswer | None:
            serialise(session, IDEMPOTENCY_LOCKS[int(key_id[0], 16)])
            row = session.get(IdempotencyKeyRow, key_id)
            if row is None:
                return self._first(session, key_id, user_id, fingerprint)
            if row.fingerprint != fingerprint:
                raise IdempotencyKeyReused(
                    "This idempotency key was used for another request. Send a new key."
                )
            if row.status is not None:
                return StoredAnswer(row.status, row.content_type or "", row.answer or "")
            if row.held_until > self._clock():
                self._redate(session, row)
                return None
            return self._taken_over(session, row)

        found = self._database.retried(work)
        if found is None:
            raise IdempotencyKeyInUse("The first request under this key is still in progress. Try again.")
        return found

    def keep(self, reservation: Reservation, answer: StoredAnswer) -> None:
        """Store the answer for repeated requests; if that fails, a repeated request resumes this one."""
        values = {"status": answer.status, "content_type": answer.content_type, "answer": answer.body}
        self._finish(reservation, _held(reservation).values(values))

    def release(self, reservation: Reservation) -> None:
        """Give the reservation up without an answer, so that the next request with the key is carried out."""
        self._finish(reservation, _held(reservation).values(held_until=self._clock()))

    def forget_old(self) -> None:
        """Delete the keys whose lifetime is over and that are not reserved."""
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

    def _redate(self, session: Session, row: IdempotencyKeyRow) -> None:
        """Let a reservation from the future end one hold from now: the clock was set back since.

        Else a key whose process died would be in use for as long as it was set back. It is never shortened.
        """
        now = self._clock()
        if row.held_until > latest(now, self._hold):
            unmoved = _held(Reservation(row.id, row.token, resumed=True))
            rows_changed(session, unmoved.values(held_until=now + self._hold))
            log.warning("an idempotency key was held from the future: the clock was set back", key=row.id)

    def _taken_over(self, session: Session, row: IdempotencyKeyRow) -> Reservation:
        """Take an expired reservation over by compare-and-set on its token."""
        taken = Reservation(row.id, new_id(), resumed=True)
        unmoved = _held(Reservation(row.id, row.token, resumed=True))
        values = {"token": taken.token, "held_until": self._clock() + self._hold}
        if not rows_changed(session, unmoved.values(values)):
            raise WriteConflictError("another process took this idempotency key over first")
        return taken

    def _finish(self, reservation: Reservation, statement: Update) -> None:
        try:
            ours = self._database.retried(lambda session: rows_changed(session, statement))
        except SQLAlchemyError:
            log.exception("the outcome of a request under an idempotency key could not be stored")
            return
        if not ours:
            log.warning(
                "a request under an idempotency key ended after another request had taken the key over",
                key=reservation.key_id,
            )


def key_id_of(user_id: str, key: str) -> str:
    """Return the id of a user's key, in a reservation of it."""
    return sha256(f"{user_id}\n{key}".encode()).hexdigest()


def _held(reservation: Reservation) -> Update:
    """Return an update that only changes the key while it has this reservation's token and no answer."""
    return update(IdempotencyKeyRow).where(
        IdempotencyKeyRow.id == reservation.key_id,
        IdempotencyKeyRow.token == reservation.token,
        IdempotencyKeyRow.status.is_(None),
    )
