"""Previews of allocations, their commits, and their history."""

from __future__ import annotations

from flask import Response
from flask_restx import Namespace

from app.api.context import services
from app.api.examples import PREVIEWS
from app.api.idempotency import reservation
from app.api.operation import Endpoint, operation
from app.api.tokens import caller
from app.api.vendor import VENDOR_ERRORS
from app.core.errors import Conflict, DataMissing, Forbidden, NotFound, SolverError
from app.core.security import Permission
from app.schemas.allocations import (
    AllocationPageSchema,
    AllocationSchema,
    Commit,
    CommitResultSchema,
    CommitSchema,
    History,
    HistorySchema,
    ReplaySchema,
)
from app.schemas.preview_request import PreviewRequestSchema
from app.schemas.reports import FixQuery, FixQuerySchema
from app.services.allocations.history import AllocationSummary
from app.services.allocations.replay import ReplayResult
from app.services.allocations.store import CommitResult, StoredAllocation
from app.services.allocations.types import PreviewRequest
from app.services.reports.fix import readable
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


@allocations.route("/<allocation:allocation_id>/commit")
class CommitEndpoint(Endpoint):
    """Commits."""

    @operation(
        "commitAllocation",
        Permission.ALLOCATIONS_COMMIT,
        body=CommitSchema,
        body_required=False,
        returns=CommitResultSchema,
        fails=(*VENDOR_ERRORS, Conflict, DataMissing, Forbidden),
        idempotent=True,
        examples={"accept warnings": {"comment": "As discussed", "override_warnings": True}},
    )
    def post(self, allocation_id: str, body: Commit) -> CommitResult:
        """Commit a preview: send it to Aladdin as one block order with a slice for each account.

        Refused when the preview has expired, was committed already, or has warnings that are not overridden.
        The book is read once more: where the accounts can no longer take their parts (BOOK_CHANGED), the
        market price has moved too far (PRICE_MOVED), or other orders for the same accounts are not settled
        (ACCOUNTS_UNSETTLED), nothing is sent, and `accounts` says what differs for each.
        """
        held = reservation()
        return services().commits.commit(
            allocation_id,
            comment=body.comment,
            override_warnings=body.override_warnings,
            caller=caller(),
            idempotency_key=held.key_id if held else None,
        )


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


@allocations.route("/<allocation:allocation_id>/fix")
class FixEndpoint(Endpoint):
    """FIX."""

    @operation(
        "getAllocationFix",
        Permission.REPORTS_READ,
        query=FixQuerySchema,
        fails=(*VENDOR_ERRORS, Conflict, DataMissing),
        addition=True,
        media_type="text/plain",
    )
    def get(self, allocation_id: str, query: FixQuery) -> Response:
        """Give a committed allocation as a FIX 4.4 AllocationInstruction (35=J), by Aladdin's present word.

        AllocType (626) is 1, calculated, of what was filled once the order is filled or over, and 2,
        preliminary, of what was ordered and without money before. AllocID (70) is the allocation's id, with
        `-P` after it in a preliminary one. Fields end with SOH; the message's number is 1.
        """
        message = services().reports.fix.message(allocation_id)
        name = f"allocation-{allocation_id}.fix"
        kind = "text/plain; charset=us-ascii"
        if query.readable:
            return Response(readable(message), content_type=kind)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(message, content_type=kind, headers=headers)


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
