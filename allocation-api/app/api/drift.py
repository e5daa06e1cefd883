"""Allocation drift of a portfolio that the caller states; nobody logs in for it, and nothing is stored."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import Access
from app.schemas.drift.answers import (
    CalculationSchema,
    DriftAnalysisSchema,
    RebalancingCheckSchema,
    TargetsSchema,
    TargetValues,
)
from app.schemas.drift.portfolio import (
    CalculateSchema,
    Calculation,
    DriftBodySchema,
    DriftQuerySchema,
    TargetsBodySchema,
    TargetsQuerySchema,
)
from app.services.drift.types import Balanced, DriftReport, Portfolio

HOLDINGS = {
    "AAPL": {"asset_class": "stocks", "value": 26940},
    "VOO": {"asset_class": "etfs", "value": 30000},
    "Gold": {"asset_class": "commodities", "value": 20740},
}
PORTFOLIO = {"holdings": HOLDINGS, "portfolio_value": 183535.63}
OWN_TARGETS = {"portfolio_value": 1000000, "targets": {"stocks": 60, "bonds": 40}}

drift = Namespace("allocation", "How far a portfolio is from its targets", path="/allocation")


@drift.route("/calculate")
class CalculateEndpoint(Endpoint):
    """Drift, and what brings a portfolio back."""

    @operation(
        "calculateDrift",
        Access.PUBLIC,
        body=CalculateSchema,
        returns=CalculationSchema,
        addition=True,
        examples={
            "to the targets": {**PORTFOLIO, "rebalancing_threshold": 5.0},
            "to the edge": {**PORTFOLIO, "mode": "to_band", "minimum_trade": 1000},
        },
    )
    def post(self, body: Calculation) -> Balanced:
        """Calculate the drift of a portfolio, and the trades that bring it back.

        rebalancing_actions bring each class that drifted by more than the threshold to its target, whatever
        the others do. balanced_actions are trades that can be done together: purchases are paid by sales and
        free cash, to the cent.
        """
        return services().drift.calculator.balanced(body.portfolio, body.mode, body.rules)


@drift.route("/targets")
class TargetsEndpoint(Endpoint):
    """Targets in money."""

    @operation(
        "getTargetValues", Access.PUBLIC, query=TargetsQuerySchema, returns=TargetsSchema, addition=True
    )
    def get(self, query: Portfolio) -> TargetValues:
        """Show what each class of a portfolio should be worth, with the default targets."""
        return _targets(query)

    @operation(
        "calculateTargetValues",
        Access.PUBLIC,
        body=TargetsBodySchema,
        returns=TargetsSchema,
        addition=True,
        examples={"own targets": OWN_TARGETS},
    )
    def post(self, body: Portfolio) -> TargetValues:
        """Show what each class of a portfolio should be worth, with targets of your own if you like."""
        return _targets(body)


@drift.route("/check-rebalancing")
class CheckRebalancingEndpoint(Endpoint):
    """Whether a portfolio needs rebalancing."""

    @operation(
        "getRebalancingCheck",
        Access.PUBLIC,
        query=DriftQuerySchema,
        returns=RebalancingCheckSchema,
        addition=True,
    )
    def get(self, query: Portfolio) -> DriftReport:
        """Check whether a portfolio needs rebalancing, against the default targets."""
        return services().drift.calculator.report(query)

    @operation(
        "checkRebalancing",
        Access.PUBLIC,
        body=DriftBodySchema,
        returns=RebalancingCheckSchema,
        addition=True,
        examples={"default targets": {**PORTFOLIO, "threshold": 5.0}},
    )
    def post(self, body: Portfolio) -> DriftReport:
        """Check whether a portfolio needs rebalancing, against targets of your own if you like."""
        return services().drift.calculator.report(body)


@drift.route("/drift-analysis")
class DriftAnalysisEndpoint(Endpoint):
    """Drift by class."""

    @operation(
        "getDriftAnalysis",
        Access.PUBLIC,
        query=DriftQuerySchema,
        returns=DriftAnalysisSchema,
        addition=True,
    )
    def get(self, query: Portfolio) -> DriftReport:
        """List the drift of each class, the largest first, against the default targets."""
        return services().drift.calculator.report(query)

    @operation(
        "analyseDrift",
        Access.PUBLIC,
        body=DriftBodySchema,
        returns=DriftAnalysisSchema,
        addition=True,
        examples={"default targets": PORTFOLIO},
    )
    def post(self, body: Portfolio) -> DriftReport:
        """List the drift of each class, the largest first, against targets of your own if you like."""
        return services().drift.calculator.report(body)


def _targets(portfolio: Portfolio) -> TargetValues:
    return TargetValues(portfolio, services().drift.calculator.targets(portfolio))
