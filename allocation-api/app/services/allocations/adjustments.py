"""What-if edits: a preview split again on its own snapshot, with the face of some accounts fixed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.core.errors import Conflict, FieldError, InvalidRequest
from app.models import AllocationRow
from app.services.allocations import engine, snapshot
from app.services.allocations.engine_changes import ENGINE_VERSION
from app.services.allocations.inputs import with_request
from app.services.allocations.origins import Best, Edit, Unedited
from app.services.allocations.request import AccountLimit, Parameters
from app.services.allocations.service import AllocationService
from app.services.allocations.store import (
    AllocationStatus,
    StoredAllocation,
    load,
    stored_inputs,
    unexpired_status,
)
from app.services.allocations.types import PreviewInputs, PreviewResult
from app.services.allocations.wishes import LIMITS
from app.services.audit.errors import EvidenceBroken
from app.services.audit.trail import AuditService
from app.services.domain.caller import Caller
from app.services.domain.face import Face, face_text
from app.services.domain.fairness import FairnessMode
from app.services.kernels.allocation.registry import Method
from app.services.visibility.visibility import Visibility


class AdjustmentService:
    """Makes previews of edited previews."""

    def __init__(
        self, database: Database, audit: AuditService, clock: Clock, previews: AllocationService
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._previews = previews

    def adjust(
        self, allocation_id: str, faces: Mapping[str, Face], caller: Caller, visible: Visibility
    ) -> StoredAllocation:
        """Store a new preview from the snapshot of another: these accounts fixed, the rest split again.

        Accounts that were fixed before stay fixed unless they are named anew. The new preview expires with
        the one that it is made of, because its book is as old.

        Raises
        ------
        NotFound
            When there is no visible allocation with this id.
        InvalidRequest
            Naming each account whose face cannot be, with the reason and its number (R4.8).
        Forbidden
            When the preview skips compliance and the caller lacks the permission (R5.7).
        Conflict
            When the preview is expired, is no preview any more, or was tampered with.
        """
        with self._database.read() as session:
            row = load(session, allocation_id, visible)
            breaks = self._audit.allocation_breaks(session, allocation_id)
        self._check_open(row)
        EvidenceBroken.check("The preview", breaks)
        result = snapshot.decode(row.result, PreviewResult)
        inputs = stored_inputs(row)
        self._previews.may_skip_compliance(inputs.request, caller)
        try:
            edited = _edited(allocation_id, inputs, result, faces)
            split = engine.split(edited)
        except InvalidRequest as error:
            raise InvalidRequest.of(*_by_account(error, _fixed(inputs, faces))) from error
        return self._previews.keep(new_id(), edited, split, caller, visible, row.expires_at)

    def _check_open(self, row: AllocationRow) -> None:
        status = unexpired_status(row, self._clock())
        if status is not AllocationStatus.PREVIEWED:
            raise Conflict(f"The allocation is {status}. Only a PREVIEWED allocation can be adjusted")


def _fixed(inputs: PreviewInputs, faces: Mapping[str, Face]) -> dict[str, Face]:
    """Return the face of every account that edits have fixed, by account id: the newest edit holds."""
    earlier = inputs.edit.fixed if inputs.edit else {}
    return dict(sorted({**earlier, **faces}.items()))


def _edited(
    allocation_id: str, inputs: PreviewInputs, result: PreviewResult, faces: Mapping[str, Face]
) -> PreviewInputs:
    # R10.10
    fixed = _fixed(inputs, faces)
    constraints = inputs.request.constraints
    earlier = inputs.edit.fixed if inputs.edit else {}
    own = {a: _own(constraints.account_limits.get(a), is_edited=a in earlier) for a in fixed}
    _check_limits(own, faces)
    limits = {**constraints.account_limits, **{a: replace(own[a], fixed=face) for a, face in fixed.items()}}
    wished = replace(constraints, account_limits=dict(sorted(limits.items())))
    edit = Edit(
        adjusted_from=allocation_id,
        fixed=fixed,
        before={row.account_id: row.allocated_quantity for row in result.allocations},
        unedited=inputs.edit.unedited if inputs.edit else _unedited(allocation_id, inputs, result),
    )
    return replace(
        with_request(inputs, replace(inputs.request, constraints=wished)),
        engine_version=ENGINE_VERSION,
        vendor_check=None,
        choice=None,
        edit=edit,
    )


def _own(limit: AccountLimit | None, *, is_edited: bool) -> AccountLimit:
    """Return the bounds that the request itself sets, whatever edits have fixed within them."""
    if limit is None:
        return AccountLimit()
    if limit.fixed is None or is_edited:
        return AccountLimit(min=limit.min, max=limit.max)
    return AccountLimit(min=limit.fixed, max=limit.fixed)


def _check_limits(own: Mapping[str, AccountLimit], faces: Mapping[str, Face]) -> None:
    """Check that edits stay within the limits that the request sets (R10.10)."""
    errors = [
        FieldError(account, message)
        for account, face in faces.items()
        for message in _outside(own[account], face)
    ]
    if errors:
        raise InvalidRequest.of(*errors)


def _outside(limit: AccountLimit, face: Face) -> Iterator[str]:
    if limit.least > face:
        yield f"{face_text(face)} face is less than the request's minimum of {face_text(limit.least)}."
    if limit.max is not None and face > limit.max:
        yield f"{face_text(face)} face is more than the request's maximum of {face_text(limit.max)}."


def _unedited(allocation_id: str, inputs: PreviewInputs, result: PreviewResult) -> Unedited:
    # R10.11
    asked = inputs.request.parameters
    measured = Parameters(
        target_metric=asked.target_metric,
        weighting=asked.weighting,
        tolerance=asked.tolerance,
        fairness=FairnessMode.PER_ORDER,
    )
    wanted = replace(inputs.request, method=Method.MIN_DISPERSION, parameters=measured)
    best = engine.split(replace(inputs, request=wanted, joint=None)).summary
    proof = best.optimality
    return Unedited(
        allocation_id=allocation_id,
        post_trade_std_dev=result.summary.dispersion_metrics.post_trade_std_dev,
        best=Best(
            total_allocated=best.total_allocated,
            post_trade_std_dev=best.dispersion_metrics.post_trade_std_dev,
            lower_bound_std_dev=proof.lower_bound_std_dev if proof else None,
            status=proof.status if proof else None,
        ),
    )


def _by_account(error: InvalidRequest, fixed: Mapping[str, Face]) -> Iterator[FieldError]:
    """Yield the errors by account, as edits name them: they do not know the limits that they become."""
    fields = {f"{LIMITS}.{account}{end}": account for account in fixed for end in ("", ".fixed")}
    for found in error.errors:
        field = "body" if found.field == LIMITS else fields.get(found.field, found.field)
        yield FieldError(field, found.message)
