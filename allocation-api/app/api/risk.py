"""Risk of a portfolio of stated weights."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.core.security import Permission
from app.schemas.risk import RiskRequestSchema
from app.schemas.risk_answer import RiskAnswerSchema
from app.services.market_history.errors import NotMeasurable, TooFewPrices, UnknownAsset
from app.services.risk.types import RiskAnswer, RiskRequest

SIXTY_FORTY = {
    "weights": {"EQ-US-LARGE": 0.6, "BD-GOVT-LONG": 0.4},
    "start_date": "2021-01-04",
    "end_date": "2025-12-31",
    "benchmark": "EQ-US-LARGE",
    "shocks": {"EQ-US-LARGE": -0.2},
    "worst_windows": {"periods": 21, "count": 3},
}

risk = Namespace("risk", "Risk of a portfolio of stated weights")


@risk.route("/analyze")
class RiskAnalysisEndpoint(Endpoint):
    """Analyses."""

    @operation(
        "analyzeRisk",
        Permission.MARKET_HISTORY_READ,
        body=RiskRequestSchema,
        returns=RiskAnswerSchema,
        fails=(UnknownAsset, TooFewPrices, NotMeasurable),
        addition=True,
        calculates=True,
        cost=5,
        examples={"sixty forty": SIXTY_FORTY},
    )
    def post(self, body: RiskRequest) -> RiskAnswer:
        """Measure the risk of a portfolio over a period of market history.

        The portfolio is brought back to its weights each period. Periods count at whose end all assets and
        the benchmark have a price; `data` says what was missing. A measure that is not defined for these
        returns has null as its value, and says why.
        """
        return services().risk.analyse(body)
