"""The problem of a joint split: the lines over the union of their accounts, and what they share (R17.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import TypeVar

import numpy as np

from app.services.blotters.joint_line import JointLine, Rooms
from app.services.blotters.types import Policy, rank
from app.services.kernels.allocation.feasible import MinimumOutOfReach
from app.services.kernels.allocation.problem import AllocationProblem, FloatArray, IntArray
from app.services.kernels.joint import JointProblem, Ledger, Limit

Numbers = TypeVar("Numbers", IntArray, FloatArray)


def joint_problem(lines: Sequence[JointLine], policy: Policy) -> JointProblem:
    """Put lines, in the order in which they would come one after another, into one problem.

    Raises
    ------
    MinimumOutOfReach
        When minima do not fit beside the other lines; the message says which.
    """
    union = _Union.of(lines)
    problems = [union.widened(line) for line in _within_issue(_within_position(lines))]
    (value,) = _whole([line.cost / line.unit for line in lines])
    found = JointProblem(
        lines=tuple(problems),
        limits=tuple(_limits(lines, policy, union.account_ids)),
        value=tuple(value),
        priority=tuple(rank(line.priority) for line in lines),
        weighting=lines[0].weighting,
        ledger=union.ledger(lines),
    )
    _check_minima(lines, found)
    return found


# --- accounts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Union:
    """The accounts of all lines; of one that is in several, NAV and metric are those of the first line."""

    account_ids: tuple[str, ...]
    place: Mapping[str, int]
    nav: FloatArray
    metric: FloatArray

    @classmethod
    def of(cls, lines: Sequence[JointLine]) -> _Union:
        nav: dict[str, float] = {}
        metric: dict[str, float] = {}
        for line in reversed(lines):
            problem = line.problem
            nav.update(zip(problem.account_ids, problem.nav.tolist(), strict=True))
            metric.update(zip(problem.account_ids, problem.metric.tolist(), strict=True))
        ids = tuple(sorted(nav))
        place = {account: at for at, account in enumerate(ids)}
        return cls(ids, place, np.array([nav[a] for a in ids]), np.array([metric[a] for a in ids]))

    def widened(self, line: JointLine) -> AllocationProblem:
        """Return a line's problem over all accounts: those outside its groups can take nothing of it."""
        problem = line.problem
        amounts = {
            name: self._spread(problem, getattr(problem, name), 0) for name in ("cap", "whole", "low", "part")
        }
        return replace(
            problem,
            account_ids=self.account_ids,
            nav=self.nav,
            metric=self.metric,
            slope=self._spread(problem, problem.slope, np.nan),
            **amounts,
        )

    def ledger(self, lines: Sequence[JointLine]) -> Ledger | None:
        """Return the debts of all lines, None where none counts."""
        if all(line.debts is None for line in lines):
            return None
        shape = (len(lines), len(self.account_ids))
        owed, weight = np.zeros(shape), np.zeros(shape)
        for at, line in enumerate(lines):
            if line.debts is not None:
                weights = np.broadcast_to(line.debts.weight, line.debts.owed.shape)
                owed[at] = self._spread(line.problem, line.debts.owed, 0.0)
                weight[at] = self._spread(line.problem, weights, 0.0)
        return Ledger(owed, weight)

    def _spread(self, problem: AllocationProblem, values: Numbers, missing: float) -> Numbers:
        found: Numbers = np.full(len(self.account_ids), missing, dtype=values.dtype)
        found[[self.place[account] for account in problem.account_ids]] = values
        return found


# --- what is reduced beforehand -----------------------------------------------------------------------------


def _within_position(lines: Iterable[JointLine]) -> Iterator[JointLine]:
    """Yield the lines; several sales of one bond take no position whole, and leave a tradable rest."""
    lines = list(lines)
    for line in lines:
        if not line.is_sale or len(_of_security(lines, line)) == 1:
            yield line
            continue
        problem = line.problem
        room = np.array([int(line.position.get(a, 0) * line.unit) for a in problem.account_ids])
        cap = np.minimum(problem.cap, room)
        if np.any(problem.low > cap):
            raise MinimumOutOfReach(f"line {line.line} has a minimum beside another sale of the bond")
        yield replace(line, problem=replace(problem, cap=cap, part=cap, whole=np.zeros_like(problem.whole)))


def _within_issue(lines: Iterable[JointLine]) -> Iterator[JointLine]:
    """Yield the lines; what all may hold of an issue goes to its purchases one after another (R5.5)."""
    bought: dict[str, Fraction] = {}
    for line in lines:
        if line.issue is None:
            yield line
            continue
        before = bought.get(line.security_id, Fraction(0))
        face = min(line.problem.face, max(int((line.issue - before) * line.unit), 0))
        bought[line.security_id] = before + Fraction(face, line.unit)
        yield replace(line, problem=replace(line.problem, face=face))


