"""Deletion of backtests and grids, by who asked for them or when their time is over.

A grid goes whole: the probability of overfitting of what is left of it would be another one. What a user
deletes is audited, since a trial that was not kept is a trial all the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.models import BacktestRow
from app.services.allocations import snapshot
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.backtest import store
from app.services.backtest.errors import BacktestOfGrid
from app.services.backtest.types import BacktestRequest
from app.services.domain.caller import Caller
from app.services.jobs.jobs import JobService


class BacktestDeletion:
    """Deletes backtests with all that is stored of them; jobs that are not over are cancelled."""

    def __init__(self, database: Database, audit: AuditService, jobs: JobService, clock: Clock) -> None:
        self._database = database
        self._audit = audit
        self._jobs = jobs
        self._clock = clock

    def delete(self, backtest_id: str, caller: Caller) -> None:
        """Delete a backtest of the caller.

        Raises
        ------
        NotFound
            When the caller has none with this id.
        BacktestOfGrid
            When it is one of a grid.
        """

        def work(session: Session) -> None:
            row = store.load(session, backtest_id, caller)
            if row.grid_id is not None:
                raise BacktestOfGrid(
                    f"The backtest {backtest_id} is one of the grid {row.grid_id}: delete that as a whole."
                )
            before = {**_told(row), "backtest_count": 1}
            self._cancel(session, [row], caller)
            store.delete_backtests(session, [row.id])
            self._record(session, EntityType.BACKTEST, backtest_id, before, caller)

        self._database.retried(work)

    def delete_grid(self, grid_id: str, caller: Caller) -> None:
        """Delete a grid of the caller with its backtests.

        Raises
        ------
        NotFound
            When the caller has none with this id.
        """

        def work(session: Session) -> None:
            _, rows = store.load_grid(session, grid_id, caller)
            before = {**_told(rows[0]), "backtest_count": len(rows)}
            self._cancel(session, rows, caller)
            store.delete_grids(session, [grid_id])
            self._record(session, EntityType.BACKTEST_GRID, grid_id, before, caller)

        self._database.retried(work)

    def forget(self, lifetime: timedelta) -> None:
        """Delete backtests and grids that were asked for so long ago; those at work stay.

        Some go in each unit of work, and any number of processes may do it at once.
        """
        before = self._clock() - lifetime
        for some in (_some_backtests, _some_grids):
            last: str | None = ""
            while last is not None:
                last = self._database.retried(partial(some, before, last))

    def _cancel(self, session: Session, rows: list[BacktestRow], caller: Caller) -> None:
        self._jobs.cancel_open(session, [row.job_id for row in rows], caller.username)

    def _record(
        self, session: Session, kind: EntityType, entity_id: str, before: dict[str, object], caller: Caller
    ) -> None:
        self._audit.record_for(session, Action.BACKTEST_DELETED, caller, kind, entity_id, before=before)


def _told(row: BacktestRow) -> dict[str, object]:
    request = snapshot.decode(row.request, BacktestRequest)
    return {
        "name": request.name,
        "strategy": request.strategy.type,
        "assets": request.assets,
        "created_at": row.created_at.isoformat(),
        "request_sha256": snapshot.digest(row.request),
    }


def _some_backtests(before: datetime, after: str, session: Session) -> str | None:
    """Delete some whose ids come after one; return the last id, None at the end."""
    found = store.old_backtests(session, before, after)
    store.delete_backtests(session, found)
    return found[-1] if found else None


def _some_grids(before: datetime, after: str, session: Session) -> str | None:
    """Delete some whose ids come after one; return the last id, None at the end."""
    found = store.old_grids(session, before, after)
    store.delete_grids(session, found)
    return found[-1] if found else None
