"""Replay: recomputes a stored preview from its snapshot and compares every value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from app.models import AllocationRow
from app.services.allocations import engine, snapshot
from app.services.allocations.store import stored_inputs

MAX_DIFFERENCES = 20
"""Differences that a replay lists."""


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """Result of a replay: whether it is identical to the stored result, else the first differences."""

    allocation_id: str
    identical: bool
    snapshot_sha256: str
    engine_version: str
    differences: tuple[str, ...]


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


def replayed(row: AllocationRow) -> ReplayResult:
    """Recompute a stored preview from its snapshot; return the first values that differ."""
    stored = msgspec.json.decode(row.result)
    again = msgspec.json.decode(snapshot.encode(engine.compute(stored_inputs(row))))
    differences = list(islice(_differences("", stored, again), MAX_DIFFERENCES))
    if snapshot.digest(row.snapshot) != row.snapshot_sha256:
        differences.insert(0, "snapshot: its bytes do not have the recorded SHA-256")
    return ReplayResult(
        allocation_id=row.id,
        identical=not differences,
        snapshot_sha256=row.snapshot_sha256,
        engine_version=engine.ENGINE_VERSION,
        differences=tuple(differences),
    )
