"""Settings of the optimiser."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.config.reader import Reader


@dataclass(frozen=True, slots=True)
class OptimizationSettings:
    """How many seconds the solvers of one optimisation may take."""

    seconds: int


def optimization_settings(read: Reader) -> OptimizationSettings:
    """Read the section."""
    return OptimizationSettings(seconds=read.integer("OPTIMIZATION_SECONDS", 30, 1, 600))
