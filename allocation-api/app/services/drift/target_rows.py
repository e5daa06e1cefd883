"""Target sets as they are stored: rows to values, and those that are in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import msgspec
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.models import TargetDecisionRow, TargetSetRow, TargetVersionRow
from app.services.drift.target_types import (
    Content,
    Decision,
    HeldTargets,
    TargetDimension,
    TargetScope,
    TargetSet,
    TargetState,
    TargetVersion,
)
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility

Conditions: TypeAlias = tuple[ColumnElement[bool], ...]

_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Content)


def encode(content: Content) -> str:
    """Return the canonical JSON of what a version says."""
    return _ENCODER.encode(content).decode()


def sets_of(session: Session, found: Sequence[TargetSetRow], on: date) -> tuple[TargetSet, ...]:
    """Return target sets with all their versions, in their order, in two statements."""
    ids = [row.id for row in found]
    versions: defaultdict[str, list[TargetVersion]] = defaultdict(list)
    decided = select(TargetDecisionRow).where(TargetDecisionRow.target_set_id.in_(ids))
    decisions = {(d.target_set_id, d.version): d for d in session.scalars(decided)}
    stated = select(TargetVersionRow).where(TargetVersionRow.target_set_id.in_(ids))
    for row in session.scalars(stated.order_by(TargetVersionRow.version.desc())):
        decision = decisions.get((row.target_set_id, row.version))
        versions[row.target_set_id].append(_version(row, decision))
    return tuple(
        TargetSet(
            row.id,
            TargetScope(row.scope),
            row.scope_id,
            TargetDimension(row.dimension),
            on,
            tuple(versions[row.id]),
        )
        for row in found
    )


def in_force(
    session: Session, on: date, visible: Visibility, *where: ColumnElement[bool]
) -> tuple[HeldTargets, ...]:
    """Return the visible targets that are in force on a day, in one statement (R19.8)."""
    version = TargetVersionRow
    query = (
        select(TargetSetRow, version)
        .join(version, version.target_set_id == TargetSetRow.id)
        .where(version.version == _newest(on), ~version.ends, *rows.target_sets(visible), *where)
        .order_by(TargetSetRow.scope, TargetSetRow.scope_id, TargetSetRow.dimension)
    )
    return tuple(
        HeldTargets(
            target_set_id=of.id,
            version=row.version,
            scope=TargetScope(of.scope),
            scope_id=of.scope_id,
            dimension=TargetDimension(of.dimension),
            content=_DECODER.decode(row.document),
        )
        for of, row in session.execute(query)
    )


def is_in_force(on: date) -> ColumnElement[bool]:
    """Return the condition that a `TargetSetRow` has targets in force on a day."""
    version = TargetVersionRow
    return exists().where(
        version.target_set_id == TargetSetRow.id, version.version == _newest(on), ~version.ends
    )


def _newest(on: date) -> ColumnElement[int]:
    """Return the number of the newest version of a set that is approved and has begun."""
    begun = TargetVersionRow.__table__.alias("begun")
    decision = TargetDecisionRow
    approved = exists().where(
        decision.target_set_id == begun.c.target_set_id,
        decision.version == begun.c.version,
        decision.decision == Decision.APPROVED,
    )
    found = select(func.max(begun.c.version)).where(
        and_(
            begun.c.target_set_id == TargetSetRow.id,
            begun.c.effective_from <= on,
            or_(~begun.c.needs_approval, approved),
        )
    )
    return found.correlate(TargetSetRow).scalar_subquery()


def _version(row: TargetVersionRow, decision: TargetDecisionRow | None) -> TargetVersion:
    return TargetVersion(
        version=row.version,
        state=_state(row, decision),
        effective_from=row.effective_from,
        content=_DECODER.decode(row.document),
        comment=row.comment,
        created_at=row.created_at,
        created_by=row.username,
        created_by_id=row.user_id,
        decided_at=decision.at if decision else None,
        decided_by=decision.username if decision else None,
        decision_comment=decision.comment if decision else None,
    )


def _state(row: TargetVersionRow, decision: TargetDecisionRow | None) -> TargetState:
    if row.needs_approval and decision is None:
        return TargetState.PENDING
    if decision is not None and decision.decision != Decision.APPROVED:
        return TargetState(decision.decision)
    return TargetState.RETIRED if row.ends else TargetState.APPROVED
