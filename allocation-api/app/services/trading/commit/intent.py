"""Intent of a commit: stored with the claim, so that the recovery job can finish the saga."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Conflict, DataMissing, FieldError, field_detail
from app.core.security import Permission
from app.models import AllocationRow
from app.services.allocations import snapshot
from app.services.allocations.store import AllocationStatus, stored_inputs
from app.services.allocations.types import PreviewInputs, PreviewResult, PreviewWarning
from app.services.domain.caller import Caller, require
from app.services.domain.face import Face
from app.services.domain.fix_fields import fix_gaps
from app.services.trading.errors import WarningsNotOverridden
from app.utils.words import counted


@dataclass(frozen=True, slots=True)
class CommitIntent:
    """A request to commit: caller, comment, override, time and idempotency key."""

    caller: Caller
    comment: str
    override_warnings: bool
    at: datetime
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to commit a preview.

    `recovered_from` is the status in which recovery found the allocation; None in a commit by request.
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
        """The caller of the commit."""
        return self.intent.caller

    @property
    def slices(self) -> dict[str, Face]:
        """Face by account id, of the accounts that get anything."""
        return {
            a.account_id: a.allocated_quantity for a in self.result.allocations if a.allocated_quantity > 0
        }


def check_allowed(attempt: Attempt) -> None:
    """Check that this preview can be committed, and that the caller may do it (R5.7, R9.2, R14.4).

    Raises
    ------
    WarningsNotOverridden
        When the preview carries warnings and the request does not override them.
    Forbidden
        When the caller lacks the permission to override warnings, or to commit without a compliance check.
    Conflict
        When the preview allocates nothing.
    DataMissing
        Naming the field that no FIX message could say.
    """
    _check_fix(attempt)
    if not attempt.inputs.request.constraints.compliance_check:
        require(attempt.caller, Permission.COMPLIANCE_BYPASS)
    warnings = attempt.result.warnings
    if warnings and not attempt.intent.override_warnings:
        raise WarningsNotOverridden(
            f"The preview carries {counted(len(warnings), 'warning')}, see errors. Commit with "
            "override_warnings once each has been reviewed",
            errors=[FieldError("override_warnings", _in_words(w)) for w in warnings],
            extra={"warnings": [{"type": w.type, "account_id": w.account_id} for w in warnings]},
        )
    if warnings:
        require(attempt.caller, Permission.WARNINGS_OVERRIDE)
    if attempt.result.summary.total_allocated == 0:
        raise Conflict("The preview allocates nothing, so there is nothing to send")


def _check_fix(attempt: Attempt) -> None:
    # R14.4; not from the preview's own gaps, which snapshots of earlier versions do not have.
    errors = [
        FieldError(
            "order.security_id" if gap.account_id is None else f"allocations.{gap.account_id}", gap.message
        )
        for gap in fix_gaps(attempt.inputs.security, attempt.slices)
    ]
    if errors:
        raise DataMissing(field_detail(errors), errors=errors)


def _in_words(warning: PreviewWarning) -> str:
    return warning.message if warning.account_id is None else f"{warning.account_id}: {warning.message}"
