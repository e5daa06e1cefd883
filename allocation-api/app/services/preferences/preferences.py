"""Preferences of a user by name, each a JSON object with a version that counts its changes.

They are not in the audit trail: a layout moves no money, no permission and no order, and a screen that saves
one at every move of a column would bury the records that matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, rows_changed
from app.core.errors import FieldError, InvalidRequest, NotFound
from app.models import PREFERENCES_LOCK, PreferenceRow
from app.models.lock import serialise
from app.services.domain.caller import Caller
from app.services.preferences.errors import PreferenceChanged

NAME = re.compile(r"[a-z][a-z0-9.-]{0,63}")

MAX_NAMES = 100
"""Preferences that a user may have."""

MAX_VALUE_BYTES = 20_000
"""Length of the longest value, as JSON without blanks in UTF-8."""


@dataclass(frozen=True, slots=True)
class Preference:
    """A preference; `version` counts its changes from 1."""

    name: str
    value: Mapping[str, Any]
    version: int
    updated_at: datetime


class PreferenceService:
    """Keeps the preferences of each user for that user alone."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def list(self, caller: Caller) -> tuple[Preference, ...]:
        """Return all preferences of the caller, by name."""
        query = select(PreferenceRow).where(PreferenceRow.user_id == caller.user_id)
        with self._database.read() as session:
            rows = session.scalars(query.order_by(PreferenceRow.name))
            return tuple(_preference(row) for row in rows)

    def put(self, name: str, value: Mapping[str, Any], version: int | None, caller: Caller) -> Preference:
        """Store a preference in the place of version `version`: 0 is none yet, None whichever is stored.

        Raises
        ------
        InvalidRequest
            Naming `name` or `value`: a name that cannot be, one name too many, a value that is too long.
        PreferenceChanged
            When another version is stored.
        """
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        _check(name, written)

        def store(session: Session) -> Preference:
            serialise(session, PREFERENCES_LOCK)
            row = session.get(PreferenceRow, (caller.user_id, name))
            stored = 0 if row is None else row.version
            if version not in {None, stored}:
                raise PreferenceChanged(_changed(name, stored, version))
            if row is None:
                self._check_count(session, caller)
                row = PreferenceRow(user_id=caller.user_id, name=name)
                session.add(row)
            row.value, row.version, row.updated_at = written, stored + 1, self._clock()
            return _preference(row)

        return self._database.retried(store)

    def delete(self, name: str, caller: Caller) -> None:
        """Delete a preference of the caller.

        Raises
        ------
        NotFound
            When the caller has none of this name.
        """
        own = delete(PreferenceRow).where(PreferenceRow.user_id == caller.user_id, PreferenceRow.name == name)
        if not self._database.retried(lambda session: rows_changed(session, own)):
            raise NotFound(f"You have no preference {name!r}")

    def _check_count(self, session: Session, caller: Caller) -> None:
        own = select(func.count()).where(PreferenceRow.user_id == caller.user_id)
        if session.scalars(own).one() >= MAX_NAMES:
            message = f"You have {MAX_NAMES} preferences, and no user may have more. Delete one first."
            raise InvalidRequest.of(FieldError("name", message))


def _check(name: str, written: str) -> None:
    errors = []
    if not NAME.fullmatch(name):
        words = (
            "1 to 64 characters are expected: a small letter, then small letters, digits, dots and dashes."
        )
        errors.append(FieldError("name", words))
    size = len(written.encode())
    if size > MAX_VALUE_BYTES:
        words = f"The value has {size:,} bytes as JSON; at most {MAX_VALUE_BYTES:,} are kept."
        errors.append(FieldError("value", words))
    if errors:
        raise InvalidRequest.of(*errors)


def _changed(name: str, stored: int, version: int | None) -> str:
    if stored == 0:
        return f"There is no preference {name} any more, and you replace version {version}. Read them again"
    if version == 0:
        return f"There is a preference {name} already, of version {stored}. Read it, and put yours again"
    return f"Version {stored} of {name} is stored, not {version}. Read it, and put yours again"


def _preference(row: PreferenceRow) -> Preference:
    return Preference(row.name, json.loads(row.value), row.version, row.updated_at)
