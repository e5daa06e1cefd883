"""Backtests: strategies over past prices, run by jobs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response
from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.idempotency import is_resumed, reservation
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tables import TABLES, Table, made, table_answer
from app.api.kit.tokens import caller
from app.core.errors import NotFound
from app.core.security import Permission
from app.schemas.backtest import (
    BacktestComparisonQuerySchema,
    BacktestPageQuery,
    BacktestPageQuerySchema,
    BacktestRequestSchema,
    ComparisonQuery,
)
from app.schemas.backtest_answer import (
    BacktestComparisonSchema,
    BacktestDayTableSchema,
    BacktestPageSchema,
    BacktestSchema,
    BacktestTimeSeriesSchema,
    BacktestTransactionSchema,
    BacktestTransactionsSchema,
    DeletedBacktestSchema,
    SubmittedBacktestSchema,
)
from app.schemas.backtest_grid import (
    BacktestGridPageSchema,
    BacktestGridRequestSchema,
    BacktestGridSchema,
    DeletedGridSchema,
    SubmittedGridSchema,
)
from app.schemas.kit.tables import TableFormat, TableQuery, TableQuerySchema
from app.services.backtest.errors import BacktestNotReady, BacktestOfGrid
from app.services.backtest.grid_types import MAX_TRIALS, Grid, GridRequest, GridView, SubmittedGrid
from app.services.backtest.types import (
    Backtest,
    BacktestRequest,
    BacktestView,
    Comparison,
    SubmittedBacktest,
    TimeSeries,
)
from app.services.market_history.errors import NotMeasurable, TooFewPrices, UnknownAsset
from app.utils.paging import Page

FAILURES = (UnknownAsset, TooFewPrices, NotMeasurable)
UNITS = 5
"""What a backtest costs, of a grid too, in ordinary requests: a worker is busy with it."""

SIXTY_FORTY = {
    "name": "60/40",
    "strategy": {
        "type": "fixed_weights",
        "parameters": {"weights": {"EQ-US-LARGE": 0.6, "BD-GOVT-LONG": 0.4}},
        "rebalancing_frequency": "quarterly",
    },
    "assets": ["EQ-US-LARGE", "BD-GOVT-LONG"],
    "start_date": "2021-01-04",
    "benchmark": "EQ-US-LARGE",
}
LEAST_RISK = {
    "strategy": {"type": "optimization", "parameters": {"objective": "MinRisk", "window": 126}},
    "assets": ["EQ-US-LARGE", "BD-GOVT-LONG", "CM-GOLD"],
    "start_date": "2022-01-03",
    "constraints": {"upper_bound": 0.6},
}
WINDOWS = {
    "base": LEAST_RISK,
    "grid": {"window": [63, 126], "rebalancing_frequency": ["monthly", "quarterly"]},
}


def trial_count(body: Any) -> int:
    """Return how many backtests a grid has that is not checked yet, from 1 to the most that there may be."""
    grid = body.get("grid") if isinstance(body, Mapping) else None
    tried = grid.values() if isinstance(grid, Mapping) else ()
    found = math.prod(len(each) for each in tried if isinstance(each, list))
    return max(1, min(found, MAX_TRIALS))


backtest = Namespace("backtest", "Strategies over past prices", path="/backtest")


@backtest.route("")
class BacktestsEndpoint(Endpoint):
    """All backtests."""

    @operation(
        "listBacktests",
        Permission.MARKET_HISTORY_READ,
        query=BacktestPageQuerySchema,
        returns=BacktestPageSchema,
        addition=True,
    )
    def get(self, query: BacktestPageQuery) -> Page[BacktestView]:
        """List your backtests, newest first, with their figures."""
        return services().backtest.service.list(caller(), cursor=query.cursor, limit=query.limit)


@backtest.route("/run")
class BacktestRunEndpoint(Endpoint):
    """Runs."""

    @operation(
        "runBacktest",
        Permission.MARKET_HISTORY_READ,
        body=BacktestRequestSchema,
        returns=SubmittedBacktestSchema,
        fails=FAILURES,
        addition=True,
        calculates=True,
        accepted=True,
        idempotent=True,
        cost=UNITS,
        examples={"sixty forty": SIXTY_FORTY, "least risk": LEAST_RISK},
    )
    def post(self, body: BacktestRequest) -> SubmittedBacktest:
        """Run a strategy over past prices, in a job that can be followed and cancelled.

        A decision at the close of a day sees prices up to that close, and is traded on the next trading day,
        at the open where there is one. Prices count as they are known now, so that the backtest can be
        repeated.
        """
        key = reservation()
        found = services().backtest.service
        return found.run(body, caller(), key=key.key_id if key else None, resumed=is_resumed())


@backtest.route("/grids")
class BacktestGridsEndpoint(Endpoint):
    """Grids of parameters."""

    @operation(
        "listBacktestGrids",
        Permission.MARKET_HISTORY_READ,
        query=BacktestPageQuerySchema,
        returns=BacktestGridPageSchema,
        addition=True,
    )
    def get(self, query: BacktestPageQuery) -> Page[GridView]:
        """List your grids, newest first, with how far their backtests are."""
        return services().backtest.grids.list(caller(), cursor=query.cursor, limit=query.limit)

    @operation(
        "runBacktestGrid",
        Permission.MARKET_HISTORY_READ,
        body=BacktestGridRequestSchema,
        returns=SubmittedGridSchema,
        fails=FAILURES,
        addition=True,
        calculates=True,
        accepted=True,
        idempotent=True,
        cost=UNITS,
        weight=lambda body: UNITS * (trial_count(body) - 1),
        examples={"windows": WINDOWS},
    )
    def post(self, body: GridRequest) -> SubmittedGrid:
        """Run a backtest for each combination of parameters, each in a job of its own.

        Once all are through, the grid says how probable it is that the best one is so by luck alone.
        """
        key = reservation()
        found = services().backtest.grids
        return found.run(body, caller(), key=key.key_id if key else None, resumed=is_resumed())


@backtest.route("/grids/<grid_id>")
class BacktestGridEndpoint(Endpoint):
    """One grid."""

    @operation(
        "getBacktestGrid",
        Permission.MARKET_HISTORY_READ,
        returns=BacktestGridSchema,
        fails=(NotFound,),
        addition=True,
        calculates=True,
        cost=5,
    )
    def get(self, grid_id: str) -> Grid:
        """Show your grid: its backtests, and once all are through, how much of the best one is luck."""
        return services().backtest.grids.get(grid_id, caller())

    @operation(
        "deleteBacktestGrid",
        Permission.MARKET_HISTORY_READ,
        returns=DeletedGridSchema,
        fails=(NotFound,),
        addition=True,
    )
    def delete(self, grid_id: str) -> dict[str, Any]:
        """Delete your grid with all of its backtests; their jobs are cancelled. It is audited."""
        services().backtest.deletion.delete_grid(grid_id, caller())
        return {"grid_id": grid_id}


@backtest.route("/comparison")
class BacktestComparisonEndpoint(Endpoint):
    """Comparisons."""

    @operation(
        "compareBacktests",
        Permission.MARKET_HISTORY_READ,
        query=BacktestComparisonQuerySchema,
        returns=BacktestComparisonSchema,
        fails=(NotFound, BacktestNotReady),
        addition=True,
        calculates=True,
        cost=5,
    )
    def get(self, query: ComparisonQuery) -> Comparison:
        """Compare your backtests over the days that all of them have."""
        return services().backtest.service.compare(query.backtest_ids, caller())


@backtest.route("/<backtest:backtest_id>")
class BacktestEndpoint(Endpoint):
    """One backtest."""

    @operation(
        "getBacktest",
        Permission.MARKET_HISTORY_READ,
        returns=BacktestSchema,
        fails=(NotFound,),
        addition=True,
        cost=2,
    )
    def get(self, backtest_id: str) -> Backtest:
        """Show your backtest: figures, series, trades, weights and charts once its job is through."""
        return services().backtest.service.get(backtest_id, caller())

    @operation(
        "deleteBacktest",
        Permission.MARKET_HISTORY_READ,
        returns=DeletedBacktestSchema,
        fails=(NotFound, BacktestOfGrid),
        addition=True,
    )
    def delete(self, backtest_id: str) -> dict[str, Any]:
        """Delete your backtest with all that is stored of it; its job is cancelled. It is audited.

        One of a grid is deleted with its grid.
        """
        services().backtest.deletion.delete(backtest_id, caller())
        return {"backtest_id": backtest_id}


@backtest.route("/<backtest:backtest_id>/time-series")
class BacktestTimeSeriesEndpoint(Endpoint):
    """Days of a backtest."""

    @operation(
        "getBacktestTimeSeries",
        Permission.MARKET_HISTORY_READ,
        query=TableQuerySchema,
        returns=BacktestTimeSeriesSchema,
        fails=(NotFound, BacktestNotReady),
        addition=True,
        tables=TABLES,
        cost=2,
    )
    def get(self, backtest_id: str, query: TableQuery) -> TimeSeries | Response:
        """Give the days of your backtest: as columns in JSON, as rows in csv and xlsx."""
        found = services().backtest.service.time_series(backtest_id, caller())
        if query.format is TableFormat.JSON:
            return found
        return table_answer(
            Table(
                f"backtest-{backtest_id}",
                "Time series",
                BacktestDayTableSchema(),
                _days(found),
                _about(backtest_id),
            ),
            query,
        )


@backtest.route("/<backtest:backtest_id>/transactions")
class BacktestTransactionsEndpoint(Endpoint):
    """Trades of a backtest."""

    @operation(
        "getBacktestTransactions",
        Permission.MARKET_HISTORY_READ,
        query=TableQuerySchema,
        returns=BacktestTransactionsSchema,
        fails=(NotFound, BacktestNotReady),
        addition=True,
        tables=TABLES,
        cost=5,
    )
    def get(self, backtest_id: str, query: TableQuery) -> Mapping[str, object] | Response:
        """Give all trades of your backtest, oldest first."""
        found = services().backtest.service.transactions(backtest_id, caller())
        if query.format is TableFormat.JSON:
            return {"transactions": found}
        return table_answer(
            Table(
                f"backtest-{backtest_id}-transactions",
                "Transactions",
                BacktestTransactionSchema(),
                found,
                _about(backtest_id),
            ),
            query,
        )


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a backtest, as a row of a table."""

    date: date
    portfolio_value: float
    cash: float
    portfolio_return: float | None
    drawdown: float
    benchmark_value: float | None
    benchmark_return: float | None


def _days(found: TimeSeries) -> Iterator[Day]:
    nothing: list[float | None] = [None] * len(found.dates)
    columns = (
        found.dates,
        found.portfolio_values,
        found.cash,
        found.returns,
        found.drawdowns,
        found.benchmark_values or nothing,
        found.benchmark_returns or nothing,
    )
    for row in zip(*columns, strict=True):
        yield Day(*row)


def _about(backtest_id: str) -> Mapping[str, object]:
    return {"Backtest": backtest_id, **made()}
