"""A joint split as it is stored: what was solved, what came out, and what users see of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from app.services.allocations import snapshot
from app.services.allocations.compared import Problem
from app.services.allocations.origins import JointShare
from app.services.blotters.types import JointOutcome
from app.services.domain.face import Face
from app.services.domain.side import Side
from app.services.kernels.allocation.problem import AllocationProblem, FloatArray, IntArray, Weighting
from app.services.kernels.joint import JointProblem, Ledger, Limit

# --- the problem --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredLine:
    """One line's own part of a problem; the accounts are common."""

    side: Side
    face: int
    slope: tuple[float | None, ...]
    cap: tuple[int, ...]
    piece: int
    increment: int
    whole: tuple[int, ...]
    low: tuple[int, ...]
    part: tuple[int, ...]
    coarse: int


@dataclass(frozen=True, slots=True)
class StoredLimit:
    """A limit; its numbers may be longer than JSON's readers take, so they are texts."""

    name: str
    use: tuple[str, ...]
    room: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class StoredProblem:
    """A `JointProblem` as JSON; what is unknown is null."""

    account_ids: tuple[str, ...]
    nav: tuple[float | None, ...]
    metric: tuple[float | None, ...]
    weighting: Weighting
    lines: tuple[StoredLine, ...]
    limits: tuple[StoredLimit, ...]
    value: tuple[str, ...]
    priority: tuple[int, ...]
    owed: tuple[tuple[float, ...], ...] | None
    weight: tuple[tuple[float, ...], ...] | None

    @classmethod
    def of(cls, problem: JointProblem) -> StoredProblem:
        """Return what is stored of a problem."""
        ledger = problem.ledger
        return cls(
            account_ids=problem.lines[0].account_ids,
            nav=_known(problem.nav),
            metric=_known(problem.metric),
            weighting=problem.weighting,
            lines=tuple(_stored_line(line) for line in problem.lines),
            limits=tuple(_stored_limit(limit) for limit in problem.limits),
            value=tuple(map(str, problem.value)),
            priority=problem.priority,
            owed=None if ledger is None else tuple(map(tuple, ledger.owed.tolist())),
            weight=None if ledger is None else tuple(map(tuple, ledger.weight.tolist())),
        )

    def problem(self) -> JointProblem:
        """Return the problem again."""
        ledger = None
        if self.owed is not None and self.weight is not None:
            ledger = Ledger(np.array(self.owed, dtype=np.float64), np.array(self.weight, dtype=np.float64))
        return JointProblem(
            lines=tuple(self._line(line) for line in self.lines),
            limits=tuple(_limit(limit) for limit in self.limits),
            value=tuple(map(int, self.value)),
            priority=self.priority,
            weighting=self.weighting,
            ledger=ledger,
        )

    def _line(self, line: StoredLine) -> AllocationProblem:
        return AllocationProblem(
            account_ids=self.account_ids,
            side=line.side,
            face=line.face,
            nav=_floats(self.nav),
            metric=_floats(self.metric),
            slope=_floats(line.slope),
            cap=_ints(line.cap),
            piece=line.piece,
            increment=line.increment,
            whole=_ints(line.whole),
            low=_ints(line.low),
            part=_ints(line.part),
            coarse=line.coarse,
        )


def _stored_line(line: AllocationProblem) -> StoredLine:
    arrays = {name: tuple(getattr(line, name).tolist()) for name in ("cap", "whole", "low", "part")}
    return StoredLine(
        side=line.side,
        face=line.face,
        slope=_known(line.slope),
        piece=line.piece,
        increment=line.increment,
        coarse=line.coarse,
        **arrays,
    )


def _stored_limit(limit: Limit) -> StoredLimit:
    room = tuple(None if each is None else str(each) for each in limit.room)
    return StoredLimit(limit.name, tuple(map(str, limit.use)), room)


def _limit(limit: StoredLimit) -> Limit:
    room = tuple(None if each is None else int(each) for each in limit.room)
    return Limit(limit.name, tuple(map(int, limit.use)), room)


def _known(values: FloatArray) -> tuple[float | None, ...]:
    return tuple(None if math.isnan(value) else value for value in values.tolist())


def _floats(values: tuple[float | None, ...]) -> FloatArray:
    return np.array([math.nan if value is None else value for value in values])


def _ints(values: tuple[int, ...]) -> IntArray:
    return np.array(values, dtype=np.int64)


# --- the solution -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SolvedLine:
    """What a line gets: face by account id, those without any left out; the problem counts face x `unit`."""

    line: int
    unit: int
    faces: dict[str, Face]
    fairness_weight: float | dict[str, float] | None


@dataclass(frozen=True, slots=True)
class FailedLine:
    """A line that has no part in the split, and why."""

    line: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class Solution:
    """Every line of a blotter, split or not; those that are split in the order of the problem's lines."""

    solved: tuple[SolvedLine, ...]
    failed: tuple[FailedLine, ...]


@dataclass(frozen=True, slots=True)
class JointRecord:
    """The documents of a joint split; where no line could be split the first and last are None.

    `sha256` is of the three as they were written.
    """

    problem: str | None
    solution: str
    outcome: str | None
    sha256: str

    @classmethod
    def of(
        cls, problem: JointProblem | None, solution: Solution, outcome: JointOutcome | None
    ) -> JointRecord:
        """Write a joint split down."""
        found = cls(
            None if problem is None else snapshot.encode(StoredProblem.of(problem)),
            snapshot.encode(solution),
            None if outcome is None else snapshot.encode(outcome),
            "",
        )
        return replace(found, sha256=found.digest())

    def digest(self) -> str:
        """Return the SHA-256 of the three as they are."""
        return snapshot.digest("\n".join((self.problem or "", self.solution, self.outcome or "")))

    def lines(self) -> JointLines:
        """Return what each line gets, or why it gets nothing."""
        solution = snapshot.decode(self.solution, Solution)
        return JointLines(
            {s.line: JointShare(self.sha256, s.faces, s.fairness_weight) for s in solution.solved},
            {failed.line: failed.problem for failed in solution.failed},
        )


@dataclass(frozen=True, slots=True)
class JointLines:
    """What the previews of a blotter's lines are given, by number: their share, or why they have none."""

    shares: dict[int, JointShare]
    problems: dict[int, Problem]
