"""Optimised portfolios in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.models import OptimizationRow
from app.services.allocations import snapshot
from app.services.optimization.types import (
    OptimalityStatus,
    OptimizationOutcome,
    OptimizationRequest,
    OptimizationSummary,
    OptimizedPortfolio,
)
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility


@dataclass(frozen=True, slots=True)
class _Summary:
    """What a list shows of an outcome."""

    status: OptimalityStatus


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose portfolio it is."""

    user_id: str
    username: str


@dataclass(frozen=True, slots=True)
class Computed:
    """What is to be kept: the request with its moment, versions, and what came out."""

    request: OptimizationRequest
    versions: Mapping[str, str]
    returns_sha256: str
    outcome: OptimizationOutcome


def new_row(portfolio_id: str, computed: Computed, owner: Owner, now: datetime) -> OptimizationRow:
    """Return the row of an optimised portfolio."""
    outcome = snapshot.encode(computed.outcome)
    return OptimizationRow(
        id=portfolio_id,
        created_at=now,
        user_id=owner.user_id,
        username=owner.username,
        request=snapshot.encode(computed.request),
        summary=snapshot.encode(_Summary(computed.outcome.optimality.status)),
        versions=snapshot.encode(computed.versions),
        returns_sha256=computed.returns_sha256,
        outcome_sha256=snapshot.digest(outcome),
        outcome=outcome,
    )


def load(session: Session, portfolio_id: str, visible: Visibility) -> OptimizationRow:
    """Return a visible portfolio.

    Raises
    ------
    NotFound
        When there is none with this id, or it is not visible.
    """
    found = select(OptimizationRow).where(OptimizationRow.id == portfolio_id, *rows.optimizations(visible))
    row = session.scalar(found)
    if row is None:
        raise NotFound(f"There is no optimised portfolio {portfolio_id!r}")
    return row


def request_of(row: OptimizationRow) -> OptimizationRequest:
    """Return what was asked for."""
    return snapshot.decode(row.request, OptimizationRequest)


def outcome_of(row: OptimizationRow) -> OptimizationOutcome:
    """Return what came out."""
    return snapshot.decode(row.outcome, OptimizationOutcome)


def versions_of(row: OptimizationRow) -> dict[str, str]:
    """Return the versions of libraries that computed it."""
    return snapshot.decode(row.versions, dict[str, str])


def shown(row: OptimizationRow) -> OptimizedPortfolio:
    """Return a portfolio with its weights."""
    return OptimizedPortfolio(
        row.id,
        row.created_at,
        row.username,
        request_of(row),
        versions_of(row),
        row.returns_sha256,
        row.outcome_sha256,
        outcome_of(row),
    )


def summary(row: OptimizationRow) -> OptimizationSummary:
    """Return a portfolio as a list shows it."""
    request, said = request_of(row), snapshot.decode(row.summary, _Summary)
    return OptimizationSummary(
        row.id,
        row.created_at,
        row.username,
        request.model,
        request.risk_measure,
        request.objective,
        len(request.assets),
        said.status,
    )
