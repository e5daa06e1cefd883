"""Backtest: a strategy simulated over past prices without a look ahead; arrays in, dataclasses out."""

from app.services.kernels.backtest.buckets import CYCLE, MAX_CYCLE, MIN_CYCLE, StaggeredSimulation
from app.services.kernels.backtest.cross_validation import (
    MAX_FOLDS,
    MIN_FOLDS,
    CrossValidation,
    Folds,
    cross_validation,
)
from app.services.kernels.backtest.errors import StrategyFailed
from app.services.kernels.backtest.ledger import Ledger, ledger
from app.services.kernels.backtest.market import MAX_ROWS, Market
from app.services.kernels.backtest.overfitting import MAX_BLOCKS, MAX_TRIALS, Overfitting, overfitting
from app.services.kernels.backtest.performance import Figure, Performance, performance
from app.services.kernels.backtest.regime import (
    MIN_REGIME_WINDOW,
    REGIME_WINDOW,
    RegimeAllocation,
    RegimeLabels,
)
from app.services.kernels.backtest.schedule import RebalancingFrequency, period_starts
from app.services.kernels.backtest.simulation import (
    Plan,
    Simulation,
    Skipped,
    SkippedReason,
    State,
    Trade,
)
from app.services.kernels.backtest.strategies import (
    BuyAndHold,
    FixedWeights,
    Optimization,
    Rebalancing,
    Strategy,
    Window,
)
from app.services.kernels.backtest.trading import Costs

__all__ = [
    "CYCLE",
    "MAX_BLOCKS",
    "MAX_CYCLE",
    "MAX_FOLDS",
    "MAX_ROWS",
    "MAX_TRIALS",
    "MIN_CYCLE",
    "MIN_FOLDS",
    "MIN_REGIME_WINDOW",
    "REGIME_WINDOW",
    "BuyAndHold",
    "Costs",
    "CrossValidation",
    "Figure",
    "FixedWeights",
    "Folds",
    "Ledger",
    "Market",
    "Optimization",
    "Overfitting",
    "Performance",
    "Plan",
    "Rebalancing",
    "RebalancingFrequency",
    "RegimeAllocation",
    "RegimeLabels",
    "Simulation",
    "Skipped",
    "SkippedReason",
    "StaggeredSimulation",
    "State",
    "Strategy",
    "StrategyFailed",
    "Trade",
    "Window",
    "cross_validation",
    "ledger",
    "overfitting",
    "performance",
    "period_starts",
]
