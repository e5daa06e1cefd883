"""Splits the lines of a blotter at once, before any is previewed, and keeps how (R17, R17.6).

It is done once for a blotter: whoever goes on with it previews the lines with the faces that are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite

from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.errors import AllocatorError, FieldError, InvalidRequest
from app.services.allocations import snapshot
from app.services.allocations.compared import Problem
from app.services.allocations.errors import SolverError
from app.services.allocations.request import PreviewRequest, TargetMetric
from app.services.allocations.types import PreviewInputs
from app.services.allocations.wishes import LIMITS
from app.services.blotters import store
from app.services.blotters.faults import problem_of
from app.services.blotters.joint_line import JointLine, read_line
from app.services.blotters.joint_problem import joint_problem
from app.services.blotters.joint_record import FailedLine, JointLines, JointRecord, Solution, SolvedLine
from app.services.blotters.types import JointOutcome, JointTry, Policy, rank
from app.services.domain.face import Face, exact_face
from app.services.jobs.progress import Progress
from app.services.kernels.allocation.feasible import MinimumOutOfReach
from app.services.kernels.joint import JointAllocation, JointProblem, Split, split_jointly

Load = Callable[[PreviewRequest, int], PreviewInputs]
"""Returns the inputs of a line, given its request and number."""


@dataclass(slots=True)
class _Read:
    """The lines as they were read, by priority, then number; `metric` is that of all."""

    lines: list[JointLine]
    failed: list[FailedLine]
    metric: TargetMetric = TargetMetric.ACTIVE_SPREAD_DURATION

    def in_order(self) -> list[JointLine]:
        return sorted(self.lines, key=lambda line: (rank(line.priority), line.line))


class JointSplits:
    """Joint splits of blotters, kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def kept(self, blotter_id: str) -> JointLines | None:
        """Return what the lines of a blotter were given; None where they are not split at once yet."""
        with self._database.read() as session:
            record = store.load_joint(session, blotter_id)
        return None if record is None else record.lines()

    def split(self, blotter_id: str, policy: Policy, progress: Progress, load: Load) -> JointLines:
        """Read all lines on one book, split them at once, and keep that before any is previewed.

        Raises
        ------
        VendorUnavailable
            When Aladdin does not answer: nothing is kept.
        """
        count = progress.total or 0
        progress.describe(phase="read")
        read = _Read([], [])
        for place in range(count):
            progress.check()
            self._read(blotter_id, place, load, read, funded=policy.sales_fund_buys)
        progress.describe(phase="joint")
        record = _solved(read, policy)

        def effect(session: Session) -> None:
            store.add_joint(session, blotter_id, record)

        progress.advance(effect, lines=0)
        return record.lines()

    def _read(self, blotter_id: str, place: int, load: Load, read: _Read, *, funded: bool) -> None:
        with self._database.read() as session:
            row = store.line_at(session, blotter_id, place)
        request = snapshot.decode(row.request, PreviewRequest)
        try:
            inputs = load(request, row.line)
            read.lines.append(read_line(inputs, row.line, row.priority, funded=funded))
            read.metric = request.parameters.target_metric
        except Exception as error:  # noqa: BLE001 - what is not of the line is raised again
            read.failed.append(FailedLine(row.line, problem_of(error)))


def _solved(read: _Read, policy: Policy) -> JointRecord:
    """Split the lines; where that cannot be, each has the reason as its problem."""
    lines = read.in_order()
    if not lines:
        return JointRecord.of(None, Solution((), tuple(read.failed)), None)
    try:
        problem = joint_problem(lines, policy)
    except MinimumOutOfReach as error:
        return _refused(read, _out_of_reach(str(error)))
    try:
        answer = split_jointly(problem)
    except MinimumOutOfReach:
        return _refused(read, _out_of_reach("their minimum and fixed amounts do not fit beside each other"))
    except RuntimeError as error:
        return _refused(read, SolverError(str(error)))
    solved = tuple(_solved_line(line, at, problem, answer) for at, line in enumerate(lines))
    solution = Solution(solved, tuple(read.failed))
    return JointRecord.of(problem, solution, _outcome(lines, read.metric, answer))


def _out_of_reach(why: str) -> InvalidRequest:
    message = f"The lines cannot be split at once: {why}. Lower them, or ask for the lines one by one."
    return InvalidRequest.of(FieldError(LIMITS, message))


def _refused(read: _Read, error: AllocatorError) -> JointRecord:
    problem = Problem.of(error)
    failed = (*read.failed, *(FailedLine(line.line, problem) for line in read.lines))
    return JointRecord.of(None, Solution((), failed), None)


def _solved_line(line: JointLine, at: int, problem: JointProblem, answer: JointAllocation) -> SolvedLine:
    ids, row = problem.lines[at].account_ids, answer.split.faces[at].tolist()
    weight = None if line.debts is None else line.debts.shown(line.problem.account_ids)
    faces = {account: _face(amount, line) for account, amount in zip(ids, row, strict=True) if amount}
    return SolvedLine(line.line, line.unit, faces, weight)


def _face(amount: int, line: JointLine) -> Face:
    return exact_face(Decimal(amount) / line.unit)


def _unallocated(lines: Sequence[JointLine], split: Split) -> Face:
    placed = (_face(int(row.sum()), line) for line, row in zip(lines, split.faces, strict=True))
    left = (line.quantity - face for line, face in zip(lines, placed, strict=True))
    return exact_face(sum(left, Decimal(0)))


def _outcome(lines: Sequence[JointLine], metric: TargetMetric, answer: JointAllocation) -> JointOutcome:
    proof = answer.proof
    tries = tuple(
        JointTry(t.solver, t.said, t.iterations, t.gap if isfinite(t.gap) else None, t.accepted)
        for t in proof.attempts
    )
    return JointOutcome(
        status=proof.status,
        metric=metric,
        std_dev_before=answer.pre_std_dev,
        std_dev=answer.split.std_dev,
        sequential_std_dev=answer.sequential.std_dev,
        saved_std_dev=answer.saved_std_dev,
        lower_bound=proof.lower_bound,
        gap=proof.gap,
        unallocated=_unallocated(lines, answer.split),
        sequential_unallocated=_unallocated(lines, answer.sequential),
        solver=next((t.solver for t in tries if t.accepted), None),
        attempts=tries,
    )
