"""The trades of one account as a mixed-integer programme, solved by HiGHS, its answers checked in exact numbers.

Variables per option (a bond and a side): lots q, whether it trades y, whether the whole position goes w; per
row of a level that is not met exactly: what is missing and what is too much. Rows are in units of the
largest lot. The order of importance is kept by stages: a level is minimised with all before it held at
their least, then trades are counted with all levels held.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction
from time import monotonic

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.proposals.exact import Exact
from app.services.kernels.proposals.problem import Faces, Measured, Obstacle, ProposalMode

AGREED = 1e-7
"""Of a level or a turnover: what float64 and the solver's tolerances may lose."""

_MARGIN = 2e-5  # of a lot: rows are made tighter by it where a solution within tolerances was not one
_FEW_LOTS = 64
_INFEASIBLE = 2


class Level(IntEnum):
    """What is made least before trades are counted, as `Measured.levels` has it."""

    SHORTFALL = 0
    EXCESS = 1
    DISTANCE = 2


@dataclass(frozen=True, slots=True)
class Found:
    """Trades and what they come to; `bound` is what nothing is below of what was minimised.

    Where trades were counted, that is their number and a part of one for the turnover, `turnover_unit` each.
    """

    faces: Faces
    measured: Measured
    bound: float
    turnover_unit: float = 1.0

    @property
    def value(self) -> tuple[int, float]:
        """Number of trades, and turnover in money."""
        return len(self.faces), float(self.measured.turnover)

    @property
    def least_value(self) -> tuple[int, float]:
        """Return what is proved of the number of trades, and of the turnover of so many."""
        trades, turnover = self.value
        if self.bound + AGREED * 10 >= trades + turnover / self.turnover_unit:
            return trades, turnover
        fewest = min(trades, int(self.bound + AGREED * 10))
        return fewest, max(0.0, self.bound - trades) * self.turnover_unit if fewest == trades else 0.0


