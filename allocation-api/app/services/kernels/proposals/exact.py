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
        if value < self.low:
            return self.low - value
        return value - self.high if value > self.high else Fraction(0)


class Exact:
    """The arithmetic of a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.price = [Fraction(bond.price) for bond in problem.bonds]
        self.cost = [Fraction(bond.cost) for bond in problem.bonds]
        self._minimum = Fraction(problem.minimum)
        self._by_goal: dict[tuple[str, bool], list[Fraction]] = {}
        self._cash = [self._of_cash(option) for option in range(2 * len(problem.bonds))]
        self._first = [self._first_of(b) for b in range(len(problem.bonds))]
        self.spans = [self._spans(account) for account in problem.accounts]
        self._bands = [
            [(Zone(Fraction(g.low), Fraction(g.high)), Fraction(g.unit)) for g in account.goals]
            for account in problem.accounts
        ]
        self.zones = [self._zones(account, at) for at, account in enumerate(problem.accounts)]

    def effects(self, goal: Goal) -> list[Fraction]:
        """Return what a unit of face of each option moves a goal by."""
        key = goal.key, goal.of_cash
        if key not in self._by_goal:
            counts = [Fraction(bond.exposure.get(goal.key, 0)) for bond in self.problem.bonds]
            moved = [count * price for count, price in zip(counts, self.price, strict=True)]
            both = [*moved, *(-each for each in moved)]
            if goal.of_cash:
                both = [each + cash for each, cash in zip(both, self._cash, strict=True)]
            self._by_goal[key] = both
        return self._by_goal[key]

    def _of_cash(self, option: int) -> Fraction:
        bond, is_sale = option % len(self.price), option >= len(self.price)
        return (self.price[bond] if is_sale else -self.price[bond]) - self.cost[bond]

    def measure(self, at: int, faces: Faces) -> Measured:
        """Return what trades of an account come to."""
        account, bonds = self.problem.accounts[at], len(self.problem.bonds)
        raised = Fraction(account.to_raise)
        cash = Fraction(account.cash) + sum(self._cash[j] * face for j, face in faces.items())
        values = tuple(
            Fraction(goal.value) + sum(self.effects(goal)[j] * face for j, face in faces.items())
            for goal in account.goals
        )
        missing = raised + Fraction(account.floor) - cash if raised else Fraction(0)
        excess, distance = Fraction(0), Fraction(0)
        is_full = self.problem.mode is ProposalMode.FULL
        for (band, unit), zone, value in zip(self._bands[at], self.zones[at], values, strict=True):
            excess += band.beyond(value) / unit
            distance += zone.beyond(value) / unit if is_full else 0
        return Measured(
            shortfall=max(missing, Fraction(0)),
            excess=excess,
            distance=distance,
            turnover=sum((self.price[j % bonds] * face for j, face in faces.items()), Fraction(0)) / 2,
            cost=sum((self.cost[j % bonds] * face for j, face in faces.items()), Fraction(0)),
            cash=cash - raised,
            values=values,
        )

    def broken(self, at: int, faces: Faces, measured: Measured) -> list[str]:
        """Return the limits that trades of an account break, which come to `measured`."""
        account, bonds = self.problem.accounts[at], len(self.problem.bonds)
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
            used = sum((self.price[b] * faces.get(b, 0) for b in room.bonds), Fraction(0))
            if used > max(Fraction(room.money), Fraction(0)):
                found.append(f"room {room.name}")
        return found

    def _first_of(self, bond: int) -> int:
        """Return the smallest face of a trade on the grid."""
        stated = self.problem.bonds[bond]
        least = max(Fraction(stated.piece), self._minimum / self.price[bond])
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
        on_grid = first <= whole <= last and whole % step == 0
        if whole and (on_grid or whole * self.price[bond] < self._minimum):
            whole = 0
        return Span(first, step, last if last >= first else 0, whole)

    def _zones(self, account: Account, at: int) -> list[Zone]:
        """Return what counts as at the target: the tolerance, or half of the smallest trade (R20.3)."""
        widths = [max(Fraction(goal.tolerance), self._smallest(goal, at) / 2) for goal in account.goals]
        others = sum(
            (w for w, goal in zip(widths, account.goals, strict=True) if not goal.of_cash), Fraction(0)
        )
        zones = []
        for goal, width in zip(account.goals, widths, strict=True):
            target, wide = Fraction(goal.target), max(width, others) if goal.of_cash else width
            zones.append(
                Zone(max(target - wide, Fraction(goal.low)), min(target + wide, Fraction(goal.high)))
            )
        return zones

    def _smallest(self, goal: Goal, at: int) -> Fraction:
        if self.problem.mode is not ProposalMode.FULL:
            return Fraction(0)
        sizes = [
            abs(self.effects(goal)[j]) * (span.first if span.last else span.whole)
            for j, span in enumerate(self.spans[at])
            if span.last or span.whole
        ]
        return min((size for size in sizes if size), default=Fraction(0))
