"""Comparisons: several splits of one order from one reading of the book, and the choice among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from time import perf_counter

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, insert_many, new_id
from app.core.errors import Conflict, DataMissing, FieldError, InvalidRequest, NotFound
from app.core.numbers import CENT
from app.models import AllocationRow, ComparisonGroupRow, ComparisonRow
from app.services.allocations import engine, snapshot
from app.services.allocations.compared import (
    Cell,
    ComparedAccount,
    ComparisonInputs,
    ComparisonRequest,
    NamedRequest,
    Outcome,
    Problem,
    ShownVariant,
    StoredComparison,
)
from app.services.allocations.errors import PreviewErased, PreviewExpired, SolverError
from app.services.allocations.inputs import InputsLoader, with_request
from app.services.allocations.origins import Choice, chosen_id
from app.services.allocations.request import Parameters, PreviewRequest
from app.services.allocations.service import AllocationService
from app.services.allocations.sizing import check_size
from app.services.allocations.store import StoredAllocation
from app.services.allocations.types import AccountAllocation, PreviewInputs
from app.services.allocations.validity import is_over, why_over
from app.services.audit.breaks import Break
from app.services.audit.errors import EvidenceBroken
from app.services.audit.trail import Action, AuditService, EntityType, everything
from app.services.domain.caller import Caller
from app.services.domain.face import face_number
from app.services.kernels.allocation.registry import Method
from app.services.safety.order_limits import OrderLimits
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility

log = structlog.get_logger(__name__)

Outcomes = tuple[Outcome, ...]


class ComparisonService:
    """Computes, stores and shows comparisons, and turns the chosen variant into a preview.

    `lifetime` is the time for which a variant can be chosen, and what is chosen be committed.
    """

    def __init__(
        self,
        database: Database,
        inputs: InputsLoader,
        audit: AuditService,
        clock: Clock,
        limits: OrderLimits,
        lifetime: timedelta,
        previews: AllocationService,
    ) -> None:
        self._database = database
        self._inputs = inputs
        self._audit = audit
        self._clock = clock
        self._limits = limits
        self._lifetime = lifetime
        self._previews = previews

    def compare(
        self,
        request: ComparisonRequest,
        caller: Caller,
        visible: Visibility,
        admit: Callable[[int], None] = lambda _: None,
    ) -> StoredComparison:
        """Compute all variants from one reading of the book, and store them with snapshot and audit record.

        A variant that cannot be computed is stored with its problem and does not spoil the others. `admit` is
        told the number of accounts, those of each variant, before anything is computed, and may refuse.

        Raises
        ------
        Forbidden
            When a variant is to skip compliance and the caller lacks the permission (R5.7).
        InvalidRequest, DataMissing, VendorError
            As for a preview, of what the variants share: the order, the groups, the constraints.
        """
        previews = tuple(request.previews())
        for preview in previews:
            self._previews.may_skip_compliance(preview, caller)
        shared = replace(
            previews[0],
            method=Method.PRO_RATA,
            parameters=Parameters(),
            constraints=request.constraints,
        )
        common = self._inputs.load(shared, visible)  # R10.8
        check_size(common, self._limits)
        admit(len(common.accounts) * len(previews))
        read = common.request
        named = tuple(
            NamedRequest(
                variant.name, replace(preview, order=read.order, portfolio_groups=read.portfolio_groups)
            )
            for variant, preview in zip(request.variants, previews, strict=True)
        )
        outcomes = tuple(_computed(common, variant.request) for variant in named)
        row = self._row(ComparisonInputs(common, named), outcomes, caller)

        def store(session: Session) -> None:
            session.add(row)
            session.flush()
            groups = [{"comparison_id": row.id, "group_id": group_id} for group_id in read.portfolio_groups]
            insert_many(session, ComparisonGroupRow, groups)
            self._record(session, row, named, outcomes, caller)

        self._database.retried(store)
        return _shown(row, snapshot.decode(row.results, Outcomes), {})

    def get(self, comparison_id: str, visible: Visibility) -> StoredComparison:
        """Return a stored comparison with the numbers of its first answer.

        Raises
        ------
        NotFound
            When there is no visible comparison with this id.
        """
        with self._database.read() as session:
            row, breaks = self._load(session, comparison_id, visible)
            outcomes = snapshot.decode(row.results, Outcomes)
            return _shown(row, outcomes, _chosen(session, row, len(outcomes)), breaks)

    def check_visible(self, comparison_id: str, visible: Visibility) -> None:
        """Check that a user may still see a comparison, before an answer about it is given again.

        Raises
        ------
        NotFound
            When it is not visible.
        """
        with self._database.read() as session:
            _check_visible(session, comparison_id, visible)

    def choose(
        self, comparison_id: str, variant: str, caller: Caller, visible: Visibility
    ) -> StoredAllocation:
        """Make a variant a preview: snapshot and result as they were computed, nothing computed anew.

        Each variant becomes one preview at most; chosen again, that one is returned. The what-if check at
        the vendor is run here, because only what is chosen can be committed.

        Raises
        ------
        NotFound
            When there is no visible comparison with this id.
        InvalidRequest
            Naming `variant`, when none has this name.
        Forbidden
            When the variant skips compliance and the caller lacks the permission (R5.7).
        Conflict
            When the comparison is expired, was tampered with, or the variant has no split.
        """
        with self._database.read() as session:
            row, breaks = self._load(session, comparison_id, visible)
        EvidenceBroken.check("The comparison", breaks)
        inputs = snapshot.decode(row.snapshot, ComparisonInputs)
        place = _place(inputs, variant)
        wanted = inputs.variants[place].request
        self._previews.may_skip_compliance(wanted, caller)
        allocation_id = chosen_id(row.id, place)
        with self._database.read() as session:
            is_chosen = session.get(AllocationRow, allocation_id) is not None
        # R10.9
        if is_chosen:
            return self._previews.get(allocation_id, visible)
        now = self._clock()
        if is_over(row, now):
            raise PreviewExpired(f"{why_over('comparison', row, now)}. Compare again")
        outcome = snapshot.decode(row.results, Outcomes)[place]
        if outcome.result is None:
            reason = outcome.problem.detail if outcome.problem else "it was not computed"
            raise Conflict(f"The variant {variant!r} has no split: {reason}")
        chosen = replace(with_request(inputs.common, wanted), choice=Choice(row.id, variant))
        return self._previews.keep(allocation_id, chosen, outcome.result, caller, visible, row.expires_at)

    def _load(
        self, session: Session, comparison_id: str, visible: Visibility
    ) -> tuple[ComparisonRow, tuple[Break, ...]]:
        _check_visible(session, comparison_id, visible)
        row = session.get(ComparisonRow, comparison_id)
        if row is None:
            raise _no_comparison(comparison_id)
        if not (row.snapshot and row.results):
            raise PreviewErased.of(f"The comparison {comparison_id}", row.snapshot_sha256)
        return row, self._audit.row_breaks(session, EntityType.COMPARISON, comparison_id)

    def _row(self, inputs: ComparisonInputs, outcomes: Outcomes, caller: Caller) -> ComparisonRow:
        taken, now = snapshot.encode(inputs), self._clock()
        return ComparisonRow(
            id=new_id(),
            created_at=now,
            expires_at=now + self._lifetime,
            user_id=caller.user_id,
            username=caller.username,
            request_id=caller.request_id,
            security_id=inputs.common.request.order.security_id,
            side=inputs.common.request.order.side,
            engine_version=inputs.common.engine_version,
            snapshot_sha256=snapshot.digest(taken),
            snapshot=taken,
            results=snapshot.encode(outcomes),
        )

    def _record(
        self,
        session: Session,
        row: ComparisonRow,
        variants: tuple[NamedRequest, ...],
        outcomes: Outcomes,
        caller: Caller,
    ) -> None:
        actions = [Action.COMPARE]
        if not all(variant.request.constraints.compliance_check for variant in variants):
            actions.append(Action.COMPLIANCE_BYPASS)
        order, groups = variants[0].request.order, variants[0].request.portfolio_groups
        for action in actions:
            self._audit.record_for(
                session,
                action,
                caller,
                EntityType.COMPARISON,
                row.id,
                after={
                    "security_id": row.security_id,
                    "side": row.side,
                    "quantity": face_number(order.quantity),
                    "portfolio_groups": list(groups),
                    "variants": [
                        _audited(variant, outcome)
                        for variant, outcome in zip(variants, outcomes, strict=True)
                    ],
                    "snapshot_sha256": row.snapshot_sha256,
                },
                rows=everything(EntityType.COMPARISON) if action is Action.COMPARE else (),
            )


def _check_visible(session: Session, comparison_id: str, visible: Visibility) -> None:
    if not visible.limited:
        return
    query = select(ComparisonRow.id).where(ComparisonRow.id == comparison_id, *rows.comparisons(visible))
    if session.scalar(query) is None:
        raise _no_comparison(comparison_id)


def _no_comparison(comparison_id: str) -> NotFound:
    return NotFound(f"There is no comparison {comparison_id}")


def _computed(common: PreviewInputs, request: PreviewRequest) -> Outcome:
    began = perf_counter()
    result, problem = None, None
    try:
        inputs = with_request(common, request)
        result = engine.split(inputs)
    except (InvalidRequest, DataMissing, SolverError) as error:
        if isinstance(error, SolverError):
            log.exception("a variant of a comparison failed")
        problem = Problem.of(error)
    return Outcome(result, problem, round((perf_counter() - began) * 1000, 3))


def _audited(variant: NamedRequest, outcome: Outcome) -> Mapping[str, object]:
    result = outcome.result
    return {
        "name": variant.name,
        "method": variant.request.method,
        "compliance_check": variant.request.constraints.compliance_check,
        "exclude_accounts": variant.request.constraints.excluded,
        "total_allocated": None if result is None else face_number(result.summary.total_allocated),
        "problem": outcome.problem.code if outcome.problem else None,
    }


def _place(inputs: ComparisonInputs, name: str) -> int:
    names = [variant.name for variant in inputs.variants]
    if name not in names:
        there = ", ".join(names)
        raise InvalidRequest.of(FieldError("variant", f"There is no variant {name!r}; there are {there}."))
    return names.index(name)


def _chosen(session: Session, row: ComparisonRow, count: int) -> Mapping[int, str]:
    """Return the previews that the `count` variants were made, by the variant's place."""
    ids = {chosen_id(row.id, place): place for place in range(count)}
    found = session.scalars(select(AllocationRow.id).where(AllocationRow.id.in_(ids)))
    return {ids[allocation_id]: allocation_id for allocation_id in found}


