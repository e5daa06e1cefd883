"""Proposals as users see them: made, listed, shown, and made into blotters (R20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from time import monotonic

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, insert_many, new_id
from app.models import TARGETS_LOCK, ProposalGroupRow, ProposalRow
from app.services.allocations.request import (
    AccountLimit,
    Constraints,
    OrderRequest,
    PreviewRequest,
)
from app.services.audit.trail import Action, AuditService, EntityType, everything
from app.services.blotters.service import BlotterService
from app.services.blotters.types import AskedLine, BlotterRequest, Policy, Submitted
from app.services.domain.caller import Caller
from app.services.domain.side import Side
from app.services.drift.errors import NoTargets
from app.services.kernels.allocation.registry import Method
from app.services.kernels.proposals import ProposalMode, propose
from app.services.proposals import store
from app.services.proposals.answer import outcome_of
from app.services.proposals.candidates import CandidateReader
from app.services.proposals.classes import Exposures
from app.services.proposals.errors import NoCandidates, NothingProposed
from app.services.proposals.freshness import check_fresh, check_only
from app.services.proposals.problem import state
from app.services.proposals.scope import ScopeBook, Scopes
from app.services.proposals.types import Outcome, ProposalRequest, ProposalSummary, ShownProposal
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility
from app.utils.paging import Page, page

TURNOVER_GAP = 0.005
"""Part of the turnover that need not be proved to be the least (R20.7)."""

# Of the time limit: when no further bond is read, and when the search ends, so that its answer can be stored.
_UNTIL_READ, _UNTIL_SOLVED = 0.5, 0.9


class ProposalService:
    """Makes proposals within the request, and keeps them."""

    def __init__(
        self,
        database: Database,
        audit: AuditService,
        scopes: Scopes,
        candidates: CandidateReader,
        exposures: Exposures,
        blotters: BlotterService,
        clock: Clock,
        business_date: Callable[[], date],
    ) -> None:
        self._database = database
        self._audit = audit
        self._scopes = scopes
        self._candidates = candidates
        self._exposures = exposures
        self._blotters = blotters
        self._clock = clock
        self._business_date = business_date

    def create(self, request: ProposalRequest, caller: Caller, visible: Visibility) -> ShownProposal:
        """Find trades, and store them.

        Raises
        ------
        NotFound
            When there is no such account or group, or it is not visible.
        NoTargets, NoCandidates
            When there is nothing to reach, or nothing to trade.
        InvalidRequest
            Naming a bond that is not known, or an amount that cannot be raised.
        VendorError
            When Aladdin does not answer.
        """
        start, today = monotonic(), self._business_date()
        scope = self._scopes.read(request, visible)
        outcome = self._solved(request, scope, visible, start)
        proposal_id, now = new_id(), self._clock()

        def keep(session: Session) -> ShownProposal:
            row = store.new_row(proposal_id, request, outcome, caller, now, today)
            session.add(row)
            session.flush()
            groups = [{"proposal_id": row.id, "group_id": each} for each in sorted(scope.told_groups)]
            insert_many(session, ProposalGroupRow, groups)
            self._audit.record_for(
                session,
                Action.PROPOSAL_MADE,
                caller,
                EntityType.PROPOSAL,
                proposal_id,
                after={
                    "scope": request.scope,
                    "scope_id": request.scope_id,
                    "mode": request.mode,
                    "status": outcome.status,
                    "orders": len(outcome.orders),
                },
                rows=everything(EntityType.PROPOSAL),
            )
            return store.shown(session, row)

        return self._database.retried(keep)

    def _solved(
        self, request: ProposalRequest, scope: ScopeBook, visible: Visibility, start: float
    ) -> Outcome:
        limit = float(request.time_limit_seconds)
        if not scope.books:
            raise NoTargets("No account has targets, a NAV and cash: there is nothing to propose")
        candidates, left_out = self._candidates.read(request, scope, visible, start + _UNTIL_READ * limit)
        if not candidates:
            raise NoCandidates("The accounts hold no bond that can be traded. Name bonds to buy")
        exposures = self._exposures.of(candidates, scope.books, scope.holdings())
        stated = state(request, scope, candidates, exposures)
        seconds = max(0.0, start + _UNTIL_SOLVED * limit - monotonic())
        found = propose(stated.problem, seconds=seconds, gap=TURNOVER_GAP)
        return outcome_of(stated, found, scope, left_out)

    def list(self, visible: Visibility, *, cursor: str | None, limit: int) -> Page[ProposalSummary]:
        """Return a page of visible proposals, newest first."""
        query = select(ProposalRow).where(*rows.proposals(visible))
        order = (ProposalRow.created_at, ProposalRow.id)
        with self._database.read() as session:
            found: Page[ProposalRow] = page(session, query, order, cursor, limit, lambda row: row)
            return Page(store.summaries(session, found.items), found.next_cursor)

    def get(self, proposal_id: str, visible: Visibility) -> ShownProposal:
        """Return a proposal.

        Raises
        ------
        NotFound
            When there is none with this id, or it is not visible.
        """
        with self._database.read() as session:
            return store.shown(session, store.load(session, proposal_id, visible))

    def check_visible(self, proposal_id: str, visible: Visibility) -> None:
        """Check that a user may still see a proposal.

        Raises
        ------
        NotFound
            When it is not visible.
        """
        with self._database.read() as session:
            store.load(session, proposal_id, visible)

    def make_blotter(
        self, proposal_id: str, caller: Caller, visible: Visibility, *, in_addition: bool
    ) -> Submitted:
        """Make a blotter of a proposal, once: asked again, that one is returned.

        With `in_addition` it may be the second one of the same scope on a business date.

        Raises
        ------
        NotFound
            When there is no visible proposal with this id.
        NothingProposed
            When it has no trades.
        ProposalStale
            When it is of another business date, or of target versions that are not in force any more.
        BlotterMade
            When another proposal of the same scope and day has become a blotter.
        InvalidRequest
            When a group of its orders is not visible.
        """
        with self._database.read() as session:
            row = store.load(session, proposal_id, visible)
            mode = store.summaries(session, [row])[0].request.mode
            outcome = store.outcome_of(row)
        if not outcome.orders:
            raise NothingProposed("Nothing is to be traded: there is no blotter to make")
        request = blotter_request(outcome, mode)

        def first(session: Session, blotter_id: str) -> None:
            row = store.load(session, proposal_id, visible)
            check_fresh(session, row, outcome, self._business_date(), visible)
            if not in_addition:
                check_only(session, row, visible)
            self._audit.record_for(
                session,
                Action.PROPOSAL_BLOTTER_MADE,
                caller,
                EntityType.PROPOSAL,
                proposal_id,
                after={"blotter_id": blotter_id},
            )

        return self._blotters.create_once(
            request, caller, visible, key=proposal_id, lock=TARGETS_LOCK, first=first
        )


def blotter_request(outcome: Outcome, mode: ProposalMode) -> BlotterRequest:
    """Return a blotter whose lines give each account exactly its face, sales first (R20.10)."""
    lines = []
    for each in outcome.orders:
        limits = {of.account_id: AccountLimit(fixed=of.quantity) for of in each.accounts}
        request = PreviewRequest(
            order=OrderRequest(each.security_id, each.side, each.quantity),
            method=Method.PRO_RATA,
            portfolio_groups=outcome.portfolio_groups,
            constraints=Constraints(account_limits=limits, leave_tradable=True),
        )
        lines.append(AskedLine(request, priority=1 if each.side is Side.SELL else 2))
    funds = mode not in {ProposalMode.BUY_ONLY, ProposalMode.CASH_RAISE}
    return BlotterRequest(tuple(lines), Policy(sales_fund_buys=funds))
