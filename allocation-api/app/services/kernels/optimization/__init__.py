"""Portfolio optimisation: weights by mean and risk, with a bound; arrays in, frozen dataclasses out."""

from app.services.kernels.optimization.errors import (
    Conflict,
    ConstraintKind,
    Infeasible,
    InvalidProblem,
    NoExcessReturn,
    NoRisk,
    NotSolved,
    OptimizationError,
    OutOfTime,
)
from app.services.kernels.optimization.factors import FactorModel, factor_model
from app.services.kernels.optimization.few import MAX_ASSETS_OF_FEW, Few, optimise_few
from app.services.kernels.optimization.frontier import MAX_POINTS, frontier
from app.services.kernels.optimization.hierarchical import Linkage, hierarchical_risk_parity
from app.services.kernels.optimization.optimum import KERNEL_VERSION, optimise
from app.services.kernels.optimization.problem import (
    MAX_ASSETS,
    MAX_PERIODS,
    SQUARED,
    WITH_DISTRIBUTIONS,
    Attempt,
    Group,
    Measure,
    Objective,
    Optimality,
    OptimizationSolver,
    Optimum,
    Problem,
)
from app.services.kernels.optimization.risk_parity import RiskParity, risk_parity
from app.services.kernels.optimization.views import Posterior, View, implied_mean, posterior

__all__ = [
    "KERNEL_VERSION",
    "MAX_ASSETS",
    "MAX_ASSETS_OF_FEW",
    "MAX_PERIODS",
    "MAX_POINTS",
    "SQUARED",
    "WITH_DISTRIBUTIONS",
    "Attempt",
    "Conflict",
    "ConstraintKind",
    "FactorModel",
    "Few",
    "Group",
    "Infeasible",
    "InvalidProblem",
    "Linkage",
    "Measure",
    "NoExcessReturn",
    "NoRisk",
    "NotSolved",
    "Objective",
    "Optimality",
    "OptimizationError",
    "OptimizationSolver",
    "Optimum",
    "OutOfTime",
    "Posterior",
    "Problem",
    "RiskParity",
    "View",
    "factor_model",
    "frontier",
    "hierarchical_risk_parity",
    "implied_mean",
    "optimise",
    "optimise_few",
    "posterior",
    "risk_parity",
]
