"""Tiers: lexicographic allocation, the first group of accounts served before the next, by one method."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.services.kernels.allocation.custom_weights import CustomWeights
from app.services.kernels.allocation.dispersion import post_trade_metric
from app.services.kernels.allocation.feasible import FeasibleSet, total_of
from app.services.kernels.allocation.problem import (
    Allocation,
    AllocationProblem,
    BoolArray,
    IntArray,
    KernelReason,
    Optimality,
    ProofStatus,
    Strategy,
)

_WORST_FIRST = (ProofStatus.FALLBACK, ProofStatus.WITHIN_GAP, ProofStatus.OPTIMAL)


@dataclass(frozen=True, slots=True, eq=False)
class Tiers:
    """Serve tiers of accounts one after the other, each with what those before it left (R6.8).

    A stage is the whole method over the accounts of one tier. The others trade nothing in it but stay in the
    population of the metric, those of earlier tiers as they are after their trade. Minima of later tiers are
    put aside first.

    Parameters
    ----------
    method : Strategy
        How each tier shares.
    tiers : tuple of int64 arrays
        Places of the accounts of each tier, the first served first; accounts in none come last.

    Raises
    ------
    ValueError
        If an account is in two tiers, or the method gives every account its stated part of the order: such
        parts do not compete.
    """

    method: Strategy
    tiers: tuple[IntArray, ...]

    def __post_init__(self) -> None:
        if isinstance(self.method, CustomWeights) and not self.method.redistribute:
            raise ValueError("tiers: stated parts do not compete, so none is served first")
        places = np.concatenate((*self.tiers, np.zeros(0, dtype=np.int64)))
        if np.unique(places).size != places.size:
            raise ValueError("tiers: an account belongs to one tier at most")
        if np.any(places < 0):
            raise ValueError("tiers: must be places of accounts")

    def allocate(self, problem: AllocationProblem) -> Allocation:
        """Split the order stage by stage.

        The certificate is proved for each stage by itself, given the stages before it: its status is the
        worst of all, its bound and gap are those of the last stage.

        Raises
        ------
        ValueError
            If a place is none of an account, or as the method does.
        """
        least = FeasibleSet.of(problem).least
        faces = np.zeros_like(problem.cap)
        target = np.zeros(problem.size)
        reason: list[KernelReason | None] = [None] * problem.size
        waiting = np.ones(problem.size, dtype=np.bool_)
        stages: list[Allocation] = []
        for members in self._members(problem.size):
            waiting &= ~members
            kept_back = total_of(least[waiting])
            left = problem.face - total_of(faces) - kept_back
            stage = self.method.allocate(_only(problem, members, faces, left))
            faces = faces + stage.faces
            target = np.where(members, stage.target, target)
            for place in np.flatnonzero(members).tolist():
                reason[place] = stage.reason[place]
            stages.append(stage)
        return Allocation(
            faces=faces,
            unallocated=problem.face - total_of(faces),
            reason=tuple(reason),
            target=target,
            total_proved=all(stage.total_proved for stage in stages),
            optimality=_certificate([stage.optimality for stage in stages if stage.optimality]),
        )

    def _members(self, size: int) -> list[BoolArray]:
        rest = np.ones(size, dtype=np.bool_)
        masks = []
        for tier in self.tiers:
            if np.any(tier >= size):
                raise ValueError("tiers: must be places of accounts")
            mask = np.zeros(size, dtype=np.bool_)
            mask[tier] = True
            rest &= ~mask
            masks.append(mask)
        return [mask for mask in (*masks, rest) if mask.any()]


def _only(problem: AllocationProblem, members: BoolArray, faces: IntArray, left: int) -> AllocationProblem:
    """Return the problem of one stage: `faces` are traded, and only `members` trade what is left."""
    return replace(
        problem,
        face=left,
        metric=post_trade_metric(problem, faces),
        cap=np.where(members, problem.cap, 0),
        low=np.where(members, problem.low, 0),
        whole=np.where(members, problem.whole, 0),
    )


def _certificate(stages: list[Optimality]) -> Optimality | None:
    if not stages:
        return None
    worst = min(stages, key=lambda stage: _WORST_FIRST.index(stage.status))
    return replace(stages[-1], status=worst.status, reason=worst.reason or stages[-1].reason)
