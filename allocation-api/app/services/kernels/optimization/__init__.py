"""Portfolio optimisation: weights by mean and risk, with a bound; arrays in, frozen dataclasses out."""

from app.services.kernels.optimization.errors import (
    Conflict,
    ConstraintKind,
    Fault,
    FaultCode,
    Infeasible,
    InvalidProblem,
    NoExcessReturn,
    NoRisk,
    NotSolved,
    OptimizationError,
)
from app.services.kernels.optimization.optimum import optimise
from app.services.kernels.optimization.problem import (
    MAX_ASSETS,
    Attempt,
    Group,
    Measure,
    Objective,
    Optimality,
    Optimum,
    Problem,
    SolverName,
)

__all__ = [
    "MAX_ASSETS",
    "Attempt",
    "Conflict",
    "ConstraintKind",
    "Fault",
    "FaultCode",
    "Group",
    "Infeasible",
    "InvalidProblem",
    "Measure",
    "NoExcessReturn",
    "NoRisk",
    "NotSolved",
    "Objective",
    "Optimality",
    "OptimizationError",
    "Optimum",
    "Problem",
    "SolverName",
    "optimise",
]
