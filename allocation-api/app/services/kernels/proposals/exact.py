"""Trades in whole numbers and fractions: what they come to, and which limits they break."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from app.services.kernels.proposals.problem import Account, Faces, Goal, Measured, Problem, ProposalMode


@dataclass(frozen=True, slots=True)
class Span:
    """Face an option may take: `first`, `first` + `step`, ... `last` (none where `last` is 0), or `whole`."""

    first: int
    step: int
    last: int
    whole: int

    def holds(self, face: int) -> bool:
        """Say whether a face above zero is one of these."""
        on_grid = self.first <= face <= self.last and face % self.step == 0
        return on_grid or (face == self.whole and face > 0)


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a goal shall be: between `low` and `high`."""

    low: Fraction
    high: Fraction

    def beyond(self, value: Fraction) -> Fraction:
        """Return how far a value is outside."""
        return max(self.low - value, value - self.high, Fraction(0))


class Exact:
    """The arithmetic of a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.price = [Fraction(bond.price) for bond in problem.bonds]
        self.cost = [Fraction(bond.cost) for bond in problem.bonds]
        self._first = [self._first_of(b) for b in range(len(problem.bonds))]
        self.spans = [self._spans(account) for account in problem.accounts]
        self.zones = [self._zones(account, at) for at, account in enumerate(problem.accounts)]

    def effect(self, goal: Goal, option: int) -> Fraction:
        """Return what a unit of face moves a goal by."""
        bonds = len(self.problem.bonds)
        bond, sign = option % bonds, 1 if option < bonds else -1
        moved = sign * self.price[bond] * Fraction(self.problem.bonds[bond].exposure.get(goal.key, 0))
        return moved + self.cash_effect(option) if goal.of_cash else moved

    def cash_effect(self, option: int) -> Fraction:
        """Return what a unit of face adds to cash."""
        bonds = len(self.problem.bonds)
        bond, sign = option % bonds, 1 if option < bonds else -1
        return -sign * self.price[bond] - self.cost[bond]

    def measure(self, at: int, faces: Faces) -> Measured:
        """Return what trades of an account come to."""
        account, bonds = self.problem.accounts[at], len(self.problem.bonds)
        raised = Fraction(account.to_raise)
        cash = Fraction(account.cash) + sum(self.cash_effect(j) * face for j, face in faces.items())
        values = tuple(
            Fraction(goal.value) + sum(self.effect(goal, j) * face for j, face in faces.items())
            for goal in account.goals
        )
        missing = raised + Fraction(account.floor) - cash if raised else Fraction(0)
        excess = Fraction(0)
        for goal, value in zip(account.goals, values, strict=True):
            excess += Zone(Fraction(goal.low), Fraction(goal.high)).beyond(value) / Fraction(goal.unit)
        distance = Fraction(0)
        for goal, zone, value in zip(account.goals, self.zones[at], values, strict=True):
            distance += zone.beyond(value) / Fraction(goal.unit)
        return Measured(
            shortfall=max(missing, Fraction(0)),
            excess=excess,
            distance=distance if self.problem.mode is ProposalMode.FULL else Fraction(0),
            turnover=sum((self.price[j % bonds] * face for j, face in faces.items()), Fraction(0)) / 2,
            cost=sum((self.cost[j % bonds] * face for j, face in faces.items()), Fraction(0)),
            cash=cash - raised,
            values=values,
        )

    def broken(self, at: int, faces: Faces) -> list[str]:
        """Return the limits that trades of an account break."""
        account, bonds = self.problem.accounts[at], len(self.problem.bonds)
        measured = self.measure(at, faces)
        found = [f"lot of {j}" for j, face in faces.items() if not self.spans[at][j].holds(face)]
        found += [f"both sides of {j}" for j in faces if j < bonds and j + bonds in faces]
        cash = measured.cash + Fraction(account.to_raise)
        if cash < min(Fraction(account.floor), Fraction(account.cash)):
            found.append("cash")
        if account.max_turnover is not None and measured.turnover > Fraction(account.max_turnover):
            found.append("turnover")
        if account.max_cost is not None and measured.cost > Fraction(account.max_cost):
            found.append("cost")
        for room in account.rooms:
            if sum(self.price[b] * faces.get(b, 0) for b in room.bonds) > max(Fraction(room.money), 0):
                found.append(f"room {room.name}")
        return found

    def _first_of(self, bond: int) -> int:
        """Return the smallest face of a trade on the grid."""
        stated = self.problem.bonds[bond]
        least = max(Fraction(stated.piece), Fraction(self.problem.minimum) / self.price[bond])
        return -(-least // stated.increment) * stated.increment

    def _spans(self, account: Account) -> list[Span]:
        mode = self.problem.mode
        buys = mode is not ProposalMode.CASH_RAISE
        sells = mode is not ProposalMode.BUY_ONLY
        spans = [self._span(b, account.buy[b] * buys, 0) for b in range(len(self.problem.bonds))]
        return spans + [
            self._span(b, account.sell[b] * sells, account.whole[b] * sells)
            for b in range(len(self.problem.bonds))
        ]

    def _span(self, bond: int, most: int, whole: int) -> Span:
        first, step = self._first[bond], self.problem.bonds[bond].increment
        last = most // step * step
        if whole * self.price[bond] < Fraction(self.problem.minimum) or first <= whole <= last and not whole % step:
            whole = 0
        return Span(first, step, last if last >= first else 0, whole)

    def _zones(self, account: Account, at: int) -> list[Zone]:
        """Return what counts as at the target: within the tolerance, or half of the smallest trade (R20.3)."""
        widths = [max(Fraction(goal.tolerance), self._smallest(goal, at) / 2) for goal in account.goals]
        others = sum((w for w, goal in zip(widths, account.goals, strict=True) if not goal.of_cash), Fraction(0))
        zones = []
        for goal, width in zip(account.goals, widths, strict=True):
            target, wide = Fraction(goal.target), max(width, others) if goal.of_cash else width
            zones.append(Zone(max(target - wide, Fraction(goal.low)), min(target + wide, Fraction(goal.high))))
        return zones

    def _smallest(self, goal: Goal, at: int) -> Fraction:
        if self.problem.mode is not ProposalMode.FULL:
            return Fraction(0)
        sizes = [
            abs(self.effect(goal, j)) * (span.first if span.last else span.whole)
            for j, span in enumerate(self.spans[at])
            if span.last or span.whole
        ]
        return min((size for size in sizes if size), default=Fraction(0))
