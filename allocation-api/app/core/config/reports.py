"""Settings of reports."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.config.reader import Reader


@dataclass(frozen=True, slots=True)
class ReportsSettings:
    """SenderCompID (49) and TargetCompID (56) of FIX messages."""

    sender_comp_id: str
    target_comp_id: str


def reports_settings(read: Reader) -> ReportsSettings:
    """Read the section."""
    return ReportsSettings(
        sender_comp_id=read.name("FIX_SENDER_COMP_ID", "ALLOCATOR"),
        target_comp_id=read.name("FIX_TARGET_COMP_ID", "ALADDIN"),
    )
