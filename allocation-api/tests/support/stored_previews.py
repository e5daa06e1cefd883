"""Previews as they are stored with their records, without a desk that computes them."""

from __future__ import annotations

from sqlalchemy import func, select

from app.models import AllocationRow
from app.services.audit.trail import Action, AuditService, EntityType, everything
from tests.storage.rows import allocation

DOCUMENT = '{"accounts":[' + ",".join(f'{{"account_id":"A{i}"}}' for i in range(200)) + "]}"


def store_previews(database, clock, count, expires_at, **values):
    """Store so many previews that expire at a moment, each with its record; return their ids in order."""
    audit = AuditService(database, clock)
    documents = {"snapshot": DOCUMENT, "result": DOCUMENT}
    rows = [allocation(expires_at=expires_at, **(documents | values)) for _ in range(count)]
    with database.write() as session:
        for row in rows:
            session.add(AllocationRow(**row))
            session.flush()
            audit.record_system(
                session,
                Action.PREVIEW,
                EntityType.ALLOCATION,
                row["id"],
                rows=everything(EntityType.ALLOCATION),
            )
    return sorted(row["id"] for row in rows)


def erased(database):
    """Return how many previews have lost their documents."""
    with database.read() as session:
        return session.scalar(
            select(func.count()).select_from(AllocationRow).where(AllocationRow.snapshot.is_(None))
        )
