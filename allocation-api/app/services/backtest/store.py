"""Backtests in the database; each user has the own ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, case, delete, exists, func, select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.models import BacktestGridRow, BacktestPartRow, BacktestResultRow, BacktestRow, JobRow
from app.services.allocations import snapshot
from app.services.backtest.errors import BacktestNotReady
from app.services.backtest.types import (
    BacktestRequest,
    BacktestStatus,
    BacktestView,
    Part,
    Result,
    Summary,
)
from app.services.domain.caller import Caller
from app.services.jobs.states import OPEN
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks

MAX_FORGOTTEN = 20
"""Backtests, or grids, that one unit of work deletes."""

_FORGOTTEN = "Its job is forgotten, and there is no result."


def request_of(session: Session, backtest_id: str) -> BacktestRequest:
    """Return what a backtest's job was asked for."""
    row = session.get(BacktestRow, backtest_id)
    if row is None:
        raise NotFound(f"There is no backtest {backtest_id!r}")
    return snapshot.decode(row.request, BacktestRequest)


def parts(session: Session, backtest_id: str) -> list[Part]:
    """Return the parts of a backtest that are simulated."""
    query = select(BacktestPartRow.content).where(BacktestPartRow.backtest_id == backtest_id)
    return [snapshot.decode(text, Part) for text in session.scalars(query.order_by(BacktestPartRow.place))]


def add_part(backtest_id: str, place: int, content: str, session: Session) -> None:
    """Store the next part."""
    session.add(BacktestPartRow(backtest_id=backtest_id, place=place, content=content))


def add_result(backtest_id: str, summary: str, result: str, session: Session) -> None:
    """Store what a backtest came to."""
    session.add(BacktestResultRow(backtest_id=backtest_id, summary=summary, result=result))


def of_user(caller: Caller) -> Select[BacktestRow]:
    """Return the query of a user's backtests."""
    return select(BacktestRow).where(BacktestRow.user_id == caller.user_id)


def load(session: Session, backtest_id: str, caller: Caller) -> BacktestRow:
    """Return a backtest of the caller.

    Raises
    ------
    NotFound
        When there is none with this id, or another user asked for it.
    """
    row = session.scalar(of_user(caller).where(BacktestRow.id == backtest_id))
    if row is None:
        raise NotFound(f"There is no backtest {backtest_id!r}")
    return row


def load_grid(session: Session, grid_id: str, caller: Caller) -> tuple[BacktestGridRow, list[BacktestRow]]:
    """Return a grid of the caller with its backtests in order.

    Raises
    ------
    NotFound
        When there is none with this id, or another user asked for it.
    """
    grid = session.get(BacktestGridRow, grid_id)
    if grid is None or grid.user_id != caller.user_id:
        raise NotFound(f"There is no grid of backtests {grid_id!r}")
    query = of_user(caller).where(BacktestRow.grid_id == grid_id).order_by(BacktestRow.place)
    return grid, list(session.scalars(query))


def result(session: Session, backtest_id: str) -> Result | None:
    """Return what a backtest came to; None while it has not."""
    query = select(BacktestResultRow.result).where(BacktestResultRow.backtest_id == backtest_id)
    text = session.scalar(query)
    return None if text is None else snapshot.decode(text, Result)


def existing_result(session: Session, row: BacktestRow) -> Result:
    """Return what a backtest came to.

    Raises
    ------
    BacktestNotReady
        When it has not.
    """
    found = result(session, row.id)
    if found is None:
        raise BacktestNotReady(f"The backtest {row.id} has no result yet, or its job has ended without one.")
    return found


