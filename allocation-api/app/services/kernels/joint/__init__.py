"""Joint split: several orders over the same accounts at once; arrays in, frozen dataclasses out, no I/O."""

from app.services.kernels.joint.problem import (
    Attempt,
    JointAllocation,
    JointProblem,
    JointProof,
    Ledger,
    Limit,
    SolverName,
    Split,
)
from app.services.kernels.joint.split import Proven, prove, split_jointly

__all__ = [
    "Attempt",
    "JointAllocation",
    "JointProblem",
    "JointProof",
    "Ledger",
    "Limit",
    "Proven",
    "SolverName",
    "Split",
    "prove",
    "split_jointly",
]
