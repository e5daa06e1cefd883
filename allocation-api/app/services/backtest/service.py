"""Backtests as users see them: asked for, listed, shown, compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from app.core.database import Database, id_of, new_id
from app.models import BacktestRow
from app.services.backtest import store
from app.services.backtest.comparison import compared
from app.services.backtest.plan import read
from app.services.backtest.result import charts, trades_of
from app.services.backtest.submission import Submission, stated
from app.services.backtest.types import (
    Backtest,
    BacktestRequest,
    BacktestView,
    Comparison,
    SubmittedBacktest,
    TimeSeries,
    Transaction,
)
from app.services.domain.caller import Caller
from app.services.market_history.service import MarketHistory
from app.utils.paging import Page, page

MAX_SHOWN_TRANSACTIONS = 5_000
"""Transactions that the answer about a backtest has; its table of transactions has them all."""


class BacktestService:
    """Takes backtests, which jobs run, and shows them to the users who asked for them."""

    def __init__(self, database: Database, history: MarketHistory, submission: Submission) -> None:
        self._database = database
        self._history = history
        self._submission = submission

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
        asked_for = stated(backtest_id, read(self._history, asked), asked)
        (made,) = self._submission.submit([asked_for], caller)
        return made

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
            return store.existing_result(session, store.load(session, backtest_id, caller)).time_series

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
            found = store.existing_result(session, store.load(session, backtest_id, caller))
            request, parts = store.request_of(session, backtest_id), store.parts(session, backtest_id)
        return trades_of(request.assets, found, parts).transactions

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
            results = [store.existing_result(session, row) for row in rows]
        return compared(views, results)
