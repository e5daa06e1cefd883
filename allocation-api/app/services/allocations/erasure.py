"""Retention of previews: the documents of what was never committed are erased after some time.

Rows, lines and audit records stay, and with them the SHA-256 of every document. What was committed is never
touched, nor what waited for an approval until its time was over, nor a comparison whose choice was either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import Select, and_, not_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.clock import Clock
from app.core.database import Database, rows_changed
from app.models import AllocationRow, ComparisonRow
from app.models.append_only import ERASES
from app.services.allocations.compared import MAX_VARIANTS
from app.services.allocations.origins import chosen_id
from app.services.allocations.store import UNCOMMITTED, AllocationStatus
from app.services.audit.trail import Action, AuditService, Changed, EntityType

log = structlog.get_logger(__name__)

BATCH_ROWS = 100
"""Rows erased by one unit of work, which is as long as others may wait for the audit trail."""

NOBODY_COMMITTED = and_(AllocationRow.status.in_(UNCOMMITTED), AllocationRow.commit_intent.is_(None))
"""What may be erased; a preview with an intent waited in vain for another user's approval."""

Column = InstrumentedAttribute[str]


class Erasure:
    """Erases documents in batches, each with its audit records in one transaction.

    Any number of processes may do it at once, and one may die anywhere: a row is emptied by compare-and-set,
    and whatever is left is found again by the next run.
    """

    def __init__(self, database: Database, audit: AuditService, clock: Clock, retention: timedelta) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._retention = retention

    def erase(self) -> None:
        """Erase what expired longer ago than the retention."""
        until = self._clock() - self._retention
        preview, comparison = AllocationRow, ComparisonRow
        previews = select(preview.id).where(
            NOBODY_COMMITTED, preview.expires_at <= until, preview.snapshot.is_not(None)
        )
        self._in_batches(EntityType.ALLOCATION, previews, preview.id, self._preview)
        comparisons = select(comparison.id).where(
            comparison.expires_at <= until, comparison.snapshot.is_not(None)
        )
        self._in_batches(EntityType.COMPARISON, comparisons, comparison.id, self._comparison)

    def _in_batches(
        self, kind: EntityType, due: Select[str], key: Column, erase: Callable[[Session, str], None]
    ) -> None:
        query, last = due.order_by(key).limit(BATCH_ROWS), ""
        while True:
            with self._database.read() as session:
                batch = session.scalars(query.where(key > last)).all()
                sound = [each for each in batch if self._is_sound(session, kind, each)]
            if not batch:
                return
            self._database.retried(partial(_each, erase, sound))
            last = batch[-1]

    def _is_sound(self, session: Session, kind: EntityType, entity_id: str) -> bool:
        """Say whether rows are as recorded: else the erasure would be the end of what proves the change."""
        breaks = self._audit.row_breaks(session, kind, entity_id)
        if breaks:
            log.error("not erased, because it was tampered with", kind=kind, id=entity_id, breaks=len(breaks))
        return not breaks

    def _preview(self, session: Session, allocation_id: str) -> None:
        row = AllocationRow
        emptied = (
            update(row)
            .where(row.id == allocation_id, NOBODY_COMMITTED, row.snapshot.is_not(None))
            .values(status=AllocationStatus.EXPIRED, snapshot=None, result=None)
        )
        if rows_changed(session, emptied):
            changed = Changed(row, {"status", "snapshot", "result"})
            self._record(session, Action.PREVIEW_ERASED, EntityType.ALLOCATION, allocation_id, changed)

    def _comparison(self, session: Session, comparison_id: str) -> None:
        chosen = [chosen_id(comparison_id, place) for place in range(MAX_VARIANTS)]
        kept = select(AllocationRow.id).where(AllocationRow.id.in_(chosen), not_(NOBODY_COMMITTED))
        if session.execute(kept.limit(1)).first() is not None:
            return
        row = ComparisonRow
        emptied = (
            update(row)
            .where(row.id == comparison_id, row.snapshot.is_not(None))
            .values(snapshot=None, results=None)
            .execution_options(**{ERASES: True})
        )
        if rows_changed(session, emptied):
            changed = Changed(row, {"snapshot", "results"})
            self._record(session, Action.COMPARISON_ERASED, EntityType.COMPARISON, comparison_id, changed)

    def _record(
        self, session: Session, action: Action, kind: EntityType, entity_id: str, changed: Changed
    ) -> None:
        after = {"retention_days": self._retention.days}
        self._audit.record_system(session, action, kind, entity_id, after=after, rows=[changed])


def _each(erase: Callable[[Session, str], None], batch: Sequence[str], session: Session) -> None:
    for key in batch:
        erase(session, key)
