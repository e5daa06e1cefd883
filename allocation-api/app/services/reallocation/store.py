"""Reallocations in the database: each user reads the own ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.models import BlotterRow, ReallocationRow
from app.services.allocations import snapshot
from app.services.blotters.service import blotter_of
from app.services.domain.caller import Caller
from app.services.reallocation.types import (
    OUTPUTS,
    ReallocationHead,
    ReallocationOutcome,
    ReallocationRequest,
    ReallocationStatus,
    ShownReallocation,
)


def new_row(
    reallocation_id: str,
    request: ReallocationRequest,
    outcome: ReallocationOutcome,
    caller: Caller,
    now: datetime,
    today: date,
) -> ReallocationRow:
    """Return the row of an evaluation."""
    return ReallocationRow(
        id=reallocation_id,
        created_at=now,
        user_id=caller.user_id,
        username=caller.username,
        business_date=today,
        status=outcome.status,
        request=snapshot.encode(request),
        outcome=snapshot.encode(outcome),
    )


def load(session: Session, reallocation_id: str, caller: Caller) -> ReallocationRow:
    """Return a reallocation of the caller.

    Raises
    ------
    NotFound
        When there is none with this id, or another user has asked for it.
    """
    query = select(ReallocationRow).where(
        ReallocationRow.id == reallocation_id, ReallocationRow.user_id == caller.user_id
    )
    row = session.scalar(query)
    if row is None:
        raise NotFound(f"There is no reallocation {reallocation_id!r}")
    return row


def outcome_of(row: ReallocationRow) -> ReallocationOutcome:
    """Return what an evaluation came to."""
    return snapshot.decode(row.outcome, ReallocationOutcome)


def heads(session: Session, found: Sequence[ReallocationRow]) -> tuple[ReallocationHead, ...]:
    """Return reallocations as a list shows them."""
    made = _made(session, [blotter_of(row.id) for row in found])
    return tuple(_head(row, made) for row in found)


def shown(session: Session, row: ReallocationRow) -> ShownReallocation:
    """Return a reallocation with what came out."""
    (head,) = heads(session, [row])
    outcome = outcome_of(row)
    values = {each.name: getattr(outcome, each.name) for each in fields(outcome)}
    return ShownReallocation(
        **values,
        reallocation_id=head.reallocation_id,
        timestamp=head.timestamp,
        created_by=head.created_by,
        blotter_id=head.blotter_id,
    )


def _head(row: ReallocationRow, made: Collection[str]) -> ReallocationHead:
    status, blotter_id = ReallocationStatus(row.status), blotter_of(row.id)
    return ReallocationHead(
        row.id,
        row.created_at,
        row.username,
        status,
        OUTPUTS[status],
        blotter_id if blotter_id in made else None,
    )


def _made(session: Session, blotter_ids: Sequence[str]) -> frozenset[str]:
    query = select(BlotterRow.id).where(BlotterRow.id.in_(blotter_ids))
    return frozenset(session.scalars(query)) if blotter_ids else frozenset()
