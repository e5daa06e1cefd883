"""Bounds of weights by regime, scaled by a risk profile, and what is held where nothing is solved.

Weights are of BTC, ETH, altcoins and stablecoins, in the order of `SLEEVES`, as parts of 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.regimes.types import Regime

_HALVINGS = 200


class Sleeve(StrEnum):
    """Kinds of assets that a portfolio by regime holds."""

    BTC = "BTC"
    ETH = "ETH"
    ALT = "ALT"
    STABLE = "STABLE"


SLEEVES = tuple(Sleeve)


class RiskProfile(StrEnum):
    """How much of what a regime allows in BTC, ETH and altcoins is used."""

    CONSERVATIVE = "conservative"
    BALANCED = "balanced"
    AGGRESSIVE = "aggressive"


class RegimeObjective(StrEnum):
    """What is most, per bar, without annualisation, the risk-free rate being 0."""

    SHARPE = "sharpe"
    """Mean over the population standard deviation."""

    SORTINO = "sortino"
    """Mean over the root of the mean of min(r, 0)^2."""

    CALMAR = "calmar"
    """Mean over the maximum drawdown of compounded wealth, which starts at a peak."""

    STARR = "starr"
    """Mean over the mean loss of the worst 5 % of the bars."""

    RETURN = "return"
    """Mean."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and most of each weight, in the order of `SLEEVES`; their sums leave room for 1."""

    low: tuple[float, ...]
    high: tuple[float, ...]

    def arrays(self) -> tuple[FloatArray, FloatArray]:
        """Return both as arrays of shape (4,)."""
        return np.array(self.low), np.array(self.high)


BOUNDS = {
    Regime.RISK_OFF: Bounds((0.0, 0.0, 0.0, 0.6), (0.2, 0.2, 0.1, 1.0)),
    Regime.BTC_SEASON: Bounds((0.5, 0.1, 0.0, 0.0), (1.0, 0.4, 0.1, 0.3)),
    Regime.ALT_ETH_SEASON: Bounds((0.1, 0.3, 0.2, 0.0), (0.4, 0.6, 0.5, 0.2)),
    Regime.RISK_ON: Bounds((0.2, 0.2, 0.2, 0.0), (0.4, 0.4, 0.4, 0.2)),
    Regime.HODL: Bounds((0.25, 0.25, 0.25, 0.25), (0.25, 0.25, 0.25, 0.25)),
}

OBJECTIVES = {
    Regime.RISK_OFF: RegimeObjective.STARR,
    Regime.BTC_SEASON: RegimeObjective.SHARPE,
    Regime.ALT_ETH_SEASON: RegimeObjective.SORTINO,
    Regime.RISK_ON: RegimeObjective.RETURN,
    Regime.HODL: RegimeObjective.CALMAR,
}
"""What is optimised in each regime."""

SCALES = {RiskProfile.CONSERVATIVE: 0.75, RiskProfile.BALANCED: 1.0, RiskProfile.AGGRESSIVE: 1.25}
"""Factor of a profile on the bounds of BTC, ETH and altcoins."""


def bounds_of(regime: Regime, profile: RiskProfile = RiskProfile.BALANCED) -> Bounds:
    """Return the bounds of a regime with those of risky assets scaled, and the sum restored by stablecoins.

    What the least (most) of the risky weights together loses by the factor, the least (most) of STABLE gains,
    so that the sums of both stay what they were; then all are cut to 0 and 1. So HODL of a conservative
    portfolio holds 18.75 % of each risky asset and 43.75 % of STABLE.
    """
    scale = SCALES[profile]
    if scale == 1.0:
        return BOUNDS[regime]
    return Bounds(*(_scaled(each, scale) for each in (BOUNDS[regime].low, BOUNDS[regime].high)))


def _scaled(limits: tuple[float, ...], scale: float) -> tuple[float, ...]:
    risky, stable = limits[:-1], limits[-1]
    moved = (1.0 - scale) * sum(risky)
    return tuple(min(max(each, 0.0), 1.0) for each in (*(scale * one for one in risky), stable + moved))


def fallback_weights(bounds: Bounds) -> FloatArray:
    """Return the midpoints of the bounds, scaled to a sum of 1 and cut to the bounds, float64[4].

    The scale is the root of the sum of clip(scale x midpoint, low, high) = 1, which grows with it.
    """
    low, high = bounds.arrays()
    middle = (low + high) / 2.0
    scale = 1.0 / float(middle.sum())
    if ((low <= scale * middle) & (scale * middle <= high)).all():
        weights: FloatArray = scale * middle
        return weights
    least, most = 0.0, 1.0 / float(middle[middle > 0.0].min())
    for _ in range(_HALVINGS):
        scale = (least + most) / 2.0
        if float(np.clip(scale * middle, low, high).sum()) < 1.0:
            least = scale
        else:
            most = scale
    return settled(np.clip(most * middle, low, high), bounds)


def settled(weights: FloatArray, bounds: Bounds) -> FloatArray:
    """Return weights without what rounding has left beyond a bound, or beside a sum of 1.

    The bounds hold exactly; what is missing in the sum goes where there is most room.
    """
    low, high = bounds.arrays()
    kept = np.clip(weights, low, high)
    for _ in range(len(SLEEVES)):
        missing = 1.0 - float(kept.sum())
        room = high - kept if missing > 0.0 else low - kept
        at = int(np.argmax(np.abs(room)))
        kept[at] = min(max(kept[at] + missing, low[at]), high[at])
    return kept
