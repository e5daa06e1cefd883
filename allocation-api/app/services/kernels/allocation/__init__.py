"""Allocation kernels: numpy arrays in, frozen dataclasses out; no I/O, no clock, no config."""

from app.services.kernels.allocation.custom_weights import CustomWeights
from app.services.kernels.allocation.dispersion import (
    DispersionChange,
    DispersionStats,
    dispersion,
    dispersion_change,
    post_trade_metric,
)
from app.services.kernels.allocation.fairness import (
    FRONTIER_WEIGHTS,
    FrontierPoint,
    PolicyPoint,
    frontier,
    greatest_within,
    owed_weight,
)
from app.services.kernels.allocation.min_dispersion import MinDispersion
from app.services.kernels.allocation.owed import MAX_FAIRNESS_WEIGHT, owed_base
from app.services.kernels.allocation.pro_rata import ProRata
from app.services.kernels.allocation.problem import (
    MAX_FACE,
    Allocation,
    AllocationProblem,
    KernelReason,
    Optimality,
    ProofStatus,
    Solver,
    StatedParts,
    Strategy,
    Weighting,
)
from app.services.kernels.allocation.registry import REGISTRY, Method, Options, strategy
from app.services.kernels.allocation.stated_amounts import StatedAmounts
from app.services.kernels.allocation.tiers import Tiers

__all__ = [
    "FRONTIER_WEIGHTS",
    "MAX_FACE",
    "MAX_FAIRNESS_WEIGHT",
    "REGISTRY",
    "Allocation",
    "AllocationProblem",
    "CustomWeights",
    "DispersionChange",
    "DispersionStats",
    "FrontierPoint",
    "KernelReason",
    "Method",
    "MinDispersion",
    "Optimality",
    "Options",
    "PolicyPoint",
    "ProRata",
    "ProofStatus",
    "Solver",
    "StatedAmounts",
    "StatedParts",
    "Strategy",
    "Tiers",
    "Weighting",
    "dispersion",
    "dispersion_change",
    "frontier",
    "greatest_within",
    "owed_base",
    "owed_weight",
    "post_trade_metric",
    "strategy",
]
