"""Optimised portfolios as users see them: made, listed, shown, and computed again (R23.10)."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from time import monotonic

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, id_of, new_id
from app.models import OptimizationRow
from app.services.allocations import snapshot
from app.services.domain.caller import Caller
from app.services.kernels.optimization import KERNEL_VERSION
from app.services.market_history.bars import date_of
from app.services.market_history.errors import TooFewPrices, UnknownAsset, measurable
from app.services.market_history.service import MarketHistory
from app.services.optimization import store
from app.services.optimization.errors import ReplayedPricesMissing, optimizable
from app.services.optimization.estimate import estimated
from app.services.optimization.optimum import outcome_of
from app.services.optimization.types import (
    OptimizationOutcome,
    OptimizationReplay,
    OptimizationRequest,
    OptimizationSummary,
    OptimizedPortfolio,
)
from app.services.risk.sample import SampleRequest, read
from app.services.visibility import rows
from app.services.visibility.visibility import EVERYTHING, Visibility
from app.utils.paging import Page, page

TOLERANCE = 1e-6
"""By how much a weight may differ on other versions of the kernel or of libraries."""

_LIBRARIES = ("numpy", "scipy", "piqp", "clarabel")
_FIELDS = {
    "tail": "level",
    "most": "constraints.max_assets",
    "least_weight": "constraints.min_weight",
    "lower": "constraints.lower_bound",
    "upper": "constraints.upper_bound",
    "max_turnover": "constraints.max_turnover",
    "target_return": "constraints.target_return",
    "current": "current_weights",
    "cost": "transaction_cost",
    "returns": "assets",
    "mean": "assets",
    "covariance": "assets",
    "points": "frontier_points",
}


class OptimizationService:
    """Optimises portfolios by market history within the request, and keeps them.

    The solvers of one optimisation may take `seconds`.
    """

    def __init__(self, database: Database, history: MarketHistory, clock: Clock, seconds: float) -> None:
        self._database = database
        self._history = history
        self._clock = clock
        self._seconds = seconds

    def optimise(
        self, asked: OptimizationRequest, caller: Caller, *, key: str | None = None, resumed: bool = False
    ) -> OptimizedPortfolio:
        """Find a portfolio, and keep it.

        Parameters
        ----------
        key
            Id of the idempotency key of the request; an earlier attempt at it that is `resumed` here may have
            stored the portfolio.

        Raises
        ------
        UnknownAsset, TooFewPrices, ConstantPrice, NotMeasurable
            With the fields of the assets.
        InfeasibleConstraints, NoExcess, WithoutRisk, NotOptimized, TooMuchWork, TooSlow, InvalidRequest
        """
        portfolio_id = new_id() if key is None else id_of("portfolio", key)
        with self._database.read() as session:
            earlier = session.get(OptimizationRow, portfolio_id)
            if earlier is not None and resumed:
                return store.shown(earlier)
        if earlier is not None:  # of a request whose key was forgotten since
            portfolio_id = new_id()
        computed, now = self._computed(asked), self._clock()

        def keep(session: Session) -> OptimizedPortfolio:
            row = session.get(OptimizationRow, portfolio_id)
            if row is not None:  # of another attempt, which took over while this one calculated
                return store.shown(row)
            row = store.new_row(portfolio_id, computed, store.Owner(caller.user_id, caller.username), now)
            session.add(row)
            session.flush()
            return store.shown(row)

        return self._database.retried(keep)

    def list(self, visible: Visibility, *, cursor: str | None, limit: int) -> Page[OptimizationSummary]:
        """Return a page of visible portfolios, newest first."""
        query = select(OptimizationRow).where(*rows.optimizations(visible))
        order = (OptimizationRow.created_at, OptimizationRow.id)
        with self._database.read() as session:
            return page(session, query, order, cursor, limit, store.summary)

    def get(self, portfolio_id: str, visible: Visibility) -> OptimizedPortfolio:
        """Return a portfolio.

        Raises
        ------
        NotFound
            When there is none with this id, or it is not visible.
        """
        with self._database.read() as session:
            return store.shown(store.load(session, portfolio_id, visible))

    def replay(self, portfolio_id: str, visible: Visibility) -> OptimizationReplay:
        """Compute a portfolio again from the prices that were known then.

        Raises
        ------
        NotFound
            When there is none with this id, or it is not visible.
        ReplayedPricesMissing
            Where its prices cannot be read any more.
        """
        with self._database.read() as session:
            row = store.load(session, portfolio_id, visible)
            request, kept = store.request_of(row), store.outcome_of(row)
            stored, digest, recorded = row.outcome, row.returns_sha256, store.versions_of(row)
            is_intact = snapshot.digest(stored) == row.outcome_sha256
        try:
            again = self._computed(request)
        except (UnknownAsset, TooFewPrices) as error:
            raise ReplayedPricesMissing(error.detail, errors=error.errors) from error
        identical = is_intact and snapshot.encode(again.outcome) == stored
        same_versions = recorded == again.versions
        difference = _difference(kept, again.outcome)
        near = not same_versions and is_intact and difference <= TOLERANCE
        return OptimizationReplay(
            portfolio_id,
            identical,
            identical or (near and again.returns_sha256 == digest),
            again.returns_sha256 == digest,
            same_versions,
            difference,
            TOLERANCE,
            recorded,
            again.versions,
        )

    def assets(self, session: Session, portfolio_ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the assets of those portfolios that there are, by id."""
        found = session.execute(
            select(OptimizationRow.id, OptimizationRow.request).where(OptimizationRow.id.in_(portfolio_ids))
        )
        return {row.id: snapshot.decode(row.request, OptimizationRequest).assets for row in found}

    def assets_of(self, session: Session, portfolio_id: str, visible: Visibility) -> tuple[str, ...]:
        """Return the assets of a portfolio.

        Raises
        ------
        NotFound
            When there is none with this id, or it is not visible.
        """
        return store.request_of(store.load(session, portfolio_id, visible)).assets

    def recalculated(self, portfolio_id: str, known_at: datetime) -> tuple[str, Callable[[Session], object]]:
        """Optimise a portfolio anew by the prices known at a moment; return the new id, and what keeps it.

        The window is as long as that of the portfolio and ends where all have a price. The new portfolio has
        the same owner.

        Raises
        ------
        NotFound
            When there is none with this id.
        AllocatorError
            As `optimise` does.
        """
        with self._database.read() as session:
            row = store.load(session, portfolio_id, EVERYTHING)
            request, data = store.request_of(row), store.outcome_of(row).data
            owner = store.Owner(row.user_id, row.username)
        names = (*request.assets, *request.factors)
        newest = min(known.bars.days[-1] for known in self._history.known(names, known_at).values())
        start = date_of(int(newest)) - (data.end_date - data.start_date)
        computed = self._computed(replace(request, start_date=start, end_date=None, known_at=known_at))
        new_portfolio, now = new_id(), self._clock()
        return new_portfolio, lambda session: session.add(store.new_row(new_portfolio, computed, owner, now))

    def _computed(self, asked: OptimizationRequest) -> store.Computed:
        fields = {symbol: f"factors.{at}" for at, symbol in enumerate(asked.factors)}
        fields |= {symbol: f"assets.{at}" for at, symbol in enumerate(asked.assets)}
        wanted = SampleRequest(
            (*asked.assets, *asked.factors),
            None,
            fields,
            asked.start_date,
            asked.end_date,
            asked.frequency,
            asked.fill,
            asked.known_at,
            asked.periods_per_year,
        )
        with measurable(lambda asset: fields.get(asset or "", "assets")):
            sample = read(self._history, wanted)
            periods = sample.data.periods_per_year
            with optimizable(lambda field: _FIELDS.get(field, field), periods):
                estimate = estimated(asked, sample.panel, periods)
                outcome = outcome_of(asked, estimate, sample.data, monotonic() + self._seconds)
        returns = np.ascontiguousarray(sample.panel.returns, dtype="<f8")
        return store.Computed(
            replace(asked, known_at=sample.data.last_updated),
            versions(),
            hashlib.sha256(returns.tobytes()).hexdigest(),
            outcome,
        )


def versions() -> Mapping[str, str]:
    """Return the versions of what computes: our kernel, interpreter, libraries, and the kind of processor."""
    libraries = {name: version(name) for name in _LIBRARIES}
    python, machine = platform.python_version(), platform.machine()
    return {"kernel": KERNEL_VERSION, "python": python, "machine": machine, **libraries}


def _difference(one: OptimizationOutcome, other: OptimizationOutcome) -> float:
    return max(abs(one.weights[symbol] - other.weights[symbol]) for symbol in one.weights)
