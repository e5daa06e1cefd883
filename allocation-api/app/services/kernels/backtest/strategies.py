"""Strategies: from what was known at a close to target weights, or to nothing that is to be traded.

A strategy keeps nothing between decisions: all that it knows is in the window. So a live rebalancing, which
hands it the window of today, gets the decision that a backtest would have made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.backtest.market import Days
from app.services.kernels.optimization import Group, Measure, Objective, Problem, optimise
from app.services.kernels.risk.errors import FaultKind, refuse
from app.services.kernels.risk.inputs import within

WINDOW = 252
"""Returns that an optimisation sees by default: those of a year."""

MIN_WINDOW = 60
"""Returns without which it does not begin."""

THRESHOLD = 0.05
"""Distance of a weight from its target from which on is traded, by default."""

_SOME_RETURN = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What is known at the close of a day, which is the last row.

    Parameters
    ----------
    assets : tuple of str
    days : int32[m]
    closes : float64[m, n]
        At most as many rows as the strategy's `lookback`. A copy: nothing of a later day is within reach.
    weights : float64[n]
        Those held at the close; the rest to 1 is cash.
    target : float64[n] or None
        What was decided last; None before the first decision.
    """

    assets: tuple[str, ...]
    days: Days
    closes: FloatArray
    weights: FloatArray
    target: FloatArray | None

    def returns(self) -> FloatArray:
        """Return the simple returns (float64[m - 1, n])."""
        found: FloatArray = self.closes[1:] / self.closes[:-1] - 1.0
        return found


class Strategy(Protocol):
    """Decides on target weights (float64[n])."""

    @property
    def lookback(self) -> int:
        """Rows that a window has at most."""

    @property
    def min_rows(self) -> int:
        """Rows without which no decision is asked for."""

    def decide(self, window: Window) -> FloatArray | None:
        """Return the weights that are to be held; None: what is held stays.

        Raises
        ------
        OptimizationError
            When there are none.
        """


@dataclass(frozen=True, slots=True, eq=False)
class FixedWeights:
    """Brings the portfolio back to the same weights (float64[n]) at each decision."""

    weights: FloatArray
    lookback: int = 1
    min_rows: int = 1

    def decide(self, window: Window) -> FloatArray | None:
        """Return the weights."""
        del window
        return self.weights


@dataclass(frozen=True, slots=True, eq=False)
class BuyAndHold:
    """Buys weights (float64[n]) at the first decision, and never trades again."""

    weights: FloatArray
    lookback: int = 1
    min_rows: int = 1

    def decide(self, window: Window) -> FloatArray | None:
        """Return the weights once."""
        return self.weights if window.target is None else None


@dataclass(frozen=True, slots=True, eq=False)
class Optimization:
    """Optimises again at each decision, over the returns of a trailing window.

    The fields up to `threshold` are those of `Problem`, of one day. A limit of turnover does not hold for the
    first purchase.

    Parameters
    ----------
    window : int
        Returns that are seen.
    min_window : int
        Returns without which it does not begin.
    """

    objective: Objective = Objective.MIN_RISK
    measure: Measure = Measure.MV
    lower: FloatArray | float = 0.0
    upper: FloatArray | float = 1.0
    groups: tuple[Group, ...] = ()
    max_turnover: float | None = None
    target_return: float | None = None
    risk_free_rate: float = 0.0
    risk_aversion: float = 1.0
    tail: float = 0.05
    radius: float = 0.0
    threshold: float = 0.0
    window: int = WINDOW
    min_window: int = MIN_WINDOW

    def __post_init__(self) -> None:
        if not 2 <= self.min_window <= self.window:
            text = f"{self.min_window} is not from 2 to the window of {self.window}."
            raise refuse(FaultKind.OUT_OF_RANGE, "min_window", text)

    @property
    def lookback(self) -> int:
        """One row more than returns."""
        return self.window + 1

    @property
    def min_rows(self) -> int:
        """One row more than returns."""
        return self.min_window + 1

    def decide(self, window: Window) -> FloatArray | None:
        """Return the best weights by the window's returns."""
        limit = None if window.target is None else self.max_turnover
        return optimise(self._problem(window.assets, window.returns(), window.weights, limit)).weights

    def check(self, assets: tuple[str, ...]) -> None:
        """Refuse what no returns could mend.

        Raises
        ------
        InvalidProblem
            With all fields that are wrong.
        Infeasible
            If bounds and groups cannot hold together.
        """
        returns = np.vstack((np.eye(len(assets)), -np.eye(len(assets)))) * _SOME_RETURN
        stated = self._problem(assets, returns, np.zeros(len(assets)), self.max_turnover)
        optimise(replace(stated, objective=Objective.MIN_RISK, max_turnover=None, target_return=None))

    def _problem(
        self, assets: tuple[str, ...], returns: FloatArray, current: FloatArray, max_turnover: float | None
    ) -> Problem:
        return Problem(
            assets=assets,
            objective=self.objective,
            measure=self.measure,
            returns=returns,
            lower=self.lower,
            upper=self.upper,
            groups=self.groups,
            current=current,
            max_turnover=max_turnover,
            target_return=self.target_return,
            risk_free_rate=self.risk_free_rate,
            risk_aversion=self.risk_aversion,
            tail=self.tail,
            radius=self.radius,
            threshold=self.threshold,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Rebalancing:
    """Takes its target once from another strategy, and goes back to it when a weight is too far away.

    Parameters
    ----------
    target : FixedWeights or Optimization
        Asked at the first decision alone.
    threshold : float
        Largest |weight - target| that is left as it is, from 0 to 1.
    """

    target: FixedWeights | Optimization
    threshold: float = THRESHOLD

    def __post_init__(self) -> None:
        if self.threshold != 0.0:
            within(self.threshold, 0.0, 1.0, "threshold")

    @property
    def lookback(self) -> int:
        """Rows of the strategy that gives the target."""
        return self.target.lookback

    @property
    def min_rows(self) -> int:
        """Rows of the strategy that gives the target."""
        return self.target.min_rows

    def decide(self, window: Window) -> FloatArray | None:
        """Return the target at first, and where a weight has left the threshold."""
        if window.target is None:
            return self.target.decide(window)
        away = float(np.abs(window.weights - window.target).max())
        return window.target if away > self.threshold else None
