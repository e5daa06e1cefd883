"""Rebalancing proposals: the fewest trades of bonds that bring most accounts back to their targets."""

from app.services.kernels.proposals.problem import (
    Account,
    Bond,
    Goal,
    Measured,
    Obstacle,
    Problem,
    Proposal,
    ProposalMode,
    ProposalStatus,
    Proposed,
    Room,
    Stage,
)
from app.services.kernels.proposals.search import propose

__all__ = [
    "Account",
    "Bond",
    "Goal",
    "Measured",
    "Obstacle",
    "Problem",
    "Proposal",
    "ProposalMode",
    "ProposalStatus",
    "Proposed",
    "Room",
    "Stage",
    "propose",
]
