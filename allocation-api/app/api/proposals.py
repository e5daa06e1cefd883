"""Rebalancing proposals: trades that bring accounts back to their targets."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import caller
from app.api.kit.vendor_errors import VENDOR_ERRORS
from app.api.kit.visibility import visible
from app.core.errors import DataMissing, NotFound
from app.core.security import Permission
from app.schemas.blotters import SubmittedBlotterSchema
from app.schemas.proposals import (
    ProposalBlotter,
    ProposalBlotterSchema,
    ProposalPageQuery,
    ProposalPageQuerySchema,
    ProposalPageSchema,
    ProposalRequestSchema,
    ProposalSchema,
)
from app.services.blotters.types import Submitted
from app.services.drift.errors import NoTargets
from app.services.proposals.errors import BlotterMade, NoCandidates, NothingProposed, ProposalStale
from app.services.proposals.types import ProposalRequest, ProposalSummary, ShownProposal
from app.utils.paging import Page

OF_GROUP = {"scope": "GROUP", "scope_id": "PUBLICPRE", "mode": "to_band"}
CASH = {"scope": "ACCOUNT", "scope_id": "PPR-001", "mode": "cash_raise", "amount": 500000}

proposals = Namespace("proposals", "Trades that bring accounts back", path="/drift/proposals")


@proposals.route("")
class ProposalsEndpoint(Endpoint):
    """All proposals."""

    @operation(
        "listProposals",
        Permission.ALLOCATIONS_READ,
        query=ProposalPageQuerySchema,
        returns=ProposalPageSchema,
        addition=True,
    )
    def get(self, query: ProposalPageQuery) -> Page[ProposalSummary]:
        """List proposals, newest first, without their trades."""
        return services().proposals.list(visible(), cursor=query.cursor, limit=query.limit)

    @operation(
        "createProposal",
        Permission.ALLOCATIONS_PREVIEW,
        body=ProposalRequestSchema,
        returns=ProposalSchema,
        fails=(*VENDOR_ERRORS, NotFound, NoTargets, NoCandidates, DataMissing),
        addition=True,
        idempotent=True,
        cost=20,
        examples={"a group into its bands": OF_GROUP, "cash from an account": CASH},
    )
    def post(self, body: ProposalRequest) -> ShownProposal:
        """Find the fewest trades that bring most accounts of a group, or one account, back to their targets.

        Whole lots, cash, restrictions and compliance hold as in a preview. First most accounts come back,
        then least is left beyond the bands, then there are the fewest block orders, trades, and turnover.
        The stages say what was reached and what is proved. Nothing is ordered.
        """
        return services().proposals.create(body, caller(), visible())


@proposals.route("/<proposal_id>")
class ProposalEndpoint(Endpoint):
    """One proposal."""

    @operation(
        "getProposal",
        Permission.ALLOCATIONS_READ,
        returns=ProposalSchema,
        fails=(NotFound,),
        addition=True,
    )
    def get(self, proposal_id: str) -> ShownProposal:
        """Show a proposal with its trades, and accounts before and after."""
        return services().proposals.get(proposal_id, visible())


@proposals.route("/<proposal_id>/blotter")
class ProposalBlotterEndpoint(Endpoint):
    """The blotter of a proposal."""

    @operation(
        "makeBlotterOfProposal",
        Permission.ALLOCATIONS_PREVIEW,
        body=ProposalBlotterSchema,
        body_required=False,
        returns=SubmittedBlotterSchema,
        fails=(NotFound, NothingProposed, ProposalStale, BlotterMade),
        addition=True,
        accepted=True,
        idempotent=True,
        examples={"the only one today": {}, "beside another": {"in_addition": True}},
    )
    def post(self, proposal_id: str, body: ProposalBlotter) -> Submitted:
        """Make a blotter of a proposal: a line for each bond and side, with a fixed face for each account.

        Its previews check cash, lots, restrictions and compliance once more. Asked again, the same blotter is
        the answer. It has to be of the business date and of target versions in force, and the only one of its
        account or group today unless `in_addition` is said.
        """
        return services().proposals.make_blotter(
            proposal_id, caller(), visible(), in_addition=body.in_addition
        )
