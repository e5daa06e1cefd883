"""Intent of a commit: stored with the claim, so that the recovery job can finish the saga."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.core.errors import Conflict, DataMissing, FieldError, InvalidRequest, field_detail
from app.core.security import Permission
from app.models import AllocationRow
from app.services.allocations import snapshot
from app.services.allocations.decisions import Acknowledgement, Approval, Settlement, acknowledgements
from app.services.allocations.store import AllocationStatus, stored_approval, stored_inputs
from app.services.allocations.types import PreviewInputs, PreviewResult, PreviewWarning
from app.services.domain.caller import Caller, User, require
from app.services.domain.face import Face
from app.services.domain.fix_fields import fix_gaps
from app.services.trading.errors import WarningsNotOverridden
from app.utils.words import counted


@dataclass(frozen=True, slots=True)
class CommitIntent:
    """A request to commit: caller, comment, override, time, idempotency key, ids of acknowledged warnings."""

    caller: Caller
    comment: str
    override_warnings: bool
    at: datetime
    idempotency_key: str | None = None
    acknowledged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to commit a preview.

    `recovered_from` is the status in which recovery found the allocation; None in a commit by request.
    `approval` is the decided approval under which it is sent, `settlement` the word of people on how it
    ended; `by` is the user who acts in place of the commit's caller: who approves or settles it.
    """

    allocation_id: str
    inputs: PreviewInputs
    result: PreviewResult
    intent: CommitIntent
    recovered_from: AllocationStatus | None = None
    approval: Approval | None = None
    settlement: Settlement | None = None
    by: Caller | None = None

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
            approval=stored_approval(row),
        )

    @property
    def caller(self) -> Caller:
        """The caller of the commit."""
        return self.intent.caller

    @property
    def actor(self) -> Caller:
        """The user who acts now: who approves or settles the commit, else its caller."""
        return self.by or self.caller

    @property
    def comment(self) -> str:
        """Comment of the user who acts now."""
        if self.by is None or self.approval is None:
            return self.intent.comment
        return self.approval.reason or ""

    @property
    def waits_as(self) -> AllocationStatus:
        """The status from which it is claimed, and to which it returns where nothing was sent."""
        return AllocationStatus.PREVIEWED if self.approval is None else AllocationStatus.PENDING_APPROVAL

    @property
    def acknowledged(self) -> tuple[Acknowledgement, ...]:
        """The warnings that were acknowledged one by one, by the caller and by who approved the commit."""
        if self.approval is not None:
            return self.approval.acknowledged
        return acknowledgements(self.result.warnings, self.intent.acknowledged, self.caller.username)

    @property
    def acknowledged_as_json(self) -> list[dict[str, str | None]]:
        """The acknowledged warnings as audit records have them."""
        return [
            {
                "warning_id": a.warning_id,
                "type": a.type,
                "account_id": a.account_id,
                "acknowledged_by": a.acknowledged_by,
            }
            for a in self.acknowledged
        ]

    @property
    def slices(self) -> dict[str, Face]:
        """Face by account id, of the accounts that get anything."""
        return {
            a.account_id: a.allocated_quantity for a in self.result.allocations if a.allocated_quantity > 0
        }


def check_allowed(attempt: Attempt) -> None:
    """Check that this preview can be committed, and that the caller may do it (R5.7, R9.2, R9.6, R14.4).

    Raises
    ------
    InvalidRequest
        Naming `acknowledge`, when it names a warning that the preview does not carry.
    WarningsNotOverridden
        When the preview carries warnings and the request neither acknowledges each nor overrides them.
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
    warnings, acknowledged = attempt.result.warnings, attempt.intent.acknowledged
    check_known(warnings, acknowledged)
    if not attempt.intent.override_warnings:
        check_seen(warnings, acknowledged)
    elif _open(warnings, acknowledged):
        require(attempt.caller, Permission.WARNINGS_OVERRIDE)
    if attempt.result.summary.total_allocated == 0:
        raise Conflict("The preview allocates nothing, so there is nothing to send")


def check_known(warnings: Sequence[PreviewWarning], acknowledged: Collection[str]) -> None:
    """Check that the preview carries each of the acknowledged warnings.

    Raises
    ------
    InvalidRequest
        Naming `acknowledge` and each id that is unknown.
    """
    known = {w.warning_id for w in warnings}
    errors = [
        FieldError(f"acknowledge.{place}", f"The preview has no warning with the id {warning_id}.")
        for place, warning_id in enumerate(acknowledged)
        if warning_id not in known
    ]
    if errors:
        raise InvalidRequest.of(*errors)


def check_seen(warnings: Sequence[PreviewWarning], acknowledged: Collection[str]) -> None:
    """Check that every warning is acknowledged (R9.6).

    Raises
    ------
    WarningsNotOverridden
        Naming those that are still open.
    """
    still_open = _open(warnings, acknowledged)
    if not still_open:
        return
    some = f"{counted(len(still_open), 'warning')}"
    if len(still_open) < len(warnings):
        some = f"{some} of {len(warnings)} that nobody has acknowledged"
    raise WarningsNotOverridden(
        f"The preview carries {some}, see errors. Review each and name its warning_id in acknowledge",
        errors=[FieldError("override_warnings", _in_words(w)) for w in still_open],
        extra={
            "warnings": [
                {"warning_id": w.warning_id, "type": w.type, "account_id": w.account_id} for w in still_open
            ]
        },
    )


def with_present_permissions(attempt: Attempt, users: Callable[[str], User]) -> Attempt:
    """Return the attempt without the permissions that its caller has lost since.

    Raises
    ------
    Unauthenticated
        When the caller is no user any more.
    """
    caller = attempt.caller
    held = caller.permissions.intersection(users(caller.user_id).permissions)
    return replace(attempt, intent=replace(attempt.intent, caller=replace(caller, permissions=held)))


def _open(warnings: Sequence[PreviewWarning], acknowledged: Collection[str]) -> list[PreviewWarning]:
    seen = set(acknowledged)
    return [w for w in warnings if w.warning_id not in seen]


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
