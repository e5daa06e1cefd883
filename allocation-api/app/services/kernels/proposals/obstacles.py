"""What keeps an account from coming back: limits are left out one by one, trades being of any size."""

from __future__ import annotations

from app.services.kernels.proposals.account import AccountModel, Level, NotSolved
from app.services.kernels.proposals.problem import Obstacle
from app.services.kernels.proposals.relaxation import relaxed

_TRIED = (Obstacle.CASH, Obstacle.TURNOVER, Obstacle.COST, Obstacle.LIMITS)
_BACK = (Level.SHORTFALL, Level.EXCESS)


def obstacle(model: AccountModel, deadline: float) -> Obstacle:
    """Return the first limit without which an account would come back; LOTS where trades of any size do."""
    options = range(model.price.size)
    try:
        if relaxed(model, options, deadline, levels=_BACK) is not None:
            return Obstacle.LOTS
        for each in _TRIED:
            if each not in model.hard:
                continue
            if relaxed(model, options, deadline, levels=_BACK, without=each) is not None:
                return each
    except NotSolved:
        return Obstacle.UNKNOWN
    return Obstacle.SEVERAL
