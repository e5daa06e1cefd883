"""What somebody wants to commit: stored with the claim, so that another process can finish it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Conflict
from app.core.security import Permission
from app.models import AllocationRow
from app.services.allocations import snapshot
from app.services.allocations.store import AllocationStatus, stored_inputs
from app.services.allocations.types import PreviewInputs, PreviewResult
from app.services.domain.caller import Caller, require
from app.services.trading.errors import WarningsNotOverridden


@dataclass(frozen=True, slots=True)
class CommitIntent:
    """Who commits, with which words, since when, and under which idempotency key."""

    caller: Caller
    comment: str
    override_warnings: bool
    at: datetime
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to commit a preview.

    `recovered_from` is the status in which another process left it, None where whoever asked is waiting.
    """

    allocation_id: str
    inputs: PreviewInputs
    result: PreviewResult
    intent: CommitIntent
    recovered_from: AllocationStatus | None = None

    @classmethod
    def of(
        cls, row: AllocationRow, intent: CommitIntent, recovered_from: AllocationStatus | None = None
    ) -> Attempt:
        """Return the attempt to commit a stored preview."""
        return cls(
            allocation_id=row.id,
            inputs=stored_inputs(row),
            result=snapshot.decode(row.result, PreviewResult),
            intent=intent,
            recovered_from=recovered_from,
        )

    @property
    def caller(self) -> Caller:
        """Who commits."""
        return self.intent.caller

    @property
    def slices(self) -> dict[str, int]:
        """Return face by account id, of the accounts that get anything."""
        return {
            a.account_id: a.allocated_quantity for a in self.result.allocations if a.allocated_quantity > 0
        }


def check_allowed(attempt: Attempt) -> None:
    """Let an attempt pass that its caller may make (R5.7, R9.2).

    Raises
    ------
    WarningsNotOverridden, Forbidden
        When the preview carries warnings that the caller did not override, or may not; or it left out
        compliance and the caller may not do that.
    Conflict
        When the preview allocates nothing.
    """
    if not attempt.inputs.request.constraints.compliance_check:
        require(attempt.caller, Permission.COMPLIANCE_BYPASS)
    seen = attempt.result.warnings
    if seen and not attempt.intent.override_warnings:
        raise WarningsNotOverridden(
            f"The preview carries {len(seen)} warnings: commit with override_warnings "
            "when you have seen them",
            extra={"warnings": [{"type": w.type, "account_id": w.account_id} for w in seen]},
        )
    if seen:
        require(attempt.caller, Permission.WARNINGS_OVERRIDE)
    if attempt.result.summary.total_allocated == 0:
        raise Conflict("The preview allocates nothing, so there is nothing to send")
