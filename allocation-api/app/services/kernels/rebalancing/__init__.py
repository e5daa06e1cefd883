"""Rebalancing: how far a portfolio is from its targets, and the trades that bring it back.

`drift` measures the distance, `balance` finds trades whose purchases are paid by sales and free cash.
"""

from app.services.kernels.rebalancing.balance import Balance, Mode, Trade, TradeRules, balance
from app.services.kernels.rebalancing.drift import ClassDrift, Drift, Sleeve, measure

__all__ = [
    "Balance",
    "ClassDrift",
    "Drift",
    "Mode",
    "Sleeve",
    "Trade",
    "TradeRules",
    "balance",
    "measure",
]
