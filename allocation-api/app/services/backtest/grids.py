"""Grids of backtests as users see them: one backtest for each combination of parameters."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product
from math import prod

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, id_of, new_id
from app.core.errors import FieldError, InvalidRequest
from app.models import BacktestGridRow
from app.services.allocations import snapshot
from app.services.backtest import store
from app.services.backtest.comparison import measured
from app.services.backtest.grid_types import MAX_TRIALS, Grid, GridRequest, GridView, SubmittedGrid
from app.services.backtest.plan import read
from app.services.backtest.submission import Submission, stated
from app.services.backtest.types import BacktestRequest, BacktestStatus, SubmittedBacktest
from app.services.domain.caller import Caller
from app.services.market_history.service import MarketHistory
from app.utils.paging import Page, page


class BacktestGrids:
    """Takes grids, whose backtests jobs run, and shows them to the users who asked for them."""

    def __init__(
        self, database: Database, history: MarketHistory, submission: Submission, clock: Clock
    ) -> None:
        self._database = database
        self._history = history
        self._submission = submission
        self._clock = clock

    def run(
        self, asked: GridRequest, caller: Caller, *, key: str | None = None, resumed: bool = False
    ) -> SubmittedGrid:
        """Store a backtest for each combination of parameters, and ask for their jobs, all or none.

        Raises
        ------
        InvalidRequest, UnknownAsset, TooFewPrices, NotMeasurable
            With the fields of what cannot be run.
        """
        grid_id = new_id() if key is None else id_of("grid", key)
        with self._database.read() as session:
            earlier = session.get(BacktestGridRow, grid_id)
            if earlier is not None and resumed:
                found = store.views(session, store.load_grid(session, grid_id, caller)[1])
                made = tuple(SubmittedBacktest(v.backtest_id, v.job_id, v.status) for v in found)
                return SubmittedGrid(grid_id, made)
        if earlier is not None:  # of a request whose key was forgotten since
            grid_id = new_id()
        trials = combinations(asked)
        prices, now = read(self._history, asked.base), self._clock()
        backtests = [stated(new_id(), prices, each) for each in trials]

        def first(session: Session) -> None:
            row = BacktestGridRow(
                id=grid_id, created_at=now, user_id=caller.user_id, request=snapshot.encode(asked)
            )
            session.add(row)
            session.flush()

        return SubmittedGrid(grid_id, self._submission.submit(backtests, caller, grid_id, first))

    def list(self, caller: Caller, *, cursor: str | None, limit: int) -> Page[GridView]:
        """Return a page of the caller's grids, newest first."""
        row = BacktestGridRow
        own, order = select(row).where(row.user_id == caller.user_id), (row.created_at, row.id)
        with self._database.read() as session:
            found: Page[BacktestGridRow] = page(session, own, order, cursor, limit, lambda each: each)
            known = store.statuses(session, [each.id for each in found.items])
        shown = [_view(each, known[each.id]) for each in found.items]
        return Page(tuple(shown), found.next_cursor)

    def get(self, grid_id: str, caller: Caller) -> Grid:
        """Return a grid, with its probability of overfitting once all of its backtests have a result.

        Raises
        ------
        NotFound
            When the caller has none with this id.
        """
        with self._database.read() as session:
            row, trials = store.load_grid(session, grid_id, caller)
            views = list(store.views(session, trials))
            ready = all(each.status is BacktestStatus.SUCCEEDED for each in views)
            results = [store.existing_result(session, each) for each in trials] if ready else []
        shown = Grid(grid_id, row.created_at, snapshot.decode(row.request, GridRequest), views)
        return measured(shown, results) if ready else shown


def _view(row: BacktestGridRow, statuses: dict[BacktestStatus, int]) -> GridView:
    request = snapshot.decode(row.request, GridRequest)
    return GridView(row.id, row.created_at, request, sum(statuses.values()), statuses)


def combinations(asked: GridRequest) -> list[BacktestRequest]:
    """Return a request for each combination of the grid's parameters.

    Raises
    ------
    InvalidRequest
        When there are fewer than 2 or more than 64.
    """
    values = {each.name: getattr(asked.grid, each.name) for each in fields(asked.grid)}
    varied = {name: tried for name, tried in values.items() if tried is not None}
    count = prod(map(len, varied.values()))  # before they are made: there may be millions
    if not 2 <= count <= MAX_TRIALS:
        text = f"These are {count} combinations: from 2 to {MAX_TRIALS} are expected."
        raise InvalidRequest.of(FieldError("grid", text))
    return [
        _varied(asked.base, dict(zip(varied, chosen, strict=True))) for chosen in product(*varied.values())
    ]


def _varied(base: BacktestRequest, chosen: dict[str, object]) -> BacktestRequest:
    strategy, constraints = base.strategy, base.constraints
    for name, value in chosen.items():
        one: dict[str, object] = {name: value}
        if name == "rebalancing_frequency":
            strategy = replace(strategy, **one)  # type: ignore[arg-type]
        elif name == "upper_bound":
            constraints = replace(constraints, **one)  # type: ignore[arg-type]
        else:
            strategy = replace(strategy, parameters=replace(strategy.parameters, **one))  # type: ignore[arg-type]
    return replace(base, strategy=strategy, constraints=constraints)
