"""Rebalancing: how far a portfolio is from its targets, and the trades that bring it back.

`drift` measures the distance, `balance` finds trades whose purchases are paid by sales and free cash,
`attribution` says what moved the drift between two times.
"""

from app.services.kernels.rebalancing.attribution import (
    Attribution,
    Book,
    Causes,
    ClassAttribution,
    Position,
    attribute,
)
from app.services.kernels.rebalancing.balance import Balance, Mode, Trade, TradeRules, balance
from app.services.kernels.rebalancing.drift import ClassDrift, Drift, Sleeve, measure

__all__ = [
    "Attribution",
    "Balance",
    "Book",
    "Causes",
    "ClassAttribution",
    "ClassDrift",
    "Drift",
    "Mode",
    "Position",
    "Sleeve",
    "Trade",
    "TradeRules",
    "attribute",
    "balance",
    "measure",
]
