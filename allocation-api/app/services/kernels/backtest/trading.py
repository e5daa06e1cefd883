"""Trades to target weights that pay their own costs: what is left after them is held in the targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.backtest.market import Market
from app.services.kernels.risk.errors import Fault, FaultKind, RiskError, refuse

MAX_RATE = 0.5
"""Costs per unit of money traded are up to half of it."""

MAX_IMPACT = 100.0
IMPACT_ROWS = 63
"""Days up to a decision over which volatility and average volume are measured for the impact: a quarter."""

_STEPS = 200
_ENOUGH = 4 * float(np.finfo(np.float64).eps)
_NOTHING = 1e-12  # of the portfolio: what rounding makes of no trade


@dataclass(frozen=True, slots=True)
class Costs:
    """What trading costs.

    Parameters
    ----------
    rate : float
        Per unit of money traded: 0.001 is 10 basis points.
    impact : float
        c of the square-root law: trading q units moves the price against the trade by
        c x daily volatility x sqrt(q / average daily volume). Source: Almgren, Thum, Hauptmann and Li,
        "Direct estimation of equity market impact", Risk 18 (2005); Toth et al., Physical Review X 1 (2011).
        Nothing is charged for assets without a volume.
    """

    rate: float = 0.001
    impact: float = 0.0

    def __post_init__(self) -> None:
        if faults := [*self._faults()]:
            raise RiskError(*faults)

    def _faults(self) -> Iterator[Fault]:
        for field, value, most in (("rate", self.rate, MAX_RATE), ("impact", self.impact, MAX_IMPACT)):
            if not 0.0 <= value <= most:
                yield Fault(FaultKind.OUT_OF_RANGE, field, f"{value:g} is not from 0 to {most:g}.")

    def slopes(self, market: Market, row: int, prices: FloatArray) -> FloatArray:
        """Return k (float64[n]) of the impact's cost k x money^1.5, by what was known at a row's close."""
        if self.impact == 0.0:
            return np.zeros(market.size)
        closes = market.closes[max(row - IMPACT_ROWS, 0) : row + 1]
        volumes = market.volumes[max(row - IMPACT_ROWS + 1, 0) : row + 1]
        known = ~np.isnan(volumes)
        counted = known.sum(axis=0)
        average = np.where(known, volumes, 0.0).sum(axis=0) / np.maximum(counted, 1)
        if len(closes) < 3:
            return np.zeros(market.size)
        deviation = (closes[1:] / closes[:-1] - 1.0).std(axis=0, ddof=1)
        tradable = average > 0.0
        scale = np.sqrt(prices * np.where(tradable, average, 1.0))
        slopes: FloatArray = np.where(tradable, self.impact * deviation / scale, 0.0)
        return slopes


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """Units bought (below 0: sold) and costs in money, float64[n] each; what is held after, and cash."""

    traded: FloatArray
    costs: FloatArray
    quantities: FloatArray
    cash: float


def trade(
    quantities: FloatArray,
    cash: float,
    weights: FloatArray,
    prices: FloatArray,
    rate: float,
    slopes: FloatArray,
) -> Fill:
    """Return the trades after which weights x (value less costs) is held.

    That value is the root of V' + sum c_i(|w_i V' - h_i|) = V with c(x) = rate x + k x^1.5, a convex function
    of V' that grows, to which Newton's method comes down from V.

    Raises
    ------
    RiskError
        TOTAL_LOSS where there is no value, or costs take all of it.
    """
    held = quantities * prices
    value = cash + float(held.sum())
    if not value > 0.0:
        raise _lost()
    left = value if rate == 0.0 and not slopes.any() else _after_costs(value, held, weights, rate, slopes)
    wanted = weights * left
    money = wanted - held
    money[np.abs(money) <= _NOTHING * value] = 0.0
    moves = money != 0.0
    traded = np.where(moves, money / prices, 0.0)
    size = np.abs(money)
    costs = rate * size + slopes * size * np.sqrt(size)
    after = np.where(moves, wanted / prices, quantities)
    return Fill(traded, costs, after, cash - float(money.sum()) - float(costs.sum()))


def _after_costs(
    value: float, held: FloatArray, weights: FloatArray, rate: float, slopes: FloatArray
) -> float:
    left = value
    for _ in range(_STEPS):
        money = weights * left - held
        size = np.abs(money)
        root = np.sqrt(size)
        excess = left + float(rate * size.sum() + slopes @ (size * root)) - value
        if abs(excess) <= _ENOUGH * value:
            break
        growth = 1.0 + float((rate + 1.5 * slopes * root) @ (weights * np.sign(money)))
        if not growth > 0.0:
            raise _lost()
        step = excess / growth
        left -= step
        if not left > 0.0:
            raise _lost()
        if abs(step) <= _ENOUGH * value:
            break
    return left


def _lost() -> RiskError:
    return refuse(FaultKind.TOTAL_LOSS, "value", "The portfolio is worth nothing any more.")
