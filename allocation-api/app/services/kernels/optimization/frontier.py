"""The efficient frontier: the least risk for each expected return, up to the highest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.services.kernels.optimization.errors import InvalidProblem
from app.services.kernels.optimization.optimum import optimise
from app.services.kernels.optimization.problem import Objective, Optimum, Problem
from app.services.kernels.risk.errors import Fault, FaultKind

MAX_POINTS = 200
_SHORT = 1e-9  # of the range: the highest return itself leaves weights no choice, and solvers no room
_FLAT = 1e-12


def frontier(problem: Problem, points: int = 20) -> tuple[Optimum, ...]:
    """Return the portfolios of least risk for returns at equal distances; one where all returns are equal.

    Parameters
    ----------
    problem : Problem
        Its objective counts for nothing.
    points : int
        From 2 to `MAX_POINTS`.

    Raises
    ------
    Infeasible
        If constraints cannot hold together.
    OutOfTime
        If not all points are found by the deadline.
    """
    if not 2 <= points <= MAX_POINTS:
        message = f"must be from 2 to {MAX_POINTS}, not {points}"
        raise InvalidProblem((Fault(FaultKind.OUT_OF_RANGE, "points", message),))
    safest = optimise(replace(problem, objective=Objective.MIN_RISK))
    highest = optimise(replace(problem, objective=Objective.MAX_RETURN))
    low, high = safest.worst_return, highest.worst_return
    if high - low <= _FLAT * max(1.0, abs(high)):
        return (safest,)
    targets = np.linspace(low, high - _SHORT * (high - low), points)[1:]
    return (
        safest,
        *(
            optimise(replace(problem, objective=Objective.MIN_RISK, target_return=float(target)))
            for target in targets
        ),
    )
