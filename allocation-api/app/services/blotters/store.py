"""Stored blotters: one with its lines, the status of each, and how many lines have which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, case, func, select, update
from sqlalchemy.orm import Session, undefer

from app.core.database import WriteConflictError, insert_many, rows_changed
from app.core.errors import NotFound
from app.models import AllocationRow, BlotterGroupRow, BlotterJointRow, BlotterLineRow, BlotterRow, JobRow
from app.services.allocations import snapshot
from app.services.allocations.compared import Problem
from app.services.allocations.origins import JointShare
from app.services.allocations.request import PreviewRequest
from app.services.allocations.store import OPEN
from app.services.allocations.types import PreviewInputs
from app.services.allocations.validity import over
from app.services.blotters.joint_record import JointRecord
from app.services.blotters.types import (
    SENT,
    UNDER_WAY,
    BlotterRequest,
    BlotterStatus,
    JointOutcome,
    LineStatus,
    ShownLine,
)
from app.services.domain.caller import Caller
from app.services.domain.face import exact_face
from app.services.jobs.states import OPEN as OPEN_JOBS
from app.services.jobs.states import JobState
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks

_ALLOCATION = BlotterLineRow.allocation_id == AllocationRow.id


def add(
    session: Session, blotter_id: str, request: BlotterRequest, caller: Caller, now: datetime, job_id: str
) -> None:
    """Store a blotter with its groups and lines."""
    session.add(
        BlotterRow(
            id=blotter_id,
            created_at=now,
            user_id=caller.user_id,
            username=caller.username,
            line_count=len(request.lines),
            policy=snapshot.encode(request.policy),
            caller=snapshot.encode(caller),
            preview_job_id=job_id,
        )
    )
    session.flush()
    groups = [{"blotter_id": blotter_id, "group_id": group} for group in request.groups]
    insert_many(session, BlotterGroupRow, groups)
    lines = [
        {
            "blotter_id": blotter_id,
            "place": place,
            "line": number,
            "priority": line.priority,
            "request": snapshot.encode(line.request),
            "allocation_id": None,
            "problem": None,
        }
        for place, (number, line) in enumerate(request.in_order())
    ]
    insert_many(session, BlotterLineRow, lines)


def load(session: Session, blotter_id: str, visible: Visibility) -> BlotterRow:
    """Return a stored blotter.

    Raises
    ------
    NotFound
        When there is none with this id, or it is not visible.
    """
    row = session.scalar(select(BlotterRow).where(BlotterRow.id == blotter_id, *rows.blotters(visible)))
    if row is None:
        raise NotFound(f"There is no blotter {blotter_id}")
    return row


def line_at(session: Session, blotter_id: str, place: int) -> BlotterLineRow:
    """Return the line at a place, with its request."""
    return session.get_one(BlotterLineRow, (blotter_id, place), options=[undefer(BlotterLineRow.request)])


def earlier_allocations(session: Session, blotter_id: str, before: int) -> Sequence[str]:
    """Return the previews of the lines before a place, in their order."""
    line = BlotterLineRow
    query = select(line.allocation_id).where(
        line.blotter_id == blotter_id, line.place < before, line.allocation_id.is_not(None)
    )
    return [found for found in session.scalars(query.order_by(line.place)) if found is not None]


def load_joint(session: Session, blotter_id: str) -> JointRecord | None:
    """Return how the lines of a blotter were split at once; None where they were not."""
    row = session.get(
        BlotterJointRow,
        blotter_id,
        options=[undefer(BlotterJointRow.problem), undefer(BlotterJointRow.solution)],
    )
    return None if row is None else JointRecord(row.problem, row.solution, row.outcome, row.sha256)


def joint_outcome(session: Session, blotter_id: str) -> JointOutcome | None:
    """Return what a joint split came to; None where there is none, or not yet."""
    row = session.get(BlotterJointRow, blotter_id)
    return None if row is None or row.outcome is None else snapshot.decode(row.outcome, JointOutcome)


def joint_shares(session: Session, blotter_id: str) -> dict[int, JointShare | None]:
    """Return what the snapshots of the lines' previews say of a joint split; erased ones say nothing."""
    line, allocation = BlotterLineRow, AllocationRow
    query = select(line.line, allocation.snapshot).join(allocation, _ALLOCATION)
    found = session.execute(
        query.where(line.blotter_id == blotter_id, allocation.snapshot.is_not(None)).order_by(line.line)
    )
    return {number: snapshot.decode(taken, PreviewInputs).joint for number, taken in found}


def add_joint(session: Session, blotter_id: str, record: JointRecord) -> None:
    """Store how the lines were split at once; what is stored already stays."""
    if session.get(BlotterJointRow, blotter_id) is None:
        session.add(
            BlotterJointRow(
                blotter_id=blotter_id,
                problem=record.problem,
                solution=record.solution,
                outcome=record.outcome,
                sha256=record.sha256,
            )
        )
        session.flush()


