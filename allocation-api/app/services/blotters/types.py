"""Value objects of a blotter: what is asked, what its jobs are given, and what is shown."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.core.errors import FieldError
from app.services.accounts.visibility import unknown_group
from app.services.allocations.compared import Problem
from app.services.allocations.request import PreviewRequest, TargetMetric
from app.services.domain.caller import Caller
from app.services.domain.face import Face
from app.services.domain.side import Side
from app.services.jobs.kinds import JobKind
from app.services.kernels.allocation.problem import ProofStatus
from app.services.kernels.allocation.registry import Method
from app.services.kernels.joint.problem import SolverName

MAX_LINES = 10_000
"""Lines of one blotter."""

MAX_JOINT_LINES = 200
"""Lines that are split at once: more take too long, and too much memory."""

MAX_PRIORITY = 1_000_000

ORDER_REFUSED = "ORDER_REFUSED"
"""Code of a line whose order Aladdin has refused."""

# --- asked --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Policy:
    """What lines may count on: with `sales_fund_buys` on proceeds of earlier sales, from their settlement.

    `joint`: all lines are split at once (R17).
    """

    sales_fund_buys: bool = False
    joint: bool = False


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One line: a preview request, and its priority; a smaller one comes first, None after all of them."""

    request: PreviewRequest
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class BlotterRequest:
    """The lines of a blotter, in the order as written; `rows` are theirs in the file that they came in."""

    lines: tuple[AskedLine, ...]
    policy: Policy = field(default_factory=Policy)
    rows: tuple[int, ...] = ()

    def unknown_groups(self, known: Container[str]) -> Iterator[FieldError]:
        """Yield an error for each group of a line that is not known, where it was written."""
        for place, line in enumerate(self.lines):
            for i, group in enumerate(line.request.portfolio_groups):
                if group not in known:
                    found = unknown_group(i, group)
                    row = f"file.{self.rows[place]}.portfolio_groups" if self.rows else None
                    yield FieldError(row or f"lines.{place}.{found.field}", found.message)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that any line names, sorted."""
        return tuple(sorted({group for line in self.lines for group in line.request.portfolio_groups}))

    def in_order(self) -> tuple[tuple[int, AskedLine], ...]:
        """Return the lines with their numbers from 1, in the order in which they see each other.

        Of those that are split at once sales come first: purchases may need what they bring.
        """
        numbered = sorted(enumerate(self.lines, start=1), key=lambda found: rank(found[1].priority))
        if self.policy.joint:
            numbered.sort(key=lambda found: found[1].request.order.side is Side.BUY)
        return tuple(numbered)


def rank(priority: int | None) -> int:
    """Return the place of a priority: a smaller one comes first, none after all of them."""
    return MAX_PRIORITY + 1 if priority is None else priority


@dataclass(frozen=True, slots=True)
class SeenWarnings:
    """Ids of the warnings of one line that a user has seen."""

    line: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommitOrder:
    """Request to commit lines of a blotter: by whom and with which words.

    `lines` are their numbers; None are those that are open when it is asked for, and all of older orders.
    """

    caller: Caller
    comment: str
    override_warnings: bool
    acknowledged: tuple[SeenWarnings, ...] = ()
    lines: tuple[int, ...] | None = None

    def covers(self, line: int) -> bool:
        """Return whether a line is one of those that are to be committed."""
        return self.lines is None or line in self.lines

    def seen(self, line: int) -> tuple[str, ...]:
        """Return the warnings of a line that were seen."""
        return next((found.warnings for found in self.acknowledged if found.line == line), ())


# --- jobs ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BlotterWork:
    """What a job is asked for: this blotter."""

    blotter_id: str


PREVIEW = JobKind("blotters.preview", BlotterWork, timeout_seconds=4 * 3_600)
COMMIT = JobKind("blotters.commit", BlotterWork, timeout_seconds=4 * 3_600, urgent=True)

# --- shown --------------------------------------------------------------------------------------------------


class BlotterStatus(StrEnum):
    """State of a blotter.

    PENDING, RUNNING: its lines are being previewed. READY: they are, and those with a preview can be
    committed. COMMITTING: they are being committed. COMMITTED: Aladdin has the order of every line.
    PARTIAL: of some lines, or some wait. FAILED: no line got as far.
    """

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    READY = "READY"
    COMMITTING = "COMMITTING"
    COMMITTED = "COMMITTED"
    PARTIAL = "PARTIAL"
    FAILED = "FAILED"


class LineStatus(StrEnum):
    """State of a line: PENDING before it is previewed, FAILED without a preview, then its allocation's."""

    PENDING = "PENDING"
    PREVIEWED = "PREVIEWED"
    PENDING_APPROVAL = "PENDING_APPROVAL"
    COMMITTING = "COMMITTING"
    SUBMITTED = "SUBMITTED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"


