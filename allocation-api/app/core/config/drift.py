"""Settings of allocation drift."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.config.reader import Reader


@dataclass(frozen=True, slots=True)
class DriftSettings:
    """With `four_eyes` a version of a target set does not hold before another user has approved it."""

    four_eyes: bool


def drift_settings(read: Reader) -> DriftSettings:
    """Read the section."""
    return DriftSettings(four_eyes=read.flag("DRIFT_FOUR_EYES", default=False))
