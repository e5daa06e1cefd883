"""The strategy by market regime: the weights of the regime that is told at the close of a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.backtest.market import Days
from app.services.kernels.backtest.strategies import THRESHOLD, Window
from app.services.kernels.regimes.allocation import allocate
from app.services.kernels.regimes.bounds import SLEEVES, RegimeObjective, RiskProfile
from app.services.kernels.regimes.types import Regime
from app.services.kernels.risk.errors import Fault, FaultKind, RiskError
from app.services.kernels.risk.inputs import within

REGIME_WINDOW = 180
"""Returns that an allocation by regime sees by default."""

MIN_REGIME_WINDOW = 60


@dataclass(frozen=True, slots=True, eq=False)
class RegimeLabels:
    """The regime that is told at the close of each day (int32[m], rising), of nothing later than that day."""

    days: Days
    regimes: tuple[Regime, ...]

    def __post_init__(self) -> None:
        if len(self.days) != len(self.regimes) or (np.diff(self.days) <= 0).any():
            text = "Each day has one regime, and is later than the one before."
            raise RiskError(Fault(FaultKind.SHAPE, "labels", text))

    def at(self, day: int) -> Regime:
        """Return the last regime that is told up to the close of a day; HODL before there is one."""
        place = int(np.searchsorted(self.days, day, "right")) - 1
        return self.regimes[place] if place >= 0 else Regime.HODL


@dataclass(frozen=True, slots=True, eq=False)
class RegimeAllocation:
    """Allocates by the regime of the day over the returns of a trailing window.

    Assets are BTC, ETH, ALT and STABLE, in this order.

    Parameters
    ----------
    labels : RegimeLabels
    objective : RegimeObjective or None
        None: that of the regime.
    scale : float or None
        c of the radius; None: chosen by cross-validation at each decision.
    threshold : float
        Largest |weight - target| that is left as it is, from 0 to 1.
    window, min_window : int
        Returns that are seen, and without which it does not begin.
    """

    labels: RegimeLabels
    profile: RiskProfile = RiskProfile.BALANCED
    objective: RegimeObjective | None = None
    scale: float | None = None
    threshold: float = THRESHOLD
    window: int = REGIME_WINDOW
    min_window: int = MIN_REGIME_WINDOW

    def __post_init__(self) -> None:
        if not 2 <= self.min_window <= self.window:
            text = f"{self.min_window} is not from 2 to the window of {self.window}."
            raise RiskError(Fault(FaultKind.OUT_OF_RANGE, "min_window", text))
        if self.threshold != 0.0:
            within(self.threshold, 0.0, 1.0, "threshold")

    @property
    def lookback(self) -> int:
        """One row more than returns."""
        return self.window + 1

    @property
    def min_rows(self) -> int:
        """One row more than returns."""
        return self.min_window + 1

    def decide(self, window: Window) -> FloatArray | None:
        """Return the weights of the regime; None: what is held is within the threshold of them.

        Raises
        ------
        RiskError
            SHAPE for other than four assets.
        """
        if len(window.assets) != len(SLEEVES):
            text = f"There must be four, for {', '.join(SLEEVES)}; there are {len(window.assets)}."
            raise RiskError(Fault(FaultKind.SHAPE, "assets", text))
        regime = self.labels.at(int(window.days[-1]))
        found = allocate(window.returns(), regime, self.profile, self.objective, self.scale)
        is_near = float(np.abs(window.weights - found.weights).max()) <= self.threshold
        return None if window.target is not None and is_near else found.weights
