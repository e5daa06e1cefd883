"""What keeps an account from coming back: limits are left out one by one, without lots, by linear programmes."""

from __future__ import annotations

from time import monotonic

import numpy as np

from app.services.kernels.proposals.account import AccountModel, Level
from app.services.kernels.proposals.problem import Obstacle

_TRIED = (Obstacle.CASH, Obstacle.TURNOVER, Obstacle.COST, Obstacle.LIMITS)


def obstacle(model: AccountModel, deadline: float) -> Obstacle:
    """Return the first limit without which an account would come back, trades of any size being allowed."""
    if _comes_back(model, None, deadline):
        return Obstacle.LOTS
    for each in _TRIED:
        if monotonic() >= deadline:
            return Obstacle.UNKNOWN
        if each in model.hard and _comes_back(model, each, deadline):
            return each
    return Obstacle.SEVERAL


def _comes_back(model: AccountModel, without: Obstacle | None, deadline: float) -> bool:
    from scipy.optimize import linprog  # noqa: PLC0415 - slow to import

    rows = [row for kind, found in model.hard.items() if kind is not without for row in found]
    rows += [*model.levels[Level.SHORTFALL], *model.levels[Level.EXCESS]]
    effects = np.array([row.effect for row in rows])
    scale = np.maximum(np.abs(effects).max(axis=1, initial=0.0), 1e-12)
    low = np.array([row.low for row in rows]) / scale
    high = np.array([row.high for row in rows]) / scale
    most = np.array([float(max(span.last, span.whole)) for span in model.spans])
    if without is Obstacle.LIMITS:
        most = np.where(model.open_side, np.inf, 0.0)
    above, below = np.isfinite(high), np.isfinite(low)
    scaled = effects / scale[:, np.newaxis]
    found = linprog(
        np.zeros(most.size),
        A_ub=np.vstack((scaled[above], -scaled[below])),
        b_ub=np.concatenate((high[above], -low[below])),
        bounds=np.column_stack((np.zeros(most.size), most)),
        method="highs",
        options={"time_limit": max(0.01, deadline - monotonic())},
    )
    return bool(found.status == 0)
