"""Replay: recomputes a stored preview from its snapshot and compares every value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from app.models import AllocationRow
from app.services.allocations import engine, snapshot
from app.services.allocations.engine_changes import ENGINE_VERSION, EngineChange, changes_since
from app.services.allocations.errors import SolverError
from app.services.allocations.store import stored_inputs
from app.services.audit.breaks import Break

MAX_DIFFERENCES = 20
"""Differences that a replay lists."""


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """Result of a replay: whether it is identical to the stored result, else the first differences.

    It is not identical either where the stored rows are not as the audit trail has them: `evidence_breaks`.
    `recorded_engine_version` computed the stored result, `engine_version` the replay. `engine_changes` are
    those between the two that can have made the differences; without one, the stored texts were changed.
    """

    allocation_id: str
    identical: bool
    snapshot_sha256: str
    recorded_engine_version: str
    engine_version: str
    engine_changes: tuple[EngineChange, ...]
    differences: tuple[str, ...]
    evidence_breaks: tuple[Break, ...] = ()


def _differences(path: str, stored: Any, again: Any) -> Iterator[str]:
    """Yield the paths at which two JSON documents differ, with both values."""
    if isinstance(stored, dict) and isinstance(again, dict):
        for key in sorted(stored.keys() | again.keys()):
            yield from _differences(f"{path}.{key}".lstrip("."), stored.get(key), again.get(key))
    elif isinstance(stored, list) and isinstance(again, list) and len(stored) == len(again):
        for i, (one, other) in enumerate(zip(stored, again, strict=True)):
            yield from _differences(f"{path}[{i}]", one, other)
    elif stored != again or type(stored) is not type(again):
        yield f"{path}: stored {stored!r}, recomputed {again!r}"


def replayed(row: AllocationRow, breaks: Sequence[Break] = ()) -> ReplayResult:
    """Recompute a stored preview from its snapshot; return the first values that differ.

    `breaks` are those of its rows.
    """
    inputs = stored_inputs(row)
    stored = msgspec.json.decode(row.result)
    try:
        again = msgspec.json.decode(snapshot.encode(engine.compute(inputs)))
        differences = list(islice(_differences("", stored, again), MAX_DIFFERENCES))
    except SolverError as error:  # faces of a joint split that are not those which were stored
        differences = [f"snapshot: {error.detail}"]
    if snapshot.digest(row.snapshot) != row.snapshot_sha256:
        differences.insert(0, "snapshot: its bytes do not have the recorded SHA-256")
    return ReplayResult(
        allocation_id=row.id,
        identical=not differences and not breaks,
        snapshot_sha256=row.snapshot_sha256,
        recorded_engine_version=inputs.engine_version,
        engine_version=ENGINE_VERSION,
        engine_changes=changes_since(inputs.engine_version, inputs.request.method) if differences else (),
        differences=tuple(differences),
        evidence_breaks=tuple(breaks),
    )
