"""Settings of previews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.core.config.reader import Reader


@dataclass(frozen=True, slots=True)
class AllocationsSettings:
    """Time for which a preview can be committed (R10.2), and for which one that never was is kept."""

    preview_lifetime: timedelta
    preview_retention: timedelta


def allocations_settings(read: Reader) -> AllocationsSettings:
    """Read the section."""
    return AllocationsSettings(
        preview_lifetime=timedelta(minutes=read.integer("PREVIEW_MINUTES", 15, 1, 1440)),
        preview_retention=timedelta(days=read.integer("PREVIEW_RETENTION_DAYS", 30, 1, 36_600)),
    )
