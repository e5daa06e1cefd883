"""The trades of one account as a mixed-integer programme for HiGHS.

Variables per option (a bond and a side): lots q, whether it trades y, whether the whole position goes w; per
row of a level that is not met exactly: what is missing and what is too much. Rows are in units of the
largest lot.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.proposals.account import AccountModel, Level, NotSolved
from app.services.kernels.proposals.needs import Row
from app.services.kernels.proposals.problem import Faces

_INFEASIBLE = 2
_ROUNDING_GAP = 1e-4  # of the turnover, where options are chosen and only lots are left


class Programme:
    """One call of the solver; a linear one has amounts of any size, and no least trade."""

    def __init__(
        self,
        model: AccountModel,
        options: list[int],
        *,
        margin: float = 0.0,
        has_lots: bool = True,
        all_trade: bool = False,
        is_linear: bool = False,
    ) -> None:
        self.is_linear = is_linear
        self.model, self.options, self.margin = model, options, margin
        self.has_lots, self.all_trade = has_lots, all_trade
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

    def solve(self, kept: Sequence[float], aim: Level | None, deadline: float) -> tuple[Faces, float] | None:
        """Return faces and the bound of what was minimised; None: nothing keeps the levels.

        Raises
        ------
        NotSolved
            If time was up before anything was found.
        """
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
        seconds = deadline - monotonic()
        if seconds <= 0:
            raise NotSolved
        found = milp(
            cost,
            integrality=self._integral(cost.size),
            bounds=Bounds(*self._bounds(cost.size)),
            constraints=LinearConstraint(matrix, np.array(self.low), np.array(self.high)),
            options={"time_limit": seconds, "mip_rel_gap": _ROUNDING_GAP if self.all_trade else 0.0},
        )
        if found.status == _INFEASIBLE:
            return None
        if found.x is None:
            raise NotSolved
        return self._faces(found.x), float(found.fun if self.is_linear else found.mip_dual_bound)

    def _integral(self, size: int) -> FloatArray:
        integral = np.zeros(size)
        integral[: self.columns] = not self.is_linear
        if not self.has_lots:
            integral[: len(self.options)] = 0
        return integral

    def _bounds(self, size: int) -> tuple[FloatArray, FloatArray]:
        low, high = np.zeros(size), np.full(size, np.inf)
        on_grid = (self.last > 0).astype(np.float64)
        high[: self.columns] = np.concatenate((self.last, on_grid, np.ones(len(self.wholes))))
        if self.all_trade:
            fixed = on_grid.copy()
            fixed[self.wholes] = 0.0
            low[len(self.options) : 2 * len(self.options)] = fixed
            if self.is_linear:
                low[: len(self.options)] = np.minimum(self.first, self.last)
        return low, high

    def _limits(self) -> None:
        size = len(self.options)
        for rows in self.model.hard.values():
            for row in rows:
                self._add(row)
        if self.is_linear:
            return
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

    def _add(self, row: Row) -> float:
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
        """Return what is minimised: trades, and the turnover as a part of one trade that is below one.

        Where all options trade, the turnover alone.
        """
        price = self.model.price[self.options] / 2 / (2.0 * self.model.most_turnover)
        one = 0.0 if self.all_trade else 1.0
        moved = (price * self.step, np.full(len(self.options), one), one + price[self.wholes] * self.whole)
        return np.concatenate(moved)

    def _faces(self, values: FloatArray) -> Faces:
        size = len(self.options)
        faces = {}
        for i, option in enumerate(self.options):
            lots = round(values[i]) if self.is_linear or values[size + i] > 0.5 else 0
            if lots:
                faces[option] = lots * int(self.step[i])
        for place, i in enumerate(self.wholes):
            if values[2 * size + place] > 0.5:
                faces[self.options[i]] = self.model.spans[self.options[i]].whole
        return faces