def _of_security(lines: Iterable[JointLine], one: JointLine) -> list[JointLine]:
    return [line for line in lines if line.security_id == one.security_id and line.side is one.side]


# --- limits -------------------------------------------------------------------------------------------------


def _limits(lines: Sequence[JointLine], policy: Policy, account_ids: Sequence[str]) -> Iterator[Limit]:
    yield from _cash(lines, policy, account_ids)
    for issuer in _shared(line.issuer_id for line in lines if line.issuer):
        of = [bool(line.issuer) and line.issuer_id == issuer for line in lines]
        yield _value(f"room for the issuer {issuer}", lines, of, "issuer", account_ids)
    for bond in _shared(line.security_id for line in lines if line.security):
        of = [bool(line.security) and line.security_id == bond for line in lines]
        yield _value(f"room for the bond {bond}", lines, of, "security", account_ids)
    for bond in _shared(line.security_id for line in lines if line.is_sale):
        of = [line.is_sale and line.security_id == bond for line in lines]
        use = [Fraction(1, line.unit) if uses else Fraction(0) for line, uses in zip(lines, of, strict=True)]
        rooms = [line.position for line, uses in zip(lines, of, strict=True) if uses]
        yield _limit(f"position in {bond}", use, _least(rooms, account_ids), Fraction(0))


def _cash(lines: Sequence[JointLine], policy: Policy, account_ids: Sequence[str]) -> Iterator[Limit]:
    """Yield what is paid until each day on which a purchase settles, less what sales bring (R18.2)."""
    for day in sorted({line.settlement for line in lines if line.cash}):
        use, rounding = [], Fraction(0)
        for line in lines:
            counts = line.settlement <= day and (policy.sales_fund_buys if line.is_sale else bool(line.cash))
            use.append((-line.cost if line.is_sale else line.cost) / line.unit if counts else Fraction(0))
            rounding += line.rounding if counts else 0
        rooms = [line.cash for line in lines if line.cash and line.settlement <= day]
        yield _limit(f"cash until {day}", use, _least(rooms, account_ids), rounding)


def _value(
    name: str, lines: Sequence[JointLine], of: Sequence[bool], part: str, account_ids: Sequence[str]
) -> Limit:
    """Return the limit of market value that the lines `of` share. Sales make no room: they may fail."""
    uses = [line.worth / line.unit if uses else Fraction(0) for line, uses in zip(lines, of, strict=True)]
    concerned = [line for line, uses in zip(lines, of, strict=True) if uses]
    rounding = sum((line.rounding for line in concerned), Fraction(0))
    return _limit(name, uses, _least([getattr(line, part) for line in concerned], account_ids), rounding)


def _shared(names: Iterable[str | None]) -> list[str]:
    """Return the names that stand there several times, sorted."""
    known = [name for name in names if name is not None]
    return sorted({name for name in known if known.count(name) > 1})


def _least(rooms: Sequence[Rooms], account_ids: Sequence[str]) -> list[Fraction | None]:
    """Return the least room that any line has, by account; None where an account is in none of them."""
    found: list[Fraction | None] = []
    for account in account_ids:
        known = [Fraction(room[account]) for room in rooms if account in room]
        found.append(min(known, default=None))
    return found


def _limit(name: str, use: Sequence[Fraction], room: Sequence[Fraction | None], rounding: Fraction) -> Limit:
    """Return a limit in whole numbers; `rounding` is kept of a room, of one that is less all."""
    known = [each if each < 0 else max(each - rounding, Fraction(0)) for each in room if each is not None]
    uses, rooms = _whole(use, known)
    following = iter(rooms)
    return Limit(name, tuple(uses), tuple(None if each is None else next(following) for each in room))


def _whole(*groups: Sequence[Fraction]) -> list[list[int]]:
    """Return numbers in the largest unit in which all of them are whole."""
    scale = lcm(*(number.denominator for group in groups for number in group))
    return [[int(number * scale) for number in group] for group in groups]


def _check_minima(lines: Sequence[JointLine], problem: JointProblem) -> None:
    """Check that minima fit beside each other; name account, lines and what is short where not."""
    for limit in problem.limits:
        for at, room in enumerate(limit.room):
            needs = [use * int(p.low[at]) for use, p in zip(limit.use, problem.lines, strict=True)]
            frees = [use * int(p.cap[at]) for use, p in zip(limit.use, problem.lines, strict=True) if use < 0]
            used = [need for need in needs if need > 0]
            if room is not None and used and sum(used) + sum(frees) > room:
                of = [str(line.line) for line, need in zip(lines, needs, strict=True) if need > 0]
                account = problem.lines[0].account_ids[at]
                raise MinimumOutOfReach(
                    f"the minimum or fixed amounts of {account} in the lines {' and '.join(of)} need more "
                    f"than its {limit.name}"
                )
