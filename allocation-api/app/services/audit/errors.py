"""Why what is stored is not used: it is not as the audit trail has it."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.errors import Conflict
from app.services.audit.breaks import Break

RESTORE = "Have the audit trail verified, and the recorded values restored"
"""What to do where nothing else can take the place of what was changed."""


class EvidenceBroken(Conflict):
    """What is stored is not as the audit trail has it: its numbers may differ from those shown."""

    code, title = "EVIDENCE_BROKEN", "What is stored is not as it was recorded"

    @classmethod
    def check(cls, what: str, breaks: Sequence[Break], advice: str = RESTORE) -> None:
        """Raise the error, naming what was changed and what to do, where there are breaks."""
        if breaks:
            raise cls(
                f"{what} was changed since it was recorded: {breaks[0].message}. {advice}",
                extra={
                    "breaks": [{"table": b.table, "column": b.column, "message": b.message} for b in breaks]
                },
            )