def settle_line(
    session: Session, blotter_id: str, place: int, problem: Problem | None, allocation_id: str | None
) -> None:
    """Store what became of a line."""
    line = BlotterLineRow
    rows_changed(
        session,
        update(line)
        .where(line.blotter_id == blotter_id, line.place == place)
        .values(problem=None if problem is None else snapshot.encode(problem), allocation_id=allocation_id),
    )


def begin_commit(session: Session, row: BlotterRow, job_id: str, order: str) -> None:
    """Make a job the commit of a blotter, in the place of the last one.

    Raises
    ------
    WriteConflictError
        When another request was first.
    """
    blotter = BlotterRow
    changed = rows_changed(
        session,
        update(blotter)
        .where(blotter.id == row.id, blotter.commit_job_id.is_not_distinct_from(row.commit_job_id))
        .values(commit_job_id=job_id, commit_order=order),
    )
    if not changed:
        raise WriteConflictError("another request commits the blotter")


def lines_by_status(
    session: Session, blotter_ids: Sequence[str], now: datetime
) -> Mapping[str, Mapping[LineStatus, int]]:
    """Return how many lines of each blotter have which status at `now`."""
    found: dict[str, dict[LineStatus, int]] = {each: {} for each in blotter_ids}
    line, status = BlotterLineRow, _status(now)
    query = select(line.blotter_id, status, func.count()).outerjoin(AllocationRow, _ALLOCATION)
    for ids in chunks(blotter_ids, MAX_IDS_PER_QUERY):
        counted = query.where(line.blotter_id.in_(ids)).group_by(line.blotter_id, status)
        for blotter_id, word, count in session.execute(counted):
            found[blotter_id][LineStatus(word)] = count
    return found


def _status(now: datetime) -> ColumnElement[str]:
    line = BlotterLineRow
    return case(
        (and_(line.allocation_id.is_(None), line.problem.is_(None)), LineStatus.PENDING.value),
        (line.allocation_id.is_(None), LineStatus.FAILED.value),
        (and_(AllocationRow.status.in_(OPEN), over(now)), LineStatus.EXPIRED.value),
        else_=AllocationRow.status,
    )


def shown_lines(session: Session, blotter_id: str, now: datetime) -> tuple[ShownLine, ...]:
    """Return the lines of a blotter with what became of each, by number."""
    line, allocation = BlotterLineRow, AllocationRow
    query = (
        select(
            line,
            _status(now),
            allocation.quantity,
            allocation.total_allocated,
            allocation.warning_count,
            allocation.aladdin_order_id,
        )
        .options(undefer(line.request))
        .outerjoin(allocation, _ALLOCATION)
        .where(line.blotter_id == blotter_id)
        .order_by(line.line)
    )
    return tuple(_shown(*found) for found in session.execute(query))


def _shown(
    row: BlotterLineRow,
    status: str,
    quantity: Decimal | None,
    total: Decimal | None,
    warnings: int | None,
    order_id: str | None,
) -> ShownLine:
    asked = snapshot.decode(row.request, PreviewRequest)
    return ShownLine(
        line=row.line,
        priority=row.priority,
        security_id=asked.order.security_id,
        side=asked.order.side,
        method=asked.method,
        portfolio_groups=asked.portfolio_groups,
        quantity=(asked.order.quantity or None) if quantity is None else exact_face(quantity),
        status=LineStatus(status),
        allocation_id=row.allocation_id,
        order_id=order_id,
        total_allocated=None if total is None else exact_face(total),
        warnings=warnings,
        problem=None if row.problem is None else snapshot.decode(row.problem, Problem),
    )


def job_states(session: Session, found: Sequence[BlotterRow]) -> Mapping[str, JobState]:
    """Return the states of the blotters' jobs by id; those of old jobs are gone."""
    ids = [each for row in found for each in (row.preview_job_id, row.commit_job_id) if each is not None]
    states: dict[str, JobState] = {}
    for some in chunks(ids, MAX_IDS_PER_QUERY):
        query = select(JobRow.id, JobRow.state).where(JobRow.id.in_(some))
        states |= {job_id: JobState(state) for job_id, state in session.execute(query)}
    return states


def status_of(
    row: BlotterRow, states: Mapping[str, JobState], lines: Mapping[LineStatus, int]
) -> BlotterStatus:
    """Return the status of a blotter: what its jobs are at, else what became of its lines."""
    preview = states.get(row.preview_job_id)
    if preview in OPEN_JOBS:
        return BlotterStatus.PENDING if preview is JobState.PENDING else BlotterStatus.RUNNING
    if row.commit_job_id is not None and states.get(row.commit_job_id) in OPEN_JOBS:
        return BlotterStatus.COMMITTING
    sent = sum(lines.get(status, 0) for status in SENT)
    if sent == row.line_count:
        return BlotterStatus.COMMITTED
    if sent or any(lines.get(status) for status in UNDER_WAY):
        return BlotterStatus.PARTIAL
    is_ready = lines.get(LineStatus.PREVIEWED) and not lines.get(LineStatus.PENDING)
    return BlotterStatus.READY if is_ready else BlotterStatus.FAILED
