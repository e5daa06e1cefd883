"""Reallocation: whether a portfolio has left its target, and trades that bring it back."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.idempotency import is_resumed, reservation
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import caller
from app.api.kit.vendor_errors import VENDOR_ERRORS
from app.api.kit.visibility import visible
from app.core.errors import DataMissing, NotFound
from app.core.security import Permission
from app.schemas.blotters import SubmittedBlotterSchema
from app.schemas.reallocation import (
    ReallocationBlotterSchema,
    ReallocationPageQuery,
    ReallocationPageQuerySchema,
    ReallocationRequestSchema,
)
from app.schemas.reallocation_answer import ReallocationPageSchema, ReallocationSchema
from app.services.blotters.types import Submitted
from app.services.drift.errors import NoTargets
from app.services.market_history.errors import NotMeasurable, TooFewPrices, UnknownAsset
from app.services.reallocation.errors import NothingPlanned, ReallocationStale, VaultLimitsViolated
from app.services.reallocation.types import (
    BlotterWish,
    ReallocationHead,
    ReallocationRequest,
    ShownReallocation,
)
from app.utils.paging import Page

GIVEN = {
    "current": {"EQ-US-LARGE": 180, "BD-GOVT-LONG": 120},
    "target": {"EQ-US-LARGE": 200, "BD-GOVT-LONG": 100},
}
OPTIMISED = {
    "current": {"EQ-US-LARGE": 600000, "BD-GOVT-LONG": 400000},
    "target_objective": "MinRisk",
    "start_date": "2021-01-04",
    "end_date": "2025-12-31",
    "minimum_trade": 1000,
}

reallocation = Namespace("reallocation", "Trades that bring a portfolio to its target")


@reallocation.route("")
class ReallocationsEndpoint(Endpoint):
    """All reallocations of the caller."""

    @operation(
        "listReallocations",
        Permission.ALLOCATIONS_READ,
        query=ReallocationPageQuerySchema,
        returns=ReallocationPageSchema,
        addition=True,
    )
    def get(self, query: ReallocationPageQuery) -> Page[ReallocationHead]:
        """List your reallocations, newest first."""
        return services().reallocation.list(caller(), cursor=query.cursor, limit=query.limit)


@reallocation.route("/evaluate")
class ReallocationEvaluationEndpoint(Endpoint):
    """Evaluations."""

    @operation(
        "evaluateReallocation",
        Permission.ALLOCATIONS_PREVIEW,
        body=ReallocationRequestSchema,
        returns=ReallocationSchema,
        fails=(NotFound, NoTargets, UnknownAsset, TooFewPrices, NotMeasurable),
        addition=True,
        calculates=True,
        idempotent=True,
        cost=5,
        examples={"to stated values": GIVEN, "to the least risk": OPTIMISED},
    )
    def post(self, body: ReallocationRequest) -> ShownReallocation:
        """Find out whether a portfolio has left its target, and plan trades within liquidity.

        A reallocation is needed when any asset's current value over its target is further from 1 than the
        threshold. Sales come first, and purchases are scaled to what these free, true to the cent. What can
        be traded is stated, asked of a configured service, or a part of the average daily volume. Nothing is
        ordered.
        """
        key = reservation()
        return services().reallocation.evaluate(
            body, caller(), visible(), key=key.key_id if key else None, resumed=is_resumed()
        )


@reallocation.route("/<reallocation:reallocation_id>")
class ReallocationEndpoint(Endpoint):
    """One reallocation."""

    @operation(
        "getReallocation",
        Permission.ALLOCATIONS_READ,
        returns=ReallocationSchema,
        fails=(NotFound,),
        addition=True,
    )
    def get(self, reallocation_id: str) -> ShownReallocation:
        """Show one of your reallocations."""
        return services().reallocation.get(reallocation_id, caller())


@reallocation.route("/<reallocation:reallocation_id>/blotter")
class ReallocationBlotterEndpoint(Endpoint):
    """The blotter of a reallocation."""

    @operation(
        "makeBlotterOfReallocation",
        Permission.ALLOCATIONS_PREVIEW,
        body=ReallocationBlotterSchema,
        returns=SubmittedBlotterSchema,
        fails=(
            *VENDOR_ERRORS,
            NotFound,
            NothingPlanned,
            VaultLimitsViolated,
            ReallocationStale,
            DataMissing,
        ),
        addition=True,
        accepted=True,
        idempotent=True,
        examples={
            "two bonds": {
                "portfolio_groups": ["PUBLICPRE"],
                "securities": {"EQ-US-LARGE": "91282CKF7", "BD-GOVT-LONG": "912828YW4"},
            }
        },
    )
    def post(self, reallocation_id: str, body: BlotterWish) -> Submitted:
        """Make a blotter of a reallocation: a line for each trade, sized by its money, sales first.

        Its previews check cash, lots, restrictions and compliance. Asked again, the same blotter is the
        answer. The reallocation has to be of the business date.
        """
        return services().reallocation.make_blotter(reallocation_id, body, caller(), visible())
