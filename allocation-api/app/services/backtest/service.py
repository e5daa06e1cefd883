"""Backtests as users see them: asked for, listed, shown, tried over a grid, compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from itertools import product
from math import prod

from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, id_of, new_id
from app.core.errors import FieldError, InvalidRequest
from app.models import BacktestGridRow, BacktestRow
from app.services.allocations import snapshot
from app.services.backtest import store
from app.services.backtest.comparison import compared, overfitting_of
from app.services.backtest.errors import BacktestNotReady
from app.services.backtest.plan import Prices, prepare, read
from app.services.backtest.result import charts, trades_of
from app.services.backtest.run import line_count
from app.services.backtest.types import (
    MAX_TRIALS,
    RUN,
    Backtest,
    BacktestRequest,
    BacktestStatus,
    BacktestView,
    BacktestWork,
    Comparison,
    Grid,
    GridRequest,
    Result,
    SubmittedBacktest,
    SubmittedGrid,
    TimeSeries,
    Transaction,
)
from app.services.domain.caller import Caller
from app.services.jobs.jobs import JobService
from app.services.kernels.risk import RiskError
from app.services.market_history.service import MarketHistory
from app.utils.paging import Page, page

MAX_SHOWN_TRANSACTIONS = 5_000
"""Transactions that the answer about a backtest has; its table of transactions has them all."""


class BacktestService:
    """Takes backtests, which jobs run, and shows them to the users who asked for them."""

    def __init__(self, database: Database, history: MarketHistory, jobs: JobService, clock: Clock) -> None:
        self._database = database
        self._history = history
        self._jobs = jobs
        self._clock = clock

    def run(
        self, asked: BacktestRequest, caller: Caller, *, key: str | None = None, resumed: bool = False
    ) -> SubmittedBacktest:
        """Store a backtest, and ask for its job.

        Parameters
        ----------
        key
            Id of the idempotency key of the request; an earlier attempt at it that is `resumed` here may have
            stored the backtest.

        Raises
        ------
        InvalidRequest, UnknownAsset, TooFewPrices, NotMeasurable
            With the fields of what cannot be run.
        """
        backtest_id = new_id() if key is None else id_of("backtest", key)
        with self._database.read() as session:
            earlier = session.get(BacktestRow, backtest_id)
            if earlier is not None and resumed:
                return SubmittedBacktest(
                    earlier.id, earlier.job_id, store.views(session, [earlier])[0].status
                )
        if earlier is not None:  # of a request whose key was forgotten since
            backtest_id = new_id()
        stated, lines = _checked(read(self._history, asked), asked)
        (made,) = self._submit([(backtest_id, stated, lines)], caller)
        return made

    def run_grid(
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
        stated = [_checked(prices, each) for each in trials]

        def first(session: Session) -> None:
            row = BacktestGridRow(
                id=grid_id, created_at=now, user_id=caller.user_id, request=snapshot.encode(asked)
            )
            session.add(row)
            session.flush()

        named = [(new_id(), *each) for each in stated]
        return SubmittedGrid(grid_id, self._submit(named, caller, grid_id, first))

    def list(self, caller: Caller, *, cursor: str | None, limit: int) -> Page[BacktestView]:
        """Return a page of the caller's backtests, newest first."""
        order = (BacktestRow.created_at, BacktestRow.id)
        with self._database.read() as session:
            found: Page[BacktestRow] = page(
                session, store.of_user(caller), order, cursor, limit, lambda row: row
            )
            return Page(store.views(session, found.items), found.next_cursor)

    def get(self, backtest_id: str, caller: Caller) -> Backtest:
        """Return a backtest, with its result once there is one.

        Raises
        ------
        NotFound
            When the caller has none with this id.
        """
        with self._database.read() as session:
            (view,) = store.views(session, [store.load(session, backtest_id, caller)])
            found = store.result(session, backtest_id)
            parts = [] if found is None else store.parts(session, backtest_id)
        shown = {each.name: getattr(view, each.name) for each in fields(view)}
        if found is None:
            return Backtest(
                **shown,
                data=None,
                time_series=None,
                transactions=[],
                transaction_count=0,
                period_allocations=[],
                skipped=[],
                charts=[],
                versions={},
            )
        trades = trades_of(view.request.assets, found, parts)
        return Backtest(
            **shown,
            data=found.data,
            time_series=found.time_series,
            transactions=trades.transactions[:MAX_SHOWN_TRANSACTIONS],
            transaction_count=len(trades.transactions),
            period_allocations=trades.period_allocations,
            skipped=found.skipped,
            charts=charts(found, trades),
            versions=found.versions,
        )

    def time_series(self, backtest_id: str, caller: Caller) -> TimeSeries:
        """Return the days of a backtest.

        Raises
        ------
        NotFound
            When the caller has no backtest with this id.
        BacktestNotReady
            When it has no result.
        """
        with self._database.read() as session:
            return self._result(session, store.load(session, backtest_id, caller)).time_series

    def transactions(self, backtest_id: str, caller: Caller) -> Sequence[Transaction]:
        """Return all trades of a backtest, oldest first.

        Raises
        ------
        NotFound
            When the caller has no backtest with this id.
        BacktestNotReady
            When it has no result.
        """
        with self._database.read() as session:
            found = self._result(session, store.load(session, backtest_id, caller))
            request, parts = store.request_of(session, backtest_id), store.parts(session, backtest_id)
        return trades_of(request.assets, found, parts).transactions

    def grid(self, grid_id: str, caller: Caller) -> Grid:
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
            results = [self._result(session, each) for each in trials] if ready else []
        request = snapshot.decode(row.request, GridRequest)
        if not ready:
            return Grid(grid_id, request, views, None, None, None)
        try:
            report = overfitting_of(views, results)
        except RiskError as error:
            return Grid(grid_id, request, views, None, error.kinds[0], str(error))
        return Grid(grid_id, request, views, report, None, None)

    def compare(self, backtest_ids: tuple[str, ...], caller: Caller) -> Comparison:
        """Return backtests over the days that all of them have.

        Raises
        ------
        NotFound, BacktestNotReady
            When one of them is not the caller's, or has no result.
        InvalidRequest
            When they have too few days in common.
        """
        with self._database.read() as session:
            rows = [store.load(session, each, caller) for each in backtest_ids]
            views = store.views(session, rows)
            results = [self._result(session, row) for row in rows]
        return compared(views, results)

    def _result(self, session: Session, row: BacktestRow) -> Result:
        found = store.result(session, row.id)
        if found is None:
            raise BacktestNotReady(
                f"The backtest {row.id} has no result yet, or its job has ended without one."
            )
        return found

    def _submit(
        self,
        stated: Sequence[tuple[str, BacktestRequest, int]],
        caller: Caller,
        grid_id: str | None = None,
        first: Callable[[Session], None] = lambda _: None,
    ) -> tuple[SubmittedBacktest, ...]:
        now = self._clock()

        def alongside(session: Session, job_ids: tuple[str, ...]) -> None:
            first(session)
            for place, (job_id, (backtest_id, request, _)) in enumerate(zip(job_ids, stated, strict=True)):
                row = BacktestRow(
                    id=backtest_id,
                    created_at=now,
                    user_id=caller.user_id,
                    username=caller.username,
                    job_id=job_id,
                    grid_id=grid_id,
                    place=place,
                    request=snapshot.encode(request),
                )
                session.add(row)

        asked = [(BacktestWork(backtest_id), lines) for backtest_id, _, lines in stated]
        job_ids = self._jobs.submit_all(RUN, asked, caller, alongside=alongside)
        return tuple(
            SubmittedBacktest(backtest_id, job_id, BacktestStatus.PENDING)
            for job_id, (backtest_id, _, _) in zip(job_ids, stated, strict=True)
        )


def _checked(prices: Prices, asked: BacktestRequest) -> tuple[BacktestRequest, int]:
    """Return the request with the moment whose prices count from now on, and the lines of its job."""
    lines = line_count(len(prepare(prices, asked).simulation.rows))
    return replace(asked, known_at=prices.last_updated), lines


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
