"""Port to the portfolios that are monitored: which there are, and their recalculation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import MonitorRow
from app.services.optimization.service import OptimizationService
from app.services.visibility.visibility import Visibility


@dataclass(frozen=True, slots=True)
class Recalculated:
    """A portfolio that was calculated anew: the path of the result, and what stores it.

    `store` is called in the transaction that ends the recalculation, so that it is stored once; it may be
    called again after a write conflict and has no other effect.
    """

    path: str
    store: Callable[[Session], object]


class Portfolios(Protocol):
    """The portfolios that can be recalculated."""

    def assets(self, session: Session) -> Mapping[str, tuple[str, ...]]:
        """Return the active portfolios with their assets, by id: those that events may recalculate."""
        ...

    def find(self, session: Session, portfolio_id: str, visible: Visibility) -> tuple[str, ...]:
        """Return the assets of a portfolio.

        Raises
        ------
        NotFound
            When there is none with this id, or it is not visible.
        """
        ...

    def recalculate(self, portfolio_id: str, known_at: datetime) -> Recalculated:
        """Calculate a portfolio anew by the data that had arrived by `known_at`; store nothing.

        Raises
        ------
        AllocatorError
            A refusal (4xx) ends the job; after any other error it is tried again.
        """
        ...


class OptimizedPortfolios:
    """Portfolios of the room `optimization`; active are those whose monitoring somebody has configured.

    A recalculation is a new portfolio, and not active by itself: otherwise each would double the next ones.
    """

    def __init__(self, optimization: OptimizationService) -> None:
        self._optimization = optimization

    def assets(self, session: Session) -> Mapping[str, tuple[str, ...]]:
        """Return the configured portfolios with their assets, by id."""
        ids = list(session.scalars(select(MonitorRow.portfolio_id)))
        return self._optimization.assets(session, ids)

    def find(self, session: Session, portfolio_id: str, visible: Visibility) -> tuple[str, ...]:
        """Return the assets of a visible portfolio."""
        return self._optimization.assets_of(session, portfolio_id, visible)

    def recalculate(self, portfolio_id: str, known_at: datetime) -> Recalculated:
        """Optimise anew; the result is a portfolio of its own."""
        found, keep = self._optimization.recalculated(portfolio_id, known_at)
        return Recalculated(f"/v1/portfolio/{found}", keep)
