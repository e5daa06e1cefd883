"""Whether a proposal may still become a blotter (R20.10)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import BlotterRow, ProposalRow
from app.services.blotters.service import blotter_of
from app.services.domain.calendar import trade_date
from app.services.drift.target_rows import in_force
from app.services.proposals.errors import BlotterMade, ProposalStale
from app.services.proposals.types import Outcome
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks


def check_fresh(
    session: Session, row: ProposalRow, outcome: Outcome, today: date, visible: Visibility
) -> None:
    """Check that a proposal is of the business date, and that the target versions that it used are in force.

    Raises
    ------
    ProposalStale
        When it is not, or they are not.
    """
    if row.business_date != today:
        raise ProposalStale(
            f"The proposal is of {row.business_date}, and the business date is {today}. Ask for a new one"
        )
    held = {(each.target_set_id, each.version) for each in in_force(session, trade_date(today), visible)}
    used = {(of.target_set_id, of.target_version) for each in outcome.accounts for of in each.classes}
    if not used <= held:
        raise ProposalStale("Targets that the proposal used are not in force any more. Ask for a new one")


def check_only(session: Session, row: ProposalRow, visible: Visibility) -> None:
    """Check that no other proposal of the same scope and day has become a blotter.

    Raises
    ------
    BlotterMade
        When one has, with the newest such blotter where it is visible.
    """
    same = select(ProposalRow.id).where(
        ProposalRow.scope == row.scope,
        ProposalRow.scope_id == row.scope_id,
        ProposalRow.business_date == row.business_date,
        ProposalRow.id != row.id,
    )
    made: list[tuple[datetime, str]] = []
    seen: list[tuple[datetime, str]] = []
    for part in chunks([blotter_of(each) for each in session.scalars(same)], MAX_IDS_PER_QUERY):
        query = select(BlotterRow.created_at, BlotterRow.id).where(BlotterRow.id.in_(part))
        made += [(at, name) for at, name in session.execute(query)]
        seen += [(at, name) for at, name in session.execute(query.where(*rows.blotters(visible)))]
    if made:
        shown = max(seen)[1] if seen else None
        named = f"the blotter {shown}" if shown else "a blotter"
        raise BlotterMade(
            f"Another proposal of {row.scope_id} became {named} on this business date, so that the same "
            "accounts may trade twice. Where that is meant, ask with in_addition",
            extra={"blotter_id": shown},
        )
