"""What a backtest cannot go on with; what it cannot begin with is a `RiskError`."""

from __future__ import annotations

from app.services.kernels.optimization import OptimizationError


class StrategyFailed(ValueError):
    """A strategy has no target at a row of the market: its constraints cannot be met at all."""

    def __init__(self, row: int, cause: OptimizationError) -> None:
        super().__init__(f"row {row}: {cause}")
        self.row = row
        self.cause = cause
