"""One account in float64: what its options move, which limits hold, and where its goals shall be."""

from __future__ import annotations

from enum import IntEnum
from fractions import Fraction

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.proposals.exact import Exact
from app.services.kernels.proposals.needs import Needs, NotEnough, Row
from app.services.kernels.proposals.problem import Obstacle, ProposalMode


class NotSolved(Exception):
    """Time was up, or numbers were beyond the solver: nothing is known."""


class Level(IntEnum):
    """What is made least before trades are counted, as `Measured.levels` has it."""

    SHORTFALL = 0
    EXCESS = 1
    DISTANCE = 2


class AccountModel:
    """One account of a problem in float64."""

    def __init__(self, exact: Exact, at: int) -> None:
        self.exact, self.at = exact, at
        self.account = exact.problem.accounts[at]
        self.spans = exact.spans[at]
        self.usable = tuple(j for j, span in enumerate(self.spans) if span.last or span.whole)
        self.price = np.array([float(p) for p in (*exact.price, *exact.price)])
        self.cost = np.array([float(c) for c in (*exact.cost, *exact.cost)])
        mode, half = exact.problem.mode, len(exact.price)
        buys = np.arange(2 * half) < half
        self.open_side = (
            ~buys if mode is ProposalMode.CASH_RAISE else buys | (mode is not ProposalMode.BUY_ONLY)
        )
        """bool[options]: whether the mode has such trades."""

        self.untouched = exact.measure(at, {})
        self.hard = self._hard()
        self.levels = (self._cash_level(), self._bands(), self._zones())
        largest = [max(self.spans[j].last, self.spans[j].whole) for j in self.usable]
        self.largest = np.array([float(max(span.last, span.whole)) for span in self.spans])
        self.first = np.array([float(span.first if span.last else span.whole) for span in self.spans])
        self.step = np.array([float(span.step) for span in self.spans])
        self.needs = self._needs(Level.DISTANCE, Level.EXCESS)  # zones are within bands
        self.band_needs = self._needs(Level.EXCESS) if self.levels[Level.DISTANCE] else self.needs
        self.most_turnover = float(self.price[list(self.usable)] @ np.array(largest, dtype=np.float64)) / 2

    def _hard(self) -> dict[Obstacle, list[Row]]:
        account, half = self.account, len(self.exact.price)
        sign = np.where(np.arange(2 * half) < half, 1.0, -1.0)
        self.cash_effect: FloatArray = -sign * self.price - self.cost
        least = float(min(account.floor, account.cash) - account.cash)
        rows = {Obstacle.CASH: [Row(self.cash_effect, least, np.inf)]}
        if account.max_turnover is not None:
            rows[Obstacle.TURNOVER] = [Row(self.price / 2, -np.inf, float(account.max_turnover))]
        if account.max_cost is not None:
            rows[Obstacle.COST] = [Row(self.cost, -np.inf, float(account.max_cost))]
        rows[Obstacle.LIMITS] = []
        for room in account.rooms:
            of_room = np.zeros(2 * half)
            of_room[list(room.bonds)] = self.price[list(room.bonds)]
            rows[Obstacle.LIMITS].append(Row(of_room, -np.inf, max(0.0, float(room.money))))
        return rows

    def _cash_level(self) -> list[Row]:
        account = self.account
        if not account.to_raise:
            return []
        return [Row(self.cash_effect, float(account.to_raise + account.floor - account.cash), np.inf)]

    def _bands(self) -> list[Row]:
        goals = self.account.goals
        return [
            Row(
                self._effects(g),
                float(goal.low - goal.value),
                float(goal.high - goal.value),
                float(goal.unit),
            )
            for g, goal in enumerate(goals)
        ]

    def _zones(self) -> list[Row]:
        if self.exact.problem.mode is not ProposalMode.FULL:
            return []
        found = []
        for g, (goal, zone) in enumerate(zip(self.account.goals, self.exact.zones[self.at], strict=True)):
            low, high = zone.low - Fraction(goal.value), zone.high - Fraction(goal.value)
            found.append(Row(self._effects(g), float(low), float(high), float(goal.unit)))
        return found

    def _effects(self, goal: int) -> FloatArray:
        stated, bonds = self.account.goals[goal], self.exact.problem.bonds
        counts = np.array([float(bond.exposure.get(stated.key, 0)) for bond in bonds])
        effect: FloatArray = np.concatenate((counts, -counts)) * self.price
        return effect + self.cash_effect if stated.of_cash else effect

    def _needs(self, *levels: Level) -> Needs | None:
        """Return what is needed to reach levels and cash to be raised exactly; None where options do not."""
        needs = Needs(self.price, self.largest)
        of_cash = [goal.of_cash for goal in self.account.goals]
        goals: list[Row] = []
        cash = [*self.hard[Obstacle.CASH], *self.levels[Level.SHORTFALL]]
        for level in levels:
            for row, is_cash in zip(self.levels[level], of_cash, strict=False):
                (cash if is_cash else goals).append(row)
        try:
            needs.add_goals(goals)
            needs.add_cash(self.cash_effect, cash)
        except NotEnough:
            return None
        return needs