def views(session: Session, found: Sequence[BacktestRow]) -> tuple[BacktestView, ...]:
    """Return backtests as a list shows them: their state is that of their jobs until they have a result."""
    known = select(BacktestResultRow.backtest_id, BacktestResultRow.summary)
    ended = session.execute(known.where(BacktestResultRow.backtest_id.in_([row.id for row in found])))
    summaries: dict[str, str] = {each.backtest_id: each.summary for each in ended}
    states = select(JobRow.id, JobRow.state, JobRow.error_reason)
    asked = session.execute(states.where(JobRow.id.in_([row.job_id for row in found])))
    jobs = {job_id: (state, reason) for job_id, state, reason in asked}
    return tuple(_view(row, summaries.get(row.id), jobs.get(row.job_id)) for row in found)


def _view(row: BacktestRow, summary: str | None, job: tuple[str, str | None] | None) -> BacktestView:
    request, error = snapshot.decode(row.request, BacktestRequest), None
    if summary is not None:
        status = BacktestStatus.SUCCEEDED
    elif job is None:
        status, error = BacktestStatus.FAILED, _FORGOTTEN
    else:
        status, error = BacktestStatus(job[0]), job[1]
    return BacktestView(
        backtest_id=row.id,
        name=request.name,
        grid_id=row.grid_id,
        job_id=row.job_id,
        status=status,
        created_at=row.created_at,
        created_by=row.username,
        request=request,
        summary=None if summary is None else snapshot.decode(summary, Summary),
        error=error,
    )


def statuses(session: Session, grid_ids: Sequence[str]) -> Mapping[str, dict[BacktestStatus, int]]:
    """Return how many backtests of each grid are in which state."""
    found: dict[str, dict[BacktestStatus, int]] = {each: {} for each in grid_ids}
    state = case(
        (BacktestResultRow.backtest_id.is_not(None), BacktestStatus.SUCCEEDED.value),
        (JobRow.id.is_(None), BacktestStatus.FAILED.value),
        else_=JobRow.state,
    )
    query = (
        select(BacktestRow.grid_id, state, func.count())
        .outerjoin(BacktestResultRow, BacktestResultRow.backtest_id == BacktestRow.id)
        .outerjoin(JobRow, JobRow.id == BacktestRow.job_id)
        .where(BacktestRow.grid_id.in_(grid_ids))
        .group_by(BacktestRow.grid_id, state)
    )
    for grid_id, word, count in session.execute(query):
        found[grid_id][BacktestStatus(word)] = count
    return found


def old_backtests(session: Session, before: datetime, after: str) -> Sequence[str]:
    """Return the ids of some backtests of no grid from before a moment, after an id; those at work stay."""
    row = BacktestRow
    at_work = exists().where(JobRow.id == row.job_id, JobRow.state.in_(OPEN))
    old = select(row.id).where(row.created_at < before, row.grid_id.is_(None), row.id > after, ~at_work)
    return session.scalars(old.order_by(row.id).limit(MAX_FORGOTTEN)).all()


def old_grids(session: Session, before: datetime, after: str) -> Sequence[str]:
    """Return the ids of some grids from before a moment, after an id; those at work stay."""
    row = BacktestGridRow
    at_work = exists().where(
        BacktestRow.grid_id == row.id, JobRow.id == BacktestRow.job_id, JobRow.state.in_(OPEN)
    )
    old = select(row.id).where(row.created_at < before, row.id > after, ~at_work)
    return session.scalars(old.order_by(row.id).limit(MAX_FORGOTTEN)).all()


def delete_backtests(session: Session, ids: Sequence[str]) -> None:
    """Delete backtests with all that is stored of them."""
    for table in (BacktestPartRow, BacktestResultRow):
        session.execute(delete(table).where(table.backtest_id.in_(ids)))
    session.execute(delete(BacktestRow).where(BacktestRow.id.in_(ids)))


def delete_grids(session: Session, ids: Sequence[str]) -> None:
    """Delete grids with their backtests."""
    query = select(BacktestRow.id).where(BacktestRow.grid_id.in_(ids))
    for some in chunks(session.scalars(query).all(), MAX_IDS_PER_QUERY):
        delete_backtests(session, some)
    session.execute(delete(BacktestGridRow).where(BacktestGridRow.id.in_(ids)))
