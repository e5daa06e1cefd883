"""Previews of allocations, their commits, and their history."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.examples import PREVIEWS
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import caller
from app.api.kit.vendor_errors import VENDOR_ERRORS
from app.core.errors import Conflict, DataMissing, NotFound, SolverError
from app.core.security import Permission
from app.schemas.allocations.answers import (
    AllocationPageSchema,
    AllocationSchema,
    History,
    HistorySchema,
    ReplaySchema,
)
from app.schemas.allocations.request import PreviewRequestSchema
from app.services.allocations.history import AllocationSummary
from app.services.allocations.replay import ReplayResult
from app.services.allocations.store import StoredAllocation
from app.services.allocations.types import PreviewRequest
from app.utils.paging import Page

allocations = Namespace("allocations", "Previews, commits, history", path="/allocations")


@allocations.route("/preview")
class PreviewEndpoint(Endpoint):
    """Previews."""

    @operation(
        "previewAllocation",
        Permission.ALLOCATIONS_PREVIEW,
        body=PreviewRequestSchema,
        returns=AllocationSchema,
        fails=(*VENDOR_ERRORS, Conflict, DataMissing, NotFound, SolverError),
        idempotent=True,
        examples=PREVIEWS,
    )
    def post(self, body: PreviewRequest) -> StoredAllocation:
        """Preview how a block order splits over the accounts of portfolio groups.

        PRO_RATA shares it by NAV or another base, CUSTOM_WEIGHTS by weights for each account, MIN_DISPERSION
        so that a risk metric differs least between the accounts. The preview is stored and can be committed
        until `expires_at`.
        """
        return services().allocations.preview(body, caller())


@allocations.route("/<allocation:allocation_id>")
class AllocationEndpoint(Endpoint):
    """One allocation."""

    @operation("getAllocation", Permission.ALLOCATIONS_READ, returns=AllocationSchema, addition=True)
    def get(self, allocation_id: str) -> StoredAllocation:
        """Show a stored preview, and its commit, with the numbers that were shown first."""
        return services().allocations.get(allocation_id)


@allocations.route("/<allocation:allocation_id>/replay")
class ReplayEndpoint(Endpoint):
    """Recomputation."""

    @operation(
        "replayAllocation",
        Permission.ALLOCATIONS_READ,
        returns=ReplaySchema,
        fails=(SolverError,),
        addition=True,
    )
    def post(self, allocation_id: str) -> ReplayResult:
        """Recompute a preview from its stored inputs and say whether the numbers are identical."""
        return services().allocations.replay(allocation_id)


@allocations.route("")
class AllocationsEndpoint(Endpoint):
    """History."""

    @operation(
        "listAllocations",
        Permission.ALLOCATIONS_READ,
        query=HistorySchema,
        returns=AllocationPageSchema,
        addition=True,
    )
    def get(self, query: History) -> Page[AllocationSummary]:
        """List stored previews and commits, newest first."""
        return services().allocations.history(query.filters, cursor=query.cursor, limit=query.limit)
