"""All measures of risk by name, each of one series of returns, per period."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from numpy.typing import ArrayLike

from app.services.kernels.risk import drawdown, losses
from app.services.kernels.risk.tails import LEVEL


class RiskMeasure(StrEnum):
    """Names of the measures: moments, tails and drawdowns."""

    MV = "MV"
    MAD = "MAD"
    MSV = "MSV"
    FLPM = "FLPM"
    SLPM = "SLPM"
    CVAR = "CVaR"
    EVAR = "EVaR"
    WR = "WR"
    MDD = "MDD"
    ADD = "ADD"
    CDAR = "CDaR"
    EDAR = "EDaR"
    UCI = "UCI"


@dataclass(frozen=True, slots=True)
class Options:
    """What measures take beside returns; each uses what it has."""

    level: float = LEVEL
    target: float = 0.0
    compounded: bool = True


_MEASURES: Mapping[RiskMeasure, Callable[[ArrayLike, Options], float]] = {
    RiskMeasure.MV: lambda r, _: losses.variance(r),
    RiskMeasure.MAD: lambda r, _: losses.mean_absolute_deviation(r),
    RiskMeasure.MSV: lambda r, _: losses.semi_variance(r),
    RiskMeasure.FLPM: lambda r, o: losses.first_lower_partial_moment(r, o.target),
    RiskMeasure.SLPM: lambda r, o: losses.second_lower_partial_moment(r, o.target),
    RiskMeasure.CVAR: lambda r, o: losses.historical_cvar(r, o.level),
    RiskMeasure.EVAR: lambda r, o: losses.entropic_var(r, o.level),
    RiskMeasure.WR: lambda r, _: losses.worst_realisation(r),
    RiskMeasure.MDD: lambda r, o: drawdown.maximum(r, compounded=o.compounded).depth,
    RiskMeasure.ADD: lambda r, o: drawdown.average(r, compounded=o.compounded),
    RiskMeasure.CDAR: lambda r, o: drawdown.conditional(r, o.level, compounded=o.compounded),
    RiskMeasure.EDAR: lambda r, o: drawdown.entropic_drawdown(r, o.level, compounded=o.compounded),
    RiskMeasure.UCI: lambda r, o: drawdown.ulcer_index(r, compounded=o.compounded),
}


def measure(kind: RiskMeasure, returns: ArrayLike, options: Options | None = None) -> float:
    """Return a measure of one series of returns."""
    return _MEASURES[kind](returns, options or Options())
