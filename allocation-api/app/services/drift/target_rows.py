"""Target sets as they are stored: rows to values, and those that are in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select
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


def in_force(session: Session, on: date, visible: Visibility) -> tuple[HeldTargets, ...]:
    """Return the visible targets that are in force on a day, in one statement (R19.8)."""
    version, newest = TargetVersionRow, _newest(on)
    query = (
        select(TargetSetRow, version)
        .join(version, version.target_set_id == TargetSetRow.id)
        .join(newest, and_(newest.c.id == version.target_set_id, newest.c.version == version.version))
        .where(~version.ends, *rows.target_sets(visible))
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
    version, newest = TargetVersionRow, _newest(on)
    found = (
        select(version.target_set_id)
        .join(newest, and_(newest.c.id == version.target_set_id, newest.c.version == version.version))
        .where(~version.ends)
    )
    return TargetSetRow.id.in_(found)


def _newest(on: date) -> Subquery:
    """Return the newest version of each set that is approved and has begun: `id` and `version`."""
    version, decision = TargetVersionRow, TargetDecisionRow
    approval = and_(
        decision.target_set_id == version.target_set_id,
        decision.version == version.version,
        decision.decision == Decision.APPROVED,
    )
    return (
        select(version.target_set_id.label("id"), func.max(version.version).label("version"))
        .outerjoin(decision, approval)
        .where(version.effective_from <= on, or_(~version.needs_approval, decision.business_date <= on))
        .group_by(version.target_set_id)
        .subquery()
    )


def _version(row: TargetVersionRow, decision: TargetDecisionRow | None) -> TargetVersion:
    begins = row.effective_from
    if decision is not None and decision.decision == Decision.APPROVED:
        begins = max(begins, decision.business_date)
    return TargetVersion(
        version=row.version,
        state=_state(row, decision),
        effective_from=begins,
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