SENT = frozenset({LineStatus.SUBMITTED, LineStatus.CANCELLED})
"""Statuses of lines whose order Aladdin has, or had."""

UNDER_WAY = frozenset({LineStatus.PENDING_APPROVAL, LineStatus.COMMITTING, LineStatus.UNKNOWN})
"""Statuses of lines whose order Aladdin may get, or have."""


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with a line; `field` is None where it is the line as a whole."""

    code: str
    field: str | None
    message: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line: what it asks for, and what became of it; quantities are face.

    `total_allocated` and `warnings` (their number) are None without a preview.
    """

    line: int
    priority: int | None
    security_id: str
    side: Side
    method: Method
    portfolio_groups: tuple[str, ...]
    quantity: Face | None
    status: LineStatus
    allocation_id: str | None
    order_id: str | None
    total_allocated: Face | None
    warnings: int | None
    problem: Problem | None

    @property
    def errors(self) -> tuple[LineError, ...]:
        """What is wrong, field by field where fields are."""
        if self.problem is None:
            return ()
        code, fields = self.problem.code, self.problem.errors
        found = tuple(LineError(code, error.field, error.message) for error in fields)
        return found or (LineError(code, None, self.problem.detail),)


@dataclass(frozen=True, slots=True)
class LineCount:
    """How many lines have one status."""

    status: LineStatus
    count: int


@dataclass(frozen=True, slots=True)
class BlotterSummary:
    """One blotter without its lines."""

    blotter_id: str
    status: BlotterStatus
    created_at: datetime
    created_by: str
    line_count: int
    lines_by_status: Mapping[LineStatus, int]
    policy: Policy
    preview_job_id: str
    commit_job_id: str | None

    @property
    def counts(self) -> tuple[LineCount, ...]:
        """The states that lines have, with how many."""
        by = self.lines_by_status
        return tuple(LineCount(status, by[status]) for status in LineStatus if by.get(status))


@dataclass(frozen=True, slots=True)
class JointTry:
    """One solver's try at a joint split; `gap` is None where it gave no answer."""

    solver: SolverName
    said: str
    iterations: int
    gap: float | None
    accepted: bool


@dataclass(frozen=True, slots=True)
class JointOutcome:
    """What a joint split came to, beside the same lines one after another (R17.5).

    Standard deviations are of `metric`, in its unit, over the accounts of all lines; `lower_bound` and `gap`
    are those of R17.4. `unallocated` is the face that stays of all lines together.
    """

    status: ProofStatus
    metric: TargetMetric
    std_dev_before: float
    std_dev: float
    sequential_std_dev: float
    saved_std_dev: float
    lower_bound: float
    gap: float
    unallocated: Face
    sequential_unallocated: Face
    solver: SolverName | None
    attempts: tuple[JointTry, ...]


@dataclass(frozen=True, slots=True)
class Blotter(BlotterSummary):
    """One blotter with a page of its lines, by number; `next_cursor` is None on the last one.

    `joint` is None where the lines are not split at once, or not yet.
    """

    lines: tuple[ShownLine, ...]
    next_cursor: str | None
    joint: JointOutcome | None


@dataclass(frozen=True, slots=True)
class Submitted:
    """A blotter, the job that works on it, and its lines; None where it was only checked."""

    blotter_id: str | None
    job_id: str | None
    line_count: int
