"""Stored allocations as they are shown, from their rows and documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from msgspec.structs import asdict

from app.core.numbers import CENT
from app.models import AllocationRow
from app.services.allocations import snapshot
from app.services.allocations.adjusted import adjustment
from app.services.allocations.origins import BlotterPlace, Choice, Edit
from app.services.allocations.request import PreviewRequest
from app.services.allocations.store import (
    CommitResult,
    StoredAllocation,
    present_status,
    stored_approval,
    stored_commit,
    stored_settlement,
)
from app.services.allocations.types import PreviewInputs, PreviewResult, ShownAllocation
from app.services.audit.breaks import Break
from app.services.domain.account import AccountInput
from app.services.domain.book import Benchmark

T = TypeVar("T")


def stored_allocation(row: AllocationRow, now: datetime, breaks: tuple[Break, ...]) -> StoredAllocation:
    """Return a stored allocation with the numbers of its first answer."""
    asked = snapshot.decode(row.snapshot, _Asked)
    result = _completed(snapshot.decode(row.result, PreviewResult), asked.accounts)
    shown = _presented(row, now, asked, result, stored_commit(row))
    return replace(
        shown, evidence_breaks=breaks, approval=stored_approval(row), settlement=stored_settlement(row)
    )


def new_allocation(
    row: AllocationRow, now: datetime, inputs: PreviewInputs, result: PreviewResult
) -> StoredAllocation:
    """Return an allocation that was just stored, exactly as `stored_allocation` does."""
    request, shown = _as_stored(inputs.request, result)
    origin = _Asked(request, (), inputs.choice, inputs.edit, inputs.blotter)
    return _presented(row, now, origin, _completed(shown, inputs.accounts), None)


def nav_by_account(accounts: Sequence[AccountInput | _AskedAccount]) -> dict[str, Decimal | None]:
    """Return NAV to the cent by account id; None where it is not known."""
    return {a.account_id: None if a.nav is None else a.nav.quantize(CENT) for a in accounts}


def _completed(result: PreviewResult, accounts: Sequence[AccountInput | _AskedAccount]) -> PreviewResult:
    """Return a result with what only the snapshot has of each account."""
    nav = nav_by_account(accounts)
    benchmarks = {account.account_id: account.benchmark for account in accounts}
    rows = tuple(
        ShownAllocation(**asdict(row), nav=nav[row.account_id], benchmark=benchmarks[row.account_id])
        for row in result.allocations
    )
    return replace(result, allocations=rows)


def _as_stored(request: PreviewRequest, result: PreviewResult) -> tuple[PreviewRequest, PreviewResult]:
    """Return what the stored texts decode to: equal values, and objects by id or name in the texts' order.

    To decode a thousand rows that were just encoded takes as long as to compute them.
    """
    parameters = replace(
        request.parameters,
        base_amounts=_by_key(request.parameters.base_amounts),
        weights=_by_key(request.parameters.weights),
    )
    limits = _by_key(request.constraints.account_limits)
    constraints = replace(request.constraints, account_limits=limits)
    shown = tuple(replace(warning, details=_by_key(warning.details)) for warning in result.warnings)
    as_stored = replace(request, parameters=parameters, constraints=constraints)
    return as_stored, replace(result, warnings=shown)


def _by_key(members: dict[str, T]) -> dict[str, T]:
    return dict(sorted(members.items()))


def _presented(
    row: AllocationRow,
    now: datetime,
    asked: _Asked,
    result: PreviewResult,
    commit: CommitResult | None,
) -> StoredAllocation:
    return StoredAllocation(
        allocation_id=row.id,
        status=present_status(row, now),
        created_at=row.created_at,
        expires_at=row.expires_at,
        created_by=row.username,
        request=asked.request,
        result=result,
        commit=commit,
        fairness_policy_id=row.fairness_policy_id,
        choice=asked.choice,
        blotter=asked.blotter,
        adjustment=adjustment(asked.edit, result) if asked.edit else None,
    )


@dataclass(frozen=True, slots=True)
class _AskedAccount:
    """NAV and benchmark of an account in a snapshot."""

    account_id: str
    nav: Decimal | None
    benchmark: Benchmark


@dataclass(frozen=True, slots=True)
class _Asked:
    """The part of a snapshot that says what was asked for, of which accounts, and whence."""

    request: PreviewRequest
    accounts: tuple[_AskedAccount, ...]
    choice: Choice | None = None
    edit: Edit | None = None
    blotter: BlotterPlace | None = None
