"""Port to the portfolios that are monitored: which there are, and their recalculation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session


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
        """Return the active portfolios with their assets, by id."""
        ...

    def recalculate(self, portfolio_id: str, known_at: datetime) -> Recalculated:
        """Calculate a portfolio anew by the data that had arrived by `known_at`; store nothing.

        Raises
        ------
        AllocatorError
            A refusal (4xx) ends the job; after any other error it is tried again.
        """
        ...


class NoPortfolios:
    """There are none: events are stored and processed, and nothing follows from them."""

    def assets(self, session: Session) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG002 - as the port has it
        """Return none."""
        return {}

    def recalculate(self, portfolio_id: str, known_at: datetime) -> Recalculated:
        """Raise, since no portfolio is known here."""
        raise KeyError(portfolio_id, known_at)