def _shown(
    row: ComparisonRow, outcomes: Outcomes, chosen: Mapping[int, str], breaks: tuple[Break, ...] = ()
) -> StoredComparison:
    """Return a comparison as its stored texts have it."""
    inputs = snapshot.decode(row.snapshot, ComparisonInputs)
    columns = tuple(
        ShownVariant(
            name=variant.name,
            request=variant.request,
            summary=outcome.result.summary if outcome.result else None,
            warnings=outcome.result.warnings if outcome.result else (),
            milliseconds=outcome.milliseconds,
            problem=outcome.problem,
            allocation_id=chosen.get(place),
        )
        for place, (variant, outcome) in enumerate(zip(inputs.variants, outcomes, strict=True))
    )
    cells = [_cells(variant, outcome) for variant, outcome in zip(inputs.variants, outcomes, strict=True)]
    return StoredComparison(
        comparison_id=row.id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        created_by=row.username,
        order=engine.priced_order(inputs.common),
        portfolio_groups=inputs.common.request.portfolio_groups,
        constraints=inputs.common.request.constraints,
        variants=columns,
        allocations=tuple(
            ComparedAccount(
                account_id=account.account_id,
                account_name=account.account_name,
                nav=None if account.nav is None else account.nav.quantize(CENT),
                benchmark=account.benchmark,
                variants=tuple(column.get(account.account_id) for column in cells),
            )
            for account in inputs.common.accounts
        ),
        errors=inputs.common.faults,
        evidence_breaks=breaks,
    )


def _cells(variant: NamedRequest, outcome: Outcome) -> Mapping[str, Cell]:
    rows = outcome.result.allocations if outcome.result else ()
    metric = variant.request.parameters.target_metric.value.lower()
    return {row.account_id: _cell(variant.name, row, metric) for row in rows}


def _cell(name: str, row: AccountAllocation, metric: str) -> Cell:
    before, after = getattr(row.pre_trade_metrics, metric), getattr(row.post_trade_metrics, metric)
    return Cell(name, row.allocated_quantity, before, after, row.reason)
