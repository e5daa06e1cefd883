"""Rules over orders, jobs, trading, the vendor's data, the ledger and the trail (R21.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.models import (
    AllocationGroupRow,
    AllocationRow,
    AuditRow,
    FairnessBalanceRow,
    FairnessEntryRow,
    JobRow,
)
from app.services.alerts.types import Finding, NotKnown, RuleName, Severity
from app.services.allocations.store import UNCOMMITTED, AllocationStatus
from app.services.audit.breaks import Break
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.audit.verification import Span
from app.services.jobs.kinds import PERIODIC
from app.services.jobs.states import JobErrorCode, JobState
from app.services.ops.health import DataAge
from app.services.safety.emergency_stop import EmergencyStop
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks
from app.utils.words import counted

CHAIN_DAYS = 2
"""Days of the trail, today's included, that are verified at each look."""

TRAIL = "audit trail"


class TradingStopped:
    """The emergency stop is on: no order leaves (R10.6)."""

    name = RuleName.TRADING_STOPPED

    def __init__(self, stop: EmergencyStop) -> None:
        self._stop = stop

    def findings(self) -> Sequence[Finding]:
        """Return the stop; each is a finding of its own, so that a second one waits for no cooldown."""
        found = self._stop.status()
        if found.words is None:
            return ()
        key = f"TRADING_STOPPED:{found.state}:{found.version}"
        return (Finding(key, "trading", Severity.EMERGENCY, f"{found.words}.", "/system"),)


class OrderUnknown:
    """Aladdin may have an order, or not: its answer was lost (R10.7)."""

    name = RuleName.ORDER_UNKNOWN

    def __init__(self, database: Database) -> None:
        self._database = database

    def findings(self) -> Sequence[Finding]:
        """Return the allocations that are UNKNOWN."""
        query = select(AllocationRow).where(AllocationRow.status == AllocationStatus.UNKNOWN)
        with self._database.read() as session:
            rows = session.scalars(query).all()
            groups = groups_of(session, [row.id for row in rows])
        return [
            Finding(
                f"ORDER_UNKNOWN:{row.id}",
                row.id,
                Severity.CRITICAL,
                f"It is not known whether Aladdin has the order to {row.side} {row.total_allocated:,.0f} of "
                f"{row.security_id}. It is looked up; until it is known, its accounts cannot trade.",
                f"/allocations/{row.id}",
                groups[row.id],
            )
            for row in rows
        ]


class CommitRefused:
    """A commit was refused before anything was sent, and its preview was not committed since."""

    name = RuleName.COMMIT_REFUSED

    def __init__(self, database: Database, clock: Clock, kept: timedelta) -> None:
        """`kept` is how long a refusal stays a finding."""
        self._database = database
        self._clock = clock
        self._kept = kept

    def findings(self) -> Sequence[Finding]:
        """Return the previews whose commit was refused, each once, with who tried last."""
        since = self._clock() - self._kept
        query = (
            select(AllocationRow, AuditRow.username)
            .join(AuditRow, AuditRow.entity_id == AllocationRow.id)
            .where(
                AuditRow.action == Action.COMMIT_REFUSED,
                AuditRow.entity_type == EntityType.ALLOCATION,
                AuditRow.at >= since,
                AllocationRow.status.in_(UNCOMMITTED),
            )
            .order_by(AuditRow.at)
        )
        with self._database.read() as session:
            found = {row.id: (row, username) for row, username in session.execute(query)}
            groups = groups_of(session, list(found))
        return [
            Finding(
                f"COMMIT_REFUSED:{row.id}",
                row.id,
                Severity.WARNING,
                f"The commit of {row.side} {row.total_allocated:,.0f} of {row.security_id} by {username} was "
                "refused; no order was sent. The audit trail says why.",
                f"/allocations/{row.id}",
                groups[row.id],
            )
            for row, username in found.values()
        ]


class JobFailed:
    """A job failed: of a periodic kind while it has not succeeded since, of a user for a while."""

    name = RuleName.JOB_FAILED

    def __init__(self, database: Database, clock: Clock, kept: timedelta) -> None:
        """`kept` is how long a failure stays a finding."""
        self._database = database
        self._clock = clock
        self._kept = kept

    def findings(self) -> Sequence[Finding]:
        """Return the failed jobs; what was refused as it was asked for is the user's to mend."""
        ended = (JobState.FAILED, JobState.TIMED_OUT, JobState.SUCCEEDED)
        query = select(JobRow).where(JobRow.state.in_(ended), JobRow.ended_at >= self._clock() - self._kept)
        with self._database.read() as session:
            rows = session.scalars(query.order_by(JobRow.created_at)).all()
        last: dict[str, JobRow] = {}
        for row in rows:
            last[row.kind if row.kind.startswith(PERIODIC) else row.id] = row
        return [
            _failed_job(key, row)
            for key, row in last.items()
            if row.state != JobState.SUCCEEDED and row.error_code != JobErrorCode.JOB_REFUSED
        ]


