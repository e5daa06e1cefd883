"""Optimised portfolios: made, listed, shown and computed again."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.idempotency import is_resumed, reservation
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import caller
from app.api.kit.visibility import visible
from app.core.errors import NotFound
from app.core.security import Permission
from app.schemas.optimization import OptimizationRequestSchema
from app.schemas.optimization_answer import (
    OptimizationPageQuery,
    OptimizationPageQuerySchema,
    OptimizationPageSchema,
    OptimizationReplaySchema,
    OptimizedPortfolioSchema,
)
from app.services.market_history.errors import ConstantPrice, NotMeasurable, TooFewPrices, UnknownAsset
from app.services.optimization.errors import (
    InfeasibleConstraints,
    NoExcess,
    NotOptimized,
    ReplayedPricesMissing,
    TooMuchWork,
    TooSlow,
    WithoutRisk,
)
from app.services.optimization.types import (
    OptimizationReplay,
    OptimizationRequest,
    OptimizationSummary,
    OptimizedPortfolio,
)
from app.utils.paging import Page

_DAYS = {"start_date": "2023-01-02", "end_date": "2025-12-31"}
LEAST_RISK = {
    "assets": ["EQ-US-LARGE", "BD-GOVT-LONG", "CM-GOLD"],
    **_DAYS,
    "objective": "MinRisk",
    "constraints": {"upper_bound": 0.6},
    "frontier_points": 5,
}
WITH_VIEW = {
    "assets": ["EQ-US-LARGE", "BD-GOVT-LONG", "CM-GOLD"],
    **_DAYS,
    "model": "BL",
    "objective": "Sharpe",
    "constraints": {"upper_bound": 0.6},
    "views": [{"weights": {"EQ-US-LARGE": 1, "BD-GOVT-LONG": -1}, "expected_return": 0.03}],
}
WHY_NOT = (
    ConstantPrice,
    NotMeasurable,
    InfeasibleConstraints,
    NoExcess,
    WithoutRisk,
    NotOptimized,
    TooMuchWork,
    TooSlow,
)

optimization = Namespace("optimization", "Portfolios that are optimised by market history", path="/portfolio")


@optimization.route("/optimize")
class OptimizationEndpoint(Endpoint):
    """Optimisations."""

    @operation(
        "optimizePortfolio",
        Permission.MARKET_HISTORY_READ,
        body=OptimizationRequestSchema,
        returns=OptimizedPortfolioSchema,
        fails=(UnknownAsset, TooFewPrices, *WHY_NOT),
        addition=True,
        calculates=True,
        idempotent=True,
        cost=20,
        examples={"least risk": LEAST_RISK, "a view": WITH_VIEW},
    )
    def post(self, body: OptimizationRequest) -> OptimizedPortfolio:
        """Find the weights that are best by expected return and risk, with efficient frontier and proof.

        Returns count on the periods at whose end all assets have a price. The portfolio is kept and can be
        computed again. What cannot be met is refused with the constraints that stand against each other.
        """
        key = reservation()
        return services().optimization.optimise(
            body, caller(), key=key.key_id if key else None, resumed=is_resumed()
        )


@optimization.route("")
class OptimizedPortfoliosEndpoint(Endpoint):
    """All optimised portfolios."""

    @operation(
        "listOptimizedPortfolios",
        Permission.MARKET_HISTORY_READ,
        query=OptimizationPageQuerySchema,
        returns=OptimizationPageSchema,
        addition=True,
    )
    def get(self, query: OptimizationPageQuery) -> Page[OptimizationSummary]:
        """List optimised portfolios, newest first, without their weights; limited users see the own ones."""
        return services().optimization.list(visible(), cursor=query.cursor, limit=query.limit)


@optimization.route("/<portfolio:portfolio_id>")
class OptimizedPortfolioEndpoint(Endpoint):
    """One optimised portfolio."""

    @operation(
        "getOptimizedPortfolio",
        Permission.MARKET_HISTORY_READ,
        returns=OptimizedPortfolioSchema,
        fails=(NotFound,),
        addition=True,
    )
    def get(self, portfolio_id: str) -> OptimizedPortfolio:
        """Show an optimised portfolio as it was answered."""
        return services().optimization.get(portfolio_id, visible())


@optimization.route("/<portfolio:portfolio_id>/replay")
class OptimizationReplayEndpoint(Endpoint):
    """Recomputation."""

    @operation(
        "replayOptimizedPortfolio",
        Permission.MARKET_HISTORY_READ,
        returns=OptimizationReplaySchema,
        fails=(NotFound, ReplayedPricesMissing, *WHY_NOT),
        addition=True,
        calculates=True,
        cost=20,
    )
    def post(self, portfolio_id: str) -> OptimizationReplay:
        """Compute a portfolio again from the prices that were known then, and say whether it is the same."""
        return services().optimization.replay(portfolio_id, visible())
