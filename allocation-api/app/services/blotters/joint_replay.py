"""Replays a stored joint split: checks its faces, and compares what is proved of it anew (R17.7).

Another processor may find other lots that are as good, so faces are never found anew. What they come to is
computed from the stored problem, and the bound from a new continuous solution, whose multipliers prove it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import msgspec
import numpy as np

from app.services.allocations import snapshot
from app.services.allocations.origins import JointShare
from app.services.blotters.joint_record import JointRecord, Solution, StoredProblem
from app.services.blotters.types import JointOutcome
from app.services.kernels.allocation.problem import IntArray, ProofStatus
from app.services.kernels.joint import Proven, prove

STD_DEV_TOLERANCE = 1e-9
"""Difference of standard deviations that float64 alone makes, of the scale of the metric."""

BOUND_TOLERANCE = 1e-8
"""Difference of squared bounds, of the squared scale: solvers that are near enough differ by less (R17.4)."""


@dataclass(frozen=True, slots=True)
class JointReplay:
    """Whether a joint split is as it was stored and recomputes to what was shown, else the differences.

    `std_dev` and `lower_bound` are recomputed, None where there was nothing to compute or it could not be
    read. The first agrees within `std_dev_tolerance`, the square of the second within `bound_tolerance`.
    """

    blotter_id: str
    confirmed: bool
    split_sha256: str
    std_dev: float | None
    std_dev_tolerance: float | None
    lower_bound: float | None
    bound_tolerance: float | None
    differences: tuple[str, ...]


def replayed(blotter_id: str, record: JointRecord, shares: Mapping[int, JointShare | None]) -> JointReplay:
    """Check a joint split; `shares` are what the snapshots of the previews say, by line."""
    differences = []
    if record.digest() != record.sha256:
        differences.append("record: its bytes do not have the recorded SHA-256")
    proven = None
    try:
        differences += _of_the_lines(record, shares)
        if record.problem is not None and record.outcome is not None:
            proven = _proven(record.problem, record.solution)
            differences += _of_the_proof(snapshot.decode(record.outcome, JointOutcome), proven)
    except (msgspec.DecodeError, ValueError, KeyError) as error:
        differences.append(f"record: {error}")
    scale = None if proven is None else proven.scale
    return JointReplay(
        blotter_id=blotter_id,
        confirmed=not differences,
        split_sha256=record.sha256,
        std_dev=None if proven is None else proven.split.std_dev,
        std_dev_tolerance=None if scale is None else STD_DEV_TOLERANCE * scale,
        lower_bound=None if proven is None else proven.proof.lower_bound,
        bound_tolerance=None if scale is None else BOUND_TOLERANCE * scale * scale,
        differences=tuple(differences),
    )


def _of_the_lines(record: JointRecord, shares: Mapping[int, JointShare | None]) -> Iterator[str]:
    kept = record.lines().shares
    for line, share in shares.items():
        if share is None or line not in kept:
            yield f"line {line}: its preview is of no joint split"
        elif share.split_sha256 != record.sha256:
            yield f"line {line}: its preview is of the joint split {share.split_sha256}"
        elif share != kept[line]:
            yield f"line {line}: its preview has other faces"


def _proven(problem: str, solution: str) -> Proven:
    found = snapshot.decode(problem, StoredProblem).problem()
    return prove(found, _faces(found.lines[0].account_ids, snapshot.decode(solution, Solution)))


def _faces(account_ids: tuple[str, ...], solution: Solution) -> IntArray:
    place = {account: at for at, account in enumerate(account_ids)}
    faces = np.zeros((len(solution.solved), len(place)), dtype=np.int64)
    for row, line in zip(faces, solution.solved, strict=True):
        for account, face in line.faces.items():
            row[place[account]] = int(Decimal(face) * line.unit)
    return faces


def _of_the_proof(shown: JointOutcome, again: Proven) -> Iterator[str]:
    near = STD_DEV_TOLERANCE * again.scale
    for name, stored, computed in (
        ("std_dev_before", shown.std_dev_before, again.pre_std_dev),
        ("std_dev", shown.std_dev, again.split.std_dev),
    ):
        if abs(stored - computed) > near:
            yield f"{name}: stored {stored!r}, recomputed {computed!r}"
    stored, computed = shown.lower_bound, again.proof.lower_bound
    if stored > again.split.objective_std_dev + near:
        yield f"lower_bound: stored {stored!r}, above what the split reaches"
    elif ProofStatus.FALLBACK in (shown.status, again.proof.status):
        return  # a bound that no solver came near to is true, and no other solver's
    elif abs(stored * stored - computed * computed) > BOUND_TOLERANCE * again.scale * again.scale:
        yield f"lower_bound: stored {stored!r}, recomputed {computed!r}"
