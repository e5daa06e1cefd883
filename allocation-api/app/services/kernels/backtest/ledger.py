"""The ledger of a backtest: cash + quantities x closes = value on each day, from the trades alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.backtest.market import Market
from app.services.kernels.backtest.simulation import Trade
from app.services.kernels.risk.errors import FaultKind, refuse


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """What was owned at the close of each day, from the day of the first decision on.

    Parameters
    ----------
    first : int
        Row of the market that row 0 here is: all is cash then.
    values : float64[m]
    cash : float64[m]
    returns : float64[m - 1]
        Simple ones, after costs.
    turnover : float64[k]
        Of each of the k trades: half of the money traded over the value before it.
    weights : float64[k, n]
        After each trade, at its prices.
    """

    first: int
    values: FloatArray
    cash: FloatArray
    returns: FloatArray
    turnover: FloatArray
    weights: FloatArray


def ledger(market: Market, first: int, capital: float, trades: Sequence[Trade]) -> Ledger:
    """Return the ledger of trades, in the order of their rows, from `capital` at the close of row `first`.

    Raises
    ------
    RiskError
        TOTAL_LOSS where the portfolio was worth nothing at a close.
    """
    rows = np.array([each.row for each in trades], np.int64)
    nothing = np.zeros((1, market.size))
    quantities = np.vstack((nothing, *(each.quantities for each in trades)))
    balances = np.array([capital, *(each.cash for each in trades)])
    days = np.arange(first, len(market.days))
    at = np.searchsorted(rows, days, "right")
    cash: FloatArray = balances[at]
    values = cash + np.einsum("tn,tn->t", quantities[at], market.closes[first:])
    if not (values > 0.0).all():
        text = f"The portfolio is worth nothing on day {int(np.argmin(values > 0.0)) + 1}."
        raise refuse(FaultKind.TOTAL_LOSS, "value", text)
    turnover, weights = np.zeros(len(trades)), np.zeros((len(trades), market.size))
    for place, each in enumerate(trades):
        before = each.cash + float((each.quantities * each.prices).sum()) + float(each.costs.sum())
        weights[place] = each.weights
        turnover[place] = float(np.abs(each.traded * each.prices).sum()) / before / 2.0
    return Ledger(first, values, cash, values[1:] / values[:-1] - 1.0, turnover, weights)
