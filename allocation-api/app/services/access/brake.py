"""Login brake: failed logins are counted in the database, and too many lock for a while.

Three counters, each with a fixed window and a limit of its own:

- a user name from one address (PAIR): whoever guesses locks out himself, and nobody else;
- a user name from anywhere (NAME), with a higher limit: against guesses from many addresses;
- an address (ADDRESS): against one password tried on many names.

Where a name has logged in lately only the first one holds for it: strangers cannot lock out a user for ever,
and whoever guesses in an office that shares one address does not lock out the whole desk.

An attempt is counted before its password is looked at and given back if it was right, so that attempts at
the same time do not all pass. Refused ones are added up in memory and written now and then: a flood of them
writes nothing itself. Names are counted whether there is such a user or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Network, ip_address
from threading import Lock
from typing import Self

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.config.logins import LoginSettings
from app.core.database import Database, rows_changed
from app.models import LOGIN_LOCK, LoginBrakeRow
from app.models.lock import serialise
from app.services.access.errors import LoginBlocked
from app.services.access.names import folded
from app.services.audit.trail import Action, AuditService, EntityType

KNOWN_FOR = timedelta(days=30)
"""Time for which a name counts as known at an address after it has logged in there."""

MAX_SWEPT_ROWS = 500
"""Rows that one run of the job clears."""

MAX_SHOWN_CHARACTERS = 128
"""Characters of an attempted name that are kept for people."""

UNKNOWN_SITE = "unknown"
"""What stands for an address that cannot be read."""

IPV6_SITE_BITS = 64
"""Bits of an IPv6 address that stand for its owner, who has all addresses below them."""


class BrakeKind(StrEnum):
    """What a counter counts."""

    PAIR = "PAIR"
    NAME = "NAME"
    ADDRESS = "ADDRESS"


@dataclass(frozen=True, slots=True)
class BrakeLimits:
    """Failed logins within `window` from which a lock of the same length begins, of each kind."""

    window: timedelta
    pair: int
    name: int
    address: int

    @classmethod
    def of(cls, settings: LoginSettings) -> Self:
        """Return the limits of the settings."""
        return cls(
            window=timedelta(minutes=settings.lock_minutes),
            pair=settings.max_failures,
            name=settings.max_failures_per_name,
            address=settings.max_failures_per_address,
        )

    def limit(self, kind: str) -> int:
        """Return the limit of a kind."""
        return {BrakeKind.PAIR: self.pair, BrakeKind.NAME: self.name, BrakeKind.ADDRESS: self.address}[
            BrakeKind(kind)
        ]


@dataclass(frozen=True, slots=True)
class LoginLock:
    """A lock that holds: logins are refused until it ends or is freed."""

    kind: str
    address: str | None
    until: datetime
    refused: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One login: the name that was given and where it came from; `reached` are the limits that it reached."""

    username: str
    address: str
    reached: tuple[BrakeKind, ...] = ()

    @classmethod
    def of(cls, username: str, address: str | None) -> Attempt:
        """Return the attempt of a request; IPv6 addresses count by site."""
        return cls(username, site_of(address))

    @property
    def keys(self) -> dict[BrakeKind, str]:
        """Key of each of its counters."""
        name = name_hash(self.username)
        return {
            BrakeKind.PAIR: _digest("PAIR", name, self.address),
            BrakeKind.NAME: _digest("NAME", name),
            BrakeKind.ADDRESS: _digest("ADDRESS", self.address),
        }


