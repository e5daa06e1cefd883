"""Stored blotters: one with its lines, the status of each, and how many lines have which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, not_, or_, select, update
from sqlalchemy.orm import Session, undefer

from app.core.database import WriteConflictError, insert_many, rows_changed
from app.core.errors import NotFound
from app.models import AllocationRow, BlotterGroupRow, BlotterJointRow, BlotterLineRow, BlotterRow, JobRow
from app.services.allocations import snapshot
from app.services.allocations.compared import Problem
from app.services.allocations.origins import JointShare
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
from app.services.domain.face import Face, exact_face
from app.services.domain.side import Side
from app.services.jobs.states import OPEN as OPEN_JOBS
from app.services.jobs.states import JobState
from app.services.kernels.allocation.registry import Method
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks
from app.utils.paging import Page, decode_cursor, encode_cursor, wrong_cursor

MAX_FORGOTTEN = 20
"""Blotters that one unit of work deletes."""

MAX_DIGITS = 10
"""Of the number of a line in a cursor."""

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


def settled_lines(session: Session, blotter_id: str) -> int:
    """Return how many lines at the beginning of a blotter have a preview or a problem."""
    line = BlotterLineRow
    query = select(func.min(line.place)).where(
        line.blotter_id == blotter_id, line.allocation_id.is_(None), line.problem.is_(None)
    )
    first = session.scalar(query)
    if first is not None:
        return first
    return session.scalar(select(func.count()).where(line.blotter_id == blotter_id)) or 0


def open_lines(session: Session, blotter_id: str, now: datetime) -> tuple[int, ...]:
    """Return the numbers of the lines that have an open preview."""
    line = BlotterLineRow
    query = select(line.line).join(AllocationRow, _ALLOCATION).where(line.blotter_id == blotter_id)
    is_open = _status(now) == LineStatus.PREVIEWED
    return tuple(session.scalars(query.where(is_open).order_by(line.line)))


def earlier_previews(
    session: Session, blotter_id: str, before: int, now: datetime
) -> list[tuple[str, LineStatus]]:
    """Return the previews of the lines before a place with their statuses, in their order."""
    line = BlotterLineRow
    return _previews(session, now, line.blotter_id == blotter_id, line.place < before)


def moved_previews(session: Session, blotter_id: str, now: datetime) -> list[tuple[str, LineStatus]]:
    """Return the previews of a blotter that are not open any more, with their statuses."""
    is_open = and_(AllocationRow.status == LineStatus.PREVIEWED, not_(over(now)))
    return _previews(session, now, BlotterLineRow.blotter_id == blotter_id, not_(is_open))


def _previews(
    session: Session, now: datetime, *conditions: ColumnElement[bool]
) -> list[tuple[str, LineStatus]]:
    query = select(AllocationRow.id, _status(now)).join(BlotterLineRow, _ALLOCATION).where(*conditions)
    found = session.execute(query.order_by(BlotterLineRow.place))
    return [(allocation_id, LineStatus(status)) for allocation_id, status in found]


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
        When another request was first, for previews or a commit.
    """
    _begin(session, row, commit_job_id=job_id, commit_order=order)


def begin_previews(session: Session, row: BlotterRow, job_id: str) -> None:
    """Make a job the one that previews a blotter, in the place of the last one.

    Raises
    ------
    WriteConflictError
        When another request was first, for previews or a commit.
    """
    _begin(session, row, preview_job_id=job_id)


def _begin(session: Session, row: BlotterRow, **values: str) -> None:
    """Begin a job while both jobs are those that were read: a blotter has one at work."""
    blotter = BlotterRow
    unmoved = (
        blotter.id == row.id,
        blotter.preview_job_id == row.preview_job_id,
        blotter.commit_job_id.is_not_distinct_from(row.commit_job_id),
    )
    # Both are written, too: a database of columns may let two write different ones of a row at once.
    jobs = {"preview_job_id": row.preview_job_id, "commit_job_id": row.commit_job_id}
    if not rows_changed(session, update(blotter).where(*unmoved).values({**jobs, **values})):
        raise WriteConflictError("another request has begun a job of the blotter")


def old_blotters(session: Session, before: datetime, after: str) -> Sequence[str]:
    """Return the ids of some blotters that were asked for before a moment and can go, after an id.

    One with a preview that is kept stays, because it was committed or is not erased yet, and one at work.
    """
    line, job = BlotterLineRow, JobRow
    of = exists().where(line.blotter_id == BlotterRow.id, AllocationRow.snapshot.is_not(None), _ALLOCATION)
    at_work = exists().where(
        or_(job.id == BlotterRow.preview_job_id, job.id == BlotterRow.commit_job_id), job.state.in_(OPEN_JOBS)
    )
    old = select(BlotterRow.id).where(BlotterRow.created_at < before, BlotterRow.id > after, ~of, ~at_work)
    return session.scalars(old.order_by(BlotterRow.id).limit(MAX_FORGOTTEN)).all()


def delete_joint(session: Session, blotter_id: str) -> bool:
    """Delete a joint split; False where there is none, or another process was first."""
    return bool(
        rows_changed(session, delete(BlotterJointRow).where(BlotterJointRow.blotter_id == blotter_id))
    )


def delete_blotters(session: Session, ids: Sequence[str]) -> None:
    """Delete blotters without a joint split, with all that is stored of them."""
    for table in (BlotterLineRow, BlotterGroupRow):
        session.execute(delete(table).where(table.blotter_id.in_(ids)))
    session.execute(delete(BlotterRow).where(BlotterRow.id.in_(ids)))


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


@dataclass(frozen=True, slots=True)
class _AskedOrder:
    security_id: str
    side: Side
    quantity: Face


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is shown of a line's request; the rest is not decoded, lists of accounts least of all."""

    order: _AskedOrder
    method: Method
    portfolio_groups: tuple[str, ...]


def shown_lines(
    session: Session, blotter: BlotterRow, now: datetime, *, cursor: str | None, limit: int
) -> Page[ShownLine]:
    """Return one page of a blotter's lines with what became of each, by number."""
    line, allocation = BlotterLineRow, AllocationRow
    after = 0 if cursor is None else _line_of(cursor)
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
        .where(line.blotter_id == blotter.id, line.line > after)
        .order_by(line.line)
        .limit(limit + 1)
    )
    found = session.execute(query).all()
    shown = tuple(_shown(*each) for each in found[:limit])
    more = len(found) > limit
    return Page(shown, encode_cursor(blotter.created_at, str(shown[-1].line)) if more else None)


def _line_of(cursor: str) -> int:
    _, number = decode_cursor(cursor)
    if not (number.isdecimal() and len(number) < MAX_DIGITS):
        raise wrong_cursor()
    return int(number)


def _shown(
    row: BlotterLineRow,
    status: str,
    quantity: Decimal | None,
    total: Decimal | None,
    warnings: int | None,
    order_id: str | None,
) -> ShownLine:
    asked = snapshot.decode(row.request, _Asked)
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
