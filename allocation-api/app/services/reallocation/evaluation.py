"""All that an outcome is made of, in the kernels' units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.services.kernels.reallocation import Holding, Plan, UtilizationReport
from app.services.reallocation.liquidity import Liquidity
from app.services.reallocation.measured import AssetMarket
from app.services.reallocation.types import ReallocationRequest, RiskMetrics


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that an outcome is made of. `plan` is None where no reallocation is needed."""

    asked: ReallocationRequest
    holdings: Sequence[Holding]
    before: UtilizationReport
    liquidity: Liquidity
    markets: Mapping[str, AssetMarket]
    plan: Plan | None
    risk: RiskMetrics
    why_no_risk: str | None

    @property
    def trades(self) -> Sequence[int]:
        """The trades in cents, 0 for all without a plan."""
        return self.plan.trades if self.plan else (0,) * len(self.holdings)
