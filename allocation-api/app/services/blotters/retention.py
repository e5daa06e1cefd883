"""Retention of blotters: one that nobody committed goes with its joint split once its previews are erased.

The trail keeps the SHA-256 of the joint split, as of previews. Where a line was committed all of it stays,
because it is why that line got what it did.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.blotters import store
from app.services.blotters.joint_record import JointRecord

log = structlog.get_logger(__name__)


class BlotterRetention:
    """Forgets old blotters, some in each unit of work; any number of processes may do it at once."""

    def __init__(self, database: Database, audit: AuditService, clock: Clock, retention: timedelta) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._retention = retention

    def forget(self) -> None:
        """Delete blotters all of whose previews are erased, or that never had one, of as long ago."""
        before = self._clock() - self._retention
        last: str | None = ""
        while last is not None:
            last = self._database.retried(partial(self._some, before, last))

    def _some(self, before: datetime, after: str, session: Session) -> str | None:
        """Delete some whose ids come after one; return the last id, None at the end."""
        found = store.old_blotters(session, before, after)
        splits = {each: store.load_joint(session, each) for each in found}
        sound = [each for each in found if _is_sound(each, splits[each])]
        erased = [each for each in sound if store.delete_joint(session, each)]
        store.delete_blotters(session, sound)
        for blotter_id in erased:
            self._record(session, blotter_id, splits[blotter_id])
        return found[-1] if found else None

    def _record(self, session: Session, blotter_id: str, split: JointRecord | None) -> None:
        after = {"retention_days": self._retention.days, "joint_split_sha256": split and split.sha256}
        self._audit.record_system(
            session, Action.JOINT_SPLIT_ERASED, EntityType.BLOTTER, blotter_id, after=after
        )


def _is_sound(blotter_id: str, split: JointRecord | None) -> bool:
    """Say whether a joint split is as recorded: else its end would be that of what proves the change."""
    is_sound = split is None or split.digest() == split.sha256
    if not is_sound:
        log.error("not erased, because its joint split was tampered with", blotter_id=blotter_id)
    return is_sound
