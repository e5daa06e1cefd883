"""Stored allocations: their status (`AllocationStatus`), and reading one with its documents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, undefer

from app.core.errors import NotFound
from app.models import AllocationRow
from app.services.allocations import snapshot
from app.services.allocations.decisions import Acknowledgement, Approval, Settlement
from app.services.allocations.errors import PreviewErased, PreviewExpired
from app.services.allocations.origins import Adjustment, BlotterPlace, Choice
from app.services.allocations.request import PreviewRequest
from app.services.allocations.types import PreviewInputs, PreviewResult
from app.services.allocations.validity import holds, is_over, over, why_over
from app.services.audit.breaks import Break
from app.services.domain.account import AccountInput
from app.services.domain.face import Face
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility


class AllocationStatus(StrEnum):
    """Status of an allocation. An open one past its expiry counts as EXPIRED, stored so or not.

    PENDING_APPROVAL: its commit waits for another user. COMMITTING: its order is being sent. UNKNOWN: Aladdin
    may have the order; the recovery job settles it, or people do. SUBMITTED: Aladdin has the order. FAILED:
    Aladdin has no order. CANCELLED: the order was cancelled. REJECTED: the other user has not approved it.
    """

    PREVIEWED = "PREVIEWED"
    PENDING_APPROVAL = "PENDING_APPROVAL"
    COMMITTING = "COMMITTING"
    SUBMITTED = "SUBMITTED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"


OPEN = (AllocationStatus.PREVIEWED, AllocationStatus.PENDING_APPROVAL)
"""Statuses that end with the preview's expiry."""


UNCOMMITTED = (AllocationStatus.PREVIEWED, AllocationStatus.EXPIRED)
"""Statuses of a preview that nobody committed, whether its time is over or not."""


class CommitStatus(StrEnum):
    """Outcome of a commit; no success yet while it is pending.

    PENDING_COMPLIANCE: the vendor's check has not finished. PENDING_APPROVAL: another user has to approve it,
    and nothing was sent.
    """

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    PENDING_COMPLIANCE = "PENDING_COMPLIANCE"
    PENDING_APPROVAL = "PENDING_APPROVAL"


class CommitLineStatus(StrEnum):
    """Outcome of a commit for one account's slice."""

    SUBMITTED = "SUBMITTED"
    FAILED = "FAILED"
    PENDING_COMPLIANCE = "PENDING_COMPLIANCE"
    PENDING_APPROVAL = "PENDING_APPROVAL"


@dataclass(frozen=True, slots=True)
class CommitLine:
    """Outcome of a commit for one account's slice, in face."""

    account_id: str
    allocated_quantity: Face
    aladdin_order_id: str | None
    status: CommitLineStatus
    message: str


