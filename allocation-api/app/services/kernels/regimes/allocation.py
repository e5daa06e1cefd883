"""Allocation by regime: weights within its bounds, robust against the sample, with a certificate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization import NotSolved, Optimality
from app.services.kernels.optimization.problem import MAX_PERIODS, MAX_RETURN
from app.services.kernels.regimes.bounds import (
    OBJECTIVES,
    SLEEVES,
    Bounds,
    RegimeObjective,
    RiskProfile,
    bounds_of,
    fallback_weights,
)
from app.services.kernels.regimes.optimum import UndefinedRatio, solve
from app.services.kernels.regimes.ratios import ratio, risk, worst_mean
from app.services.kernels.regimes.robust import Validation, chosen, radius_of, validate
from app.services.kernels.regimes.types import Regime
from app.services.kernels.risk.errors import Fault, FaultKind, RiskError

MAX_SCALE = 1e9
MIN_BARS = 2
MIN_RETURN = 1e-12
"""Return of a bar, up or down, below which it is what rounding makes of none."""


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """Weights of BTC, ETH, ALT and STABLE for a regime; figures are per bar.

    Parameters
    ----------
    regime : Regime
    profile : RiskProfile
    bounds : Bounds
        Scaled by the profile.
    objective : RegimeObjective
        What was asked for.
    optimised : RegimeObjective
        What was optimised: RETURN where the ratio is undefined.
    undefined : UndefinedRatio or None
        Why it is.
    weights : float64[4]
    mean, worst_mean : float
    risk : float or None
        Worst denominator of the objective; None for RETURN.
    ratio : float or None
        Worst objective of the weights; None where the denominator is not above 0.
    radius : float
        e of the Wasserstein ball.
    scale : float
        c of e = c x mean sigma / sqrt(N).
    validations : tuple of Validation
        What each c came to; empty where c was given, or there was nothing to choose by.
    is_fallback : bool
        Whether no solver found weights, so that these are the midpoints of the bounds.
    optimality : Optimality or None
        None for a fallback.
    """

    regime: Regime
    profile: RiskProfile
    bounds: Bounds
    objective: RegimeObjective
    optimised: RegimeObjective
    undefined: UndefinedRatio | None
    weights: FloatArray
    mean: float
    worst_mean: float
    risk: float | None
    ratio: float | None
    radius: float
    scale: float
    validations: tuple[Validation, ...]
    is_fallback: bool
    optimality: Optimality | None


def allocate(
    returns: FloatArray,
    regime: Regime,
    profile: RiskProfile = RiskProfile.BALANCED,
    objective: RegimeObjective | None = None,
    scale: float | None = None,
) -> Allocation:
    """Return the weights of a regime; they are never outside its bounds, and sum to 1.

    Parameters
    ----------
    returns : float64[N, 4]
        Simple returns of BTC, ETH, ALT and STABLE per bar, the latest last.
    objective : RegimeObjective or None
        None: that of the regime.
    scale : float or None
        c of the radius; None: chosen by cross-validation.

    Raises
    ------
    RiskError
        SHAPE, TOO_FEW_ROWS, TOO_MANY_ROWS, NOT_FINITE, OUT_OF_RANGE or TOTAL_LOSS.
    """
    if faults := _faults(returns, scale):
        raise RiskError(*faults)
    returns = np.where(np.abs(returns) < MIN_RETURN, 0.0, returns)
    bounds = bounds_of(regime, profile)
    asked = OBJECTIVES[regime] if objective is None else objective
    validations: tuple[Validation, ...] = ()
    undefined, optimality, optimised = None, None, asked
    try:
        if scale is None:
            validations = validate(returns, bounds, asked)
            scale = chosen(validations)
        found = solve(returns, bounds, asked, radius_of(returns, scale))
        weights, undefined, optimised = found.weights, found.undefined, found.objective
        optimality = found.optimality
    except NotSolved:
        weights = fallback_weights(bounds)
        scale = chosen(validations) if scale is None else scale
    radius = radius_of(returns, scale)
    return Allocation(
        regime=regime,
        profile=profile,
        bounds=bounds,
        objective=asked,
        optimised=optimised,
        undefined=undefined,
        weights=weights,
        mean=worst_mean(returns, weights, 0.0),
        worst_mean=worst_mean(returns, weights, radius),
        risk=risk(asked, returns, weights, radius),
        ratio=ratio(asked, returns, weights, radius),
        radius=radius,
        scale=scale,
        validations=validations,
        is_fallback=optimality is None,
        optimality=optimality,
    )


def _faults(returns: FloatArray, scale: float | None) -> list[Fault]:
    faults = []
    if scale is not None and not 0.0 <= scale <= MAX_SCALE:
        faults.append(Fault(FaultKind.OUT_OF_RANGE, "scale", f"{scale:g} is not from 0 to {MAX_SCALE:g}."))
    if returns.ndim != 2 or returns.shape[1] != len(SLEEVES):
        text = f"They must have the shape (N, {len(SLEEVES)}), not {returns.shape}."
        return [*faults, Fault(FaultKind.SHAPE, "returns", text)]
    if len(returns) < MIN_BARS:
        text = f"There are {len(returns)}; {MIN_BARS} are needed."
        faults.append(Fault(FaultKind.TOO_FEW_ROWS, "returns", text))
    if len(returns) > MAX_PERIODS:
        text = f"{len(returns)} are more than {MAX_PERIODS}."
        faults.append(Fault(FaultKind.TOO_MANY_ROWS, "returns", text))
    if not np.isfinite(returns).all():
        faults.append(Fault(FaultKind.NOT_FINITE, "returns", "Numbers are missing or infinite."))
    elif (returns <= -1.0).any():
        faults.append(Fault(FaultKind.TOTAL_LOSS, "returns", "A return is -1 or less: all is lost."))
    elif (returns > MAX_RETURN).any():
        faults.append(Fault(FaultKind.OUT_OF_RANGE, "returns", f"A return is above {MAX_RETURN:g}."))
    return faults