class NotSolved(Exception):
    """Time was up, or numbers were beyond the solver: nothing is known."""


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """A linear form of the options, in money per unit of face, and where it shall be."""

    effect: FloatArray
    low: float
    high: float
    unit: float = 1.0


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
        self.open_side = ~buys if mode is ProposalMode.CASH_RAISE else buys | (mode is not ProposalMode.BUY_ONLY)
        """bool[options]: whether the mode has such trades."""

        self.untouched = exact.measure(at, {})
        self.hard = self._hard()
        self.levels = (self._cash_level(), self._bands(), self._zones())
        largest = [max(self.spans[j].last, self.spans[j].whole) for j in self.usable]
        self.most_turnover = float(self.price[list(self.usable)] @ np.array(largest, dtype=np.float64)) / 2

    def _hard(self) -> dict[Obstacle, list[_Row]]:
        account, half = self.account, len(self.exact.price)
        sign = np.where(np.arange(2 * half) < half, 1.0, -1.0)
        self.cash_effect = -sign * self.price - self.cost
        least = float(min(account.floor, account.cash) - account.cash)
        rows = {Obstacle.CASH: [_Row(self.cash_effect, least, np.inf)]}
        if account.max_turnover is not None:
            rows[Obstacle.TURNOVER] = [_Row(self.price / 2, -np.inf, float(account.max_turnover))]
        if account.max_cost is not None:
            rows[Obstacle.COST] = [_Row(self.cost, -np.inf, float(account.max_cost))]
        rows[Obstacle.LIMITS] = []
        for room in account.rooms:
            of_room = np.zeros(2 * half)
            of_room[list(room.bonds)] = self.price[list(room.bonds)]
            rows[Obstacle.LIMITS].append(_Row(of_room, -np.inf, max(0.0, float(room.money))))
        return rows

    def _cash_level(self) -> list[_Row]:
        account = self.account
        if not account.to_raise:
            return []
        return [_Row(self.cash_effect, float(account.to_raise + account.floor - account.cash), np.inf)]

    def _bands(self) -> list[_Row]:
        goals = self.account.goals
        return [
            _Row(self._effects(g), float(goal.low - goal.value), float(goal.high - goal.value), float(goal.unit))
            for g, goal in enumerate(goals)
        ]

    def _zones(self) -> list[_Row]:
        if self.exact.problem.mode is not ProposalMode.FULL:
            return []
        found = []
        for g, (goal, zone) in enumerate(zip(self.account.goals, self.exact.zones[self.at], strict=True)):
            low, high = zone.low - Fraction(goal.value), zone.high - Fraction(goal.value)
            found.append(_Row(self._effects(g), float(low), float(high), float(goal.unit)))
        return found

    def _effects(self, goal: int) -> FloatArray:
        stated, bonds = self.account.goals[goal], self.exact.problem.bonds
        counts = np.array([float(bond.exposure.get(stated.key, 0)) for bond in bonds])
        half = len(bonds)
        effect = np.concatenate((counts, -counts)) * self.price
        return effect + self.cash_effect if stated.of_cash else effect[: 2 * half]

    # --- solving --------------------------------------------------------------------------------------------

    def least_trades(
        self, options: Iterable[int], levels: Sequence[Fraction], deadline: float
    ) -> Found | None:
        """Return the fewest trades, of these the least turnover, that keep the levels; None: there are none.

        Raises
        ------
        NotSolved
            If that is not known.
        """
        chosen = [j for j in self.usable if j in set(options)]
        if all(got <= most for got, most in zip(self.untouched.levels, levels, strict=True)):
            return Found({}, self.untouched, 0.0)
        if not chosen:
            return None
        return self._checked(chosen, levels, None, deadline)

    def least_level(self, level: Level, before: Sequence[Fraction], deadline: float) -> Found:
        """Return trades that make a level least, those before it being kept.

        Raises
        ------
        NotSolved
            If that is not known.
        """
        found = self._checked(list(self.usable), before, level, deadline) if self.usable else None
        if found is None:
            return Found({}, self.untouched, float(self.untouched.levels[level]))
        return found

    def _checked(
        self, options: list[int], kept: Sequence[Fraction], aim: Level | None, deadline: float
    ) -> Found | None:
        """Solve; where there are many lots, choose options as if these were continuous, then round to lots."""
        if max(self.spans[j].last // self.spans[j].step for j in options) <= _FEW_LOTS:
            return self._in_lots(options, kept, aim, deadline)
        least = [float(each) for each in kept]
        answer = _Programme(self, options, 0.0, has_lots=False).solve(least, aim, deadline)
        if answer is None:
            return None
        faces, bound = answer
        with suppress(NotSolved):
            found = self._in_lots(sorted(faces), kept, aim, deadline) if faces else None
            if found is not None:
                return replace(found, bound=bound)
        return self._in_lots(options, kept, aim, deadline)

    def _in_lots(
        self, options: list[int], kept: Sequence[Fraction], aim: Level | None, deadline: float
    ) -> Found | None:
        for margin in (0.0, _MARGIN):
            answer = _Programme(self, options, margin).solve([float(each) for each in kept], aim, deadline)
            if answer is None:
                if margin:
                    break
                return None
            faces, bound = answer
            measured = self.exact.measure(self.at, faces)
            if not self.exact.broken(self.at, faces) and _holds(measured, kept):
                return Found(faces, measured, bound, 2.0 * self.most_turnover)
        raise NotSolved


def _holds(measured: Measured, kept: Sequence[Fraction]) -> bool:
    return all(
        got <= most * (1 + Fraction(AGREED)) for got, most in zip(measured.levels, kept, strict=False)
    )


class _Programme:
    """One call of the solver."""

    def __init__(
        self, model: AccountModel, options: list[int], margin: float, *, has_lots: bool = True
    ) -> None:
        self.model, self.options, self.margin, self.has_lots = model, options, margin, has_lots
        spans = [model.spans[j] for j in options]
        self.wholes = [i for i, span in enumerate(spans) if span.whole]
        self.step = np.array([float(span.step) for span in spans])
        self.first = np.array([span.first // span.step for span in spans], dtype=np.float64)
        self.last = np.array([span.last // span.step for span in spans], dtype=np.float64)
        self.whole = np.array([float(spans[i].whole) for i in self.wholes])
        self.columns = 2 * len(options) + len(self.wholes)
        self.rows: list[FloatArray] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.slacks: list[tuple[int, float]] = []  # row, and what one of it counts

    def solve(
        self, kept: Sequence[float], aim: Level | None, deadline: float
    ) -> tuple[Faces, float] | None:
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow to import

        self._limits()
        budgets: list[tuple[range, float]] = []
        for level, least in zip(Level, kept, strict=False):
            budgets.append((self._level(level, is_loose=least > 0), least))
        aimed = range(0) if aim is None else self._level(aim, is_loose=True)
        matrix, cost = self._matrix(), np.zeros(self.columns + 2 * len(self.slacks))
        for slacks, least in budgets:
            if slacks:
                matrix = np.vstack((matrix, self._counted(slacks) / least))
                self.low.append(-np.inf)
                self.high.append(1.0)
        if aim is None:
            cost[: self.columns] = self._trades()
        else:
            cost = self._counted(aimed)
        upper = np.full(cost.size, np.inf)
        upper[: self.columns] = np.concatenate(
            (self.last, (self.last > 0).astype(np.float64), np.ones(len(self.wholes)))
        )
        integral = np.zeros(cost.size)
        integral[: self.columns] = 1
        if not self.has_lots:
            integral[: len(self.options)] = 0
        seconds = deadline - monotonic()
        if seconds <= 0:
            raise NotSolved
        found = milp(
            cost,
            integrality=integral,
            bounds=Bounds(np.zeros(cost.size), upper),
            constraints=LinearConstraint(matrix, np.array(self.low), np.array(self.high)),
            options={"time_limit": seconds, "mip_rel_gap": 0.0},
        )
        if found.status == _INFEASIBLE:
            return None
        if found.x is None:
            raise NotSolved
        return self._faces(found.x), float(found.mip_dual_bound)

    def _limits(self) -> None:
        size = len(self.options)
        for rows in self.model.hard.values():
            for row in rows:
                self._add(row)
        for i in range(size):
            at_most, at_least = np.zeros(self.columns), np.zeros(self.columns)
            at_most[i], at_most[size + i] = 1.0, -self.last[i]
            at_least[i], at_least[size + i] = 1.0, -self.first[i]
            self._raw(at_most, -np.inf, 0.0)
            self._raw(at_least, 0.0, np.inf)
        half = len(self.model.exact.price)
        sides: dict[int, list[int]] = {}
        for i, option in enumerate(self.options):
            sides.setdefault(option % half, []).append(size + i)
        for place, i in enumerate(self.wholes):
            sides[self.options[i] % half].append(2 * size + place)
        for places in sides.values():
            if len(places) > 1:
                once = np.zeros(self.columns)
                once[places] = 1.0
                self._raw(once, -np.inf, 1.0)

    def _level(self, level: Level, *, is_loose: bool) -> range:
        """Add the rows of a level; return the places of what may be missing or too much of them."""
        start = len(self.slacks)
        for row in self.model.levels[level]:
            scale = self._add(row)
            if is_loose:
                self.slacks.append((len(self.rows) - 1, scale / row.unit))
        return range(start, len(self.slacks))

    def _counted(self, slacks: range) -> FloatArray:
        row = np.zeros(self.columns + 2 * len(self.slacks))
        for s in slacks:
            row[self.columns + 2 * s : self.columns + 2 * s + 2] = self.slacks[s][1]
        return row

    def _add(self, row: _Row) -> float:
        effect = row.effect[self.options]
        parts = (effect * self.step, np.zeros(len(self.options)), effect[self.wholes] * self.whole)
        values = np.concatenate(parts)
        scale = float(np.abs(values).max(initial=0.0)) or 1.0
        self._raw(values / scale, row.low / scale + self.margin, row.high / scale - self.margin)
        return scale

    def _raw(self, values: FloatArray, low: float, high: float) -> None:
        self.rows.append(values)
        self.low.append(low)
        self.high.append(max(high, low))

    def _matrix(self) -> FloatArray:
        matrix = np.zeros((len(self.rows), self.columns + 2 * len(self.slacks)))
        matrix[:, : self.columns] = np.array(self.rows)
        for s, (row, _) in enumerate(self.slacks):
            matrix[row, self.columns + 2 * s] = 1.0
            matrix[row, self.columns + 2 * s + 1] = -1.0
        return matrix

    def _trades(self) -> FloatArray:
        """Return what is minimised: trades, and the turnover as a part of one trade that is below one."""
        price = self.model.price[self.options] / 2 / (2.0 * self.model.most_turnover)
        moved = (price * self.step, np.ones(len(self.options)), 1.0 + price[self.wholes] * self.whole)
        return np.concatenate(moved)

    def _faces(self, values: FloatArray) -> Faces:
        size = len(self.options)
        faces = {}
        for i, option in enumerate(self.options):
            lots = round(values[i]) if values[size + i] > 0.5 else 0
            if lots:
                faces[option] = lots * int(self.step[i])
        for place, i in enumerate(self.wholes):
            if values[2 * size + place] > 0.5:
                faces[self.options[i]] = self.model.spans[self.options[i]].whole
        return faces
