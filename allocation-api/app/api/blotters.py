"""Blotters: many orders at once, previewed and committed by jobs."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.allocations import SKIPS_COMPLIANCE
from app.api.kit.context import services
from app.api.kit.examples import BLOTTERS
from app.api.kit.limits import charge
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import caller
from app.api.kit.visibility import visible
from app.core.security import Permission
from app.schemas.blotters import (
    BlotterCommit,
    BlotterCommitSchema,
    BlotterPageQuery,
    BlotterPageQuerySchema,
    BlotterPageSchema,
    BlotterQuery,
    BlotterQuerySchema,
    BlotterRequestSchema,
    BlotterSchema,
    SubmittedBlotterSchema,
)
from app.services.blotters.errors import BlotterNotReady
from app.services.blotters.types import Blotter, BlotterRequest, BlotterSummary, CommitOrder, Submitted
from app.utils.paging import Page

LINES_PER_UNIT = 20
"""Lines of a blotter that cost as much as one ordinary request: their work is not done by the request."""

blotters = Namespace("blotters", "Many orders at once", path="/blotters")


@blotters.route("")
class BlottersEndpoint(Endpoint):
    """All blotters."""

    @operation(
        "listBlotters",
        Permission.ALLOCATIONS_READ,
        query=BlotterPageQuerySchema,
        returns=BlotterPageSchema,
        addition=True,
    )
    def get(self, query: BlotterPageQuery) -> Page[BlotterSummary]:
        """List blotters, newest first, without their lines."""
        return services().blotters.service.list(visible(), cursor=query.cursor, limit=query.limit)

    @operation(
        "createBlotter",
        Permission.ALLOCATIONS_PREVIEW,
        query=BlotterQuerySchema,
        body=BlotterRequestSchema,
        returns=SubmittedBlotterSchema,
        addition=True,
        accepted=True,
        may_need=SKIPS_COMPLIANCE,
        idempotent=True,
        examples=BLOTTERS,
    )
    def post(self, body: BlotterRequest, query: BlotterQuery) -> Submitted:
        """Preview many orders, each on the book that the ones before it leave.

        Cash and positions that an earlier line takes are gone for a later one, and limits hold over the sum.
        Each line becomes an ordinary preview, in a job; one that cannot be previewed does not spoil the
        others.
        """
        charge(len(body.lines) // LINES_PER_UNIT)
        found = services().blotters.service
        return (found.check if query.dry_run else found.create)(body, caller(), visible())


@blotters.route("/<blotter_id>")
class BlotterEndpoint(Endpoint):
    """One blotter."""

    @operation("getBlotter", Permission.ALLOCATIONS_READ, returns=BlotterSchema, addition=True)
    def get(self, blotter_id: str) -> Blotter:
        """Show a blotter with what became of each line."""
        return services().blotters.service.get(blotter_id, visible())


@blotters.route("/<blotter_id>/commit")
class BlotterCommitEndpoint(Endpoint):
    """Commits."""

    @operation(
        "commitBlotter",
        Permission.ALLOCATIONS_COMMIT,
        body=BlotterCommitSchema,
        body_required=False,
        returns=SubmittedBlotterSchema,
        fails=(BlotterNotReady,),
        addition=True,
        accepted=True,
        may_need={
            **SKIPS_COMPLIANCE,
            Permission.WARNINGS_OVERRIDE: "where warnings are overridden",
        },
        idempotent=True,
        examples={"all lines": {"comment": "Agreed"}},
    )
    def post(self, blotter_id: str, body: BlotterCommit) -> Submitted:
        """Commit every line that has an open preview, in a job; each is sent at most once.

        A line that is refused does not stop the others; the emergency stop does. What is left can be
        committed by asking again.
        """
        order = CommitOrder(caller(), body.comment, body.override_warnings, body.acknowledge)
        return services().blotters.service.commit(blotter_id, order, visible())