def site_of(address: str | None) -> str:
    """Return the address by which attempts are counted: of IPv6 the network of its owner."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return UNKNOWN_SITE
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), IPV6_SITE_BITS), strict=False))


def name_hash(username: str) -> str:
    """Return what stands for a name among the counters: names of any length, and passwords typed as such."""
    return _digest(folded(username))


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


class LoginBrake:
    """Counts failed logins, refuses further ones while a lock holds, and frees users."""

    def __init__(self, database: Database, audit: AuditService, clock: Clock, limits: BrakeLimits) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._limits = limits
        self._refused: Counter[str] = Counter()
        self._refused_lock = Lock()

    def check(self, session: Session, attempt: Attempt) -> None:
        """Refuse an attempt while a lock holds, by reading alone.

        Raises
        ------
        LoginBlocked
            With the time that remains.
        """
        self._refuse_locked(_rows(session, attempt), self._clock())

    def reserve(self, attempt: Attempt) -> Attempt:
        """Count an attempt as failed before its password is looked at; `succeeded` gives it back.

        Raises
        ------
        LoginBlocked
            When a lock has begun meanwhile.
        """
        return self._database.retried(lambda session: self._reserve(session, attempt))

    def _reserve(self, session: Session, attempt: Attempt) -> Attempt:
        serialise(session, LOGIN_LOCK)
        now = self._clock()
        rows = {row.key: row for row in _rows(session, attempt)}
        self._refuse_locked(rows.values(), now)
        reached = []
        for kind, key in attempt.keys.items():
            row = rows.get(key)
            if row is None:
                row = _new_row(attempt, kind, key, now)
                session.add(row)
            elif row.window_from + self._limits.window <= now and not _is_locked(row, now):
                self._begin_window(session, row, now)
            row.failures += 1
            if row.failures >= self._limits.limit(kind) and not _is_locked(row, now):
                row.locked_until = now + self._limits.window
                reached.append(kind)
        return Attempt(attempt.username, attempt.address, tuple(reached))

    def release(self, attempt: Attempt) -> None:
        """Give back a reserved attempt whose password was not looked at."""
        self._database.retried(lambda session: self._give_back(session, attempt))

    def succeeded(self, session: Session, attempt: Attempt) -> None:
        """Give back a reserved attempt whose password was right, and forget the failures of its pair."""
        for row in self._give_back(session, attempt):
            if row.kind == BrakeKind.PAIR:
                row.failures, row.known_until = 0, self._clock() + KNOWN_FOR

    def _give_back(self, session: Session, attempt: Attempt) -> list[LoginBrakeRow]:
        serialise(session, LOGIN_LOCK)
        rows = _rows(session, attempt)
        for row in rows:
            row.failures = max(0, row.failures - 1)
            if row.failures < self._limits.limit(row.kind):
                row.locked_until = None  # attempts in flight had been counted as failures
        return rows

    def failed(self, session: Session, attempt: Attempt, user_id: str | None, request_id: str) -> None:
        """Record each lock that a reserved attempt began, now that its password was wrong."""
        for kind in attempt.reached:
            self._audit.record(
                session,
                Action.LOGIN_LOCKED,
                user_id=user_id if kind is not BrakeKind.ADDRESS else None,
                username=attempt.username,
                request_id=request_id,
                entity_type=EntityType.USER,
                entity_id=attempt.username,
                address=attempt.address,
                after={
                    "kind": kind,
                    "failures": self._limits.limit(kind),
                    "minutes": self._limits.window.total_seconds() / 60,
                },
            )

    def locks_of(self, session: Session, usernames: Sequence[str]) -> dict[str, tuple[LoginLock, ...]]:
        """Return the locks of user names that hold now."""
        hashes = {name_hash(name): name for name in usernames}
        query = select(LoginBrakeRow).where(
            LoginBrakeRow.name_hash.in_(hashes), LoginBrakeRow.locked_until > self._clock()
        )
        found: dict[str, tuple[LoginLock, ...]] = {}
        for row in session.scalars(query.order_by(LoginBrakeRow.kind, LoginBrakeRow.address)):
            name = hashes[row.name_hash or ""]
            if row.locked_until is not None:
                lock = LoginLock(row.kind, row.address, row.locked_until, row.refused)
                found[name] = (*found.get(name, ()), lock)
        return found

    def free(self, session: Session, *, username: str | None = None, address: str | None = None) -> int:
        """Forget all failures of a user name, or of an address; return how many locks held."""
        serialise(session, LOGIN_LOCK)
        where = (
            LoginBrakeRow.name_hash == name_hash(username)
            if username is not None
            else LoginBrakeRow.address == site_of(address)
        )
        now = self._clock()
        locks = 0
        for row in session.scalars(select(LoginBrakeRow).where(where)):
            locks += _is_locked(row, now)
            if row.known_until is None:
                session.delete(row)
            else:
                row.window_from, row.failures, row.refused, row.locked_until = now, 0, 0, None
        return locks

    def sweep(self) -> None:
        """Write how many logins were refused, record locks that have ended, and clear rows that are over."""
        self._write_refused()
        with self._database.read() as session:
            is_clear = session.scalar(select(LoginBrakeRow.key).where(*self._over()).limit(1)) is None
        if not is_clear:
            self._database.retried(self._sweep)

    def _sweep(self, session: Session) -> None:
        serialise(session, LOGIN_LOCK)
        now = self._clock()
        rows = session.scalars(select(LoginBrakeRow).where(*self._over()).limit(MAX_SWEPT_ROWS))
        for row in rows.all():
            self._begin_window(session, row, now)
            if row.known_until is None or row.known_until <= now:
                session.delete(row)

    def _over(self) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions of a row with nothing left to count, and something to clear."""
        now, row = self._clock(), LoginBrakeRow
        return (
            row.window_from <= now - self._limits.window,
            or_(row.locked_until.is_(None), row.locked_until <= now),
            or_(row.locked_until.is_not(None), row.known_until.is_(None), row.known_until <= now),
        )

    def _begin_window(self, session: Session, row: LoginBrakeRow, now: datetime) -> None:
        """Begin a new window; a lock that has ended is recorded with the logins that it refused."""
        if row.locked_until is not None:
            self._audit.record_system(
                session,
                Action.LOGIN_LOCK_ENDED,
                EntityType.USER,
                row.username or row.address or "",
                after={
                    "kind": row.kind,
                    "address": row.address,
                    "failures": min(row.failures, self._limits.limit(row.kind)),
                    "refused": row.refused,
                },
            )
        row.window_from, row.failures, row.refused, row.locked_until = now, 0, 0, None

    def _refuse_locked(self, rows: Iterable[LoginBrakeRow], now: datetime) -> None:
        by_kind = {row.kind: row for row in rows}
        pair = by_kind.get(BrakeKind.PAIR)
        is_known = pair is not None and pair.known_until is not None and pair.known_until > now
        held = [
            row
            for row in by_kind.values()
            if _is_locked(row, now) and (row.kind == BrakeKind.PAIR or not is_known)
        ]
        if held:
            with self._refused_lock:
                self._refused.update(row.key for row in held)
            until = max(row.locked_until for row in held if row.locked_until is not None)
            raise LoginBlocked.until(until - now)

    def _write_refused(self) -> None:
        with self._refused_lock:
            counted, self._refused = self._refused, Counter()
        if not counted:
            return

        def store(session: Session) -> None:
            for key, refused in sorted(counted.items()):
                counter = update(LoginBrakeRow).where(LoginBrakeRow.key == key)
                rows_changed(session, counter.values(refused=LoginBrakeRow.refused + refused))

        try:
            self._database.retried(store)
        except BaseException:
            with self._refused_lock:
                self._refused.update(counted)
            raise


def _rows(session: Session, attempt: Attempt) -> list[LoginBrakeRow]:
    keys = list(attempt.keys.values())
    return list(session.scalars(select(LoginBrakeRow).where(LoginBrakeRow.key.in_(keys))))


def _new_row(attempt: Attempt, kind: BrakeKind, key: str, now: datetime) -> LoginBrakeRow:
    is_named, is_placed = kind is not BrakeKind.ADDRESS, kind is not BrakeKind.NAME
    return LoginBrakeRow(
        key=key,
        kind=kind,
        name_hash=name_hash(attempt.username) if is_named else None,
        username=attempt.username[:MAX_SHOWN_CHARACTERS] if is_named else None,
        address=attempt.address if is_placed else None,
        window_from=now,
        failures=0,
        refused=0,
    )


def _is_locked(row: LoginBrakeRow, now: datetime) -> bool:
    return row.locked_until is not None and row.locked_until > now
