"""Settings of previews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.core.config.reader import Reader


@dataclass(frozen=True, slots=True)
class AllocationsSettings:
    """Time for which a preview can be committed (R10.2)."""

    preview_lifetime: timedelta


def allocations_settings(read: Reader) -> AllocationsSettings:
    """Read the section."""
    return AllocationsSettings(timedelta(minutes=read.integer("PREVIEW_MINUTES", 15, 1, 1440)))