@dataclass(frozen=True, slots=True)
class CommitResult:
    """Outcome of a commit, as a whole and for each slice; `acknowledged` are warnings, each with its user."""

    allocation_id: str
    status: CommitStatus
    aladdin_order_ids: tuple[str, ...]
    allocations: tuple[CommitLine, ...]
    audit_id: str
    message: str
    acknowledged: tuple[Acknowledgement, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredAllocation:
    """A stored preview with the outcome of its commit; request and result are as first answered.

    `evidence_breaks` say where its rows are not as the audit trail has them; `fairness_policy_id` names the
    policy that was in force, None before there was any. `choice` is the variant of a comparison that it was,
    `adjustment` what became of an edit; None where it was asked for by itself. `blotter` is the line of a
    blotter whose book it was computed on; None where that was the vendor's alone.
    """

    allocation_id: str
    status: AllocationStatus
    created_at: datetime
    expires_at: datetime
    created_by: str
    request: PreviewRequest
    result: PreviewResult
    commit: CommitResult | None
    evidence_breaks: tuple[Break, ...] = ()
    fairness_policy_id: str | None = None
    choice: Choice | None = None
    adjustment: Adjustment | None = None
    approval: Approval | None = None
    settlement: Settlement | None = None
    blotter: BlotterPlace | None = None


def load(session: Session, allocation_id: str, visible: Visibility) -> AllocationRow:
    """Return a stored allocation with its documents loaded.

    Raises
    ------
    NotFound
        When there is no allocation with this id, or it is not visible.
    PreviewErased
        When it was never committed and its documents are gone.
    """
    check_visible(session, allocation_id, visible)
    documents = [
        undefer(c)
        for c in (
            AllocationRow.snapshot,
            AllocationRow.result,
            AllocationRow.commit_result,
            AllocationRow.commit_intent,
            AllocationRow.approval,
            AllocationRow.settlement,
        )
    ]
    row = session.get(AllocationRow, allocation_id, options=documents)
    if row is None:
        raise _no_allocation(allocation_id)
    if not (row.snapshot and row.result):
        raise PreviewErased.of(f"The preview {allocation_id}", row.snapshot_sha256)
    return row


def check_visible(session: Session, allocation_id: str, visible: Visibility) -> None:
    """Check that a limited user may see an allocation; of any other nothing is read.

    Raises
    ------
    NotFound
        When there is no visible allocation with this id.
    """
    if not visible.limited:
        return
    query = select(AllocationRow.id).where(AllocationRow.id == allocation_id, *rows.allocations(visible))
    if session.scalar(query) is None:
        raise _no_allocation(allocation_id)


def _no_allocation(allocation_id: str) -> NotFound:
    return NotFound(f"There is no allocation {allocation_id}")


def stored_inputs(row: AllocationRow) -> PreviewInputs:
    """Return the inputs of a stored preview, upgraded on read: an older snapshot has today's fields.

    The text in the row stays as it was written, because its SHA-256 is in the audit trail.
    """
    inputs = snapshot.decode(row.snapshot, PreviewInputs)
    if not any(_names_reference(account) for account in inputs.accounts):
        return inputs
    return replace(inputs, accounts=tuple(_upgraded(account) for account in inputs.accounts))


_REFERENCE_DATA = "reference data: "
"""How the texts in `AccountInput.missing` of older snapshots begin that belong in `missing_reference`."""


def _names_reference(account: AccountInput) -> bool:
    return any(words.startswith(_REFERENCE_DATA) for words in account.missing)


def _upgraded(account: AccountInput) -> AccountInput:
    reference = tuple(words for words in account.missing if words.startswith(_REFERENCE_DATA))
    missing = tuple(words for words in account.missing if words not in reference)
    return replace(account, missing=missing, missing_reference=(*account.missing_reference, *reference))


def stored_commit(row: AllocationRow) -> CommitResult | None:
    """Return the recorded result of the commit, None where there is none."""
    return snapshot.decode(row.commit_result, CommitResult) if row.commit_result else None


def stored_approval(row: AllocationRow) -> Approval | None:
    """Return the approval of the commit, None where none is needed or asked for."""
    return snapshot.decode(row.approval, Approval) if row.approval else None


def stored_settlement(row: AllocationRow) -> Settlement | None:
    """Return how people settled the outcome, or propose to; None where there is no such word."""
    return snapshot.decode(row.settlement, Settlement) if row.settlement else None


def present_status(row: AllocationRow, now: datetime) -> AllocationStatus:
    """Return the status at `now`: EXPIRED for an open preview that does not hold any more."""
    status = AllocationStatus(row.status)
    return AllocationStatus.EXPIRED if status in OPEN and is_over(row, now) else status


def unexpired_status(row: AllocationRow, now: datetime) -> AllocationStatus:
    """Return the status at `now`, which is not EXPIRED.

    Raises
    ------
    PreviewExpired
        When the preview is past its expiry, or of the future (R10.2).
    """
    status = present_status(row, now)
    if status is AllocationStatus.EXPIRED:
        raise PreviewExpired(f"{why_over('preview', row, now)}. Make a new preview")
    return status


def has_status(status: AllocationStatus, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the SQL conditions that an allocation has this status at `now`."""
    if status is AllocationStatus.EXPIRED:
        open_and_over = and_(AllocationRow.status.in_(OPEN), over(now))
        return (or_(AllocationRow.status == AllocationStatus.EXPIRED, open_and_over),)
    if status in OPEN:
        return AllocationRow.status == status, holds(now)
    return (AllocationRow.status == status,)