def _failed_job(key: str, row: JobRow) -> Finding:
    is_periodic = row.kind.startswith(PERIODIC)
    return Finding(
        f"JOB_FAILED:{key}",
        row.id,
        Severity.WARNING,
        f"The job {row.kind} of {row.username} failed: {row.error_reason or 'no reason is known.'}",
        "/jobs",
        user_id=None if is_periodic else row.user_id,
    )


class VendorStale:
    """Aladdin's positions are older than a business day (R9.5)."""

    name = RuleName.VENDOR_STALE

    def __init__(self, data_age: Callable[[], DataAge]) -> None:
        self._data_age = data_age

    def findings(self) -> Sequence[Finding] | None:
        """Return that the data is stale; None where Aladdin does not say of which day it is."""
        found = self._data_age()
        if found.stale is None:
            return None
        if not found.stale:
            return ()
        age = counted(found.reference_age_business_days or 0, "business day")
        text = f"Aladdin's positions are of {found.reference_date}, {age} ago. Previews warn of it."
        return (Finding("VENDOR_STALE", "aladdin", Severity.WARNING, text, "/system"),)


class ChainBroken:
    """The audit trail, of the last days or as a whole, does not verify."""

    name = RuleName.CHAIN_BROKEN

    def __init__(self, audit: AuditService, clock: Clock, *, is_whole: bool = False) -> None:
        self._audit = audit
        self._clock = clock
        self._is_whole = is_whole

    def findings(self) -> Sequence[Finding | NotKnown]:
        """Return that there are breaks, and how many; the last days alone do not say that there are none."""
        first = None if self._is_whole else self._clock().date() - timedelta(days=CHAIN_DAYS - 1)
        found = self._audit.verify(Span(date_from=first))
        if found.whole:
            return () if self._is_whole else (NotKnown(TRAIL),)
        since = "" if first is None else f" since {first}"
        text = (
            f"The audit trail{since} has {counted(found.break_count, 'break')}: records or rows are "
            "not as they were written. Verify it on the page of the audit trail, and keep the database as it "
            "is."
        )
        parts = frozenset(_place(each) for each in found.breaks)
        return (Finding("CHAIN_BROKEN", TRAIL, Severity.EMERGENCY, text, "/audit", parts=parts),)


def _place(found: Break) -> str:
    """Return a short name of a break that each look gives: of a row without its last record, which moves."""
    record = (found.day, found.sequence) if found.table is None else ()
    key = sorted((found.key or {}).items())
    return sha256(repr((found.damage, record, found.table, key, found.column)).encode()).hexdigest()[:8]


class LedgerAboveBound:
    """An account is owed, or has received too much, by more face than the desk's bound (R15)."""

    name = RuleName.LEDGER_ABOVE_BOUND

    def __init__(self, database: Database, bound: int | None) -> None:
        """`bound` is the largest face that is in order; None is any."""
        self._database = database
        self._bound = bound

    def findings(self) -> Sequence[Finding]:
        """Return the ledgers with such an account, each once, with its largest balance."""
        if self._bound is None:
            return ()
        worst: dict[tuple[str, str], FairnessBalanceRow] = {}
        with self._database.read() as session:
            for row in session.scalars(select(FairnessBalanceRow)):
                key = (row.scope_id, row.side)
                if abs(row.balance) > max(self._bound, abs(worst[key].balance) if key in worst else 0):
                    worst[key] = row
            groups = {scope: _groups_of_scope(session, scope) for scope, _ in worst}
        return [_above(row, groups[scope], self._bound) for (scope, _), row in worst.items()]


def _above(row: FairnessBalanceRow, groups: frozenset[str], bound: int) -> Finding:
    is_owed = row.balance > Decimal(0)
    words = "is owed" if is_owed else "has received too much by"
    text = (
        f"In the fairness ledger of {row.side} orders, account {row.account_id} {words} "
        f"{abs(row.balance):,.0f} of face; the desk's bound is {bound:,}."
    )
    key = f"LEDGER_ABOVE_BOUND:{row.side}:{row.scope_id}"
    return Finding(key, row.account_id, Severity.WARNING, text, "/fairness", groups)


def _groups_of_scope(session: Session, scope_id: str) -> frozenset[str]:
    """Return the portfolio groups of a ledger: those of any order in it."""
    entry = select(FairnessEntryRow.allocation_id).where(FairnessEntryRow.scope_id == scope_id).limit(1)
    allocation_id = session.scalar(entry)
    return frozenset() if allocation_id is None else groups_of(session, [allocation_id])[allocation_id]


def groups_of(session: Session, allocation_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return the portfolio groups that allocations were asked for, by allocation."""
    found: dict[str, set[str]] = {allocation_id: set() for allocation_id in allocation_ids}
    for some in chunks(allocation_ids, MAX_IDS_PER_QUERY):
        query = select(AllocationGroupRow).where(AllocationGroupRow.allocation_id.in_(some))
        for row in session.scalars(query):
            found[row.allocation_id].add(row.group_id)
    return {allocation_id: frozenset(groups) for allocation_id, groups in found.items()}
