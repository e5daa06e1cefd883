"""Proposals in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.models import BlotterRow, ProposalRow
from app.services.allocations import snapshot
from app.services.blotters.service import blotter_of
from app.services.domain.caller import Caller
from app.services.kernels.proposals import ProposalStatus
from app.services.proposals.types import Outcome, ProposalRequest, ProposalSummary, ShownProposal
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility


@dataclass(frozen=True, slots=True)
class _Summary:
    """What a list shows of an outcome."""

    status: ProposalStatus
    accounts_back: int
    account_count: int
    order_count: int


def new_row(
    proposal_id: str, request: ProposalRequest, outcome: Outcome, caller: Caller, now: datetime, today: date
) -> ProposalRow:
    """Return the row of a proposal."""
    back = sum(each.is_back for each in outcome.accounts)
    summary = _Summary(outcome.status, back, len(outcome.accounts), len(outcome.orders))
    return ProposalRow(
        id=proposal_id,
        created_at=now,
        user_id=caller.user_id,
        username=caller.username,
        business_date=today,
        scope=request.scope,
        scope_id=request.scope_id,
        request=snapshot.encode(request),
        summary=snapshot.encode(summary),
        outcome=snapshot.encode(outcome),
    )


def load(session: Session, proposal_id: str, visible: Visibility) -> ProposalRow:
    """Return a visible proposal.

    Raises
    ------
    NotFound
        When there is none with this id, or it is not visible.
    """
    row = session.scalar(select(ProposalRow).where(ProposalRow.id == proposal_id, *rows.proposals(visible)))
    if row is None:
        raise NotFound(f"There is no proposal {proposal_id!r}")
    return row


def outcome_of(row: ProposalRow) -> Outcome:
    """Return what a proposal came to."""
    return snapshot.decode(row.outcome, Outcome)


def summaries(session: Session, found: Sequence[ProposalRow]) -> tuple[ProposalSummary, ...]:
    """Return proposals as a list shows them."""
    made = _made(session, [blotter_of(row.id) for row in found])
    return tuple(_summary(row, made) for row in found)


def shown(session: Session, row: ProposalRow) -> ShownProposal:
    """Return a proposal with its trades."""
    (summary,) = summaries(session, [row])
    values = {each.name: getattr(summary, each.name) for each in fields(summary)}
    return ShownProposal(**values, outcome=outcome_of(row))


def _summary(row: ProposalRow, made: Collection[str]) -> ProposalSummary:
    said, blotter_id = snapshot.decode(row.summary, _Summary), blotter_of(row.id)
    return ProposalSummary(
        proposal_id=row.id,
        created_at=row.created_at,
        created_by=row.username,
        request=snapshot.decode(row.request, ProposalRequest),
        status=said.status,
        accounts_back=said.accounts_back,
        account_count=said.account_count,
        order_count=said.order_count,
        blotter_id=blotter_id if blotter_id in made else None,
    )


def _made(session: Session, blotter_ids: Sequence[str]) -> frozenset[str]:
    query = select(BlotterRow.id).where(BlotterRow.id.in_(blotter_ids))
    return frozenset(session.scalars(query)) if blotter_ids else frozenset()
